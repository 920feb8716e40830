"""A text of an answer that is looked through as it comes, unit by unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from app.pipeline.json_context import JsonContext
from app.pipeline.memo import Edit
from app.pipeline.redaction import Finding

#: The longest unit, and how much before one tells what stands in it (characters).
LIMIT, CONTEXT = 2000, 200
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n")
_PAUSE = re.compile(r"\n|[.!?]\s|\s")


class Window(NamedTuple):
    """`text` is to be looked through: the unit, with what stands before it. It is at `at` in the whole."""

    at: int
    text: str

    def __repr__(self) -> str:
        return f"<Window at {self.at}>"


@dataclass(slots=True)
class Scanned:
    """One text. Where its units end is told by itself alone, so it does not matter in which pieces it comes.

    A unit is a paragraph: it ends behind a blank line, or where the text does. Of a longer one, as much is
    looked through as a unit may have, and it ends before whatever was found across its end, so that this is
    looked through whole with the next. What is JSON, or `is_one`, is one unit however long it is.
    """

    key: str = ""
    is_one: bool = False
    is_over: bool = False
    length: int = 0
    passed: int = 0  # all before it was looked through
    hidden: list[Edit] = field(default_factory=list, repr=False)
    _text: list[str] = field(default_factory=list, repr=False)
    _context: JsonContext = field(default_factory=JsonContext, repr=False)

    def feed(self, piece: str) -> None:
        """More of it."""
        self._text.append(piece)
        self.length += len(piece)
        if not self._context.is_plain:
            self._context.advance(piece)

    def due(self) -> Window | None:
        """What can be looked through now, None while nothing can. `tell` is to be called then."""
        if self.passed == self.length or not (self.is_over or self._context.is_plain):
            return None
        end = self._end()
        if end is None:
            return None
        at = 0 if self._is_whole else max(0, self.passed - CONTEXT)
        return Window(at, self._joined[at:end])

    def tell(self, found: Iterable[Finding], hide: Callable[[Finding, str], Iterator[tuple[int, int, str]]]) -> None:
        """What was found in the window that was due. `hide` gives what is to stand for which of its characters."""
        window = self.due()
        assert window is not None
        start, end = self.passed - window.at, len(window.text)
        ordered = sorted(found, key=lambda finding: finding.start)
        if not self._is_whole and end - start == LIMIT and not _BLANK_LINE.search(window.text, start):
            end = _cut(window.text, start, ordered)
        for finding in ordered:
            if finding.start >= end or finding.end <= start:
                continue
            for begin, stop, token in hide(finding, window.text):
                begin = max(begin, start)
                if begin < stop:
                    self.hidden.append(Edit(window.at + begin, window.at + stop, token))
        self.passed = window.at + end

    @property
    def _joined(self) -> str:
        if len(self._text) > 1:
            self._text = ["".join(self._text)]
        return self._text[0]

    @property
    def _is_whole(self) -> bool:
        return self.is_one or not self._context.is_plain

    def _end(self) -> int | None:
        """Where the unit ends that is due, or as much of it as may be looked through at once."""
        if self._is_whole:
            return self.length if self.is_over else None
        limit = self.passed + LIMIT
        if blank := _BLANK_LINE.search(self._joined, self.passed, limit):
            return blank.end()
        if self.length >= limit:
            return limit
        return self.length if self.is_over else None


def _cut(text: str, start: int, found: list[Finding]) -> int:
    """Where the unit from `start` to the end of `text` is cut: at a pause, and through nothing that was found."""
    middle = start + (len(text) - start) // 2
    pauses = [match.end() for match in _PAUSE.finditer(text, middle)]
    cut = pauses[-1] if pauses else len(text) - CONTEXT
    for finding in reversed(found):
        if finding.start < cut < finding.end:
            cut = finding.start if finding.start > start else finding.end
    return cut
