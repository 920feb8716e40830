"""The SQLite file: one connection, one thread that owns it, migrations in order."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from app.errors import StorageError

T = TypeVar("T")
#: Seconds that we wait for another process to finish writing.
_PATIENCE = 5
#: What a piece of work returned, or raised.
_Done = tuple[Any, BaseException | None]

#: Each entry brings the layout from its index to the next; `user_version` counts them.
MIGRATIONS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE session (
        id TEXT PRIMARY KEY, wrapped_key BLOB NOT NULL, created REAL NOT NULL, used REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE entry (
        session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        placeholder TEXT NOT NULL, label TEXT NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (session, placeholder)
    ) WITHOUT ROWID;
    CREATE TABLE reserved (
        session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        name BLOB NOT NULL, placeholder BLOB NOT NULL,
        PRIMARY KEY (session, name)
    ) WITHOUT ROWID;
    CREATE TABLE memo (
        session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE, digest BLOB NOT NULL, edits BLOB,
        PRIMARY KEY (session, digest)
    ) WITHOUT ROWID;
    CREATE TABLE alias (
        name BLOB PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX session_used ON session(used);
    CREATE TABLE term (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
    CREATE TABLE daily (
        day TEXT NOT NULL, entity TEXT NOT NULL, redactions INTEGER NOT NULL,
        PRIMARY KEY (day, entity)
    ) WITHOUT ROWID;
    """,
    "CREATE TABLE own (session TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID",
    # Of the whole dictionary, when a term was last written: `meta` counts its changes under "terms".
    """
    ALTER TABLE term ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    """,
    # Whether a value was the user's own, which is known in no other form.
    """
    ALTER TABLE entry ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
    """,
)


class Database:
    """Runs functions on the connection, in its own thread, one after the other."""

    def __init__(self, path: Path) -> None:
        """Opens or makes the file; raises StorageError with a sentence for the user."""
        self._path = path
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._waiting: deque[tuple[Callable[[sqlite3.Connection], Any], Future[Any]]] = deque()
        self._is_woken = False
        try:
            self._connection = self._thread.submit(self._open).result()
        except (sqlite3.Error, OSError) as error:
            self._thread.shutdown()
            raise StorageError(
                f"The vault {path} cannot be opened ({type(error).__name__}).",
                "Mend the folder's permissions, or move the file away to start with an empty vault.",
            ) from error
        except StorageError:
            self._thread.shutdown()
            raise

    def _open(self) -> sqlite3.Connection:
        # Made by us first, so that SQLite's own files inherit a mode nobody else can read.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=_PATIENCE)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        _write_ahead(connection)
        # FULL: what was acknowledged survives a power cut, not only a crash of this process.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        # The version is read with the lock held: another process may be making the same tables.
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > len(MIGRATIONS):
            raise StorageError(
                f"The vault {self._path} was written by a newer version of Anonamoose.",
                "Update Anonamoose, or choose another folder with --data-dir.",
            )
        for number in range(version, len(MIGRATIONS)):
            for statement in MIGRATIONS[number].split(";"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")

    def call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work(connection)`, all of it or nothing; blocks. Errors of SQLite become StorageError."""
        return self._submit(work).result()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """As `call`, without blocking the loop."""
        return await asyncio.wrap_future(self._submit(work))

    async def version(self) -> int:
        """A number that is another one as soon as another process has written to the file."""
        return await asyncio.wrap_future(self._thread.submit(self._version))

    def _version(self) -> int:
        try:
            (version,) = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error as error:
            raise _unusable(error) from None
        return int(version)

    def _submit(self, work: Callable[[sqlite3.Connection], T]) -> Future[T]:
        future: Future[T] = Future()
        self._waiting.append((work, future))
        if not self._is_woken:
            self._is_woken = True
            self._thread.submit(self._work_off)
        return future

    def _work_off(self) -> None:
        """Does all that waits in one transaction: what takes time is the commit."""
        self._is_woken = False
        batch = []
        while self._waiting:
            work, future = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                batch.append((work, future))
        if not batch:
            return
        try:
            done = self._together([work for work, _ in batch])
        except BaseException as error:  # each of them is told
            done = [(None, error)] * len(batch)
        for (_, future), (result, failure) in zip(batch, done, strict=True):
            if isinstance(failure, sqlite3.Error):
                failure = _unusable(failure)
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _together(self, works: Iterable[Callable[[sqlite3.Connection], Any]]) -> list[_Done]:
        """What each of `works` returned or raised; one that raises leaves nothing behind."""
        connection = self._connection
        done: list[_Done] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            for work in works:
                connection.execute("SAVEPOINT work")
                try:
                    done.append((work(connection), None))
                except BaseException as error:
                    if not connection.in_transaction:
                        raise  # the disk is full, say: SQLite has given up all of them
                    connection.execute("ROLLBACK TO work")
                    done.append((None, error))
                connection.execute("RELEASE work")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return done

    def close(self) -> None:
        """Finishes what is queued, folds the write-ahead log in and closes."""
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """SQLite does not wait here for another process that makes the same file, so we do."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _unusable(error: sqlite3.Error) -> StorageError:
    """SQLite's own message may quote what was being written."""
    return StorageError(
        f"The vault could not be read or written ({type(error).__name__}).",
        "Check that the disk is not full and that no other program holds the file.",
    )
