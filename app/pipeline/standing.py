"""Whether a word is a name, as far as the lists of names tell."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from app.pipeline.detectors.name_lists import key


class _Lists(NamedTuple):
    names: frozenset[str]  # nothing else
    rare: frozenset[str]  # words as well: "Price", "Smith"
    common: frozenset[str]  # words and places one meets every day: "Will"


@cache
def _lists() -> _Lists:
    def lines(name: str) -> list[str]:
        return (files("app.pipeline") / "data" / "names" / name).read_text(encoding="utf-8").splitlines()

    listed, ambiguous = lines("surnames.txt"), frozenset(lines("ambiguous.txt"))
    surnames = frozenset(line for line in listed if not line.endswith("*"))
    words = frozenset(line[:-2] for line in listed if line.endswith("*"))
    common = ambiguous - surnames
    rare = (ambiguous | words) - common
    return _Lists((surnames | frozenset(lines("first.txt"))) - rare - common, rare, common)


def standing(word: str) -> Literal["name", "rare", "common", ""]:
    """What the lists know of `word`, in whatever case: a name and nothing else, one that is a word as well,
    a word or place one meets every day, or nothing.
    """
    lists, listed = _lists(), key(word)
    if listed in lists.names:
        return "name"
    return "rare" if listed in lists.rare else "common" if listed in lists.common else ""
