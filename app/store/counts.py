"""How many values were hidden, by day and entity: numbers, and types sealed, as users have types of their own."""

from __future__ import annotations

import math
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date

from app.errors import KeyMismatch
from app.store.database import Database
from app.store.sealing import Seal, Unsealable

#: A write costs more than counting does: what comes sooner after the last one waits for the next (seconds).
_WRITE_EVERY = 10.0


class Counts:
    """Today's numbers in memory, every day's on disk; `save` before the database is closed."""

    def __init__(self, database: Database, seal: Seal) -> None:
        """Raises StorageError or KeyMismatch."""
        self._database = database
        self._seal = seal
        self._day = date.today().isoformat()
        self._today: Counter[str] = Counter(database.call(lambda connection: self._read(connection, self._day)))
        #: Whether no value was ever counted before this start.
        self.is_new = (
            database.call(lambda connection: connection.execute("SELECT 1 FROM daily LIMIT 1").fetchone()) is None
        )
        self._unsaved: Counter[tuple[str, str]] = Counter()
        self._saved = -math.inf

    def _read(self, connection: sqlite3.Connection, day: str) -> dict[str, int]:
        rows = connection.execute("SELECT name, sealed, redactions FROM daily WHERE day = ?", (day,))
        try:
            return {self._seal.open(sealed, place(name)).decode(): number for name, sealed, number in rows}
        except Unsealable:
            raise KeyMismatch(
                "The counts cannot be opened: they were altered, or sealed with another key.",
                "Put the vault back from a copy, or delete them: anonamoose panic.",
            ) from None

    def today(self) -> dict[str, int]:
        """Values hidden since midnight, by entity."""
        return dict(self._today) if date.today().isoformat() == self._day else {}

    async def add(self, entities: Mapping[str, int]) -> None:
        """Counts the values of one request."""
        day = date.today().isoformat()
        if day != self._day:
            self._day, self._today = day, Counter()
        self._today.update(entities)
        self._unsaved.update({(day, entity): number for entity, number in entities.items()})
        if time.monotonic() - self._saved > _WRITE_EVERY:
            await self.save()

    def forget(self) -> None:
        """Begins anew: what was on disk is gone."""
        self._today.clear()
        self._unsaved.clear()

    async def save(self) -> None:
        """Writes what is not yet on disk. What cannot be written is tried again."""
        unsaved, self._unsaved = self._unsaved, Counter()
        self._saved = time.monotonic()
        if not unsaved:
            return

        def work(connection: sqlite3.Connection) -> None:
            for (day, entity), number in unsaved.items():
                name = self._seal.digest(b"count", entity.encode())
                connection.execute(
                    "INSERT INTO daily VALUES (?, ?, ?, ?) "
                    "ON CONFLICT (day, name) DO UPDATE SET redactions = redactions + excluded.redactions",
                    (day, name, self._seal.seal(entity.encode(), place(name)), number),
                )

        try:
            await self._database.run(work)
        except BaseException:
            self._unsaved.update(unsaved)
            raise


def place(name: bytes) -> str:
    """Where the entity called `name` is sealed for."""
    return f"count:{name.hex()}"
