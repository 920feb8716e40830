"""Pausing protection, and ending a pause."""

from __future__ import annotations

import math

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.application import Application
from app.ui.actions import Actions
from app.ui.language import tr
from app.ui.status import remaining


class PauseMenu(QMenu):
    """A submenu; its title says how much of a pause is left."""

    def __init__(self, application: Application, actions: Actions, parent: QWidget) -> None:
        super().__init__(tr("Pa&use"), parent)
        self._application = application
        self._actions = actions
        self.resume = QAction(tr("&Resume"), self)
        self.resume.triggered.connect(lambda: application.pause_protection(0))
        self.addAction(self.resume)
        pauses = ((tr("15 &minutes"), 900.0), (tr("1 &hour"), 3600.0), (tr("&Until restart"), math.inf))
        for text, seconds in pauses:
            self.addAction(text).triggered.connect(lambda _=False, s=seconds: application.pause_protection(s))
        actions.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Brings title and entries up to date."""
        left = self._application.state.paused
        self.setTitle(tr("Pa&used, {left}").format(left=remaining(left)) if left else tr("Pa&use"))
        self.resume.setVisible(left > 0)
        self.setEnabled(self._actions.is_on and not self._actions.quitting)
