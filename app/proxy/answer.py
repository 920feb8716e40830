"""An answer on its way back: restored as a whole or event by event, or passed on unread."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
from aiohttp import web

from app.pipeline.fields import Fields, leaves
from app.pipeline.json_text import UnreadableJson, encode, parse
from app.pipeline.memo import of_answer
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.exchange import Exchange
from app.proxy.framing import NDJSON, SSE, Framing
from app.proxy.providers.base import Endpoint, Provider, Stream, undeclared
from app.proxy.sse import Event
from app.proxy.stream import StreamRestorer, ids_of

#: What can break between us and the provider once the answer has begun.
BROKEN = (aiohttp.ClientError, ConnectionError, TimeoutError)


_BY_MEDIA = {framing.media: framing for framing in (SSE, NDJSON)}
_UNKNOWN = {media: undeclared(framing) for media, framing in _BY_MEDIA.items()}


def stream_of(endpoint: Endpoint | None, upstream: aiohttp.ClientResponse, asked: bool) -> Stream | None:
    """How `upstream` streams, None when it is to be read whole.

    `asked` says that the client wanted a stream: some providers forget to say that it is one.
    """
    media = upstream.content_type
    spec = endpoint.stream if endpoint is not None else None
    framed = spec.framed(media) if spec is not None else None
    if media in _BY_MEDIA:
        return framed or _UNKNOWN[media]
    if spec is None or upstream.status >= 300 or not asked:
        return None
    return framed if media == "application/json" else spec


def ids(body: bytes) -> set[str]:
    """What the provider calls the things in an answer, where it is JSON."""
    try:
        tree = parse(body.decode())
    except (UnreadableJson, UnicodeDecodeError):
        return set()
    return ids_of(tree)


def restore_body(body: bytes, charset: str, endpoint: Endpoint | None, session: Session) -> tuple[bytes, int]:
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
        new, count = _restored(text, session, "")
    else:
        parts: list[str] = []
        position = count = 0
        for leaf in leaves(text, endpoint.response if endpoint else Fields(), tree):
            value, restored = _restored(leaf.value, session, leaf.key)
            if value != leaf.value:
                parts += (text[position : leaf.start], encode(value))
                position = leaf.end
                count += restored
        new = "".join([*parts, text[position:]])
    return (body, 0) if new == text else ((mark + new).encode(charset, "replace"), count)


def _restored(text: str, session: Session, key: str) -> tuple[str, int]:
    restorer = Restorer(session)
    restored = restorer.feed(text) + restorer.flush()
    for memory in of_answer(key, restored, restorer.edits, text):
        session.remember(memory)
    return restored, restorer.restored


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
    framing: Framing,
    exchange: Exchange,
    beat: float,
) -> None:
    """Passes a stream of events on, restored. Where it breaks off, what is held still goes out.

    Whenever it is silent for `beat` seconds (0: never mind), a comment goes out between two events.
    """
    decoder = framing.decoder()
    is_begun = False

    async def write(events: list[Event]) -> None:
        if events:
            await response.write(b"".join(event.raw for event in events))

    try:
        async for chunk in _chunks(upstream.content, beat if framing.comment else 0):
            if chunk is None:
                await response.write(framing.comment)
                continue
            exchange.response_bytes += len(chunk)
            events = decoder.feed(chunk)
            is_begun |= bool(events)
            await write([out for event in events for out in restorer.feed(event)])
        await write([out for event in decoder.flush() for out in restorer.feed(event, last=True)] + restorer.flush())
    except BROKEN:
        # Half an event is of no use to anybody, what is held of the whole ones is.
        exchange.outcome = "failed"
        exchange.reason = "The provider's answer broke off."
        message = "Anonamoose: The provider's answer broke off before it was complete. Try again."
        error = provider.stream_error("upstream_broke_off", message)
        await write([*restorer.flush(), framing.ending(error.data or "", error.name, is_begun)])
    finally:
        restorer.remember()
        exchange.restored = restorer.restored


async def _chunks(content: aiohttp.StreamReader, beat: float) -> AsyncIterator[bytes | None]:
    """What comes, as it comes, and None for every `beat` seconds in which nothing does."""
    while not content.at_eof():
        try:
            async with asyncio.timeout(beat or None) as silence:
                chunk = await content.readany()
        except TimeoutError:
            if not silence.expired():
                raise  # the connection's own
            yield None
        else:
            yield chunk
