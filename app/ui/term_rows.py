"""Which terms of one kind are shown, and in which order: those that are found, sorted, in steps for very many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from app.pipeline.steps import Steps
from app.pipeline.terms import Kind, Term
from app.store.term_use import TermUse

#: Rows that are sorted in one go: what is sorted piece by piece is then merged in no time.
_PIECE = 5_000


class Entries(NamedTuple):
    """Terms by id, and what each is found by. Made once: a search then takes a few milliseconds for 100,000."""

    terms: dict[int, Term]
    sought: dict[int, str]


class TermRows:
    """The terms of a kind by id, what of them is searched for, and what they are sorted by."""

    def __init__(self, kind: Kind, use: TermUse | None = None) -> None:
        self._kind = kind
        self._use = use
        self._entries = Entries({}, {})
        self._needle = ""
        #: An attribute, and whether it falls; None for the order in which terms were added.
        self.order: tuple[str, bool] | None = None

    def __len__(self) -> int:
        return len(self._entries.terms)

    def __contains__(self, id: int) -> bool:
        return id in self._entries.terms

    def __getitem__(self, id: int) -> Term:
        return self._entries.terms[id]

    def keep(self, id: int, term: Term) -> None:
        """Adds a term, or what it has become."""
        self._entries.terms[id] = term
        self._entries.sought[id] = _sought(term)

    def drop(self, ids: Iterable[int]) -> None:
        for id in ids:
            del self._entries.terms[id], self._entries.sought[id]

    def seek(self, text: str) -> None:
        """From now on, those alone are found that have `text` in what they hide, their type or their replacement."""
        self._needle = text.casefold().strip()

    def is_found(self, id: int) -> bool:
        return self._needle in self._entries.sought[id]

    def value(self, id: int, attribute: str) -> Any:
        """An attribute of a term, or of its use."""
        if attribute in ("hits", "last"):
            return getattr(self._use.get(id), attribute) if self._use is not None else 0
        return getattr(self._entries.terms[id], attribute)

    def read(self, stored: Mapping[int, Term]) -> Steps[Entries]:
        """What `stored` has of the kind."""
        known, sought = self._entries
        read = Entries({}, {})
        for id, term in stored.items():
            if term.kind == self._kind:
                read.terms[id] = term
                read.sought[id] = sought[id] if known.get(id) is term else _sought(term)
            yield
        return read

    def replace(self, entries: Entries, but: Iterable[int]) -> None:
        """Has `entries` alone from now on, and the terms `but` as they are."""
        for id in but:
            if id in self:
                entries.terms[id], entries.sought[id] = self._entries.terms[id], self._entries.sought[id]
        self._entries = entries

    def arranged(self) -> Steps[list[int]]:
        """The ids of those that are found, in order. Terms may come and go between the steps."""
        needle, order = self._needle, self.order
        terms, sought = self._entries
        ids = [id for id, text in sought.items() if needle in text] if needle else list(terms)
        yield
        if order is None:
            ids.sort()  # ids grow as they are given
            return ids
        attribute, down = order
        ranks: dict[int, Any] = {}
        for id in ids:
            if id in self:
                ranks[id] = self._rank(id, attribute)
            yield
        pieces = list(ranks)
        for start in range(0, len(pieces), _PIECE):
            end = start + _PIECE
            pieces[start:end] = sorted(pieces[start:end], key=ranks.__getitem__, reverse=down)
            yield
        return sorted(pieces, key=ranks.__getitem__, reverse=down)

    def _rank(self, id: int, attribute: str) -> Any:
        value = self.value(id, attribute)
        return value.casefold() if isinstance(value, str) else value


def _sought(term: Term) -> str:
    """What it is found by."""
    return f"{term.text}\n{term.entity}\n{term.replacement}".casefold()
