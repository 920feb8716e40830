"""The SQLite file: one connection, one thread that owns it, migrations in order."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

from app.errors import StorageError
from app.store.migrations import MIGRATIONS, statements

T = TypeVar("T")
#: Seconds that we wait for another process to finish writing.
_PATIENCE = 5
#: Seconds that work which can wait waits at most for other work to be done with.
_GATHER = 0.05
#: What a piece of work returned, or raised.
_Done = tuple[Any, BaseException | None]


class Database:
    """Runs functions on the connection, in its own thread, one after the other."""

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS, name: str = "vault") -> None:
        """Opens or makes the file, called `name` in sentences for the user; raises StorageError with one."""
        self._path = path
        self._migrations = migrations
        self._name = name
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="database")
        self._seen = -1  # the version of the file that those who watch it know
        self._watch: list[Callable[[sqlite3.Connection], None]] = []
        self._waiting: deque[tuple[Callable[[sqlite3.Connection], Any], asyncio.Future[Any]]] = deque()
        self._is_woken = False
        self._timer: asyncio.TimerHandle | None = None
        self._at_work = threading.Lock()  # whoever uses the connection has it
        self._is_open = True
        try:
            self._connection = self._thread.submit(self._open).result()
        except (sqlite3.Error, OSError) as error:
            self._thread.shutdown()
            raise StorageError(
                f"The {name} {path} cannot be opened ({type(error).__name__}).",
                f"Free some space, or mend the folder's permissions. Move the file away to start with an empty {name}.",
            ) from error
        except StorageError:
            self._thread.shutdown()
            raise

    def _open(self) -> sqlite3.Connection:
        # Made by us first, so that SQLite's own files inherit a mode nobody else can read.
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        for path in self.files:  # one that was put back from a copy may have any mode
            path.chmod(0o600)
        # Its thread's, but for a glance when that has nothing to do: see `version`.
        connection = sqlite3.connect(self._path, isolation_level=None, timeout=_PATIENCE, check_same_thread=False)
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
        if version > len(self._migrations):
            raise StorageError(
                f"The {self._name} {self._path} was written by a newer version of Anonamoose.",
                "Update Anonamoose, or choose another folder with --data-dir.",
            )
        for number in range(version, len(self._migrations)):
            for statement in statements(self._migrations[number]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number + 1}")
        connection.execute("COMMIT")

    @property
    def files(self) -> list[Path]:
        """The file and those that SQLite has beside it, as far as they exist."""
        return [path for end in ("", "-wal", "-shm") if (path := Path(f"{self._path}{end}")).exists()]

    def watch(self, look: Callable[[sqlite3.Connection], None]) -> None:
        """Before the next piece of work, and whenever another process has written, `look` sees the file first.

        What it raises is raised by the work that waits, none of which is done.
        """
        self._watch.append(look)
        self._seen = -1

    def call(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """`work(connection)`, all of it or nothing; blocks. Errors of SQLite become StorageError."""

        def alone() -> T:
            self._work_off()
            ((result, failure),) = self._outcomes([work])
            if failure is not None:
                raise failure
            return cast(T, result)

        return self._thread.submit(alone).result()

    async def run(self, work: Callable[[sqlite3.Connection], T], *, can_wait: bool = False) -> T:
        """As `call`, without blocking the loop. What is asked for in one turn of the loop is done together.

        What `can_wait` is done with what is asked for next, before it, or a moment later: a commit costs more than
        what is committed.
        """
        if not self._is_open:
            raise RuntimeError("the database is closed")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.append((work, future))
        if not can_wait:
            self.hasten()
        elif self._timer is None or self._timer.when() <= loop.time():
            self._timer = loop.call_later(_GATHER, self.hasten)
        return await future

    def hasten(self) -> None:
        """Has what waits done now."""
        if self._waiting and not self._is_woken:
            self._is_woken = True
            asyncio.get_running_loop().call_soon(self._wake)

    def _wake(self) -> None:
        if self._waiting:
            self._thread.submit(self._work_off)
        else:  # the thread was quicker
            self._is_woken = False

    async def version(self) -> int:
        """A number that is another one as soon as another process has written to the file."""
        if not self._at_work.acquire(blocking=False):
            return await asyncio.wrap_future(self._thread.submit(self._version))
        try:  # where the thread has nothing to do, to wake it takes longer than to look
            return self._seen_version()
        finally:
            self._at_work.release()

    def _version(self) -> int:
        with self._at_work:
            return self._seen_version()

    def _seen_version(self) -> int:
        try:
            return _version(self._connection)
        except sqlite3.Error as error:
            raise self._unusable(error) from None

    def _work_off(self) -> None:
        """Does all that waits in one transaction: what takes time is the commit."""
        self._is_woken = False
        batch = []
        while self._waiting:
            work, future = self._waiting.popleft()
            if not future.cancelled():
                batch.append((work, future))
        if not batch:
            return
        done = self._outcomes([work for work, _ in batch])
        answered = [(future, *outcome) for (_, future), outcome in zip(batch, done, strict=True)]
        for loop in {future.get_loop() for future, _, _ in answered}:
            with suppress(RuntimeError):  # it was closed meanwhile, and nobody waits
                loop.call_soon_threadsafe(_tell, [one for one in answered if one[0].get_loop() is loop])

    def _outcomes(self, works: Sequence[Callable[[sqlite3.Connection], Any]]) -> list[_Done]:
        """What each of `works` returned or raised, in words for the user."""
        try:
            with self._at_work:
                done = self._together(works)
        except BaseException as error:  # each of them is told
            done = [(None, error)] * len(works)
        return [(result, self._unusable(e) if isinstance(e, sqlite3.Error) else e) for result, e in done]

    def _together(self, works: Iterable[Callable[[sqlite3.Connection], Any]]) -> list[_Done]:
        """What each of `works` returned or raised; one that raises leaves nothing behind."""
        connection = self._connection
        done: list[_Done] = []
        try:
            connection.execute("BEGIN IMMEDIATE")
            self._look(connection)
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
            self._seen = -1  # those who watch may believe what was taken back
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return done

    def _look(self, connection: sqlite3.Connection) -> None:
        if not self._watch:
            return
        version = _version(connection)
        if version != self._seen:
            for look in self._watch:
                look(connection)
            self._seen = version

    async def fold(self) -> bool:
        """Folds the write-ahead log in and empties it, so that nothing deleted is left there.

        False when another process reads the file just now.
        """
        return await asyncio.wrap_future(self._thread.submit(self._fold))

    def _fold(self) -> bool:
        try:
            with self._at_work:
                (is_busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        return not is_busy

    def _unusable(self, error: sqlite3.Error) -> StorageError:
        """SQLite's own message may quote what was being written."""
        return StorageError(
            f"The {self._name} could not be read or written ({type(error).__name__}).",
            "Check that the disk is not full and that no other program holds the file.",
        )

    def close(self) -> None:
        """Finishes what is queued, folds the write-ahead log in and closes."""
        self._is_open = False
        self._thread.submit(self._work_off)
        self._thread.submit(self._connection.close).result()
        self._thread.shutdown()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _tell(answered: Iterable[tuple[asyncio.Future[Any], Any, BaseException | None]]) -> None:
    for future, result, failure in answered:
        if not future.done():
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)


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
