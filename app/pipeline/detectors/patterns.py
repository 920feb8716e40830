"""The pattern layer: identifiers known by format, check digits, printed grouping or a word beside them.

Running more than a hundred expressions over a text one after the other manages half a megabyte a second. So they are
driven from four places where a value can be at all:

* rows that need a keyword: beside the keywords, which one Aho-Corasick pass finds (see `keywords`);
* rows around a rare character (`@`, `://`): from that character, looking back for the beginning;
* all others begin with a digit or a capital: one pass finds such beginnings, one expression sifts them,
  and only what is left meets the rows;
* telephone numbers, postal addresses and messages of HL7: see `phones`, `addresses` and `hl7`.

None of this changes what a row means; a test holds it against running each row by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from app.pipeline.detectors import addresses, elements, hl7, phones, postcodes
from app.pipeline.detectors.keywords import Keywords
from app.pipeline.patterns import ALL, Pattern
from app.pipeline.policy import Policy
from app.pipeline.span import Span

# Where a row without keyword can begin: a digit or capital at the start of a word, with as much behind it as the
# shortest value has ("M1 1AA", "12-34-56 …"). What most often fails is asked first.
_START = re.compile(
    "[A-Z0-9](?=[0-9A-Z \u00a0\u202f\\-\u2010\u2011\u2013]{4})(?<![A-Za-z0-9_].)"
    "(?:(?<=[0-9])(?=[0-9A-Z][0-9A-Z \u00a0\u202f\\-\u2010\u2011\u2013]{5})"
    "|(?<=[A-Z])(?=[A-Z]{0,7}[ \u00a0]?[0-9][0-9A-Z \u00a0]{3}))"
)


class PatternsDetector:
    """Layer "patterns": the rows of the policy's regions, telephone numbers and addresses."""

    name = "patterns"

    def detect(self, text: str, policy: Policy) -> Iterable[Span]:
        """Spans of values; the same place may be several identifiers at once."""
        found: dict[tuple[int, int, str], float] = {}
        for start, end, row, score in _plan(policy.regions).find(text):
            key = (start, end, row.entity)
            found[key] = max(score, found.get(key, 0.0))
        for start, end, entity, score in hl7.find(text, policy):
            found[start, end, entity] = max(score, found.get((start, end, entity), 0.0))
        postcodes.tell_apart(text, found)
        spans = [Span(*key, score, self.name) for key, score in found.items()]
        spans += (Span(start, end, phones.ENTITY, phones.SCORE, self.name) for start, end in phones.find(text, policy))
        spans += (Span(*place, addresses.ENTITY, addresses.SCORE, self.name) for place in addresses.find(text, policy))
        spans += (Span(*value, self.name) for value in elements.find(text))
        return spans


class _Plan:
    """The rows of some regions, arranged by how they are driven."""

    def __init__(self, rows: tuple[Pattern, ...]) -> None:
        alone = [row for row in rows if not row.context_required]
        self._around = _alike(row for row in alone if row.before is not None)
        self._plain = [row for row in alone if row.before is None]
        self._sieve = re.compile("|".join(row.regex.pattern for row in self._plain))
        self._keywords = Keywords(rows)

    def find(self, text: str) -> Iterator[tuple[int, int, Pattern, float]]:
        """Every value as start, end, row and score."""
        for rows in self._around:
            if rows[0].prefilter in text:
                yield from _around(text, rows)
        for begin in _START.finditer(text):
            start = begin.start()
            if self._sieve.match(text, start):
                for row in self._plain:
                    match = row.regex.match(text, start)
                    if match and row.accepts(text, start, match.end()):
                        yield start, match.end(), row, row.score
        yield from self._keywords.find(text)


def _alike(rows: Iterable[Pattern]) -> list[list[Pattern]]:
    """Rows around a rare character, those of one form together."""
    forms: dict[tuple[re.Pattern[str], re.Pattern[str] | None], list[Pattern]] = {}
    for row in rows:
        forms.setdefault((row.regex, row.before), []).append(row)
    return list(forms.values())


def _around(text: str, rows: list[Pattern]) -> Iterator[tuple[int, int, Pattern, float]]:
    form = rows[0]
    assert form.before is not None
    for match in form.regex.finditer(text):
        middle = match.start()
        before = form.before.search(text, max(0, middle - form.look_back), middle)
        for row in rows if before else ():
            if before and row.accepts(text, before.start(), match.end()):
                yield before.start(), match.end(), row, row.score


@lru_cache(maxsize=32)
def _plan(regions: frozenset[str]) -> _Plan:
    policy = Policy(regions=regions)
    return _Plan(tuple(row for row in ALL if policy.covers(row.region)))
