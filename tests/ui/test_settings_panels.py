"""The panels of the settings that do more than store: models, providers' keys, access."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import keyring
import pytest
from aiohttp import web
from keyring.backends import fail
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from app.application import Application
from app.events import EventBus
from app.pipeline.models import DEFAULT, REGISTRY
from app.settings_store import SettingsStore
from app.store.access import OURS
from app.ui.access_panel import AccessPanel
from app.ui.bridge import Bridge
from app.ui.desktop import Desktop
from app.ui.keys_panel import KeysPanel
from app.ui.login_panel import LoginPanel
from app.ui.models_panel import ModelsPanel
from app.ui.rows import Rows
from app.ui.tasks import Tasks
from app.ui.theme import is_dark
from tests.fake_hub import COMMIT, REPOSITORY, FakeHub
from tests.secret_service import LEAKY, SecretService
from tests.ui.staging import on_loop, until
from tests.unit.test_credentials import Memory

SHIPPED = REGISTRY[DEFAULT].folder
KEY = "sk-example-0123456789"


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    for name in [name for name in os.environ if name.lower().endswith("_proxy") or name.startswith(("HF_", "ANONA"))]:
        monkeypatch.delenv(name)
    before, made = keyring.get_keyring(), Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


class Stage:
    """A running app, and what its windows share."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.tasks = Tasks()
        self.bridge = Bridge(application.bus)

    @property
    def settings(self) -> SettingsStore:
        return self.application.settings


@asynccontextmanager
async def staged(folder: Path, **flags: object) -> AsyncIterator[Stage]:
    bus = EventBus()
    fixed = {"data_dir": folder, "port": 0, "host": "127.0.0.1", "ner": False, "names": False}
    application = Application(SettingsStore({**fixed, **flags}, {}, bus), bus)
    await application.start()
    stage = Stage(application)
    try:
        yield stage
    finally:
        await stage.tasks.finish()
        stage.bridge.disconnect_bus()
        await application.stop()


