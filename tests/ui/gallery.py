"""Every window and dialog of the desktop, one after the other, in every state that shows other controls."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from PySide6.QtWidgets import QApplication, QInputDialog, QMessageBox, QWidget

from app.application import Application
from app.errors import UserError
from app.events import EventBus
from app.pipeline.terms import Term
from app.settings_store import SettingsStore
from app.state import Protection
from app.ui.access_panel import AccessPanel
from app.ui.desktop import Desktop
from app.ui.dictionary import Dictionary
from app.ui.keys_panel import KeysPanel
from app.ui.shell import Shell
from tests.ui.staging import until

Scene = tuple[str, QWidget]
TEXT = "Write to Jane Roe (jane@example.com, card 4111 1111 1111 1111) about Project Osprey at 192.168.7.21."
PATIENCE = 30.0


@asynccontextmanager
async def serving(folder: Path, shell: Shell) -> AsyncIterator[Desktop]:
    """The desktop of a running app that has its practice model to talk to, and no model that reads names."""
    bus = EventBus()
    flags: dict[str, object] = {
        "data_dir": folder, "host": "127.0.0.1", "port": 0, "ner": False, "names": False, "notifications": False,
        "welcome": False,
    }  # fmt: skip
    application = Application(SettingsStore(flags, {}, bus), bus)
    desktop = Desktop(application, shell, patience=3_600_000)
    await application.start()
    try:
        await until(lambda: application.state.protection is not Protection.STARTING, PATIENCE)
        yield desktop
    finally:
        await desktop.close()
        await application.stop()
        for window in shell.topLevelWidgets():
            window.close()
            window.deleteLater()


async def scenes(desktop: Desktop) -> AsyncIterator[Scene]:
    """Name and window of each. A scene ends when the next is asked for."""
    for part in (_shell, _first_steps, _inspector, _dictionary, _settings, _others, _questions):
        async for name, window in part(desktop):
            await asyncio.sleep(0)
            settle()
            yield name, window
            window.hide()


def settle() -> None:
    """Lets layouts do what they have to do, each level of them after the one within."""
    for _ in range(8):
        QApplication.sendPostedEvents()
        QApplication.processEvents()


async def ask(desktop: Desktop, text: str = TEXT) -> None:
    """A tool's request to the practice model."""
    url = f"{desktop._application.base_url.removesuffix('/v1')}/demo/v1/chat/completions"
    body = {"model": "practice", "messages": [{"role": "user", "content": text}]}
    async with aiohttp.ClientSession() as client, client.post(url, json=body) as answer:
        await answer.read()


async def _shell(desktop: Desktop) -> AsyncIterator[Scene]:
    settings = desktop._application.settings
    yield "main", desktop.open_main()
    desktop.main.stand_in(True)
    yield "main without a tray", desktop.open_main()
    desktop.main.stand_in(False)
    for when_off in ("pass", "refuse"):
        settings.update({"protection": False, "when-off": when_off})
        yield f"main, off: {when_off}", desktop.open_main()
    settings.set("protection", True)
    desktop._application.pause_protection(900)
    yield "main, paused", desktop.open_main()
    desktop.tray.menu.show()
    yield "menu, paused", desktop.tray.menu
    desktop._application.pause_protection(0)


async def _first_steps(desktop: Desktop) -> AsyncIterator[Scene]:
    window = desktop.open_first_run()
    for page in range(3):
        window.show()
        yield f"first steps {page + 1}", window
        if page < 2:
            window.next.click()
    window.close()


async def _inspector(desktop: Desktop) -> AsyncIterator[Scene]:
    yield "inspector, nothing yet", desktop.open_inspector()
    for _ in range(2):
        await ask(desktop)
    window = desktop.open_inspector()
    await until(lambda: window.view.section.marks, PATIENCE)
    yield "inspector", window
    window.present()
    window.originals.setChecked(True)
    window.view.step(1)
    window.view.actions_of_span.never.trigger()
    await until(lambda: window.view.bar.told, PATIENCE)
    yield "inspector, corrected", window
    window.view.actions_of_span.retype.trigger()
    dialog = window.view.actions_of_span.dialog
    assert dialog is not None
    yield "inspector, wrong type", dialog
    dialog.reject()
    window.view.bar.undo.emit()
    await desktop.tasks.finish()
    window.present()
    window.filters.search.setText("no such text")
    await until(lambda: not window.found.rowCount(), PATIENCE)
    yield "inspector, nothing found", window
    window.filters.search.clear()
    desktop.tray.menu.show()
    yield "menu", desktop.tray.menu


