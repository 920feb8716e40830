"""What is worth a word although nobody asked: little, and seldom."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QSystemTrayIcon

from app.application import Application
from app.proxy.route import PRACTICE
from app.releases import Release
from app.state import Protection
from app.ui.bridge import Bridge
from app.ui.language import counted, tr
from app.ui.status import status

#: Of each kind at most one in so many seconds.
_EVERY = 600.0
_WARNING = QSystemTrayIcon.MessageIcon.Warning
_INFORMATION = QSystemTrayIcon.MessageIcon.Information


class Notifications(QObject):
    """The first redaction ever, a refused request, protection lost, a newer version.

    `show` is as `QSystemTrayIcon.showMessage`.
    """

    def __init__(
        self,
        application: Application,
        bridge: Bridge,
        show: Callable[[str, str, QSystemTrayIcon.MessageIcon], object],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._show = show
        self._clock = clock
        self._told: dict[str, float] = {}
        self._broken = False
        self._release: Release | None = None
        bridge.exchanges_changed.connect(self._exchanges)
        bridge.state_changed.connect(self._state)

    def _exchanges(self, ids: frozenset[int]) -> None:
        for id in sorted(ids):
            exchange = self._application.exchanges.get(id)
            if exchange is None:
                continue
            if exchange.outcome == "refused" and not exchange.reviewed:  # what the user refused is no news
                self._tell("refused", tr("A request was refused"), tr(exchange.reason), _WARNING)
            elif exchange.upstream == PRACTICE:
                continue  # it was asked to see this, and nothing left the machine
            elif exchange.outcome == "done" and exchange.redactions and self._application.counts.is_new:
                self._application.counts.is_new = False
                said = counted(
                    "{n} value(s) of a request became placeholders before it left. Click the icon to see them.",
                    exchange.redactions,
                )
                self._tell("first", tr("Anonamoose is at work"), said, _INFORMATION)

    def _state(self) -> None:
        state = self._application.state
        broken = state.protection is Protection.BROKEN
        if broken and not self._broken:
            self._tell("broken", tr("Protection is lost"), status(state).detail, _WARNING)
        self._broken = broken
        release = self._application.news.release
        if release and release != self._release:
            self._tell(
                "newer",
                tr("Version {version} is out").format(version=release.version),
                tr("The menu leads to it."),
                _INFORMATION,
            )
        self._release = release

    def _tell(self, kind: str, title: str, text: str, icon: QSystemTrayIcon.MessageIcon) -> None:
        now = self._clock()
        if self._application.settings.current.notifications and now - self._told.get(kind, -_EVERY) >= _EVERY:
            self._told[kind] = now
            self._show(title, text, icon)
