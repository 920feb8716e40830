"""The shape of a JSON value, as the leaf map writes it down.

"text"        this very string, a word of the protocol
T I O …       a string of that class
*T *S …       any JSON whose strings are of that class
0  true       a number, a boolean
[x]  {x}      an array of x, an object whose values are x
Name          an object of that type, described in a line of its own
x|y           one of them
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal["word", "text", "any", "number", "bool", "list", "map", "type", "union"]
#: What a leaf's class may be; `?` is one that nobody has classified.
CLASSES = ("T", "J", "F", "C", "P", "U", "S", "B", "O", "K", "I", "?")


@dataclass(frozen=True, slots=True)
class Shape:
    """`name` is the word, the class or the type's name, as `kind` has it; `parts` what it is made of."""

    kind: Kind
    name: str = ""
    parts: tuple[Shape, ...] = ()

    def __str__(self) -> str:
        inner = "|".join(map(str, self.parts))
        match self.kind:
            case "word":
                return f'"{self.name}"'
            case "any":
                return f"*{self.name}"
            case "number":
                return "0"
            case "bool":
                return "true"
            case "list":
                return f"[{inner}]"
            case "map":
                return f"{{{inner}}}"
            case "union":
                return inner
            case _:
                return self.name

    def walk(self) -> Iterator[Shape]:
        """This shape and all it is made of, types not opened."""
        yield self
        for part in self.parts:
            yield from part.walk()

    def classified(self, class_: str) -> Shape:
        """The same with this class for all its leaves."""
        if self.kind in ("text", "any"):
            return replace(self, name=class_)
        return replace(self, parts=tuple(part.classified(class_) for part in self.parts))


def union(parts: Iterator[Shape]) -> Shape:
    """One of `parts`; a string that may be any makes its known words superfluous."""
    flat = [piece for part in parts for piece in (part.parts if part.kind == "union" else (part,))]
    if any(part.kind == "text" for part in flat):
        flat = [part for part in flat if part.kind != "word"]
    words = [part for part in flat if part.kind == "word"]
    flat = list(dict.fromkeys(part for part in flat if part.kind != "word" or part is words[0]))
    return flat[0] if len(flat) == 1 else Shape("union", "", tuple(flat))


_TOKEN = re.compile(r'"(?P<word>[^"]*)"|(?P<any>\*)?(?P<name>[A-Za-z_?][\w.?]*)|(?P<number>0)|(?P<mark>[\[\]{}|])')


def parse(text: str) -> Shape:
    """The inverse of `str`. Raises ValueError."""
    tokens = list(_TOKEN.finditer(text))
    if sum(len(token.group()) for token in tokens) != len(text):
        raise ValueError(f"{text!r} is no shape")
    shape, rest = _union(tokens)
    if rest:
        raise ValueError(f"{text!r} is no shape")
    return shape


def _union(tokens: list[re.Match[str]]) -> tuple[Shape, list[re.Match[str]]]:
    parts = []
    while True:
        part, tokens = _one(tokens)
        parts.append(part)
        if not tokens or tokens[0]["mark"] != "|":
            return (parts[0] if len(parts) == 1 else Shape("union", "", tuple(parts))), tokens
        tokens = tokens[1:]


_AROUND: dict[str, tuple[Kind, str]] = {"[": ("list", "]"), "{": ("map", "}")}


def _one(tokens: list[re.Match[str]]) -> tuple[Shape, list[re.Match[str]]]:
    if not tokens:
        raise ValueError("a shape ends too early")
    token, *rest = tokens
    if token["mark"]:
        kind, end = _AROUND.get(token["mark"], ("union", ""))
        inner, rest = _union(rest)
        if not rest or rest[0]["mark"] != end:
            raise ValueError(f"{token['mark']!r} has no end")
        return Shape(kind, "", (inner,)), rest[1:]
    if token["word"] is not None:
        return Shape("word", token["word"]), rest
    if token["number"]:
        return Shape("number"), rest
    name = token["name"]
    if token["any"]:
        return Shape("any", name), rest
    if name == "true":
        return Shape("bool"), rest
    return Shape("text" if name in CLASSES else "type", name), rest
