"""A JSON body opened: which of its strings are text, and which of those were sent before."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.pipeline.fields import Fields, Leaf, fresh_items, handle, is_identifier, leaves, opening
from app.pipeline.json_text import Offsets, Pairs, UnreadableJson, escape, parse
from app.pipeline.memo import Edit, Memory, digest, trimmed, untrimmed
from app.pipeline.placeholder import entity_of
from app.pipeline.redaction import Finding, Redaction, redact, replaced, reserve_literals
from app.pipeline.session import Session

_BOM = "\ufeff"


def decode(body: bytes) -> str:
    """A body as text. Bytes that are no UTF-8 become lone surrogates, which `encode` turns back."""
    return body.decode("utf-8", "surrogateescape")


def encode(text: str) -> bytes:
    """The inverse of `decode`."""
    return text.encode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class Part:
    """A leaf of a body: its token at `[start, end)` of the text, its name, whether it is history."""

    start: int
    end: int
    digest: bytes
    is_history: bool


@dataclass(frozen=True, slots=True)
class Outline:
    """What a body is made of. `opening` is a SHA-256 of how its conversation begins.

    `head` holds the strings and booleans at the top of the body (`model`, `stream`, …), and of tokens
    their handle.
    """

    parts: tuple[Part, ...]
    opening: bytes
    head: Mapping[str, Any] = field(repr=False)

    @property
    def model(self) -> str:
        """The model that is asked; "" where what should name one is a text."""
        model = self.head.get("model")
        return model if isinstance(model, str) and is_identifier(model) else ""


def outline(body: bytes, fields: Fields) -> tuple[Outline, list[Leaf]]:
    """The outline of `body` and, in the same order, its leaves. Raises UnreadableJson."""
    text = decode(body)
    mark = len(_BOM) if text.startswith(_BOM) else 0
    text = text[mark:]
    tree = parse(text)
    if not isinstance(tree, list):
        raise UnreadableJson("it is neither a JSON object nor an array")
    top = tree if isinstance(tree, Pairs) else Pairs()
    fresh = fresh_items(tree, fields.opening)
    found = list(leaves(text, fields, tree))
    parts = tuple(
        Part(leaf.start + mark, leaf.end + mark, digest(leaf.value, leaf.key), _is_history(leaf, fresh))
        for leaf in found
    )
    hashed = hashlib.sha256()
    for said in opening(tree, fields.opening):
        encoded = said.encode("utf-8", "surrogatepass")
        hashed.update(len(encoded).to_bytes(8, "big") + encoded)
    named = [(key, value if isinstance(value, bool) else handle(value)) for key, value in top]
    head = {key: value for key, value in named if value != "" and len(str(value)) <= 512}
    return Outline(parts, hashed.digest(), head), found


def _is_history(leaf: Leaf, fresh: frozenset[int] | None) -> bool:
    return fresh is not None and not (len(leaf.owners) > 1 and id(leaf.owners[1]) in fresh)


def redact_body(
    text: str,
    parts: Sequence[Part],
    found: Mapping[int, Sequence[Finding]],
    session: Session,
    *,
    quoting: bool,
) -> Redaction:
    """Replaces what is to hide in `text`.

    `found` has the findings of each part (by its place in `parts`, in the indices of its string)
    that was looked through; the others were sent before, and go out as they went then.
    """
    reserve_literals((finding for findings in found.values() for finding in findings), session, quoting=quoting)
    pieces: list[tuple[Finding, str]] = []
    for number, part in enumerate(parts):
        token = text[part.start : part.end]
        if number not in found:
            known = session.recall(part.digest)
            value = _value(token) if known else ""
            own = [(_remembered(edit, value, session), edit.text) for edit in untrimmed(known or (), value)]
        else:
            value = _value(token) if found[number] else ""
            redaction = redact(value, found[number], session, quoting=quoting)
            own = [(r.finding, r.placeholder) for r in redaction.replacements]
            edits = [Edit(finding.start, finding.end, placeholder) for finding, placeholder in own]
            session.remember(Memory(part.digest, trimmed(edits, value)))
        if own:
            offsets = Offsets(token, part.start)
            pieces += [
                (dataclasses.replace(f, start=offsets[f.start], end=offsets.end(f.end)), escape(stand_in))
                for f, stand_in in own
            ]
    return replaced(text, [finding for finding, _ in pieces], [stand_in for _, stand_in in pieces])


def _remembered(edit: Edit, value: str, session: Session) -> Finding:
    entity = entity_of(session.label(edit.text) or "CUSTOM")
    return Finding(edit.start, edit.end, entity, 1.0, "memo", value[edit.start : edit.end])


def _value(token: str) -> str:
    value = parse(token)
    assert isinstance(value, str)
    return value
