"""Cutting a text into pieces that a model can read one by one, and that stay the same when the text around changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

#: Characters of a segment: from the first on it may end at a line that says so, at the second it must.
SOFT, HARD = 320, 640
#: An empty line ends a segment that has so many: what is shorter says too little by itself.
LEAST = 160
#: Characters that a segment sees of its neighbours.
CONTEXT = 64

_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
#: Where a long line is best cut: behind a sentence, then behind a mark, then at a blank.
_ENDS = (re.compile(r"[.!?][\"')\]]*\s"), re.compile(r"[,;:|>)}\]]\s?"), re.compile(r"\s"))


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece `[start, end)` of a text, to be read together with what is around it in `[left, right)`."""

    left: int
    start: int
    end: int
    right: int


def segments(text: str) -> Iterator[Segment]:
    """Segments that cover `text` in order. Linear in its length.

    A segment ends at an empty line, or at the end of a line whose own content decides it: so a change in a text
    makes other segments only near it. What is longer is cut within a line, where a sentence ends if possible.
    """
    start, opens = 0, True
    for end, closes in _cuts(text):
        left = start if opens else _blank_after(text, max(0, start - CONTEXT), start)
        right = end if closes else _blank_before(text, end, min(len(text), end + CONTEXT))
        yield Segment(left, start, end, right)
        start, opens = end, closes


def _cuts(text: str) -> Iterator[tuple[int, bool]]:
    """Where segments end, and whether what follows has nothing to do with what precedes."""
    begin = 0
    for match in _LINE.finditer(text):
        start, end = match.span()
        if not match.group().strip():
            if end - begin >= LEAST:
                yield end, True
                begin = end
            continue
        if end - begin > HARD and begin < start:
            yield start, False
            begin = start
        while end - begin > HARD:
            begin = _within(text, begin)
            yield begin, False
        if end - begin >= SOFT and crc32(match.group().encode("utf-8", "surrogatepass")) % 4 == 0:
            yield end, False
            begin = end
    if begin < len(text):
        yield len(text), True


def _within(text: str, begin: int) -> int:
    """Where a line is cut that goes on for more than HARD characters from `begin`."""
    for ends in _ENDS:
        found = begin
        for match in ends.finditer(text, begin + SOFT, begin + HARD):
            found = match.end()
        if found > begin:
            return found
    return begin + HARD


def _blank_after(text: str, low: int, high: int) -> int:
    """The beginning of the first whole word in [low, high), or `low` where there is no blank."""
    if low == 0:
        return 0
    for index in range(low, high):
        if text[index].isspace():
            return index + 1
    return low


def _blank_before(text: str, low: int, high: int) -> int:
    """The end of the last whole word in [low, high), or `high` where there is no blank."""
    if high == len(text):
        return high
    for index in range(high - 1, low - 1, -1):
        if text[index].isspace():
            return index
    return high
