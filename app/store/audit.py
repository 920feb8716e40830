"""The audit trail on disk: rows that are only ever added, until their time is over.

It has a file of its own. Its key and its end are kept in the vault, so that a file that was cut short, or put in the
place of another, is seen to be. Several processes may add to it.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from app.errors import KeyMismatch, UserError
from app.store.audit_chain import START, Chain, Entry, Link, Row, canonical, verify
from app.store.database import Database
from app.store.migrations import statements
from app.store.sealing import Seal, Unsealable, new_key

log = logging.getLogger(__name__)
NAME = "audit trail"
LAYOUT = (
    """
    CREATE TABLE entry (
        number INTEGER PRIMARY KEY, said TEXT NOT NULL, link BLOB NOT NULL,
        time TEXT GENERATED ALWAYS AS (json_extract(said, '$.time')) VIRTUAL,
        kind TEXT GENERATED ALWAYS AS (json_extract(said, '$.kind')) VIRTUAL
    );
    CREATE INDEX entry_time ON entry(time);
    CREATE INDEX entry_kind ON entry(kind, time);
    CREATE TRIGGER entry_replaced BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM entry WHERE number = new.number)
        BEGIN SELECT RAISE(ABORT, 'rows are only added'); END;
    CREATE TRIGGER entry_changed BEFORE UPDATE ON entry
        BEGIN SELECT RAISE(ABORT, 'rows are only added'); END;
    CREATE TRIGGER entry_dropped BEFORE DELETE ON entry
        WHEN old.number > coalesce((SELECT max(json_extract(said, '$.through')) FROM entry WHERE kind = 'cut'), 0)
        BEGIN SELECT RAISE(ABORT, 'rows are only added'); END;
    """,
)
#: Under which names the vault keeps what the trail is proved by.
#: What the master key seals of it, by name in `meta`.
SEALED = _KEY, _HEAD = "audit-key", "audit-head"
_ALL = 2**63 - 1


def utc(seconds: float | None = None) -> str:
    """A time as rows have it: `2026-01-31T23:59:59.999Z`. Now, or of a POSIX time."""
    moment = datetime.now(UTC) if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"


class AuditStore:
    """Adds rows, drops old ones, and keeps key and end of the chain in the vault."""

    def __init__(self, path: Path, vault: Database, seal: Seal) -> None:
        """Opens or makes the file at `path`. Raises StorageError; KeyMismatch when its key is not in the vault."""
        self._vault = vault
        self._seal = seal
        self._database = Database(path, LAYOUT, NAME)
        try:
            is_empty = self._database.call(last) == START
            key, self._head = vault.call(lambda connection: self._kept(connection, is_empty))
        except BaseException:
            self._database.close()
            raise
        self.chain = Chain(key)

    def _kept(self, connection: sqlite3.Connection, is_empty: bool) -> tuple[bytes, Link]:
        """The key, a new one for a trail that is empty, and the last row that the vault knows of."""
        return self._own_key(connection, is_empty), head(connection, self._seal)

    def _own_key(self, connection: sqlite3.Connection, is_empty: bool) -> bytes:
        if (found := key_of(connection, self._seal)) is not None:
            return found
        if not is_empty:
            raise KeyMismatch(
                "The audit trail belongs to another vault.", "Move audit.sqlite3 away to begin another one."
            )
        key = new_key()
        connection.execute("INSERT INTO meta VALUES (?, ?)", (_KEY, self._seal.seal(key, _KEY)))
        return key

    async def append(self, entries: Sequence[Entry]) -> None:
        """Adds a row for each of `entries`, all or none; on disk when this returns. Raises StorageError."""
        # Another process may have begun a trail of its own, or added to this one.
        key, known = await self._vault.run(lambda connection: self._kept(connection, False))
        if not self.chain.is_of(key):
            self.chain, self._head = Chain(key), known
        self._head = max(self._head, known)
        link = await self._database.run(lambda connection: self._add(connection, entries))
        try:
            await self._end(link)
        except UserError as error:  # the rows are there all the same; the next ones tell the vault of these as well
            log.warning("the vault does not know yet how far the audit trail reaches: %s", error.title)

    def _add(self, connection: sqlite3.Connection, entries: Sequence[Entry]) -> Link:
        # Behind what the vault knows, also where the file has lost it: what is missing shall stay missing.
        link = max(last(connection), self._head)
        for entry in entries:
            said = canonical(entry)
            link = self.chain.next(link, said.encode())
            connection.execute("INSERT INTO entry (number, said, link) VALUES (?, ?, ?)", (link.number, said, link[1]))
        return link

    async def _end(self, link: Link) -> None:
        """From now on the trail reaches to `link` at least."""
        self._head = max(self._head, link)

        def work(connection: sqlite3.Connection) -> None:
            known = head(connection, self._seal)
            if link.number > known.number:  # another process may have been quicker
                said = self._seal.seal(link.number.to_bytes(8, "big") + link.digest, _HEAD)
                connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_HEAD, said))

        await self._vault.run(work)

    async def cut(self, before: str) -> int:
        """Drops all rows up to the first that is not older than `before` (see `utc`); returns how many.

        A row says how far and whether they were intact, and ties what is left to what is gone.
        """

        def work(connection: sqlite3.Connection) -> tuple[int, Link | None]:
            (kept,) = connection.execute("SELECT min(number) FROM entry WHERE time >= ?", (before,)).fetchone()
            through = (last(connection).number + 1 if kept is None else kept) - 1
            end = last(connection, through)
            if end == START:
                return 0, None
            verdict = verify(self.chain, rows(connection, through), start(connection), Link(through, end.digest))
            entry = {"kind": "cut", "time": utc(), "through": through, "link": end.digest.hex()}
            newest = self._add(connection, [{**entry, "intact": verdict.is_intact}])
            return connection.execute("DELETE FROM entry WHERE number <= ?", (through,)).rowcount, newest

        count, end = await self._database.run(work)
        if end is not None:
            await self._end(end)
        return count

    async def clear(self) -> None:
        """Forgets everything, and begins a chain of its own under a new key. Raises StorageError."""

        def drop(connection: sqlite3.Connection) -> None:
            connection.execute("DROP TABLE entry")
            for statement in statements(LAYOUT[-1]):
                connection.execute(statement)

        def forget(connection: sqlite3.Connection) -> bytes:
            connection.execute("DELETE FROM meta WHERE name IN (?, ?)", (_KEY, _HEAD))
            return self._own_key(connection, True)

        await self._database.run(drop)
        self.chain = Chain(await self._vault.run(forget))
        self._head = START
        await self._database.fold()

    def close(self) -> None:
        self._database.close()


def last(connection: sqlite3.Connection, through: int = _ALL) -> Link:
    """The last row that there is, up to the number `through`."""
    query = "SELECT number, link FROM entry WHERE number <= ? ORDER BY number DESC LIMIT 1"
    row = connection.execute(query, (through,)).fetchone()
    return START if row is None else Link(*row)


def rows(connection: sqlite3.Connection, through: int = _ALL) -> Iterator[Row]:
    """The rows up to the number `through`, from the oldest on."""
    # As bytes: whoever has touched a row may have left no text in it.
    query = "SELECT number, CAST(said AS BLOB), CAST(link AS BLOB) FROM entry WHERE number <= ? ORDER BY number"
    return connection.execute(query, (through,))


def start(connection: sqlite3.Connection) -> Link:
    """The last row that was dropped, by what the latest cut says."""
    query = """
        SELECT json_extract(said, '$.through'), json_extract(said, '$.link')
        FROM entry WHERE kind = 'cut' ORDER BY number DESC LIMIT 1
    """
    row = connection.execute(query).fetchone()
    try:
        return START if row is None else Link(int(row[0]), bytes.fromhex(row[1]))
    except (TypeError, ValueError):
        return START  # that row was touched, and so the first one left does not follow


def key_of(vault: sqlite3.Connection, seal: Seal) -> bytes | None:
    """The key of the trail, None where none was begun. Raises KeyMismatch."""
    return _unsealed(vault, seal, _KEY) or None


def head(vault: sqlite3.Connection, seal: Seal) -> Link:
    """The last row that the vault knows of. Raises KeyMismatch."""
    kept = _unsealed(vault, seal, _HEAD)
    return Link(int.from_bytes(kept[:8], "big"), kept[8:]) if kept else START


def _unsealed(vault: sqlite3.Connection, seal: Seal, name: str) -> bytes:
    row = vault.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    try:
        return seal.open(row[0], name) if row is not None else b""
    except Unsealable:
        raise KeyMismatch(
            "What proves the audit trail cannot be opened: it was altered, or sealed with another key.",
            "Put the vault back from a copy, or move audit.sqlite3 and vault.sqlite3 away to begin anew.",
        ) from None
