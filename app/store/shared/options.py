"""What sessions have their own way, for all replicas."""

from __future__ import annotations

import json
from collections.abc import Mapping

from app.errors import KeyMismatch
from app.store.options import own_place
from app.store.sealing import Unsealable
from app.store.shared import scripts
from app.store.shared.shelf import OWN, Shelf


class SharedOptions:
    """As `SessionOptions`. All methods raise Unreachable or KeyMismatch."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def _id(self, session: str) -> bytes:
        return self._shelf.seal.digest(b"own", session.encode())

    async def of(self, session: str) -> dict[str, str]:
        """What `session` has its own way."""
        id = self._id(session)
        return await self._shelf.opening(lambda: self._of(id))

    async def _of(self, id: bytes) -> dict[str, str]:
        sealed = await self._shelf.link.call("HGET", OWN, id)
        return {} if sealed is None else self._opened(id, sealed)[1]

    async def all(self) -> dict[str, dict[str, str]]:
        """The same, for every session that has any, by name."""
        return await self._shelf.opening(self._all)

    async def _all(self) -> dict[str, dict[str, str]]:
        found = await self._shelf.link.call("HKEYS", OWN)
        rows = [(id, await self._shelf.link.call("HGET", OWN, id)) for id in found]
        return dict(sorted(self._opened(id, sealed) for id, sealed in rows if sealed is not None))

    async def change(self, session: str, options: Mapping[str, str]) -> None:
        """From now on `session` has `options` its own way, and nothing else; none of them forgets it."""
        id = self._id(session)
        said = json.dumps([session, dict(options)]).encode()
        await self._shelf.run(
            scripts.OWN, id, lambda: (id, self._shelf.seal.seal(said, own_place(id)) if options else b"")
        )

    async def clear(self) -> None:
        """No session has anything its own way any more."""
        await self._shelf.link.call("DEL", OWN)

    def _opened(self, id: bytes, sealed: bytes) -> tuple[str, dict[str, str]]:
        try:
            session, options = json.loads(self._shelf.seal.open(sealed, own_place(id)))
            return str(session), {str(name): str(value) for name, value in options.items()}
        except (Unsealable, ValueError, AttributeError):
            raise KeyMismatch(
                "The options of a session cannot be opened: they were altered, or sealed with another key.",
                "Use another session.",
            ) from None
