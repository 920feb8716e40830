"""Ids by which a body names what the provider keeps of a conversation, and an answer what is kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
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
#: In an answer, and in the objects an event tells of.
_IDS = ("id", "output_file_id", "error_file_id", "input_file_id", "thread_id")
_INNER = ("response", "message", "data", "item")
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
    return Chain(_strings(named), _strings(referred))


def kept_in(tree: Any) -> set[str]:
    """What the things in an answer, or in an event of one, will be called."""
    if not isinstance(tree, Pairs):
        return set()
    inner = [tree, *(value for value in map(tree.get, _INNER) if isinstance(value, Pairs))]
    items = [item for node in inner for item in _objects(node.get("output"))]
    sealed = [node for node in (*inner, *items) if node.get("type") == "compaction"]
    named = [node.get(key) for node in inner for key in _IDS]
    return set(_strings([*named, *(i.get("id") for i in items), *(s.get("encrypted_content") for s in sealed)]))


def _objects(items: Any) -> Iterator[Pairs]:
    for item in items if isinstance(items, list) and not isinstance(items, Pairs) else ():
        if isinstance(item, Pairs):
            yield item


def _strings(values: list[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))
