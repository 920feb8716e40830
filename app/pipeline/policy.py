"""What is in force for one request: a frozen value, so it can be a cache key and cross processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

#: Regions that have rows of their own; rows without a region are always on.
REGIONS = ("AU", "NZ", "UK", "US")
#: The layers a user can switch, by precedence.
SWITCHABLE = ("dictionary", "secrets", "ner", "patterns", "names")
#: What happens to something that cannot be redacted.
Passage = Literal["allow", "warn", "block"]
#: What happens to a JSON number that is an identifier.
Numbers = Literal["replace", "refuse", "allow"]


@dataclass(frozen=True, slots=True)
class Policy:
    """What is to happen in one request.

    `layers` are the layers that run, `regions` the regions whose rows apply (empty: all of them),
    `ner_threshold` the probability from which the model's opinion counts.
    `images`, `documents` and `audio` say what happens to such things, `numbers` to JSON numbers that
    are somebody's identifier.
    """

    layers: frozenset[str] = field(default_factory=lambda: frozenset(SWITCHABLE))
    regions: frozenset[str] = frozenset()
    ner_threshold: float = 0.5
    images: Passage = "warn"
    documents: Passage = "warn"
    audio: Passage = "warn"
    numbers: Numbers = "replace"

    def covers(self, region: str) -> bool:
        """Whether rows of `region` ("" for universal ones) apply."""
        return not region or not self.regions or region in self.regions


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
