"""How often each term of the dictionary was met, and when last: numbers by the term's id, and no text."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.pipeline.fold import fold, keep_case
from app.pipeline.terms import Term
from app.store.database import Database
from app.store.terms import Terms

#: A write costs more than counting does: what comes sooner after the last one waits for the next (seconds).
_WRITE_EVERY = 10.0


class Use(NamedTuple):
    """`hits` since the term was added or everything forgotten, the `last` of them in seconds since 1970, or 0."""

    hits: int
    last: float


_NEVER = Use(0, 0.0)


class TermUse:
    """All numbers in memory, and on disk a little later; `save` before the database is closed."""

    def __init__(self, database: Database, terms: Terms) -> None:
        """Raises StorageError."""
        self._database = database
        self._terms = terms
        rows = database.call(lambda connection: connection.execute("SELECT id, hits, last FROM term_use").fetchall())
        self._uses = {id: Use(hits, last) for id, hits, last in rows}
        self._unsaved: set[int] = set()
        self._saved = -math.inf
        self._revision = -1
        self._folded: dict[int, tuple[Term, bytes]] = {}
        self._ids: dict[bytes, list[int]] = {}

    def get(self, id: int) -> Use:
        """What is known of the term with this id."""
        return self._uses.get(id, _NEVER)

    async def add(self, values: Mapping[str, int]) -> None:
        """Counts values that the dictionary has hidden, each as often as it says. Raises StorageError."""
        if self._terms.revision != self._revision:
            revision, terms = self._terms.revision, self._terms.all()
            self._folded, self._ids = await asyncio.to_thread(self._index, terms)
            self._revision = revision
        now = time.time()
        for value, number in values.items():
            for id in self._ids.get(fold(value), ()):
                term = self._folded[id][0]
                if not term.case_sensitive or keep_case(term.text) == keep_case(value):
                    self._uses[id] = Use(self.get(id).hits + number, now)
                    self._unsaved.add(id)
        if time.monotonic() - self._saved > _WRITE_EVERY:
            await self.save()

    def _index(self, terms: Mapping[int, Term]) -> tuple[dict[int, tuple[Term, bytes]], dict[bytes, list[int]]]:
        folded: dict[int, tuple[Term, bytes]] = {}
        ids: dict[bytes, list[int]] = {}
        for id, term in terms.items():
            if term.kind == "term" and term.enabled:
                before = self._folded.get(id)
                folded[id] = before if before is not None and before[0] is term else (term, fold(term.text))
                ids.setdefault(folded[id][1], []).append(id)
        return folded, ids

    def removed(self, ids: Iterable[int]) -> None:
        """These terms are gone; a new one that gets such an id begins at nothing."""
        gone = {id for id in ids if self._uses.pop(id, None) is not None}
        self._unsaved |= gone

    def forget(self) -> None:
        """Begins anew: what was on disk is gone."""
        self._uses.clear()
        self._unsaved.clear()

    async def save(self) -> None:
        """Writes what is not yet on disk. What cannot be written is tried again. Raises StorageError."""
        ids, self._unsaved = self._unsaved, set()
        self._saved = time.monotonic()
        if not ids:
            return
        rows = [(id, *self._uses[id]) for id in ids if id in self._uses]
        gone = [(id,) for id in ids if id not in self._uses]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany("INSERT OR REPLACE INTO term_use VALUES (?, ?, ?)", rows)
            connection.executemany("DELETE FROM term_use WHERE id = ?", gone)

        try:
            await self._database.run(work)
        except BaseException:
            self._unsaved |= ids
            raise


def counted(values: Counter[str]) -> Counter[str]:
    """`values`, taken out of where they stand: they are held no longer than it takes to count them."""
    taken = Counter(values)
    values.clear()
    return taken
