"""What the audit trail adds up to in a period: all that a report says, as numbers."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app import __version__
from app.store.audit import utc
from app.store.audit_chain import Verdict
from app.store.audit_reading import AuditReader, Period, Total

#: Rows that tell of what is in force, and of what happened to the trail itself.
CHANGES = ("started", "stopped", "setting", "dictionary", "change", "protection", "gap", "cut", "cleared")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many exchanges were sent on, and how much of their bodies was looked through.

    `read` in full; `part`: in full, beside pictures, recordings or files that nobody can redact; `unread`, by `why`;
    `bare`: without a body. `refused` were answered by Anonamoose, `lost` could not be written to the trail.
    """

    sent: int
    read: int
    part: int
    unread: int
    bare: int
    refused: int
    lost: int
    why: Sequence[tuple[str, int]]

    @property
    def share(self) -> float | None:
        """Of the requests with a body that were sent on, those that were read in full; None when there were none."""
        bodies = self.read + self.part + self.unread
        return self.read / bodies if bodies else None


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything a report says. Pairs are names and numbers of values or requests."""

    period: Period
    made: str
    version: str
    verdict: Verdict
    total: Total
    coverage: Coverage
    entities: Sequence[tuple[str, int]]
    layers: Sequence[tuple[str, int]]
    operators: Sequence[tuple[str, int]]
    days: Sequence[Total]
    clients: Sequence[Total]
    providers: Sequence[Total]
    models: Sequence[Total]
    presets: Sequence[Total]
    refusals: Sequence[tuple[str, int]]
    strangers: Sequence[tuple[str, int]]
    changes: Sequence[dict[str, Any]]
    versions: Sequence[str]


def figures(reader: AuditReader, period: Period, verdict: Verdict) -> Figures:
    """The figures of a period. Raises StorageError."""
    days = reader.totals("day", period)
    changes = list(reader.of(period, CHANGES))
    refusals = [(total.name, total.exchanges) for total in reader.totals("code", period) if total.name]
    outcomes = {total.name: total.exchanges for total in reader.totals("outcome", period)}
    return Figures(
        period=period,
        made=utc(),
        version=__version__,
        verdict=verdict,
        total=_sum(days),
        coverage=_coverage(reader, period, outcomes.get("refused", 0), sum(row.get("lost", 0) for row in changes)),
        entities=reader.values("entity", period),
        layers=reader.values("layer", period),
        operators=reader.values("operator", period),
        days=days,
        clients=reader.totals("client", period),
        providers=_providers(reader, period),
        models=reader.totals("model", period),
        presets=reader.totals("preset", period),
        refusals=refusals,
        strangers=reader.refusals(period),
        changes=changes,
        versions=sorted({row["version"] for row in changes if "version" in row}),
    )


def _sum(totals: Sequence[Total]) -> Total:
    names = [field.name for field in dataclasses.fields(Total)][1:]
    return Total("", *(sum(getattr(total, name) for total in totals) for name in names))


def _providers(reader: AuditReader, period: Period) -> list[Total]:
    """By provider; a further upstream is called by its own name."""
    named = [total for total in reader.totals("upstream", period) if total.name]
    return [*reader.totals("provider", period), *named]


def _coverage(reader: AuditReader, period: Period, refused: int, lost: int) -> Coverage:
    read = {total.name: total.exchanges for total in reader.totals("read", period)}
    why = [(total.name, total.exchanges) for total in reader.totals("why", period) if total.name]
    full, part, unread = (read.get(name, 0) for name in ("all", "part", "unread"))
    sent = sum(total.exchanges for total in reader.totals("sent", period) if total.name == "yes")
    return Coverage(sent, full, part, unread, sent - full - part - unread, refused, lost, why)
