"""The shape of an event: all that it says besides the text which it adds to a channel.

Most events of a stream have the shape of the one before, and then need no parsing.
"""

from __future__ import annotations

import json
import re

from app.pipeline.json_text import STRING

#: Padding and running numbers. No string of valid JSON holds such a thing: its quotes would be escaped.
_NOISE = re.compile(r'"(?:obfuscation|sequence_number)":\s*(?:"[A-Za-z0-9]*"|\d+)')
#: A token that says what it looks like.
_PLAIN = re.compile(r'"[^"\\\x00-\x1f]*"')


class Shape:
    """Of an event's data whose text is the string token at `[start, end)`."""

    def __init__(self, data: str, start: int, end: int) -> None:
        before = _NOISE.split(data[:start])
        after = _NOISE.split(data[end:])
        self._first, self._head = before[:-1], before[-1]
        self._tail, self._last = after[0], after[1:]
        self._start, self._rest = len(self._head), len(self._tail)
        self._is_noisy = bool(self._first or self._last)

    def read(self, data: str) -> tuple[str, int, int] | None:
        """What `data` adds, and where its token stands; None when it has another shape."""
        if not self._is_noisy:
            return self._in_piece(data, 0)
        pieces = _NOISE.split(data)
        at = len(self._first)
        if len(pieces) != at + 1 + len(self._last) or pieces[:at] != self._first or pieces[at + 1 :] != self._last:
            return None
        return self._in_piece(pieces[at], [noise.end() for noise in _NOISE.finditer(data)][at - 1] if at else 0)

    def _in_piece(self, piece: str, begins: int) -> tuple[str, int, int] | None:
        """What the piece of the data that `begins` there adds: it has the text between head and tail."""
        start, end = self._start, len(piece) - self._rest
        if not piece.startswith(self._head) or not piece.endswith(self._tail):
            return None
        if _PLAIN.fullmatch(piece, start, end):
            text = piece[start + 1 : end - 1]
        elif STRING.fullmatch(piece, start, end):
            try:
                text = json.loads(piece[start:end])
            except ValueError:  # a bare line break in it, say
                return None
        else:
            return None
        return text, begins + start, begins + end
