"""A message or a field of an exchange, as somebody reads it: on this side of the proxy and on the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from app.pipeline.json_text import UnreadableJson, decode
from app.pipeline.memo import Edit
from app.pipeline.placeholder import entity_of, label_of_mask, parts

#: What is shown of a value while originals are not.
VEIL = "••••"
_PLACEHOLDER = r"\[\[?[A-Z][A-Z0-9_]*_\d{1,9}\]\]?|<[A-Z][A-Z0-9_]*_\d{1,9}>"


@dataclass(frozen=True, slots=True)
class Mark:
    """A value at `[start, end)` of a section's `ours`, and what stands for it at `[at, until)` of its `theirs`.

    `source` and `score` are as in `Finding`; "" and 0 in an answer, where nothing was looked for.
    """

    start: int
    end: int
    at: int
    until: int
    entity: str
    source: str = ""
    score: float = 0.0

    def moved(self, ours: int, theirs: int) -> Mark:
        """The same, so much further on."""
        return replace(
            self, start=self.start + ours, end=self.end + ours, at=self.at + theirs, until=self.until + theirs
        )


@dataclass(frozen=True, slots=True)
class Section:
    """`ours` is what the tool sent or got, `theirs` what left this machine or came back. Hidden from repr.

    `is_whole`: a body as it went over the wire, whose texts are in other sections as well. `is_open`: `ours` holds
    values in other ways than in its marks.
    """

    label: str
    side: Literal["request", "answer"]
    ours: str = field(repr=False)
    theirs: str = field(repr=False)
    marks: tuple[Mark, ...] = ()
    is_whole: bool = False
    is_open: bool = False

    def value(self, mark: Mark) -> str:
        """What was hidden; "" where it cannot be told."""
        value = self.ours[mark.start : mark.end]
        if not self.is_whole or "\\" not in value:
            return value
        try:
            return decode(f'"{value}"')
        except UnreadableJson:
            return ""

    def placeholder(self, mark: Mark) -> str:
        """What stands for it."""
        return self.theirs[mark.at : mark.until]

    @property
    def veiled(self) -> Section:
        """The same with nothing in it that the other side does not know."""
        if self.is_open:
            return replace(self, ours="", marks=())
        out: list[str] = []
        marks: list[Mark] = []
        position = length = 0
        for mark in self.marks:
            between = self.ours[position : mark.start]
            length += len(between)
            out += (between, VEIL)
            marks.append(replace(mark, start=length, end=length + len(VEIL)))
            length += len(VEIL)
            position = mark.end
        out.append(self.ours[position:])
        return replace(self, ours="".join(out), marks=tuple(marks))


def joined(sections: Sequence[Section]) -> Section:
    """Several texts of one message as one, an empty line between them."""
    first = sections[0]
    if len(sections) == 1:
        return first
    ours = theirs = 0
    marks: list[Mark] = []
    for section in sections:
        marks += [mark.moved(ours, theirs) for mark in section.marks]
        ours += len(section.ours) + 2
        theirs += len(section.theirs) + 2
    return replace(
        first,
        ours="\n\n".join(section.ours for section in sections),
        theirs="\n\n".join(section.theirs for section in sections),
        marks=tuple(marks),
    )


def by_edits(label: str, came: str, got: str, edits: Sequence[Edit], entities: Mapping[str, str]) -> Section:
    """A text of an answer of which it is known where values stand in what the tool `got`."""
    marks = []
    shift = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        at = edit.start + shift
        until = at + len(edit.text)
        if edit.end <= len(got) and until <= len(came):
            marks.append(Mark(edit.start, edit.end, at, until, entity(edit.text, entities)))
        shift += len(edit.text) - (edit.end - edit.start)
    return Section(label, "answer", got, came, tuple(marks))


def aligned(label: str, came: str, got: str, values: Mapping[str, str], entities: Mapping[str, str]) -> Section:
    """A text of an answer of which only both sides are known. `values` are the values by their placeholder.

    Raises nothing: where the two cannot be brought together, what cannot be told is not marked, and the section is
    open.
    """
    known = "|".join(map(re.escape, sorted(filter(None, values), key=len, reverse=True)))
    found = list(re.finditer(f"{known}|{_PLACEHOLDER}" if known else _PLACEHOLDER, came))
    marks: list[Mark] = []
    position = before = 0  # in `got` and in `came`
    for number, match in enumerate(found):
        literal = came[before : match.start()]
        position += len(literal)
        following = found[number + 1].start() if number + 1 < len(found) else len(came)
        after = came[match.end() : following]
        end = _end(got, position, match.group(), values, after, is_last=following == len(came))
        if got[position:end] != match.group():
            kind = entity(match.group(), entities)
            marks.append(Mark(position, end, match.start(), match.end(), kind))
        position, before = end, match.end()
    position += len(came) - before
    is_clear = position == len(got) and _agree(came, got, marks)
    return Section(label, "answer", got, came, tuple(marks) if is_clear else (), is_open=not is_clear)


def _end(got: str, start: int, token: str, values: Mapping[str, str], after: str, is_last: bool) -> int:
    """Where in `got` what stands for `token` ends."""
    value = values.get(token, "")
    for stands in (token, value):
        if stands and got.startswith(stands, start) and got.startswith(after, start + len(stands)):
            return start + len(stands)
    if is_last:
        return max(start, len(got) - len(after))
    at = got.find(after, start) if after else -1
    return at if at > start else start + len(value or token)


def _agree(came: str, got: str, marks: Sequence[Mark]) -> bool:
    """Whether both say the same apart from what is marked."""
    ours = theirs = 0
    for mark in marks:
        if got[ours : mark.start] != came[theirs : mark.at]:
            return False
        ours, theirs = mark.end, mark.until
    return got[ours:] == came[theirs:]


def entity(token: str, known: Mapping[str, str]) -> str:
    """The type of what `token` stands for, as far as it is known or the token tells."""
    if token in known:
        return known[token]
    named = parts(token)
    return entity_of(named[0] if named else label_of_mask(token) or "CUSTOM")
