"""Pausing protection, and ending a pause."""

from __future__ import annotations

import math

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.application import Application
from app.ui.actions import Actions
from app.ui.status import remaining

_PAUSES = (("15 &minutes", 900.0), ("1 &hour", 3600.0), ("&Until restart", math.inf))
_TITLE = "Pa&use"


class PauseMenu(QMenu):
    """A submenu; its title says how much of a pause is left."""

    def __init__(self, application: Application, actions: Actions, parent: QWidget) -> None:
        super().__init__(_TITLE, parent)
        self._application = application
        self._actions = actions
        self.resume = QAction("&Resume", self)
        self.resume.triggered.connect(lambda: application.pause_protection(0))
        self.addAction(self.resume)
        for text, seconds in _PAUSES:
            self.addAction(text).triggered.connect(lambda _=False, s=seconds: application.pause_protection(s))
        actions.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Brings title and entries up to date."""
        left = self._application.state.paused
        self.setTitle(f"Pa&used, {remaining(left)}" if left else _TITLE)
        self.resume.setVisible(left > 0)
        self.setEnabled(self._actions.is_on and not self._actions.quitting)
