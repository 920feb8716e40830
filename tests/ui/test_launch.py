"""The whole desktop, from the first look at the lock to the exit code."""

from __future__ import annotations

import asyncio
import gc
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from PySide6.QtWidgets import QApplication, QMessageBox

import app.ui.run
from app.errors import Exit, StorageError, UserError
from app.events import EventBus
from app.settings_store import SettingsStore
from app.state import Protection
from app.ui.launch import Launch, show_error
from app.ui.shell import Shell
from tests.ui.staging import on_loop, until

TEXT = "Please write to jane.roe@example.com about the invoice."
PROGRAM = """
import sys
import time
from app.events import EventBus
from app.settings_store import SettingsStore
from app.ui.run import run
if __name__ == "__main__":
    bus = EventBus()
    sys.exit(run(SettingsStore({"data_dir": sys.argv[1], "port": sys.argv[2], "ner": False}, {}, bus), bus))
"""


class Start:
    """A launch as a task; errors are collected instead of shown."""

    def __init__(self, shell: Shell, folder: Path, **flags: object) -> None:
        bus = EventBus()
        store = SettingsStore({"data_dir": folder, "port": 0, "ner": False, **flags}, {}, bus)
        self.errors: list[UserError] = []
        self.launch = Launch(store, bus, shell, show_error=self._show, patience=3_600_000)
        self.task = asyncio.create_task(self.launch.run())

    async def _show(self, error: UserError) -> None:
        self.errors.append(error)

    async def ready(self) -> None:
        await until(lambda: self.launch.application.state.protection is Protection.ON, 20)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANONAMOOSE_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")


async def ask(url: str, *, stream: bool = False) -> str:
    body = {"model": "practice", "stream": stream, "messages": [{"role": "user", "content": TEXT}]}
    url = url.replace("/v1", "/demo/v1/chat/completions")
    async with ClientSession() as client, client.post(url, json=body) as answer:
        return await answer.text()


@on_loop
async def test_from_start_to_quit(qapp: Shell, tmp_path: Path) -> None:
    start = Start(qapp, tmp_path)
    await start.ready()
    desktop, application = start.launch.desktop, start.launch.application
    assert desktop is not None
    inspector = desktop.open_inspector()
    assert "jane.roe@example.com" in await ask(application.base_url)
    inspector.originals.click()
    sides = inspector.view.sides
    await until(lambda: ("jane.roe@example.com", "EMAIL_ADDRESS") in sides.ours.view.marked)
    left = sides.theirs.view.toPlainText()
    assert "jane.roe" not in left
    assert re.search(r"\[EMAIL_\d+\]", left)
    await until(lambda: desktop.actions.state.text() == "Protecting · 1 value hidden today")
    QApplication.quit()
    assert await start.task == Exit.OK
    assert not inspector.isVisible()
    assert application.base_url == ""


@on_loop
async def test_a_false_alarm_that_was_corrected_does_not_come_again(qapp: Shell, tmp_path: Path) -> None:
    start = Start(qapp, tmp_path)
    await start.ready()
    desktop, application = start.launch.desktop, start.launch.application
    assert desktop is not None
    inspector = desktop.open_inspector()
    await ask(application.base_url)
    view = inspector.view
    await until(lambda: view.bar.status.startswith("Span 1 of "), 30)
    view.actions_of_span.never.trigger()
    await until(lambda: view.bar.told.startswith("It will never be redacted."), 30)
    await ask(application.base_url)
    await until(lambda: inspector.model.rowCount() == 2 and "Nothing to hide" in view.sides.theirs.note, 30)
    assert TEXT in view.sides.theirs.view.toPlainText()
    view.bar.undo.emit()
    await until(lambda: not application.terms.all(), 30)
    await ask(application.base_url)
    await until(lambda: inspector.model.rowCount() == 3 and view.sides.theirs.view.marked, 30)
    assert "jane.roe" not in view.sides.theirs.view.toPlainText()
    QApplication.quit()
    assert await start.task == Exit.OK


@on_loop
async def test_quit_lets_running_requests_finish(qapp: Shell, tmp_path: Path) -> None:
    start = Start(qapp, tmp_path)
    await start.ready()
    application = start.launch.application
    answer = asyncio.create_task(ask(application.base_url, stream=True))
    await until(lambda: len(application.exchanges) and next(iter(application.exchanges)).status == 200)
    qapp.quit_requested.emit()
    await asyncio.sleep(0.05)
    assert not answer.done()
    assert "[DONE]" in await answer
    assert await start.task == Exit.OK
    assert next(iter(application.exchanges)).outcome == "done"


