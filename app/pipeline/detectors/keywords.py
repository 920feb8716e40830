"""Values beside the words that announce them: behind a word, before it, in the column under it.

How near counts, not what stands between: any grammar of the gap ("is", ":", "number") breaks on "**TFN** (current)".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ahocorasick_rs import BytesAhoCorasick, Implementation

from app.pipeline.detectors.columns import Columns
from app.pipeline.patterns.pattern import REACH, Pattern

#: The score of a row that needs no keyword, where there is one.
ANNOUNCED = 0.95
#: Subtracted where the value comes first: a word announces what follows it rather than what was before.
_FIRST = 0.05

Found = tuple[int, int, Pattern, float]

_DIGIT = re.compile("[0-9]")
_WORD = re.compile("[A-Za-z0-9](?<![A-Za-z0-9].)")
# Between word and value: so many characters without a digit, each tag counting as one, and a line break among them.
_UNIT = r"(?:<[A-Za-z/!][^<>\n]{0,200}>|[^0-9\n])"
_BETWEEN = re.compile(rf"{_UNIT}{{0,{REACH}}}(?:\n[ \t]{{0,64}}{_UNIT}{{0,{REACH}}})?")
# Another label in between: the word announced something else, or nothing.
_OTHER = re.compile(
    r"[,;]\s{0,64}[\"'`]?(?!(?i:no|num|number|nr)\b)[A-Za-z_][\w\-]{0,30}(?: [\w\-]{1,30}){0,2}[\"'`]?[ ]?[:=]"
)
# A heading, and behind a blank or ruled line its value.
_HEADING = re.compile(r"[ \t:*_#.)\]]{0,20}\n(?:[ \t]{0,64}\n|[=\-~^]{2,80}\n){1,2}[ \t>*+\-]{0,16}")
# Between the values of a list: "123 456 782, 876 543 210 and …", or each on a line of its own.
_LISTED = re.compile(
    r"[ ]?(?:[,;/|&](?: (?:and|or))?|and|or|to|until|[\-–—](?= ))[ ]?|,?\n[ \t]{0,32}(?:[\-*+•][ \t]{1,3})?[\"'`]?"
)
# The value first: "123456782 (TFN)", "… is Kim's tax file number", "… SSN"; of a unit "93-year-old", "93yo".
# Matched from the value's last digit on, behind which a few letters may be a part of it.
_FIRST_GAP = re.compile(
    r"[A-Za-z]{0,3}?(?:(?P<bracketed> ?[(\[] ?)"
    r"|(?P<stated>,? (?:is|was|as|being|=|for|[\-–—→]|->) (?:[^\W\d_][^\s0-9]{0,20} ){0,3})|(?P<placed>[ \-]?))"
)
_CLOSED = re.compile(r"[^0-9\n)\]]{0,16}[)\]]")
_NO_DIGIT = "".join(chr(code) for code in range(9, 127) if not chr(code).isdigit()) + "–—→"
# The longest value and the longest gap that are looked for before a word.
_LONGEST, _WIDEST = 48, 80
# One byte per character, so that byte offsets are string offsets: lower case, and what joins words becomes a blank.
_FOLD = bytes(byte + 32 if 0x41 <= byte <= 0x5A else 0x20 if byte in b"_-\xa0" else byte for byte in range(256))


def spellings(word: str) -> set[str]:
    """How a word of a row's context may be written, folded: joined or not, an abbreviation with its full stops."""
    out = {word.replace("-", " "), word.replace(" ", "").replace("-", "")}
    if word.isalpha() and len(word) <= 5:
        out.add(".".join(word))
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
        self._units = [[row for row in announced if row.unit] for announced in self._rows]
        self._wordlike = [any(row.wordlike for row in announced) for announced in self._rows]
        self._words = BytesAhoCorasick([word.encode("latin-1") for word in by_word], implementation=Implementation.DFA)

    def find(self, text: str) -> Iterator[Found]:
        """Every value beside a word, as start, end, row and score."""
        folded = text.encode("latin-1", "replace").translate(_FOLD)
        columns: Columns | None = None
        for index, start, end in self._words.find_matches_as_indexes(folded, overlapping=True):
            if not _is_word(text, start, end, bool(self._units[index])):
                continue
            columns = columns or Columns(text)
            rows = self._rows[index]
            yield from self._under(text, rows, columns, start, end)
            behind = list(self._behind(text, rows, end, self._wordlike[index]))
            yield from behind
            if not behind:
                yield from _before(text, rows, start, end)

    @staticmethod
    def _under(text: str, rows: list[Pattern], columns: Columns, start: int, end: int) -> Iterator[Found]:
        for left, right in columns.under(start, end):
            cell = text[left:right]  # by itself: the fields beside it say nothing about it
            digit = _DIGIT.search(cell)
            for row in rows:
                last = len(cell) if row.wordlike else digit.start() if digit else -1
                if not row.unit:
                    for begin, stop, _, score in _values(cell, row, 0, last):
                        yield left + begin, left + stop, row, score

    @staticmethod
    def _behind(text: str, rows: list[Pattern], end: int, wordlike: bool) -> Iterator[Found]:
        near = text[end : end + 2 * REACH]
        if not wordlike and "<" not in near and not _DIGIT.search(near):
            return
        gap = _BETWEEN.match(text, end)
        last = gap.end() if gap else end
        if _OTHER.search(text, end, last):
            return
        heading = _HEADING.match(text, end)
        for row in rows:
            if row.unit:
                continue
            reach = last if row.reach == REACH else min(last, end + row.reach)
            found = list(_values(text, row, end, reach))
            if not found and heading:
                found = list(_values(text, row, heading.end(), heading.end()))
            yield from found


