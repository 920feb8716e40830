"""Forgetting everything: nothing of it is left in the files, whoever has them open is told, the dictionary stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.credentials import master_key
from app.errors import KeyMismatch, StorageError
from app.events import EventBus
from app.paths import Paths
from app.pipeline.memo import Edit, Memory
from app.pipeline.terms import Term
from app.store.access import Access, Scope
from app.store.counts import Counts
from app.store.removal import remains
from app.store.term_use import TermUse
from app.store.terms import Terms
from app.store.unlocking import Store, unlock
from app.store.vault import Vault
from app.store.wiping import Wipes, wipe


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


@pytest.fixture
def store(paths: Paths) -> Iterator[Store]:
    made = unlock(paths)
    yield made
    made.database.close()


async def fill(store: Store) -> Vault:
    vault = Vault(store.database, store.seal, 1)
    for name in ("a", "b"):
        session = await vault.session(name)
        for number in range(20):
            session.placeholder("PERSON", f"Zephyrine {number}")
        session.reserve("[PERSON_1234]")
        session.remember(Memory(b"digest of a text", (Edit(0, 9, "[PERSON_1234]"),)))
        await vault.save(session)
        await vault.alias([(b"resp", name.encode())], session)
    await vault.options.change("a", {"preset": "strict"})
    counts = Counts(store.database, store.seal)
    await counts.add({"PERSON": 20})
    await counts.save()
    terms = Terms(store.database, store.seal, EventBus())
    await terms.add([Term("Globex")])
    use = TermUse(store.database, terms)
    await use.add({"Globex": 1})
    await use.save()
    await Access(store.database).add("a-tool", Scope())
    return vault


def rows(store: Store) -> dict[str, int]:
    """How many there are in each table."""

    def work(connection: sqlite3.Connection) -> dict[str, int]:
        tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for (name,) in tables}

    return store.database.call(work)


@pytest.mark.parametrize("dictionary", [False, True])
async def test_all_is_gone_but_what_shall_stay(paths: Paths, store: Store, dictionary: bool) -> None:
    vault = await fill(store)
    before, name = master_key(paths.key, environ={}).key, vault.name(b"x")
    assert min(rows(store).values()) > 0, "there is something of everything"
    removed = await wipe(store, paths, dictionary=dictionary)
    assert (len(removed), removed.values, removed.folded) == (2, 40, True)
    assert len(removed.marks) > 80 and remains(removed.marks, store.database.files) == 0
    left_in = {table for table, number in rows(store).items() if number}
    assert left_in == ({"meta"} if dictionary else {"meta", "term", "local_key"})
    assert master_key(paths.key, environ={}).key == store.seal.key != before
    assert vault.name(b"x") != name, "nobody finds again what was called by the old key"
    again = unlock(paths)
    left = Terms(again.database, again.seal, EventBus()).all().values()
    assert [term.text for term in left] == ([] if dictionary else ["Globex"])
    assert len(await Vault(again.database, again.seal, 1).session("a")) == 0
    again.database.close()


async def test_whoever_has_it_open_is_told(paths: Paths, store: Store) -> None:
    vault = await fill(store)
    terms, wipes = Terms(store.database, store.seal, EventBus()), Wipes(store.database)
    held = await vault.session("a")
    await vault.refresh()
    assert not await wipes.heard()
    other = unlock(paths)
    theirs = Wipes(other.database)
    await wipe(other, paths, dictionary=True)
    assert not await theirs.is_confirmed()
    held.placeholder("PERSON", "Late")
    with pytest.raises(StorageError, match="deleted meanwhile"):
        await vault.save(held)
    assert await vault.refresh() and await wipes.heard() and not await wipes.heard()
    await terms.refresh()
    assert len(terms) == 0
    await wipes.confirm()
    assert await theirs.is_confirmed()
    assert len(await vault.session("a")) == 0
    other.database.close()


async def test_when_it_fails_nothing_is_gone(paths: Paths, store: Store) -> None:
    await fill(store)
    before = rows(store)
    store.database.call(lambda c: c.execute("INSERT INTO term (id, sealed) VALUES (9, zeroblob(50))"))
    with pytest.raises(KeyMismatch, match="cannot be opened"):
        await wipe(store, paths)
    assert rows(store) == {**before, "term": 2}
