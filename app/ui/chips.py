"""What was hidden, drawn as coloured chips that also say in words what they are."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.pipeline.placeholder import label_of
from app.ui.exchange_table import CHIPS
from app.ui.theme import is_dark, tint

_SIDE, _GAP, _EDGE = 7, 4, 3


class ChipDelegate(QStyledItemDelegate):
    """Draws the row's own ground, and on it one chip for each entity; those for which there is no room are counted."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        self.initStyleOption(option, index)
        option.text = ""
        widget = option.widget
        style = widget.style() if widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, widget)
        chips: list[tuple[str, int]] = index.data(CHIPS) or []
        area: QRect = option.rect
        metrics = option.fontMetrics
        dark = is_dark(QApplication.palette())
        left, height = area.left() + 4, metrics.height() + 2
        top = area.top() + (area.height() - height) / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, (entity, number) in enumerate(chips):
            text = f"{number} {label_of(entity)}"
            wide = metrics.horizontalAdvance(text) + 2 * _SIDE
            rest = len(chips) - place
            room = area.right() - _EDGE - (metrics.horizontalAdvance(f"+{rest}") + _GAP if rest > 1 else 0)
            if left + wide > room and place:
                painter.setPen(option.palette.text().color())
                painter.drawText(QRectF(left, top, 60, height), Qt.AlignmentFlag.AlignVCenter, f"+{rest}")
                break
            colours = tint(entity, dark)
            chip = QRectF(left, top, wide, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.ground)
            painter.drawRoundedRect(chip, height / 2, height / 2)
            painter.setPen(colours.ink)
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
            left += wide + _GAP
        painter.restore()
