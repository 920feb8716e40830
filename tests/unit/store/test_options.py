from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import KeyMismatch
from app.store.database import Database
from app.store.options import SessionOptions
from app.store.sealing import Seal

SEAL = Seal(b"m" * 32)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "vault.sqlite3")
    yield database
    database.close()


async def test_a_session_has_what_it_was_given(database: Database) -> None:
    options = SessionOptions(database, SEAL)
    assert await options.of("a") == {} and await options.all() == {}
    await options.change("b", {"preset": "coding"})
    await options.change("a", {"preset": "strict", "ner": "off"})
    await options.change("a", {"preset": "strict", "operators": "PROJÉCT=block"})
    assert await SessionOptions(database, SEAL).of("a") == {"preset": "strict", "operators": "PROJÉCT=block"}
    assert list(await options.all()) == ["a", "b"]
    await options.change("a", {})
    assert await options.of("a") == {} and list(await options.all()) == ["b"]


async def test_what_a_session_has_cannot_be_changed_or_given_to_another_without_the_key(database: Database) -> None:
    options = SessionOptions(database, SEAL)
    await options.change("a", {"preset": "coding"})
    (sealed,) = await database.run(lambda c: c.execute("SELECT sealed FROM own").fetchone())
    assert b"coding" not in sealed
    await database.run(lambda c: c.execute("INSERT INTO own VALUES ('b', ?)", (sealed,)))
    await database.run(lambda c: c.execute("INSERT INTO own VALUES ('c', '{}')"))
    for session in ("b", "c"):
        with pytest.raises(KeyMismatch):
            await options.of(session)
    with pytest.raises(KeyMismatch):
        await SessionOptions(database, Seal(b"n" * 32)).of("a")
    with pytest.raises(KeyMismatch):
        await options.all()
