"""Notifications are rare: each kind once, and then not for a while."""

from __future__ import annotations

from typing import Any

import pytest

from app.events import StateChanged
from app.releases import Release
from app.state import Protection
from app.ui.desktop import Desktop
from app.ui.notifications import Notifications
from tests.ui.staging import Staged, on_loop, until


class Shown:
    def __init__(self, application: Staged, desktop: Desktop) -> None:
        self.now = 0.0
        self.titles: list[str] = []
        self.texts = ""
        self._own = Notifications(application, desktop.bridge, self._show, desktop, lambda: self.now)

    def _show(self, title: str, text: str, icon: Any) -> None:
        self.titles.append(title)
        self.texts += text


@pytest.fixture
def shown(application: Staged, desktop: Desktop) -> Shown:
    desktop.notifications.deleteLater()
    return Shown(application, desktop)


async def heard(desktop: Desktop) -> None:
    await until(lambda: not desktop.bridge._timer.isActive() and not desktop.bridge._ids)


@on_loop
async def test_the_first_redaction_ever(application: Staged, desktop: Desktop, shown: Shown) -> None:
    application.exchange()
    await until(lambda: shown.titles)
    shown.now = 10_000.0
    application.exchange()
    await heard(desktop)
    assert shown.titles == ["Anonamoose is at work"] and "jane" not in shown.texts


@on_loop
async def test_not_where_something_was_counted_before(application: Staged, desktop: Desktop, shown: Shown) -> None:
    application.counts.is_new = False
    application.exchange()
    await heard(desktop)
    assert shown.titles == []


@on_loop
async def test_a_refusal_now_and_then(application: Staged, desktop: Desktop, shown: Shown) -> None:
    application.counts.is_new = False
    for now in (0.0, 599.0, 600.0):
        shown.now = now
        application.exchange(outcome="refused", reason="Detection cannot run, so nothing was sent.")
        await heard(desktop)
    application.exchange(outcome="refused", reviewed="refused")
    assert shown.titles == ["A request was refused"] * 2


@on_loop
async def test_protection_lost(application: Staged, desktop: Desktop, shown: Shown) -> None:
    for protection in (Protection.BROKEN, Protection.BROKEN, Protection.ON, Protection.BROKEN):
        application.stage(protection, "The model folder is empty.")
        application.bus.publish(StateChanged())
    assert shown.titles == ["Protection is lost"] and "model folder" in shown.texts


@on_loop
async def test_they_can_be_turned_off(application: Staged, desktop: Desktop, shown: Shown) -> None:
    application.settings.set("notifications", False)
    application.exchange(outcome="refused")
    application.stage(Protection.BROKEN, "Gone.")
    application.bus.publish(StateChanged())
    await heard(desktop)
    assert shown.titles == []


@on_loop
async def test_a_newer_version_once(application: Staged, desktop: Desktop, shown: Shown) -> None:
    application.news.release = Release("999.1.0", "https://example.com/tag/v999.1.0")
    for now in (0.0, 700.0):
        shown.now = now
        application.bus.publish(StateChanged())
        await heard(desktop)
    assert shown.titles == ["Version 999.1.0 is out"]
    assert desktop.actions.newer.isVisible() and desktop.actions.newer.isEnabled()
    assert desktop.actions.newer in desktop.tray.menu.actions()
    application.news.release = Release("999.2.0", "")  # no link to follow
    desktop.actions.refresh()
    assert desktop.actions.newer.text() == "Version 999.2.0 is out…" and not desktop.actions.newer.isEnabled()
    application.news.release = None
    desktop.actions.refresh()
    assert not desktop.actions.newer.isVisible()
