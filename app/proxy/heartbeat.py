"""Comments that keep a silent stream alive."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from types import TracebackType
from typing import Self

from aiohttp import web

#: How much too early a timer may be called (seconds).
_TICK = 0.001


class Heartbeat:
    """Writes `comment` whenever nothing was heard for `beat` seconds (0: never mind), as long as it is entered.

    One timer for a whole stream: one for each wait would cost more than most of what comes.
    """

    def __init__(self, response: web.StreamResponse, comment: bytes, beat: float) -> None:
        self._response = response
        self._comment = comment
        self._beat = beat if comment else 0.0
        self._loop = asyncio.get_running_loop()
        self._latest = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if self._beat:
            self.heard()
            self._wait()
        return self

    def heard(self) -> None:
        """Something has come."""
        self._latest = self._loop.time()

    def _wait(self) -> None:
        self._timer = self._loop.call_at(self._latest + self._beat, self._look)

    def _look(self) -> None:
        now = self._loop.time()
        # The loop calls a timer up to a tick early. Where the last comment still waits for the client, another waits.
        if now + _TICK >= self._latest + self._beat:
            self._latest = now
            if self._writing is None or self._writing.done():
                self._writing = self._loop.create_task(self._write())
        self._wait()

    async def _write(self) -> None:
        with suppress(ConnectionResetError):  # whoever relays the stream meets the same, and tells of it
            await self._response.write(self._comment)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._writing is not None:
            await asyncio.wait([self._writing])
