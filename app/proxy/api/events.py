"""`events`: what happens, as it happens. Events carry ids and counts, never text."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from dataclasses import fields
from typing import Any

from aiohttp import web

from app.events import Event, StateChanged, TermsChanged
from app.proxy.api.operation import Answered, Call, Operation
from app.proxy.api.parts import Parts

MEDIA = "text/event-stream"
#: How many events may wait for one who is slow.
_WAITING = 1000
#: How often a silent stream says that it is alive (seconds).
_ALIVE = 15.0
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def _said(event: Event, parts: Parts) -> bytes:
    """An event as it is sent: `exchange_finished` and its figures."""
    name = _WORD.sub("_", type(event).__name__).lower()
    data: dict[str, Any] = {field.name: getattr(event, field.name) for field in fields(event)}
    if isinstance(event, TermsChanged):
        data = {"count": event.count}
    elif isinstance(event, StateChanged):
        data = {"protection": parts.health()["protection"]}
    return f"event: {name}\ndata: {json.dumps(data, default=sorted)}\n\n".encode()


async def _events(call: Call) -> Answered:
    """Sends what happens until the client goes away or the app stops; one that is too slow is cut off."""
    queue: asyncio.Queue[bytes | None] = asyncio.Queue()
    parts = call.parts

    def hear(event: Event) -> None:
        if queue.qsize() < _WAITING:
            queue.put_nowait(_said(event, parts))
        elif queue.qsize() == _WAITING:
            queue.put_nowait(None)

    with parts.listeners.one():
        unsubscribe = parts.bus.subscribe(hear)
        ending = asyncio.ensure_future(parts.listeners.ending.wait())
        ending.add_done_callback(lambda _: queue.put_nowait(None))
        try:
            response = web.StreamResponse(headers={"Content-Type": MEDIA, "Cache-Control": "no-store"})
            await response.prepare(call.request)
            await response.write(_said(StateChanged(), parts))
            while (said := await _next(queue)) is not None:
                await response.write(said)
            with suppress(ConnectionResetError):
                await response.write_eof()
            return response
        finally:
            unsubscribe()
            ending.cancel()


async def _next(queue: asyncio.Queue[bytes | None]) -> bytes | None:
    try:
        async with asyncio.timeout(_ALIVE):
            return await queue.get()
    except TimeoutError:
        return b": alive\n\n"


OPERATIONS = (
    Operation(
        "GET", "/events", "What happens, live, as server-sent events: the state first.", _events, media=(MEDIA,),
        statuses=(409,),
    ),
)  # fmt: skip
