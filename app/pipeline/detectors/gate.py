"""What a model for names need not read: texts of nothing but common words."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

#: Written by `tools/ner/common_words.py`.
_LIST = Path(__file__).parent.parent / "data" / "ner" / "common.txt"
_WORD = re.compile(r"[^\W\d_]+")
#: The parts of a compound such as `parseHTTPHeader`.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
#: Written like a name in the middle of a sentence, or like "U.S." and "NZ".
_PROPER = re.compile(r"(?<=[a-z,] )[A-Z][a-z]|(?<![A-Za-z_])(?:[A-Z]\.[A-Z]|[A-Z]{2}(?![A-Za-z_]))")
#: Words whose common parts are looked up once; a text has the same ones again and again.
_MOST = 50_000


class Gate:
    """Tells which texts may hold a name. It errs for names made of common words where a sentence begins with them."""

    def __init__(self) -> None:
        self._common = frozenset(_LIST.read_text(encoding="utf-8").split())
        self._seen: dict[str, bool] = {}

    def __call__(self, text: str) -> bool:
        """Whether `text` is worth reading."""
        return _PROPER.search(text) is not None or not all(map(self._is_common, _WORD.findall(text)))

    def _is_common(self, word: str) -> bool:
        known = self._seen.get(word)
        if known is None:
            # A single letter gives nobody away.
            known = all(len(part) == 1 or part.lower() in self._common for part in _PART.findall(word))
            if len(self._seen) >= _MOST:
                self._seen.clear()
            self._seen[word] = known
        return known


@cache
def gate() -> Gate:
    """The one of this process; 60,000 words, read in 10 ms."""
    return Gate()
