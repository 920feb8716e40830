"""The pattern layer: identifiers known by format, check digits, printed grouping or a word before them.

Running some seventy expressions over a text one after the other manages half a megabyte a second. So they are driven
from four places where a value can be at all:

* rows that need a keyword: behind the keywords, which one Aho-Corasick pass finds;
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

from ahocorasick_rs import BytesAhoCorasick

from app.pipeline.detectors import addresses, phones
from app.pipeline.patterns import ALL, Pattern
from app.pipeline.policy import Policy
from app.pipeline.span import Span

#: A keyword reaches over this many characters without a digit, and over one line break.
REACH = 40
#: The score of a row that needs no keyword, where there is one.
ANNOUNCED = 0.95
# How far to look back from the rare character in the middle of a value.
_LOOK_BACK = 255

# Where a row without keyword can begin: a digit or capital at the start of a word, with as much behind it as the
# shortest value has ("M1 1AA", "12-34-56 …").
_START = re.compile(
    "[A-Z0-9](?<![A-Za-z0-9_].)(?:(?<=[0-9])(?=[0-9A-Z][0-9A-Z \u00a0\u202f\\-\u2010\u2011\u2013]{5})"
    "|(?<=[A-Z])(?=[A-Z]{0,5}[ \u00a0]?[0-9][0-9A-Z \u00a0]{3}))"
)
_DIGIT = re.compile("[0-9]")
_WORD = re.compile("[A-Za-z0-9](?<![A-Za-z0-9].)")
# Between the values of a list: "123 456 782, 876 543 210 and …".
_LISTED = re.compile(r"[ ]?(?:[,;/|&](?: (?:and|or))?|and|or)[ ]?")
# One byte per character, so that byte offsets are string offsets: lower case, and what joins words becomes a blank.
_FOLD = bytes(byte + 32 if 0x41 <= byte <= 0x5A else 0x20 if byte in b"_-\xa0" else byte for byte in range(256))


class PatternsDetector:
    """Layer "patterns": the rows of the policy's regions, telephone numbers and addresses."""

    name = "patterns"

    def detect(self, text: str, policy: Policy) -> Iterable[Span]:
        """Spans of values; the same place may be several identifiers at once."""
        if not _DIGIT.search(text) and "@" not in text:
            return []
        plan = _plan(policy.regions)
        found: dict[tuple[int, int, str], float] = {}
        for start, end, row, score in plan.find(text):
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
        by_word: dict[str, list[Pattern]] = {}
        for row in rows:
            for word in row.context:
                for spelling in {word.replace("-", " "), word.replace(" ", "").replace("-", "")}:
                    by_word.setdefault(spelling, []).append(row)
        self._announced = list(by_word.values())
        self._keywords = BytesAhoCorasick([word.encode("latin-1") for word in by_word])

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
        yield from self._behind_keywords(text)

    def _behind_keywords(self, text: str) -> Iterator[tuple[int, int, Pattern, float]]:
        folded = text.encode("latin-1", "replace").translate(_FOLD)
        for index, start, end in self._keywords.find_matches_as_indexes(folded, overlapping=True):
            if not _is_word(text, start, end):
                continue
            digit = _DIGIT.search(text, end, end + REACH + 16)
            if digit is None:
                continue
            last = min(digit.start(), end + REACH)
            newline = text.find("\n", end, last)
            if newline >= 0:
                newline = text.find("\n", newline + 1, last)
                last = last if newline < 0 else newline
            for row in self._announced[index]:
                score = row.score if row.context_required else ANNOUNCED
                for begin, stop in _announced(text, row, end, last):
                    yield begin, stop, row, score


def _announced(text: str, row: Pattern, end: int, last: int) -> Iterator[tuple[int, int]]:
    """The first value that begins in [end, last], and those listed directly behind it."""
    for word in _WORD.finditer(text, end, last + 1):
        begin = word.start()
        match = row.regex.match(text, begin)
        if match is None or not row.accepts(text, begin, match.end()):
            continue
        while match:
            yield match.span()
            comma = _LISTED.match(text, match.end())
            match = row.regex.match(text, comma.end()) if comma else None
            if match and not row.accepts(text, *match.span()):
                match = None
        return


def _around(text: str, row: Pattern) -> Iterator[tuple[int, int, Pattern, float]]:
    assert row.before is not None
    for match in row.regex.finditer(text):
        middle = match.start()
        before = row.before.search(text, max(0, middle - _LOOK_BACK), middle)
        if before and row.accepts(text, before.start(), match.end()):
            yield before.start(), match.end(), row, row.score


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether a keyword at [start, end) is a word, a plural, or a part of `snake_case` or `camelCase`."""
    before = text[start - 1 : start]
    if before.isalnum() and not (before.islower() and text[start].isupper()):
        return False
    after = text[end : end + 2]
    if after[:1] == "s" and not after[1:].isalpha():
        return True
    return not after[:1].isalnum() or (after[:1].isupper() and text[end - 1].islower())


@lru_cache(maxsize=32)
def _plan(regions: frozenset[str]) -> _Plan:
    policy = Policy(regions=regions)
    return _Plan(tuple(row for row in ALL if policy.covers(row.region)))
