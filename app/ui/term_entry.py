"""The fields that a new entry of the dictionary is typed into."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from app.pipeline.terms import MAX_REPLACEMENT, MAX_TEXT, Kind, Term
from app.ui.language import tr
from app.ui.term_kinds import Page
from app.ui.window import room_for_prompt

#: Types offered first; the others there are follow, and any other can be typed.
USUAL = (
    "CUSTOM",
    "PERSON",
    "ORGANIZATION",
    "LOCATION",
    "ADDRESS",
    "EMAIL_ADDRESS",
    "PHONE_NUMBER",
    "PROJECT",
    "SECRET",
)


class TermEntry(QWidget):
    """Emits `entered` with the term; `reset` makes room for the next one. Fields that the kind lacks are hidden."""

    entered = Signal(Term)
    #: Whatever is typed or ticked.
    changed = Signal()

    def __init__(self, page: Page) -> None:
        super().__init__()
        self._kind: Kind = page.kind
        attributes = {column.attribute for column in page.columns}
        self.text = QLineEdit(placeholderText=tr(page.prompt), maxLength=MAX_TEXT)
        self.entity = entity_box(page.kind)
        self.replacement = QLineEdit(placeholderText=tr("Replacement (optional)"), maxLength=MAX_REPLACEMENT)
        self.case = QCheckBox(tr("Match &case"))
        self.whole = QCheckBox(tr("&Whole word"))
        self.whole.setChecked(True)
        self.group = QCheckBox(tr("&Group 1 only"))
        self.add = QPushButton(tr("&Add"))
        self.text.setAccessibleName(tr(page.name))
        self.replacement.setAccessibleName(tr("Replacement"))
        if page.kind == "pattern":
            self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        fields, ticks = QHBoxLayout(), QHBoxLayout()
        for field, share in ((self.text, 3), (self.entity, 2), (self.replacement, 2)):
            fields.addWidget(field, share)
        ticks.setSpacing(18)
        for widget in (self.case, self.whole, self.group):
            ticks.addWidget(widget)
        ticks.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(fields)
        layout.addLayout(ticks)
        fields.addWidget(self.add)
        for line in (self.text, self.replacement):
            room_for_prompt(line)
        self.replacement.setVisible("replacement" in attributes)
        self.whole.setVisible("whole_word" in attributes)
        self.group.setVisible("first_group" in attributes)
        self.add.clicked.connect(self._enter)
        self.text.returnPressed.connect(self._enter)
        self.replacement.returnPressed.connect(self._enter)
        self.text.textChanged.connect(self.changed)
        self.case.toggled.connect(self.changed)
        self.group.toggled.connect(self.changed)

    def term(self) -> Term:
        """What the fields say now."""
        return Term(
            text=self.text.text(),
            entity=self.entity.currentText().strip().upper(),
            case_sensitive=self.case.isChecked(),
            whole_word=self.whole.isChecked(),
            replacement=self.replacement.text(),
            kind=self._kind,
            first_group=self.group.isChecked(),
        )

    def _enter(self) -> None:
        self.entered.emit(self.term())

    def reset(self) -> None:
        """Empties the texts; type and ticks stay, as terms often come in groups."""
        self.text.clear()
        self.replacement.clear()
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)


class _EntityBox(QComboBox):
    """Lists all entities there are once it is opened: to know them takes the rows of every region."""

    def showPopup(self) -> None:
        from app.pipeline.detection import known_entities

        listed = {self.itemText(index) for index in range(self.count())}
        self.addItems(sorted(known_entities() - listed))
        super().showPopup()


def entity_box(kind: Kind, parent: QWidget | None = None) -> QComboBox:
    """A field for an entity: those there are to choose from, the usual ones first, others to type."""
    box = _EntityBox(parent)
    box.setEditable(True)
    line = box.lineEdit()
    assert line is not None
    if kind == "allowed":
        box.addItem("")
        line.setPlaceholderText(tr("Any type"))
    box.addItems(USUAL)
    box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
    box.setAccessibleName(tr("Type"))
    return box
