"""Work in steps: whoever does it on a thread that others need as well lets them have it in between."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

T = TypeVar("T")
#: Every step is short; what the work returns comes at its end.
Steps = Generator[None, None, T]


def finished(steps: Steps[T]) -> T:
    """What `steps` return, all of them done at once."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
