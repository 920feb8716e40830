"""The main window, and what closing a window does: it never stops anything."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QMenuBar, QMessageBox, QToolButton

from app.state import Protection
from app.ui.desktop import Desktop
from app.ui.shell import Shell
from app.ui.tray import Tray
from tests.ui.staging import URL, Staged, on_loop, until


@on_loop
async def test_it_shows_the_state_and_follows_it(desktop: Desktop, application: Staged) -> None:
    desktop.open_main()
    assert desktop.main.line.text() == "Protecting · 12 values hidden today"
    assert desktop.main.switch.isChecked()
    assert desktop.main.url.text() == URL
    application.stage(Protection.BROKEN, "The model folder is empty.")
    desktop.actions.refresh()
    assert desktop.main.line.text() == "Cannot protect · requests are refused"
    assert desktop.main.detail.text() == "The model folder is empty."


@on_loop
async def test_its_switch_asks_like_the_menu(desktop: Desktop, application: Staged) -> None:
    desktop.open_main()
    desktop.main.switch.click()
    assert desktop.main.switch.isChecked()
    box = next(w for w in QApplication.topLevelWidgets() + desktop.main.children() if isinstance(w, QMessageBox))
    box.reject()
    assert application.settings.current.protection
    assert desktop.main.switch.isChecked()


@on_loop
async def test_its_buttons_open_the_windows_and_copy(desktop: Desktop, qapp: Shell) -> None:
    desktop.open_main()
    for button in desktop.main.findChildren(QToolButton):
        if button.defaultAction() is not None:
            button.click()
    titles = {w.windowTitle() for w in qapp.topLevelWidgets() if w.isVisible()}
    assert {f"{name} — Anonamoose" for name in ("Inspector", "Dictionary", "Settings")} < titles
    desktop.main.copy.click()
    assert QGuiApplication.clipboard().text() == URL


@on_loop
async def test_closing_windows_stops_nothing(desktop: Desktop, qapp: Shell) -> None:
    qapp.quit_requested.connect(pytest.fail)
    windows = [desktop.main, desktop.open_inspector(), desktop.open_dictionary(), desktop.open_settings()]
    for window in windows:
        assert window is not None
        window.present()
        assert window.close()
        assert not window.isVisible()
    await until(lambda: True)
    qapp.quit_requested.disconnect(pytest.fail)
    assert desktop.open_inspector() is windows[1]


@on_loop
async def test_without_a_tray_the_window_stands_in_and_stays(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Tray, "is_available", staticmethod(lambda: False))
    assert not desktop.main.isVisible()
    desktop.show()
    await until(desktop.main.isVisible)
    assert "no system tray" in desktop.main.banner.text()
    assert desktop.main.banner.isVisible()
    assert not desktop.main.close()
    assert desktop.main.isVisible()
    assert desktop.main.windowState() & Qt.WindowState.WindowMinimized
    desktop.open_main()
    assert not desktop.main.windowState() & Qt.WindowState.WindowMinimized


@on_loop
async def test_quit_is_in_its_menu(desktop: Desktop) -> None:
    bar = desktop.main.findChild(QMenuBar)
    assert isinstance(bar, QMenuBar)
    (menu,) = (menu for menu in bar.findChildren(QMenu) if not menu.isEmpty())
    actions = menu.actions()
    assert desktop.actions.quit in actions
    assert desktop.actions.protection in actions


@on_loop
async def test_every_button_has_a_key_of_its_own(desktop: Desktop) -> None:
    buttons = desktop.main.findChildren(QAbstractButton)
    keys = [button.shortcut().toString() for button in buttons if button.isVisibleTo(desktop.main) and button.text()]
    assert all(keys) and len(keys) == len(set(keys)) == 6
