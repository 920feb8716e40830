"""How many values were hidden, by day and entity. Numbers only."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from datetime import date

from app.store.database import Database


class Counts:
    """Today's numbers in memory, every day's on disk."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._day = date.today().isoformat()
        self._today: Counter[str] = Counter(database.call(lambda connection: self._read(connection, self._day)))

    @staticmethod
    def _read(connection: sqlite3.Connection, day: str) -> dict[str, int]:
        return dict(connection.execute("SELECT entity, redactions FROM daily WHERE day = ?", (day,)))

    def today(self) -> dict[str, int]:
        """Values hidden since midnight, by entity."""
        return dict(self._today) if date.today().isoformat() == self._day else {}

    async def add(self, entities: Mapping[str, int]) -> None:
        """Counts the values of one request."""
        day = date.today().isoformat()
        if day != self._day:
            self._day, self._today = day, Counter()
        self._today.update(entities)
        rows = [(day, entity, number) for entity, number in entities.items()]
        await self._database.run(
            lambda connection: connection.executemany(
                "INSERT INTO daily VALUES (?, ?, ?) "
                "ON CONFLICT (day, entity) DO UPDATE SET redactions = redactions + excluded.redactions",
                rows,
            )
        )
