"""Names and numbers as a table in which each number is a bar as well."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from app.ui.theme import is_dark, mark_colour, tint

Index = QModelIndex | QPersistentModelIndex
#: The share of its row that a bar takes, from 0 to 1.
SHARE = Qt.ItemDataRole.UserRole


class Tally(QAbstractTableModel):
    """Two columns: a name, and how many."""

    def __init__(self, name: str, number: str) -> None:
        super().__init__()
        self._headings = (name, number)
        self._rows: Sequence[tuple[str, int]] = ()

    def fill(self, rows: Sequence[tuple[str, int]]) -> None:
        """Shows `rows`, in their order."""
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._headings)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section == 0:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return self._headings[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        name, number = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return f"{number:,}" if index.column() else name
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == SHARE and index.column():
            return number / (max(number for _, number in self._rows) or 1)
        return None


class TallyTable(QTableView):
    """The table; with `tinted` the bars have the colours of the entities that they count."""

    def __init__(self, tally: Tally, name: str, *, tinted: bool = False) -> None:
        super().__init__()
        self.setModel(tally)
        self.setAccessibleName(name)
        self.setItemDelegateForColumn(1, _Bar(self, tinted))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(120)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)


class _Bar(QStyledItemDelegate):
    def __init__(self, table: TallyTable, tinted: bool) -> None:
        super().__init__(table)
        self._tinted = tinted

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        bar = rect.adjusted(4, 4, -4, -4)
        bar.setWidth(max(2, round(bar.width() * index.data(SHARE))))
        painter.fillRect(bar, self._colour(str(index.sibling(index.row(), 0).data())))
        super().paint(painter, option, index)

    def _colour(self, name: str) -> QColor:
        dark = is_dark(QApplication.palette())
        if self._tinted:
            return tint(name, dark).ground
        colour = mark_colour("on", dark)
        colour.setAlphaF(0.35)
        return colour
