"""Where the sessions of replicas stand: what they are called in the store, and who may open them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.errors import KeyMismatch, Unreachable
from app.store.sealing import Seal, Unsealable, new_key
from app.store.session_rows import place
from app.store.shared.link import Link
from app.store.unlocking import NAMING

PREFIX = "anonamoose:"
USED, ENDS = f"{PREFIX}used", f"{PREFIX}ends"
DELETED = f"{PREFIX}deleted"
_PROOF = f"{PREFIX}{NAMING}"


class Shelf:
    """Runs scripts on sessions. Raises Unreachable while the store is gone, or is another one than it was."""

    def __init__(self, link: Link, key: bytes, emptied: Callable[[], None]) -> None:
        """`key` is the master key, which the store never gets. `emptied` hears that all names are others by now."""
        self.link = link
        self.seal = Seal(key)
        self._emptied = emptied
        self.proof = b""

    async def prove(self) -> None:
        """Agrees with the other replicas on how things are named. Raises KeyMismatch where they have another key."""
        await self.link.call("SET", _PROOF, self.seal.seal(new_key(), NAMING), "NX")
        proof = await self.link.call("GET", _PROOF)
        try:
            self.seal.name_by(self.seal.open(proof or b"", NAMING))
        except Unsealable:
            raise KeyMismatch(
                "The vault key does not fit the shared vault: what is there was sealed with another key.",
                "Give all replicas the same key, in ANONAMOOSE_VAULT_KEY or ANONAMOOSE_VAULT_KEY_FILE.",
            ) from None
        self.proof = proof
        self._emptied()

    def stored_as(self, name: str) -> bytes:
        """As what the session called `name` is stored."""
        return self.seal.digest(b"session", name.encode())

    def alias(self, name: tuple[bytes, ...]) -> str:
        """What Redis calls the name under which a provider keeps something."""
        return f"{PREFIX}kept:{self.seal.digest(*name).hex()}"

    async def run(self, script: str, id: bytes, *given: bytes | str | float | int) -> Any:
        """What a script answers of the session stored as `id`."""
        head = key_of(id)
        keys = [head, f"{head}:log", f"{head}:kept", USED, ENDS, _PROOF, DELETED]
        answer = await self.link.run(script, keys, given)
        if answer == b"other":
            await self.prove()
            raise Unreachable("The shared vault was emptied meanwhile.", "Send the request again.")
        return answer

    def opened(self, id: bytes, wrapped_key: bytes, name: bytes) -> tuple[bytes, str]:
        """A session's key and name. Raises KeyMismatch."""
        try:
            key = self.seal.open(wrapped_key, place(id, "key"))
            return key, Seal(key).open(name, place(id, "name")).decode()
        except (Unsealable, ValueError):
            raise unopenable() from None


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
