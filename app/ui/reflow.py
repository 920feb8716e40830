"""JSON on several lines for reading, with a way to find the places of the original in it."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from dataclasses import dataclass

#: Longer texts stay as they are.
LIMIT = 2_500_000
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')
_INDENT = "  "


@dataclass(frozen=True, slots=True)
class Reflow:
    """`text` is the original with other white space between its tokens, and nothing else."""

    text: str
    _old: tuple[int, ...] = (0,)
    _new: tuple[int, ...] = (0,)

    def place(self, index: int) -> int:
        """Where the original's character at `index`, which lies inside a part, is now."""
        segment = bisect_right(self._old, index) - 1
        return self._new[segment] + index - self._old[segment]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where the original's `[start, end)` is now."""
        return self.place(start), self.place(end - 1) + 1 if end > start else self.place(start)


def reflow(text: str) -> Reflow:
    """Lays out a JSON object or array; any other text comes back as it is."""
    if not text.lstrip().startswith(("{", "[")) or len(text) > LIMIT:
        return Reflow(text)
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return Reflow(text)
    parts: list[str] = []
    old: list[int] = []
    new: list[int] = []
    depth = length = 0
    before = ""
    for match in _TOKEN.finditer(text):
        part = match.group()
        closes, empty = part in "}]", before in ("{", "[")
        if closes:
            depth -= 1
        gap = ""
        if before and ((closes and not empty) or (empty and not closes) or before == ","):
            gap = "\n" + _INDENT * depth
        elif before == ":":
            gap = " "
        length += len(gap)
        old.append(match.start())
        new.append(length)
        parts += (gap, part)
        length += len(part)
        if part in "{[":
            depth += 1
        before = part
    return Reflow("".join(parts), tuple(old), tuple(new))
