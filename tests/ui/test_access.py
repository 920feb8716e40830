"""Keyboard, screen readers, fonts: what holds for every control of every window in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QMessageBox, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.ui.shell import Shell
from app.ui.window import Window, WrappedLabel, with_key
from tests.ui.controls import clipped, faults, lengthen
from tests.ui.gallery import scenes, serving, settle
from tests.ui.staging import on_loop


async def looked_at(folder: Path, shell: Shell, check: Callable[[QWidget], Iterable[str]]) -> list[str]:
    """What is wrong anywhere, each once, with the scenes where it is."""
    found: dict[str, list[str]] = {}
    async with serving(folder, shell) as desktop:
        async for name, window in scenes(desktop):
            for fault in check(window):
                found.setdefault(fault, []).append(name)
    return [f"{fault} ({', '.join(names)})" for fault, names in sorted(found.items())]


@pytest.fixture
def larger(qapp: Shell) -> Iterator[None]:
    """Letters of twice the size."""
    before = QFont(qapp.font())
    font = QFont(before)
    font.setPointSizeF(before.pointSizeF() * 2)
    qapp.setFont(font)
    yield
    qapp.setFont(before)


@on_loop
async def test_every_control_can_be_reached_named_and_read(qapp: Shell, tmp_path: Path) -> None:
    found = await looked_at(tmp_path, qapp, faults)
    assert not found, "\n".join(found)


@on_loop
async def test_letters_of_twice_the_size_have_room(qapp: Shell, tmp_path: Path, larger: None) -> None:
    def check(window: QWidget) -> Iterable[str]:
        if isinstance(window, Window):
            window.resize(1280, 800)  # the screen of a small notebook
            settle()
        return clipped(window)

    found = await looked_at(tmp_path, qapp, check)
    assert not found, "\n".join(found)


@on_loop
async def test_longer_words_have_room(qapp: Shell, tmp_path: Path) -> None:
    def check(window: QWidget) -> Iterable[str]:
        lengthen(window)
        settle()
        return clipped(window)

    found = await looked_at(tmp_path, qapp, check)
    assert not found, "\n".join(found)


def test_the_checks_find_what_is_wrong(qtbot: QtBot) -> None:
    window = Window("A window", 200, 120)
    qtbot.addWidget(window)
    field, sign, one, other = QLineEdit(), QPushButton("×"), QPushButton("&Save"), QPushButton("&Send")
    layout = QVBoxLayout(window)
    for widget in (field, sign, one, other):
        layout.addWidget(widget)
    one.setMaximumWidth(10)
    QWidget.setTabOrder(other, one)
    QWidget.setTabOrder(one, sign)
    QShortcut(QKeySequence("Ctrl+J"), window)
    QShortcut(QKeySequence("Ctrl+J"), window)
    window.show()
    settle()
    found = "\n".join(faults(window))
    for fault in (
        "QLineEdit '' in Window 'A window' has no name",
        "QPushButton '×' shows a sign alone and has no tip",
        "'s' stands for &Save and &Send",
        "Ctrl+J is told nowhere",
        "Ctrl+J does 2 things",
        "Tab goes from QPushButton 'Send' back to QPushButton 'Save'",
        "clipped: QPushButton 'Save' has 10",
    ):
        assert fault in found, found
    other.setToolTip(with_key("Sends it", "Ctrl+J"))
    assert "told nowhere" not in "\n".join(faults(window))


def test_a_question_whose_default_destroys_is_found(qtbot: QtBot) -> None:
    box = QMessageBox()
    qtbot.addWidget(box)
    box.setDefaultButton(box.addButton("Remove", QMessageBox.ButtonRole.AcceptRole))
    box.addButton("Replace", QMessageBox.ButtonRole.AcceptRole)
    box.show()
    found = "\n".join(faults(box))
    assert "Return means Remove" in found and "Escape does not leave it" in found


def test_a_wrapped_label_asks_for_all_its_lines(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    label = WrappedLabel("One sentence that is a good deal too long for a single line of this window.")
    QVBoxLayout(window).addWidget(label)
    window.resize(120, 20)
    window.show()
    settle()
    assert label.height() >= label.heightForWidth(label.width()) > 2 * label.fontMetrics().height()
