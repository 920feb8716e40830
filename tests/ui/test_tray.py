"""The tray: one shape and one sentence for each state."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QSystemTrayIcon

from app.events import ExchangeFinished, StateChanged
from app.state import Protection
from app.ui.desktop import Desktop
from app.ui.icons import mark
from app.ui.shell import Shell
from app.ui.status import off_warning, status
from app.ui.tray import Tray
from tests.ui.staging import Staged, on_loop, until


def picture(tray: Tray) -> object:
    return tray.icon.icon().pixmap(32, 32).toImage()


def menu(desktop: Desktop) -> list[str]:
    desktop.tray.menu.aboutToShow.emit()
    actions = desktop.tray.menu.actions()
    return [action.text().replace("&", "") for action in actions if action.isVisible() and not action.isSeparator()]


@pytest.mark.parametrize(
    ("protection", "line"),
    [
        (Protection.STARTING, "Starting…"),
        (Protection.ON, "Protecting · 12 values hidden today"),
        (Protection.OFF, "Off · requests are sent as they are"),
        (Protection.REFUSING, "Off · requests are refused"),
        (Protection.BROKEN, "Cannot protect · requests are refused"),
    ],
)
@on_loop
async def test_state_in_words_and_shape(
    desktop: Desktop, application: Staged, protection: Protection, line: str
) -> None:
    application.stage(protection)
    application.bus.publish(StateChanged())
    assert menu(desktop)[0] == line
    assert desktop.tray.icon.toolTip() == f"Anonamoose: {line}"
    assert picture(desktop.tray) == mark(protection.value).pixmap(32, 32).toImage()
    assert not desktop.actions.state.isEnabled()


@on_loop
async def test_menu(desktop: Desktop) -> None:
    assert menu(desktop) == [
        "Protecting · 12 values hidden today",
        "Protection",
        "Inspector…",
        "Dictionary…",
        "Settings…",
        "Copy base URL",
        "Try it…",
        "Redact clipboard",
        "Restore clipboard",
        "Forget everything…",
        "Quit",
    ]


@on_loop
async def test_a_broken_state_tells_its_reason(desktop: Desktop, application: Staged) -> None:
    application.stage(Protection.BROKEN, "The model folder is empty.")
    assert menu(desktop)[1] == "The model folder is empty."


@on_loop
async def test_the_count_follows_requests(desktop: Desktop, application: Staged) -> None:
    application.stage(Protection.ON, today=1)
    application.bus.publish(ExchangeFinished(1, 1))
    await until(lambda: desktop.actions.state.text() == "Protecting · 1 value hidden today")


@on_loop
async def test_off_follows_the_setting(desktop: Desktop, application: Staged) -> None:
    application.settings.update({"protection": False, "when-off": "refuse"})
    assert desktop.actions.state.text() == "Off · requests are refused"
    assert not desktop.actions.protection.isChecked()
    application.settings.set("when-off", "pass")
    assert desktop.actions.state.text() == "Off · requests are sent as they are"


def test_large_counts_are_readable(application: Staged) -> None:
    application.stage(Protection.ON, today=12_345)
    assert status(application.state).line == "Protecting · 12,345 values hidden today"


def test_the_warning_says_what_off_does() -> None:
    assert "sent as they are" in off_warning("pass")[1]
    assert "refused" in off_warning("refuse")[1]


@on_loop
async def test_a_click_opens_the_inspector(desktop: Desktop, qapp: Shell) -> None:
    desktop.tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Context)
    assert not any(window.isVisible() for window in qapp.topLevelWidgets())
    desktop.tray.icon.activated.emit(QSystemTrayIcon.ActivationReason.Trigger)
    assert [w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()] == ["Inspector — Anonamoose"]


@on_loop
async def test_the_icon_follows_the_theme(desktop: Desktop, qapp: Shell) -> None:
    before, palette = picture(desktop.tray), qapp.palette()
    dark = QPalette(palette)
    dark.setColor(QPalette.ColorRole.Text, "white")
    dark.setColor(QPalette.ColorRole.Base, "black")
    qapp.setPalette(dark)
    try:
        await until(lambda: picture(desktop.tray) != before)
    finally:
        qapp.setPalette(palette)
    await until(lambda: picture(desktop.tray) == before)


@on_loop
async def test_without_a_tray_it_says_so_once_after_a_while(
    desktop: Desktop, application: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Tray, "is_available", staticmethod(lambda: False))
    monkeypatch.setattr("app.ui.tray._STEP", 10)
    tray = Tray(application, desktop.actions, patience=30)
    missing: list[bool] = []
    tray.missing.connect(lambda: missing.append(True))
    tray.show()
    assert missing == []
    await until(lambda: missing)
    tray.hide()
    assert missing == [True]


@on_loop
async def test_a_tray_that_comes_late_is_waited_for(
    desktop: Desktop, application: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = [False, False, True]
    monkeypatch.setattr(Tray, "is_available", staticmethod(lambda: looks.pop(0)))
    monkeypatch.setattr("app.ui.tray._STEP", 10)
    tray = Tray(application, desktop.actions, patience=1000)
    tray.missing.connect(lambda: pytest.fail("it came"))
    tray.show()
    await until(lambda: not looks)
    tray.hide()
