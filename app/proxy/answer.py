"""An answer on its way back: restored as a whole or event by event, or passed on unread."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from app.pipeline.fields import Fields, Form, Leaf, leaves
from app.pipeline.json_text import UnreadableJson, encode, parse, spliced
from app.pipeline.media import Encoded
from app.pipeline.memo import Edits
from app.pipeline.offsets import Offset
from app.pipeline.session import Session
from app.proxy.ending import was_cut
from app.proxy.exchange import Exchange
from app.proxy.exposure import Exposure, tool_of
from app.proxy.framing import LINES, NDJSON, SSE, Framing
from app.proxy.heartbeat import Heartbeat
from app.proxy.offsets import Places, Restored
from app.proxy.providers.base import Endpoint, Provider, Stream, undeclared
from app.proxy.refusal import Refusal
from app.proxy.scanning import Scanning
from app.proxy.sse import Event
from app.proxy.stream import StreamRestorer
from app.proxy.whole import restore_string

#: What can break between us and the provider once the answer has begun.
BROKEN = (aiohttp.ClientError, ConnectionError, TimeoutError)


#: Of strings in a text, by where they begin, what is to be hidden in them.
Hidden = Mapping[int, Edits]

_BOM = "\ufeff"
#: What a text is taken to be written in that does not say so.
_OTHER_CHARSET = ";charset=latin-1"
_BY_MEDIA = {framing.media: framing for framing in (SSE, NDJSON)}
_UNKNOWN = {media: undeclared(framing) for media, framing in _BY_MEDIA.items()}


def stream_of(endpoint: Endpoint | None, upstream: aiohttp.ClientResponse, asked: bool) -> Stream | None:
    """How `upstream` streams, None when it is to be read whole.

    `asked` says that the client wanted a stream: some providers forget to say that it is one.
    """
    media = NDJSON.media if upstream.content_type in LINES else upstream.content_type
    spec = endpoint.stream if endpoint is not None else None
    framed = spec.framed(media) if spec is not None else None
    if media in _BY_MEDIA:
        return framed or _UNKNOWN[media]
    if spec is None or upstream.status >= 300 or not asked:
        return None
    return framed if media == "application/json" else spec


def tree_of(body: bytes, charset: str) -> Any:
    """What an answer says in JSON; None where it says it otherwise."""
    try:
        return parse(body.decode(charset).removeprefix(_BOM))
    except (UnreadableJson, UnicodeDecodeError, LookupError):
        return None


def relinked(body: bytes, keys: Collection[str], own: str) -> bytes:
    """An answer whose addresses under `keys` lead to `own` instead of past us."""
    text = body.decode("utf-8", "surrogateescape")
    try:
        found = [leaf for leaf in leaves(text, Fields()) if leaf.key in keys and "://" in leaf.value]
    except UnreadableJson:
        return body
    new = [(leaf.start, leaf.end, encode(own + URL(leaf.value, encoded=True).raw_path_qs)) for leaf in found]
    return spliced(text, new).encode("utf-8", "surrogateescape")


def restore_body(
    body: bytes,
    charset: str,
    endpoint: Endpoint | None,
    session: Session,
    places: Places | None = None,
    exposure: Exposure | None = None,
    tree: Any = None,
    hidden: Sequence[Hidden] = (),
) -> tuple[bytes, int]:
    """A whole body restored, and how many values that put back. Unchanged bytes stay as they are.

    `tree` is `tree_of(body, charset)` where the caller has it already, `hidden` what is to be hidden in each of
    `texts_of` the body.
    """
    exposure = exposure or Exposure()
    try:
        text = body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return _restored_bytes(body, session, exposure)
    mark = _BOM if text.startswith(_BOM) else ""
    text = text[len(mark) :]
    try:
        tree = parse(text) if tree is None else tree
    except UnreadableJson:
        new, count = _restored_lines(text, endpoint, session, exposure, hidden)
    else:
        fields = endpoint.response if endpoint else Fields()
        own = hidden[0] if hidden else {}
        new, count = _restored(text, tree, fields, session, places or Places(), exposure, own)
    return (body, 0) if new == text else ((mark + new).encode(charset, "replace"), count)


def _restored_bytes(body: bytes, session: Session, exposure: Exposure) -> tuple[bytes, int]:
    """A file that comes back as it was stored: restored where it is a text, in whatever charset."""
    encoded = Encoded(_OTHER_CHARSET, "", body)
    said = encoded.text(textual=False)
    whole, count = restore_string(said or "", "", session, withheld=exposure.withheld)
    if said is None or whole.got == said:
        return body, 0
    try:
        return base64.b64decode(encoded.with_text(whole.got).removeprefix(_OTHER_CHARSET)), count
    except UnicodeEncodeError:
        return body, 0  # it has no letters for a value


def texts_of(body: bytes, charset: str, tree: Any) -> list[str]:
    """The texts of an answer: itself, or its lines where each of them is JSON; none where it is no text."""
    try:
        text = body.decode(charset).removeprefix(_BOM)
    except (UnicodeDecodeError, LookupError):
        return []
    return [text] if tree is not None or _trees(text) is None else text.split("\n")


def _trees(text: str) -> list[Any] | None:
    """What each of its lines says in JSON, None where one says it otherwise."""
    try:
        return [parse(line) if line.strip() else None for line in text.split("\n")]
    except UnreadableJson:
        return None


def _restored_lines(
    text: str, endpoint: Endpoint | None, session: Session, exposure: Exposure, hidden: Sequence[Hidden]
) -> tuple[str, int]:
    """A text, or lines of JSON if each of them is such."""
    fields = endpoint.response if endpoint else Fields()
    trees = _trees(text)
    if trees is None:
        own = hidden[0].get(0, ()) if hidden else ()
        whole, count = restore_string(text, "", session, withheld=exposure.withheld, hidden=own)
        return whole.got, count
    lines = text.split("\n")
    restored = [
        _restored(line, tree, fields, session, Places(), exposure, own) if tree is not None else (line, 0)
        for line, tree, own in zip(lines, trees, hidden or [{}] * len(lines), strict=True)
    ]
    return "\n".join(line for line, _ in restored), sum(count for _, count in restored)


def _restored(
    text: str, tree: Any, fields: Fields, session: Session, places: Places, exposure: Exposure, hidden: Hidden
) -> tuple[str, int]:
    cut = was_cut(tree) is True
    new: list[tuple[int, int, str]] = []
    texts: dict[tuple[str, int], Restored] = {}
    offsets: list[tuple[Leaf, Offset]] = []
    count = 0
    for leaf in leaves(text, places.fields(fields), tree, digits=int(places.are_in(text)), keys=True):
        if leaf.form is Form.NUMBER:
            offsets += [(leaf, rule)] if (rule := places.rule(leaf)) else []
            continue
        restored, values = restore_string(
            leaf.value,
            leaf.key,
            session,
            cut=cut,
            withheld=exposure.withheld,
            hidden=hidden.get(leaf.start, ()),
        )
        if restored.labels:
            exposure.note(leaf.path, tool_of(leaf.owners), restored.got, restored.labels)
        if leaf.owners:
            texts[leaf.path, id(leaf.owners[-1])] = restored
        if restored.got != leaf.value:
            new.append((leaf.start, leaf.end, encode(restored.got)))
            count += values
    # What they point into may stand behind them.
    new += [(n.start, n.end, to) for n, rule in offsets if (to := places.moved(n, rule, texts)) not in (None, n.value)]
    return spliced(text, new), count


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
    keep: Callable[[], None],
    scanning: Scanning | None = None,
) -> None:
    """Passes a stream of events on, restored. Where it breaks off, what is held still goes out.

    Before what came goes out, `keep` is called: a client may go on with it at once. Whenever it is
    silent for `beat` seconds (0: never mind), a comment goes out between two events. What `scanning` holds back goes
    out when it was looked through, and never where that cannot be.
    """
    decoder = framing.decoder()
    is_begun = False

    async def write(events: list[Event]) -> None:
        keep()
        if events:
            await response.write(b"".join(event.raw for event in events))
            exchange.is_complete = restorer.has_ended

    async def passed(events: list[Event], last: bool = False) -> list[Event]:
        return await scanning.feed(events, last=last) if scanning else events

    async def fail(code: str, reason: str, message: str, held: list[Event]) -> None:
        exchange.outcome, exchange.code, exchange.reason = "failed", code, reason
        error = provider.stream_error(code, message)
        await write([*held, framing.ending(error.data or "", error.name, is_begun)])

    try:
        try:
            async with Heartbeat(response, framing.comment, beat) as heartbeat:
                while chunk := await upstream.content.readany():
                    exchange.response_bytes += len(chunk)
                    events = decoder.feed(chunk)
                    is_begun |= bool(events)
                    ready = await passed(events)
                    if ready or not scanning:
                        heartbeat.heard()
                    await write([out for event in ready for out in restorer.feed(event)])
            rest = decoder.flush()
            ready = await passed(rest, last=True)
            before = len(ready) - len(rest)
            out = [out for n, event in enumerate(ready) for out in restorer.feed(event, last=n >= before)]
            await write(out + restorer.flush())
        except BROKEN:
            # Half an event is of no use to anybody, what is held of the whole ones is.
            held = [out for event in await passed([], last=True) for out in restorer.feed(event)]
            message = "Anonamoose: The provider's answer broke off before it was complete. Try again."
            reason = "The provider's answer broke off."
            await fail("upstream_broke_off", reason, message, held + restorer.flush())
    except Refusal as refusal:
        await fail(refusal.code, refusal.message, f"Anonamoose: {refusal.message}", [])
    finally:
        restorer.remember()
        exchange.restored, exchange.exposed = restorer.restored, restorer.exposed
