"""The vault: sessions on disk, sealed, each under a key of its own that the master key wraps."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterable
from weakref import WeakKeyDictionary, WeakValueDictionary

from app.errors import KeyMismatch, StorageError
from app.pipeline.memo import Edit, Edits, Memory
from app.pipeline.session import Entry, Session
from app.store.database import Database
from app.store.options import SessionOptions
from app.store.sealing import Seal, Unsealable, new_key

_CHECK = b"anonamoose vault"
#: Sessions kept in memory between requests; the least recently used go first.
_CACHED = 256
#: How long a session in memory may go without its time of last use being written (seconds).
_TOUCH_EVERY = 60.0


class Vault:
    """Loads and saves sessions. The only maker of `Session` objects, so that each exists once."""

    def __init__(self, database: Database, seal: Seal, ttl_hours: int) -> None:
        """Proves that the master key is the one the vault was written with (KeyMismatch if not)."""
        self._database = database
        self._seal = seal
        self.options = SessionOptions(database, seal)
        self.ttl = ttl_hours * 3600.0
        self._recent: OrderedDict[str, Session] = OrderedDict()
        self._alive: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._seals: WeakKeyDictionary[Session, Seal] = WeakKeyDictionary()
        self._locks: WeakKeyDictionary[Session, asyncio.Lock] = WeakKeyDictionary()
        self._touched: WeakKeyDictionary[Session, float] = WeakKeyDictionary()
        database.call(self._prove_key)

    def _prove_key(self, connection: sqlite3.Connection) -> None:
        row = connection.execute("SELECT value FROM meta WHERE name = 'check'").fetchone()
        if row is None:
            connection.execute("INSERT INTO meta VALUES ('check', ?)", (self._seal.seal(_CHECK, "check"),))
            return
        try:
            self._seal.open(row[0], "check")
        except Unsealable:
            raise KeyMismatch(
                "The vault key does not fit the vault: what is stored was sealed with another key.",
                "Give the right key (ANONAMOOSE_VAULT_KEY, the system keyring or vault.key), "
                "or move vault.sqlite3 away to start with an empty vault.",
            ) from None

    def name(self, *parts: bytes) -> str:
        """A session id for a conversation known only by `parts`; tells nothing about them."""
        return self._seal.digest(*parts).hex()[:32]

    async def alias(self, names: Iterable[tuple[bytes, ...]], session: Session) -> None:
        """From now on `aliased` finds `session` by any of `names`. They live as long as it does."""
        rows = [(self._seal.digest(*name), session.id) for name in names]
        await self._database.run(
            lambda connection: connection.executemany("INSERT OR REPLACE INTO alias VALUES (?, ?)", rows)
        )

    async def aliased(self, name: tuple[bytes, ...]) -> str | None:
        """The id of the session known by `name`, None when there is none or its time is over."""
        known = (self._seal.digest(*name), time.time() - self.ttl)
        query = "SELECT session FROM alias JOIN session ON session.id = alias.session WHERE name = ? AND used >= ?"
        row = await self._database.run(lambda connection: connection.execute(query, known).fetchone())
        return None if row is None else str(row[0])

    async def session(self, id: str) -> Session:
        """The session called `id`, a new and empty one if there is none or its time is over.

        Renews its time. Raises StorageError or KeyMismatch.
        """
        session = self._alive.get(id)
        now = time.time()
        if session is None or now - self._touched.get(session, 0.0) > min(_TOUCH_EVERY, self.ttl / 2):
            loaded, seal = await self._database.run(lambda connection: self._load(connection, id, now, session))
            current = self._alive.get(id)
            if current is not None and current is not session:
                loaded = current  # another request was quicker, and there may be only one
            elif seal is not None:
                self._seals[loaded] = seal
            session = self._alive[id] = loaded
            self._touched[session] = now
        self._recent[id] = session
        self._recent.move_to_end(id)
        while len(self._recent) > _CACHED:
            self._recent.popitem(last=False)
        return session

    def _load(
        self, connection: sqlite3.Connection, id: str, now: float, known: Session | None
    ) -> tuple[Session, Seal | None]:
        connection.execute("DELETE FROM session WHERE id = ? AND used < ?", (id, now - self.ttl))
        row = connection.execute("SELECT wrapped_key FROM session WHERE id = ?", (id,)).fetchone()
        if row is None:
            key = new_key()
            wrapped = self._seal.seal(key, f"key:{id}")
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?)", (id, wrapped, now, now))
            return Session(id, key), Seal(key)
        connection.execute("UPDATE session SET used = ? WHERE id = ?", (now, id))
        if known is not None:
            return known, None
        try:
            key = self._seal.open(row[0], f"key:{id}")
            seal = Seal(key)
            entries = [
                Entry(p, label, seal.open(value, f"{id}:{p}").decode("utf-8", "surrogatepass"), bool(own))
                for p, label, value, own in connection.execute(
                    "SELECT placeholder, label, value, own FROM entry WHERE session = ?", (id,)
                )
            ]
            reserved = [
                seal.open(token, f"{id}:reserved").decode("utf-8", "surrogatepass")
                for (token,) in connection.execute("SELECT placeholder FROM reserved WHERE session = ?", (id,))
            ]
            memories = [
                Memory(name, _edits(seal, sealed, f"{id}:memo"))
                for name, sealed in connection.execute("SELECT digest, edits FROM memo WHERE session = ?", (id,))
            ]
        except Unsealable:
            raise KeyMismatch(
                "A stored session cannot be opened: it was altered, or sealed with another key.",
                "Use another session, or put the vault back from a copy.",
            ) from None
        return Session(id, key, entries, reserved, memories), seal

    async def save(self, session: Session) -> None:
        """Stores what is new in `session`; when this returns, it has survived a crash.

        Waits for a save of the same session under way, even with nothing new of its own: the
        caller is about to send placeholders which that other save is still storing.
        """
        async with self._locks.setdefault(session, asyncio.Lock()):
            pending = session.take_pending()
            if not any(pending):
                return
            seal = self._seals[session]
            entries = [
                (
                    session.id,
                    entry.placeholder,
                    entry.label,
                    seal.seal(entry.value.encode("utf-8", "surrogatepass"), f"{session.id}:{entry.placeholder}"),
                    entry.own,
                )
                for entry in pending.entries
            ]
            # Sealed as well: that which looks like a placeholder may be "(phone 5550134)".
            tokens = [token.encode("utf-8", "surrogatepass") for token in pending.reserved]
            reserved = [(session.id, seal.digest(t), seal.seal(t, f"{session.id}:reserved")) for t in tokens]

            memories = [(session.id, m.digest, _sealed(seal, m.edits, f"{session.id}:memo")) for m in pending.memories]

            def work(connection: sqlite3.Connection) -> None:
                for row in entries:
                    if connection.execute("INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?, ?)", row).rowcount == 0:
                        self._prove_same(connection, seal, row)
                connection.executemany("INSERT OR IGNORE INTO reserved VALUES (?, ?, ?)", reserved)
                connection.executemany("INSERT OR REPLACE INTO memo VALUES (?, ?, ?)", memories)

            try:
                await self._database.run(work)
            except BaseException:
                session.put_back(pending)
                raise

    @staticmethod
    def _prove_same(connection: sqlite3.Connection, seal: Seal, row: tuple[str, str, str, bytes, bool]) -> None:
        """The row was there: from a save that was cut off, or another program gave it to a value."""
        place = f"{row[0]}:{row[1]}"
        (stored,) = connection.execute(
            "SELECT value FROM entry WHERE session = ? AND placeholder = ?", row[:2]
        ).fetchone()
        try:
            same = seal.open(stored, place) == seal.open(row[3], place)
        except Unsealable:
            same = False
        if not same:
            raise StorageError(
                "Another program uses the same session of the vault.",
                "Use another session name, or close that program.",
            )

    async def purge(self) -> int:
        """Deletes sessions whose time is over, their keys included; returns how many."""
        limit = time.time() - self.ttl
        gone = await self._database.run(
            lambda connection: connection.execute(
                "DELETE FROM session WHERE used < ? RETURNING id", (limit,)
            ).fetchall()
        )
        for (id,) in gone:
            self._recent.pop(id, None)
            self._alive.pop(id, None)
        return len(gone)


def _sealed(seal: Seal, edits: Edits, place: str) -> bytes | None:
    """Edits as they are stored; None for a text that goes out as it is, like most."""
    if not edits:
        return None
    return seal.seal(json.dumps([(edit.start, edit.end, edit.text) for edit in edits]).encode(), place)


def _edits(seal: Seal, sealed: bytes | None, place: str) -> Edits:
    return () if sealed is None else tuple(Edit(*edit) for edit in json.loads(seal.open(sealed, place)))
