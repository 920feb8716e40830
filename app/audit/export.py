"""The audit trail as a file for others: lines of JSON, or a table."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from app.pipeline.cells import neutral

Format = Literal["jsonl", "csv"]

#: The columns of the table. What else a row says, in JSON, is the last one.
COLUMNS = (
    "number",
    "time",
    "kind",
    "client",
    "method",
    "endpoint",
    "provider",
    "upstream",
    "model",
    "session",
    "outcome",
    "status",
    "code",
    "sent",
    "read",
    "why",
    "values",
    "restored",
    "in",
    "out",
    "added_ms",
    "upstream_ms",
)


def lines(rows: Iterable[Mapping[str, Any]], format: Format) -> Iterator[str]:
    """The lines of an export, each with its end."""
    if format == "jsonl":
        yield from (json.dumps(row, ensure_ascii=True, separators=(",", ":")) + "\n" for row in rows)
        return
    yield _line([*COLUMNS, "more"])
    for row in rows:
        more = {name: value for name, value in row.items() if name not in COLUMNS}
        yield _line([*(cell(row.get(name, "")) for name in COLUMNS), json.dumps(more, separators=(",", ":"))])


def cell(value: object) -> str:
    """`value` in a table. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return neutral(value) if isinstance(value, str) else str(value)


def _line(cells: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue()
