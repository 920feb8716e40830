"""Tasks from slots are kept and waited for; nothing they raise is lost, or says too much."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import sys
import threading
from typing import Any

import pytest
from PySide6.QtCore import QObject, Signal

from app.errors import UserError
from app.faults import catch_all
from app.ui.tasks import Tasks
from tests.ui.staging import on_loop

SECRET = "jane@example.com"


async def fail(error: Exception) -> None:
    await asyncio.sleep(0)
    raise error


@on_loop
async def test_a_task_outlives_the_collector(loop: Any) -> None:
    tasks, done = Tasks(), []

    async def work() -> None:
        await asyncio.sleep(0.02)
        done.append(True)

    tasks.start(work())
    gc.collect()
    await tasks.finish()
    assert done == [True]


@on_loop
async def test_errors_go_to_whom_they_concern(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    told: list[Exception] = []
    shown: list[Exception] = []
    tasks.failed.connect(shown.append)
    mine, users, unexpected = ValueError("mine"), UserError("What happened."), RuntimeError(SECRET)
    tasks.start(fail(mine), told.append)
    tasks.start(fail(users))
    tasks.start(fail(unexpected), told.append)
    await tasks.finish()
    await asyncio.sleep(0)
    assert told == [mine]
    assert shown == [users]
    assert "unexpected RuntimeError in a task, at tests.ui.test_tasks, fail, line " in caplog.text
    assert SECRET not in caplog.text


class Button(QObject):
    clicked = Signal()


@on_loop
async def test_what_nobody_catches_is_logged_without_its_words(
    loop: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    catch_all(loop)

    def bad() -> None:
        raise RuntimeError(SECRET)

    def worse() -> None:
        raise LookupError(SECRET)

    button = Button()
    button.clicked.connect(bad)
    button.clicked.emit()
    loop.call_soon(worse)
    thread = threading.Thread(target=bad)
    thread.start()
    thread.join()
    loop.call_exception_handler({"message": SECRET})
    await asyncio.sleep(0.01)
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 4
    for kind, where, function in (
        ("Runtime", "the main thread", "bad"),
        ("Runtime", "a thread", "bad"),
        ("Lookup", "the event loop", "worse"),
    ):
        assert re.search(rf"{kind}Error in {where}, at [\w.]+, [\w.<>]+\.{function}, line", caplog.text)
    assert SECRET not in caplog.text
