"""The row of fields that a new term is typed into."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from app.pipeline.terms import MAX_REPLACEMENT, MAX_TEXT, Term

#: Types offered; any other can be typed.
ENTITIES = (
    "CUSTOM",
    "PERSON",
    "ORGANIZATION",
    "LOCATION",
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "PROJECT",
    "SECRET",
)


class TermEntry(QWidget):
    """Emits `entered` with the term; `reset` makes room for the next one."""

    entered = Signal(Term)

    def __init__(self) -> None:
        super().__init__()
        self.text = QLineEdit(placeholderText="Term to hide, e.g. Project Osprey", maxLength=MAX_TEXT)
        self.entity = entity_box()
        self.replacement = QLineEdit(placeholderText="Replacement (optional)", maxLength=MAX_REPLACEMENT)
        self.case = QCheckBox("Match &case")
        self.whole = QCheckBox("&Whole word")
        self.whole.setChecked(True)
        self.add = QPushButton("&Add")
        self.text.setAccessibleName("Term")
        self.replacement.setAccessibleName("Replacement")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.text, 3)
        layout.addWidget(self.entity, 2)
        layout.addWidget(self.replacement, 2)
        for widget in (self.case, self.whole, self.add):
            layout.addWidget(widget)
        self.add.clicked.connect(self._enter)
        self.text.returnPressed.connect(self._enter)
        self.replacement.returnPressed.connect(self._enter)

    def _enter(self) -> None:
        self.entered.emit(
            Term(
                text=self.text.text(),
                entity=self.entity.currentText().strip().upper(),
                case_sensitive=self.case.isChecked(),
                whole_word=self.whole.isChecked(),
                replacement=self.replacement.text(),
            )
        )

    def reset(self) -> None:
        """Empties the texts; type and ticks stay, as terms often come in groups."""
        self.text.clear()
        self.replacement.clear()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)


def entity_box(parent: QWidget | None = None) -> QComboBox:
    """A field for an entity: the usual ones to choose from, others to type."""
    box = QComboBox(parent)
    box.setEditable(True)
    box.addItems(ENTITIES)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setAccessibleName("Type")
    return box
