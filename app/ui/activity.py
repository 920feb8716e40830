"""Whether requests are being redacted now, told slowly enough to be seen."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.ui.bridge import Bridge

#: Milliseconds for which it is shown at least.
SHORTEST = 800


class Activity(QObject):
    """On while exchanges run, and for a moment after the last; `changed` when it goes on or off."""

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QObject | None = None, shortest: int = SHORTEST) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self.is_on = False
        self._timer = QTimer(self, singleShot=True, interval=shortest)
        self._timer.timeout.connect(self._look)
        bridge.exchanges_changed.connect(self._hear)

    def _hear(self, ids: frozenset[int]) -> None:
        if ids and not self.is_on:
            self.is_on = True
            self._timer.start()
            self.changed.emit()
        elif not self._timer.isActive():
            self._look()

    def _look(self) -> None:
        if self.is_on and not self._bridge.running:
            self.is_on = False
            self.changed.emit()
