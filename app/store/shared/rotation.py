"""Another master key for what replicas share: all that it seals there is sealed anew in one go, or nothing is."""

from __future__ import annotations

from collections.abc import Sequence

from app.errors import KeyMismatch, Unreachable
from app.store.options import own_place
from app.store.sealing import Seal, Unsealable, new_key
from app.store.session_rows import place
from app.store.shared import scripts
from app.store.shared.shelf import ENDS, OWN, Shelf, id_of, told
from app.store.unlocking import NAMING

#: How often others may be quicker: what they have written meanwhile is staged before each time.
_TRIES = 1000
#: Sessions that are staged at once.
_STAGED = 1000


async def rekey(shelf: Shelf, key: bytes) -> None:
    """Seals everything in the store with `key`, while others go on working on it; they follow, or are refused.

    Cut off, it has done nothing or all: what it has staged is of no use to anybody else. Raises Unreachable, and
    KeyMismatch where something cannot be opened; then nothing has changed.
    """
    if shelf.seal.key == key:
        return
    new, mark = Seal(key), new_key()
    proof = new.seal(_opened(shelf.seal, shelf.proof, NAMING), NAMING)
    await _stage(shelf, await shelf.link.call("ZRANGE", ENDS, 0, -1), mark, new)
    for _ in range(_TRIES):
        own = await _own(shelf, new)
        missing = await shelf.run(scripts.REKEY, b"", told(mark, proof, *own))
        if isinstance(missing, int):
            shelf.seal.rekey(key)
            shelf.proof = proof
        if shelf.seal.key == key:  # or another has done it meanwhile
            return
        await _stage(shelf, missing or (), mark, new)
    raise Unreachable("The shared vault is written to without a pause.", "Try again later; the key was not replaced.")


async def _own(shelf: Shelf, new: Seal) -> list[bytes]:
    """Of each session that has anything its own way: id, what is sealed, and the same sealed anew."""
    rows = await shelf.link.call("HGETALL", OWN)
    return [
        part
        for id, sealed in rows.items()
        for part in (id, sealed, new.seal(_opened(shelf.seal, sealed, own_place(id)), own_place(id)))
    ]


async def _stage(shelf: Shelf, names: Sequence[bytes], mark: bytes, new: Seal) -> None:
    for start in range(0, len(names), _STAGED):
        given: list[bytes] = []
        for name in names[start : start + _STAGED]:
            wrapped = await shelf.link.call("HGET", name, "key")
            if wrapped is not None:
                at = place(id_of(name), "key")
                given += name, wrapped, new.seal(_opened(shelf.seal, wrapped, at), at)
        await shelf.run(scripts.STAGE, b"", told(mark, *given))


def _opened(seal: Seal, sealed: bytes, at: str) -> bytes:
    try:
        return seal.open(sealed, at)
    except Unsealable:
        raise KeyMismatch(
            "Something in the shared vault cannot be opened: it was altered, or sealed with another key.",
            "The key was not replaced. Delete all that is in it with anonamoose panic, or put it back from a copy.",
        ) from None
