"""What happens inside, told to whoever listens. Events carry ids and counts, never text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.faults import faults


@dataclass(frozen=True, slots=True)
class StateChanged:
    """Protection went on or off, became ready, or was lost: read `Application.state`."""


@dataclass(frozen=True, slots=True)
class ExchangeStarted:
    """A request arrived. `id` is the key in `Application.exchanges`."""

    id: int


@dataclass(frozen=True, slots=True)
class ExchangeFinished:
    """A request was answered, refused or broke off."""

    id: int
    redactions: int


@dataclass(frozen=True, slots=True)
class ExchangesWiped:
    """The texts of the exchanges with these ids are no longer kept."""

    ids: frozenset[int]


@dataclass(frozen=True, slots=True)
class SettingChanged:
    """The setting called `name` has a new value. `elsewhere`: another process has changed it."""

    name: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class TermsChanged:
    """The dictionary changed; it holds `count` terms now. `ids` are those that are new, different or gone.

    `elsewhere`: another process has changed it.
    """

    count: int
    ids: frozenset[int] = frozenset()
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Everything that was noted of requests is gone, here and on disk."""


@dataclass(frozen=True, slots=True)
class ReviewChanged:
    """`waiting` requests wait for review now."""

    waiting: int


Event = (
    ReviewChanged
    | Forgotten
    | StateChanged
    | ExchangeStarted
    | ExchangeFinished
    | ExchangesWiped
    | SettingChanged
    | TermsChanged
)
Listener = Callable[[Event], None]


class EventBus:
    """Calls every listener, in the order they came, on the thread that publishes (the loop's)."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Adds `listener`; the returned function takes it out again."""
        self._listeners.append(listener)

        def unsubscribe() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unsubscribe

    def publish(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except Exception as error:  # one bad listener must not stop a request
                faults.note(error, f"a listener to {type(event).__name__}")
