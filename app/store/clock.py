"""The time, for what is kept for so long: the system's clock may be set while we run, forwards or back."""

from __future__ import annotations

import sys
import time


def _even() -> float:
    """Seconds that go on evenly, also while the machine sleeps."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    if sys.platform == "darwin":  # where Python's own stands still in the meantime
        return time.clock_gettime(time.CLOCK_MONOTONIC)
    return time.monotonic()


_OFFSET = time.time() - _even()


def earliest() -> float:
    """Seconds since the epoch, by which to judge what is over: no leap of the clock ends it too soon."""
    return min(time.time(), _even() + _OFFSET)


def latest() -> float:
    """The same, with which to note that something was used: no clock that is behind lets it look old."""
    return max(time.time(), _even() + _OFFSET)
