"""Another master key in the place of the present one: all that it seals is sealed anew, or nothing is.

Where sessions are shared they go first, while the present key is kept beside the next: whenever this is cut off, the
file and the store have one of both each, and the next time goes on with the key that the store has by then.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.credentials import put_in_place, stage_key, staged_key
from app.errors import KeyMismatch, UserError
from app.lock import InstanceLock
from app.paths import Paths
from app.store.audit import SEALED as AUDIT
from app.store.counts import place as count_place
from app.store.options import own_place
from app.store.sealing import Seal, Unsealable
from app.store.session_rows import place
from app.store.shared.rotation import rekey
from app.store.shared.shelf import Shelf
from app.store.terms import PLACE
from app.store.unlocking import NAMING, Store, prove

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Sealed:
    """A column that the master key seals; `place` makes of a row's key what it is sealed for."""

    table: str
    key: str
    column: str
    place: Callable[[Any], str]
    condition: str = "TRUE"


#: Everything that the master key seals.
SEALED = (
    Sealed("meta", "name", "value", str, f"name IN {(NAMING, *AUDIT)}"),
    Sealed("session", "id", "wrapped_key", lambda id: place(id, "key")),
    Sealed("own", "session", "sealed", own_place),
    Sealed("daily", "name", "sealed", count_place),
    Sealed("term", "id", "sealed", lambda _: PLACE),
)


async def replace_key(
    store: Store, paths: Paths, first: Callable[[sqlite3.Connection], T], shelf: Shelf | None = None
) -> T:
    """Makes a new master key and seals everything with it, on the `shelf` as well where sessions are shared; returns
    what `first` did in the transaction of the file.

    The new key is kept beside the present one until the file is written, so that one of both fits whenever this
    is cut off. Raises UserError; then nothing has changed in the file.
    """
    lock = _only(paths)
    try:
        if shelf is not None and staged_key(paths.key) == shelf.seal.key:
            key = shelf.seal.key
        else:
            key = stage_key(paths.key)
            if shelf is not None:
                await rekey(shelf, key)

        def work(connection: sqlite3.Connection) -> T:
            done = first(connection)
            _reseal(connection, store.seal, Seal(key))
            # Here, as what waits for the same thread must seal with it already.
            store.seal.rekey(key)
            prove(connection, store.seal)
            return done

        done = await store.database.run(work)
        put_in_place(paths.key, key)
        await store.database.fold()
    finally:
        lock.release()
    return done


async def follow(store: Store, paths: Paths, shelf: Shelf) -> bool:
    """Seals the file with the key that another replica has given the `shelf`, if that is the one which was to come
    next here. Whether it has done so. Raises UserError.
    """
    if store.seal.key == shelf.seal.key or await asyncio.to_thread(staged_key, paths.key) != shelf.seal.key:
        return False
    await replace_key(store, paths, lambda connection: None, shelf)
    return True


def _only(paths: Paths) -> InstanceLock:
    try:
        return InstanceLock(paths.rotation).acquire()
    except UserError as error:
        raise UserError("The vault key is being replaced already.", "Try again later.", code=error.code) from None


def _reseal(connection: sqlite3.Connection, old: Seal, new: Seal) -> None:
    for at in SEALED:
        query = f"SELECT {at.key}, {at.column} FROM {at.table} WHERE {at.condition}"  # noqa: S608
        change = f"UPDATE {at.table} SET {at.column} = ? WHERE {at.key} = ?"  # noqa: S608
        for key, sealed in connection.execute(query).fetchall():
            try:
                plain = old.open(sealed, at.place(key))
            except Unsealable:
                raise KeyMismatch(
                    "Something in the vault cannot be opened: it was altered, or sealed with another key.",
                    "The key was not replaced. Put the vault back from a copy.",
                ) from None
            connection.execute(change, (new.seal(plain, at.place(key)), key))
