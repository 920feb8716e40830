"""A pause ends by whichever clock is first, and of itself."""

from __future__ import annotations

import math

import pytest

from app.pause import Pause


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clocks() -> tuple[Clock, Clock]:
    return Clock(1_000_000.0), Clock(50.0)


def test_there_is_none_at_first(clocks: tuple[Clock, Clock]) -> None:
    pause = Pause(*clocks)
    assert (pause.is_on, pause.left, pause.until) == (False, 0.0, 0.0)


@pytest.mark.parametrize("number", [0, 1], ids=["wall", "steady"])
def test_it_ends_by_either_clock(clocks: tuple[Clock, Clock], number: int) -> None:
    pause = Pause(*clocks)
    pause.begin(900)
    assert (pause.is_on, pause.left, pause.until) == (True, 900.0, 1_000_900.0)
    clocks[number].now += 899
    assert pause.is_on
    clocks[number].now += 1
    assert (pause.is_on, pause.left, pause.until) == (False, 0.0, 0.0)


def test_a_clock_set_back_does_not_make_it_longer(clocks: tuple[Clock, Clock]) -> None:
    pause = Pause(*clocks)
    pause.begin(900)
    clocks[0].now -= 86_400
    assert pause.left == 900
    clocks[1].now += 900
    assert not pause.is_on


def test_until_the_app_ends(clocks: tuple[Clock, Clock]) -> None:
    pause = Pause(*clocks)
    pause.begin()
    clocks[0].now += 10**9
    assert pause.is_on and pause.left == pause.until == math.inf
    pause.end()
    assert not pause.is_on
