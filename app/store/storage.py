"""How much is stored."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from app.store.database import Database

_TABLES = ("session", "entry", "memo", "alias", "term", "local_key")


async def rows(database: Database) -> dict[str, int]:
    """How many rows each table of the vault has. Raises StorageError."""

    def work(connection: sqlite3.Connection) -> dict[str, int]:
        counts = (connection.execute(f"SELECT count(*) FROM {table}").fetchone() for table in _TABLES)  # noqa: S608
        return {table: number for table, (number,) in zip(_TABLES, counts, strict=True)}

    return await database.run(work)


def size(path: Path) -> int:
    """Bytes of a database in the file at `path`, with those that SQLite has beside it."""
    files = (Path(f"{path}{end}") for end in ("", "-wal", "-shm"))
    return sum(file.stat().st_size for file in files if file.exists())
