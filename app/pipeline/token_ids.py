"""Texts that a client sends as the ids of a model's tokens: nobody can look through them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.pipeline.json_text import Pairs, UnreadableJson


class TokenIds(UnreadableJson):
    """A text came as numbers. `field` is the one that holds them."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def refuse_token_ids(tree: Any, fields: Iterable[str]) -> None:
    """Raises TokenIds if one of `fields` of the object `tree`, which say something, holds a number."""
    for name, value in tree if isinstance(tree, Pairs) else ():
        if name in fields and _has_numbers(value):
            raise TokenIds(name)


def _has_numbers(node: Any) -> bool:
    stack = [node]
    while stack:
        node = stack.pop()
        if isinstance(node, int | float):
            return True
        if isinstance(node, list) and not isinstance(node, Pairs):
            stack += node
    return False
