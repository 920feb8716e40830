"""The proxy in a process of its own, and what can be seen of it from inside."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.bench.processes import Measure, Ready, proxy
from app.usage import Usage

#: Small, so that caches are full soon and what grows after that is no cache.
CACHES = {"cached_sessions": 32, "cache_memory": 4}


@dataclass(frozen=True, slots=True)
class Sample:
    """The proxy at one moment. Sizes in bytes; `descriptors` of the proxy and of detection."""

    proxy: Usage
    detection: Usage
    descriptors: tuple[int, int]
    tasks: int
    stored: int

    @property
    def cpu(self) -> float:
        """Seconds that both processes have used so far."""
        return self.proxy.cpu + self.detection.cpu


def descriptors(process: int | str = "self") -> int:
    """How many files, sockets and pipes a process has open; 0 where nobody can tell."""
    for folder in (f"/proc/{process}/fd", "/dev/fd"):
        if (process == "self" or folder.startswith("/proc")) and os.path.isdir(folder):
            return len(os.listdir(folder))
    return 0


def _stored(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file())


@asynccontextmanager
async def watched(
    folder: str, upstream: int, streams: int, more: Mapping[str, Any]
) -> AsyncIterator[tuple[Ready, Measure]]:
    """The proxy without the model, for so many streams at once, with `more` settings."""
    async with proxy(folder, upstream, False, max_requests=streams, **CACHES, **more) as (ready, measure):

        async def sample() -> Sample:
            used = await measure()
            (child,) = multiprocessing.active_children()
            opened = descriptors(), descriptors(child.pid or 0)
            return Sample(used[0], used[1], opened, len(asyncio.all_tasks()), _stored(Path(folder)))

        yield ready, sample
