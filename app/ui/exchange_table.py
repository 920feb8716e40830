"""The exchanges as a table, newest first."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.pipeline.placeholder import label_of
from app.proxy.exchange import Exchange, ExchangeLog

Index = QModelIndex | QPersistentModelIndex
_NO_INDEX = QModelIndex()

OUTCOMES = {
    "open": "running",
    "done": "answered",
    "passed": "sent as it was",
    "refused": "refused",
    "failed": "failed",
    "aborted": "broken off",
}


def entities(exchange: Exchange) -> str:
    """What was hidden, most first: `2 PERSON · 1 EMAIL`."""
    ordered = sorted(exchange.entities.items(), key=lambda item: (-item[1], item[0]))
    return " · ".join(f"{number} {label_of(entity)}" for entity, number in ordered)


def outcome(exchange: Exchange) -> str:
    """How it ended, with the status where that is not the usual one."""
    word = OUTCOMES[exchange.outcome]
    return f"{word} ({exchange.status})" if exchange.status >= 400 else word


def added(exchange: Exchange) -> str:
    """The time that redacting took."""
    return f"{exchange.detect_ms:,.0f} ms" if exchange.detect_ms else ""


_COLUMNS: tuple[tuple[str, Callable[[Exchange], str]], ...] = (
    ("Time", lambda exchange: time.strftime("%H:%M:%S", time.localtime(exchange.started))),
    ("Client", lambda exchange: exchange.client),
    ("Request", lambda exchange: f"{exchange.method} {exchange.path}"),
    ("Model", lambda exchange: exchange.model),
    ("Hidden", entities),
    ("Outcome", outcome),
    ("Added", added),
)
TIME, CLIENT, REQUEST, MODEL, HIDDEN, OUTCOME, ADDED = range(len(_COLUMNS))


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
                return _COLUMNS[section][0]
            if role == Qt.ItemDataRole.TextAlignmentRole and section != ADDED:
                return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        exchange = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[index.column()][1](exchange)
        if role == Qt.ItemDataRole.ToolTipRole:
            return " ".join((exchange.reason, *exchange.notices)).strip() or None
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == ADDED:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def exchange(self, index: Index) -> Exchange | None:
        """The exchange of a row."""
        return self._rows[index.row()] if index.isValid() else None

    def sync(self, changed: frozenset[int] = frozenset()) -> None:
        """Brings rows in line with the log; those in `changed` are drawn anew."""
        current = {exchange.id: exchange for exchange in self._log}
        for row in range(len(self._rows) - 1, -1, -1):
            if self._rows[row].id not in current:
                self.beginRemoveRows(_NO_INDEX, row, row)
                del self._rows[row]
                self.endRemoveRows()
        newest = self._rows[0].id if self._rows else 0
        fresh = [exchange for id, exchange in sorted(current.items(), reverse=True) if id > newest]
        if fresh:
            self.beginInsertRows(_NO_INDEX, 0, len(fresh) - 1)
            self._rows[:0] = fresh
            self.endInsertRows()
        for row, exchange in enumerate(self._rows):
            if exchange.id in changed:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(_COLUMNS) - 1))
