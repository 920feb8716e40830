"""The user's dictionary, sealed on disk: the terms are what they most want hidden.

Several processes may change it at once, say the command line while the app runs. So each change has a number,
and whoever has missed one reads what came after the last it knew.
"""

from __future__ import annotations

import asyncio
import dataclasses
import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from app.errors import KeyMismatch
from app.events import EventBus, TermsChanged
from app.pipeline.terms import Term, check, check_number
from app.store.database import Database
from app.store.sealing import Seal, Unsealable

#: What terms are sealed for.
PLACE = "term"
#: Terms by id; None for those that are gone.
Changes = Mapping[int, Term | None]
#: Terms that are sealed in a row.
_PAUSE = 200


class Terms:
    """The dictionary by row id, in memory and on disk."""

    def __init__(self, database: Database, seal: Seal, bus: EventBus) -> None:
        """Loads all terms; raises KeyMismatch or StorageError."""
        self._database = database
        self._seal = seal
        self._bus = bus
        self._lock = asyncio.Lock()
        self._version = -1  # of the file: none that has been seen
        self._terms: dict[int, Term] = {}
        self._revision, terms = database.call(lambda connection: self._news(connection, -1, ()))
        self._terms = {id: term for id, term in terms.items() if term is not None}

    def _news(self, connection: sqlite3.Connection, seen: int, known: Iterable[int]) -> tuple[int, Changes]:
        """The number of the last change, and all that was changed after the one called `seen`."""
        revision = _revision(connection)
        if revision == seen:
            return seen, {}
        rows = connection.execute("SELECT id, sealed FROM term WHERE revision > ? ORDER BY id", (seen,))
        changes: dict[int, Term | None] = {id: self._opened(sealed) for id, sealed in rows}
        left = {id for (id,) in connection.execute("SELECT id FROM term")}
        return revision, changes | {id: None for id in known if id not in left}

    def _opened(self, sealed: bytes) -> Term:
        try:
            return Term(**json.loads(self._seal.open(sealed, PLACE)))
        except (Unsealable, ValueError, TypeError):
            raise KeyMismatch(
                "The dictionary cannot be opened: it was altered, or sealed with another key.",
                "Put the vault back from a copy, or move vault.sqlite3 away to start with an empty one.",
            ) from None

    def __len__(self) -> int:
        return len(self._terms)

    def all(self) -> dict[int, Term]:
        """A copy of all terms by id, in the order they were added."""
        return dict(self._terms)

    @property
    def revision(self) -> int:
        """The number of the last change."""
        return self._revision

    def get(self, id: int) -> Term | None:
        return self._terms.get(id)

    def enabled(self) -> tuple[Term, ...]:
        return tuple(term for term in self._terms.values() if term.enabled)

    async def refresh(self) -> None:
        """Takes over what other processes have changed. Raises KeyMismatch and StorageError."""
        version = await self._database.version()
        if version == self._version:
            return
        async with self._lock:
            if version != self._version:
                seen, known = self._revision, tuple(self._terms)
                revision, news = await self._database.run(lambda connection: self._news(connection, seen, known))
                self._take(revision, news, elsewhere=True)
                self._version = version

    async def add(self, terms: Iterable[Term]) -> list[int]:
        """Adds all of `terms` or, when one is not valid (ValueError says why), none; returns ids."""
        terms = list(terms)
        check_number(len(self._terms) + len(terms))
        key = self._seal.key
        sealed = await asyncio.to_thread(lambda: [self._checked(term) for term in _with_pauses(terms)])

        def write(connection: sqlite3.Connection, revision: int) -> Changes:
            insert = "INSERT INTO term (sealed, revision) VALUES (?, ?)"
            # The master key may have been replaced meanwhile.
            rows = sealed if self._seal.key is key else [self._sealed(term) for term in terms]
            ids = (connection.execute(insert, (row, revision)).lastrowid for row in rows)
            return {id: term for id, term in zip(ids, terms, strict=True) if id is not None}

        return list(await self._write(write))

    def _checked(self, term: Term) -> bytes:
        check(term)
        return self._sealed(term)

    def _sealed(self, term: Term) -> bytes:
        names = (field.name for field in dataclasses.fields(term))
        return self._seal.seal(json.dumps({name: getattr(term, name) for name in names}).encode(), PLACE)

    async def change(self, id: int, term: Term) -> None:
        """Replaces one term; raises ValueError when it is not valid, KeyError when there is none."""

        def write(connection: sqlite3.Connection, revision: int) -> Changes:
            row = self._checked(term), revision, id  # sealed in its turn, so that the last change wins
            if not connection.execute("UPDATE term SET sealed = ?, revision = ? WHERE id = ?", row).rowcount:
                raise KeyError(id)
            return {id: term}

        await self._write(write)

    async def swap(self, before: Changes, after: Changes) -> list[int]:
        """Makes each term that is as in `before` (None: not there) what it is in `after`; returns their ids.

        What was changed elsewhere meanwhile stays. Raises ValueError when one is not valid; then nothing has changed.
        """
        key = self._seal.key
        terms = {id: term for id, term in after.items() if term is not None}
        sealed = await asyncio.to_thread(lambda: {id: self._checked(term) for id, term in terms.items()})

        def write(connection: sqlite3.Connection, revision: int) -> Changes:
            # The master key may have been replaced meanwhile.
            rows = sealed if self._seal.key is key else {id: self._sealed(term) for id, term in terms.items()}
            found = {}
            for id in before:
                row = connection.execute("SELECT sealed FROM term WHERE id = ?", (id,)).fetchone()
                if (self._opened(row[0]) if row else None) == before[id]:
                    found[id] = after[id]
            gone = [(id,) for id, term in found.items() if term is None]
            kept = [(id, rows[id], revision) for id, term in found.items() if term is not None]
            connection.executemany("DELETE FROM term WHERE id = ?", gone)
            connection.executemany("INSERT OR REPLACE INTO term (id, sealed, revision) VALUES (?, ?, ?)", kept)
            return found

        return list(await self._write(write))

    async def remove(self, ids: Iterable[int]) -> None:
        """Removes the terms with these ids; unknown ids are ignored."""
        gone = [id for id in ids if id in self._terms]

        def write(connection: sqlite3.Connection, revision: int) -> Changes:
            connection.executemany("DELETE FROM term WHERE id = ?", [(id,) for id in gone])
            return dict.fromkeys(gone)

        await self._write(write)

    async def _write(self, write: Callable[[sqlite3.Connection, int], Changes]) -> Collection[int]:
        """Writes under a number of its own, on disk and then in memory; returns the ids that were written."""
        async with self._lock:
            seen, known = self._revision, tuple(self._terms)

            def work(connection: sqlite3.Connection) -> tuple[int, Collection[int], Changes]:
                revision = _revision(connection) + 1
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('terms', ?)", (revision,))
                changes = write(connection, revision)
                is_next = revision == seen + 1
                return revision, changes.keys(), changes if is_next else self._news(connection, seen, known)[1]

            revision, ids, changes = await self._database.run(work)
            self._take(revision, changes)
        return ids

    def _take(self, revision: int, changes: Changes, *, elsewhere: bool = False) -> None:
        self._revision = revision
        for id, term in changes.items():
            if term is None:
                self._terms.pop(id, None)
            else:
                self._terms[id] = term
        if changes:
            self._bus.publish(TermsChanged(len(self._terms), frozenset(changes), elsewhere))


def _with_pauses(terms: Iterable[Term]) -> Iterator[Term]:
    """`terms`, for a thread that makes way for the loop's every now and then."""
    for number, term in enumerate(terms, 1):
        yield term
        if not number % _PAUSE:
            time.sleep(0.001)


def _revision(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE name = 'terms'").fetchone()
    return row[0] if row else 0