def _values(text: str, row: Pattern, first: int, last: int) -> Iterator[Found]:
    """The first value that begins in [first, last], and those listed directly behind it."""
    score = row.score if row.context_required else ANNOUNCED
    for word in _WORD.finditer(text, first, last + 1):
        match = row.regex.match(text, word.start())
        if match is None or not row.accepts(text, *match.span()):
            continue
        while match and row.accepts(text, *match.span()):
            yield match.start(), _whole(text, *match.span()), row, score
            comma = _LISTED.match(text, match.end())
            match = row.regex.match(text, comma.end()) if comma else None
        return


def _whole(text: str, start: int, end: int) -> int:
    """Where the value ends: groups of digits like its last one that follow are a part of it."""
    group = end - 1 - text.rfind(" ", start, end)
    if not 2 <= group < end - start or not text[end - group : end].isdigit():
        return end
    like = re.compile(f"(?: [0-9]{{{group}}}(?![A-Za-z0-9]))*")
    match = like.match(text, end)
    return match.end() if match else end


def _before(text: str, rows: list[Pattern], start: int, end: int) -> Iterator[Found]:
    """The value that ends directly before the word."""
    window = text[max(0, start - _WIDEST) : start].rstrip(_NO_DIGIT)
    if not window or not window[-1].isdigit():
        return
    gap = _FIRST_GAP.fullmatch(text, start - min(start, _WIDEST) + len(window), start)
    if gap is None:
        return
    kind = gap.lastgroup or "placed"
    if kind == "bracketed":
        stated = _CLOSED.match(text, end) is not None
    else:
        # "100000 accounts" counts them; an abbreviation names what stands before it.
        abbreviated = end - start <= 5 and text[start:end].isupper() and not text[end : end + 1].isalpha()
        stated = kind == "stated" or (abbreviated and gap[kind] == " ")
    stop = gap.start(kind)
    for row in rows:
        if not (kind == "placed" if row.unit else stated):
            continue
        for word in _WORD.finditer(text, max(0, stop - _LONGEST), stop):
            match = row.regex.match(text, word.start())
            if match and match.end() == stop and row.accepts(text, word.start(), stop):
                yield word.start(), stop, row, row.score - _FIRST
                break


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
    if not after.isalnum() or (after.isupper() and text[end - 1].islower()):
        return True
    return _JOINED.match(text, end) is not None
