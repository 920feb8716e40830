"""Known values: what was hidden once is found again, in every form that says the same."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from app.pipeline.alike import Origins, alike, compact
from app.pipeline.forms import Form, forms
from app.pipeline.placeholder import Part
from app.pipeline.span import Span
from app.pipeline.spelling import holds, is_spelt, whole

#: Characters looked through at a time: what does it holds the GIL.
_STRETCH = 64 * 1024
#: A block this much larger than the next one is not made again for it.
_GROWTH = 4
#: So many new values are worked out without a wait that anybody would notice.
_AT_ONCE = 200
_TITLE = re.compile(r"(?:(?:mrs?|ms|mx|miss|dr|prof(?:essor)?|sir)\b\.?\s*)+", re.IGNORECASE)

#: Whether a value of an entity is to be left alone after all: (entity, value).
Spared = Callable[[str, str], bool]


class Related(NamedTuple):
    """What a value is a part or another spelling of."""

    value: str
    part: Part


class _Block:
    """Forms that are looked for together, in two passes: over a text, and over what is left of it
    without separators.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms = list(forms)
        self._sides: list[tuple[bool, list[list[Form]], int, AhoCorasick]] = []
        for loose in (False, True):
            by_key: dict[str, list[Form]] = {}
            for form in self.forms:
                if form.loose is loose:
                    by_key.setdefault(form.key, []).append(form)
            if by_key:
                automaton = AhoCorasick(by_key, MatchKind.Standard, implementation=Implementation.ContiguousNFA)
                self._sides.append((loose, list(by_key.values()), max(map(len, by_key)), automaton))

    def hits(self, view: _View) -> Iterator[tuple[int, int, list[Form]]]:
        """Where forms stand in the view, whatever is around them."""
        for loose, alternatives, longest, automaton in self._sides:
            text = view.compact if loose else view.alike
            for base in range(0, len(text), _STRETCH):
                low = max(0, base - longest)
                piece = text[low : base + _STRETCH]
                for pattern, start, end in automaton.find_matches_as_indexes(piece, overlapping=True):
                    if low + end > base:
                        start, end = low + start, low + end
                        if loose:
                            start, end = view.origins[start], view.origins[end - 1] + 1
                        yield start, end, alternatives[pattern]


class _View:
    """A text with what is compared of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.alike = alike(text)
        self._compact: str | None = None
        self.origins = Origins(self.alike)

    @property
    def compact(self) -> str:
        if self._compact is None:
            self._compact = compact(self.alike)
        return self._compact


class Known:
    """Known values: those of a session, or those of a session and of one request on top of it.

    Learning a value costs next to nothing; what it is known by is worked out when a text is looked through, which
    may happen in another thread.
    """

    def __init__(self) -> None:
        self._blocks: tuple[_Block, ...] = ()
        self._inherited: tuple[_Block, ...] = ()
        self._fresh: dict[tuple[str, str], None] = {}
        self._lock = threading.RLock()
        self._values: set[str] = set()
        self._forms: dict[str, list[Form]] = {}  # by their keys
        self._below: dict[str, list[Form]] = {}  # those that were inherited

    def learn(self, entity: str, value: str) -> None:
        """From now on `value` is known."""
        if value not in self._values:
            self._values.add(value)
            self._fresh[entity, value] = None

    def also(self, values: Iterable[tuple[str, str]]) -> Known:
        """What is known now, and more (entity, value), which are forgotten with what this returns."""
        self.settle()
        more = Known()
        more._inherited = (*self._inherited, *self._blocks)
        more._below = self._forms
        for entity, value in values:
            if value not in self._values:
                more.learn(entity, value)
        more.settle()
        return more

    @property
    def is_behind(self) -> bool:
        """Whether so much was learnt of late that `settle` takes its time: a thread's work."""
        return len(self._fresh) > _AT_ONCE

    def __bool__(self) -> bool:
        return bool(self._blocks or self._inherited or self._fresh)

    def spans(self, text: str, spared: Spared) -> list[Span]:
        """Where known values stand in `text`, from left to right, of two that begin alike the longer first."""
        self.settle()
        view = _View(text)
        found: dict[tuple[int, int], Form] = {}
        for block in (*self._inherited, *self._blocks):
            for start, end, alternatives in block.hits(view):
                for form in alternatives:
                    if (start, end) not in found and holds(form, text, start, end):
                        stop = whole(text, end)
                        if not spared(form.entity, form.value) and not spared(form.entity, text[start:stop]):
                            found[start, stop] = form
        ordered = sorted(found.items(), key=lambda item: (item[0][0], -item[0][1]))
        return [Span(start, end, form.entity, form.score, "known") for (start, end), form in ordered]

    def related(self, entity: str, value: str) -> Related | None:
        """What `value` is a part or another spelling of; None if nothing, or of more than one.

        What several persons have in common belongs to none of them.
        """
        self.settle()
        return self._related(entity, value)

    def _related(self, entity: str, value: str) -> Related | None:
        bare = value.strip()
        if title := _TITLE.match(bare):
            bare = bare[title.end() :]
        bare = bare.removesuffix("'s").removesuffix("’s")
        key = alike(bare)
        found: dict[str, Form] = {}
        for loose, name in ((False, key), (True, compact(key))):
            for form in (*self._below.get(name, ()), *self._forms.get(name, ())):
                is_it = form.entity == entity and form.loose is loose and form.value != value
                if is_it and (not loose or is_spelt(form, bare)):
                    found.setdefault(form.value, form)
        # Who is known by one name alone may be any of those who bear it.
        persons = [form for form in found.values() if form.part or form.breaks] or list(found.values())
        return Related(persons[0].value, persons[0].part) if len(persons) == 1 else None

    def settle(self) -> None:
        """Makes what has been learnt findable; the others here do so as well."""
        if self._fresh:
            with self._lock:
                self._make()

    def _make(self) -> None:
        fresh = list(self._fresh)
        made: list[Form] = []
        # The longest first: what is a part or another spelling of it has no forms of its own.
        for entity, value in sorted(fresh, key=lambda learnt: (-len(learnt[1].split()), -len(learnt[1]))):
            if self._related(entity, value) is None:
                for form in forms(entity, value):
                    made.append(form)
                    self._forms.setdefault(form.key, []).append(form)
        blocks = self._blocks
        while made and blocks and len(blocks[-1].forms) < _GROWTH * len(made):
            made = [*blocks[-1].forms, *made]
            blocks = blocks[:-1]
        if made:
            self._blocks = (*blocks, _Block(made))
        for learnt in fresh:
            del self._fresh[learnt]
