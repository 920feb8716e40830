from __future__ import annotations

import dataclasses
import logging
import typing

import pytest

from app import events
from app.events import Event, EventBus, ExchangeStarted, SettingChanged, StateChanged


def test_listeners_are_called_in_the_order_they_came() -> None:
    bus = EventBus()
    told: list[tuple[str, Event]] = []
    bus.subscribe(lambda event: told.append(("first", event)))
    bus.subscribe(lambda event: told.append(("second", event)))
    bus.publish(ExchangeStarted(7))
    assert told == [("first", ExchangeStarted(7)), ("second", ExchangeStarted(7))]


def test_who_unsubscribed_is_not_called_even_twice() -> None:
    bus = EventBus()
    told: list[Event] = []
    stop = bus.subscribe(told.append)
    stop()
    stop()
    bus.publish(StateChanged())
    assert told == []


def test_listeners_may_come_and_go_while_they_are_called() -> None:
    bus = EventBus()
    told: list[str] = []

    def once(event: Event) -> None:
        told.append("once")
        stop()
        bus.subscribe(lambda event: told.append("later"))

    stop = bus.subscribe(once)
    bus.subscribe(lambda event: told.append("other"))
    bus.publish(StateChanged())
    assert told == ["once", "other"]
    bus.publish(StateChanged())
    assert told == ["once", "other", "other", "later"]


def test_a_listener_that_fails_stops_nobody_and_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    bus = EventBus()
    told: list[Event] = []

    def bad(event: Event) -> None:
        raise RuntimeError("canary@example.com")

    bus.subscribe(bad)
    bus.subscribe(told.append)
    with caplog.at_level(logging.DEBUG):
        bus.publish(SettingChanged("port"))
    assert told == [SettingChanged("port")]
    (said,) = caplog.messages
    assert said.startswith("unexpected RuntimeError in a listener to SettingChanged, at ")
    assert "canary" not in caplog.text


@pytest.mark.parametrize("kind", typing.get_args(Event))
def test_events_carry_ids_and_counts_only(kind: type) -> None:
    hints = typing.get_type_hints(kind)
    assert all(
        hint in (int, bool, frozenset[int]) for name, hint in hints.items() if (kind, name) != (SettingChanged, "name")
    )
    assert dataclasses.is_dataclass(kind) and kind.__module__ == events.__name__
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
