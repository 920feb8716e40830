"""Where the sessions of replicas stand: what they are called in the store, and who may open them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from app.errors import KeyMismatch, Unreachable
from app.store.sealing import Seal, Unsealable, new_key
from app.store.session_rows import place
from app.store.shared.link import Link
from app.store.unlocking import NAMING

T = TypeVar("T")
PREFIX = "anonamoose:"
USED, ENDS, OWN = f"{PREFIX}used", f"{PREFIX}ends", f"{PREFIX}own"
DELETED = f"{PREFIX}deleted"
PROOF = f"{PREFIX}{NAMING}"
#: How often something is asked for again while the key is being replaced.
_TRIES = 3


class Shelf:
    """Runs scripts on sessions. Raises Unreachable while the store is gone, or is another one than it was."""

    def __init__(
        self, link: Link, key: bytes, emptied: Callable[[], None], others: Callable[[], Iterable[bytes]] = tuple
    ) -> None:
        """`key` is the master key, which the store never gets; `others` tells those that may have taken its place, and
        may block. `emptied` hears that all names are others by now.
        """
        self.link = link
        self.seal = Seal(key)
        self._emptied = emptied
        self._others = others
        self._secret = b""
        self.proof = b""

    async def prove(self) -> bool:
        """Agrees with the other replicas on how things are named; takes another key up where they have one. Whether
        all names are others by now. Raises KeyMismatch where none fits.
        """
        await self.link.call("SET", PROOF, self.seal.seal(new_key(), NAMING), "NX")
        proof = await self.link.call("GET", PROOF) or b""
        for key in (self.seal.key, *await asyncio.to_thread(lambda: tuple(self._others()))):
            try:
                secret = Seal(key).open(proof, NAMING)
            except Unsealable:
                continue
            is_other, self._secret, self.proof = secret != self._secret, secret, proof
            self.seal.rekey(key)
            self.seal.name_by(secret)
            if is_other:
                self._emptied()
            return is_other
        raise KeyMismatch(
            "The vault key does not fit the shared vault: what is there is sealed with another key.",
            "Give all replicas the same key, in ANONAMOOSE_VAULT_KEY or ANONAMOOSE_VAULT_KEY_FILE.",
        )

    async def follow(self) -> bool:
        """As `prove` while it is used: raises Unreachable where no key fits, as another replica may have one."""
        try:
            return await self.prove()
        except KeyMismatch as error:
            raise Unreachable(error.title, error.hint) from None

    async def disown(self) -> None:
        """Whoever comes next agrees with the others anew, with whatever key."""
        await self.link.call("DEL", PROOF)

    def stored_as(self, name: str) -> bytes:
        """As what the session called `name` is stored."""
        return self.seal.digest(b"session", name.encode())

    def alias(self, name: tuple[bytes, ...]) -> str:
        """What Redis calls the name under which a provider keeps something."""
        return f"{PREFIX}kept:{self.seal.digest(*name).hex()}"

    async def run(self, script: str, id: bytes, given: Callable[[], Iterable[bytes | str | float]] = tuple) -> Any:
        """What a script answers of the session stored as `id`. `given` makes what it is told besides the proof, with
        the key of the moment.
        """
        head = key_of(id)
        keys = [head, f"{head}:log", f"{head}:kept", USED, ENDS, PROOF, DELETED, OWN]
        for _ in range(_TRIES):
            answer = await self.link.run(script, keys, (self.proof, *given()))
            if answer != b"other":
                return answer
            if await self.follow():
                raise Unreachable("The shared vault was emptied meanwhile.", "Send the request again.")
        raise Unreachable("The key of the shared vault is being replaced.", "Send the request again.")

    async def opening(self, read: Callable[[], Awaitable[T]]) -> T:
        """What `read` returns, which opens what the master key has sealed; again where that was another one."""
        before = self.proof
        try:
            return await read()
        except KeyMismatch:
            await self.follow()
            if self.proof == before:
                raise
        return await read()

    def opened(self, id: bytes, wrapped_key: bytes, name: bytes) -> tuple[bytes, str]:
        """A session's key and name. Raises KeyMismatch."""
        try:
            key = self.seal.open(wrapped_key, place(id, "key"))
            return key, Seal(key).open(name, place(id, "name")).decode()
        except (Unsealable, ValueError):
            raise unopenable() from None


def told(*given: bytes | str | float) -> Callable[[], Sequence[bytes | str | float]]:
    """For `Shelf.run`: what does not depend on the key."""
    return lambda: given


def key_of(id: bytes) -> str:
    """What Redis calls the session stored as `id`."""
    return f"{PREFIX}session:{id.hex()}"


def id_of(key: bytes) -> bytes:
    """The inverse of `key_of`."""
    return bytes.fromhex(key.decode().rpartition(":")[2])


def unopenable() -> KeyMismatch:
    """Said of what cannot be opened."""
    return KeyMismatch(
        "A session in the shared vault cannot be opened: it was altered, or sealed with another key.",
        "Use another session.",
    )
