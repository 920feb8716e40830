"""The vault: sessions on disk, sealed, each under a key of its own that the master key wraps."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from weakref import WeakKeyDictionary, WeakValueDictionary

from app.changes import Change, Noted, unnoted
from app.errors import KeyMismatch, StorageError
from app.pipeline.session import Session
from app.store import clock
from app.store.database import Database
from app.store.options import SessionOptions
from app.store.removal import Removed, remove
from app.store.sealing import Seal, Unsealable, new_key
from app.store.session_rows import fits, place, read, rows_of
from app.store.unlocking import prove

#: How long a session in memory may go without its time of last use being written (seconds).
_TOUCH_EVERY = 60.0
#: A last use that lies further ahead was noted while the clock was wrong (seconds).
_AHEAD = 86400.0
#: That a session's time is over. The provider may still keep something of it, though nobody has used it for long.
OVER = "used < :limit AND NOT EXISTS (SELECT 1 FROM alias WHERE alias.session = session.id AND until >= :now)"


class Vault:
    """Loads and saves sessions. The only maker of `Session` objects, so that each exists once."""

    shelf = None

    def __init__(
        self,
        database: Database,
        seal: Seal,
        ttl_hours: float,
        kept_hours: float = 0.0,
        cached: int = 256,
        noted: Noted = unnoted,
    ) -> None:
        """Proves that the master key is the one the vault was written with (KeyMismatch if not).

        `kept_hours`: so long, at most, a session is kept for what the provider keeps of it. `cached` sessions stay in
        memory between requests; the least recently used go first. `noted` is told of those that are deleted.
        """
        self._database = database
        self._seal = seal
        self._cached = cached
        self._noted = noted
        self.options = SessionOptions(database, seal, noted)
        self.keep(ttl_hours, kept_hours)
        self._recent: OrderedDict[str, Session] = OrderedDict()
        self._alive: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._seals: WeakKeyDictionary[Session, Seal] = WeakKeyDictionary()
        self._locks: WeakKeyDictionary[Session, asyncio.Lock] = WeakKeyDictionary()
        self._touched: WeakKeyDictionary[Session, float] = WeakKeyDictionary()
        self._version = -1  # of the file, when it was last looked at for sessions that are gone
        database.call(lambda connection: prove(connection, seal))

    def keep(self, ttl_hours: float, kept_hours: float) -> None:
        """How long sessions are kept from now on."""
        self.ttl = ttl_hours * 3600.0
        self._kept = kept_hours * 3600.0

    def name(self, *parts: bytes) -> str:
        """A session id for a conversation known only by `parts`; tells nothing about them."""
        return self._seal.digest(*parts).hex()[:32]

    def stored_as(self, name: str) -> bytes:
        """As what the session called `name` is stored."""
        return self._seal.digest(b"session", name.encode())

    def limits(self) -> dict[str, float]:
        """What OVER asks for now."""
        now = clock.earliest()
        return {"now": now, "limit": now - self.ttl}

    async def alias(self, names: Iterable[tuple[bytes, ...]], session: Session, until: float = 0.0) -> None:
        """From now on `aliased` finds `session` by any of `names`, which are what the provider calls things it keeps.

        It keeps them until then (seconds since the epoch, 0 for nobody knows), and the session lives as long.
        """
        last = clock.latest() + self._kept
        end = min(until or last, last)
        rows = [(self._seal.digest(*name), self.stored_as(session.id), end) for name in names]
        await self._database.run(
            lambda connection: connection.executemany("INSERT OR REPLACE INTO alias VALUES (?, ?, ?)", rows),
            can_wait=True,
        )

    async def release(self, names: Iterable[tuple[bytes, ...]]) -> None:
        """What is called so has been deleted: no session is kept for it any more."""
        rows = [(self._seal.digest(*name),) for name in names]
        await self._database.run(lambda connection: connection.executemany("DELETE FROM alias WHERE name = ?", rows))

    async def aliased(self, name: tuple[bytes, ...]) -> str | None:
        """The id of the session known by `name`, None when there is none or its time is over."""
        known = {"alias": self._seal.digest(*name), **self.limits()}
        query = (
            "SELECT id, wrapped_key, session.name FROM alias JOIN session ON session.id = alias.session "  # noqa: S608
            f"WHERE alias.name = :alias AND NOT ({OVER})"
        )

        def work(connection: sqlite3.Connection) -> str | None:
            row = connection.execute(query, known).fetchone()
            return None if row is None else self.opened(*row)[1]

        return await self._database.run(work)

    def opened(self, id: bytes, wrapped_key: bytes, name: bytes) -> tuple[bytes, str]:
        """A session's key and name. Raises KeyMismatch."""
        try:
            key = self._seal.open(wrapped_key, place(id, "key"))
            return key, Seal(key).open(name, place(id, "name")).decode()
        except Unsealable:
            raise _unopenable() from None

    async def session(self, id: str) -> Session:
        """The session called `id`, a new and empty one if there is none or its time is over.

        Renews its time. Raises StorageError or KeyMismatch.
        """
        session = self._alive.get(id)
        now = clock.latest()
        if session is None or abs(now - self._touched.get(session, 0.0)) > min(_TOUCH_EVERY, self.ttl / 2):
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
        while len(self._recent) > self._cached:
            self._recent.popitem(last=False)
        return session

    def _load(
        self, connection: sqlite3.Connection, name: str, now: float, known: Session | None
    ) -> tuple[Session, Seal | None]:
        id = self.stored_as(name)
        connection.execute(f"DELETE FROM session WHERE id = :id AND {OVER}", {"id": id, **self.limits()})  # noqa: S608
        row = connection.execute("SELECT wrapped_key, name FROM session WHERE id = ?", (id,)).fetchone()
        if row is None:
            key = new_key()
            seal = Seal(key)
            sealed = self._seal.seal(key, place(id, "key")), seal.seal(name.encode(), place(id, "name"))
            connection.execute("INSERT INTO session VALUES (?, ?, ?, ?, ?)", (id, *sealed, now, now))
            return Session(name, key), seal
        connection.execute("UPDATE session SET used = ? WHERE id = ?", (now, id))
        if known is not None and fits(self._seals[known], id, row[1]):
            return known, None
        key, _ = self.opened(id, *row)
        seal = Seal(key)
        try:
            return read(connection, id, name, key, seal), seal
        except Unsealable:
            raise _unopenable() from None

    async def save(self, session: Session, *, can_wait: bool = False) -> None:
        """Stores what is new in `session`; when this returns, it has survived a crash. `can_wait` is as in `Database`.

        Waits for a save of the same session under way, even with nothing new of its own: the
        caller is about to send placeholders which that other save is still storing.
        """
        lock = self._locks.setdefault(session, asyncio.Lock())
        if lock.locked():
            self._database.hasten()
        async with lock:
            pending = session.take_pending()
            if not any(pending):
                return
            seal, id = self._seals[session], self.stored_as(session.id)

            def work(connection: sqlite3.Connection) -> bool:
                row = connection.execute("SELECT name FROM session WHERE id = ?", (id,)).fetchone()
                if row is None or not fits(seal, id, row[0]):
                    return False
                rows_of(id, pending, seal).write(connection, seal)
                return True

            try:
                is_there = await self._database.run(work, can_wait=can_wait)
                if not is_there:
                    self._drop([id])
                    raise StorageError("The session was deleted meanwhile.", "Send the request again.")
            except BaseException:
                session.put_back(pending)
                raise

    async def learnt(self, session: Session) -> None:
        """Stores what `session` has learnt from an answer: nobody waits for it."""
        await self.save(session, can_wait=True)

    async def purge(self) -> Removed:
        """Deletes sessions whose time is over, their keys included."""

        def work(connection: sqlite3.Connection) -> Removed:
            now = clock.latest()
            connection.execute("UPDATE session SET used = ? WHERE used > ?", (now, now + _AHEAD))
            return remove(connection, OVER, self.limits())

        return await self._removed(await self._database.run(work), "session-expired")

    async def delete(self, name: str) -> Removed:
        """Deletes the session called `name`, its key and its options included."""
        given = {"id": self.stored_as(name)}
        removed = await self._database.run(lambda connection: remove(connection, "id = :id", given))
        await self.options.forget(name)
        return await self._removed(removed)

    async def delete_all(self) -> Removed:
        """Deletes all sessions, their keys and options included."""

        def work(connection: sqlite3.Connection) -> Removed:
            connection.execute("DELETE FROM own")
            return remove(connection, "1", {})

        return await self._removed(await self._database.run(work))

    async def _removed(self, removed: Removed, change: Change = "session-deleted") -> Removed:
        if removed.ids:
            self._noted(change, len(removed))
        self._drop(removed.ids)
        return replace(removed, folded=await self._database.fold())

    async def refresh(self) -> bool:
        """Lets go of sessions that another process has deleted. Whether one has written anything at all."""
        version = await self._database.version()
        is_other = version != self._version
        if is_other:
            query = "SELECT id FROM session"
            ids = await self._database.run(lambda connection: {id for (id,) in connection.execute(query)})
            self._drop(id for name in tuple(self._alive) if (id := self.stored_as(name)) not in ids)
            self._version = version
        return is_other

    @property
    def in_memory(self) -> int:
        """How many sessions are in memory, those of running requests included."""
        return len(self._alive)

    def forget(self) -> None:
        """Lets go of all sessions in memory."""
        self._recent.clear()
        self._alive.clear()

    def _drop(self, ids: Iterable[bytes]) -> None:
        gone = set(ids)
        for name in [name for name in tuple(self._alive) if self.stored_as(name) in gone]:
            self._recent.pop(name, None)
            self._alive.pop(name, None)


def _unopenable() -> KeyMismatch:
    return KeyMismatch(
        "A stored session cannot be opened: it was altered, or sealed with another key.",
        "Use another session, or put the vault back from a copy.",
    )
