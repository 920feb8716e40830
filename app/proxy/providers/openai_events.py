"""How the events of OpenAI's Responses continue each other."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from typing import Any

from app.pipeline.fields import Leaf
from app.pipeline.json_text import Pairs, dump
from app.proxy.providers.base import Index, Stream, below
from app.proxy.providers.openai_items import sealed
from app.proxy.sse import Event, make

_DELTA, _DONE = ".delta", ".done"
#: What events of one kind and one item may still be told apart by.
_PLACES = ("content_index", "summary_index", "command_index")
#: How the types of events end that end something.
_ENDINGS = (_DONE, ".completed", ".incomplete", ".failed", ".cancelled")
_TEXTS = frozenset(["delta", "delta.stdout", "delta.stderr"])


def _item(event: Pairs) -> Any:
    # Not every server calls an item the same in all its events; its place stays.
    place = event.get("output_index")
    return event.get("item_id") if place is None else place


def _channel(leaf: Leaf) -> tuple[str, Index] | None:
    event = leaf.owners[0] if leaf.owners else Pairs()
    kind = event.get("type")
    if leaf.path not in _TEXTS or not isinstance(kind, str) or not kind.endswith(_DELTA):
        return None
    return leaf.path, (_item(event), *map(event.get, _PLACES), kind)


def _closes(event: Pairs) -> Iterable[Index]:
    kind, item = event.get("type"), event.get("item")
    if kind == "error":
        yield ()
    if not isinstance(kind, str) or not kind.endswith(_ENDINGS):
        return
    if isinstance(event.get("response"), Pairs):
        yield ()
    elif isinstance(item, Pairs):
        yield from ((event.get("output_index"),), (item.get("id"),))
    elif kind.endswith(_DONE) and not isinstance(event.get("part"), Pairs):
        # That of its own kind alone: a sound that names no item may end before its transcript.
        yield _item(event), *map(event.get, _PLACES), kind.removesuffix(_DONE) + _DELTA
    else:
        yield _item(event), *map(event.get, _PLACES)


def _inject(path: str, index: Index, text: str, latest: str) -> Event:
    """The channel's latest event again, with `text` for its delta and without what belongs to that one's own."""
    event = {key: value for key, value in json.loads(latest).items() if key not in ("logprobs", "obfuscation")}
    if event["type"] == "response.output_text.delta":
        event["logprobs"] = []
    _, _, key = path.partition(".")
    made = {**event, "delta": {key: text} if key else text}
    return make(dump(made), event["type"])


_WHOLE = sealed(("item", *below(("response",), "output[]", "input[]", "instructions[]")), ("response.tools[]",))
STREAM = Stream(
    frozenset(_TEXTS),
    _closes,
    _inject,
    dataclasses.replace(
        _WHOLE,
        verbatim=(
            *_WHOLE.verbatim,
            "<response.audio.delta>.delta",
            "partial_image_b64",
            "part.logprobs.**",
            "logprobs.**",
            "obfuscation",
        ),
    ),
    _channel,
    number="sequence_number",
)
