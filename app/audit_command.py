"""`anonamoose audit`: whether the trail is as it was written, and what is in it."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TextIO

from app.audit import export, page
from app.audit.figures import figures
from app.errors import Exit, StorageError, UserError
from app.settings_store import SettingsStore
from app.store.audit_chain import Verdict
from app.store.audit_reading import EVER, AuditReader, Period
from app.text_command import opened


def run(settings: SettingsStore, options: argparse.Namespace) -> int:
    """Does what the command line says. Raises UserError."""
    reader = AuditReader(settings.paths.audit)
    if options.action == "verify":
        return _verify(settings, reader)
    if options.action == "list":
        for row in reversed(reader.recent(options.limit, kind=options.kind)):
            print(json.dumps(row))
        return Exit.OK
    period = _period(options.start, options.end)
    if options.action == "export":
        with _written(options.output) as out:
            out.writelines(export.lines(reader.of(period), options.format))
        return Exit.OK
    text = page.html(figures(reader, period, _verdict(settings, reader)))
    with _written(options.output) as out:
        out.write(text)
    return Exit.OK


def _verify(settings: SettingsStore, reader: AuditReader) -> int:
    verdict = _verdict(settings, reader)
    if verdict.is_intact:
        print(f"The audit trail is intact: {verdict.rows} rows, {verdict.first} to {verdict.last}.")
        return Exit.OK
    print(f"The audit trail is broken at row {verdict.bad}. {verdict.why}", file=sys.stderr)
    return Exit.DATA


def _verdict(settings: SettingsStore, reader: AuditReader) -> Verdict:
    if not settings.paths.database.exists():
        raise StorageError("There is no vault in this folder, which knows the trail's key.", "See --data-dir.")
    with opened(settings) as (vault, seal):
        return reader.verify(vault, seal)


def _period(start: str | None, end: str | None) -> Period:
    """From the first moment of `start` to the last of `end`; a day is all of it."""
    return Period(_moment(start) if start else EVER.start, _moment(end, is_end=True) if end else EVER.end)


def _moment(text: str, *, is_end: bool = False) -> str:
    try:
        if len(text) == len("2026-01-31"):
            day = date.fromisoformat(text)
            return (day + timedelta(days=is_end)).isoformat()
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(
            "A period is given by days or moments in UTC.", "Say --from 2026-01-01 --to 2026-01-31.", code=Exit.USAGE
        ) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}"


@contextmanager
def _written(file: str) -> Iterator[TextIO]:
    if file == "-":
        sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
        yield sys.stdout
        return
    try:
        with Path(file).open("w", encoding="utf-8", newline="") as out:
            yield out
    except OSError as error:
        raise UserError(f"The file {file} cannot be written ({error.strerror}).", code=Exit.CANNOT_CREATE) from None
