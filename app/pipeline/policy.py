"""What is in force for one request: a frozen value, so it can be a cache key and cross processes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

from app.pipeline.operators import Operator, Operators, Thresholds
from app.pipeline.span import Span

if TYPE_CHECKING:
    from app.pipeline.redaction import Finding

#: Regions that have rows of their own; rows without a region are always on.
REGIONS = ("AU", "NZ", "UK", "US")
#: The layers a user can switch, by precedence.
SWITCHABLE = ("dictionary", "secrets", "ner", "patterns", "names")
#: What happens to something that cannot be redacted.
Passage = Literal["allow", "warn", "block"]
#: What happens to a JSON number that is an identifier.
Numbers = Literal["replace", "refuse", "allow"]
#: Layers whose findings count whatever their score, and are never left as they are: the user's own terms, and what
#: reads as a placeholder.
_GIVEN = frozenset(["dictionary", "literal"])
#: What else a finding leads to than a placeholder, the stricter the higher.
_STRICTNESS: dict[Operator, int] = {"keep": -1, "replace": 0, "mask": 1, "block": 2}
#: The choices of the other fields, from the laxest.
_STRICTER: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("images", "documents", "audio"), get_args(Passage)),
    "numbers": ("allow", "replace", "refuse"),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """What is to happen in one request.

    `layers` are the layers that run, `regions` the regions whose rows apply (empty: all of them),
    `ner_threshold` the probability from which the model's opinion counts.
    `images`, `documents` and `audio` say what happens to such things, `numbers` to JSON numbers that
    are somebody's identifier. `operators` say what happens to findings of an entity (the others get
    placeholders), `thresholds` from which score they count (the others whatever their score).
    """

    layers: frozenset[str] = field(default_factory=lambda: frozenset(SWITCHABLE))
    regions: frozenset[str] = frozenset()
    ner_threshold: float = 0.5
    images: Passage = "warn"
    documents: Passage = "warn"
    audio: Passage = "warn"
    numbers: Numbers = "replace"
    operators: Operators = ()
    thresholds: Thresholds = ()

    def covers(self, region: str) -> bool:
        """Whether rows of `region` ("" for universal ones) apply."""
        return not region or not self.regions or region in self.regions

    def counted(self, spans: Iterable[Span]) -> list[Span]:
        """Those of `spans` that count. To be asked before overlaps are resolved: each counts or not by itself."""
        kept = {entity for entity, operator in self.operators if operator == "keep"}
        least = dict(self.thresholds)
        return [
            span
            for span in spans
            if span.source in _GIVEN or (span.entity not in kept and span.score >= least.get(span.entity, 0.0))
        ]

    def keeps(self, entity: str) -> bool:
        """Whether values of `entity` stay as they are."""
        return self._operator(entity) == "keep"

    def weight(self, found: Span | Finding) -> int:
        """Where findings overlap, the heaviest decides what happens to what they cover."""
        return max(0, _STRICTNESS[self._operator(found.entity)])

    def _operator(self, entity: str) -> Operator:
        return dict(self.operators).get(entity, "replace")

    @property
    def masked(self) -> frozenset[str]:
        """Entities whose values are not to come back."""
        return frozenset(entity for entity, operator in self.operators if operator == "mask")

    def blocked(self, counts: Mapping[str, int]) -> dict[str, int]:
        """Those of the findings counted by entity that forbid that their text is sent."""
        return {entity: number for entity, number in counts.items() if self._operator(entity) == "block"}

    def relaxes(self, other: Policy) -> bool:
        """Whether something counts for less here than under `other`."""
        everywhere, others = frozenset(REGIONS), dict(other.thresholds)
        named = {entity for entity, _ in (*self.operators, *other.operators)}
        return (
            not self.layers >= other.layers
            or not (self.regions or everywhere) >= (other.regions or everywhere)
            or self.ner_threshold > other.ner_threshold
            or any(score > others.get(entity, 0.0) for entity, score in self.thresholds)
            or any(_STRICTNESS[self._operator(e)] < _STRICTNESS[other._operator(e)] for e in named)
            or any(
                order.index(getattr(self, name)) < order.index(getattr(other, name))
                for name, order in _STRICTER.items()
            )
        )


def parse_regions(text: str) -> frozenset[str]:
    """Regions from a `locale` value such as `"NZ,AU"`, `"en-GB"` or `""`.

    Raises ValueError with a sentence for the user when a part is no region we know.
    """
    found = set()
    for part in text.replace(";", ",").split(","):
        name = part.strip().upper().replace("_", "-").rpartition("-")[2]
        name = "UK" if name == "GB" else name
        if name in ("", "NONE", "ALL"):
            continue
        if name not in REGIONS:
            raise ValueError(f"“{part.strip()}” is not a region; known are {', '.join(REGIONS)}.")
        found.add(name)
    return frozenset(found)


def check_model_threshold(value: float) -> None:
    """Raises ValueError for a score so low that the model would find names everywhere."""
    if 0 < value < 0.05:
        raise ValueError("It must be 0 or at least 0.05.")
