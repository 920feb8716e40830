"""An answer on its way back: restored as a whole or event by event, or passed on unread."""

from __future__ import annotations

import aiohttp
from aiohttp import web

from app.pipeline.fields import leaves
from app.pipeline.json_text import UnreadableJson, encode, parse
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.exchange import Exchange
from app.proxy.providers.base import Endpoint, Provider
from app.proxy.sse import Decoder, Event
from app.proxy.stream import StreamRestorer

#: What can break between us and the provider once the answer has begun.
BROKEN = (aiohttp.ClientError, ConnectionError, TimeoutError)


def restore_body(body: bytes, charset: str, endpoint: Endpoint, session: Session) -> tuple[bytes, int]:
    """A whole body restored, and how many values that put back. Unchanged bytes stay as they are."""
    try:
        text = body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return body, 0
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text[len(mark) :]
    try:
        tree = parse(text)
    except UnreadableJson:
        new, count = _restored(text, session)
    else:
        parts: list[str] = []
        position = count = 0
        for leaf in leaves(text, endpoint.response, tree):
            value, restored = _restored(leaf.value, session)
            if value != leaf.value:
                parts += (text[position : leaf.start], encode(value))
                position = leaf.end
                count += restored
        new = "".join([*parts, text[position:]])
    return (body, 0) if new == text else ((mark + new).encode(charset, "replace"), count)


def _restored(text: str, session: Session) -> tuple[str, int]:
    restorer = Restorer(session)
    return restorer.feed(text) + restorer.flush(), restorer.restored


async def relay(upstream: aiohttp.ClientResponse, response: web.StreamResponse, exchange: Exchange) -> None:
    """Passes a body on as it comes, unread."""
    async for chunk in upstream.content.iter_any():
        exchange.response_bytes += len(chunk)
        await response.write(chunk)


async def relay_events(
    upstream: aiohttp.ClientResponse,
    response: web.StreamResponse,
    provider: Provider,
    restorer: StreamRestorer,
    exchange: Exchange,
) -> None:
    """Passes a stream of events on, restored. Where it breaks off, what is held still goes out."""
    decoder = Decoder()

    async def write(events: list[Event]) -> None:
        if events:
            await response.write(b"".join(event.raw for event in events))

    try:
        async for chunk in upstream.content.iter_any():
            exchange.response_bytes += len(chunk)
            await write([out for event in decoder.feed(chunk) for out in restorer.feed(event)])
        await write([out for event in decoder.flush() for out in restorer.feed(event)] + restorer.flush())
    except BROKEN:
        # Half an event is of no use to anybody, what is held of the whole ones is.
        exchange.outcome = "failed"
        exchange.reason = "The provider's answer broke off."
        message = "Anonamoose: The provider's answer broke off before it was complete. Try again."
        await write([*restorer.flush(), provider.stream_error("upstream_broke_off", message)])
    finally:
        exchange.restored = restorer.restored
