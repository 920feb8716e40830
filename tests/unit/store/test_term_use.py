"""How often terms were met: counted by value, kept by id, gone when everything is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.events import EventBus
from app.pipeline.terms import Term
from app.store.database import Database
from app.store.sealing import Seal
from app.store.term_use import TermUse
from app.store.terms import Terms


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "vault.sqlite3")
    yield made
    made.close()


@pytest.fixture
def terms(database: Database) -> Terms:
    return Terms(database, Seal(b"m" * 32), EventBus())


def hits(use: TermUse, terms: Terms) -> list[int]:
    return [use.get(id).hits for id in terms.all()]


async def test_values_count_for_their_terms_however_they_are_written(database: Database, terms: Terms) -> None:
    await terms.add([Term("José Osprey"), Term("OSP", case_sensitive=True), Term("osp"), Term("Quoll", enabled=False)])
    use = TermUse(database, terms)
    await use.add({"JOSE\u0301  osprey": 2, "OSP": 3, "osp": 1, "quoll": 5, "something else": 7})
    assert hits(use, terms) == [2, 3, 4, 0]
    assert use.get(1).last > 0 and use.get(4).last == 0
    await use.save()
    assert hits(TermUse(database, terms), terms) == [2, 3, 4, 0]


async def test_a_term_that_is_new_counts_and_one_that_is_gone_leaves_nothing(database: Database, terms: Terms) -> None:
    use = TermUse(database, terms)
    await terms.add([Term("Osprey"), Term("Kestrel")])
    await use.add({"Osprey": 1, "Kestrel": 1})
    await terms.remove([2])
    use.removed([2])
    await use.add({"Osprey": 1, "Kestrel": 1})
    assert await terms.add([Term("Merlin")]) == [2]
    assert use.get(2).hits == 0
    await use.save()
    again = TermUse(database, terms)
    assert (again.get(1).hits, again.get(2).hits) == (2, 0)


async def test_what_is_forgotten_is_not_written_again(database: Database, terms: Terms) -> None:
    await terms.add([Term("Osprey")])
    use = TermUse(database, terms)
    await use.add({"Osprey": 1})
    await use.add({"Osprey": 1})
    use.forget()
    await use.save()
    assert use.get(1).hits == 0


async def test_no_text_is_written(database: Database, terms: Terms) -> None:
    await terms.add([Term("Osprey Canary")])
    use = TermUse(database, terms)
    await use.add({"Osprey Canary": 1})
    await use.save()
    rows = database.call(lambda connection: connection.execute("SELECT * FROM term_use").fetchall())
    assert len(rows) == 1 and [type(value) for value in rows[0]] == [int, int, float]
