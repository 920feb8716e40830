"""Which sessions there are, and what is in one, without using any: that would renew its time."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.errors import KeyMismatch
from app.pipeline.entry import Entry
from app.store.database import Database
from app.store.sealing import Seal, Unsealable
from app.store.session_rows import entries_of
from app.store.vault import OVER, Vault

#: Sessions that are opened in one go; requests get their turn between two.
_AT_ONCE = 50
_UNTIL = "coalesce((SELECT max(until) FROM alias WHERE alias.session = session.id), 0)"
_VALUES = "(SELECT count(*) FROM entry WHERE entry.session = session.id)"
_ROW = f"SELECT id, wrapped_key, name, created, used, {_VALUES}, {_UNTIL} FROM session"  # noqa: S608
_WITHIN = f"NOT ({OVER}) AND (:before IS NULL OR max(used + :ttl, {_UNTIL}) < :before)"


@dataclass(frozen=True, slots=True)
class Stored:
    """A session as it is stored: how many `values` it has, and until when it is kept. Times are POSIX times."""

    name: str
    created: float
    used: float
    ends: float
    values: int
    entries: tuple[Entry, ...] = field(default=(), repr=False)


class SessionList:
    """Reads what `Vault` writes. All methods raise StorageError or KeyMismatch."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    async def count(self, before: float | None = None) -> int:
        """How many sessions there are; of those that are kept until `before` alone, where it is given."""
        query = f"SELECT count(*) FROM session WHERE {_WITHIN}"  # noqa: S608
        given = self._given(before)
        return await self._database.run(lambda connection: int(connection.execute(query, given).fetchone()[0]))

    async def page(self, offset: int, limit: int, before: float | None = None) -> list[Stored]:
        """Sessions, the one that was used last first."""
        query = f"{_ROW} WHERE {_WITHIN} ORDER BY used DESC, id LIMIT :many OFFSET :offset"
        given = {**self._given(before), "many": limit, "offset": offset}
        return await self._database.run(
            lambda connection: [self._stored(connection, row) for row in connection.execute(query, given).fetchall()]
        )

    def _given(self, before: float | None) -> dict[str, float | None]:
        return {**self._vault.limits(), "ttl": self._vault.ttl, "before": before}

    async def has(self, name: str) -> bool:
        """Whether there is a session called `name`."""
        query = f"SELECT 1 FROM session WHERE id = :id AND NOT ({OVER})"  # noqa: S608
        given = {**self._vault.limits(), "id": self._vault.stored_as(name)}
        return await self._database.run(lambda connection: connection.execute(query, given).fetchone() is not None)

    async def get(self, name: str) -> Stored | None:
        """The session called `name`, and what is in it."""
        found = await self._read([self._vault.stored_as(name)])
        return found[0] if found else None

    async def search(self, fits: Callable[[Stored], bool], limit: int) -> list[Stored]:
        """Up to `limit` sessions that fit, the one that was used last first. Opens them one after the other."""
        query = f"SELECT id FROM session WHERE NOT ({OVER}) ORDER BY used DESC, id"  # noqa: S608
        limits = self._vault.limits()
        ids = await self._database.run(lambda connection: [id for (id,) in connection.execute(query, limits)])
        found: list[Stored] = []
        for some in _batches(ids):
            found += filter(fits, await self._read(some))
            if len(found) >= limit:
                break
        return found[:limit]

    async def _read(self, ids: Sequence[bytes]) -> list[Stored]:
        """The sessions stored as `ids`, as far as they are still there, entries included."""
        query = f"{_ROW} WHERE id = :id AND NOT ({OVER})"
        limits = self._vault.limits()

        def work(connection: sqlite3.Connection) -> list[Stored]:
            rows = (connection.execute(query, {**limits, "id": id}).fetchone() for id in ids)
            return [self._stored(connection, row, whole=True) for row in rows if row is not None]

        return await self._database.run(work)

    def _stored(self, connection: sqlite3.Connection, row: tuple[Any, ...], *, whole: bool = False) -> Stored:
        id, wrapped_key, sealed, created, used, values, until = row
        key, name = self._vault.opened(id, wrapped_key, sealed)
        try:
            entries = tuple(entries_of(connection, id, Seal(key))) if whole else ()
        except Unsealable:
            raise KeyMismatch("A stored session cannot be opened: it was altered.", "Use another one.") from None
        return Stored(name, created, used, max(used + self._vault.ttl, until), values, entries)


def _batches(ids: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    return (ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE))