async def _dictionary(desktop: Desktop) -> AsyncIterator[Scene]:
    window = desktop.open_dictionary()
    assert isinstance(window, Dictionary)
    for number, kind in enumerate(("terms", "allowed", "patterns")):
        window.tabs.setCurrentIndex(number)
        window.show()
        yield f"dictionary, no {kind}", window
    await desktop._application.terms.add(
        [
            Term("Project Osprey", "PROJECT"),
            Term("Example Freight", "ORGANIZATION", replacement="Sample Logistics"),
            Term("support@example.com", "", kind="allowed"),
            Term(r"EMP-\d{5}", "EMPLOYEE", kind="pattern"),
        ]
    )
    for number, page in enumerate((window.terms, window.allowed, window.patterns)):
        window.tabs.setCurrentIndex(number)
        window.show()
        await until(page.model.rowCount, PATIENCE)
        page.table.selectRow(0)
        yield f"dictionary, page {number + 1}", window
        window.show()
        page._ask_remove()
        assert page.question is not None
        yield f"dictionary, removing from page {number + 1}", page.question
        page.question.reject()
        page.paste.click()
        assert page.importing is not None
        page.importing.paste("Project Kestrel\nWill\n")
        await until(page.importing.model.rowCount, PATIENCE)
        yield f"dictionary, adding to page {number + 1}", page.importing
        page.importing.close()
    window.patterns.entry.text.setText("(")
    window.patterns.entry.add.click()
    await until(window.patterns.complaint.text, PATIENCE)
    window.show()
    yield "dictionary, refused", window
    window.patterns.entry.reset()
    window.hide()


async def _settings(desktop: Desktop) -> AsyncIterator[Scene]:
    window = desktop.open_settings()
    for section in window.sections:
        window.open_page(section.group)
        window.show()
        await desktop.tasks.finish()
        yield f"settings, {section.group}", window
    keys, access = window.findChild(KeysPanel), window.findChild(AccessPanel)
    assert isinstance(keys, KeysPanel) and isinstance(access, AccessPanel)
    window.open_page("Keys")
    window.show()
    await keys.keep("openai", "sk-example-0123456789")
    desktop._application.settings.set("anthropic-upstream", "https://one.example.com")
    await keys.keep("anthropic", "sk-example-0123456789")
    desktop._application.settings.set("anthropic-upstream", "https://two.example.com")
    await desktop.tasks.finish()
    yield "settings, keys that are kept", window
    window.show()
    for words in ("Set…", "Remove…"):
        keys.rows["openai"].buttons[words].click()
        async for scene in _open(window, f"settings, a key: {words}"):
            yield scene
    keys.rows["anthropic"].buttons["Confirm…"].click()
    async for scene in _open(window, "settings, a key: Confirm…"):
        yield scene
    window.open_page("Access")
    window.show()
    access.label.setText("example")
    await access.make()
    await access.show_token()
    yield "settings, a local key that was made", window
    window.show()
    access.view.selectRow(0)
    access.revoke.click()
    async for scene in _open(window, "settings, revoking"):
        yield scene
    access.rotate.click()
    async for scene in _open(window, "settings, another token"):
        yield scene
    for words in ("port", "no such setting"):
        window.search.setText(words)
        window.show()
        yield f"settings, searched for {words}", window
    window.search.clear()
    window.rows["port"].complaint.tell("It must be a whole number from 0 to 65535.")


async def _others(desktop: Desktop) -> AsyncIterator[Scene]:
    connect = desktop.open_connect()
    yield "connect", connect
    connect.search.setText("Cursor")
    connect.show()
    yield "connect, found", connect
    dashboard = desktop.open_dashboard()
    assert dashboard is not None
    await until(lambda: dashboard.shown, PATIENCE)
    yield "dashboard", dashboard
    window = desktop.open_try()
    yield "try, empty", window
    window.show()
    window.text.setPlainText(TEXT)
    await until(lambda: window.result, PATIENCE)
    window.answer.setPlainText(window.sent.toPlainText())
    yield "try", window
    window.hide()
    yield "review, nothing waits", desktop.open_review()
    desktop._application.settings.update({"review": "all", "review-as-is": True})
    asking = asyncio.ensure_future(ask(desktop))
    review = desktop.open_review()
    await until(lambda: review.spot_model.rowCount() and review.send.isEnabled(), PATIENCE)
    review.spots.setCurrentIndex(review.spot_model.index(0))
    yield "review", review
    review.show()
    await until(review.send.isEnabled, PATIENCE)
    review.send.click()
    await asking
    review.hide()
    desktop._application.settings.update({"review": "off", "review-as-is": False})


async def _questions(desktop: Desktop) -> AsyncIterator[Scene]:
    actions = desktop.actions
    actions.turn(False)
    assert actions._question is not None
    yield "turning off", actions._question
    actions._question.reject()
    actions.forget.trigger()
    assert actions._forgetting is not None
    yield "forgetting", actions._forgetting
    actions._forgetting.reject()
    desktop.tell(UserError("Something is wrong.", "Do this about it."))
    yield "an error", desktop._boxes[0]
    desktop._boxes[0].accept()


async def _open(window: QWidget, name: str) -> AsyncIterator[Scene]:
    """The dialog that is open, which is then left."""
    dialogs = (*window.findChildren(QMessageBox), *window.findChildren(QInputDialog))
    (dialog,) = (dialog for dialog in dialogs if dialog.isVisible())
    yield name, dialog
    dialog.reject()
