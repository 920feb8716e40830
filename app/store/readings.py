"""What the model saw, sealed on disk. A file of its own: it may be lost at any time, and nobody waits for it.

The process that reads owns it. So what is known is looked up where it is needed, in one query and without a word over
the link; and nothing that is written here ever holds up the vault, which has one writer at a time and waits for the
disk.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from app.store.sealing import Seal, Unsealable

log = logging.getLogger(__name__)

T = TypeVar("T")
#: How many are kept, some 150 bytes each, and for how many days after they were last of use.
MOST, DAYS = 50_000, 30
#: Written between two looks at how many there are.
_LOOK_EVERY = 1_000
#: Asked for in one query.
_AT_ONCE = 500
_VERSION = 1
_TABLE = "CREATE TABLE reading (name BLOB PRIMARY KEY, sealed BLOB NOT NULL, day INTEGER NOT NULL) WITHOUT ROWID"


class ReadingStore:
    """Readings by name. Any fault of the disk or the file only makes it forget: it never raises.

    Belongs to one thread. `flush` writes what was put since, and belongs behind an answer.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._seal = Seal(key)
        self._connection: sqlite3.Connection | None = None
        self._is_open = False
        self._put: dict[bytes, bytes] = {}
        self._touched: set[bytes] = set()
        self._written = _LOOK_EVERY

    def get(self, names: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """Those of `names` that are known and that nobody has altered."""
        found: dict[bytes, bytes] = {}
        today = _today()
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            query = f"SELECT name, sealed, day FROM reading WHERE name IN ({', '.join('?' * len(some))})"  # noqa: S608
            for name, sealed, day in self._try(partial(_rows, query, some)) or ():
                with suppress(Unsealable):
                    found[name] = self._seal.open(sealed, name.hex())
                    if day < today:
                        self._touched.add(name)
        return found

    def put(self, readings: Mapping[bytes, bytes]) -> None:
        """Remembers more; they are written with the next `flush`."""
        self._put |= readings

    def flush(self) -> None:
        """Writes what was put, all at once; without waiting for the disk, which a cache need not."""
        if not self._put and not self._touched:
            return
        put, self._put = self._put, {}
        touched, self._touched = self._touched, set()
        today = _today()
        rows = [(name, self._seal.seal(plain, name.hex()), today) for name, plain in put.items()]
        self._written += len(rows)

        def write(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT OR REPLACE INTO reading VALUES (?, ?, ?)", rows)
            connection.executemany("UPDATE reading SET day = ? WHERE name = ?", [(today, name) for name in touched])
            if self._written >= _LOOK_EVERY:
                self._written = 0
                connection.execute("DELETE FROM reading WHERE day < ?", (today - DAYS,))
                (number,) = connection.execute("SELECT count(*) FROM reading").fetchone()
                if number > MOST:
                    oldest = "DELETE FROM reading WHERE name IN (SELECT name FROM reading ORDER BY day LIMIT ?)"
                    connection.execute(oldest, (number - MOST * 9 // 10,))
            connection.execute("COMMIT")

        self._try(write)

    def _try(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        try:
            if not self._is_open:
                self._is_open = True
                self._connection = _opened(self._path)
            return None if self._connection is None else work(self._connection)
        except (sqlite3.Error, OSError) as error:
            log.warning("what the model saw is not kept any more: %s", type(error).__name__)
            self.close()
            return None

    def close(self) -> None:
        """Gives the file back. From then on nothing is known and nothing is kept."""
        connection, self._connection, self._is_open = self._connection, None, True
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()


def clear(path: Path) -> None:
    """Deletes all readings in the file, which another process may have open, so that nobody can get them back.

    Raises OSError where the file can be neither emptied nor deleted.
    """
    if not path.exists():
        return
    try:
        with closing(_connected(path)) as connection:
            connection.execute("DELETE FROM reading")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error:
        _unlink(path)


def _rows(query: str, names: Sequence[bytes], connection: sqlite3.Connection) -> list[tuple[bytes, bytes, int]]:
    return connection.execute(query, names).fetchall()


def _today() -> int:
    return int(time.time() // 86_400)


def _opened(path: Path) -> sqlite3.Connection:
    """The file, made anew where it is none of ours."""
    try:
        return _connected(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        _unlink(path)
        return _connected(path)


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, isolation_level=None, timeout=1)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version != _VERSION:
            connection.execute("DROP TABLE IF EXISTS reading")
            connection.execute(_TABLE)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("COMMIT")
    except BaseException:
        connection.close()
        raise
    return connection


def _unlink(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
