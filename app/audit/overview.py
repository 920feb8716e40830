"""What was done lately, in numbers: by day, entity, layer and tool."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.audit.export import cell
from app.store.audit import utc
from app.store.audit_reading import AuditReader, Period, Total

#: Days that can be looked back at.
LONGEST = 366


@dataclass(frozen=True, slots=True)
class Day:
    """One day by this machine's clock. `values` were hidden in `exchanges`, which took `added_ms` longer for it."""

    date: str
    exchanges: int
    values: int
    added_ms: float


@dataclass(frozen=True, slots=True)
class Overview:
    """The last days, today's the last of them; pairs are names and numbers of values, tools numbers of exchanges."""

    days: Sequence[Day]
    entities: Sequence[tuple[str, int]]
    layers: Sequence[tuple[str, int]]
    tools: Sequence[tuple[str, int]]

    @property
    def exchanges(self) -> int:
        return sum(day.exchanges for day in self.days)

    @property
    def values(self) -> int:
        return sum(day.values for day in self.days)

    @property
    def added_ms(self) -> float:
        """What an exchange took longer, on average."""
        return sum(day.added_ms for day in self.days) / (self.exchanges or 1)

    def told(self) -> Mapping[str, Any]:
        """As JSON has it."""
        return {
            "exchanges": self.exchanges,
            "values": self.values,
            "addedMs": round(self.added_ms, 1),
            "days": [
                {"date": d.date, "exchanges": d.exchanges, "values": d.values, "addedMs": round(d.added_ms, 1)}
                for d in self.days
            ],
            "entities": dict(self.entities),
            "layers": dict(self.layers),
            "tools": dict(self.tools),
        }

    def lines(self) -> Iterator[str]:
        """As a table for a spreadsheet, no cell of which is a formula: what, name, exchanges, values, added_ms."""
        rows: list[Sequence[object]] = [("what", "name", "exchanges", "values", "added_ms")]
        rows += [("day", day.date, day.exchanges, day.values, round(day.added_ms, 1)) for day in self.days]
        rows += [("entity", name, "", number, "") for name, number in self.entities]
        rows += [("layer", name, "", number, "") for name, number in self.layers]
        rows += [("tool", name, number, "", "") for name, number in self.tools]
        for row in rows:
            out = io.StringIO()
            csv.writer(out, lineterminator="\r\n").writerow([cell(value) for value in row])
            yield out.getvalue()


def overview(reader: AuditReader, days: int, today: date | None = None) -> Overview:
    """The last `days` days, up to `today`. Blocks; raises StorageError."""
    last = today or datetime.now().astimezone().date()
    dates = [last - timedelta(days=back) for back in reversed(range(days))]
    period = Period(_midnight(dates[0]), _midnight(last + timedelta(days=1)))
    found = {total.name: total for total in reader.totals("date", period)}
    nothing = Total("", 0, 0, 0, 0, 0, 0.0)
    return Overview(
        [_day(day.isoformat(), found.get(day.isoformat(), nothing)) for day in dates],
        reader.values("entity", period),
        reader.values("layer", period),
        [(total.name, total.exchanges) for total in reader.totals("client", period)],
    )


def _day(date: str, total: Total) -> Day:
    return Day(date, total.exchanges, total.values, total.added_ms)


def _midnight(day: date) -> str:
    """When `day` began on this machine, as rows have times."""
    return utc(datetime(day.year, day.month, day.day).astimezone(UTC).timestamp())
