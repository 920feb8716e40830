"""How much was hidden on each day, as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QDate, QEvent, QLocale, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from app.audit.overview import Day
from app.ui.language import counted, tr
from app.ui.theme import faint_ink, is_dark, mark_colour

_GAP = 0.25  # of a bar's place


class DayBars(QWidget):
    """A bar for each day; pointing at one tells its numbers. The accessible description tells them all."""

    def __init__(self) -> None:
        super().__init__()
        self._days: Sequence[Day] = ()
        self.setAccessibleName(tr("Values hidden by day"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_days(self, days: Sequence[Day]) -> None:
        """Shows `days`, the oldest to the left."""
        self._days = days
        self.setAccessibleDescription("; ".join(map(said, days)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(400, 110)

    def _place(self) -> float:
        return self.width() / max(len(self._days), 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        line = self.fontMetrics().height() + 4
        room = self.height() - 2 * line
        most = max((day.values for day in self._days), default=0) or 1
        colour = mark_colour("on", is_dark(QApplication.palette()))
        ink = faint_ink(self.palette())
        place = self._place()
        painter.setPen(ink)
        painter.drawLine(0, self.height() - line, self.width(), self.height() - line)
        for number, day in enumerate(self._days):
            high = room * day.values / most
            if day.values:
                bar = QRectF(number * place + place * _GAP / 2, line + room - high, place * (1 - _GAP), max(high, 2))
                painter.fillRect(bar, colour)
            if day.values == most:
                _text(painter, QRectF(number * place, line + room - high - line, place, line), f"{day.values:,}")
        ends = [(0, Qt.AlignmentFlag.AlignLeft), (len(self._days) - 1, Qt.AlignmentFlag.AlignRight)]
        for number, side in ends if len(self._days) > 1 else ():
            words = tr("Today") if number else short(self._days[0].date)
            painter.drawText(QRectF(0, self.height() - line, self.width(), line), side, words)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = int(event.pos().x() / self._place())
            inside = 0 <= number < len(self._days)
            QToolTip.showText(event.globalPos(), said(self._days[number]) if inside else "", self)
            return True
        return super().event(event)


def _text(painter: QPainter, place: QRectF, text: str) -> None:
    """`text` in the middle of `place`, also where it is wider."""
    more = max(0.0, painter.fontMetrics().horizontalAdvance(text) - place.width()) / 2 + 2
    room = place.adjusted(-more, 0, more, 0)
    room.moveLeft(min(max(0.0, room.left()), painter.device().width() - room.width()))
    painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, text)


def short(day: str) -> str:
    """A date as this machine's users write it."""
    return QLocale().toString(QDate.fromString(day, Qt.DateFormat.ISODate), QLocale.FormatType.ShortFormat)


def said(day: Day) -> str:
    """A day in words."""
    exchanges = counted("{n} exchange(s)", day.exchanges)
    return counted("{day}: {n} value(s) hidden in {exchanges}", day.values, day=short(day.date), exchanges=exchanges)
