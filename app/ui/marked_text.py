"""A read-only text with marked spans, each coloured by its entity. Megabytes of it open in small pieces."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFontDatabase,
    QHelpEvent,
    QMouseEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit, QToolTip

from app.ui.places import places
from app.ui.reading import Shown, Side
from app.ui.theme import is_dark, tint

#: Characters that go into the view at once; the rest follows when there is nothing else to do.
PIECE = 100_000


class MarkedText(QPlainTextEdit):
    """Places are those of the text that was given, whatever the view makes of it."""

    #: The number of the mark that was clicked.
    clicked = Signal(int)
    #: A menu is asked for, there; the number of the mark, -1 for none.
    menu_asked = Signal(QPoint, int)
    #: Another part of the text is visible.
    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setMinimumHeight(60)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text = ""
        self._places = places("")
        self._marks: Sequence[Shown] = ()
        self._rest = ""  # what the view does not hold yet
        self._goal: int | None = None  # where to go once the view holds it
        self._chosen = -1
        self._painted: tuple[int, int] | None = None
        self._filling = QTimer(self, interval=0)
        self._filling.timeout.connect(self._fill_on)
        self.updateRequest.connect(self._scrolled)

    def fill(self, side: Side) -> None:
        """Shows a text. What is there already stays: a text that has grown keeps its place."""
        old = "" if self._rest else self._places.shown
        self.text, self._places, self._marks = side.text, side.places, side.marks
        shown = self._places.shown
        self._chosen, self._goal = -1, None
        if old and shown.startswith(old):
            self._rest = shown[len(old) :]
        else:
            self._rest = shown[PIECE:]
            self.setPlainText(shown[:PIECE])
        bar = self.verticalScrollBar()
        is_at_end = bool(old) and 0 < bar.maximum() == bar.value()
        if self._rest:
            self._fill_on()
        if is_at_end and not self._rest:
            bar.setValue(bar.maximum())  # whoever reads along goes on reading
        self._paint()

    def _fill_on(self) -> None:
        piece, self._rest = self._rest[:PIECE], self._rest[PIECE:]
        if piece:
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(piece)
        if self._goal is not None and self._has(self._goal):
            self.go(self._goal)
        self._filling.start() if self._rest else self._filling.stop()

    @property
    def is_filling(self) -> bool:
        """Whether a part of the text is still to come into the view."""
        return bool(self._rest)

    def _has(self, place: int) -> bool:
        return self._places.there(place) < self.document().characterCount()

    def choose(self, number: int, *, stay: bool = False) -> None:
        """Sets off the mark with this number (-1: none), and brings it into view unless what is there is to `stay`."""
        self._chosen = number
        self._paint()
        if 0 <= number < len(self._marks) and not stay:
            self.go(self._marks[number].start)

    def go(self, place: int) -> None:
        """Brings `place` into view, at once or when the view holds it."""
        self._goal = None if self._has(place) else place
        if self._goal is None:
            cursor = self.textCursor()
            cursor.setPosition(self._places.there(place))
            self.setTextCursor(cursor)
            self.centerCursor()

    @property
    def top(self) -> int:
        """The place of the first visible character."""
        return self._places.back(self.cursorForPosition(QPoint(1, 1)).position())

    def scroll_to(self, place: int) -> None:
        """Makes the line with `place` the first, as far as there is enough text after it."""
        at = min(self._places.there(place), self.document().characterCount() - 1)
        block = self.document().findBlock(at)
        line = block.layout().lineForTextPosition(at - block.position())
        bar = self.verticalScrollBar()
        bar.setValue(min(bar.maximum(), block.firstLineNumber() + (line.lineNumber() if line.isValid() else 0)))

    @property
    def selection(self) -> tuple[int, int]:
        """The selected places, half-open."""
        cursor = self.textCursor()
        return self._places.back(cursor.selectionStart()), self._places.back(cursor.selectionEnd())

    @property
    def marked(self) -> list[tuple[str, str]]:
        """The marked texts and their entities, from first to last."""
        return [(self.text[mark.start : mark.end], mark.entity) for mark in self._marks]

    @property
    def tips(self) -> list[str]:
        """What the marks say when pointed at, from first to last."""
        return [mark.tip for mark in self._marks]

    def place_at(self, point: QPoint) -> int:
        """The place nearest to a point of the viewport."""
        return self._places.back(self.cursorForPosition(point).position())

    def number_at(self, point: QPoint) -> int:
        """The number of the mark at a point of the viewport, -1 for none."""
        place = self.place_at(point)
        number = bisect_right(self._marks, place, key=lambda mark: mark.start) - 1
        return number if number >= 0 and place <= self._marks[number].end else -1

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            number = self.number_at(self.viewport().mapFromParent(event.pos()))
            QToolTip.showText(event.globalPos(), self._marks[number].tip if number >= 0 else "", self)
            return True
        return super().event(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() == Qt.MouseButton.LeftButton and not self.textCursor().hasSelection():
            number = self.number_at(event.position().toPoint())
            if number >= 0:
                self.clicked.emit(number)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            at = self.cursorRect().bottomLeft()
            self.menu_asked.emit(self.viewport().mapToGlobal(at), self._chosen)
        else:
            at = self.viewport().mapFrom(self, event.pos())
            self.menu_asked.emit(event.globalPos(), self.number_at(at))

    def createMimeDataFromSelection(self) -> QMimeData:
        start, end = self.selection
        data = QMimeData()
        data.setText(self.text[start:end])
        return data

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._paint()

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._paint()
        super().changeEvent(event)

    def _scrolled(self, area: QRect, dy: int) -> None:
        if self._visible() != self._painted:
            self._paint()
        if dy:
            self.moved.emit()

    def _visible(self) -> tuple[int, int]:
        """The part of the view that can be seen, in its own places; a little more at the end."""
        block = self.firstVisibleBlock()
        first = block.position()
        end = self.cursorForPosition(self.viewport().rect().bottomRight()).block()
        return first, end.position() + end.length()

    def _paint(self) -> None:
        """Colours what can be seen: to colour thousands of spans takes long."""
        self._painted = first, last = self._visible()
        dark = is_dark(QApplication.palette())
        size = self.document().characterCount() - 1
        selections = []
        begin = max(0, bisect_left(self._marks, first, key=lambda mark: mark.first) - 1)
        for number in range(begin, bisect_left(self._marks, last, key=lambda mark: mark.first)):
            mark = self._marks[number]
            if mark.last > size:
                break
            colours = tint(mark.entity, dark)
            is_chosen = number == self._chosen
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(mark.first)
            cursor.setPosition(mark.last, QTextCursor.MoveMode.KeepAnchor)
            look = QTextCharFormat()
            look.setBackground(colours.ink if is_chosen else colours.ground)
            look.setForeground(colours.ground if is_chosen else colours.ink)
            selection.cursor, selection.format = cursor, look
            selections.append(selection)
        self.setExtraSelections(selections)
