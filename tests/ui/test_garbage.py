"""Cyclic garbage is looked for when nobody waits."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from app.ui import garbage
from app.ui.garbage import Garbage


class Ring:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    assert gc.get_threshold() == before


def dropped() -> weakref.ref[Ring]:
    """To a ring that only a search through everything finds."""
    gc.collect()
    ring = Ring()
    gc.collect(1)
    gc.collect(1)
    return weakref.ref(ring)


def test_it_waits_until_nobody_does(qapp: object) -> None:
    busy = True
    watch = Garbage(lambda: busy)
    ring = dropped()
    watch.look()
    assert ring() is not None
    busy = False
    watch.look()
    assert ring() is None
    assert gc.get_freeze_count()
    watch.close()


def test_it_does_not_wait_for_ever(qapp: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage, "_MOST", 1)
    watch = Garbage(lambda: True)
    ring = dropped()
    watch.look()
    assert ring() is None
    watch.close()
