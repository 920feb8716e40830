"""What sessions have their own way: settings by the session's name, sealed, so that nobody else can relax them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from app.changes import Noted, unnoted
from app.errors import KeyMismatch
from app.store.database import Database
from app.store.sealing import Seal, Unsealable


class SessionOptions:
    """Settings by session, whose name is sealed as well.

    They outlive what the session knows, and are read anew: another program may set them.
    """

    def __init__(self, database: Database, seal: Seal, noted: Noted = unnoted) -> None:
        self._database = database
        self._noted = noted
        self._seal = seal

    async def of(self, session: str) -> dict[str, str]:
        """What `session` has its own way. Raises StorageError or KeyMismatch."""
        return await self._database.run(lambda connection: self._of(connection, session))

    def _of(self, connection: sqlite3.Connection, session: str) -> dict[str, str]:
        id = self._seal.digest(b"own", session.encode())
        row = connection.execute("SELECT sealed FROM own WHERE session = ?", (id,)).fetchone()
        return {} if row is None else self._opened(id, row[0])[1]

    async def all(self) -> dict[str, dict[str, str]]:
        """The same, for every session that has any, by name."""
        return await self._database.run(self._all)

    def _all(self, connection: sqlite3.Connection) -> dict[str, dict[str, str]]:
        rows = connection.execute("SELECT session, sealed FROM own")
        return dict(sorted(self._opened(id, sealed) for id, sealed in rows))

    async def change(self, session: str, options: Mapping[str, str]) -> None:
        """From now on `session` has `options` its own way, and nothing else; none of them forgets it."""
        await self._replace(session, options)
        self._noted("session-options", 1)

    async def forget(self, session: str) -> None:
        """Forgets what `session` has its own way: it is deleted."""
        await self._replace(session, {})

    async def _replace(self, session: str, options: Mapping[str, str]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            id = self._seal.digest(b"own", session.encode())
            connection.execute("DELETE FROM own WHERE session = ?", (id,))
            if options:
                sealed = self._seal.seal(json.dumps([session, dict(options)]).encode(), own_place(id))
                connection.execute("INSERT INTO own VALUES (?, ?)", (id, sealed))

        await self._database.run(work)

    def _opened(self, id: bytes, sealed: bytes) -> tuple[str, dict[str, str]]:
        try:
            session, options = json.loads(self._seal.open(sealed, own_place(id)))
        except Unsealable:
            raise KeyMismatch(
                "The options of a session cannot be opened: they were altered, or sealed with another key.",
                "Clear them with “anonamoose session clear”, or use another session.",
            ) from None
        return str(session), {str(name): str(value) for name, value in options.items()}


def own_place(id: bytes) -> str:
    """Where the options of a session are sealed for."""
    return f"own:{id.hex()}"
