"""Tray and windows together: what opens what, and who tells whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMessageBox, QSystemTrayIcon, QWidget

from app.application import Application
from app.errors import UserError
from app.scratch import Scratch
from app.ui.access_panel import AccessPanel
from app.ui.actions import Actions
from app.ui.activity import Activity
from app.ui.bridge import Bridge
from app.ui.clipboard import ClipboardActions
from app.ui.connect import Connect
from app.ui.dashboard import Dashboard
from app.ui.dictionary import Dictionary
from app.ui.entities_panel import EntitiesPanel
from app.ui.first_icon import PATIENCE
from app.ui.first_run import FirstRun
from app.ui.inspector import Inspector
from app.ui.keys_panel import KeysPanel
from app.ui.language import tr
from app.ui.login_panel import LoginPanel
from app.ui.main_window import MainWindow
from app.ui.models_panel import ModelsPanel
from app.ui.notice import tell
from app.ui.notifications import Notifications
from app.ui.quit_box import quit_box, still
from app.ui.review_window import ReviewWindow
from app.ui.settings_form import SettingsForm
from app.ui.shell import Shell
from app.ui.tasks import Tasks
from app.ui.theme import use
from app.ui.tray import Tray
from app.ui.try_page import TryPage
from app.ui.window import Window

Kind = TypeVar("Kind", bound=Window)


class Desktop(QObject):
    """All that is visible of one `Application`. Windows are made when first asked for."""

    def __init__(
        self, application: Application, shell: Shell, patience: int = PATIENCE, icon: QSystemTrayIcon | None = None
    ) -> None:
        """`icon` is one that is shown already, `patience` as in `Tray`."""
        super().__init__()
        self._application = application
        self._boxes: list[QMessageBox] = []
        self.tasks = Tasks(self)
        self.bridge = Bridge(application.bus, self)
        self.actions = Actions(application, self.tasks, self)
        self.tray = Tray(application, self.actions, patience, icon)
        self.activity = Activity(self.bridge, self)
        self.notifications = Notifications(application, self.bridge, self.tray.icon.showMessage, self)
        self.main = MainWindow(application, self.actions)
        self._windows: dict[type[Window], Window] = {MainWindow: self.main}
        self._waiting = 0
        self.clipboard = ClipboardActions(application, self.tasks, self)
        self._connect(shell)
        self._colour()

    def _connect(self, shell: Shell) -> None:
        self.actions.main_asked.connect(self.open_main)
        self.actions.inspector_asked.connect(self.open_inspector)
        self.actions.dictionary_asked.connect(self.open_dictionary)
        self.actions.settings_asked.connect(self.open_settings)
        self.actions.review_asked.connect(self.open_review)
        self.actions.connect_asked.connect(self.open_connect)
        self.actions.dashboard_asked.connect(self.open_dashboard)
        self.actions.welcome_asked.connect(self.open_first_run)
        self.tray.menu.exchange_asked.connect(lambda id: self.open_inspector().pick(id))
        self.activity.changed.connect(self._busy)
        self.bridge.review_changed.connect(lambda _: self.actions.refresh())
        self.actions.try_asked.connect(self.open_try)
        self.actions.redact_asked.connect(self.clipboard.redact)
        self.actions.restore_asked.connect(self.clipboard.restore)
        self.clipboard.told.connect(lambda said: self.tray.icon.showMessage("Anonamoose", said))
        self.actions.quit_asked.connect(shell.quit_requested)
        self.bridge.review_changed.connect(self._review_changed)
        self.bridge.state_changed.connect(self.actions.refresh)
        self.bridge.setting_changed.connect(lambda _: self.actions.refresh())
        self.bridge.setting_changed.connect(lambda name: self._colour() if name == "theme" else None)
        self.tray.opened.connect(self.open_inspector)
        self.tray.missing.connect(self._stand_in)
        self.tasks.failed.connect(self.tell)
        shell.theme_changed.connect(self.tray.redraw)
        shell.theme_changed.connect(self.main.refresh)

    def _colour(self) -> None:
        use(self._application.settings.current.theme)

    def show(self) -> None:
        """Shows the tray icon; the main window takes its place where no tray turns up."""
        self.tray.show()

    def _stand_in(self) -> None:
        self.main.stand_in(True)
        self.main.present()

    def _window(self, kind: type[Kind], make: Callable[[], Kind]) -> Kind:
        """The window of this kind, made when it is first asked for."""
        window = self._windows.get(kind)
        if not isinstance(window, kind):
            window = self._windows[kind] = make()
        return window

    def _open(self, kind: type[Kind], make: Callable[[], Kind]) -> Kind:
        """The same, brought to the front."""
        window = self._window(kind, make)
        window.present()
        return window

    def started(self) -> None:
        """The app serves now: whoever is new to it is shown around."""
        if self._application.settings.current.welcome:
            self.open_first_run()

    def open_main(self) -> MainWindow:
        """Brings the main window to the front."""
        return self._open(MainWindow, lambda: self.main)

    def open_inspector(self) -> Inspector:
        """Brings the inspector to the front."""
        return self._open(Inspector, lambda: Inspector(self._application, self.actions, self.bridge, self.tasks))

    def open_dictionary(self) -> Dictionary | None:
        """Brings the dictionary to the front, once the vault is open."""
        if not self._application.base_url:
            return None  # still starting: the terms are not there yet
        return self._open(Dictionary, self._make_dictionary)

    def _make_dictionary(self) -> Dictionary:
        app = self._application
        return Dictionary(app.terms, self.bridge, self.tasks, app.use, app.exchanges.texts)

    def open_settings(self) -> SettingsForm:
        """Brings the settings to the front."""
        return self._open(SettingsForm, self._make_settings)

    def _make_settings(self) -> SettingsForm:
        store = self._application.settings
        panels: dict[str, list[QWidget]] = {
            "Entities": [EntitiesPanel(store, self.bridge)],
            "Models": [ModelsPanel(store, self.bridge, self.tasks)],
            "Keys": [KeysPanel(self._application, self.bridge, self.tasks)],
            "Application": [LoginPanel()],
            "Access": [AccessPanel(self._application, self.bridge, self.tasks)],
        }
        return SettingsForm(store, self.bridge, self._change, panels)

    def open_connect(self) -> Connect:
        """Brings the ways to connect a tool to the front."""
        return self._open(Connect, lambda: Connect(self._application, self.bridge))

    def open_dashboard(self) -> Dashboard | None:
        """Brings the figures to the front, once there are any."""
        if not self._application.base_url:
            return None
        path, flush = self._application.settings.paths.audit, self._application.trail.flush
        return self._open(Dashboard, lambda: Dashboard(path, flush, self.bridge, self.tasks))

    def open_first_run(self) -> FirstRun:
        """Brings the first steps to the front."""
        return self._open(FirstRun, self._make_first_run)

    def _make_first_run(self) -> FirstRun:
        window = FirstRun(self._application, self.tasks)
        window.connect_asked.connect(self.open_connect)
        return window

    def open_review(self) -> ReviewWindow:
        """Brings what waits for review to the front."""
        window = self._reviewing()
        window.present()
        return window

    def _reviewing(self) -> ReviewWindow:
        return self._window(ReviewWindow, lambda: ReviewWindow(self._application, self.bridge, self.tasks))

    def _busy(self) -> None:
        self.actions.busy = self.activity.is_on
        self.actions.refresh()

    def _review_changed(self, waiting: int) -> None:
        if waiting > self._waiting:
            self._reviewing().come()
        self._waiting = waiting

    def open_try(self) -> TryPage:
        """Brings the Try-it window to the front."""
        return self._open(TryPage, self._make_try)

    def _make_try(self) -> TryPage:
        return TryPage(lambda: Scratch(self._application.settings, self._application.worker), self.tasks)

    def _change(self, name: str, value: object) -> None:
        if name == "protection" and isinstance(value, bool):
            self.actions.turn(value, self._windows.get(SettingsForm))  # asks first, like everywhere else
        else:
            self._application.settings.set(name, value)

    def tell(self, error: UserError) -> None:
        """Shows an error that has no field of its own."""
        parent = QApplication.activeWindow()
        self.hold(tell(parent if isinstance(parent, Window) else None, error))

    def hold(self, box: QMessageBox) -> None:
        """Keeps `box` for as long as it is open: nothing else holds it."""
        self._boxes.append(box)
        box.finished.connect(lambda: self._boxes.remove(box))

    def is_busy(self) -> bool:
        """Whether requests run, or somebody may look at a window."""
        return bool(self.bridge.running) or any(window.isVisible() for window in self._windows.values())

    def quitting(self, *, ask: bool = True) -> None:
        """Takes the windows away; the icon stays until running requests are done, and with `ask` a box says so."""
        self._still()
        self.bridge.exchanges_changed.connect(self._still)
        self.hide()
        drain = self._application.settings.current.drain
        if ask and drain and len(self.bridge.running) > len(self._application.review.waiting):
            self.hold(quit_box(self.bridge, drain, self.actions.quit_asked.emit))

    def _still(self) -> None:
        running = len(self.bridge.running)
        self.actions.quitting = tr("Quitting: {still}…").format(still=still(running)) if running else tr("Quitting…")
        self.actions.refresh()

    def hide(self) -> None:
        """Hides all windows; the icon stays."""
        for window in self._windows.values():
            window.hide()

    async def close(self) -> None:
        """Takes everything away."""
        await self.tasks.finish()
        self.bridge.disconnect_bus()
        for box in tuple(self._boxes):
            box.close()
        self.tray.hide()
