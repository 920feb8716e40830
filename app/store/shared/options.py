"""What sessions have their own way, for all replicas."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.errors import KeyMismatch
from app.store.options import own_place
from app.store.sealing import Seal, Unsealable
from app.store.shared.link import Link

_OWN = "anonamoose:own"


class SharedOptions:
    """As `SessionOptions`. All methods raise Unreachable or KeyMismatch."""

    def __init__(self, link: Link, seal: Seal) -> None:
        self._link = link
        self._seal = seal

    def _id(self, session: str) -> bytes:
        return self._seal.digest(b"own", session.encode())

    async def of(self, session: str) -> dict[str, str]:
        """What `session` has its own way."""
        id = self._id(session)
        sealed = await self._link.call("HGET", _OWN, id)
        return {} if sealed is None else self._opened(id, sealed)[1]

    async def all(self) -> dict[str, dict[str, str]]:
        """The same, for every session that has any, by name."""
        found = await self._link.call("HKEYS", _OWN)
        rows = [(id, await self._link.call("HGET", _OWN, id)) for id in found]
        return dict(sorted(self._opened(id, sealed) for id, sealed in rows if sealed is not None))

    async def change(self, session: str, options: Mapping[str, str]) -> None:
        """From now on `session` has `options` its own way, and nothing else; none of them forgets it."""
        id = self._id(session)
        if options:
            sealed = self._seal.seal(json.dumps([session, dict(options)]).encode(), own_place(id))
            await self._link.call("HSET", _OWN, id, sealed)
        else:
            await self._link.call("HDEL", _OWN, id)

    async def clear(self) -> None:
        """No session has anything its own way any more."""
        await self._link.call("DEL", _OWN)

    def _opened(self, id: bytes, sealed: bytes) -> tuple[str, dict[str, str]]:
        try:
            session, options = json.loads(self._seal.open(sealed, own_place(id)))
            return str(session), {str(name): str(value) for name, value in options.items()}
        except (Unsealable, ValueError, AttributeError):
            raise KeyMismatch(
                "The options of a session cannot be opened: they were altered, or sealed with another key.",
                "Use another session.",
            ) from None
