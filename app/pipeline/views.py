"""Views: a text as it reads once what disguises it is undone, and the way back to every character.

Detectors look at views as they look at the text; what they find there is hidden in the original, which is never
normalised. A view is made only where a text calls for one, and only of what stands around the changes.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

#: `text[start:end]` reads as the string; sorted and disjoint.
Reading = tuple[int, int, str]
#: What is read differently in a text. Empty for most.
Step = Callable[[str], Iterable[Reading]]

#: Stands for what is left out. The letter is one of a manuscript of 1429: no word ends beside it and no value
#: contains it; no value reaches over two line breaks.
_GAP = "\ua66e\n\n\ua66e"
#: A window ends at white space, so as to cut no value, if there is some so near.
_REACH = 1024
_SPACE = re.compile(r"\s")


class View:
    """`text`, and where it came from."""

    def __init__(self, source: str, readings: Iterable[Reading], context: int, of: View | None = None) -> None:
        """The `readings` of `source`, which is the text of the view `of`, and `context` characters around them."""
        self._of = of
        # Change i made source[source_start[i]:source_end[i]] into text[start[i]:end[i]].
        self._start: list[int] = []
        self._end: list[int] = []
        self._source_start: list[int] = []
        self._source_end: list[int] = []
        self._gaps: set[int] = set()
        parts: list[str] = []
        done = length = 0

        def change(start: int, end: int, plain: str) -> None:
            nonlocal done, length
            self._start.append(length + start - done)
            length += start - done + len(plain)
            self._end.append(length)
            self._source_start.append(start)
            self._source_end.append(end)
            parts.extend((source[done:start], plain))
            done = end

        for start, end, plain in readings:
            if start - done > 2 * context:
                left = _forward(source, done + context) if done else 0
                right = _back(source, start - context)
                if left < right:
                    self._gaps.add(len(self._start))
                    change(left, right, _GAP)
            change(start, end, plain)
        parts.append(source[done : _forward(source, done + context)])
        self.text = "".join(parts)

    def __bool__(self) -> bool:
        """Whether anything reads differently."""
        return bool(self._start)

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The place in the original that `text[start:end]` (not empty) came from; a change counts whole."""
        first = bisect_right(self._start, start) - 1
        if first >= 0:
            beyond = start - self._end[first]
            if beyond >= 0 or first in self._gaps:
                start = self._source_end[first] + max(0, beyond)
            else:
                start = self._source_start[first]
        last = bisect_right(self._start, end - 1) - 1
        if last >= 0:
            beyond = end - self._end[last]
            if beyond <= 0 and last in self._gaps:
                end = self._source_start[last]
            else:
                end = self._source_end[last] + max(0, beyond)
        return (start, end) if self._of is None or start >= end else self._of.origin(start, end)


def views(text: str, context: int, *steps: Step) -> Iterator[View]:
    """A view after each of `steps`, until one finds nothing to read differently."""
    view: View | None = None
    for step in steps:
        source = text if view is None else view.text
        view = View(source, step(source), context, view)
        if not view:
            break
        yield view


def _forward(text: str, at: int) -> int:
    """Where the word at `at` ends."""
    space = _SPACE.search(text, at, at + _REACH)
    return space.start() if space else min(len(text), at + _REACH)


def _back(text: str, at: int) -> int:
    """Where the word at `at` begins."""
    before = text[max(0, at - _REACH) : at]
    space = _SPACE.search(before[::-1])
    return at - (space.start() if space else len(before))
