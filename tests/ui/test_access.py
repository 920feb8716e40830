"""Keyboard, screen readers, fonts: what holds for every control of every window in every state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QWidget,
)

from app.ui.shell import Shell
from app.ui.window import Window
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
