"""Sessions that are deleted, and the proof that nothing of them is left in the files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

#: What is looked for of each deleted row: its first bytes, which are random (a nonce, or a digest).
MARK = 16
#: Bytes of a file that are looked through at once.
_CHUNK = 1 << 20
#: Every table with rows of sessions, and the columns that tell them from all others.
_TABLES = {
    "entry": ("name", "sealed"),
    "reserved": ("name", "sealed"),
    "memo": ("digest", "edits"),
    "alias": ("name",),
}


@dataclass(frozen=True, slots=True)
class Removed:
    """Sessions that are gone: as what they were stored, how many `values` and bytes they had, what is left of them.

    `marks` are bytes by which to find them again. `folded` False: the log could not be emptied yet.
    """

    ids: tuple[bytes, ...] = ()
    values: int = 0
    size: int = 0
    marks: frozenset[bytes] = field(default=frozenset(), repr=False)
    folded: bool = True

    def __len__(self) -> int:
        return len(self.ids)


def remove(connection: sqlite3.Connection, condition: str, given: dict[str, Any]) -> Removed:
    """Deletes the sessions that meet an SQL `condition`, their keys included."""
    chosen = connection.execute(f"SELECT id, wrapped_key, name FROM session WHERE {condition}", given)  # noqa: S608
    rows = chosen.fetchall()
    ids = tuple(id for id, _, _ in rows)
    blobs: list[bytes] = [blob for row in rows for blob in row]
    values = 0
    for id in ids:
        for table, columns in _TABLES.items():
            query = f"SELECT {', '.join(columns)} FROM {table} WHERE session = ?"  # noqa: S608
            found = connection.execute(query, (id,)).fetchall()
            values += len(found) if table == "entry" else 0
            blobs += [blob for row in found for blob in row if blob is not None]
        connection.execute("DELETE FROM session WHERE id = ?", (id,))
    return Removed(ids, values, sum(map(len, blobs)), frozenset(blob[:MARK] for blob in blobs))


def remains(marks: frozenset[bytes], files: Iterable[Path]) -> int:
    """How many of `marks` are still in `files`, byte for byte, live or not."""
    left: set[bytes] = set()
    for path in files if marks else ():
        with path.open("rb") as file:
            end = b""
            while more := file.read(_CHUNK):
                data = end + more
                left |= marks.intersection(data[at : at + MARK] for at in range(len(data) - MARK + 1))
                end = data[1 - MARK :]
    return len(left)
