"""What the trail adds up to by the calendar of this machine."""

from __future__ import annotations

import asyncio
import csv
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.audit.overview import Day, overview
from app.errors import Exit
from app.store.audit import AuditStore
from app.store.audit_reading import AuditReader
from app.store.database import Database
from app.store.sealing import Seal
from tests.commands import run_here

TODAY = date(2026, 3, 3)


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AuditReader]:
    """Rows in a zone east of UTC, whose days begin while it is still yesterday there."""
    if not hasattr(time, "tzset"):
        pytest.skip("the zone of a process can only be set on POSIX")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    vault = Database(tmp_path / "vault.sqlite3")
    store = AuditStore(tmp_path / "audit.sqlite3", vault, Seal(b"m" * 32))
    person: list[Any] = ["PERSON", "ner", 0.9, "replace", 2]
    card: list[Any] = ["CREDIT_CARD", "patterns", 1.0, "mask", 1]
    rows = [
        ("2026-02-28T10:59:59.999Z", "curl", [person]),  # the last of 28 February, in Auckland
        ("2026-02-28T11:00:00.000Z", "curl", [person, card]),  # the first of 1 March
        ("2026-03-02T12:00:00.000Z", "=OpenAI", [card]),  # 3 March
        ("2026-03-03T11:00:00.000Z", "curl", [card]),  # tomorrow
    ]
    said = [
        {
            "kind": "exchange", "time": moment, "client": client, "values": sum(span[4] for span in spans),
            "restored": 0, "in": 10, "out": 20, "added_ms": 4.0, "spans": spans,
        }
        for moment, client, spans in rows
    ]  # fmt: skip
    asyncio.run(store.append([*said, {"kind": "started", "time": "2026-03-02T12:00:00.000Z"}]))
    yield AuditReader(tmp_path / "audit.sqlite3")
    store.close()
    vault.close()
    monkeypatch.undo()
    time.tzset()


def test_days_are_this_machines_own_and_none_is_left_out(reader: AuditReader) -> None:
    found = overview(reader, 3, TODAY)
    assert list(found.days) == [Day("2026-03-01", 1, 3, 4.0), Day("2026-03-02", 0, 0, 0), Day("2026-03-03", 1, 1, 4.0)]
    assert (found.exchanges, found.values, found.added_ms) == (2, 4, 4.0)
    assert list(found.entities) == [("CREDIT_CARD", 2), ("PERSON", 2)]
    assert list(found.layers) == [("ner", 2), ("patterns", 2)]
    assert sorted(found.tools) == [("=OpenAI", 1), ("curl", 1)]


def test_a_longer_look_back_sees_more(reader: AuditReader) -> None:
    found = overview(reader, 30, TODAY)
    assert len(found.days) == 30
    assert [day.date for day in found.days if day.exchanges] == ["2026-02-28", "2026-03-01", "2026-03-03"]


def test_quiet_days_are_no_division_by_nothing(reader: AuditReader) -> None:
    found = overview(reader, 2, date(2025, 1, 1))
    assert (found.exchanges, found.values, found.added_ms) == (0, 0, 0.0)


def test_its_table_holds_no_formula(reader: AuditReader) -> None:
    rows = list(csv.reader(overview(reader, 3, TODAY).lines()))
    assert rows[0] == ["what", "name", "exchanges", "values", "added_ms"]
    assert ["day", "2026-03-01", "1", "3", "4.0"] in rows
    assert ["tool", "'=OpenAI", "1", "", ""] in rows


def test_there_is_nothing_to_count_before_the_app_has_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_here("stats", "--data-dir", tmp_path) == Exit.NO_INPUT
    assert "There is no audit trail yet." in capsys.readouterr().err
    assert run_here("stats", "--days", "400", "--data-dir", tmp_path) == Exit.USAGE
