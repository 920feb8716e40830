from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KeyMismatch
from app.events import Event, EventBus, TermsChanged
from app.pipeline import term_files
from app.pipeline.terms import Term
from app.store.database import Database
from app.store.migrations import MIGRATIONS
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
    assert told == [TermsChanged(3, frozenset(ids))]


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
    assert reopened(database).all() == {id: ONE} and told == [TermsChanged(1, frozenset([id]))] * 2


async def test_of_changes_at_once_the_last_one_stays(terms: Terms, database: Database) -> None:
    (id,) = await terms.add([Term("Bob")])
    await asyncio.gather(*(terms.change(id, Term(f"Bob {turn}")) for turn in range(20)))
    assert terms.all() == reopened(database).all() == {id: Term("Bob 19")}


async def test_terms_are_removed_and_unknown_ids_ignored(terms: Terms, database: Database, told: list[Event]) -> None:
    ids = await terms.add([Term("a"), Term("b"), Term("c")])
    await terms.remove([ids[0], 999, ids[2]])
    assert terms.all() == reopened(database).all() == {ids[1]: Term("b")}
    assert told[-1] == TermsChanged(1, frozenset([ids[0], ids[2]]))


async def test_a_copy_is_given_away(terms: Terms) -> None:
    await terms.add([Term("a")])
    terms.all().clear()
    assert len(terms) == 1


@pytest.fixture
def elsewhere(tmp_path: Path, database: Database) -> Iterator[Terms]:
    """The dictionary as another process has it."""
    other = Database(tmp_path / "vault.sqlite3")
    yield Terms(other, SEAL, EventBus())
    other.close()


async def test_what_another_process_changes_is_taken_over(terms: Terms, elsewhere: Terms, told: list[Event]) -> None:
    ids = await terms.add([Term("a"), Term("b"), Term("c")])
    await elsewhere.refresh()
    assert elsewhere.all() == terms.all()
    told.clear()
    await elsewhere.remove([ids[0]])
    await elsewhere.change(ids[1], ONE)
    (new,) = await elsewhere.add([Term("d")])
    assert told == []
    await terms.refresh()
    assert terms.all() == elsewhere.all() == {ids[1]: ONE, ids[2]: Term("c"), new: Term("d")}
    assert told == [TermsChanged(3, frozenset([ids[0], ids[1], new]), elsewhere=True)]
    await terms.refresh()
    assert len(told) == 1


async def test_whoever_writes_takes_over_what_was_missed(terms: Terms, elsewhere: Terms, told: list[Event]) -> None:
    (mine,) = await terms.add([Term("a")])
    await elsewhere.refresh()
    (theirs,) = await elsewhere.add([Term("b")])
    await elsewhere.remove([mine])
    told.clear()
    (new,) = await terms.add([Term("c")])
    assert terms.all() == {theirs: Term("b"), new: Term("c")}
    assert told == [TermsChanged(2, frozenset([mine, theirs, new]))]
    await elsewhere.refresh()
    assert elsewhere.all() == terms.all()


async def test_an_id_that_is_used_again_is_another_term(terms: Terms, elsewhere: Terms) -> None:
    (id,) = await terms.add([Term("a")])
    await elsewhere.refresh()
    await elsewhere.remove([id])
    assert await elsewhere.add([Term("b")]) == [id]
    await terms.refresh()
    assert terms.all() == {id: Term("b")}


async def test_a_term_removed_elsewhere_cannot_be_changed(terms: Terms, elsewhere: Terms) -> None:
    (id,) = await terms.add([Term("a")])
    await elsewhere.refresh()
    await elsewhere.remove([id])
    with pytest.raises(KeyError):
        await terms.change(id, ONE)
    await terms.refresh()
    assert terms.all() == {}


async def test_what_other_tables_hold_is_no_news(terms: Terms, elsewhere: Terms, told: list[Event]) -> None:
    await terms.add([Term("a")])
    told.clear()
    elsewhere._database.call(lambda connection: connection.execute("INSERT INTO meta VALUES ('x', 'y')"))
    await terms.refresh()
    assert told == []


async def test_many_requests_at_once_take_it_over_once(terms: Terms, elsewhere: Terms, told: list[Event]) -> None:
    await elsewhere.add([Term("a")])
    await asyncio.gather(*(terms.refresh() for _ in range(5)))
    assert len(terms) == 1 and len(told) == 1


async def test_allowed_values_and_patterns_are_kept_as_such(terms: Terms, database: Database) -> None:
    rows = [Term("Acme", "", kind="allowed"), Term(r"EMP-(\d+)", "EMPLOYEE", kind="pattern", first_group=True)]
    await terms.add(rows)
    assert list(reopened(database).all().values()) == rows


async def test_terms_of_the_first_version_are_read(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite3"
    with sqlite3.connect(path) as old:
        old.executescript(MIGRATIONS[0] + "PRAGMA user_version = 1;")
        term = {"text": "Bob", "entity": "PERSON", "case_sensitive": True, "whole_word": True, "replacement": ""}
        sealed = SEAL.seal(json.dumps(term | {"enabled": True}).encode(), "term")
        old.execute("INSERT INTO term VALUES (7, ?)", (sealed,))
    old.close()
    database = Database(path)
    assert reopened(database).all() == {7: Term("Bob", "PERSON", True)}
    database.close()


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


async def test_more_entries_than_a_dictionary_can_have_are_refused_and_none_is_added(
    terms: Terms, told: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.pipeline.terms.MAX_TERMS", 3)
    await terms.add([Term("a"), Term("b")])
    told.clear()
    with pytest.raises(ValueError, match="can have 3 entries, and not 4"):
        await terms.add([Term("c"), Term("d")])
    assert len(terms) == 2 and told == []
    with pytest.raises(ValueError, match="can have 3 entries, and not 4"):
        term_files.read("a\nb\nc\nd\n", "csv")
    await terms.add([Term("c")])
    assert len(terms) == 3


async def test_terms_are_swapped_only_where_they_are_as_expected(terms: Terms, database: Database) -> None:
    await terms.add([Term("Osprey"), Term("Kestrel"), Term("Merlin")])
    before = {1: Term("Osprey"), 2: Term("Kestrel"), 3: Term("Eagle"), 9: None}
    after = {1: Term("Eagle"), 2: None, 3: None, 9: Term("Quoll")}
    assert sorted(await terms.swap(before, after)) == [1, 2, 9]
    wanted = {1: Term("Eagle"), 3: Term("Merlin"), 9: Term("Quoll")}
    assert terms.all() == reopened(database).all() == wanted
    assert sorted(await terms.swap(after, before)) == [1, 2, 9]
    assert reopened(database).all() == {1: Term("Osprey"), 2: Term("Kestrel"), 3: Term("Merlin")}


async def test_a_swap_with_one_that_cannot_be_changes_nothing(terms: Terms) -> None:
    await terms.add([Term("Osprey"), Term("Kestrel")])
    with pytest.raises(ValueError, match="visible character"):
        await terms.swap(terms.all(), {1: Term("Eagle"), 2: Term(" ")})
    assert terms.all() == {1: Term("Osprey"), 2: Term("Kestrel")}
