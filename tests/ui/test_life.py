"""How the desktop begins and ends where something is in the way: crashes, ports, running answers, ending sessions."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox

from app.application import Application
from app.errors import Exit, PortTaken
from app.events import EventBus, ExchangeFinished, ExchangeStarted
from app.faults import faults
from app.proxy.exchange import Exchange
from app.reports import Reports
from app.settings_store import SettingsStore
from app.ui.desktop import Desktop
from app.ui.fault_box import tell_of_faults
from app.ui.port_box import PortChoice, choose_port
from app.ui.shell import Shell
from tests.ui.staging import Staged, on_loop, until
from tests.ui.test_launch import Start, ask, key

__all__ = ["key"]


def boxes(shell: Shell) -> list[QMessageBox]:
    return [w for w in shell.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]


def press(box: QMessageBox, name: str) -> None:
    next(button for button in box.buttons() if button.text().replace("&", "") == name).click()


# -- after a crash


@on_loop
async def test_a_crash_is_told_once_and_can_be_copied_shown_and_deleted(
    qapp: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports, opened = Reports(tmp_path), []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    reports.write("crash", "A fatal error in the program\n", is_told=False)
    box = tell_of_faults(reports)
    assert box is not None and box.text() == "Anonamoose ended unexpectedly last time."
    assert box.detailedText() == "A fatal error in the program\n"
    press(box, "Copy report")
    assert QGuiApplication.clipboard().text() == box.detailedText()
    press(box, "Open folder")
    assert opened == [str(tmp_path)]
    assert box.isVisible() and len(reports.all()) == 1
    assert tell_of_faults(reports) is None
    press(box, "Delete")
    await until(lambda: not reports.all())


@on_loop
async def test_closing_keeps_the_report(qapp: Shell, tmp_path: Path) -> None:
    reports = Reports(tmp_path)
    assert tell_of_faults(reports) is None
    reports.write("error", "An unexpected error\n", is_told=False)
    box = tell_of_faults(reports)
    assert box is not None and box.text() == "Something went wrong in Anonamoose last time."
    box.close()
    assert len(reports.all()) == 1 and not reports.new()


@on_loop
async def test_at_the_start_it_is_told_if_anybody_sees_it(
    qapp: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = Reports(tmp_path / "reports")
    reports.make()
    (reports.folder / "1.trace").write_text(
        "Fatal Python error: Aborted\n\nCurrent thread 0x1 (most recent call first):\n"
    )
    start = Start(qapp, tmp_path)
    await start.ready()
    await until(reports.new)
    qapp.quit_requested.emit()
    assert await start.task == Exit.OK
    monkeypatch.setattr("app.ui.launch._UNSEEN", ())
    start = Start(qapp, tmp_path)
    await start.ready()
    await until(lambda: [box for box in boxes(qapp) if "unexpectedly" in box.text()])
    assert not reports.new()
    qapp.quit_requested.emit()
    assert await start.task == Exit.OK
    assert not boxes(qapp)


# -- a port that is taken


class Chooser:
    """Answers the question for another port, and says what it was asked."""

    def __init__(self, start: Start, choice: PortChoice) -> None:
        self.asked: list[tuple[PortTaken, bool]] = []
        self.choice = choice
        start.launch._offer_port = self

    async def __call__(self, error: PortTaken, can_keep: bool) -> PortChoice:
        self.asked.append((error, can_keep))
        return self.choice


def _kept(folder: Path) -> int:
    return SettingsStore({"data_dir": folder}, {}, EventBus()).current.port


@on_loop
@pytest.mark.parametrize(("choice", "is_kept"), [("once", False), ("always", True)])
async def test_another_port_is_used_once_or_always(
    qapp: Shell, tmp_path: Path, choice: PortChoice, is_kept: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        SettingsStore({"data_dir": tmp_path}, {}, EventBus()).update({"host": "127.0.0.1", "port": port})
        start = Start(qapp, tmp_path, port=None)
        chooser = Chooser(start, choice)
        await start.ready()
        ((error, can_keep),) = chooser.asked
        assert can_keep and error.port == port and error.free > port
        assert start.launch.application.base_url == f"http://127.0.0.1:{error.free}/v1"
        assert "jane.roe@example.com" in await ask(start.launch.application.base_url)
        assert _kept(tmp_path) == (error.free if is_kept else port)
        qapp.quit_requested.emit()
        assert await start.task == Exit.OK
    assert not start.errors


@on_loop
async def test_who_quits_is_told_nothing_more(qapp: Shell, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        start = Start(qapp, tmp_path, host="127.0.0.1", port=other.getsockname()[1])
        chooser = Chooser(start, "quit")
        assert await start.task == Exit.UNAVAILABLE
    assert not start.errors and not chooser.asked[0][1]


@on_loop
@pytest.mark.parametrize(
    ("button", "choice"),
    [("Use 3001 this time", "once"), ("Use 3001 always", "always"), ("Quit", "quit"), ("", "quit")],
)
async def test_what_the_box_offers(qapp: Shell, button: str, choice: str) -> None:
    error = PortTaken("Port 3000 is taken by another program (node, process 7).", "Close it.", port=3000, free=3001)
    chosen = asyncio.create_task(choose_port(error, can_keep=True))
    await until(lambda: boxes(qapp))
    (box,) = boxes(qapp)
    assert box.text() == error.title and "connected to port 3000" in box.informativeText()
    press(box, button) if button else box.reject()
    assert await chosen == choice


@on_loop
async def test_a_fixed_port_is_not_kept_and_a_box_that_is_not_needed_goes(qapp: Shell) -> None:
    asked = asyncio.create_task(choose_port(PortTaken("Taken.", port=3000, free=3001), can_keep=False))
    await until(lambda: boxes(qapp))
    assert [button.text().replace("&", "") for button in boxes(qapp)[0].buttons()] == ["Use 3001 this time", "Quit"]
    asked.cancel()
    await until(lambda: not boxes(qapp))


# -- quitting


def _run(application: Staged) -> Exchange:
    exchange = application.exchanges.new("POST", "/v1/responses")
    application.bus.publish(ExchangeStarted(exchange.id))
    return exchange


@on_loop
async def test_what_still_arrives_is_told_until_it_has(qapp: Shell, desktop: Desktop, application: Staged) -> None:
    one, other = _run(application), _run(application)
    asked: list[bool] = []
    desktop.actions.quit_asked.disconnect()
    desktop.actions.quit_asked.connect(lambda: asked.append(True))
    desktop.quitting()
    (box,) = boxes(qapp)
    assert box.text() == "2 answers are still arriving."
    assert box.informativeText().endswith("in 10 seconds at the latest.")
    application.bus.publish(ExchangeFinished(one.id, 0))
    await until(lambda: box.text() == "1 answer is still arriving.")
    assert desktop.actions.state.text() == "Quitting: 1 answer is still arriving…"
    press(box, "Quit now")
    assert asked == [True]
    application.bus.publish(ExchangeFinished(other.id, 0))
    await until(lambda: desktop.actions.state.text() == "Quitting…")


@on_loop
async def test_who_waits_is_asked_no_more(qapp: Shell, desktop: Desktop, application: Staged) -> None:
    _run(application)
    desktop.quitting(ask=False)
    assert not boxes(qapp)
    desktop.quitting()
    press(boxes(qapp)[0], "Quit when they are done")
    assert not boxes(qapp) and desktop.actions.state.text() == "Quitting: 1 answer is still arriving…"


async def _streaming(application: Application) -> asyncio.Task[str]:
    answer = asyncio.create_task(ask(application.base_url, stream=True))
    await until(lambda: len(application.exchanges) and next(iter(application.exchanges)).status == 200, 20)
    return answer


@on_loop
@pytest.mark.parametrize("how", ["quit now", "session"])
async def test_a_stream_is_cut_off_and_the_vault_closed(
    qapp: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr("app.ui.launch._LAST", 0.0)
    monkeypatch.setattr("app.proxy.practice._PAUSE", 3.0)  # so that it goes on for minutes
    noted: list[Any] = []
    monkeypatch.setattr(faults, "note", lambda *error: noted.append(error))
    start = Start(qapp, tmp_path, drain=600)
    await start.ready()
    application = start.launch.application
    answer = await _streaming(application)
    if how == "session":
        qapp.end_session()
        assert application.review._closed
    else:
        qapp.quit_requested.emit()
        await until(lambda: boxes(qapp))
        press(boxes(qapp)[0], "Quit now")
    assert await asyncio.wait_for(start.task, 20) == Exit.OK
    assert not boxes(qapp)
    (said,) = await asyncio.gather(answer, return_exceptions=True)
    assert isinstance(said, BaseException) or "[DONE]" not in said
    with pytest.raises(RuntimeError, match="closed"):
        await application._store.database.run(lambda connection: None)
    assert not noted
