"""Long work on the loop's own thread, in slices that nobody notices."""

from __future__ import annotations

import asyncio
import time
from typing import TypeVar

from app.pipeline.steps import Steps

T = TypeVar("T")
#: Seconds of work in one go.
SLICE = 0.005


async def sliced(steps: Steps[T]) -> T:
    """What `steps` return. The loop goes on between them where they take longer than a slice."""
    until = time.perf_counter() + SLICE
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: T = end.value
            return result
        if time.perf_counter() > until:
            await asyncio.sleep(0)
            until = time.perf_counter() + SLICE
