"""Which numbers in bodies and answers are offsets into which text, by dialect.

Tokens and their positions (`logprobs`, `text_offset`) are not among them: a placeholder's tokens are not the value's.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from app.pipeline.fields import Fields, Leaf
from app.pipeline.json_text import Pairs
from app.pipeline.memo import Edit, Edits
from app.pipeline.offsets import Offset, OffsetMap, may_hold, moved, owner_of


def _openai() -> Iterable[Offset]:
    # Wherever an output item or a part of one stands: requests, answers, lists, events with a whole copy.
    items = ("input[].", "items[].", "data[].", "output[].", "response.output[].", "response.input[].", "item.", "")
    parts = [*(f"{item}content[]" for item in items), "part"]
    for index in ("start_index", "end_index", "index"):
        yield from (Offset(f"{part}.annotations[].{index}", f"{part}.text") for part in parts)
        yield Offset(f"annotation.{index}", "delta")
        for message in ("messages[]", "data[]", "choices[].message", "choices[].delta"):
            yield Offset(f"{message}.annotations[].url_citation.{index}", f"{message}.content")
    for index in ("start_index", "end_index"):  # assistants
        for part in ("content[]", "data[].content[]", "delta.content[]"):
            yield Offset(f"{part}.text.annotations[].{index}", f"{part}.text.value")


def _anthropic() -> Iterable[Offset]:
    for index in ("start_char_index", "end_char_index"):
        for base in ("messages[].content[]", "content[]", "message.content[]", "content_block"):
            yield Offset(f"{base}.citations[].{index}")
        yield Offset(f"delta.citation.{index}")


def _gemini() -> Iterable[Offset]:
    text = "candidates[].content.parts[].text"
    for index in ("startIndex", "endIndex"):
        yield Offset(f"candidates[].groundingMetadata.groundingSupports[].segment.{index}", text, "bytes")
        for sources in ("citationSources", "citations"):
            yield Offset(f"candidates[].citationMetadata.{sources}[].{index}", text, "bytes")


_RULES: Mapping[str, tuple[Offset, ...]] = {
    "openai": tuple(_openai()),
    "anthropic": tuple(_anthropic()),
    "gemini": tuple(_gemini()),
}


_BY_PATH = {dialect: {rule.at: rule for rule in rules} for dialect, rules in _RULES.items()}
_NO_FIELDS = Fields()


@lru_cache(maxsize=256)
def with_offsets(fields: Fields, dialect: str) -> Fields:
    """`fields` with what this module says of the dialect's offsets."""
    return dataclasses.replace(fields, offsets=_RULES.get(dialect, ()))


@dataclass(frozen=True, slots=True)
class Restored:
    """A text as it came, as the client gets it, and what was put back in it."""

    came: str = field(repr=False)
    got: str = field(repr=False)
    edits: Sequence[Edit]
    labels: frozenset[str] = frozenset()


#: What tells two channels with the same path apart, in the objects around a delta.
_NAMES = ("index", "item_id", "output_index", "content_index")


def names(owners: Sequence[Pairs]) -> tuple[tuple[object, ...], ...]:
    """What the objects around a delta, or around a number that points into it, call their channel."""
    return tuple(tuple(owner.get(name) or 0 for name in _NAMES) for owner in owners)


class Places:
    """The offsets in one answer. `sources` are the edits of the request's documents, in their order."""

    def __init__(self, dialect: str = "", sources: Sequence[Edits] = ()) -> None:
        self._dialect = dialect
        self._rules = _BY_PATH.get(dialect, {})
        self._sources = sources

    def fields(self, fields: Fields) -> Fields:
        """`fields` such that a walk meets the offsets."""
        return with_offsets(fields, self._dialect)

    def are_in(self, text: str) -> bool:
        """Whether `text`, an answer or an event, may hold offsets at all."""
        return may_hold(text, self.fields(_NO_FIELDS))

    def rule(self, leaf: Leaf) -> Offset | None:
        """What the number `leaf` points into, None where it is no offset."""
        return self._rules.get(leaf.path) if leaf.value.isdigit() else None

    def moved(self, leaf: Leaf, rule: Offset, texts: Mapping[tuple[str, int], Restored]) -> str | None:
        """How `leaf` is to be written, by the `texts` of its own answer; None where they are not there.

        They are called by their path and the `id` of the object that holds them.
        """
        if not rule.text:
            number = leaf.owners[-1].get("document_index")
            known = isinstance(number, int) and 0 <= number < len(self._sources)
            edits = self._sources[number] if known else ()
            return str(OffsetMap(edits).to_client(int(leaf.value), is_end=rule.is_end))
        text = texts.get((rule.text, id(owner_of(rule, leaf.owners))))
        return None if text is None else into(leaf, rule, text)


def into(leaf: Leaf, rule: Offset, text: Restored) -> str:
    """How `leaf`, which points into `text`, is to be written."""
    return str(moved(int(leaf.value), rule, text.came, text.got, text.edits))
