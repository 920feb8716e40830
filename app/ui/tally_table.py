"""Names and numbers as a table in which each number is a bar as well."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem

from app.ui.rows import Column, Index, Rows, RowsView
from app.ui.theme import is_dark, mark_colour, tint

#: The share of its row that a bar takes, from 0 to 1.
SHARE = Qt.ItemDataRole.UserRole


class Tally(Rows[tuple[str, int]]):
    """Two columns: a name, and how many."""

    def __init__(self, name: str, number: str) -> None:
        super().__init__(Column(name, lambda row: row[0]), Column(number, lambda row: f"{row[1]:,}", is_number=True))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == SHARE:
            return self.items[index.row()][1] / (max(number for _, number in self.items) or 1)
        return super().data(index, role)


class TallyTable(RowsView):
    """The table; with `tinted` the bars have the colours of the entities that they count."""

    def __init__(self, tally: Tally, name: str, *, tinted: bool = False) -> None:
        super().__init__(tally, name)
        self.setItemDelegateForColumn(1, _Bar(self, tinted))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)


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
