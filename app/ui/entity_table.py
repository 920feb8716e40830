"""Every entity with what happens to it, and from which score it counts."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFont

from app.errors import UserError
from app.pipeline.detection import known_entities
from app.pipeline.operators import OPERATORS, PRESETS, parse_operators, parse_thresholds
from app.settings_store import SettingsStore
from app.ui.language import later, tr

Index = QModelIndex | QPersistentModelIndex
ENTITY, OPERATOR, THRESHOLD = range(3)
_HEADINGS = (later("Entity"), later("What happens"), later("Counts from"))
#: What the operators are, for people.
WORDS: Mapping[str, str] = {
    "replace": later("placeholder"),
    "mask": later("hidden for good"),
    "keep": later("left as it is"),
    "block": later("request refused"),
}


class EntityTable(QAbstractTableModel):
    """Reads and writes the settings `operators` and `thresholds`, and shows what the preset says beneath them.

    A change shows when the store tells of it, and `load` is called.
    """

    #: What the store said to a change: a UserError, or an empty text.
    answered = Signal(object)

    def __init__(self, store: SettingsStore) -> None:
        super().__init__()
        self._store = store
        self._entities: list[str] = []
        self.load()

    def load(self) -> None:
        """Reads the settings. Types of the user's own that they name are shown as well."""
        entities = sorted(known_entities() | self._own_operators().keys() | self._own_thresholds().keys())
        if entities != self._entities:
            self.beginResetModel()
            self._entities = entities
            self.endResetModel()
        else:  # a cell may be open, which a reset would close
            self.dataChanged.emit(self.index(0, OPERATOR), self.index(len(entities) - 1, THRESHOLD))

    def _own_operators(self) -> dict[str, str]:
        return dict(parse_operators(self._store.current.operators))

    def _own_thresholds(self) -> dict[str, float]:
        return dict(parse_thresholds(self._store.current.thresholds))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._entities)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return tr(_HEADINGS[section]) if role == Qt.ItemDataRole.DisplayRole else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        fixed = self._store.is_fixed("thresholds" if index.column() == THRESHOLD else "operators")
        return flags if not index.isValid() or index.column() == ENTITY or fixed else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        entity = self._entities[index.row()]
        value = self._value(entity, index.column())
        if role == Qt.ItemDataRole.EditRole:
            return value
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == OPERATOR:
                return tr(WORDS[str(value)])
            return (f"{value:.2f}" if value else tr("any score")) if index.column() == THRESHOLD else value
        if role == Qt.ItemDataRole.FontRole and index.column() != ENTITY and self._is_own(entity, index.column()):
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole and index.column() != ENTITY:
            own = tr("Set here.") if self._is_own(entity, index.column()) else tr("As the preset says.")
            return f"{own} {tr('Press F2 or double-click to change it; Delete takes it back.')}"
        return None

    def _value(self, entity: str, column: int) -> str | float:
        current = self._store.current
        if column == ENTITY:
            return entity
        if column == OPERATOR:
            return dict(current.policy.operators).get(entity, "replace")
        return dict(current.policy.thresholds).get(entity, 0.0)

    def _is_own(self, entity: str, column: int) -> bool:
        return entity in (self._own_thresholds() if column == THRESHOLD else self._own_operators())

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Stores an operator or a threshold; None takes it back."""
        if role != Qt.ItemDataRole.EditRole or index.column() == ENTITY:
            return False
        entity, name = self._entities[index.row()], "thresholds" if index.column() == THRESHOLD else "operators"
        own: dict[str, object] = {**(self._own_thresholds() if name == "thresholds" else self._own_operators())}
        if value is None or value == self._by_preset(entity, index.column()):
            own.pop(entity, None)
        else:
            own[entity] = value
        try:
            self._store.set(name, ", ".join(f"{one}={_written(what)}" for one, what in sorted(own.items())))
        except UserError as error:
            self.answered.emit(error)
            return False
        self.answered.emit("")
        return True

    def _by_preset(self, entity: str, column: int) -> str | float:
        preset = PRESETS[self._store.current.preset]
        if column == OPERATOR:
            return dict(parse_operators(preset.operators)).get(entity, "replace")
        return dict(parse_thresholds(preset.thresholds)).get(entity, 0.0)


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


assert WORDS.keys() == OPERATORS.keys()
