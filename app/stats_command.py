"""`anonamoose stats`: what was hidden lately."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Literal

from app.audit.overview import LONGEST, Overview, overview
from app.errors import Exit, UserError
from app.settings_store import SettingsStore
from app.store.audit_reading import AuditReader

_BAR = 40  # characters of the longest


def run(settings: SettingsStore, days: int, format: Literal["text", "json", "csv"]) -> int:
    """Prints the figures of the last `days` days. Raises UserError."""
    if days > LONGEST:
        raise UserError(f"It looks back at most {LONGEST} days.", code=Exit.USAGE)
    found = overview(AuditReader(settings.paths.audit), days)
    if format == "json":
        print(json.dumps(found.told(), ensure_ascii=False, indent=2))
    elif format == "csv":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        sys.stdout.writelines(found.lines())
    else:
        print("\n".join(_text(found)))
    return Exit.OK


def _text(found: Overview) -> Iterator[str]:
    since, added = found.days[0].date, f"{found.added_ms:.0f} ms"
    yield f"{found.values:,} values hidden in {found.exchanges:,} exchanges since {since}; {added} added to each."
    busy = [(day.date, day.values) for day in found.days if day.exchanges]
    for title, rows in (
        ("Values by day", busy),
        ("Values by entity", found.entities),
        ("Values by layer", found.layers),
        ("Exchanges by tool", found.tools),
    ):
        if rows:
            yield f"\n{title}"
            yield from _bars(rows)


def _bars(rows: Sequence[tuple[str, int]]) -> Iterator[str]:
    most = max(number for _, number in rows) or 1
    width = max(len(name) for name, _ in rows)
    for name, number in rows:
        yield f"  {name:<{width}}  {number:>7,}  {'█' * round(_BAR * number / most)}".rstrip()
