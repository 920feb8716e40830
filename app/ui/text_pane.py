"""A read-only text with marked spans, each coloured by its entity and explained when pointed at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtGui import QFontDatabase, QHelpEvent, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QTextEdit,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from app.ui.reflow import reflow
from app.ui.theme import is_dark, tint
from app.ui.window import bold, quiet

#: Characters shown; a text view becomes slow with more.
LIMIT = 200_000
#: Spans marked, for the same reason.
MARKS_MAX = 2_000


@dataclass(frozen=True, slots=True)
class Mark:
    """`[start, end)` of a text is of this entity; `tip` says more."""

    start: int
    end: int
    entity: str
    tip: str = ""


class TextPane(QWidget):
    """A heading, a sentence, and the text."""

    def __init__(self, heading: str) -> None:
        super().__init__()
        self._heading = QLabel(heading)
        self._heading.setFont(bold(self._heading.font()))
        self._note = quiet("")
        self._note.setWordWrap(True)
        self.view = _MarkedText()
        self.view.setAccessibleName(heading)
        self._heading.setBuddy(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._heading)
        top.addWidget(self._note, 1)
        layout.addLayout(top)
        layout.addWidget(self.view, 1)

    def show_text(self, text: str, marks: Iterable[Mark], note: str) -> None:
        """Shows `text`, laid out when it is JSON; `marks` are in the indices of `text`."""
        laid = reflow(text)
        moved = [Mark(*laid.span(mark.start, mark.end), mark.entity, mark.tip) for mark in marks]
        cut = len(laid.text) - LIMIT
        if cut > 0:
            note = f"{note} The last {cut:,} characters are not shown."
        if len(moved) > MARKS_MAX:
            note = f"{note} Only the first {MARKS_MAX:,} marks are shown."
        self._note.setText(note.strip())
        self.view.fill(laid.text[:LIMIT], [mark for mark in moved[:MARKS_MAX] if mark.end <= LIMIT])

    @property
    def note(self) -> str:
        return self._note.text()


class _MarkedText(QPlainTextEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setTabChangesFocus(True)
        self.setMinimumHeight(60)
        self._marks: list[Mark] = []  # in the view's own indices

    def fill(self, text: str, marks: list[Mark]) -> None:
        # Qt counts UTF-16 units, and would make one character of a carriage return and a line feed.
        self.setPlainText(text.replace("\r", " "))
        wide = [] if text.isascii() else [index for index, char in enumerate(text) if char > "\uffff"]
        self._marks = [
            Mark(
                mark.start + bisect_left(wide, mark.start),
                mark.end + bisect_left(wide, mark.end),
                mark.entity,
                mark.tip,
            )
            for mark in marks
        ]
        self._paint()
        self._go_to_first()

    def _go_to_first(self) -> None:
        """The frame of a body says little: what was hidden is what somebody looks for."""
        cursor = self.textCursor()
        cursor.setPosition(self._marks[0].start if self._marks else 0)
        self.setTextCursor(cursor)
        self.centerCursor()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0, self, self._go_to_first)  # once the view has its size

    @property
    def marked(self) -> list[tuple[str, str]]:
        """The marked texts and their entities, from first to last."""
        return [
            (selection.cursor.selectedText(), mark.entity)
            for selection, mark in zip(self.extraSelections(), self._marks, strict=True)
        ]

    @property
    def tips(self) -> list[str]:
        """What the marks say when pointed at, from first to last."""
        return [mark.tip for mark in self._marks]

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = self.cursorForPosition(self.viewport().mapFromParent(event.pos())).position()
            index = bisect_right([mark.start for mark in self._marks], at) - 1
            inside = index >= 0 and at <= self._marks[index].end
            QToolTip.showText(event.globalPos(), self._marks[index].tip if inside else "", self)
            return True
        return super().event(event)

    def changeEvent(self, event: QEvent) -> None:
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.ApplicationPaletteChange):
            self._paint()
        super().changeEvent(event)

    def _paint(self) -> None:
        dark = is_dark(QApplication.palette())
        selections = []
        for mark in self._marks:
            colours = tint(mark.entity, dark)
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(mark.start)
            cursor.setPosition(mark.end, QTextCursor.MoveMode.KeepAnchor)
            look = QTextCharFormat()
            look.setBackground(colours.ground)
            look.setForeground(colours.ink)
            selection.cursor, selection.format = cursor, look
            selections.append(selection)
        self.setExtraSelections(selections)
