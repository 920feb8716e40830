"""One setting as a row of the form: its field, its help, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.errors import SettingError, UserError
from app.option import Declared
from app.settings_store import SettingsStore
from app.ui.language import tr
from app.ui.window import Complaint, quiet

#: Words that are not written like others.
_SPELLINGS = {"openai": "OpenAI", "anthropic": "Anthropic", "ner": "NER", "ttl": "lifetime", "websockets": "WebSockets"}
_INT_MAX = 2**31 - 1


def title(name: str) -> str:
    """`openai-upstream` → `OpenAI upstream`."""
    text = " ".join(_SPELLINGS.get(word, word) for word in name.split("-"))
    return text[:1].upper() + text[1:]


class SettingRow(QWidget):
    """Writes each change by `change`; shows what the store then holds, or why it refused."""

    def __init__(self, row: Declared, store: SettingsStore, change: Callable[[str, object], None]) -> None:
        super().__init__()
        self.declared = row
        self._store = store
        self._change = change
        self.complaint = Complaint()
        self.note = quiet("")
        self.reset = QToolButton()
        self.reset.setText(tr("Reset"))
        self.reset.setAutoRaise(True)
        self.reset.setToolTip(tr("Back to {value}").format(value=self._words(row.default)))
        self.reset.setAccessibleName(tr("Reset {setting}").format(setting=tr(title(row.name))))
        self.reset.clicked.connect(lambda: self._write(row.default))
        self.field = self._make_field()
        self.field.setAccessibleName(tr(title(row.name)))
        self.field.setAccessibleDescription(tr(row.option.help))

        line = QHBoxLayout()
        if row.kind is bool:
            line.addWidget(self.field)
        else:
            label = QLabel(tr(title(row.name)))
            label.setBuddy(self.field)
            line.addWidget(label)
        line.addStretch(1)
        line.addWidget(self.reset)
        if row.kind is not bool:
            line.addWidget(self.field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.setSpacing(3)
        layout.addLayout(line)
        help = tr(row.option.help)
        if row.option.restart:
            help = f"{help} {tr('Takes effect after a restart.')}"
        layout.addWidget(quiet(help))
        layout.addWidget(self.note)
        layout.addWidget(self.complaint)
        self.load()

    @property
    def words(self) -> str:
        """What a search looks through, in lower case."""
        row = self.declared
        said = (tr(title(row.name)), f"--{row.name}", row.variable, tr(row.option.help), *row.choices)
        return " ".join((*said, *map(tr, row.choices))).casefold()

    @property
    def value(self) -> Any:
        return getattr(self._store.current, self.declared.attribute)

    def load(self) -> None:
        """Shows the value in force and where it comes from."""
        row, value = self.declared, self.value
        field = self.field
        blocker = QSignalBlocker(field)
        if isinstance(field, QCheckBox):
            field.setChecked(value)
        elif isinstance(field, QComboBox):
            field.setCurrentIndex(field.findData(value))
        elif isinstance(field, (QSpinBox, QDoubleSpinBox)):
            field.setValue(value)
        else:
            field.setText(str(value))
        blocker.unblock()
        fixed = self._fixed()
        field.setEnabled(not fixed)
        self.note.setText(fixed)
        self.note.setVisible(bool(fixed))
        self.reset.setVisible(not fixed and value != row.default)

    def _fixed(self) -> str:
        row = self.declared
        if self._store.is_fixed(row.name):
            origin = self._store.origin(row.name)
            return tr("Fixed by {origin}: start Anonamoose without it to change this here.").format(origin=tr(origin))
        if not row.option.stored:
            return tr("Set it with {flag} or {variable} when Anonamoose starts.").format(
                flag=f"--{row.name}", variable=row.variable
            )
        return ""

    def _make_field(self) -> QCheckBox | QComboBox | QSpinBox | QDoubleSpinBox | QLineEdit:
        row = self.declared
        if row.kind is bool:
            tick = QCheckBox(tr(title(row.name)))
            tick.clicked.connect(self._write)
            return tick
        if row.choices:
            choice = QComboBox()
            for value in row.choices:
                choice.addItem(tr(value), value)
            choice.setMinimumWidth(120)
            choice.textActivated.connect(lambda text: self._write(choice.itemData(choice.findText(text))))
            choice.installEventFilter(_wheel_guard)
            choice.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            return choice
        if row.kind in (int, float):
            return self._make_spin()
        edit = QLineEdit()
        edit.setMinimumWidth(320)
        edit.setPlaceholderText(str(row.default))
        edit.editingFinished.connect(lambda: self._write(row.kind(edit.text())))
        return edit

    def _make_spin(self) -> QSpinBox | QDoubleSpinBox:
        row, option = self.declared, self.declared.option
        spin: QSpinBox | QDoubleSpinBox
        if row.kind is int:
            spin = QSpinBox()
            spin.setRange(int(option.low or 0), int(_INT_MAX if option.high is None else option.high))
            spin.valueChanged.connect(self._write)
        else:
            spin = QDoubleSpinBox()
            spin.setRange(option.low or 0.0, float(_INT_MAX) if option.high is None else option.high)
            spin.setSingleStep(0.05)
            spin.valueChanged.connect(self._write)
        spin.setKeyboardTracking(False)  # not each digit on the way to a number
        spin.setSuffix(f" {tr(option.unit)}" if option.unit else "")
        spin.setSpecialValueText(tr(option.zero))  # instead of the least value
        spin.setMinimumWidth(120)
        spin.installEventFilter(_wheel_guard)
        spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return spin

    def _write(self, value: object) -> None:
        if value == self.value:
            self.complaint.tell("")
            return
        try:
            self._change(self.declared.name, value)
        except SettingError as error:
            self.complaint.tell(tr(error.hint or error.title))  # which setting it is, the row says
            if isinstance(self.field, QLineEdit):
                return  # what was typed stays, to be mended
        except UserError as error:
            self.complaint.tell(error)
        else:
            self.complaint.tell("")
        self.load()

    def _words(self, value: object) -> str:
        if isinstance(value, bool):
            return tr("on") if value else tr("off")
        option = self.declared.option
        if option.zero and not value:
            return tr(option.zero)
        if not str(value):
            return tr("empty")
        return tr(str(value)) if self.declared.choices else f"{value} {tr(option.unit)}".strip()


class _WheelGuard(QObject):
    """Lets the wheel scroll the form, not change the field that happens to be under it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return False


_wheel_guard = _WheelGuard()
