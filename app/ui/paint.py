"""Spans marked in a text that can be edited."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication, QPlainTextEdit, QTextEdit

from app.ui.theme import is_dark, tint

#: A text view becomes slow with more.
_MARKS_MAX = 2_000


def paint(edit: QPlainTextEdit, spans: Iterable[tuple[int, int, str]]) -> None:
    """Colours each `[start, end)` of the text by its entity, and nothing else."""
    text = edit.toPlainText()
    # Qt counts characters beyond the Basic Multilingual Plane twice.
    wide = [] if text.isascii() else [at for at, char in enumerate(text) if char > "\uffff"]
    dark = is_dark(QApplication.palette())
    marks = []
    for start, end, entity in list(spans)[:_MARKS_MAX]:
        colours = tint(entity, dark)
        look = QTextCharFormat()
        look.setBackground(colours.ground)
        look.setForeground(colours.ink)
        mark = QTextEdit.ExtraSelection()
        mark.format = look
        mark.cursor = QTextCursor(edit.document())
        mark.cursor.setPosition(start + bisect_left(wide, start))
        mark.cursor.setPosition(end + bisect_left(wide, end), QTextCursor.MoveMode.KeepAnchor)
        marks.append(mark)
    edit.setExtraSelections(marks)
