"""Many tokens looked for at once, each only where it is not a part of a longer word."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

_HEAD = 3


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


class WholeWords:
    """A set of tokens. Looking through a text costs the same for a thousand as for one.

    An alternation of as many would be tried branch by branch wherever a word begins; their first
    characters are few.
    """

    def __init__(self, tokens: Iterable[str]) -> None:
        self._sorted = sorted(set(tokens))
        self._by_head: dict[str, list[str]] = {}
        for token in self._sorted:
            self._by_head.setdefault(token[:_HEAD], []).append(token)
        for alike in self._by_head.values():
            alike.sort(key=len, reverse=True)
        self._longest = max(map(len, self._sorted), default=0)
        heads = sorted(self._by_head, key=len, reverse=True)
        self._head = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, heads))})") if heads else None

    def __bool__(self) -> bool:
        return self._head is not None

    def find(self, text: str, position: int, left: str) -> tuple[int, int] | None:
        """The first token at or behind `position`, the longest that begins there. `left` is what precedes `text`."""
        if self._head is None:
            return None
        if position == 0 and left and _is_word(left):
            position = 1
        while match := self._head.search(text, position):
            start = match.start()
            # A token as short as a head has its own; a longer head hides it from the pattern, not from here.
            for size in range(_HEAD, 0, -1):
                for token in self._by_head.get(text[start : start + size], ()):
                    if len(token[:_HEAD]) == size and self._stands(text, start, token):
                        return start, start + len(token)
            position = start + 1
        return None

    def may_begin(self, text: str) -> bool:
        """Whether something in `text` begins as a token does."""
        return self._head is not None and self._head.search(text) is not None

    def _stands(self, text: str, start: int, token: str) -> bool:
        end = start + len(token)
        return text.startswith(token, start) and not (end < len(text) and _is_word(text[end]))

    def held(self, text: str, floor: int, left: str) -> int:
        """Index, not before `floor`, from which `text` may yet become a token; `len(text)` if none."""
        if self._head is None:
            return len(text)
        for start in range(max(floor, len(text) - self._longest), len(text)):
            before = text[start - 1] if start else left
            if (not before or not _is_word(before)) and self._begins(text[start:]):
                return start
        return len(text)

    def _begins(self, rest: str) -> bool:
        """Whether a token begins with `rest`, or is it: what follows tells whether it ends there."""
        at = bisect_left(self._sorted, rest)
        return at < len(self._sorted) and self._sorted[at].startswith(rest)
