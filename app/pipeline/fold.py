"""The fold: the form of a text in which dictionary terms are compared.

Two writings of the same words ("José", "JOSE\u0301", "Ｊｏｓé") fold to the same bytes. Each code point folds
alone, so `fold(a + b)` contains `fold(a)`: looking for a folded term in a folded text misses nothing.
Only two steps look at neighbours, and both keep that true for whole characters: runs of white space
become one space, runs of combining marks get their canonical order.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING
from unicodedata import category, combining, is_normalized, normalize

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

#: Apostrophes, primes and the accents typed in their place: O'Neil, O’Neil, O´Neil.
_APOSTROPHES = frozenset("`\u00b4\u02b9\u02bc\u055a\u2018\u2019\u201a\u201b\u2032\ua78c\uff07")
_QUOTES = frozenset("\u201c\u201d\u201e\u201f\u2033\uff02")
_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d")
#: Invisible, but not of category Cf: grapheme joiner, Hangul fillers, Khmer inherent vowels. Also the
#: dot above: İ folds to i + dot, and the Turkish pairs İ/i and I/ı must meet.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u0307")
_SELECTORS = ((0x180B, 0x180F), (0xFE00, 0xFE0F), (0xE0100, 0xE01EF))
_NON_ASCII = re.compile("[^\x00-\x7f]+")
_SPACES = re.compile(b"  +")
#: Below this many bytes a regex beats setting up arrays.
_SMALL = 600


def plain(char: str) -> str:
    """What is left of one character: "" for the invisible, one look for all spaces, dashes, quotes."""
    if char in _APOSTROPHES:
        return "'"
    if char in _QUOTES:
        return '"'
    if char in _DASHES:
        return "-"
    if char.isspace():
        return " "
    code = ord(char)
    if char in _INVISIBLE or any(low <= code <= high for low, high in _SELECTORS) or category(char) == "Cf":
        return ""
    return char


class _Table(dict[int, str]):
    """Code point → its fold, computed when first met; at most one entry per code point of Unicode."""

    def __init__(self, *, keep_case: bool) -> None:
        super().__init__()
        self._keep_case = keep_case

    def __missing__(self, code: int) -> str:
        # Compatibility forms first (Ｊ, ﬁ, ℡): their parts have a case. Again after, since casefold composes some.
        # What is special is looked up before, since U+00B4 decomposes to a space, and after, for U+0149.
        first = plain(chr(code))
        text = normalize("NFKD", first)
        if not self._keep_case:
            text = normalize("NFKD", text.casefold()).replace("\u0131", "i")
        self[code] = folded = "".join(map(plain, text))
        return folded


_FOLD = _Table(keep_case=False)
_KEEP = _Table(keep_case=True)
_ASCII = bytes(ord(_FOLD[code]) if code < 128 else code for code in range(256))


def _ordered(text: str) -> str:
    """`text`, already decomposed, with its marks in canonical order.

    `normalize("NFD", …)` would do, but sorts by insertion: quadratic on a megabyte of hostile marks.
    """
    if is_normalized("NFD", text):
        return text
    parts: list[str] = []
    for is_marks, run in groupby(text, lambda char: combining(char) != 0):
        piece = list(run)
        parts += sorted(piece, key=combining) if is_marks else piece
    return "".join(parts)


def _fold_run(match: re.Match[str]) -> str:
    run = match.group()
    return _FOLD[ord(run)] if len(run) == 1 else _ordered(run.translate(_FOLD))


def keep_case(text: str) -> str:
    """The fold of a short `text`, but with its case: what a case-sensitive term is compared by."""
    return " ".join(part for part in _ordered(text.translate(_KEEP)).split(" ") if part)


def fold(text: str) -> bytes:
    """The folded text as UTF-8, lone surrogates in their three-byte form, no space at either end."""
    return Folded(text).data.strip(b" ")


def _kept(data: bytes) -> NDArray[np.bool_]:
    """Per byte, whether it stays when runs of spaces become one."""
    import numpy as np  # 0.2 s and 20 MB, for whoever checks a term but never scans a text

    spaces = np.frombuffer(data, dtype=np.uint8) == 0x20
    kept = np.ones(len(spaces), dtype=np.bool_)
    np.logical_not(spaces[1:] & spaces[:-1], out=kept[1:])
    return kept


class Folded:
    """A folded text that can say where its bytes came from.

    `data` is the folded UTF-8. The way back is worked out on the first call of `span` only: most texts
    contain no term.
    """

    __slots__ = ("_map", "_raw", "_text", "data")

    def __init__(self, text: str) -> None:
        self._text = text
        self._map: _Origin | None = None
        if text.isascii():
            raw = text.encode("ascii")
        else:
            # Only the runs that need it pass through the table: `translate` on the whole text is four times slower.
            folded = _NON_ASCII.sub(_fold_run, text)
            raw = folded.encode("utf-8", "surrogatepass")
        self._raw = raw = raw.translate(_ASCII)
        if b"  " not in raw:
            self.data = raw
        elif len(raw) < _SMALL:
            self.data = _SPACES.sub(b" ", raw)
        else:
            import numpy as np

            self.data = np.frombuffer(raw, dtype=np.uint8)[_kept(raw)].tobytes()

    def spans(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """String indices, half-open, of the characters that each `data[start:end]` (not empty) came from.

        Whole characters, with the combining marks that follow: half of "ß" or an "e" without its accent
        cannot be replaced alone. Invisible characters around stay outside.
        """
        if self._map is None:
            self._map = _Origin(self._text, self._raw)
        return self._map.spans(starts, ends)


class _Origin:
    """Offsets of one folded text back to its source."""

    def __init__(self, text: str, raw: bytes) -> None:
        import numpy as np

        self._length = len(text)
        self._raw_index = np.flatnonzero(_kept(raw)) if b"  " in raw else None
        self._starts: NDArray[np.int64] | None = None
        if text.isascii():
            return
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        # Bytes a code point folds to: 33 at most.
        widths = np.zeros(int(codes.max()) + 1, dtype=np.uint8)
        is_mark = np.zeros(len(widths), dtype=np.bool_)
        for char in set(text):
            folded = _FOLD[ord(char)]
            widths[ord(char)] = len(folded.encode("utf-8", "surrogatepass"))
            # Either form: the dot above folds to nothing, the half-width ﾞ is a letter until folded.
            is_mark[ord(char)] = category(char)[0] == "M" or category(folded[:1] or " ")[0] == "M"
        width, mark = widths[codes], is_mark[codes]
        self._starts = np.cumsum(width, dtype=np.int64) - width
        # Guards at both ends, so that every look-up below finds something.
        self._marks = np.append(-1, np.flatnonzero(mark))
        self._bases = np.concatenate(([0], np.flatnonzero(~mark & (width > 0)), [self._length]))

    def spans(self, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        import numpy as np

        first, last = starts, ends - 1
        if self._raw_index is not None:
            first, last = self._raw_index[first], self._raw_index[last]
        if self._starts is None:
            return first, last + 1
        # Invisible characters share their start with what follows; "right" lands on the visible one.
        first = np.searchsorted(self._starts, first, "right") - 1
        last = np.searchsorted(self._starts, last, "right") - 1
        # A cut inside a run of marks: their order was changed, so take the run from its base to its end.
        first = self._bases[np.searchsorted(self._bases, first, "right") - 1]
        limit = self._bases[np.searchsorted(self._bases, last, "right")]
        mark = self._marks[np.searchsorted(self._marks, limit, "left") - 1]
        return first, np.maximum(last, mark) + 1
