"""Ids by which a body names what the provider keeps of a conversation, and an answer what is kept."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.pipeline.json_text import Pairs

#: At the top of a body: what names the conversation it goes on with, or an object with that as its `id`.
_CHAINS = (
    "previous_response_id",
    "response_id",
    "conversation",
    "conversation_id",
    "thread_id",
    "previous_interaction_id",
)
#: Where some providers give the tokens of all that was said, instead of an id for it.
_TOKENS = "context"
#: And what names something kept that it is about.
_ABOUT = ("cachedContent", "cached_content")
#: In an answer, and in the objects an event tells of.
_IDS = ("id", "output_file_id", "error_file_id", "input_file_id", "thread_id")
_INNER = ("response", "message", "data", "item", "interaction")
#: A resource, called by its collection and its id.
_RESOURCE = re.compile(r"(?:[\w.-]+/)*[a-z][A-Za-z]+/(?P<id>[\w.-]+)")
#: Objects that are deleted when they expire.
_EXPIRES = ("file", "upload", "vector_store", "container")
#: No time that anybody means (seconds since the epoch).
_FAR = 1e11
#: Items that stand for something said before, and the keys of which one names it.
_STANDS_FOR = {"item_reference": ("id",), None: ("id",), "compaction": ("id", "encrypted_content")}


@dataclass(frozen=True, slots=True)
class Chain:
    """What a body goes on with: `previous` is what it says so of, `items` what else it refers to."""

    previous: tuple[str, ...] = ()
    items: tuple[str, ...] = ()


def chain_of(tree: Any, opening: str) -> Chain:
    """What a body goes on with. `opening` is the path of its messages."""
    if not isinstance(tree, Pairs):
        return Chain()
    named = [value.get("id") if isinstance(value, Pairs) else value for value in map(tree.get, _CHAINS)]
    referred = [
        item.get(key)
        for item in _objects(tree.get(opening) if opening else None)
        if item.get("role") is None
        for key in _STANDS_FOR.get(item.get("type"), ())
    ]
    about = [_of_resource(tree.get(key)) for key in _ABOUT]
    return Chain(_strings([*named, _of_tokens(tree.get(_TOKENS))]), _strings([*referred, *about]))


def kept_in(tree: Any) -> set[str]:
    """What the things in an answer, or in an event of one, will be called."""
    if not isinstance(tree, Pairs):
        return set()
    inner = [tree, *(value for value in map(tree.get, _INNER) if isinstance(value, Pairs))]
    items = [item for node in inner for item in _objects(node.get("output"))]
    sealed = [node for node in (*inner, *items) if node.get("type") == "compaction"]
    # One that the provider keeps since before we were asked: from its next turn on, it is known.
    named_in = [value for node in inner if isinstance(value := node.get("conversation"), Pairs)]
    named = [node.get(key) for node in (*inner, *named_in) for key in _IDS]
    named += [_of_tokens(tree.get(_TOKENS)), _of_resource(tree.get("name"))]
    return set(_strings([*named, *(i.get("id") for i in items), *(s.get("encrypted_content") for s in sealed)]))


def kept_until(tree: Any) -> float:
    """Until when the provider keeps what an answer tells of: seconds since the epoch, 0 where it does not say so.

    What it does not store at all was kept until long ago.
    """
    if not isinstance(tree, Pairs):
        return 0.0
    inner = [tree, *(value for key in (*_INNER, "file") if isinstance(value := tree.get(key), Pairs))]
    if any(node.get("store") is False for node in inner):
        return 1.0
    # Of a batch, it is the time until which it must have run.
    ends = [node.get("expires_at") for node in inner if node.get("object") in _EXPIRES]
    ends += [_seconds(node.get(key)) for node in inner for key in ("expirationTime", "expireTime")]
    return max((float(end) for end in ends if isinstance(end, int | float) and 0 < end < _FAR), default=0.0)


def _seconds(time: Any) -> float | None:
    try:
        return datetime.fromisoformat(time).timestamp() if isinstance(time, str) else None
    except (ValueError, OverflowError):
        return None


def _of_tokens(tokens: Any) -> str:
    """What stands for `tokens` as an id would, "" if they are none."""
    if isinstance(tokens, list) and tokens and all(isinstance(token, int) for token in tokens):
        return hashlib.sha256(repr(tokens).encode()).hexdigest()
    return ""


def _of_resource(name: Any) -> str:
    """The id in the name of a resource, "" if `name` is none."""
    found = _RESOURCE.fullmatch(name) if isinstance(name, str) else None
    return found["id"] if found else ""


def _objects(items: Any) -> Iterator[Pairs]:
    for item in items if isinstance(items, list) and not isinstance(items, Pairs) else ():
        if isinstance(item, Pairs):
            yield item


def _strings(values: list[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))
