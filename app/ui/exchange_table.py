"""The exchanges as a table, newest first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.proxy.exchange import Exchange, ExchangeLog
from app.ui.language import later, tr
from app.ui.words import entities, entities_line, outcome, size

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()
#: What was hidden, as pairs of an entity and a number.
CHIPS = Qt.ItemDataRole.UserRole + 1


def added(exchange: Exchange) -> str:
    """The time that redacting took."""
    return tr("{number} ms").format(number=f"{exchange.detect_ms:,.0f}") if exchange.detect_ms else ""


_COLUMNS: tuple[tuple[str, Callable[[Exchange], str]], ...] = (
    (later("Time"), lambda exchange: time.strftime("%H:%M:%S", time.localtime(exchange.started))),
    (later("Tool"), lambda exchange: exchange.client),
    (later("Endpoint"), lambda exchange: f"{exchange.method} {exchange.path}"),
    (later("Model"), lambda exchange: exchange.model),
    (later("Hidden"), entities_line),
    (later("Outcome"), outcome),
    (later("Size"), lambda exchange: size(exchange.request_bytes)),
    (later("Added"), added),
)
TIME, TOOL, ENDPOINT, MODEL, HIDDEN, OUTCOME, SIZE, ADDED = range(len(_COLUMNS))
_NUMBERS = (SIZE, ADDED)
_TO_THE_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_TO_THE_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class ExchangeTable(QAbstractTableModel):
    """Rows refer to the log's own exchanges; `sync` follows what the log gained and forgot."""

    def __init__(self, log: ExchangeLog, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._log = log
        self._rows: list[Exchange] = list(reversed(list(log)))

    def rowCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _NO_INDEX) -> int:
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal:
            if role == Qt.ItemDataRole.DisplayRole:
                return tr(_COLUMNS[section][0])
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return _TO_THE_RIGHT if section in _NUMBERS else _TO_THE_LEFT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        exchange = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[index.column()][1](exchange)
        if role == CHIPS:
            return entities(exchange)
        if role == Qt.ItemDataRole.ToolTipRole:
            said = (
                entities_line(exchange) if index.column() == HIDDEN else "",
                tr(exchange.reason),
                *map(tr, exchange.notices),
            )
            return " ".join(filter(None, said)) or None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() in _NUMBERS:
            return _TO_THE_RIGHT
        return None

    def exchange(self, index: Index) -> Exchange | None:
        """The exchange of a row."""
        return self._rows[index.row()] if index.isValid() else None

    @property
    def exchanges(self) -> list[Exchange]:
        """All of them, newest first."""
        return self._rows

    def sync(self, changed: frozenset[int] = frozenset()) -> None:
        """Brings rows in line with the log; those in `changed` are drawn anew."""
        current = {exchange.id: exchange for exchange in self._log}
        gone = [row for row in range(len(self._rows) - 1, -1, -1) if self._rows[row].id not in current]
        while gone:  # those that stand together go together
            last = first = gone.pop(0)
            while gone and gone[0] == first - 1:
                first = gone.pop(0)
            self.beginRemoveRows(_NO_INDEX, first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
        newest = self._rows[0].id if self._rows else 0
        fresh = [exchange for id, exchange in sorted(current.items(), reverse=True) if id > newest]
        if fresh:
            self.beginInsertRows(_NO_INDEX, 0, len(fresh) - 1)
            self._rows[:0] = fresh
            self.endInsertRows()
        for row, exchange in enumerate(self._rows[len(fresh) :], len(fresh)):
            if exchange.id in changed:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(_COLUMNS) - 1))
