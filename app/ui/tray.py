"""The tray icon: its shape is the state, its menu the ways in."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QSystemTrayIcon

from app.application import Application
from app.ui.actions import Actions
from app.ui.first_icon import PATIENCE
from app.ui.icons import mark
from app.ui.tray_menu import TrayMenu

_STEP = 250


class Tray(QObject):
    """Icon and menu. `missing` is emitted once when nothing here shows tray icons."""

    opened = Signal()
    missing = Signal()

    def __init__(
        self, application: Application, actions: Actions, patience: int = PATIENCE, icon: QSystemTrayIcon | None = None
    ) -> None:
        """`icon` is one that is shown already."""
        super().__init__()
        self._actions = actions
        self._shown = ""
        self.menu = TrayMenu(application, actions)
        self.icon = icon if icon is not None else QSystemTrayIcon()
        self.icon.setParent(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._activated)
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
        now = self._actions.now
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
