"""The tray icon: its shape is the state, its menu the ways in."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.application import Application
from app.ui.actions import Actions
from app.ui.icons import mark
from app.ui.status import status

#: Milliseconds a tray host may take to appear: at login the panel often starts after us.
PATIENCE = 10_000
_STEP = 250


class Tray(QObject):
    """Icon and menu. `missing` is emitted once when nothing here shows tray icons."""

    opened = Signal()
    missing = Signal()

    def __init__(self, application: Application, actions: Actions, patience: int = PATIENCE) -> None:
        super().__init__()
        self._application = application
        self._actions = actions
        self._shown = ""
        self.menu = QMenu()
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
        # Filled anew when it opens, and on every change too: some panels show a copy of it.
        self.menu.aboutToShow.connect(actions.refresh)
        for action in (actions.state, actions.reason):
            self.menu.addAction(action)
        self.menu.addSeparator()
        self.menu.addAction(actions.protection)
        self.menu.addSeparator()
        for action in (actions.inspector, actions.dictionary, actions.settings, actions.copy):
            self.menu.addAction(action)
        self.menu.addSeparator()
        self.menu.addActions([actions.try_it, actions.redact, actions.restore])
        self.menu.addSeparator()
        self.menu.addAction(actions.forget)
        self.menu.addAction(actions.quit)
        actions.changed.connect(self.refresh)
        self._left = patience
        self._wait = QTimer(self, interval=_STEP)
        self._wait.timeout.connect(self._look)
        self.refresh()

    @staticmethod
    def is_available() -> bool:
        return QSystemTrayIcon.isSystemTrayAvailable()

    def show(self) -> None:
        """Shows the icon. A tray that appears later takes it up by itself."""
        self.icon.show()
        self._wait.start()

    def hide(self) -> None:
        self._wait.stop()
        self.icon.hide()

    def refresh(self) -> None:
        """Draws the icon for the current state."""
        state = self._application.state
        now = status(state)
        self.icon.setToolTip(f"Anonamoose: {now.line}")
        if self._shown != now.mark:
            self._shown = now.mark
            self.icon.setIcon(mark(now.mark))

    def redraw(self) -> None:
        """Draws the icon in the colours of a new theme."""
        self._shown = ""
        self.refresh()

    def _look(self) -> None:
        self._left -= _STEP
        if self.is_available():
            self._wait.stop()
        elif self._left <= 0:
            self._wait.stop()
            self.missing.emit()

    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason in (QSystemTrayIcon.ActivationReason.Trigger, QSystemTrayIcon.ActivationReason.DoubleClick):
            self.opened.emit()