@on_loop
async def test_asked_twice_it_does_not_wait(qapp: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = Start(qapp, tmp_path)
    await start.ready()
    stop, waiting = start.launch.application.stop, asyncio.Event()

    async def slow() -> None:
        waiting.set()
        try:
            await asyncio.sleep(60)
        finally:
            await stop()

    monkeypatch.setattr(start.launch.application, "stop", slow)
    qapp.quit_requested.emit()
    await waiting.wait()
    qapp.quit_requested.emit()
    assert await asyncio.wait_for(start.task, 10) == Exit.OK


@on_loop
async def test_quit_during_the_start(qapp: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled: list[bool] = []

    async def locked_keyring() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            cancelled.append(True)

    start = Start(qapp, tmp_path)
    monkeypatch.setattr(start.launch.application, "start", locked_keyring)
    await until(lambda: start.launch.desktop is not None)
    assert start.launch.desktop is not None
    assert start.launch.desktop.actions.state.text() == "Starting…"
    qapp.quit_requested.emit()
    assert await start.task == Exit.OK
    assert cancelled == [True]


@on_loop
async def test_a_taken_port_is_shown_and_printed(
    qapp: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        start = Start(qapp, tmp_path, host="127.0.0.1", port=other.getsockname()[1])
        assert await start.task == Exit.UNAVAILABLE
    (error,) = start.errors
    assert capsys.readouterr().err == f"{error.title} {error.hint}\n"
    again = Start(qapp, tmp_path)
    await again.ready()
    qapp.quit_requested.emit()
    assert await again.task == Exit.OK


@on_loop
async def test_an_error_waits_for_its_box_to_be_closed(qapp: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def boxes() -> list[QMessageBox]:
        return [w for w in qapp.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]

    error = UserError("Port 3000 is taken.", "Choose another one.")
    await show_error(error)  # nobody sees windows offscreen
    monkeypatch.setattr("app.ui.launch._UNSEEN", ())
    shown = asyncio.create_task(show_error(error))
    await until(boxes)
    gc.collect()
    (box,) = boxes()
    assert (box.text(), box.informativeText()) == (error.title, error.hint)
    assert not shown.done()
    box.buttons()[0].click()
    await shown


@on_loop
async def test_whoever_asks_to_quit_need_not_close_the_box_of_an_error(qapp: Shell, tmp_path: Path) -> None:
    (tmp_path / "desktop.lock").mkdir()  # in the way
    shown = asyncio.Event()

    async def show(error: UserError) -> None:
        shown.set()
        await asyncio.Event().wait()  # nobody closes it

    store = SettingsStore({"data_dir": tmp_path, "port": 0, "ner": False}, {}, EventBus())
    task = asyncio.create_task(Launch(store, EventBus(), qapp, show_error=show).run())
    await shown.wait()
    assert not task.done()
    qapp.quit_requested.emit()
    assert await task == Exit.CANNOT_CREATE


@on_loop
async def test_a_folder_that_cannot_be_written(qapp: Shell, tmp_path: Path) -> None:
    (tmp_path / "desktop.lock").mkdir()  # in the way
    start = Start(qapp, tmp_path)
    assert await start.task == Exit.CANNOT_CREATE
    assert isinstance(start.errors[0], StorageError)


@on_loop
async def test_a_second_start_shows_the_first(qapp: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = Start(qapp, tmp_path)
    await first.ready()
    second = Start(qapp, tmp_path)
    assert await second.task == Exit.OK
    assert capsys.readouterr().out == "Anonamoose is already running; asked it to show its window.\n"
    desktop = first.launch.desktop
    assert desktop is not None
    await until(desktop.main.isVisible)
    assert first.launch.application.state.protection is Protection.ON
    qapp.quit_requested.emit()
    assert await first.task == Exit.OK


def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(app.ui.run, "can_show", lambda: "There is no display here.")
    unused: Any = None
    assert app.ui.run.run(unused, unused) == Exit.UNAVAILABLE
    said = capsys.readouterr().err
    assert said.startswith("There is no display here. Start it with “anonamoose serve”")


@pytest.mark.skipif(os.name != "posix", reason="Windows has other signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_ends_cleanly_when_told(tmp_path: Path, number: signal.Signals) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    data = tmp_path / "data"
    environ = {**os.environ, "PYTHONPATH": str(Path(app.ui.run.__file__).parents[2]), "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, str(program), str(data)]
    with subprocess.Popen([*command, "0"], env=environ, stdout=-1, stderr=-1, text=True) as first:
        try:
            second = _until_answered([*command, "0"], environ)
            assert "already running" in second.stdout
            assert second.returncode == Exit.OK
        finally:
            first.send_signal(number)
        out, err = first.communicate(timeout=30)
    assert first.returncode == Exit.OK
    assert out == ""
    assert "Traceback" not in err


def _until_answered(command: list[str], environ: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Waits for the first to hold the folder, then starts the second."""
    data = Path(command[2])
    for _ in range(200):
        if (data / "vault.sqlite3").exists():
            break
        time.sleep(0.05)
    return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=30, check=False)
