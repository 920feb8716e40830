"""Marks sit on the characters they mean, whatever else the text holds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent, QPalette
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from app.ui.shell import Shell
from app.ui.text_pane import LIMIT, MARKS_MAX, Mark, TextPane
from app.ui.theme import tint


def pane(qtbot: QtBot) -> TextPane:
    pane = TextPane("You sent")
    qtbot.addWidget(pane)
    return pane


@pytest.mark.parametrize(
    "text",
    [
        "Dear Jane Roe, hello",
        "🦌🦌 Dear Jane Roe 🦌",
        "Dear\r\n\r\nJane Roe\r\n",
        "Dear\rJane Roe",
        "  Jane Roe\t",
        '{"a":"🦌","b":["x","Dear Jane Roe"]}',
    ],
)
def test_marks_are_where_they_belong(qtbot: QtBot, text: str) -> None:
    shown = pane(qtbot)
    start = text.index("Jane")
    shown.show_text(text, [Mark(start, start + 8, "PERSON")], "")
    assert shown.view.marked == [("Jane Roe", "PERSON")]


def test_marks_have_the_colours_of_the_theme(qtbot: QtBot, qapp: Shell) -> None:
    shown = pane(qtbot)
    shown.show_text("Jane", [Mark(0, 4, "PERSON")], "")

    def ground() -> str:
        selection = shown.view.extraSelections()[0]  # owns the format
        return str(selection.format.background().color().name())

    assert ground() == tint("PERSON", False).ground.name()
    before = qapp.palette()
    dark = QPalette(before)
    dark.setColor(QPalette.ColorRole.Text, "white")
    dark.setColor(QPalette.ColorRole.Base, "black")
    qapp.setPalette(dark)
    try:
        qtbot.waitUntil(lambda: ground() == tint("PERSON", True).ground.name())
    finally:
        qapp.setPalette(before)


def test_pointing_at_a_mark_explains_it(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = pane(qtbot)
    shown.resize(400, 200)
    shown.show()
    shown.show_text("Jane met nobody at all", [Mark(0, 4, "PERSON", "PERSON, found by names")], "")
    tips: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, text, widget: tips.append(text))
    for index in (1, 18):
        cursor = shown.view.textCursor()
        cursor.setPosition(index)
        at = shown.view.viewport().mapToParent(shown.view.cursorRect(cursor).center())
        QApplication.sendEvent(shown.view, QHelpEvent(QEvent.Type.ToolTip, at, QPoint(0, 0)))
    assert tips == ["PERSON, found by names", ""]


def test_long_texts_are_cut_and_it_says_so(qtbot: QtBot) -> None:
    shown = pane(qtbot)
    shown.show_text("x" * (LIMIT + 5), [Mark(0, 1, "A"), Mark(LIMIT + 1, LIMIT + 2, "B")], "As it was.")
    assert len(shown.view.toPlainText()) == LIMIT
    assert shown.note == "As it was. The last 5 characters are not shown."
    assert [entity for _, entity in shown.view.marked] == ["A"]


def test_marks_have_a_limit(qtbot: QtBot) -> None:
    shown = pane(qtbot)
    shown.show_text("x" * 3000, [Mark(n, n + 1, "A") for n in range(3000)], "")
    assert len(shown.view.marked) == MARKS_MAX
    assert "first 2,000 marks" in shown.note


def test_texts_are_read_only_and_selectable(qtbot: QtBot) -> None:
    shown = pane(qtbot)
    shown.show_text("Jane", [], "")
    assert shown.view.isReadOnly()
    shown.view.selectAll()
    assert shown.view.textCursor().selectedText() == "Jane"