def cells(rows: Rows[Any]) -> list[list[object]]:
    QAbstractItemModelTester(rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return [[rows.index(row, column).data() for column in range(rows.columnCount())] for row in range(rows.rowCount())]


def answer(window: Any, text: str) -> None:
    """Clicks a button of the question that is open."""
    box = window.findChild(QMessageBox)
    assert isinstance(box, QMessageBox)
    next(button for button in box.buttons() if button.text() == text).click()


@asynccontextmanager
async def provider(status: Callable[[web.Request], int]) -> AsyncIterator[tuple[str, list[web.Request]]]:
    asked: list[web.Request] = []

    async def models(request: web.Request) -> web.Response:
        asked.append(request)
        return web.json_response({"data": []}, status=status(request))

    server = web.Application()
    server.router.add_get("/{rest:.*}", models)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    await runner.cleanup()


@on_loop
async def test_a_key_is_set_tried_confirmed_and_removed(qtbot: QtBot, tmp_path: Path, memory: Memory) -> None:
    def status(request: web.Request) -> int:
        return 200 if request.headers.get("Authorization") == f"Bearer {KEY}" else 401

    async with provider(status) as (place, asked), staged(tmp_path, openai_upstream=place) as stage:
        panel = KeysPanel(stage.application, stage.bridge, stage.tasks)
        qtbot.addWidget(panel)
        panel.show()
        await stage.tasks.finish()
        row = panel.rows["openai"]
        assert [*panel.rows] == ["openai", "anthropic", "gemini", "ollama"]
        assert row.state.text().startswith("No key") and row.buttons["Remove…"].isHidden()

        row.buttons["Set…"].click()
        dialog = panel.findChild(QInputDialog)
        assert isinstance(dialog, QInputDialog) and dialog.textEchoMode() is QLineEdit.EchoMode.Password
        dialog.setTextValue(f" {KEY} ")
        dialog.accept()
        await stage.tasks.finish()
        assert row.state.text() == f"Kept, for {place} alone."
        assert KEY not in panel.said.text()

        row.buttons["Test"].click()
        await stage.tasks.finish()
        assert panel.said.text() == f"{place} takes the key."
        assert asked[0].path == "/v1/models"

        await panel.keep("openai", "sk-another-0123456789")
        row.buttons["Test"].click()
        await stage.tasks.finish()
        assert panel.complaint.text() == f"{place} refuses the key (401)." and not panel.said.text()

        row.buttons["Remove…"].click()
        answer(panel, "Remove")
        await stage.tasks.finish()
        assert row.state.text().startswith("No key")
        assert not any(name.startswith("provider:") for _, name in memory.kept)


@on_loop
async def test_a_key_does_not_follow_its_provider_to_another_place(qtbot: QtBot, tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        panel = KeysPanel(stage.application, stage.bridge, stage.tasks)
        qtbot.addWidget(panel)
        panel.show()
        await panel.keep("openai", KEY)
        stage.settings.set("openai-upstream", "https://llm.example.com")
        await stage.tasks.finish()
        row = panel.rows["openai"]
        assert "Not sent: kept for https://api.openai.com" in row.state.text()
        assert row.buttons["Test"].isHidden() and not row.buttons["Confirm…"].isHidden()
        row.buttons["Confirm…"].click()
        answer(panel, "Send it there")
        await stage.tasks.finish()
        assert row.state.text() == "Kept, for https://llm.example.com alone."


@pytest.mark.parametrize("given", ["", "two words", "anon-" + "x" * 43])
@on_loop
async def test_what_is_no_key_is_refused_beside_it(qtbot: QtBot, tmp_path: Path, given: str) -> None:
    async with staged(tmp_path) as stage:
        panel = KeysPanel(stage.application, stage.bridge, stage.tasks)
        qtbot.addWidget(panel)
        panel.show()
        panel._start(panel.keep("openai", given))
        await stage.tasks.finish()
        assert panel.complaint.text() and (not given or given not in panel.complaint.text())


@on_loop
async def test_named_upstreams_get_rows(qtbot: QtBot, tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        panel = KeysPanel(stage.application, stage.bridge, stage.tasks)
        qtbot.addWidget(panel)
        panel.show()
        stage.settings.set("upstreams", "groq=https://api.groq.example.com/openai")
        await stage.tasks.finish()
        assert "u/groq" in panel.rows


@on_loop
async def test_the_access_token_is_shown_on_demand_and_made_anew(qtbot: QtBot, tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        panel = AccessPanel(stage.application, stage.bridge, stage.tasks)
        qtbot.addWidget(panel)
        panel.show()
        assert not panel.token.text()
        panel.reveal.click()
        await stage.tasks.finish()
        first = panel.token.text()
        assert OURS.fullmatch(first) and await stage.application.access.fits(first)
        panel.rotate.click()
        answer(panel, "Make another")
        await stage.tasks.finish()
        assert panel.token.text() != first and not await stage.application.access.fits(first)
        panel.copy.click()
        assert QGuiApplication.clipboard().text() == panel.token.text()
        panel.hide()
        assert not panel.token.text()


@on_loop
async def test_a_local_key_is_made_shown_once_and_revoked(qtbot: QtBot, tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        panel = AccessPanel(stage.application, stage.bridge, stage.tasks)
        qtbot.addWidget(panel)
        panel.show()
        panel.label.setText("notes")
        panel.provider.setCurrentIndex(1)
        panel.session.setText("work*")
        panel.days.setValue(7)
        panel.add.click()
        await stage.tasks.finish()
        made = panel.made.text()
        assert OURS.fullmatch(made) and panel.made.isVisible()
        (row,) = cells(panel.keys)
        assert row[:3] == ["notes", "openai", "work*"] and row[5] == "never"
        found, _ = await stage.application.access.find(made)
        assert found is not None and found.scope.upstreams == ("openai",)

        panel.label.setText("notes")
        panel.add.click()
        await stage.tasks.finish()
        assert "already" in panel.complaint.text()

        panel.view.selectRow(0)
        panel.revoke.click()
        answer(panel, "Revoke")
        await stage.tasks.finish()
        assert not cells(panel.keys)
        assert (await stage.application.access.find(made))[0] is None
        panel.hide()
        assert not panel.made.text()


@asynccontextmanager
async def models(qtbot: QtBot, folder: Path, endpoint: str = "") -> AsyncIterator[ModelsPanel]:
    bus = EventBus()
    bridge, tasks = Bridge(bus), Tasks()
    panel = ModelsPanel(SettingsStore({"data_dir": folder, "hub_endpoint": endpoint}, {}, bus), bridge, tasks)
    qtbot.addWidget(panel)
    panel.show()
    try:
        yield panel
    finally:
        await tasks.finish()
        bridge.disconnect_bus()


def choose(panel: ModelsPanel, name: str) -> list[object]:
    row = panel.table.row(name)
    panel.view.selectRow(row)
    return cells(panel.table)[row]


async def idle(panel: ModelsPanel) -> None:
    await until(lambda: panel._work is None, 60)


@on_loop
async def test_a_model_is_fetched_tried_used_and_removed(qtbot: QtBot, tmp_path: Path) -> None:
    files = {name: (SHIPPED / name).read_bytes() for name in ("config.json", "tokenizer.json", "model.onnx")}
    async with FakeHub(files) as hub, models(qtbot, tmp_path, hub.origin) as panel:
        assert choose(panel, DEFAULT)[1] == "embedded, in use"
        assert not panel.fetch_chosen.isEnabled() and not panel.remove.isEnabled() and not panel.use.isEnabled()
        panel.name.setText(REPOSITORY)
        panel.fetch_other.click()
        await until(panel.cancel.isVisible)
        await idle(panel)
        assert panel.said.text() == f"{REPOSITORY} is fetched and checked."
        assert choose(panel, REPOSITORY)[1] == "fetched" and panel.cancel.isHidden()
        assert COMMIT in str(panel.table.index(panel.table.row(REPOSITORY), 0).data(3))  # the tool tip

        panel.test.click()
        await idle(panel)
        assert "Thandiwe Nkosi (PERSON" in panel.said.text()

        panel.use.click()
        assert panel._store.current.ner_model == REPOSITORY
        assert choose(panel, REPOSITORY)[1] == "fetched, in use" and not panel.remove.isEnabled()
        panel._store.set("ner-model", DEFAULT)
        choose(panel, REPOSITORY)
        panel.remove.click()
        answer(panel, "Remove")
        await idle(panel)
        assert panel.table.row(REPOSITORY) == -1


@on_loop
async def test_fetching_can_be_cancelled(qtbot: QtBot, tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def stall(request: web.Request, content: bytes) -> web.StreamResponse | None:
        begun.set()
        await asyncio.Event().wait()
        return None

    async with FakeHub({"config.json": b"{}", "tokenizer.json": b"{}", "model.onnx": bytes(200_000)}) as hub:
        hub.twist = stall
        async with models(qtbot, tmp_path, hub.origin) as panel:
            panel.name.setText(REPOSITORY)
            panel.fetch_other.click()
            await begun.wait()
            assert not panel.fetch_other.isEnabled()
            panel.cancel.click()
            await idle(panel)
            assert panel.said.text().startswith("Cancelled.") and panel.fetch_other.isEnabled()


@on_loop
async def test_what_goes_wrong_is_said(qtbot: QtBot, tmp_path: Path) -> None:
    async with models(qtbot, tmp_path, "http://127.0.0.1:9") as panel:
        panel.name.setText("no such name")
        panel.fetch_other.click()
        await idle(panel)
        await until(panel.complaint.text)
        assert "There is no model called" in panel.complaint.text()
        panel.name.setText(REPOSITORY)
        panel.fetch_other.click()
        await idle(panel)
        await until(panel.complaint.text)
        assert "no model called" not in panel.complaint.text()


def test_starting_at_sign_in_is_what_the_system_says(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("about the entries of Linux desktops")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "none"))
    panel = LoginPanel()
    qtbot.addWidget(panel)
    panel.show()
    assert not panel.box.isChecked()
    panel.box.click()
    assert panel.box.isChecked() and (tmp_path / "autostart/anonamoose.desktop").exists()
    (tmp_path / "autostart/anonamoose.desktop").unlink()
    panel.hide()
    panel.show()
    assert not panel.box.isChecked()
    (tmp_path / "autostart").rmdir()
    (tmp_path / "autostart").write_text("a file where a folder should be")
    panel.box.click()
    assert not panel.box.isChecked() and "cannot be changed" in panel.complaint.text()


@on_loop
async def test_the_theme_is_a_setting(qtbot: QtBot, tmp_path: Path) -> None:
    async with staged(tmp_path) as stage:
        desktop = Desktop(stage.application, QApplication.instance(), patience=0)  # type: ignore[arg-type]
        before = QApplication.palette()
        for theme in ("dark", "light", "dark"):
            stage.settings.set("theme", theme)
            assert is_dark(QApplication.palette()) == (theme == "dark")
        stage.settings.set("theme", "system")
        assert QApplication.palette() == before
        await desktop.close()


@pytest.mark.parametrize(("trouble", "said"), [("lock", "is locked. Unlock it"), ("die", "does not answer")])
@LEAKY
def test_a_keyring_that_fails_while_the_app_runs_is_told_on_its_pages(
    qtbot: QtBot,
    tmp_path: Path,
    loop: Any,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    trouble: str,
    said: str,
) -> None:
    async def look(service: SecretService) -> None:
        async with staged(tmp_path) as stage:
            keys = KeysPanel(stage.application, stage.bridge, stage.tasks)
            access = AccessPanel(stage.application, stage.bridge, stage.tasks)
            for panel in (keys, access):
                qtbot.addWidget(panel)
                panel.show()
            await keys.keep("openai", KEY)
            assert keys.said.text() == "The key of openai is kept in the system keyring."
            access.reveal.click()
            await stage.tasks.finish()
            assert OURS.fullmatch(access.token.text())
            access.reveal.click()
            getattr(service, trouble)()
            keys.refresh()
            access.reveal.click()
            await stage.tasks.finish()
            await until(lambda: keys.complaint.text() and access.complaint.text(), 30)
            assert said in keys.complaint.text() and said in access.complaint.text()
            assert not access.token.text() and keys.rows["openai"].state.text().startswith("Kept")
            assert not (tmp_path / "keys.json").exists()

    with SecretService(tmp_path_factory.mktemp("home"), monkeypatch) as service:
        loop.run_until_complete(asyncio.wait_for(look(service), 60))


@on_loop
async def test_without_a_keyring_the_page_says_which_file_keeps_the_key(qtbot: QtBot, tmp_path: Path) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    async with staged(tmp_path) as stage:
        panel = KeysPanel(stage.application, stage.bridge, stage.tasks)
        qtbot.addWidget(panel)
        panel.show()
        await panel.keep("openai", KEY)
        assert panel.said.text() == f"The key of openai is kept in the file {tmp_path / 'keys.json'}."
