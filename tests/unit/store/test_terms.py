from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KeyMismatch
from app.events import Event, EventBus, TermsChanged
from app.pipeline.terms import Term
from app.store.database import Database
from app.store.sealing import Seal
from app.store.terms import Terms

SEAL = Seal(b"m" * 32)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "vault.sqlite3")
    yield made
    made.close()


@pytest.fixture
def told() -> list[Event]:
    return []


@pytest.fixture
def terms(database: Database, told: list[Event]) -> Terms:
    bus = EventBus()
    bus.subscribe(told.append)
    return Terms(database, SEAL, bus)


def reopened(database: Database) -> Terms:
    return Terms(database, SEAL, EventBus())


ONE = Term("Canary Ltd", "ORGANIZATION", True, False, "Kiwi", False)


async def test_terms_survive_a_restart_whole_and_in_order(terms: Terms, database: Database, told: list[Event]) -> None:
    ids = await terms.add([ONE, Term("é😀"), Term("Bob")])
    assert terms.all() == reopened(database).all() == dict(zip(ids, [ONE, Term("é😀"), Term("Bob")], strict=True))
    assert len(terms) == 3 and terms.enabled() == (Term("é😀"), Term("Bob"))
    assert told == [TermsChanged(3)]


async def test_one_that_is_not_valid_stops_all(terms: Terms, database: Database, told: list[Event]) -> None:
    with pytest.raises(ValueError, match="visible character"):
        await terms.add([Term("good"), Term(" ")])
    assert len(terms) == len(reopened(database)) == 0 and told == []


async def test_a_term_is_changed(terms: Terms, database: Database, told: list[Event]) -> None:
    (id,) = await terms.add([Term("Bob")])
    await terms.change(id, ONE)
    assert terms.all() == reopened(database).all() == {id: ONE}
    with pytest.raises(ValueError, match="is not a type"):
        await terms.change(id, Term("Bob", "bad type"))
    with pytest.raises(KeyError):
        await terms.change(id + 1, Term("Bob"))
    assert reopened(database).all() == {id: ONE} and told == [TermsChanged(1)] * 2


async def test_terms_are_removed_and_unknown_ids_ignored(terms: Terms, database: Database, told: list[Event]) -> None:
    ids = await terms.add([Term("a"), Term("b"), Term("c")])
    await terms.remove([ids[0], 999, ids[2]])
    assert terms.all() == reopened(database).all() == {ids[1]: Term("b")}
    assert told[-1] == TermsChanged(1)


async def test_a_copy_is_given_away(terms: Terms) -> None:
    await terms.add([Term("a")])
    terms.all().clear()
    assert len(terms) == 1


async def test_another_key_is_refused(terms: Terms, database: Database) -> None:
    await terms.add([ONE])
    with pytest.raises(KeyMismatch, match="sealed with another key") as caught:
        Terms(database, Seal(b"n" * 32), EventBus())
    assert "Canary" not in str(caught.value)


@pytest.mark.parametrize("content", [b"not json", b"[]", b"{}", b'{"text": "Canary", "from a newer version": 1}', b"7"])
def test_what_is_no_term_is_refused(database: Database, content: bytes) -> None:
    def put(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO term (sealed) VALUES (?)", (SEAL.seal(content, "term"),))

    database.call(put)
    with pytest.raises(KeyMismatch) as caught:
        reopened(database)
    assert "Canary" not in str(caught.value) and caught.value.__suppress_context__
