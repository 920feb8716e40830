"""Terms by what they fold to, looked for all at once, and changed one by one without starting over."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import astuple
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation, MatchKind

from app.pipeline.fold import fold, keep_case
from app.pipeline.terms import Term

#: New keys are looked for beside the rest until there are so many that all are built anew.
_FEW = 2_000


class Entry(NamedTuple):
    """A term, and what `keep_case` makes of it if case matters, else ""."""

    term: Term
    cased: str


def _particular(entry: Entry) -> tuple[bool, tuple[object, ...]]:
    """When several hold at one place, the more particular one names it, else always the same one."""
    return not entry.term.case_sensitive, astuple(entry.term)


#: All terms that fold to one key; empty once they are gone.
Entries = list[Entry]
#: The terms of a key, and where it stands in a folded text.
Hit = tuple[Entries, int, int]


class _Index:
    """Keys that are looked for together."""

    def __init__(self, by_key: Mapping[bytes, Entries]) -> None:
        """The lists may change later."""
        self._entries = list(by_key.values())
        self._automaton = BytesAhoCorasick(by_key, MatchKind.Standard, Implementation.ContiguousNFA)

    def hits(self, data: bytes) -> list[Hit]:
        found = self._automaton.find_matches_as_indexes(data, overlapping=True)
        return [(self._entries[key], start, end) for key, start, end in found]


class Lexicon:
    """Terms that are enabled and fold to something; false without any.

    Building 100,000 terms takes a second and holds the GIL. Changing one among them takes a millisecond.
    """

    def __init__(self) -> None:
        self._by_key: dict[bytes, Entries] = {}
        self._new: dict[bytes, Entries] = {}  # the keys that `_many` does not have
        self._many: _Index | None = None
        self._few: _Index | None = None
        self._is_built = True
        self._has_others = False
        #: Bytes of the longest key so far.
        self.longest = 0
        #: How many terms have each type, and each stand-in.
        self.entities: Counter[str] = Counter()
        self.replacements: Counter[str] = Counter()

    def __bool__(self) -> bool:
        return bool(self.entities)

    def change(self, gone: Iterable[Term], new: Iterable[Term]) -> bool:
        """Without those `gone`, which were given before, and with those that are `new`.

        Tells whether `entities` or `replacements` may have become others.
        """
        self._has_others = False
        for term in gone:
            if term.enabled and (key := fold(term.text)):
                entries = self._by_key[key]
                del entries[[entry.term for entry in entries].index(term)]
                self._count(term, -1)
        for term in new:
            if term.enabled and (key := fold(term.text)):
                if key not in self._by_key:
                    self._by_key[key] = self._new[key] = []
                    self.longest = max(self.longest, len(key))
                    self._is_built = False
                entry = Entry(term, keep_case(term.text) if term.case_sensitive else "")
                if entries := self._by_key[key]:
                    insort(entries, entry, key=_particular)
                else:
                    entries.append(entry)
                self._count(term, 1)
        if not self:
            self._by_key, self._new, self._many, self._few, self.longest = {}, {}, None, None, 0
        return self._has_others

    def _count(self, term: Term, change: int) -> None:
        for name, counter in ((term.entity, self.entities), (term.replacement, self.replacements)):
            if name:
                before = counter[name]
                counter[name] = before + change
                if not counter[name]:
                    del counter[name]
                self._has_others |= not before or name not in counter

    def build(self) -> None:
        """Makes ready for `hits`, which otherwise does so first."""
        if self._is_built:
            return
        if len(self._new) > _FEW:
            self._by_key = {key: entries for key, entries in self._by_key.items() if entries}
            self._many, self._few, self._new = _Index(self._by_key), None, {}
        elif self._new:
            self._few = _Index(self._new)
        self._is_built = True
        import numpy  # noqa: F401  0.2 s and 20 MB: now, not in a request, and not where there are no terms

    def hits(self, data: bytes) -> list[Hit]:
        """Every place in a folded text where one of the keys stands."""
        self.build()
        return [hit for index in (self._many, self._few) if index for hit in index.hits(data)]
