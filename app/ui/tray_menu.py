"""The tray's menu: what never changes, and what is made anew from the state whenever it is opened."""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from app.application import Application
from app.pipeline.placeholder import label_of
from app.proxy.exchange import Exchange
from app.ui.actions import Actions
from app.ui.language import tr
from app.ui.pause_menu import PauseMenu
from app.ui.words import entities_line, outcome

_LATEST, _TYPES = 5, 4


class TrayMenu(QMenu):
    """`exchange_asked` is emitted with the id of one of the latest exchanges."""

    exchange_asked = Signal(int)

    def __init__(self, application: Application, actions: Actions) -> None:
        super().__init__()
        self._application = application
        self.today = QAction(self)
        self.today.triggered.connect(actions.dashboard.trigger)
        self.pause = PauseMenu(application, actions, self)
        self.latest = QMenu(tr("&Latest requests"), self)
        for action in (actions.state, actions.reason, self.today):
            self.addAction(action)
        self.addSeparator()
        self.addAction(actions.protection)
        self.addMenu(self.pause)
        self.addSeparator()
        self.addActions([actions.waiting, actions.review])
        self.addSeparator()
        self.addMenu(self.latest)
        self.addActions([actions.inspector, actions.dashboard, actions.dictionary, actions.settings])
        self.addActions([actions.connect_tool, actions.copy])
        self.addSeparator()
        self.addActions([actions.try_it, actions.redact, actions.restore])
        self.addSeparator()
        self.addActions([actions.newer, actions.forget])
        self.addAction(actions.quit)
        # Some panels show a copy of the menu: it is kept in step also while it is closed.
        self.aboutToShow.connect(actions.refresh)
        actions.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Brings the menu up to date."""
        state = self._application.state
        counted = self._application.counts.today() if state.base_url else {}
        most = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        words = [f"{number:,} {label_of(entity)}" for entity, number in most[:_TYPES]]
        words += ["…"] if len(most) > _TYPES else []
        self.today.setText(tr("Today: {entities}").format(entities=" · ".join(words)))
        self.today.setVisible(bool(words))
        self._fill()

    def _fill(self) -> None:
        if self.latest.isVisible():
            return  # somebody is about to choose one
        exchanges = list(self._application.exchanges)[: -_LATEST - 1 : -1]
        self.latest.setEnabled(bool(exchanges))
        self.latest.clear()
        for exchange in exchanges:
            action = self.latest.addAction(_line(exchange))
            action.triggered.connect(lambda _=False, id=exchange.id: self.exchange_asked.emit(id))


def _line(exchange: Exchange) -> str:
    when = time.strftime("%H:%M", time.localtime(exchange.started))
    path = exchange.path.removeprefix("/v1/")
    said = entities_line(exchange) or (tr("nothing hidden") if exchange.outcome == "done" else outcome(exchange))
    return f"{when}  {exchange.client or tr('A tool')} · {path} · {said}".replace("&", "&&")
