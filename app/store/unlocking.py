"""Opening what is stored with the master key, and following that key when another process replaces it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from app.credentials import master_key, put_in_place, staged_key
from app.errors import KeyMismatch, UserError
from app.lock import InstanceLock
from app.paths import Paths
from app.store.database import Database
from app.store.sealing import Seal, Unsealable, new_key

#: In `meta`: what the names of sessions are derived with, sealed by the master key. It outlasts that key, and
#: proves that one fits.
NAMING = "naming"
#: What proved it in a file of an older layout.
_CHECK = "check"


@dataclass(frozen=True, slots=True)
class Store:
    """The open file, the master key's seal, and in words where that key is kept."""

    database: Database
    seal: Seal
    kept: str


def unlock(paths: Paths) -> Store:
    """Opens the vault of a data folder, or makes it. Blocks, perhaps on a prompt of the keyring. Raises UserError."""
    master = master_key(paths.key)
    database = Database(paths.database)
    try:
        seal = Seal(master.key)

        def look(connection: sqlite3.Connection) -> None:
            try:
                prove(connection, seal)
            except KeyMismatch:
                _follow(connection, seal, paths)

        database.watch(look)
        database.call(lambda connection: None)
    except BaseException:
        database.close()
        raise
    return Store(database, seal, master.kept)


def keys(paths: Paths) -> Iterator[bytes]:
    """The key that is in place, and the one beside it, if there is any. Blocks. Raises UserError."""
    yield master_key(paths.key).key
    staged = staged_key(paths.key)
    if staged is not None:
        yield staged


def prove(connection: sqlite3.Connection, seal: Seal) -> None:
    """Raises KeyMismatch unless `seal` is that of the vault. To a new one, it will be."""
    rows = connection.execute("SELECT name, value FROM meta WHERE name IN (?, ?)", (NAMING, _CHECK)).fetchall()
    names = dict(rows)
    try:
        if NAMING in names:
            seal.name_by(seal.open(names[NAMING], NAMING))
            return
        if _CHECK in names:
            seal.open(names[_CHECK], _CHECK)
    except Unsealable:
        raise KeyMismatch(
            "The vault key does not fit the vault: what is stored was sealed with another key.",
            "Give the right key (ANONAMOOSE_VAULT_KEY, the system keyring or vault.key), "
            "or move vault.sqlite3 away to start with an empty vault.",
        ) from None
    secret = new_key()
    connection.execute("INSERT INTO meta VALUES (?, ?)", (NAMING, seal.seal(secret, NAMING)))
    connection.execute("DELETE FROM meta WHERE name = ?", (_CHECK,))
    seal.name_by(secret)


def _follow(connection: sqlite3.Connection, seal: Seal, paths: Paths) -> None:
    """Takes the key that is in place by now, or one that a rotation which broke off has left beside it."""
    for is_staged, key in enumerate(keys(paths)):
        try:
            prove(connection, Seal(key))
        except KeyMismatch:
            continue
        seal.rekey(key)
        prove(connection, seal)
        if is_staged:
            with suppress(UserError):  # whoever replaces the key just now does it
                lock = InstanceLock(paths.rotation).acquire()
                try:
                    put_in_place(paths.key, key)
                finally:
                    lock.release()
        return
    prove(connection, seal)
