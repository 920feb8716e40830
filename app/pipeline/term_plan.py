"""What reading a file into the dictionary would change: seen before it is done, entry by entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from app.pipeline.detectors.gate import gate
from app.pipeline.term_files import term_of
from app.pipeline.terms import Kind, Term, caution

#: New; there with other options; there already, here or in the dictionary; not to be had.
Fate = Literal["new", "changed", "same", "refused"]
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Planned:
    """Entry `number` of a file (from 1): its term, and the `id` of the one it changes (0: none).

    `told` is why it is refused, or what to be told of it. A refused one has no term.
    """

    number: int
    fate: Fate
    term: Term | None
    told: str = ""
    id: int = 0


class Traffic:
    """Texts, to tell how often a term would be met in them. Built once: looking up a word then takes no time."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._text = "\n".join(texts).casefold()
        self._words = Counter(_WORD.findall(self._text))

    def matches(self, term: Term) -> int:
        """How often the text of `term` stands in them, whatever its case."""
        text = term.text.casefold().strip()
        words = _WORD.findall(text)
        if term.whole_word and words == [text]:
            return self._words[text]
        if term.whole_word and not all(word in self._words for word in words):
            return 0
        return self._text.count(text) if text else 0


def plan(
    rows: Iterable[Mapping[str, Any]], known: Mapping[int, Term], kind: Kind, traffic: Traffic
) -> Iterator[Planned]:
    """What each of `rows` would do to the terms that are `known` by id."""
    there = {(term.kind, term.text): (id, term) for id, term in known.items()}
    seen: dict[tuple[Kind, str], Term] = {}
    for number, row in enumerate(rows, 1):
        try:
            term = term_of(row, kind)
        except ValueError as error:
            yield Planned(number, "refused", None, str(error))
            continue
        name = term.kind, term.text
        id, before = there.get(name, (0, None))
        if seen.setdefault(name, term) != term:
            yield Planned(number, "refused", None, "An entry above says otherwise of the same text.")
            continue
        there[name] = id, term
        if before is None:
            yield Planned(number, "new", term, often(term, traffic) or caution(term))
        elif before == term:
            yield Planned(number, "same", term, "", id)
        else:
            yield Planned(number, "changed", term, "Its options become others.", id)


def often(term: Term, traffic: Traffic) -> str:
    """A sentence where `term` would hide more than somebody means to; mostly empty."""
    if term.kind != "term":
        return ""
    told = []
    if number := traffic.matches(term):
        told.append(f"Would match {number:,} {'time' if number == 1 else 'times'} in the requests that are kept.")
    if term.whole_word is False and len(term.text.strip()) <= 3:
        told.append("So few letters stand inside many words.")
    elif not term.case_sensitive and gate().is_common(term.text.strip().lower()):
        told.append("It is a common word.")
    return " ".join(told)


def changes(planned: Iterable[Planned], get: Callable[[int], Term | None]) -> tuple[list[Term], dict[int, Term]]:
    """What is to be added, and by id what is to become of those that change and still are there."""
    chosen = list(planned)
    new = [row.term for row in chosen if row.fate == "new" and row.term is not None]
    return new, {row.id: row.term for row in chosen if row.fate == "changed" and row.term and get(row.id)}
