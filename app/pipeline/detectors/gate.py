"""What a model for names need not read: texts of nothing but common words and pieces of code."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from app.pipeline.detectors.clues import WORD, Clues

#: Written by `tools/ner/common_words.py`.
_LIST = Path(__file__).parent.parent / "data" / "ner" / "common.txt"
#: Digests and addresses in memory: letters and digits, of which some of both are needed.
_HEX = re.compile(r"(?<![^\W_])(?:0x[0-9a-fA-F]+|(?=[a-f]*+\d)(?=\d*+[a-f])[0-9a-f]{6,}+)(?![^\W_])")
#: The parts of a compound such as `parseHTTPHeader`.
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_]+")
#: Written like a name in the middle of a sentence, or like "U.S." and "NZ"; compounds are not, nor what is called.
_PROPER = re.compile(
    r"(?<=[a-z,] )(?!(?:None|True|False)\b)[A-Z][a-z]++(?![\w(=]|\.[a-z])"
    r"|(?<![A-Za-z_])(?:[A-Z]\.[A-Z]|[A-Z]{2}(?![A-Za-z_]))"
)
#: Words whose common parts are looked up once; a text has the same ones again and again.
_MOST = 50_000


class Gate:
    """Tells which texts may hold a name. It errs for names made of common words where a sentence begins with them."""

    def __init__(self, clues: Clues | None = None) -> None:
        """With `clues`, the words that make a text worth reading must also look like names."""
        self._common = frozenset(_LIST.read_text(encoding="utf-8").split())
        self._seen: dict[str, bool] = {}
        self._clues = clues

    def __call__(self, text: str) -> bool:
        """Whether `text` is worth reading."""
        if _PROPER.search(text) is None and all(map(self._is_common, WORD.findall(_HEX.sub(" ", text)))):
            return False
        return self._clues is None or self._clues(text, self._is_ordinary)

    def _is_ordinary(self, word: str) -> bool:
        return word.islower() and self._is_common(word)

    def is_common(self, word: str) -> bool:
        """Whether `word`, in small letters, is an everyday word of English."""
        return word in self._common

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
def gate(clues: Path | None = None) -> Gate:
    """One of this process; 60,000 words, read in 10 ms, and the weights in the file `clues`. Raises as Clues does."""
    return Gate(Clues(clues) if clues else None)
