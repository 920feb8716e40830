"""The vault that replicas share: what `app.store.vault` keeps in a file, in Redis or Valkey, and as well sealed.

Several may give out placeholders of one session at once. Each works with what it knows of the session's log, and adds
to it only if nobody else has given out anything meanwhile; otherwise it reads on and works the request out anew.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from weakref import WeakKeyDictionary, WeakValueDictionary

from app.errors import StorageError
from app.pipeline.entry import Pending
from app.pipeline.session import Session
from app.store.removal import Removed
from app.store.sealing import Seal, Unsealable, new_key
from app.store.session_rows import place
from app.store.sessions import Outdated
from app.store.shared import scripts
from app.store.shared.link import Link
from app.store.shared.options import SharedOptions
from app.store.shared.rows import ENTRY, MARK, MEMORY, read, written
from app.store.shared.shelf import DELETED, ENDS, PROOF, USED, Shelf, id_of, key_of, told, unopenable


@dataclass(slots=True)
class _Held:
    """A session in memory: how many rows of its log are in it, and the mark of the last of them."""

    seal: Seal
    name: bytes
    position: int = 0
    mark: bytes = b""
    is_outdated: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def read_on(self, start: int, rows: Sequence[bytes]) -> None:
        """The rows from `start` on are in it."""
        if rows and start <= self.position < start + len(rows):
            self.position, self.mark = start + len(rows), rows[-1][:MARK]


class SharedVault:
    """As `Vault`. All methods raise Unreachable while the store is gone, or answers what cannot be."""

    def __init__(
        self,
        link: Link,
        key: bytes,
        ttl_hours: float,
        kept_hours: float = 0.0,
        cached: int = 256,
        others: Callable[[], Iterable[bytes]] = tuple,
    ) -> None:
        """`key` is the master key, the same for all replicas; the store never gets it. `others` is as in `Shelf`."""
        self.shelf = Shelf(link, key, self.forget, others)
        self._cached = cached
        self.options = SharedOptions(self.shelf)
        self.keep(ttl_hours, kept_hours)
        self._recent: OrderedDict[str, Session] = OrderedDict()
        self._alive: WeakValueDictionary[str, Session] = WeakValueDictionary()
        self._held: WeakKeyDictionary[Session, _Held] = WeakKeyDictionary()
        self._deleted: Any = None

    async def prove(self) -> Self:
        """Agrees with the other replicas. Raises KeyMismatch where they have another key."""
        await self.shelf.prove()
        return self

    def keep(self, ttl_hours: float, kept_hours: float) -> None:
        """How long sessions are kept from their next use on."""
        self.ttl = ttl_hours * 3600.0
        self._kept = kept_hours * 3600.0

    def name(self, *parts: bytes) -> str:
        """A session id for a conversation known only by `parts`; tells nothing about them."""
        return self.shelf.seal.digest(*parts).hex()[:32]

    def stored_as(self, name: str) -> bytes:
        """As what the session called `name` is stored."""
        return self.shelf.stored_as(name)

    async def alias(self, names: Iterable[tuple[bytes, ...]], session: Session, until: float = 0.0) -> None:
        """As `Vault.alias`."""
        last = time.time() + self._kept
        end = min(until or last, last)
        id = self.stored_as(session.id)
        given = [part for name in names for part in (f"{end:.3f}", self.shelf.alias(name))]
        await self._settle(id, *given)

    async def _settle(self, id: bytes, *kept: str) -> bool:
        """Whether there still is a session."""
        return bool(await self.shelf.run(scripts.SETTLE, id, told(self.ttl, id, *kept)))

    async def release(self, names: Iterable[tuple[bytes, ...]]) -> None:
        """What is called so has been deleted: no session is kept for it any more."""
        for alias in map(self.shelf.alias, names):
            id = await self.shelf.link.call("GET", alias)
            if id is not None:
                await self._settle(id, "0", alias)

    async def aliased(self, name: tuple[bytes, ...]) -> str | None:
        """The id of the session known by `name`, None when there is none or its time is over."""
        return await self.shelf.opening(lambda: self._aliased(self.shelf.alias(name)))

    async def _aliased(self, alias: str) -> str | None:
        id = await self.shelf.link.call("GET", alias)
        head = [None] if id is None else await self.shelf.link.call("HMGET", key_of(id), "key", "name")
        return None if None in head else self.shelf.opened(id, *head)[1]

    async def session(self, id: str) -> Session:
        """The session called `id` with all that is stored of it by now, a new one if there is none.

        Renews its time. Raises Unreachable or KeyMismatch.
        """
        known = self._alive.get(id)
        held = self._held[known] if known is not None else None
        session = await self.shelf.opening(lambda: self._open(id, known, held))
        current = self._alive.get(id)
        if current is not None and current is not session and self._held[current].name == self._held[session].name:
            session = current  # another request was quicker, and there may be only one
        self._alive[id] = self._recent[id] = session
        self._recent.move_to_end(id)
        while len(self._recent) > self._cached:
            self._recent.popitem(last=False)
        return session

    async def _open(self, name: str, session: Session | None, held: _Held | None) -> Session:
        id, key = self.stored_as(name), new_key()
        start = held.position if held else 0
        known = (held.name, start, held.mark) if held else (b"", 0, b"")

        def given() -> Iterable[bytes | str | float]:
            wrapped = self.shelf.seal.seal(key, place(id, "key"))
            return self.ttl, wrapped, Seal(key).seal(name.encode(), place(id, "name")), *known

        answer = await self.shelf.run(scripts.OPEN, id, given)
        try:
            wrapped, stored, is_whole, rows = answer
        except (TypeError, ValueError):
            raise unopenable() from None
        if session is not None and held is not None and not is_whole and not held.is_outdated:
            if not rows:
                return session
            is_overtaken = session.has_given_out and any(row[:1] != MEMORY for row in rows)
            if not is_overtaken and _adopted(session, id, rows, held.seal):
                held.read_on(start, rows)
                return session
        if session is not None:
            self._let_go(session)
        if held is not None and not is_whole:
            return await self._open(name, None, None)
        found, _ = self.shelf.opened(id, wrapped, stored)
        seal = Seal(found)
        made = Session(name, found)
        if not _adopted(made, id, rows, seal):
            raise unopenable()
        self._held[made] = now = _Held(seal, stored)
        now.read_on(0, rows)
        return made

    async def save(self, session: Session) -> None:
        """Stores what is new in `session`; when this returns, it is in the store.

        Raises Outdated when what the session has given out must not be used.
        """
        held = self._held[session]
        async with held.lock:
            if held.is_outdated:
                await self._save_learnt(session, held)
                raise Outdated
            pending = session.take_pending()
            if not any(pending):
                return
            try:
                await self._append(session, held, pending)
            except Outdated:
                session.put_back(Pending([], [], [], pending.learnt))
                self._let_go(session)
                await self._save_learnt(session, held)
                raise
            except BaseException:
                session.put_back(pending)
                raise

    async def learnt(self, session: Session) -> None:
        """Stores what `session` has learnt from an answer, whatever has become of the session."""
        held = self._held[session]
        async with held.lock:
            await self._save_learnt(session, held)

    async def _save_learnt(self, session: Session, held: _Held) -> None:
        pending = session.take_pending()
        if not held.is_outdated:
            session.put_back(pending._replace(learnt=[]))
        try:
            if pending.learnt:
                await self._append(session, held, Pending([], [], [], pending.learnt))
        except BaseException:
            session.put_back(Pending([], [], [], pending.learnt))
            raise

    async def _append(self, session: Session, held: _Held, pending: Pending) -> None:
        id = self.stored_as(session.id)
        rows = written(id, pending, held.seal)
        start, mark = held.position, held.mark
        gives = int(bool(pending.entries or pending.reserved))
        answer = await self.shelf.run(scripts.APPEND, id, told(held.name, start, mark, gives, *rows))
        if answer == b"behind":
            raise Outdated
        if answer == b"gone":
            self._let_go(session)
            raise StorageError("The session was deleted meanwhile.", "Send the request again.")
        if answer == start + len(rows):
            held.read_on(start, rows)

    def _let_go(self, session: Session) -> None:
        self._held[session].is_outdated = True
        if self._alive.get(session.id) is session:
            del self._alive[session.id]
            self._recent.pop(session.id, None)

    async def purge(self) -> Removed:
        """Deletes sessions whose time is over; the store does so by itself unless the time was made shorter."""
        (seconds, _) = await self.shelf.link.call("TIME")
        over = await self.shelf.link.call("ZRANGEBYSCORE", USED, "-inf", f"{int(seconds) + 1 - self.ttl:.3f}")
        gone = [id for key in over if not await self._settle(id := id_of(key))]
        return Removed(tuple(gone))

    async def delete(self, name: str) -> Removed:
        """Deletes the session called `name`, its key and its options included."""
        removed = await self._remove([self.stored_as(name)])
        await self.options.change(name, {})
        return removed

    async def delete_all(self) -> Removed:
        """Deletes all sessions, their keys and options included."""
        removed = await self._remove([id_of(key) for key in await self.shelf.link.call("ZRANGE", ENDS, 0, -1)])
        await self.options.clear()
        return removed

    async def _remove(self, ids: Iterable[bytes]) -> Removed:
        gone, values, size = [], 0, 0
        for id in ids:
            rows = await self.shelf.run(scripts.REMOVE, id)
            if rows is None:
                continue
            gone.append(id)
            values += sum(row[:1] == ENTRY for row in rows)
            size += sum(map(len, rows))
            for session in [one for one in tuple(self._alive.values()) if self.stored_as(one.id) == id]:
                self._let_go(session)
        return Removed(tuple(gone), values, size)

    async def refresh(self) -> bool:
        """Lets go of sessions in memory when another replica has deleted any; takes another key up. True, as it sees no
        other files.
        """
        deleted, proof = await self.shelf.link.call("MGET", DELETED, PROOF)
        if proof != self.shelf.proof:
            await self.shelf.follow()
        if deleted != self._deleted:
            self._deleted = deleted
            self.forget()
        return True

    @property
    def in_memory(self) -> int:
        """How many sessions are in memory, those of running requests included."""
        return len(self._alive)

    def forget(self) -> None:
        """Lets go of all sessions in memory."""
        self._recent.clear()
        self._alive.clear()


def _adopted(session: Session, id: bytes, rows: Iterable[bytes], seal: Seal) -> bool:
    """Whether what `rows` say fits what the session knows, and is in it now."""
    try:
        session.adopt(*read(id, rows, seal))
    except (Unsealable, ValueError, KeyError, TypeError):
        return False
    return True
