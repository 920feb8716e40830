"""What was sent for a text, so that the same bytes are sent for it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.pipeline.fields import Fields, leaves
from app.pipeline.json_text import UnreadableJson, looks_like_json, parse
from app.pipeline.labels import label

_EVERYTHING = Fields()
DIGEST_SIZE = 16


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` (hidden from repr) stands for the characters `[start, end)` of a client's text."""

    start: int
    end: int
    text: str = field(repr=False)


Edits = tuple[Edit, ...]


def digest(text: str, key: str) -> bytes:
    """A name of 16 bytes for a leaf's text under its key. Clients trim texts, so ends do not count."""
    named = f"{label(key)}\0{text.strip()}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(named).digest()[:DIGEST_SIZE]


def trimmed(edits: Iterable[Edit], text: str) -> Edits:
    """`edits` of `text` in the indices of `text.strip()`; what lies outside is left out."""
    lead = len(text) - len(text.lstrip())
    return tuple(Edit(e.start - lead, e.end - lead, e.text) for e in edits if e.start >= lead)


def untrimmed(edits: Iterable[Edit], text: str) -> Edits:
    """The inverse of `trimmed`."""
    lead = len(text) - len(text.lstrip())
    return tuple(Edit(e.start + lead, e.end + lead, e.text) for e in edits)


@dataclass(frozen=True, slots=True)
class Memory:
    """A leaf's name and its edits, trimmed. `number` tells it from those before it that say the same."""

    digest: bytes
    edits: Edits
    number: int = 0


def of_answer(key: str, restored: str, edits: Sequence[Edit], original: str) -> list[Memory]:
    """What to remember of a restored text, so that it goes back as `original`, which it came as.

    Tools send JSON arguments back as the string they got, or as the object they made of it: so the
    strings inside are remembered one by one as well.
    """
    memories = [Memory(digest(restored, key), trimmed(edits, restored))]
    if looks_like_json(restored):
        try:
            mine, theirs = parse(restored), parse(original)
        except UnreadableJson:
            return memories
        pairs = zip(leaves(restored, _EVERYTHING, mine), leaves(original, _EVERYTHING, theirs), strict=False)
        for leaf, source in pairs:
            whole = () if leaf.value == source.value else (Edit(0, len(leaf.value), source.value),)
            memories.append(Memory(digest(leaf.value, leaf.key), trimmed(whole, leaf.value)))
    return memories
