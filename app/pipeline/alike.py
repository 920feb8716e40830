"""Texts as known values are compared: in lower case, without accents, every character in its place."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import compress, count
from unicodedata import combining, normalize

from app.pipeline.fold import plain

#: What may stand between the words of a name, or the groups of a number. The apostrophe also stands for what is
#: to be overlooked: marks, and characters that nobody sees.
SEPARATORS = " \t\r\n\v\f_-.,+/'()"
_NON_ASCII = re.compile("[^\x00-\x7f]+")
_DELETED = SEPARATORS.encode()
_MARKS = bytes(chr(code) not in SEPARATORS for code in range(256))
#: Characters between two places whose origin is counted; a look-up walks through one stretch.
_STRETCH = 512
_PIECE = 32 * 1024


class _Table(dict[int, str]):
    """Code point → the one character that it is compared as; worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if "\ud800" <= char <= "\udfff":  # half a character, which nothing can be looked for in
            self[code] = char = "\ufffd"
            return char
        first = plain(char)
        folded = normalize("NFKD", first.casefold())
        bare = "".join(one for one in folded if not combining(one))
        self[code] = one = bare if len(bare) == 1 else "'" if not bare else char
        return one


_TABLE = _Table()


def alike(text: str) -> str:
    """`text` with as many characters as it had, in lower case and without accents."""
    if text.isascii():
        return text.lower()
    if len(text) > _PIECE:  # a thread that looks through much lets others have their turn
        return "".join(alike(text[start : start + _PIECE]) for start in range(0, len(text), _PIECE))
    text = _NON_ASCII.sub(lambda match: match.group().translate(_TABLE), text)
    lowered = text.lower()
    return lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def compact(text: str) -> str:
    """`text`, made `alike`, without separators."""
    return text.encode().translate(None, _DELETED).decode()


class Origins:
    """From indices into `compact(text)` back to those into `text`."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._counts: list[int] = []
        self._kept: dict[int, list[int]] = {}

    def __getitem__(self, index: int) -> int:
        if not self._counts:
            total = 0
            for start in range(0, len(self._text), _STRETCH):
                self._counts.append(total)
                total += len(compact(self._text[start : start + _STRETCH]))
        stretch = bisect_right(self._counts, index) - 1
        kept = self._kept.get(stretch)
        if kept is None:
            start = stretch * _STRETCH
            marks = self._text[start : start + _STRETCH].encode("ascii", "replace").translate(_MARKS)
            kept = self._kept[stretch] = list(compress(count(start), marks))
        return kept[index - self._counts[stretch]]
