from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.application import Application
from app.events import EventBus
from app.settings_store import SettingsStore
from app.ui.first_run import FirstRun
from app.ui.tasks import Tasks
from tests.ui.staging import URL, Staged, on_loop, until


@pytest.fixture
def tasks() -> Tasks:
    return Tasks()


@pytest.fixture
def first(qtbot: QtBot, application: Staged, tasks: Tasks) -> FirstRun:
    window = FirstRun(application, tasks)
    qtbot.addWidget(window)
    window.present()
    return window


def test_three_steps_there_and_back(first: FirstRun, application: Staged) -> None:
    assert (first.page, first.step.text(), first.back.isEnabled()) == (0, "Step 1 of 3", False)
    first.next.click()
    first.next.click()
    assert (first.page, first.next.text()) == (2, "&Done")
    first.back.click()
    assert first.page == 1
    first.next.click()
    assert application.settings.current.welcome
    first.next.click()
    assert not first.isVisible()
    assert not application.settings.current.welcome
    assert first.page == 0  # where it begins when it is opened again


def test_closing_it_early_is_having_seen_it(first: FirstRun, application: Staged) -> None:
    first.close()
    assert not application.settings.current.welcome


def test_regions_and_strictness_are_kept_at_once(first: FirstRun, application: Staged) -> None:
    boxes = first.choices.regions
    assert all(box.isChecked() for box in boxes.values())
    for code in ("UK", "US"):
        boxes[code].click()
    assert application.settings.current.locale == "AU, NZ"
    boxes["UK"].click()
    boxes["US"].click()
    assert application.settings.current.locale == ""
    first.choices.presets["coding"].click()
    assert application.settings.current.preset == "coding"


def test_what_is_set_already_is_shown(qtbot: QtBot, application: Staged, tasks: Tasks) -> None:
    application.settings.set("locale", "NZ")
    application.settings.set("preset", "strict")
    window = FirstRun(application, tasks)
    qtbot.addWidget(window)
    assert [code for code, box in window.choices.regions.items() if box.isChecked()] == ["NZ"]
    assert window.choices.presets["strict"].isChecked()


def test_it_ends_with_the_way_to_a_tool(qtbot: QtBot, first: FirstRun) -> None:
    assert first.going.url.text() == URL
    assert first.going.practice.text() == "http://localhost:3000/demo/v1"
    with qtbot.waitSignal(first.connect_asked):
        first.going.tools.click()
    assert not first.isVisible()


@on_loop
async def test_the_example_is_the_apps_own_work(qtbot: QtBot, tmp_path: Path, tasks: Tasks) -> None:
    flags = {"data_dir": tmp_path, "port": 0, "host": "127.0.0.1", "ner": False}
    bus = EventBus()
    application = Application(SettingsStore(flags, {}, bus), bus)
    await application.start()
    try:
        window = FirstRun(application, tasks)
        qtbot.addWidget(window)
        window.present()
        window.showing.send.click()
        assert not window.showing.send.isEnabled()
        await until(window.showing.send.isEnabled, 30)
        sent, left, came_back, got = (pane.view.toPlainText() for pane in window.showing.panes)
        assert "priya.raman@example.com" in sent and "priya.raman@example.com" in got
        assert "priya.raman@example.com" not in left + came_back
        assert "[EMAIL_" in left and "[EMAIL_" in came_back
        assert window.showing.wrong.isHidden()
    finally:
        await application.stop()


@on_loop
async def test_a_refusal_is_said_in_its_place(qtbot: QtBot, tmp_path: Path, tasks: Tasks) -> None:
    flags = {"data_dir": tmp_path, "port": 0, "host": "127.0.0.1", "ner": False, "protection": False}
    bus = EventBus()
    application = Application(SettingsStore({**flags, "when_off": "refuse"}, {}, bus), bus)
    await application.start()
    try:
        window = FirstRun(application, tasks)
        qtbot.addWidget(window)
        window.present()
        window.showing.send.click()
        await until(window.showing.send.isEnabled, 30)
        assert "off" in window.showing.wrong.text()
    finally:
        await application.stop()
