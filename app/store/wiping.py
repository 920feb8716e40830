"""Forgetting everything: what the vault holds is deleted, its key replaced, and who has it open is told."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from app.paths import Paths
from app.store.database import Database
from app.store.removal import MARK, Removed
from app.store.rotation import replace_key
from app.store.sealing import new_key
from app.store.shared.shelf import Shelf
from app.store.unlocking import NAMING, Store

#: What stays: how names are made, the dictionary, and whom the user lets in. All other tables are emptied, also those
#: that are yet to come.
_STAYS = frozenset({"meta", "term", "local_key"})
#: In `meta`: how often everything was forgotten, and up to which time the running app has forgotten, too.
_FORGOTTEN, _HEARD = "forgotten", "heard"


async def wipe(store: Store, paths: Paths, shelf: Shelf | None = None, *, dictionary: bool = False) -> Removed:
    """Deletes all sessions and what else was noted of requests, with `dictionary` the terms as well.

    The master key is another one afterwards, on the `shelf` as well. Raises UserError; then nothing has changed.
    """

    def work(connection: sqlite3.Connection) -> Removed:
        removed = _empty(connection, frozenset() if dictionary else _STAYS)
        # Names are made anew as well: nobody can find again what was called by the old ones.
        sealed = store.seal.seal(new_key(), NAMING)
        connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (NAMING, sealed))
        for number in (_FORGOTTEN, *(("terms",) if dictionary else ())):
            _write(connection, number, _read(connection, number) + 1)
        return removed

    removed = await replace_key(store, paths, work, shelf)
    return replace(removed, folded=await store.database.fold())


def _empty(connection: sqlite3.Connection, stays: frozenset[str]) -> Removed:
    query = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    tables = [table for (table,) in connection.execute(query) if table not in stays | {"meta"}]
    # Read before any is emptied: rows of sessions go with them.
    rows = {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}  # noqa: S608
    for table in tables:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608
    blobs = [value for found in rows.values() for row in found for value in row if isinstance(value, bytes)]
    ids = tuple(row[0] for row in rows["session"])
    marks = frozenset(blob[:MARK] for blob in blobs if len(blob) >= MARK)
    return Removed(ids, len(rows["entry"]), sum(map(len, blobs)), marks)


def _read(connection: sqlite3.Connection, name: str) -> int:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return int(row[0]) if row else 0


def _write(connection: sqlite3.Connection, name: str, number: int) -> None:
    connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, number))


class Wipes:
    """How a running app hears that another process has forgotten everything, and says that it has, too."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._seen = database.call(lambda connection: _read(connection, _FORGOTTEN))

    async def heard(self) -> bool:
        """Whether everything was forgotten since the last time this was asked."""
        now = await self._database.run(lambda connection: _read(connection, _FORGOTTEN))
        before, self._seen = self._seen, now
        return now != before

    async def confirm(self) -> None:
        """Says that nothing is left in this process."""
        await self._database.run(lambda connection: _write(connection, _HEARD, self._seen))

    async def is_confirmed(self) -> bool:
        """Whether the running app has said so of the latest time."""
        return await self._database.run(lambda c: _read(c, _HEARD) >= _read(c, _FORGOTTEN))
