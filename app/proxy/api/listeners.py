"""Who listens to what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from app.proxy.api.problem import Problem

#: Who may listen at once.
_MOST = 32


class Listeners:
    """`ending` is set when the app stops: then each has to end."""

    def __init__(self) -> None:
        self.ending = asyncio.Event()
        self._count = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """A place among them. Raises Problem where there is none."""
        if self._count >= _MOST:
            raise Problem(409, "too_many_listeners", f"{_MOST} clients are listening already.")
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
