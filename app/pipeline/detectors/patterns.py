"""The pattern layer: identifiers known by format, check digits, printed grouping or a word beside them.

Running more than a hundred expressions over a text one after the other manages half a megabyte a second. So they are
driven from four places where a value can be at all:

* rows that need a keyword: beside the keywords, which one Aho-Corasick pass finds (see `keywords`);
* rows around a rare character (`@`, `://`): from that character, looking back for the beginning;
* all others begin with a digit or a capital: one pass finds such beginnings, one expression sifts them,
  and only what is left meets the rows;
* telephone numbers and postal addresses: see `phones` and `addresses`.

None of this changes what a row means; a test holds it against running each row by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from app.pipeline.detectors import addresses, phones
from app.pipeline.detectors.keywords import Keywords
from app.pipeline.patterns import ALL, Pattern
from app.pipeline.policy import Policy
from app.pipeline.span import Span

# How far to look back from the rare character in the middle of a value.
_LOOK_BACK = 255

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
        spans = [Span(*key, score, self.name) for key, score in found.items()]
        spans += (Span(start, end, phones.ENTITY, phones.SCORE, self.name) for start, end in phones.find(text, policy))
        spans += (Span(*place, addresses.ENTITY, addresses.SCORE, self.name) for place in addresses.find(text, policy))
        return spans


class _Plan:
    """The rows of some regions, arranged by how they are driven."""

    def __init__(self, rows: tuple[Pattern, ...]) -> None:
        alone = [row for row in rows if not row.context_required]
        self._around = [row for row in alone if row.before is not None]
        self._plain = [row for row in alone if row.before is None]
        self._sieve = re.compile("|".join(row.regex.pattern for row in self._plain))
        self._keywords = Keywords(rows)

    def find(self, text: str) -> Iterator[tuple[int, int, Pattern, float]]:
        """Every value as start, end, row and score."""
        for row in self._around:
            if row.prefilter in text:
                yield from _around(text, row)
        for begin in _START.finditer(text):
            start = begin.start()
            if self._sieve.match(text, start):
                for row in self._plain:
                    match = row.regex.match(text, start)
                    if match and row.accepts(text, start, match.end()):
                        yield start, match.end(), row, row.score
        yield from self._keywords.find(text)


def _around(text: str, row: Pattern) -> Iterator[tuple[int, int, Pattern, float]]:
    assert row.before is not None
    for match in row.regex.finditer(text):
        middle = match.start()
        before = row.before.search(text, max(0, middle - _LOOK_BACK), middle)
        if before and row.accepts(text, before.start(), match.end()):
            yield before.start(), match.end(), row, row.score


@lru_cache(maxsize=32)
def _plan(regions: frozenset[str]) -> _Plan:
    policy = Policy(regions=regions)
    return _Plan(tuple(row for row in ALL if policy.covers(row.region)))
