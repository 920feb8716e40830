"""Whether a word is a name, as far as the lists of names tell.

The proxy's process asks, and seldom: there, forty thousand names are kept in little room.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from app.pipeline.detectors.name_lists import key

#: Lines that begin alike and stand together.
_ALIKE = re.compile(r"^(..).*\n(?:\1.*\n)*", re.MULTILINE)
#: A name that is a word as well.
_WORD = re.compile(r"^(.+) \*$", re.MULTILINE)


class _Lines:
    """The lines of a text: those that begin alike are one string, a tenth of what a set of all of them takes."""

    def __init__(self, text: str) -> None:
        self._alike: dict[str, str] = {}
        for alike in _ALIKE.finditer(text):
            self._alike[alike[1]] = self._alike.get(alike[1], "\n") + alike[0]

    def __contains__(self, line: str) -> bool:
        return f"\n{line}\n" in self._alike.get(line[:2], "")


class _Lists(NamedTuple):
    surnames: _Lines  # these and first names are nothing else, where the others do not have them
    first: _Lines
    rare: frozenset[str]  # words as well: "Price", "Smith"
    common: frozenset[str]  # words and places one meets every day: "Will"


@cache
def _lists() -> _Lists:
    def read(name: str) -> str:
        return (files("app.pipeline") / "data" / "names" / name).read_text(encoding="utf-8")

    listed, ambiguous = read("surnames.txt"), read("ambiguous.txt").splitlines()
    surnames = _Lines(listed)
    common = frozenset(name for name in ambiguous if name not in surnames)
    rare = frozenset([*ambiguous, *_WORD.findall(listed)]) - common
    return _Lists(surnames, _Lines(read("first.txt")), rare, common)


def standing(word: str) -> Literal["name", "rare", "common", ""]:
    """What the lists know of `word`, in whatever case: a name and nothing else, one that is a word as well,
    a word or place one meets every day, or nothing.
    """
    lists, listed = _lists(), key(word)
    if listed in lists.rare:
        return "rare"
    if listed in lists.common:
        return "common"
    return "name" if listed in lists.surnames or listed in lists.first else ""
