"""Which sessions replicas share, and what is in one, without using any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.store.sealing import Seal, Unsealable
from app.store.session_list import Stored
from app.store.shared.rows import ENTRY, read
from app.store.shared.shelf import ENDS, USED, Shelf, id_of, key_of, unopenable


class SharedList:
    """As `SessionList`. All methods raise Unreachable or KeyMismatch."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._link = shelf.link

    async def count(self, before: float | None = None) -> int:
        """How many sessions there are; of those that are kept until `before` alone, where it is given."""
        return int(await self._link.call("ZCOUNT", ENDS, *await self._range(before)))

    async def _range(self, before: float | None) -> tuple[str, str]:
        seconds, parts = await self._link.call("TIME")
        now = f"{int(seconds) + int(parts) / 1e6:.3f}"
        await self._link.call("ZREMRANGEBYSCORE", ENDS, "-inf", now)  # the store has deleted them itself
        return f"({now}", "+inf" if before is None else f"({before:.3f}"

    async def _ids(self, before: float | None = None) -> list[bytes]:
        """Sessions, the one that was used last first."""
        within = set(await self._link.call("ZRANGEBYSCORE", ENDS, *await self._range(before)))
        return [id_of(key) for key in await self._link.call("ZREVRANGE", USED, 0, -1) if key in within]

    async def page(self, offset: int, limit: int, before: float | None = None) -> list[Stored]:
        """Sessions, the one that was used last first."""
        ids = (await self._ids(before))[offset : offset + limit]
        return [stored for id in ids if (stored := await self._stored(id)) is not None]

    async def has(self, name: str) -> bool:
        """Whether there is a session called `name`."""
        return bool(await self._link.call("EXISTS", key_of(self._shelf.stored_as(name))))

    async def get(self, name: str) -> Stored | None:
        """The session called `name`, and what is in it."""
        return await self._stored(self._shelf.stored_as(name), whole=True)

    async def search(self, fits: Callable[[Stored], bool], limit: int) -> list[Stored]:
        """Up to `limit` sessions that fit, the one that was used last first. Opens them one after the other."""
        found: list[Stored] = []
        for id in await self._ids():
            stored = await self._stored(id, whole=True)
            if stored is not None and fits(stored):
                found.append(stored)
            if len(found) >= limit:
                break
        return found

    async def _stored(self, id: bytes, *, whole: bool = False) -> Stored | None:
        return await self._shelf.opening(lambda: self._read(id, whole))

    async def _read(self, id: bytes, whole: bool) -> Stored | None:
        head: list[Any] = await self._link.call("HMGET", key_of(id), "key", "name", "created", "used")
        ends = await self._link.call("ZSCORE", ENDS, key_of(id))
        if None in head or ends is None:
            return None
        rows = await self._link.call("LRANGE", f"{key_of(id)}:log", 0, -1)
        key, name = self._shelf.opened(id, head[0], head[1])
        try:
            entries = tuple(read(id, (row for row in rows if row[:1] == ENTRY), Seal(key)).entries) if whole else ()
            values = sum(row[:1] == ENTRY for row in rows)
            return Stored(name, float(head[2]), float(head[3]), float(ends), values, entries)
        except (Unsealable, ValueError, KeyError, TypeError):
            raise unopenable() from None
