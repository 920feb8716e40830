"""What a value is: one thing somebody could be known by, in the ways people write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

#: The ways of writing one value by name. "bare" has no separators; every identifier has it.
Forms = dict[str, str]


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes values of an entity. The second argument of `make` is the split, as names are not shared."""

    entity: str
    region: str
    make: Callable[[Random, str], Forms]


def fill(random: Random, pattern: str, alphabet: str = "ABCDEFGHJKLMNPRSTUVWXY") -> str:
    """`pattern` with a digit for each `#`, a digit but 0 for each `%`, a letter for each `@`."""
    pick = {"#": "0123456789", "%": "123456789", "@": alphabet}
    return "".join(random.choice(pick[char]) if char in pick else char for char in pattern)


def drawn(random: Random, pattern: str, valid: Callable[[str], object]) -> str:
    """The first of a row of fillings that is `valid`: whatever the check digits are, they come out right."""
    while True:
        value = fill(random, pattern)
        if valid(value):
            return value


def groups(value: str, *sizes: int) -> list[str]:
    """`value` cut into groups of these sizes; the last takes what is left."""
    parts = []
    for size in sizes[:-1]:
        parts.append(value[:size])
        value = value[size:]
    return [*parts, value]


def printed(value: str, *sizes: int, **more: str) -> Forms:
    """The usual ways of writing a number in groups; `more` are further ones."""
    parts = groups(value, *sizes)
    return {"spaced": " ".join(parts), "dashed": "-".join(parts), "bare": value, **more}


def luhn(digits: str) -> str:
    """`digits` with their Luhn check digit."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        number = int(char) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return digits + str(-total % 10)
