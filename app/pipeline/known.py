"""Known values: what was hidden once is found again, in every form that says the same."""

from __future__ import annotations

import re
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from app.pipeline.alike import Origins, alike, compact
from app.pipeline.forms import Form, forms
from app.pipeline.placeholder import Part
from app.pipeline.span import Span
from app.pipeline.spelling import is_spelt, stands, whole

#: Characters looked through at a time: what does it holds the GIL.
_STRETCH = 64 * 1024
#: A block this much larger than the next one is not made again for it.
_GROWTH = 4
#: Forms in a block; while one is made, nothing else runs.
_LARGEST = 5_000
#: So many new values are worked out without a wait that anybody would notice.
_AT_ONCE = 200
_TITLE = re.compile(r"(?:(?:mrs?|ms|mx|miss|dr|prof(?:essor)?|sir)\b\.?\s*)+", re.IGNORECASE)

#: Whether a value of an entity is to be left alone after all: (entity, value).
Spared = Callable[[str, str], bool]


class Related(NamedTuple):
    """What a value is a part or another spelling of. The value is hidden from repr."""

    value: str
    part: Part

    def __repr__(self) -> str:
        return f"<Related by {self.part!r}>"


class _Block:
    """Forms that are looked for together, in two passes: over a text, and over what is left of it
    without separators.
    """

    def __init__(self, forms: Iterable[Form]) -> None:
        self.forms = list(forms)
        self._sides: list[tuple[bool, list[list[list[Form]]], int, AhoCorasick]] = []
        for loose in (False, True):
            by_key: dict[str, dict[Form, list[Form]]] = {}
            for form in self.forms:
                if form.loose is loose:
                    # A thousand persons may have one name; whether it stands there is asked once.
                    by_key.setdefault(form.key, {}).setdefault(form.of_nobody, []).append(form)
            if by_key:
                automaton = AhoCorasick(by_key, MatchKind.Standard, implementation=Implementation.ContiguousNFA)
                forms_of = [list(same.values()) for same in by_key.values()]
                self._sides.append((loose, forms_of, max(map(len, by_key)), automaton))

    def hits(self, view: _View) -> Iterator[tuple[int, int, list[list[Form]]]]:
        """Where forms stand in the view, whatever is around them; those that differ only in whose they are together."""
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

    def spans(self, text: str, spared: Spared, hidden: Sequence[Span] = ()) -> list[Span]:
        """Where known values stand in `text`, from left to right, of two that begin alike the longer first.

        Not within one of those that are `hidden` anyway (disjoint and sorted).
        """
        self.settle()
        view = _View(text)
        found: dict[tuple[int, int], Form] = {}
        ends = [span.end for span in hidden]
        spelt: dict[tuple[int, str], bool] = {}  # a text that repeats itself is hostile, or a table
        latest: dict[int, int] = {}
        for block in (*self._inherited, *self._blocks):
            for start, end, alternatives in block.hits(view):
                after = bisect_left(ends, end)
                if after < len(ends) and hidden[after].start <= start:
                    continue
                for same in alternatives:
                    form, name = same[0], id(same)
                    if start < latest.get(name, 0) or not stands(form, text, start, end):
                        continue
                    surface = text[start:end]
                    if (is_it := spelt.get((name, surface))) is None:
                        is_it = spelt[name, surface] = is_spelt(form, surface)
                    if not is_it:
                        continue
                    stop = whole(text, end)
                    own = next((one for one in same if not spared(one.entity, one.value)), None)
                    if own is not None and not spared(own.entity, text[start:stop]):
                        # Of those that overlap with themselves, the first is enough: no whole one is left.
                        latest[name] = stop
                        found.setdefault((start, stop), own)
                        break
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
                is_it = form.entity == entity and form.loose is loose and form.value != value and not form.is_exact
                if is_it and is_spelt(form, bare):
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
        while blocks and len(blocks[-1].forms) < min(_GROWTH * len(made), _LARGEST):
            made = [*blocks[-1].forms, *made]
            blocks = blocks[:-1]
        self._blocks = (*blocks, *(_Block(made[at : at + _LARGEST]) for at in range(0, len(made), _LARGEST)))
        for learnt in fresh:
            del self._fresh[learnt]
