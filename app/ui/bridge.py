"""Events of the core as Qt signals, gathered so that a busy proxy does not repaint for each."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.events import (
    Event,
    EventBus,
    ExchangeFinished,
    ExchangeStarted,
    ExchangesWiped,
    Forgotten,
    ReviewChanged,
    SettingChanged,
    StateChanged,
    TermsChanged,
)

#: Milliseconds over which exchanges are gathered.
BATCH = 150


class Bridge(QObject):
    """Signals arrive on the thread of the windows, on whatever thread the bus publishes."""

    state_changed = Signal()
    exchanges_changed = Signal(frozenset)  # of ids
    setting_changed = Signal(str)
    review_changed = Signal(int)  # how many wait
    terms_changed = Signal(frozenset)  # of ids
    _published = Signal(object)

    def __init__(self, bus: EventBus, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: set[int] = set()
        self.running: set[int] = set()  # exchanges that have not ended
        self._timer = QTimer(self, singleShot=True, interval=BATCH)
        self._timer.timeout.connect(self._flush)
        self._published.connect(self._sort)
        self.disconnect_bus = bus.subscribe(self._published.emit)

    def _sort(self, event: Event) -> None:
        match event:
            case Forgotten():
                self.exchanges_changed.emit(frozenset())
                self.state_changed.emit()
            case ExchangesWiped(ids=ids):
                self.exchanges_changed.emit(ids)
            case ReviewChanged(waiting=waiting):
                self.review_changed.emit(waiting)
            case StateChanged():
                self.state_changed.emit()
            case ExchangeStarted(id=id) | ExchangeFinished(id=id):
                (self.running.add if isinstance(event, ExchangeStarted) else self.running.discard)(id)
                self._ids.add(id)
                if not self._timer.isActive():
                    self._timer.start()
            case SettingChanged(name=name):
                self.setting_changed.emit(name)
            case TermsChanged(ids=ids):
                self.terms_changed.emit(ids)

    def _flush(self) -> None:
        ids, self._ids = frozenset(self._ids), set()
        self.exchanges_changed.emit(ids)
        self.state_changed.emit()  # today's count
