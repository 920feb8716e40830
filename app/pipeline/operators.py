"""What happens to findings of an entity, from which score they count, and the presets that choose both."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal, get_args

from app.pipeline.placeholder import LITERAL, entity_of

#: What happens to a finding: a placeholder stands for it, a mask that never comes back, it stays as it is, or the
#: request is refused.
Operator = Literal["replace", "mask", "keep", "block"]
OPERATORS: dict[str, Operator] = {operator: operator for operator in get_args(Operator)}
#: By entity, in the order of their names.
Operators = tuple[tuple[str, Operator], ...]
Thresholds = tuple[tuple[str, float], ...]

_NAME = re.compile(r"[A-Z][A-Z0-9_]{1,31}")
#: From here on, an unknown name is taken for a known one that was misspelt.
_ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Preset:
    """Defaults that go together. What the settings, a session or a request say for themselves goes before.

    `ner_threshold` is how sure the model must be.
    """

    summary: str
    ner_threshold: float = 0.5
    operators: str = ""
    thresholds: str = ""


PRESETS = {
    "strict": Preset("The model need not be sure: finds most, and errs most.", ner_threshold=0.3),
    "balanced": Preset("For everyday prose, mail and forms."),
    "coding": Preset(
        "For source code and logs: the model must be sure, and addresses of private IPv4 networks stay.",
        ner_threshold=0.9,
        thresholds="IP_ADDRESS=0.65, LOCATION=0.97, ORGANIZATION=0.97",
    ),
}


@lru_cache(maxsize=64)
def parse_operators(text: str) -> Operators:
    """Operators from `CREDIT_CARD=block, IP_ADDRESS=keep`; of two for one entity the latter counts.

    Raises ValueError with a sentence for the user, which quotes nothing.
    """
    found: dict[str, Operator] = {}
    for entity, word in _pairs(text, "CREDIT_CARD=block"):
        operator = OPERATORS.get(word.lower())
        if operator is None:
            raise ValueError(f"An entity can be set to one of {', '.join(OPERATORS)}.")
        found[entity] = operator
    return tuple(sorted(found.items()))


@lru_cache(maxsize=64)
def parse_thresholds(text: str) -> Thresholds:
    """Thresholds from `PERSON=0.7, LOCATION=0.8`, as `parse_operators` reads operators."""
    found: dict[str, float] = {}
    for entity, number in _pairs(text, "PERSON=0.7"):
        try:
            score = float(number)
        except ValueError:
            score = -1.0
        if not 0 <= score <= 1:
            raise ValueError("A threshold must be a number from 0 to 1.")
        found[entity] = score
    return tuple(sorted(found.items()))


def listed(counts: Mapping[str, int]) -> str:
    """`1 CREDIT_CARD and 2 PERSON`."""
    parts = [f"{number} {entity}" for entity, number in sorted(counts.items())]
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _pairs(text: str, example: str) -> list[tuple[str, str]]:
    pairs = []
    for part in re.split("[,;]", text):
        if not part.strip():
            continue
        name, equals, value = (piece.strip() for piece in part.partition("="))
        # What the user sees in placeholders is the label.
        entity = entity_of(name.upper())
        if not equals or not _NAME.fullmatch(entity) or entity == LITERAL:
            raise ValueError(f"It takes pairs such as {example}, separated by commas.")
        pairs.append((entity, value))
    return pairs


def check_operators(text: str) -> None:
    """As `parse_operators`; also raises ValueError for a name that is probably a known one misspelt."""
    _check(parse_operators(text))


def check_thresholds(text: str) -> None:
    """The same of thresholds."""
    _check(parse_thresholds(text))


def _check(pairs: Operators | Thresholds) -> None:
    for entity, _ in pairs:
        if meant := _misspelt(entity):
            raise ValueError(f"There is no entity of that name; {meant} is probably meant.")


def _misspelt(entity: str) -> str:
    """The entity that is probably meant; "" for one that there is, or that can only be a type of the dictionary's."""
    from app.pipeline.detection import known_entities  # costs more than the rest, and few name any

    known = known_entities()
    if entity in known:
        return ""

    def likeness(other: str) -> float:
        if set(entity.split("_")) <= set(other.split("_")):
            return 1.0
        return SequenceMatcher(None, entity.replace("_", ""), other.replace("_", "")).ratio()

    best = max(sorted(known), key=likeness)
    return best if likeness(best) >= _ALIKE else ""
