"""The trail on disk: what it proves, and what it lets nobody do."""

from __future__ import annotations

import asyncio
import multiprocessing
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.errors import KeyMismatch, StorageError
from app.store.audit import AuditStore
from app.store.audit_chain import Verdict, canonical
from app.store.audit_reading import AuditReader, Period
from app.store.database import Database
from app.store.sealing import Seal

SEAL = Seal(b"m" * 32)
ROWS = 12


class Trail:
    """A trail in a folder, and the vault that knows it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "audit.sqlite3"
        self.vault = Database(folder / "vault.sqlite3")
        self.store = AuditStore(self.path, self.vault, SEAL)
        self.reader = AuditReader(self.path)

    def add(self, *times: str) -> None:
        asyncio.run(self.store.append([entry(time) for time in times]))

    def verdict(self) -> Verdict:
        return self.reader.verify(self.vault, SEAL)

    def touch(self, *statements: str) -> None:
        """What somebody does to the file who has no key, and no respect for triggers."""
        with closing(sqlite3.connect(self.path)) as connection:
            for trigger in ("entry_replaced", "entry_changed", "entry_dropped"):
                connection.execute(f"DROP TRIGGER IF EXISTS {trigger}")
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    def close(self) -> None:
        self.store.close()
        self.vault.close()


def entry(time: str = "2026-03-01T00:00:00.000Z", **more: Any) -> dict[str, Any]:
    return {"kind": "exchange", "time": time, "values": 1, "restored": 0, "in": 10, "out": 20, "added_ms": 1.5, **more}


@pytest.fixture
def trail(tmp_path: Path) -> Iterator[Trail]:
    made = Trail(tmp_path)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def full(trail: Trail) -> Trail:
    for number in range(ROWS):
        trail.add(f"2026-03-{number + 1:02d}T00:00:00.000Z")
    return trail


def test_a_trail_that_nobody_touched_is_intact(full: Trail) -> None:
    assert full.verdict() == Verdict(ROWS, 1, ROWS)


_FORGED = canonical(entry(values=99))
_SWAP = (
    "UPDATE entry SET number = -1 WHERE number = 4",
    "UPDATE entry SET number = 4 WHERE number = 5",
    "UPDATE entry SET number = 5 WHERE number = -1",
)
_INSERT = (
    "UPDATE entry SET number = -number WHERE number >= 4",
    "UPDATE entry SET number = 1 - number WHERE number < 0",
)


@pytest.mark.parametrize(
    ("statements", "bad"),
    [
        pytest.param((f"UPDATE entry SET said = '{_FORGED}' WHERE number = 7",), 7, id="changed"),
        pytest.param((f"UPDATE entry SET said = '{_FORGED}' WHERE number = {ROWS}",), ROWS, id="last changed"),
        pytest.param(("UPDATE entry SET link = zeroblob(32) WHERE number = 3",), 3, id="link changed"),
        pytest.param(("UPDATE entry SET link = 'x' WHERE number = 3",), 3, id="link of another type"),
        pytest.param(("DELETE FROM entry WHERE number = 1",), 1, id="first removed"),
        pytest.param(("DELETE FROM entry WHERE number = 6",), 6, id="removed"),
        pytest.param(("DELETE FROM entry WHERE number BETWEEN 6 AND 8",), 6, id="several removed"),
        pytest.param((f"DELETE FROM entry WHERE number = {ROWS}",), ROWS, id="last removed"),
        pytest.param(("DELETE FROM entry WHERE number > 8",), 9, id="cut short"),
        pytest.param(("DELETE FROM entry",), 1, id="emptied"),
        pytest.param(_SWAP, 4, id="two in each other's place"),
        pytest.param(
            (*_INSERT, f"INSERT INTO entry (number, said, link) VALUES (4, '{_FORGED}', zeroblob(32))"), 4, id="put in"
        ),
        pytest.param(
            (
                "DELETE FROM entry WHERE number = 6",
                "UPDATE entry SET number = -number WHERE number > 6",
                "UPDATE entry SET number = -1 - number WHERE number < 0",
            ),
            6,
            id="removed and closed up",
        ),
        pytest.param(
            (f"INSERT INTO entry (number, said, link) VALUES ({ROWS + 1}, '{_FORGED}', zeroblob(32))",),
            ROWS + 1,
            id="added",
        ),
        pytest.param(
            (
                """INSERT INTO entry (number, said, link) SELECT 13,
                '{"kind":"cut","time":"2026-03-09","through":5,"link":"' || hex(link) || '"}', zeroblob(32)
                FROM entry WHERE number = 5""",
                "DELETE FROM entry WHERE number <= 5",
            ),
            ROWS + 1,
            id="cut by somebody else",
        ),
    ],
)
def test_the_first_bad_row_is_named(full: Trail, statements: tuple[str, ...], bad: int) -> None:
    full.touch(*statements)
    verdict = full.verdict()
    assert verdict.bad == bad and str(bad) in verdict.why
    assert verdict.last <= bad - 1


def test_what_was_cut_short_stays_missing_when_more_is_written(full: Trail, tmp_path: Path) -> None:
    full.touch("DELETE FROM entry WHERE number > 8")
    full.add(*["2026-04-01T00:00:00.000Z"] * 9)
    assert full.verdict().bad == 9
    full.close()
    again = Trail(tmp_path)
    again.add("2026-04-02T00:00:00.000Z")
    assert again.verdict().bad == 9
    full.store, full.vault = again.store, again.vault


def test_a_trail_of_another_key_is_no_good(full: Trail) -> None:
    key = full.vault.call(lambda c: c.execute("SELECT value FROM meta WHERE name = 'audit-key'").fetchone()[0])
    sealed = SEAL.seal(b"k" * 32, "audit-key")
    full.vault.call(lambda c: c.execute("UPDATE meta SET value = ? WHERE name = 'audit-key'", (sealed,)))
    assert key != sealed and full.verdict().bad == 1


def test_a_trail_whose_key_is_gone_is_neither_read_nor_continued(full: Trail, tmp_path: Path) -> None:
    full.vault.call(lambda c: c.execute("DELETE FROM meta WHERE name LIKE 'audit%'"))
    with pytest.raises(KeyMismatch):
        full.verdict()
    with pytest.raises(KeyMismatch):
        AuditStore(full.path, full.vault, SEAL)
    assert full.vault.call(lambda c: c.execute("SELECT count(*) FROM meta WHERE name LIKE 'audit%'").fetchone()) == (0,)


def test_an_end_that_was_altered_is_no_end(full: Trail) -> None:
    full.vault.call(lambda c: c.execute("UPDATE meta SET value = zeroblob(68) WHERE name = 'audit-head'"))
    with pytest.raises(KeyMismatch):
        full.verdict()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET said = said",
        "DELETE FROM entry WHERE number = 1",
        "INSERT OR REPLACE INTO entry (number, said, link) SELECT number, said, link FROM entry WHERE number = 2",
    ],
)
def test_rows_are_only_added(full: Trail, statement: str) -> None:
    with closing(sqlite3.connect(full.path)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)


def test_what_is_dropped_in_its_time_leaves_a_trail_that_can_be_verified(full: Trail) -> None:
    assert asyncio.run(full.store.cut("2026-03-06")) == 5
    assert full.verdict() == Verdict(ROWS - 5 + 1, 6, ROWS + 1)
    (cut,) = full.reader.of(kinds=["cut"])
    assert (cut["through"], cut["intact"]) == (5, True)
    assert asyncio.run(full.store.cut("2026-03-06")) == 0
    full.add("2026-03-20T00:00:00.000Z")
    assert asyncio.run(full.store.cut("2026-03-10")) == 4
    assert full.verdict() == Verdict(ROWS - 9 + 3, 10, ROWS + 3)


def test_all_may_be_old(trail: Trail) -> None:
    trail.add("2020-01-01T00:00:00.000Z", "2020-01-02T00:00:00.000Z")
    assert asyncio.run(trail.store.cut("2026-01-01")) == 2
    trail.add("2026-01-01T00:00:00.000Z")
    assert trail.verdict() == Verdict(2, 3, 4)


def test_more_than_was_dropped_may_not_be_missing(full: Trail) -> None:
    asyncio.run(full.store.cut("2026-03-06"))
    full.touch("DELETE FROM entry WHERE number = 6")
    assert full.verdict().bad == 6


def test_dropping_tells_what_was_broken_in_it(full: Trail) -> None:
    full.touch(f"UPDATE entry SET said = '{_FORGED}' WHERE number = 2")
    asyncio.run(full.store.cut("2026-03-06"))
    assert full.verdict().is_intact
    assert [row["intact"] for row in full.reader.of(kinds=["cut"])] == [False]


def test_clearing_leaves_nothing_and_begins_anew(full: Trail) -> None:
    full.add("2026-03-20T00:00:00.000Z")
    marked = full.store.chain.name("session", "a")
    asyncio.run(full.store.append([entry(session=marked)]))
    asyncio.run(full.store.clear())
    raw = b"".join(path.read_bytes() for path in full.path.parent.glob("audit*"))
    assert marked.encode() not in raw
    assert full.verdict() == Verdict(0, 1, 0)
    full.add("2026-03-21T00:00:00.000Z")
    assert full.verdict() == Verdict(1, 1, 1)


def test_a_process_that_has_the_trail_open_goes_on_in_one_that_another_began(full: Trail, tmp_path: Path) -> None:
    other = Trail(tmp_path)
    asyncio.run(other.store.clear())
    full.add("2026-03-21T00:00:00.000Z")
    other.add("2026-03-22T00:00:00.000Z")
    assert full.verdict() == Verdict(2, 1, 2)
    other.close()


def test_a_key_that_went_while_the_trail_is_open_is_not_replaced(full: Trail) -> None:
    full.vault.call(lambda c: c.execute("DELETE FROM meta WHERE name LIKE 'audit%'"))
    with pytest.raises(KeyMismatch):
        full.add("2026-03-21T00:00:00.000Z")


def test_the_files_are_for_the_user_alone(full: Trail) -> None:
    for path in full.path.parent.glob("audit*"):
        assert path.stat().st_mode & 0o777 == 0o600, path


def _append(folder: str, name: str, count: int) -> None:
    trail = Trail(Path(folder))
    for number in range(count):
        asyncio.run(trail.store.append([entry(client=name, number_of=number)]))
    trail.close()


def test_two_processes_may_add_at_once(trail: Trail, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_append, args=(str(tmp_path), name, 25)) for name in ("a", "b")]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0]
    assert trail.verdict() == Verdict(50, 1, 50)
    written = [(row["client"], row["number_of"]) for row in trail.reader.of()]
    assert sorted(written) == [(name, number) for name in ("a", "b") for number in range(25)]
    trail.add("2026-03-20T00:00:00.000Z")
    assert trail.verdict() == Verdict(51, 1, 51)


def test_reading_counts_by_what_exchanges_have_in_common(trail: Trail) -> None:
    spans = [["PERSON", "ner", 0.9, "replace", 2], ["CREDIT_CARD", "patterns", 1.0, "block", 1]]
    more = [
        entry("2026-03-01T10:00:00.000Z", client="OpenAI", spans=spans, policy={"preset": "strict"}),
        entry("2026-03-01T11:00:00.000Z", client="OpenAI", spans=spans[:1], policy={"preset": "coding"}),
        entry("2026-03-02T00:00:00.000Z", client="curl", spans=[], policy={}),
        {"kind": "setting", "time": "2026-03-02T01:00:00.000Z", "name": "ner"},
    ]
    asyncio.run(trail.store.append(more))
    reader = trail.reader
    assert [(t.name, t.exchanges, t.sent) for t in reader.totals("client")] == [("OpenAI", 2, 20), ("curl", 1, 10)]
    assert [(t.name, t.exchanges) for t in reader.totals("day")] == [("2026-03-01", 2), ("2026-03-02", 1)]
    assert {t.name for t in reader.totals("preset")} == {"strict", "coding", ""}
    assert reader.values("entity") == [("PERSON", 4), ("CREDIT_CARD", 1)]
    assert reader.values("operator", Period("2026-03-01T11", "2026-03-02")) == [("replace", 2)]
    assert [row["number"] for row in reader.recent(2)] == [4, 3]
    assert [row["number"] for row in reader.recent(9, before=3, kind="exchange")] == [2, 1]
    assert [row["number"] for row in reader.of(Period("2026-03-02"), ["setting"])] == [4]


def test_without_a_trail_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        AuditReader(tmp_path / "none").recent(1)
    assert not (tmp_path / "none").exists()


def test_a_trail_is_read_on_whichever_thread_is_free(full: Trail) -> None:
    rows = full.reader.of()
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(1) as other:
        first = one.submit(next, rows).result()
        rest = other.submit(list, rows).result()
    assert [row["number"] for row in (first, *rest)] == list(range(1, ROWS + 1))
