"""The tray: one shape and one sentence for each state."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QImage, QPalette
from PySide6.QtWidgets import QSystemTrayIcon

from app.events import ExchangeFinished, ExchangeStarted, StateChanged
from app.state import Protection
from app.ui.activity import Activity
from app.ui.desktop import Desktop
from app.ui.icons import SIZES, mark, mark_pixmap
from app.ui.shell import Shell
from app.ui.status import off_warning, remaining, status
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
        "Pause",
        "Review before sending",
        "Latest requests",
        "Inspector…",
        "Dashboard…",
        "Dictionary…",
        "Settings…",
        "Connect a tool…",
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


MARKS = ("on", "busy", "attention", "paused", "off", "starting", "refusing", "broken")


def shape(name: str, size: int) -> list[list[bool]]:
    """Where a mark has ink, whatever its colour."""
    image = mark_pixmap(name, size).toImage().convertToFormat(QImage.Format.Format_ARGB32)
    return [[image.pixelColor(x, y).alpha() > 127 for x in range(size)] for y in range(size)]


@pytest.mark.parametrize("size", [size for size in SIZES if size <= 64])
def test_marks_differ_in_shape_at_every_size(qapp: Shell, size: int) -> None:
    shapes = {name: shape(name, size) for name in MARKS}
    for one in MARKS:
        for other in MARKS[MARKS.index(one) + 1 :]:
            different = sum(
                a != b for rows in zip(shapes[one], shapes[other], strict=True) for a, b in zip(*rows, strict=True)
            )
            assert different > size * size * 0.06, (one, other)


@on_loop
async def test_redacting_now_is_shown_for_a_while_and_once(desktop: Desktop, application: Staged) -> None:
    activity = Activity(desktop.bridge, shortest=300)
    changes: list[bool] = []
    activity.changed.connect(lambda: changes.append(activity.is_on))
    for id in range(1, 20):
        application.bus.publish(ExchangeStarted(id))
        application.bus.publish(ExchangeFinished(id, 1))
    await until(lambda: desktop.actions.now.mark == "busy")
    assert desktop.tray.icon.toolTip() == "Anonamoose: Redacting now · 12 values hidden today"
    await until(lambda: desktop.actions.now.mark == "on")
    assert changes == [True, False]


@on_loop
async def test_redacting_now_lasts_as_long_as_an_exchange(desktop: Desktop, application: Staged) -> None:
    activity = Activity(desktop.bridge, shortest=10)
    application.bus.publish(ExchangeStarted(7))
    await until(lambda: activity.is_on)
    application.bus.publish(ExchangeStarted(8))
    application.bus.publish(ExchangeFinished(8, 0))
    await until(lambda: desktop.bridge.running == {7} and not activity._timer.isActive())
    assert activity.is_on
    application.bus.publish(ExchangeFinished(7, 0))
    await until(lambda: not activity.is_on)


@on_loop
async def test_what_waits_wants_attention(desktop: Desktop, application: Staged) -> None:
    await application.wait()
    lines = menu(desktop)
    assert lines[0] == "1 request waits for review" and "1 request waiting for review…" in lines
    assert desktop.actions.now.mark == "attention"
    desktop.actions.waiting.trigger()
    assert desktop.open_review().isVisible()
    await application.end()
    assert "1 request waiting for review…" not in menu(desktop)


@on_loop
async def test_review_is_switched_in_the_menu(desktop: Desktop, application: Staged) -> None:
    assert not desktop.actions.review.isChecked()
    desktop.actions.review.trigger()
    assert application.settings.current.review == "all" and desktop.actions.review.isChecked()
    desktop.actions.review.trigger()
    assert application.settings.current.review == "off" and not desktop.actions.review.isChecked()
    application.settings.set("review", "tool=claude-cli")
    menu(desktop)
    assert desktop.actions.review.isChecked()


@on_loop
async def test_a_pause_says_how_long_it_lasts_and_can_be_ended(desktop: Desktop, application: Staged) -> None:
    quarter = next(a for a in desktop.tray.menu.pause.actions() if "minutes" in a.text())
    quarter.trigger()
    lines = menu(desktop)
    assert lines[0] == "Paused, 15 min left · requests are sent as they are" and "Paused, 15 min left" in lines
    assert desktop.actions.now.mark == "paused"
    desktop.tray.menu.pause.resume.trigger()
    assert menu(desktop)[0].startswith("Protecting") and not desktop.tray.menu.pause.resume.isVisible()
    assert application.settings.current.protection


def test_what_is_left_of_a_pause() -> None:
    assert [remaining(s) for s in (1, 60, 61, 3600, float("inf"))] == [
        "1 min left", "1 min left", "2 min left", "60 min left", "until restart",
    ]  # fmt: skip


@on_loop
async def test_the_latest_exchanges_open_in_the_inspector(desktop: Desktop, application: Staged) -> None:
    ids = [application.exchange().id for _ in range(7)]
    menu(desktop)
    latest = desktop.tray.menu.latest.actions()
    assert len(latest) == 5
    assert all("jane" not in action.text() and "1 EMAIL" in action.text() for action in latest)
    latest[2].trigger()
    inspector = desktop.open_inspector()
    chosen = inspector.model.exchange(inspector.table.currentIndex())
    assert chosen is not None and chosen.id == ids[4]


@on_loop
async def test_today_by_type(desktop: Desktop, application: Staged) -> None:
    assert not any(line.startswith("Today") for line in menu(desktop))
    await application.counts.add({"PERSON": 8, "EMAIL_ADDRESS": 3})
    assert "Today: 8 PERSON · 3 EMAIL" in menu(desktop)


@on_loop
async def test_every_way_leads_to_its_window(desktop: Desktop) -> None:
    actions = desktop.actions
    ways = (actions.inspector, actions.dictionary, actions.settings, actions.connect_tool, actions.welcome)
    for action in ways:
        action.trigger()
    titles = {window.windowTitle().partition(" — ")[0] for window in desktop._windows.values() if window.isVisible()}
    assert titles == {"Inspector", "Dictionary", "Settings", "Connect a tool", "Welcome"}
