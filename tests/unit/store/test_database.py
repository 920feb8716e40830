from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import StorageError
from app.store.database import Database
from app.store.migrations import MIGRATIONS
from tests.fakes import PATIENCE


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    made = Database(path)
    yield made
    made.close()


def layout(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT sql FROM sqlite_schema WHERE sql NOT NULL ORDER BY name")]


def version(connection: sqlite3.Connection) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


def test_a_new_file_has_the_newest_layout_and_keeps_it(database: Database, path: Path) -> None:
    assert database.call(version) == len(MIGRATIONS)
    before = database.call(layout)
    again = Database(path)
    assert again.call(layout) == before and again.call(version) == len(MIGRATIONS)
    again.close()


@pytest.mark.parametrize("number", range(len(MIGRATIONS)))
def test_every_older_layout_is_brought_to_the_newest(path: Path, database: Database, number: int) -> None:
    old = sqlite3.connect(path.with_name("old"))
    for migration in MIGRATIONS[:number]:
        old.executescript(migration)
    old.execute(f"PRAGMA user_version = {number}")
    old.close()
    brought = Database(path.with_name("old"))
    assert brought.call(layout) == database.call(layout)
    brought.close()


def test_a_newer_file_is_refused_and_not_touched(path: Path) -> None:
    newer = sqlite3.connect(path)
    newer.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    newer.close()
    with pytest.raises(StorageError, match="was written by a newer version") as caught:
        Database(path)
    assert "Update Anonamoose" in caught.value.hint
    left = sqlite3.connect(path)
    assert layout(left) == [] and version(left) == len(MIGRATIONS) + 1
    left.close()


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_bytes(b"canary " * 1000)
    with pytest.raises(StorageError, match=r"cannot be opened \(DatabaseError\)") as caught:
        Database(path)
    assert "canary" not in str(caught.value)
    assert path.read_bytes() == b"canary " * 1000


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"cannot be opened \(FileNotFoundError\)"):
        Database(tmp_path / "none" / "vault.sqlite3")


def test_many_may_make_the_same_file_at_once(path: Path) -> None:
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda _: Database(path), range(6)))
    assert {database.call(version) for database in made} == {len(MIGRATIONS)}
    for database in made:
        database.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_only_the_user_may_read_the_files(path: Path) -> None:
    before = os.umask(0)
    try:
        database = Database(path)
        database.call(lambda connection: connection.execute("INSERT INTO meta VALUES ('x', 'y')"))
        modes = {item.name: stat.S_IMODE(item.stat().st_mode) for item in path.parent.iterdir()}
        database.close()
    finally:
        os.umask(before)
    assert modes == {"vault.sqlite3": 0o600, "vault.sqlite3-wal": 0o600, "vault.sqlite3-shm": 0o600}


def test_closing_folds_the_log_in(path: Path) -> None:
    Database(path).close()
    assert [item.name for item in path.parent.iterdir()] == ["vault.sqlite3"]


