"""Tray and windows together: what opens what, and who tells whom."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QMessageBox

from app.application import Application
from app.errors import UserError
from app.scratch import Scratch
from app.ui.actions import Actions
from app.ui.bridge import Bridge
from app.ui.clipboard import ClipboardActions
from app.ui.dictionary import Dictionary
from app.ui.inspector import Inspector
from app.ui.main_window import MainWindow
from app.ui.notice import tell
from app.ui.settings_form import SettingsForm
from app.ui.shell import Shell
from app.ui.tasks import Tasks
from app.ui.tray import PATIENCE, Tray
from app.ui.try_page import TryPage
from app.ui.window import Window


class Desktop(QObject):
    """All that is visible of one `Application`. Windows are made when first asked for."""

    def __init__(self, application: Application, shell: Shell, patience: int = PATIENCE) -> None:
        super().__init__()
        self._application = application
        self._boxes: list[QMessageBox] = []
        self.tasks = Tasks(self)
        self.bridge = Bridge(application.bus, self)
        self.actions = Actions(application, self.tasks, self)
        self.tray = Tray(application, self.actions, patience)
        self.main = MainWindow(application, self.actions)
        self._inspector: Inspector | None = None
        self._dictionary: Dictionary | None = None
        self._settings: SettingsForm | None = None
        self._try: TryPage | None = None
        self.clipboard = ClipboardActions(application, self.tasks, self)
        self._connect(shell)

    def _connect(self, shell: Shell) -> None:
        self.actions.inspector_asked.connect(self.open_inspector)
        self.actions.dictionary_asked.connect(self.open_dictionary)
        self.actions.settings_asked.connect(self.open_settings)
        self.actions.try_asked.connect(self.open_try)
        self.actions.redact_asked.connect(self.clipboard.redact)
        self.actions.restore_asked.connect(self.clipboard.restore)
        self.clipboard.told.connect(lambda said: self.tray.icon.showMessage("Anonamoose", said))
        self.actions.quit_asked.connect(shell.quit_requested)
        self.bridge.state_changed.connect(self.actions.refresh)
        self.bridge.setting_changed.connect(lambda _: self.actions.refresh())
        self.tray.opened.connect(self.open_inspector)
        self.tray.missing.connect(self._stand_in)
        self.tasks.failed.connect(self.tell)
        shell.theme_changed.connect(self.tray.redraw)
        shell.theme_changed.connect(self.main.refresh)

    def show(self) -> None:
        """Shows the tray icon; the main window takes its place where no tray turns up."""
        self.tray.show()

    def _stand_in(self) -> None:
        self.main.stand_in(True)
        self.main.present()

    def open_main(self) -> None:
        """Brings the main window to the front."""
        self.main.present()

    def open_inspector(self) -> Inspector:
        """Brings the inspector to the front."""
        if self._inspector is None:
            self._inspector = Inspector(self._application, self.actions, self.bridge)
        self._inspector.present()
        return self._inspector

    def open_dictionary(self) -> Dictionary | None:
        """Brings the dictionary to the front, once the vault is open."""
        if self._dictionary is None:
            if not self._application.base_url:
                return None  # still starting: the terms are not there yet
            self._dictionary = Dictionary(
                self._application.terms,
                self.bridge,
                self.tasks,
                self._application.use,
                self._application.exchanges.texts,
            )
        self._dictionary.present()
        return self._dictionary

    def open_settings(self) -> SettingsForm:
        """Brings the settings to the front."""
        if self._settings is None:
            self._settings = SettingsForm(self._application.settings, self.bridge, self._change)
        self._settings.present()
        return self._settings

    def open_try(self) -> TryPage:
        """Brings the Try-it window to the front."""
        if self._try is None:
            self._try = TryPage(lambda: Scratch(self._application.settings, self._application.worker), self.tasks)
        self._try.present()
        return self._try

    def _change(self, name: str, value: object) -> None:
        if name == "protection" and isinstance(value, bool):
            self.actions.turn(value, self._settings)  # asks first, like everywhere else
        else:
            self._application.settings.set(name, value)

    def tell(self, error: UserError) -> None:
        """Shows an error that has no field of its own."""
        parent = QApplication.activeWindow()
        box = tell(parent if isinstance(parent, Window) else None, error)
        self._boxes.append(box)
        box.finished.connect(lambda: self._boxes.remove(box))

    def quitting(self) -> None:
        """Takes the windows away; the icon stays until running requests are done."""
        self.actions.quitting = True
        self.actions.refresh()
        self.hide()

    def hide(self) -> None:
        """Hides all windows; the icon stays."""
        for window in (self.main, self._inspector, self._dictionary, self._settings, self._try):
            if window is not None:
                window.hide()

    async def close(self) -> None:
        """Takes everything away."""
        await self.tasks.finish()
        self.bridge.disconnect_bus()
        self.tray.hide()
