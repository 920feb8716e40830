"""A table of things of one kind that is only read: a row for each, and a function for each column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QTableView

Index = QModelIndex | QPersistentModelIndex
Item = TypeVar("Item")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class Column(Generic[Item]):
    """What is shown of an item under `heading`; numbers stand to the right."""

    heading: str
    text: Callable[[Item], str]
    is_number: bool = False


class Rows(QAbstractTableModel, Generic[Item]):
    """The items, in their order."""

    def __init__(self, *columns: Column[Item]) -> None:
        super().__init__()
        self._columns = columns
        self.items: Sequence[Item] = ()

    def fill(self, items: Sequence[Item]) -> None:
        """Shows these and no others."""
        self.beginResetModel()
        self.items = items
        self.endResetModel()

    def item(self, index: Index) -> Item | None:
        """What a row shows."""
        return self.items[index.row()] if index.isValid() else None

    def tip(self, item: Item) -> str:
        """More of an item, for whoever points at it; else a cell says what it shows."""
        return ""

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self._columns[section].is_number else _LEFT
        return self._columns[section].heading if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        item, column = self.items[index.row()], self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.text(item)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(item) or column.text(item)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        return None


class RowsView(QTableView):
    """Their look: whole rows, no grid."""

    def __init__(self, rows: Rows[Item], name: str) -> None:
        super().__init__()
        self.setModel(rows)
        self.setAccessibleName(name)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(130)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(header.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(header.sectionSizeHint(rows.columnCount() - 1))  # also of the one that stretches
