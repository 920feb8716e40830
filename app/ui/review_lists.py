"""The lists of the review window: what waits, and what was found in the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from app.pipeline.draft import Place
from app.proxy.review import Waiting
from app.ui.language import counted, tr
from app.ui.review_text import Spot

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_VALUE_SHOWN = 60


class Queue(QAbstractListModel):
    """The requests that wait, oldest first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: list[Waiting] = []

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._items)

    def item(self, index: Index) -> Waiting | None:
        return self._items[index.row()] if index.isValid() and index.row() < len(self._items) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.item(index)
        if item is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return None
        exchange = item.exchange
        number = exchange.redactions
        hidden = counted("{n} value(s) hidden", number) if number else tr("nothing hidden")
        return f"{exchange.client or tr('A tool')}\n{exchange.path} · {hidden}"

    def sync(self, waiting: Sequence[Waiting]) -> None:
        """Brings the list up to date; rows that stay keep their selection."""
        there = {item.id for item in waiting}
        for row in reversed(range(len(self._items))):
            if self._items[row].id not in there:
                self.beginRemoveRows(_NOWHERE, row, row)
                del self._items[row]
                self.endRemoveRows()
        known = {item.id for item in self._items}
        new = [item for item in waiting if item.id not in known]
        if new:
            self.beginInsertRows(_NOWHERE, len(self._items), len(self._items) + len(new) - 1)
            self._items += new
            self.endInsertRows()


class Spots(QAbstractListModel):
    """What was found in one request. A check says that it is hidden."""

    #: A place, and whether it is to be hidden.
    switched = Signal(object, bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._spots: list[Spot] = []

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._spots)

    def spot(self, index: Index) -> Spot | None:
        return self._spots[index.row()] if index.isValid() and index.row() < len(self._spots) else None

    def at(self, place: Place) -> Spot | None:
        """The one that `place`, or its beginning, lies in."""
        return next(
            (s for s in self._spots if s.place.part == place.part and s.place.start <= place.start < s.place.end), None
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        spot = self.spot(index)
        if spot is None:
            return Qt.ItemFlag.NoItemFlags
        free = Qt.ItemFlag.ItemIsUserCheckable if spot.is_free else Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren | free

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        spot = self.spot(index)
        if spot is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            value = " ".join(spot.finding.value.split())
            shown = value if len(value) <= _VALUE_SHOWN else f"{value[:_VALUE_SHOWN]}…"
            return f"{shown}  →  {spot.placeholder or tr('as it is')}"
        if role == Qt.ItemDataRole.CheckStateRole and spot.is_free:
            # A check state as such is not understood by all views.
            return (Qt.CheckState.Checked if spot.placeholder else Qt.CheckState.Unchecked).value
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("{entity}, found by {layer} ({score})").format(
                entity=spot.finding.entity, layer=spot.finding.source, score=f"{spot.finding.score:.2f}"
            )
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        spot = self.spot(index)
        if spot is None or role != Qt.ItemDataRole.CheckStateRole or not spot.is_free:
            return False
        self.switched.emit(spot.place, Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def show_spots(self, spots: list[Spot]) -> None:
        """Shows others; where only what becomes of them has changed, rows keep their selection."""
        if [s.place for s in spots] == [s.place for s in self._spots]:
            self._spots = spots
            if spots:
                self.dataChanged.emit(self.index(0), self.index(len(spots) - 1))
            return
        self.beginResetModel()
        self._spots = spots
        self.endResetModel()
