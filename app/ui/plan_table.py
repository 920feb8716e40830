"""Entries that are about to be added to the dictionary, as a table: what happens to each, and why."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.pipeline.term_plan import Fate, Planned
from app.ui.language import later, tr

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
FATES: dict[Fate, str] = {
    "new": later("New"),
    "changed": later("Changed"),
    "same": later("Already there"),
    "refused": later("Refused"),
}
#: How many of each there are, for `counted`.
COUNTED: dict[Fate, str] = {
    "new": later("{n} new", counts=True),
    "changed": later("{n} changed", counts=True),
    "same": later("{n} already there", counts=True),
    "refused": later("{n} refused", counts=True),
}
_HEADINGS = (later("Entry"), later("What happens"), later("Text"), later("Type"), later("What to know"))


class PlanTable(QAbstractTableModel):
    """One row for each entry of a file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Planned] = []

    def show_rows(self, rows: list[Planned]) -> None:
        """Shows these instead."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(_HEADINGS[section])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = self._rows[index.row()]
        term = row.term
        cells = (
            f"{row.number:,}",
            tr(FATES[row.fate]),
            term.text if term is not None else "",
            (term.entity or tr("any type")) if term is not None else "",
            tr(row.told),
        )
        return cells[index.column()]
