"""Full names in lower case, as people type them: "jane doe wants …", where both words are names and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from unicodedata import normalize

from ahocorasick_rs import BytesAhoCorasick

from app.pipeline.detectors.name_lists import Lists, key, lists

#: Shorter ones are words in some language.
_SHORTEST = 4


def _byte(code: int) -> int:
    """How a character is seen, by its code in Latin-1: a small letter without its accent, a blank, or neither."""
    char = normalize("NFKD", chr(code))[0]
    if char.islower() and char.isascii():
        return ord(char)
    return 0x20 if char.isspace() or char in "\"'(,;|>" else 0


_FOLD = bytes(map(_byte, range(256)))
_SURNAME = re.compile(r" ([a-zß-ÿ]{1,30}(?:['’-][a-zß-ÿ]{2,30})?)(?![\w(=\[/@:-]|\.\w)")


@cache
def _automaton() -> BytesAhoCorasick:
    names = sorted(name for name in lists().first if len(name) >= _SHORTEST)
    return BytesAhoCorasick([f" {name} ".encode() for name in names])


def lower_case(text: str) -> Iterator[tuple[int, int]]:
    """Where such names start and end, in order and disjoint."""
    folded = (" " + text).encode("latin-1", "replace").translate(_FOLD)
    known: Lists = lists()
    for _, start, stop in _automaton().find_matches_as_indexes(folded):
        # In `text` the blank in front is one place further left.
        surname = _SURNAME.match(text, stop - 2)
        if surname and len(surname[1]) > 2 and key(surname[1]) in known.surnames:
            yield start, surname.end()
