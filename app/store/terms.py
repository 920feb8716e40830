"""The user's dictionary, sealed on disk: the terms are what they most want hidden."""

from __future__ import annotations

import dataclasses
import json
import sqlite3
from collections.abc import Iterable

from app.errors import KeyMismatch
from app.events import EventBus, TermsChanged
from app.pipeline.terms import Term, check
from app.store.database import Database
from app.store.sealing import Seal, Unsealable


class Terms:
    """The dictionary by row id, in memory and on disk."""

    def __init__(self, database: Database, seal: Seal, bus: EventBus) -> None:
        """Loads all terms; raises KeyMismatch or StorageError."""
        self._database = database
        self._seal = seal
        self._bus = bus
        self._terms: dict[int, Term] = dict(database.call(self._read))

    def _read(self, connection: sqlite3.Connection) -> list[tuple[int, Term]]:
        try:
            return [
                (id, Term(**json.loads(self._seal.open(sealed, "term"))))
                for id, sealed in connection.execute("SELECT id, sealed FROM term ORDER BY id")
            ]
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

    def enabled(self) -> tuple[Term, ...]:
        return tuple(term for term in self._terms.values() if term.enabled)

    async def add(self, terms: Iterable[Term]) -> list[int]:
        """Adds all of `terms` or, when one is not valid (ValueError says why), none; returns ids."""
        terms = list(terms)
        for term in terms:
            check(term)
        ids = await self._database.run(lambda connection: [self._insert(connection, term) for term in terms])
        self._terms.update(zip(ids, terms, strict=True))
        self._changed()
        return ids

    def _insert(self, connection: sqlite3.Connection, term: Term) -> int:
        sealed = self._sealed(term)
        id = connection.execute("INSERT INTO term (sealed) VALUES (?)", (sealed,)).lastrowid
        assert id is not None
        return id

    def _sealed(self, term: Term) -> bytes:
        return self._seal.seal(json.dumps(dataclasses.asdict(term)).encode(), "term")

    async def change(self, id: int, term: Term) -> None:
        """Replaces one term; raises ValueError when it is not valid, KeyError when there is none."""
        check(term)
        if id not in self._terms:
            raise KeyError(id)
        sealed = self._sealed(term)
        await self._database.run(
            lambda connection: connection.execute("UPDATE term SET sealed = ? WHERE id = ?", (sealed, id))
        )
        self._terms[id] = term
        self._changed()

    async def remove(self, ids: Iterable[int]) -> None:
        """Removes the terms with these ids; unknown ids are ignored."""
        gone = [(id,) for id in ids if id in self._terms]
        await self._database.run(lambda connection: connection.executemany("DELETE FROM term WHERE id = ?", gone))
        for (id,) in gone:
            del self._terms[id]
        self._changed()

    def _changed(self) -> None:
        self._bus.publish(TermsChanged(len(self._terms)))