def test_what_fails_leaves_nothing(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO meta VALUES ('x', 'y')")
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        database.call(work)
    assert database.call(lambda connection: connection.execute("SELECT count(*) FROM meta").fetchone()) == (0,)


def test_what_sqlite_says_is_not_passed_on(database: Database) -> None:
    with pytest.raises(StorageError, match=r"could not be read or written \(OperationalError\)") as caught:
        database.call(lambda connection: connection.execute("SELECT 'canary' FROM canary"))
    assert "canary" not in str(caught.value)
    assert caught.value.__cause__ is None and caught.value.__context__ is None


async def test_what_waits_is_committed_together_and_fails_alone(database: Database) -> None:
    def put(name: str) -> Callable[[sqlite3.Connection], str]:
        def work(connection: sqlite3.Connection) -> str:
            connection.execute("INSERT INTO meta VALUES (?, '')", (name,))
            if name == "broken":
                raise KeyError(name)
            return name

        return work

    statements: list[str] = []
    busy = threading.Event()
    database.call(lambda connection: connection.set_trace_callback(statements.append))
    database._thread.submit(busy.wait)
    names = ["a", "broken", "gone", "a", "b"]
    asked = [asyncio.ensure_future(database.run(put(name))) for name in names]
    await asyncio.sleep(0)
    asked[2].cancel()
    await asyncio.sleep(0)
    statements.clear()
    busy.set()
    done = await asyncio.gather(*asked, return_exceptions=True)
    assert [done[0], done[4]] == ["a", "b"]
    assert [type(one) for one in done[1:4]] == [KeyError, asyncio.CancelledError, StorageError]
    assert statements.count("COMMIT") == 1
    assert database.call(lambda connection: connection.execute("SELECT name FROM meta").fetchall()) == [("a",), ("b",)]


async def test_when_the_commit_fails_all_that_waited_are_told(database: Database) -> None:
    busy = threading.Event()
    database._thread.submit(busy.wait)
    row = "INSERT INTO alias VALUES ('name', 'nobody', 0)"
    deferred = asyncio.ensure_future(
        database.run(
            lambda connection: connection.execute("PRAGMA defer_foreign_keys = ON") and connection.execute(row)
        )
    )
    other = asyncio.ensure_future(
        database.run(lambda connection: connection.execute("INSERT INTO meta VALUES ('a', '')"))
    )
    await asyncio.sleep(0)
    busy.set()
    done = await asyncio.gather(deferred, other, return_exceptions=True)
    assert [type(one) for one in done] == [StorageError, StorageError]
    assert database.call(lambda connection: connection.execute("SELECT count(*) FROM meta").fetchone()) == (0,)


def test_a_file_another_program_holds_is_a_storage_error(database: Database, path: Path) -> None:
    database.call(lambda connection: connection.execute("SELECT 1"))
    database._thread.submit(database._connection.execute, "PRAGMA busy_timeout = 1").result()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="no other program holds the file"):
        database.call(lambda connection: connection.execute("SELECT 1"))
    other.execute("ROLLBACK")
    other.close()
    assert database.call(lambda connection: connection.execute("SELECT 1").fetchone()) == (1,)


async def test_work_runs_in_one_thread_in_order(database: Database) -> None:
    done: list[tuple[int, int]] = []

    def work(number: int) -> None:
        done.append((number, threading.get_ident()))

    await asyncio.gather(*(database.run(lambda _, n=n: work(n)) for n in range(20)))  # type: ignore[misc]
    assert [number for number, _ in done] == list(range(20))
    assert len({thread for _, thread in done}) == 1 and done[0][1] != threading.get_ident()


async def test_what_is_asked_for_in_one_turn_of_the_loop_is_committed_together(database: Database) -> None:
    statements: list[str] = []
    database.call(lambda connection: connection.set_trace_callback(statements.append))
    statements.clear()
    await asyncio.gather(*(database.run(lambda connection: connection.execute("SELECT 1")) for _ in range(5)))
    assert statements.count("COMMIT") == 1


async def test_what_was_asked_for_is_done_before_it_closes_and_nothing_after(path: Path) -> None:
    database = Database(path)
    asked = asyncio.ensure_future(
        database.run(lambda connection: connection.execute("INSERT INTO meta VALUES ('a', '')").rowcount)
    )
    await asyncio.sleep(0)
    database.close()
    assert await asked == 1
    with pytest.raises(RuntimeError, match="closed"):
        await database.run(lambda connection: None)


async def test_what_can_wait_is_done_before_what_is_asked_for_next(database: Database) -> None:
    done: list[str] = []
    waiting = asyncio.ensure_future(database.run(lambda _: done.append("first"), can_wait=True))
    await asyncio.sleep(0)
    await database.run(lambda _: done.append("second"))
    await waiting
    assert done == ["first", "second"]


async def test_what_can_wait_is_done_though_nothing_follows(database: Database) -> None:
    async with asyncio.timeout(PATIENCE):
        for _ in range(3):
            assert await database.run(version, can_wait=True) == len(MIGRATIONS)


async def test_the_version_is_told_while_the_thread_is_at_work(database: Database, path: Path) -> None:
    before = await database.version()
    begun, gate = threading.Event(), threading.Event()

    def work(connection: sqlite3.Connection) -> None:
        begun.set()
        gate.wait(PATIENCE)

    working = asyncio.ensure_future(database.run(work))
    await asyncio.to_thread(begun.wait, PATIENCE)
    told = asyncio.ensure_future(database.version())
    await asyncio.sleep(0)
    assert not told.done(), "the loop does not wait for the connection"
    gate.set()
    await working
    assert await told == before
    other = Database(path)
    other.call(lambda connection: connection.execute("INSERT INTO meta VALUES ('other', 1)"))
    assert await database.version() != before
    other.close()
