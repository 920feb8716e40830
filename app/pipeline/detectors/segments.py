"""Cutting a text into pieces that a model can read one by one, and that stay the same when the text around changes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zlib import crc32

#: Characters of a segment: from the first on it may end at a line that says so, at the second it must.
SOFT, HARD = 320, 640
#: An empty line ends a segment that has so many: what is shorter says too little by itself.
LEAST = 160
#: Characters that a segment sees of its neighbours to each side, and over which it reaches to go on: two segments
#: would read as much.
CONTEXT, GAP = 32, 64

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


def segments(text: str, worth: Callable[[str], bool]) -> Iterator[Segment]:
    """Segments of `text`, in order, that hold all its lines which are `worth` reading. Linear in its length.

    A segment ends at an empty line, where there is long nothing worth reading, or at the end of a line whose own
    content decides it: so a change in a text makes other segments only near it. Long lines are judged and cut within,
    where a sentence ends if possible.
    """
    begin = end = 0
    for start, stop in _lines(text):
        if begin < end and (start - end > GAP or stop - begin > HARD):
            yield _segment(text, begin, end)
            begin = end
        line = text[start:stop]
        if not line.strip():
            if end - begin >= LEAST:
                yield _segment(text, begin, end)
                begin = end
        elif worth(line):
            if begin == end:
                begin = start
            end = stop
            if end - begin >= SOFT and crc32(line.encode("utf-8", "surrogatepass")) % 4 == 0:
                yield _segment(text, begin, end)
                begin = end
    if begin < end:
        yield _segment(text, begin, end)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Lines, or pieces of lines, of at most HARD characters."""
    for match in _LINE.finditer(text):
        start, end = match.span()
        while end - start > HARD:
            cut = _within(text, start)
            yield start, cut
            start = cut
        yield start, end


def _within(text: str, begin: int) -> int:
    """Where a line is cut that goes on for more than HARD characters from `begin`."""
    for ends in _ENDS:
        found = begin
        for match in ends.finditer(text, begin + SOFT, begin + HARD):
            found = match.end()
        if found > begin:
            return found
    return begin + HARD


def _segment(text: str, start: int, end: int) -> Segment:
    """With as many whole words around it as CONTEXT has room for."""
    left, right = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    if left:
        left = next((index + 1 for index in range(left, start) if text[index].isspace()), left)
    if right < len(text):
        right = next((index for index in range(right - 1, end - 1, -1) if text[index].isspace()), right)
    return Segment(left, start, end, right)
