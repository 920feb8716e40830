"""Values beside the words that announce them: behind a word, before it, in the column under it.

How near counts, not what stands between: any grammar of the gap ("is", ":", "number") breaks on "**TFN** (current)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import BytesAhoCorasick, Implementation

from app.pipeline.detectors import below, between, stated
from app.pipeline.detectors.columns import Columns
from app.pipeline.detectors.stated import Gap
from app.pipeline.patterns.pattern import REACH, Pattern

#: The score of a row that needs no keyword, where there is one.
ANNOUNCED = 0.95
#: Subtracted where the value comes first: a word announces what follows it rather than what was before.
_FIRST = 0.05

Found = tuple[int, int, Pattern, float]

_DIGIT = re.compile("[0-9]")
_WORD = re.compile("[A-Za-z0-9](?<![A-Za-z0-9].)")
# Between the values of a list: "123 456 782, 876 543 210 and …", or each on a line of its own.
_LISTED = re.compile(
    r"[\"'`]?(?:[ ]?(?:[,;/|&](?: (?:and|or))?|and|or|to|until|[\-–—](?= ))[ ]?"
    r"|,?\n[ \t]{0,32}(?:[\-*+•][ \t]{1,3})?)[\"'`]?"
)
_NO_DIGIT = "".join(chr(code) for code in range(9, 127) if not chr(code).isdigit()) + "–—→←’“”‘…·─│║"
#: Where a word is not asked any further if there is no digit: leaders are long.
_WINDOW = 4 * REACH
# The longest value that is looked for before a word.
_LONGEST = 48
# Behind its last digit a value may have letters: "AB123456C", "AB12 CDE".
_VALUE_ENDS = re.compile(r"(?:[A-Za-z]{1,3}|[ \-]?[A-Z]{1,3})(?![A-Za-z0-9])")
# One byte per character, so that byte offsets are string offsets: lower case, and what joins words becomes a blank.
_FOLD = bytes(byte + 32 if 0x41 <= byte <= 0x5A else 0x20 if byte in b"_-\xa0" else byte for byte in range(256))


# Letters apart that are an abbreviation: "a_c_n", "A C N". Of two letters it must be all that a key or a heading says.
_SPLIT = re.compile("[a-z] [a-z](?![a-z])")
_INITIALS = re.compile(
    r"[A-Za-z]_[A-Za-z]_[A-Za-z](?![A-Za-z0-9])|(?<![A-Z] )[A-Z] [A-Z] [A-Z](?![A-Za-z0-9])(?! [A-Z](?![A-Za-z0-9]))"
)
_KEY = re.compile(
    r"(?i:[_ ]?(?:no|num|number|nr|id))?\.?(?:[\"'`*\]]{0,4}[ \t]{0,4}(?:[:=|,;>\n\t]|</|[a-z\-]{2,12}=)|\Z)"
)
_BEFORE_KEY = re.compile(r"(?:\A|[\n\t,;|{(\[&?>\"'`*]|[A-Za-z]{3}_|[^ \t=:] )[ \t]{0,4}\Z")
#: What is too short for more than a key.
_KEYS_ONLY = frozenset({"ss"})


_NUMBERS = ("number", "no", "num", "nr")


def spellings(word: str) -> set[str]:
    """How a word of a row's context may be written, folded: joined or not, an abbreviation with its full stops.

    The letters of an abbreviation may be apart, too: "_" is folded to a blank. What is somebody's may be said so, and
    "number" has abbreviations of its own.
    """
    stem, _, number = word.rpartition(" ")
    if number == "number":
        return {one for end in _NUMBERS for one in _spelled(f"{stem} {end}")}
    return _spelled(word)


def _spelled(word: str) -> set[str]:
    out = {word.replace("-", " "), word.replace(" ", "").replace("-", "")}
    first, blank, rest = word.partition(" ")
    if blank:
        *some, last = word.split(" ")
        out.add(" ".join([*(f"{one}." if one.isalpha() and len(one) <= 5 else one for one in some), last]))
    if blank and first.isalpha() and len(first) >= 5 and first[-1] != "s":
        out |= {f"{first}{ending} {rest}" for ending in ("s", "'s", "s'")}
    letters = first.replace(".", "").replace("/", "")
    if first.isalpha() and len(first) <= 5:
        out |= {".".join(first)} if not blank else {f"{first}. {rest}"}
    if letters.isalpha() and 2 <= len(letters) <= 5 and (letters == first or len(first) == 2 * len(letters) - 1):
        out.add(" ".join(letters) + blank + rest)
        if blank and "/" not in first:
            dotted = ".".join(letters)
            out |= {f"{dotted} {rest}", f"{dotted}. {rest}"}
    # What Latin-1 lacks is folded to "?", the curly apostrophe for one.
    return out | {spelling.replace("'", "?") for spelling in out}


class Keywords:
    """The words of some rows, and what they announce."""

    def __init__(self, rows: tuple[Pattern, ...]) -> None:
        by_word: dict[str, list[Pattern]] = {}
        for row in rows:
            for word in row.context:
                for spelling in sorted(spellings(word)):
                    by_word.setdefault(spelling, []).append(row)
        self._rows = list(by_word.values())
        self._units = [any(row.unit for row in announced) for announced in self._rows]
        self._wordlike = [any(row.wordlike for row in announced) for announced in self._rows]
        self._apart = [_SPLIT.match(word) is not None or word in _KEYS_ONLY for word in by_word]
        words = [*by_word, *Columns.MARKS]
        self._words = BytesAhoCorasick([word.encode("latin-1") for word in words], implementation=Implementation.DFA)

    def find(self, text: str) -> Iterator[Found]:
        """Every value beside a word, as start, end, row and score."""
        folded = text.encode("latin-1", "replace").translate(_FOLD)
        columns = Columns(text)
        for index, start, end in self._words.find_matches_as_indexes(folded, overlapping=True):
            if index >= len(self._rows):
                columns.mark()
                continue
            if not _is_word(text, start, end, self._units[index]):
                continue
            if self._apart[index] and not _is_apart(text, start, end):
                continue
            rows, wordlike = self._rows[index], self._wordlike[index]
            for left, right in columns.under(start, end, index):
                cell = text[left:right]  # by itself: the fields beside it say nothing about it
                digit = _DIGIT.search(cell)
                starts = _starts(cell, 0, len(cell) if wordlike or digit is None else digit.start(), wordlike)
                for begin, stop, row, score in _values(cell, rows, starts):
                    yield left + begin, left + stop, row, score
            behind = _behind(text, rows, start, end, wordlike)
            yield from behind or _before(text, rows, start, end)


def _behind(text: str, rows: list[Pattern], start: int, end: int, wordlike: bool) -> list[Found]:
    """What the word at [start, end) announces."""
    near = text[end : end + _WINDOW]
    found: list[Found] = []
    if wordlike or "<" in near or _DIGIT.search(near):
        gap = between.NEAR.match(text, end)
        last = gap.end() if gap else end
        if between.OTHER.search(text, end, last):
            return []
        if not below.is_stamped(text, end, last):
            starts = _starts(text, end, last, wordlike)
            line = text.rfind("\n", end, last) + 1
            if line and any(stated.is_thing(text, begin, line) for begin in starts if begin >= line):
                return []
            found = list(_values(text, rows, starts, end))
        if not found and (far := between.FAR.match(text, end)):
            found = list(_values(text, rows, [far.end()], end))
        if not found and "0" <= text[last : last + 1] <= "9":
            found = _further(text, rows, end, last)
    return found or _below(text, rows, start, end)


def _further(text: str, rows: list[Pattern], end: int, digit: int) -> list[Found]:
    """What the word that ends at `end` announces beyond the number at `digit`, which is no value."""
    gap = between.FURTHER.match(text, end)
    last = gap.end() if gap else digit
    if last <= digit or between.OTHER.search(text, end, last) or below.is_stamped(text, end, last):
        return []
    starts = [start for start in _starts(text, digit + 1, last, False) if not stated.is_thing(text, start)]
    found = list(_values(text, [row for row in rows if row.reach >= REACH], starts, end))
    line = text.rfind("\n", end, last) + 1
    return [one for one in found if one[0] < line or not line or below.is_alone(text, one[1])]


def _below(text: str, rows: list[Pattern], start: int, end: int) -> list[Found]:
    """What the word at [start, end) announces on a later line."""
    far = [row for row in rows if row.reach >= REACH]
    for place in below.places(text, start, end) if far else ():
        found = list(_values(text, far, [place.start])) if place.is_near else []
        if found := [one for one in found if place.holds(text, one[1])]:
            return found
    return []


def _starts(text: str, first: int, last: int, wordlike: bool) -> list[int]:
    """Where a value can begin in [first, last], behind which there is a digit, or the end: there, or shortly before."""
    if wordlike:
        return [word.start() for word in _WORD.finditer(text, first, last + 1)]
    return [word.start() for word in _WORD.finditer(text, max(first, last - REACH), last + 1)][-3:]


def _values(text: str, rows: list[Pattern], starts: list[int], word: int | None = None) -> Iterator[Found]:
    """For each row the first value at one of `starts`, within reach of a `word`, and those listed behind it."""
    for row in rows:
        if row.unit:
            continue
        for start in starts:
            if word is not None and start > word + row.reach and row.reach < REACH:
                break
            match = row.regex.match(text, start)
            if match is None or not row.accepts(text, *match.span()):
                continue
            score = row.score if row.context_required else ANNOUNCED
            while match and row.accepts(text, *match.span()):
                yield match.start(), _whole(text, *match.span()), row, score
                comma = _LISTED.match(text, match.end())
                match = row.regex.match(text, comma.end()) if comma else None
            break


def _whole(text: str, start: int, end: int) -> int:
    """Where the value ends: groups of digits like its last one that follow are a part of it."""
    group = end - 1 - text.rfind(" ", start, end)
    if not 2 <= group < end - start or not text[end - group : end].isdigit():
        return end
    like = re.compile(f"(?: [0-9]{{{group}}}(?![A-Za-z0-9]))*")
    match = like.match(text, end)
    return match.end() if match else end


def _before(text: str, rows: list[Pattern], start: int, end: int) -> Iterator[Found]:
    """The value before the word at [start, end) that it names."""
    window = text[max(0, start - stated.WIDEST) : start].rstrip(_NO_DIGIT)
    if not window or not window[-1].isdigit():
        return
    if place := stated.paired(text, start, end):
        pairs = [
            row for row in rows if not row.unit and row.regex.fullmatch(text, *place) and row.accepts(text, *place)
        ]
        yield from ((*place, row, row.score) for row in pairs)
        if pairs:
            return
    digit = start - min(start, stated.WIDEST) + len(window)
    run = _VALUE_ENDS.match(text, digit, start)
    gaps = {stop: stated.gap(text, stop, start, end) for stop in {digit, run.end() if run else digit}}
    ends = {stop: between for stop, between in gaps.items() if between is not Gap.NONE}
    if not ends:
        return
    # "100000 accounts" counts them; an abbreviation names what stands before it.
    is_abbreviation = end - start <= 5 and text[start:end].isupper() and not text[end : end + 1].isalpha()
    words = [word.start() for word in _WORD.finditer(text, max(0, digit - _LONGEST), digit)]
    for row in rows:
        for begin in words:
            match = row.regex.match(text, begin)
            if match is None or (between := ends.get(match.end())) is None:
                continue
            if between is Gap.PLACED:
                is_named = row.unit or (is_abbreviation and text[match.end() : start] == " ")
            else:
                is_named = not row.unit and stated.begins(text, begin, between)
            if is_named and row.accepts(text, *match.span()):
                yield *match.span(), row, row.score - _FIRST
                break


def _is_apart(text: str, start: int, end: int) -> bool:
    """Whether letters apart at [start, end), or so few of them, are an abbreviation, and no words or variables."""
    if _INITIALS.match(text, start):
        return True
    if text[start + 1] not in "_sS":
        return False
    return _KEY.match(text, end) is not None and _BEFORE_KEY.search(text, max(0, start - 6), start) is not None


# "taxfileNumber", "taxfilenumber": what may be joined to a word that announces a number.
_JOINED = re.compile("(?i:s|no|num|number|nr|id|code|card|value)(?![a-z])")


def _is_word(text: str, start: int, end: int, unit: bool) -> bool:
    """Whether a keyword at [start, end) is a word, a plural, or a part of `snake_case` or `camelCase`.

    A `unit` may touch its number. A part of "a-slug-of-words" is none.
    """
    before = text[start - 1 : start]
    if before.isalnum() and not (before.islower() and text[start].isupper()) and not (unit and before.isdigit()):
        return False
    after = text[end : end + 1]
    if after == before == "-":
        return False
    # A footnote's mark is no letter: "TFN¹".
    if not (after.isalpha() or after.isdecimal()) or (after.isupper() and text[end - 1].islower()):
        return True
    return _JOINED.match(text, end) is not None
