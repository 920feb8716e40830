"""Long work on the loop: others have their turns in between, and what it returns is the same."""

from __future__ import annotations

import asyncio

import pytest

from app import slices
from app.pipeline.steps import Steps, finished
from app.slices import sliced


def counting(number: int, done: list[int]) -> Steps[int]:
    for at in range(number):
        done.append(at)
        yield
    return sum(done)


def failing() -> Steps[int]:
    yield
    raise ValueError("no")


async def test_it_returns_what_the_work_does_at_once() -> None:
    assert await sliced(counting(5, [])) == finished(counting(5, [])) == 10
    with pytest.raises(ValueError, match="no"):
        await sliced(failing())
    with pytest.raises(ValueError, match="no"):
        finished(failing())


async def test_others_have_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE", -1.0)  # each step is too long
    done: list[int] = []
    work = asyncio.ensure_future(sliced(counting(5, done)))
    seen = []
    while not work.done():
        await asyncio.sleep(0)
        seen.append(len(done))
    assert seen[:5] == [1, 2, 3, 4, 5]


async def test_what_takes_no_time_is_done_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slices, "SLICE", 60.0)
    done: list[int] = []
    work = asyncio.ensure_future(sliced(counting(1000, done)))
    await asyncio.sleep(0)
    assert len(done) == 1000
    assert await work == 499_500
