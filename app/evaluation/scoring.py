"""Counts what was found against what is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum

from app.evaluation.corpus import Item, Label
from app.pipeline.placeholder import LITERAL
from app.pipeline.redaction import Finding


class Outcome(StrEnum):
    """What became of something personal. A part of it that stays readable is a defect of its own."""

    EXACT = "exact"  # one finding with the same characters
    COVERED = "covered"  # all its characters are hidden, by several findings or by one that reaches further
    PARTIAL = "partial"  # some are
    MISSED = "missed"


@dataclass(slots=True)
class Tally:
    """Counts of one group. Of the `covered` labels, `exact` are so to the character and `named` by their own entity.

    Of `findings`, `false` ones touch nothing personal, and `exact_findings` are the characters of a label.
    """

    labels: int = 0
    covered: int = 0
    exact: int = 0
    named: int = 0
    partial: int = 0
    findings: int = 0
    exact_findings: int = 0
    false: int = 0
    bytes: int = 0

    @property
    def missed(self) -> int:
        return self.labels - self.covered - self.partial

    @property
    def recall(self) -> float | None:
        """How much of what is personal is hidden whole."""
        return _share(self.covered, self.labels)

    @property
    def precision(self) -> float | None:
        """How much of what is hidden is personal."""
        return _share(self.findings - self.false, self.findings)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of the two."""
        return _mean(self.precision, self.recall)

    @property
    def strict_recall(self) -> float | None:
        """How much of what is personal is hidden to the character."""
        return _share(self.exact, self.labels)

    @property
    def strict_precision(self) -> float | None:
        """How much of what is hidden is something personal to the character."""
        return _share(self.exact_findings, self.findings)

    @property
    def strict_f1(self) -> float | None:
        return _mean(self.strict_precision, self.strict_recall)

    @property
    def per_megabyte(self) -> float | None:
        """False alarms in a million bytes."""
        return self.false * 1e6 / self.bytes if self.bytes else None

    def as_counts(self) -> dict[str, int]:
        """All counts by name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(precision: float | None, recall: float | None) -> float | None:
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


@dataclass(frozen=True, slots=True)
class Miss:
    """Something personal that is readable, whole or in part."""

    item: Item
    label: Label
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class FalseAlarm:
    """Something hidden that is not personal."""

    item: Item
    finding: Finding


#: What results are grouped by.
DIMENSIONS = ("entity", "layer", "region", "kind")


@dataclass(slots=True)
class Score:
    """The counts of a corpus: in total, and by each of the dimensions.

    Of the `items`, `harmless` ones have nothing personal in them; in `touched` ones of them something was found.
    """

    total: Tally = field(default_factory=Tally)
    groups: dict[str, dict[str, Tally]] = field(default_factory=lambda: {name: {} for name in DIMENSIONS})
    items: int = 0
    harmless: int = 0
    touched: int = 0
    misses: list[Miss] = field(default_factory=list)
    false_alarms: list[FalseAlarm] = field(default_factory=list)

    def add(self, item: Item, findings: Sequence[Finding]) -> None:
        """Counts one text. `findings` are disjoint; placeholders that were in the text already are none."""
        found = sorted((one for one in findings if one.entity != LITERAL), key=lambda one: one.start)
        self.items += 1
        self.harmless += not item.spans
        self.touched += bool(found) and not item.spans
        size = len(item.text.encode())
        for tally in (self.total, self._group("kind", item.kind), self._group("region", item.region)):
            tally.bytes += size
        for label in item.spans:
            if not label.optional:
                self._label(item, label, found)
        for one in found:
            self._finding(item, one)

    def close(self) -> None:
        """Gives every layer and every entity the whole corpus to be measured by."""
        for tally in self.groups["layer"].values():
            tally.labels = self.total.labels
        for name in ("layer", "entity"):
            for tally in self.groups[name].values():
                tally.bytes = self.total.bytes

    def _group(self, dimension: str, name: str) -> Tally:
        return self.groups[dimension].setdefault(name, Tally())

    def _label(self, item: Item, label: Label, found: list[Finding]) -> None:
        touching = [one for one in found if one.start < label.end and label.start < one.end]
        outcome = outcome_of(label, touching)
        tallies = [
            self.total,
            self._group("entity", label.entity),
            self._group("region", item.region),
            self._group("kind", item.kind),
            *(self._group("layer", layer) for layer in {one.source for one in touching}),
        ]
        named = any(one.entity == label.entity for one in touching)
        for tally in tallies:
            tally.labels += 1
            tally.covered += outcome in (Outcome.EXACT, Outcome.COVERED)
            tally.exact += outcome is Outcome.EXACT
            tally.named += named and outcome in (Outcome.EXACT, Outcome.COVERED)
            tally.partial += outcome is Outcome.PARTIAL
        if outcome in (Outcome.PARTIAL, Outcome.MISSED):
            self.misses.append(Miss(item, label, outcome))

    def _finding(self, item: Item, one: Finding) -> None:
        touched = [label for label in item.spans if one.start < label.end and label.start < one.end]
        exact = any((label.start, label.end) == (one.start, one.end) for label in touched)
        for tally in (
            self.total,
            self._group("entity", one.entity),
            self._group("layer", one.source),
            self._group("region", item.region),
            self._group("kind", item.kind),
        ):
            tally.findings += 1
            tally.exact_findings += exact
            tally.false += not touched
        if not touched:
            self.false_alarms.append(FalseAlarm(item, one))


def outcome_of(label: Label, touching: Sequence[Finding]) -> Outcome:
    """What became of `label`, given the disjoint findings that touch it, in order."""
    if not touching:
        return Outcome.MISSED
    if any((one.start, one.end) == (label.start, label.end) for one in touching):
        return Outcome.EXACT
    reached = label.start
    for one in touching:
        if one.start > reached:
            return Outcome.PARTIAL
        reached = one.end
    return Outcome.COVERED if reached >= label.end else Outcome.PARTIAL
