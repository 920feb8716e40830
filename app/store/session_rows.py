"""A session as rows of the vault: nothing in them can be read without the session's key, no name either."""

from __future__ import annotations

import json
import sqlite3
from typing import NamedTuple

from app.errors import StorageError
from app.pipeline.entry import Entry, Pending
from app.pipeline.memo import Edit, Edits, Memory
from app.pipeline.session import Session
from app.store.sealing import Seal, Unsealable

#: Where each kind of row is sealed for, besides the session it is in.
_ENTRY, _RESERVED, _MEMO = "entry", "reserved", "memo"


def place(id: bytes, kind: str) -> str:
    """Where something of the session stored as `id` is sealed for."""
    return f"{kind}:{id.hex()}"


def read(connection: sqlite3.Connection, id: bytes, name: str, key: bytes, seal: Seal) -> Session:
    """The session called `name` that is stored as `id`. `seal` is that of its `key`. Raises Unsealable."""

    def rows(query: str) -> list[tuple[bytes, ...]]:
        return connection.execute(query, (id,)).fetchall()

    entries = entries_of(connection, id, seal)
    reserved = [
        seal.open(sealed, place(id, _RESERVED)).decode("utf-8", "surrogatepass")
        for (sealed,) in rows("SELECT sealed FROM reserved WHERE session = ?")
    ]
    memories = [
        Memory(digest, _opened(seal, edits, place(id, _MEMO)))
        for digest, edits in rows("SELECT digest, edits FROM memo WHERE session = ?")
    ]
    return Session(name, key, entries, reserved, memories)


def entries_of(connection: sqlite3.Connection, id: bytes, seal: Seal) -> list[Entry]:
    """The values of the session stored as `id`. Raises Unsealable."""
    rows = connection.execute("SELECT sealed FROM entry WHERE session = ?", (id,))
    return [Entry(*json.loads(seal.open(sealed, place(id, _ENTRY)))) for (sealed,) in rows]


class Rows(NamedTuple):
    """What is to be stored of a session."""

    id: bytes
    entries: list[tuple[bytes, bytes, bytes]]
    reserved: list[tuple[bytes, bytes, bytes]]
    memories: list[tuple[bytes, bytes, bytes | None]]

    def write(self, connection: sqlite3.Connection, seal: Seal) -> None:
        """Writes them. Raises StorageError when another program has given a placeholder to another value."""
        for row in self.entries:
            if connection.execute("INSERT OR IGNORE INTO entry VALUES (?, ?, ?)", row).rowcount == 0:
                self._prove_same(connection, seal, row)
        connection.executemany("INSERT OR IGNORE INTO reserved VALUES (?, ?, ?)", self.reserved)
        connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", self.memories)

    def _prove_same(self, connection: sqlite3.Connection, seal: Seal, row: tuple[bytes, bytes, bytes]) -> None:
        """The row was there: from a save that was cut off, or another program gave it to a value."""
        query = "SELECT sealed FROM entry WHERE session = ? AND name = ?"
        (stored,) = connection.execute(query, row[:2]).fetchone()
        values = [json.loads(seal.open(sealed, place(self.id, _ENTRY)))[2] for sealed in (stored, row[2])]
        if values[0] != values[1]:
            raise StorageError(
                "Another program uses the same session of the vault.",
                "Use another session name, or close that program.",
            )


def rows_of(id: bytes, pending: Pending, seal: Seal) -> Rows:
    """What is new in a session as it is stored."""
    entries = []
    for entry in pending.entries:
        plain = json.dumps([entry.placeholder, entry.label, entry.value, entry.own]).encode()
        name = seal.digest(_ENTRY.encode(), _encoded(entry.placeholder))
        entries.append((id, name, seal.seal(plain, place(id, _ENTRY))))
    # Sealed as well: that which looks like a placeholder may be "(phone 5550134)".
    tokens = [_encoded(token) for token in pending.reserved]
    reserved = [(id, seal.digest(token), seal.seal(token, place(id, _RESERVED))) for token in tokens]
    memories = [(id, m.digest, _sealed(seal, m.edits, place(id, _MEMO))) for m in (*pending.memories, *pending.learnt)]
    return Rows(id, entries, reserved, memories)


def fits(seal: Seal, id: bytes, name: bytes) -> bool:
    """Whether `seal` is that of the session stored as `id` whose sealed name is `name`."""
    try:
        seal.open(name, place(id, "name"))
    except Unsealable:
        return False
    return True


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _sealed(seal: Seal, edits: Edits, place: str) -> bytes | None:
    """Edits as they are stored; None for a text that goes out as it is, like most."""
    if not edits:
        return None
    return seal.seal(json.dumps(edits).encode(), place)


def _opened(seal: Seal, sealed: bytes | None, place: str) -> Edits:
    return () if sealed is None else tuple(Edit(*edit) for edit in json.loads(seal.open(sealed, place)))
