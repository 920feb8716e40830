"""A body that could leave as it is redacted now, and what it would be with changes of the user's."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from app.pipeline.fields import Fields, Form, leaves
from app.pipeline.known import Known
from app.pipeline.outline import Part, redacting_body, said
from app.pipeline.placeholder import LITERAL, Style, label_of
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding, Redaction, findings_in, replaced
from app.pipeline.session import Session
from app.pipeline.span import Span, resolve
from app.pipeline.steps import Steps, finished

#: The source of what the user has selected.
SOURCE = "review"
_ENTITY = "CUSTOM"


class Place(NamedTuple):
    """`[start, end)` of what a part says."""

    part: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What goes as it is (`off`), what is hidden besides. `as_is`: nothing new in the body is hidden."""

    off: frozenset[Place] = frozenset()
    hidden: frozenset[Place] = frozenset()
    as_is: bool = False

    def __bool__(self) -> bool:
        return bool(self.off or self.hidden or self.as_is)


UNCHANGED = Changes()


@dataclass(frozen=True, slots=True)
class Passage:
    """A text in a body that has not left before: what it says and would say. `off` was found, and goes as it is."""

    part: int
    where: str
    redaction: Redaction
    off: tuple[Finding, ...] = ()

    @property
    def text(self) -> str:
        """What it says."""
        return self.redaction.original


@dataclass(slots=True)
class Draft:
    """`text` with the findings in those of its parts that were looked through; the others left before as they will.

    What is in them is as `redact_body` takes it, `redaction` as that gave it.
    """

    text: str = field(repr=False)
    parts: Sequence[Part] = field(repr=False)
    fields: Fields = field(repr=False)
    found: dict[int, tuple[Finding, ...]] = field(repr=False)
    session: Session
    policy: Policy
    among: Known = field(repr=False)
    quoting: bool
    style: Style
    masked: Collection[str]
    redaction: Redaction = field(init=False, repr=False)

    def redact(self) -> Redaction:
        """What may leave. The session learns of it, and has to be stored then."""
        return finished(self.redacting())

    def redacting(self) -> Steps[Redaction]:
        """`redact` in steps. Others may use the session in between."""
        self.redaction = yield from redacting_body(
            self.text,
            self.parts,
            self.found,
            self.session,
            quoting=self.quoting,
            style=self.style,
            among=self.among,
            masked=self.masked,
        )
        self.session.known.adopt(self.among)
        return self.redaction

    def changed(self, changes: Changes) -> Draft:
        """The draft with `changes`, which is to be redacted then. Raises ValueError where one does not fit."""
        self.check(changes)
        return replace(self, found=self._found(changes))

    def passages(self, changes: Changes = UNCHANGED) -> tuple[Passage, ...]:
        """The texts that are new in the body, as they would be with `changes`. Nobody learns of it.

        A placeholder that is yet to be made has no number: `[PERSON_…]`. Raises ValueError as `changed` does.
        """
        self.check(changes)
        found = self._found(changes) if changes else self.found
        edits = self.redaction.edits
        tokens = {
            said_there[edit.start : edit.end]: edit.text
            for number, said_there in self._texts()
            for edit in edits.get(number, ())
        }
        where = self._where()
        out = []
        for number, said_there in self._texts():
            there = {(edit.start, edit.end): edit.text for edit in edits.get(number, ())}
            now = [f for f in found[number] if not self._stays(f, there)]
            redaction = replaced(
                said_there,
                now,
                [there.get((f.start, f.end)) or tokens.get(f.value) or f"[{label_of(f.entity)}_…]" for f in now],
            )
            kept = {(f.start, f.end) for f in found[number]}
            off = tuple(f for f in self.found[number] if is_free(f) and (f.start, f.end) not in kept)
            out.append(Passage(number, where.get(self.parts[number].start, ""), redaction, off))
        return tuple(out)

    def check(self, changes: Changes) -> None:
        """Raises ValueError for a place that is none, or that cannot be changed."""
        texts = dict(self._texts()) if changes else {}
        for place in changes.off:
            found = self.found.get(place.part, ()) if place.part in texts else ()
            if not any((f.start, f.end) == place[1:] and is_free(f) for f in found):
                raise ValueError("Nothing was found there that could go as it is.")
        for place in changes.hidden:
            said_there = texts.get(place.part, "")
            if self.parts[place.part].form is Form.NUMBER if place.part in texts else True:
                raise ValueError("There is no such text.")
            if not 0 <= place.start < place.end <= len(said_there) or not said_there[place.start : place.end].strip():
                raise ValueError("There is nothing to hide there.")

    def _texts(self) -> Iterator[tuple[int, str]]:
        for number in sorted(self.found):
            part = self.parts[number]
            if part.into is None and (part.form is not Form.NUMBER or self.found[number]):
                text = said(self.text[part.start : part.end], part.form)
                if text.strip():
                    yield number, text

    def _where(self) -> dict[int, str]:
        """Who says a part, or else what it is of, by its place."""
        mark = int(self.text.startswith("\ufeff"))
        out = {}
        for leaf in leaves(self.text[mark:], self.fields, binary=True, digits=1, keys=True):
            role = next((r for owner in reversed(leaf.owners) if isinstance(r := owner.get("role"), str)), "")
            out[leaf.start + mark] = role[:20] or leaf.path.partition("[")[0].partition(".")[0]
        return out

    def _found(self, changes: Changes) -> dict[int, tuple[Finding, ...]]:
        found = dict(self.found)
        if changes.as_is:
            return {number: tuple(f for f in own if not is_free(f)) for number, own in found.items()}
        texts = dict(self._texts()) if changes.hidden else {}
        values = {texts[place.part][place.start : place.end] for place in changes.hidden}
        for number, text in texts.items():
            # What is hidden in one place is hidden in all.
            new = {(p.start, p.end) for p in changes.hidden if p.part == number}
            new |= {place for value in values for place in _occurrences(value, text)}
            if new and self.parts[number].form is not Form.NUMBER:
                spans = [Span(f.start, f.end, f.entity, f.score, f.source, f.replacement) for f in found[number]]
                spans += [Span(start, end, _ENTITY, 1.0, SOURCE) for start, end in new]
                found[number] = tuple(findings_in(text, resolve(spans, self.policy.weight)))
        for place in changes.off:
            found[place.part] = tuple(f for f in found[place.part] if (f.start, f.end) != place[1:])
        return found

    def _stays(self, finding: Finding, there: dict[tuple[int, int], str]) -> bool:
        return finding.source == "literal" and (finding.start, finding.end) not in there


def is_free(finding: Finding) -> bool:
    """Whether the user may let it go as it is: what looks like a placeholder has to be told from one."""
    return finding.source != "literal" and finding.entity != LITERAL


def _occurrences(value: str, text: str) -> Iterator[tuple[int, int]]:
    """Where `value` stands in `text`, not in the middle of a word."""
    before, after = (r"(?<!\w)" if value[0].isalnum() else ""), (r"(?!\w)" if value[-1].isalnum() else "")
    for match in re.finditer(before + re.escape(value) + after, text):
        yield match.span()
