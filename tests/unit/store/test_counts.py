from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.errors import KeyMismatch, StorageError
from app.store import counts
from app.store.counts import Counts
from app.store.database import Database
from app.store.sealing import Seal

SEAL = Seal(b"m" * 32)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "vault.sqlite3")
    yield made
    made.close()


def days(database: Database) -> list[Any]:
    query = "SELECT day, name, sealed, redactions FROM daily ORDER BY day"
    rows = database.call(lambda connection: connection.execute(query).fetchall())
    return [(day, SEAL.open(sealed, counts.place(name)).decode(), number) for day, name, sealed, number in rows]


async def test_values_are_counted_by_entity_and_survive_a_restart(database: Database) -> None:
    first = Counts(database, SEAL)
    assert first.today() == {}
    await first.add({"PERSON": 2})
    await first.add({"PERSON": 1, "EMAIL_ADDRESS": 4})
    await first.add({})
    await first.save()
    assert first.today() == Counts(database, SEAL).today() == {"PERSON": 3, "EMAIL_ADDRESS": 4}


async def test_a_new_day_begins_at_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    class Calendar(date):
        now = date(2026, 3, 1)

        @classmethod
        def today(cls) -> Calendar:
            return cls(cls.now.year, cls.now.month, cls.now.day)

    monkeypatch.setattr(counts, "date", Calendar)
    counted = Counts(database, SEAL)
    await counted.add({"PERSON": 2})
    Calendar.now += timedelta(1)
    assert counted.today() == {}
    await counted.add({"PERSON": 5})
    assert counted.today() == {"PERSON": 5}
    await counted.save()
    assert days(database) == [("2026-03-01", "PERSON", 2), ("2026-03-02", "PERSON", 5)]


async def test_two_programs_add_up(database: Database) -> None:
    one, two = Counts(database, SEAL), Counts(database, SEAL)
    await one.add({"PERSON": 2})
    await two.add({"PERSON": 3})
    assert Counts(database, SEAL).today() == {"PERSON": 5}


async def test_what_cannot_be_stored_is_said(database: Database) -> None:
    counted = Counts(database, SEAL)
    database.call(lambda connection: connection.execute("DROP TABLE daily"))
    with pytest.raises(StorageError):
        await counted.add({"PERSON": 1})


async def test_what_could_not_be_stored_is_stored_later(database: Database) -> None:
    counted = Counts(database, SEAL)
    database.call(lambda connection: connection.execute("ALTER TABLE daily RENAME TO away"))
    with pytest.raises(StorageError):
        await counted.add({"PERSON": 1})
    await counted.add({"PERSON": 2})
    database.call(lambda connection: connection.execute("ALTER TABLE away RENAME TO daily"))
    await counted.save()
    await counted.save()
    assert Counts(database, SEAL).today() == {"PERSON": 3}


async def test_what_was_altered_is_refused(database: Database) -> None:
    counted = Counts(database, SEAL)
    await counted.add({"PERSON": 3})
    database.call(lambda connection: connection.execute("UPDATE daily SET sealed = zeroblob(40)"))
    with pytest.raises(KeyMismatch):
        Counts(database, SEAL)
