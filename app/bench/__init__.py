"""`anonamoose bench`: what the proxy costs, against going straight to a fake upstream in the same run."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import asdict, dataclass

from app.bench.measure import Bench, Row, rows
from app.bench.processes import Part, fake_upstream, proxy
from app.errors import Exit
from app.usage import Usage


@dataclass(frozen=True, slots=True)
class Report:
    """The figures with the model or without it. `idle` and `busy` are proxy and detection, before and after."""

    ner: bool
    rows: list[Row]
    idle: list[Usage]
    busy: list[Usage]


def bench(rounds: int, ner: bool | None, *, as_json: bool) -> int:
    """Measures and prints. `ner` None measures both without and with the model. Raises UserError."""
    reports = []
    for with_model in (False, True) if ner is None else (ner,):
        reports.append(_measure(rounds, with_model))
        if not as_json:
            _print(reports[-1], rounds)
    if as_json:
        print(json.dumps([_jsonable(report) for report in reports], indent=2))
    return Exit.OK


def _measure(rounds: int, ner: bool) -> Report:
    def progress(words: str) -> None:
        if sys.stderr.isatty():
            print(f"\r\033[K{words}", end="" if words else "\r", file=sys.stderr, flush=True)

    with (
        tempfile.TemporaryDirectory(prefix="anonamoose-bench-") as folder,
        Part(fake_upstream) as upstream,
        Part(proxy, folder, upstream.port, ner) as running,
    ):
        idle = running.usage()
        results = Bench(upstream, running).run(rounds, ner, progress)
        busy = running.usage()
        progress("")
    return Report(ner, list(rows(results)), idle, busy)


def _print(report: Report, rounds: int) -> None:
    print(f"NER {'on' if report.ner else 'off'}, medians of {rounds} rounds, milliseconds")
    print(f"{'':<46}{'direct':>9}{'added':>9}{'ratio':>9}")
    for row in report.rows:
        print(f"{row.name:<46}{row.direct:>9.2f}{row.added:>+9.2f}{row.ratio:>8.2f}x")
    for name, used in (("at the start", report.idle), ("at the end", report.busy)):
        proxy, detection = (part.resident / 2**20 for part in used)
        peak = " at most" if used[0].is_peak else ""
        print(f"Resident {name}: {proxy + detection:.0f} MiB{peak} (proxy {proxy:.0f}, detection {detection:.0f})")
    print(flush=True)


def _jsonable(report: Report) -> dict[str, object]:
    return {
        "ner": report.ner,
        "milliseconds": {
            row.name: {"direct": row.direct, "added": row.added, "ratio": row.ratio} for row in report.rows
        },
        "idle": [asdict(used) for used in report.idle],
        "busy": [asdict(used) for used in report.busy],
    }
