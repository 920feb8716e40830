"""What sessions have their own way: settings by the session's name, sealed, so that nobody else can relax them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from app.errors import KeyMismatch
from app.store.database import Database
from app.store.sealing import Seal, Unsealable


class SessionOptions:
    """Settings by session. They outlive what the session knows, and are read anew: another program may set them."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    async def of(self, session: str) -> dict[str, str]:
        """What `session` has its own way. Raises StorageError or KeyMismatch."""
        query = "SELECT sealed FROM own WHERE session = ?"
        row = await self._database.run(lambda connection: connection.execute(query, (session,)).fetchone())
        return {} if row is None else self._opened(session, row[0])

    async def all(self) -> dict[str, dict[str, str]]:
        """The same, for every session that has any, by name."""
        query = "SELECT session, sealed FROM own ORDER BY session"
        rows = await self._database.run(lambda connection: connection.execute(query).fetchall())
        return {session: self._opened(session, sealed) for session, sealed in rows}

    async def change(self, session: str, options: Mapping[str, str]) -> None:
        """From now on `session` has `options` its own way, and nothing else; none of them forgets it."""
        sealed = self._seal.seal(json.dumps(dict(options)).encode(), f"{session}:own")

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM own WHERE session = ?", (session,))
            if options:
                connection.execute("INSERT INTO own VALUES (?, ?)", (session, sealed))

        await self._database.run(work)

    def _opened(self, session: str, sealed: bytes) -> dict[str, str]:
        try:
            options = json.loads(self._seal.open(sealed, f"{session}:own"))
        except Unsealable:
            raise KeyMismatch(
                "The options of a session cannot be opened: they were altered, or sealed with another key.",
                "Clear them with “anonamoose session clear”, or use another session.",
            ) from None
        return {str(name): str(value) for name, value in options.items()}
