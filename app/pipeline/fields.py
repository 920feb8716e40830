"""Which strings of a JSON body are text. All of them, but for what an endpoint declares opaque."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any, NamedTuple

from app.pipeline.json_text import Pairs, is_whole, parse, tokens
from app.pipeline.labels import named
from app.pipeline.offsets import Offset, offset_paths


class Kind(Enum):
    """Why a declared string is left alone."""

    IDENTIFIER = "identifier"  # an id, enum or name of the protocol; only while it looks like one
    VERBATIM = "verbatim"  # signed, encrypted or a credential: whatever it holds
    BINARY = "binary"  # base64 or a data URL; only while it is one
    SCHEMA = "schema"  # a JSON Schema: its own words stay, what describes and enumerates is text


@dataclass(frozen=True, slots=True)
class Fields:
    """Opaque paths of a body. What is not listed here is text, a field added tomorrow included.

    A path names object keys joined by dots, `[]` for any item of an array, `*` for any key, `**`
    at the end for everything below, and `<thinking>` for "if this object's `type` is thinking".
    `opening` is the path of the conversation's messages, `offsets` are numbers that point into texts,
    `spoken` keys at the top whose numbers would be the tokens of a text. With `snake`, a key in camelCase
    stands for the same in snake_case too. With `generic`, for bodies nobody has declared, strings that can
    only be an id, a date, a blob or a discriminator are opaque as well.
    """

    identifiers: tuple[str, ...] = ()
    verbatim: tuple[str, ...] = ()
    binary: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    opening: str = ""
    offsets: tuple[Offset, ...] = ()
    spoken: tuple[str, ...] = ()
    snake: bool = False
    generic: bool = False

    def __hash__(self) -> int:
        # Enough to tell most apart: a hundred paths take longer to hash than a body does to walk.
        return hash((self.opening, len(self.identifiers), len(self.verbatim), len(self.offsets), self.generic))


@dataclass(slots=True)
class _Node:
    keys: dict[str, _Node] = field(default_factory=dict)
    typed: dict[str, _Node] = field(default_factory=dict)
    items: _Node | None = None
    kind: Kind | None = None  # of a string that stands here
    below: Kind | None = None  # of everything that stands here and deeper


class Form(Enum):
    """What a leaf is."""

    TEXT = "text"
    KEY = "key"  # of an object, where it can be no name of a field
    BINARY = "binary"  # base64 or a data URL, opaque as such
    NUMBER = "number"


class Leaf(NamedTuple):
    """A string that is text, unless `form` says that it holds bytes, is a key, or a number.

    `[start, end)` is its token, quotes included. `key` says what it is (see `labels.named`; nothing, for a key),
    `path` where it stands (`choices[].delta.content`; `metadata{}`, for a key of it), `owners` the objects around it,
    the outermost first. A number's `value` is how it is written.
    """

    start: int
    end: int
    value: str
    key: str
    path: str
    owners: tuple[Pairs, ...]
    form: Form = Form.TEXT

    def __repr__(self) -> str:
        return f"<Leaf at [{self.start}, {self.end})>"


_STEP = re.compile(r"\[\]|<(?P<type>[\w.]+)>|(?P<key>[^.\[\]<>]+)")
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_IDENTIFIER = re.compile(r"[^\s@]{0,256}")
_BASE64 = re.compile(r"data:[^\s,]{0,128},|[A-Za-z0-9+/_-]{16,}(?:\r?\n[A-Za-z0-9+/_-]+)*={0,2}\s*\Z")
#: What programs call a field. People, addresses and numbers are called otherwise.
_OF_FIELD = re.compile(r"[A-Za-z_$][A-Za-z_$./:\[\]-]*|[a-z_$][\w$./:\[\]-]*")
#: Keywords of JSON Schema whose string values are not human text.
_SCHEMA_WORDS = frozenset(
    "type format pattern $ref $schema $id $anchor $dynamicRef $dynamicAnchor required dependentRequired "
    "contentEncoding contentMediaType propertyOrdering property_ordering".split()
)
_SCHEMA_MAPS = frozenset("properties $defs definitions patternProperties dependentSchemas".split())


@lru_cache(maxsize=128)
def _compiled(fields: Fields) -> _Node:
    root = _Node()
    for kind, paths in (
        (Kind.IDENTIFIER, fields.identifiers),
        (Kind.VERBATIM, fields.verbatim),
        (Kind.BINARY, fields.binary),
        (Kind.SCHEMA, fields.schemas),
    ):
        for path in paths:
            node = root
            for step in _STEP.finditer(path):
                if step["key"] == "**":
                    node.below = kind
                elif step["key"]:
                    keys = node.keys
                    node = keys.setdefault(step["key"], _Node())
                    if fields.snake:
                        keys.setdefault(_WORD_START.sub("_", step["key"]).lower(), node)
                elif step["type"]:
                    node = node.typed.setdefault(step["type"], _Node())
                else:
                    node.items = node.items or _Node()
                    node = node.items
            if kind is Kind.SCHEMA:
                node.below = kind
            else:
                node.kind = kind
    return root


class _Frame(NamedTuple):
    """A container on the way down: what is left of it, and the rules that hold in it."""

    members: Iterator[Any]
    is_object: bool
    rules: tuple[_Node, ...]
    below: Kind | None  # holds for everything below
    is_map: bool  # of a schema: its keys are names, not keywords
    key: str
    path: str
    owners: tuple[Pairs, ...]


_END = object()


def is_identifier(value: str) -> bool:
    """Whether `value` looks like an id, enum or name of the protocol."""
    return _IDENTIFIER.fullmatch(value) is not None


def _is_opaque(kind: Kind, value: str) -> bool:
    if kind is Kind.SCHEMA:
        return False
    if kind is Kind.IDENTIFIER:
        return is_identifier(value)
    if kind is Kind.BINARY:
        return _BASE64.match(value) is not None
    return True


_DISCRIMINATORS = frozenset(["type", "role", "object", "model", "status", "event", "format", "encoding_format"])
_ID = re.compile(r"[a-z]{2,14}_[A-Za-z0-9_-]{6,}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:[T ][\d:.]{4,15}(?:Z|[+-]\d\d:?\d\d)?)?")
_BLOB = re.compile(r"data:[^\s,]{0,128};base64,.*|[A-Za-z0-9+/_-]{256,}={0,2}", re.S)


def _protocol(key: str, value: str) -> Kind | None:
    """What a string in an undeclared body is, if it can be nothing a person has written."""
    if key in _DISCRIMINATORS and is_identifier(value):
        return Kind.IDENTIFIER
    if _BLOB.fullmatch(value):
        return Kind.BINARY
    return Kind.IDENTIFIER if any(shape.fullmatch(value) for shape in (_ID, _DATE)) else None


def leaves(
    text: str, fields: Fields, tree: Any = None, *, binary: bool = False, digits: int = 0, keys: bool = False
) -> Iterator[Leaf]:
    """The strings of `text` that are text, in document order.

    With `keys`, those keys of objects come as well that can be no name of a field, except in schemas; with `binary`,
    those that hold bytes; with `digits`, whole numbers of so many digits or more which nobody has said are the
    protocol's own, and offsets. `tree` is `parse(text)` where the caller has it already. Raises UnreadableJson.
    """
    found = tokens(text, digits=digits)
    names: set[str] = set()  # of fields; most come again and again
    pointers = offset_paths(fields) if digits else ()
    root = parse(text) if tree is None else tree
    stack = [_Frame(iter([root]), False, (_compiled(fields),), None, False, "", "", ())]
    while stack:
        frame = stack[-1]
        member: Any = next(frame.members, _END)
        if member is _END:
            stack.pop()
            continue
        rules, below, is_map, key, path = frame.rules, frame.below, False, frame.key, frame.path
        if frame.is_object:
            key, member = member
            token = next(found)
            if keys and below is None and key not in names:
                if _OF_FIELD.fullmatch(key):
                    names.add(key)
                else:
                    yield Leaf(token.start(), token.end(), key, "", f"{path}{{}}", frame.owners, Form.KEY)
            path = f"{path}.{key}" if path else key
            if below is Kind.SCHEMA and not frame.is_map:
                is_map = key in _SCHEMA_MAPS
                if key in _SCHEMA_WORDS and not isinstance(member, Pairs):
                    below = Kind.VERBATIM
            if rules:  # mostly nothing is declared here
                rules = tuple([node for rule in rules for node in (rule.keys.get(key), rule.keys.get("*")) if node])
        elif len(stack) > 1:
            path += "[]"
            rules = tuple([rule.items for rule in rules if rule.items])
        if rules and below is not Kind.VERBATIM:
            below = next((rule.below for rule in rules if rule.below), below)
        if isinstance(member, str):
            token = next(found)
            kinds = [rule.kind for rule in rules if rule.kind]
            if below:
                kinds.append(below)
            opaque = [kind for kind in kinds if _is_opaque(kind, member)]
            if not opaque and fields.generic and (kind := _protocol(key, member)):
                opaque = [kind]
            if not opaque:
                yield Leaf(
                    token.start(), token.end(), member, named(key, member, frame.owners, path), path, frame.owners
                )
            elif binary and set(opaque) == {Kind.BINARY}:
                yield Leaf(token.start(), token.end(), member, key, path, frame.owners, Form.BINARY)
        elif isinstance(member, Pairs):
            type_ = member.get("type")
            if isinstance(type_, str):
                typed = tuple(rule.typed[type_] for rule in rules if type_ in rule.typed)
                rules += typed
                if below is not Kind.VERBATIM:
                    below = next((rule.below for rule in typed if rule.below), below)
            owners = (*frame.owners, member)
            stack.append(_Frame(iter(member), True, rules, below, is_map, key, path, owners))
        elif isinstance(member, list):
            stack.append(_Frame(iter(member), False, rules, below, is_map, key, path, frame.owners))
        elif digits and is_whole(member, digits):
            token = next(found)
            if path in pointers or (below is None and not any(rule.kind for rule in rules)):
                said = named(key, token.group(), frame.owners, path)
                yield Leaf(token.start(), token.end(), token.group(), said, path, frame.owners, Form.NUMBER)
