"""What the menu's actions do: off asks once, on does not, copying copies, quitting asks the shell."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QMessageBox

from app.errors import StorageError
from app.events import Forgotten
from app.state import Protection, State
from app.ui.desktop import Desktop
from app.ui.shell import Shell
from tests.ui.staging import URL, Staged, on_loop, until


def boxes() -> list[QMessageBox]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, QMessageBox) and w.isVisible()]


def button(box: QMessageBox, text: str) -> QAbstractButton:
    return next(button for button in box.buttons() if button.text().replace("&", "") == text)


@on_loop
async def test_off_asks_first_and_stays_on_when_cancelled(desktop: Desktop, application: Staged) -> None:
    desktop.actions.protection.trigger()
    (box,) = boxes()
    assert box.text() == "Turn protection off?"
    assert "sent as they are" in box.informativeText()
    assert desktop.actions.protection.isChecked()
    assert application.settings.current.protection
    button(box, "Keep protecting").click()
    assert application.settings.current.protection
    assert desktop.actions.protection.isChecked()
    assert boxes() == []


@on_loop
async def test_off_when_confirmed(desktop: Desktop, application: Staged) -> None:
    desktop.actions.protection.trigger()
    button(boxes()[0], "Turn off").click()
    await until(lambda: not application.settings.current.protection)
    await until(lambda: not desktop.actions.protection.isChecked())


@on_loop
async def test_off_asks_only_once_at_a_time(desktop: Desktop, application: Staged) -> None:
    desktop.actions.protection.trigger()
    desktop.actions.protection.trigger()
    (box,) = boxes()
    box.reject()
    desktop.actions.protection.trigger()
    assert len(boxes()) == 1
    boxes()[0].reject()
    assert application.settings.current.protection


@on_loop
async def test_off_says_that_requests_will_be_refused(desktop: Desktop, application: Staged) -> None:
    application.settings.set("when-off", "refuse")
    desktop.actions.protection.trigger()
    (box,) = boxes()
    assert "refused" in box.informativeText()
    box.reject()


@on_loop
async def test_return_and_escape_keep_protecting(desktop: Desktop) -> None:
    desktop.actions.protection.trigger()
    (box,) = boxes()
    keep = button(box, "Keep protecting")
    assert box.defaultButton() is keep
    assert box.escapeButton() is keep
    box.reject()


@on_loop
async def test_on_asks_nothing(desktop: Desktop, application: Staged) -> None:
    application.settings.set("protection", False)
    desktop.actions.protection.trigger()
    assert boxes() == []
    await until(lambda: application.settings.current.protection)
    assert desktop.actions.protection.isChecked()


@on_loop
async def test_an_error_is_shown_with_what_to_do(
    desktop: Desktop, application: Staged, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(on: bool) -> None:
        raise StorageError("The disk is full.", "Free some space.")

    application.settings.set("protection", False)
    monkeypatch.setattr(application, "set_protection", fail)
    desktop.actions.protection.trigger()
    await until(boxes)
    (box,) = boxes()
    assert (box.text(), box.informativeText()) == ("The disk is full.", "Free some space.")
    box.accept()
    assert not desktop.actions.protection.isChecked()


@on_loop
async def test_the_base_url_is_copied(desktop: Desktop) -> None:
    desktop.actions.copy.trigger()
    assert QGuiApplication.clipboard().text() == URL


@on_loop
async def test_there_is_nothing_to_copy_before_the_start(desktop: Desktop, application: Staged) -> None:
    application.staged = State(Protection.STARTING, "", 0, "", "")
    desktop.actions.refresh()
    assert not desktop.actions.copy.isEnabled()
    assert desktop.open_dictionary() is None


@on_loop
async def test_quit_asks_the_shell(desktop: Desktop, qapp: Shell) -> None:
    asked: list[bool] = []

    def note() -> None:
        asked.append(True)

    qapp.quit_requested.connect(note)
    desktop.actions.quit.trigger()
    QApplication.quit()
    await until(lambda: len(asked) == 2)
    qapp.quit_requested.disconnect(note)


@on_loop
async def test_while_quitting_it_says_so(desktop: Desktop) -> None:
    desktop.open_main()
    desktop.quitting()
    assert desktop.actions.state.text() == "Quitting…" and desktop.actions.quit.text() == "&Quit now"
    assert not desktop.main.isVisible()
    assert not desktop.actions.protection.isEnabled()


@pytest.fixture
def forgotten(application: Staged, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """What was forgotten; a staged app has no vault."""
    done: list[bool] = []

    async def forget() -> None:
        done.append(True)
        application.exchanges.clear()
        application.bus.publish(Forgotten())

    monkeypatch.setattr(application, "forget_everything", forget)
    return done


@on_loop
async def test_everything_is_forgotten_when_confirmed(
    desktop: Desktop, application: Staged, forgotten: list[bool]
) -> None:
    inspector = desktop.open_inspector()
    application.exchange()
    await until(lambda: inspector.model.rowCount() == 1)
    desktop.actions.forget.trigger()
    desktop.actions.forget.trigger()
    (box,) = boxes()
    assert box.text() == "Forget everything?" and "The dictionary and the settings stay" in box.informativeText()
    button(box, "Forget everything").click()
    await until(lambda: forgotten)
    await until(lambda: inspector.model.rowCount() == 0)
    assert inspector.empty.isVisible() and boxes() == []


@on_loop
async def test_nothing_is_forgotten_unless_confirmed(desktop: Desktop, forgotten: list[bool]) -> None:
    for _ in range(2):
        desktop.actions.forget.trigger()
        (box,) = boxes()
        keep = button(box, "Keep")
        assert box.defaultButton() is keep and box.escapeButton() is keep
        keep.click()
        assert boxes() == []
    await desktop.tasks.finish()
    assert forgotten == []
