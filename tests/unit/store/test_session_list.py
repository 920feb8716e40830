"""Sessions as they are listed: without using them, and without those whose time is over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.store import storage
from app.store.database import Database
from app.store.sealing import Seal, new_key
from app.store.session_list import SessionList
from app.store.vault import Vault


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "vault.sqlite3")
    yield opened
    opened.close()


async def filled(database: Database, many: int) -> tuple[Vault, SessionList]:
    vault = Vault(database, Seal(new_key()), 1, 48)
    for number in range(many):
        session = await vault.session(f"s{number}")
        session.placeholder("PERSON", f"Zephyrine {number}")
        await vault.save(session)
    return vault, SessionList(database, vault)


async def test_sessions_come_in_pages_the_latest_first(database: Database) -> None:
    _, sessions = await filled(database, 5)
    names = [stored.name for page in range(4) for stored in await sessions.page(page * 2, 2)]
    assert names == ["s4", "s3", "s2", "s1", "s0"] and await sessions.count() == 5
    assert (await storage.rows(database))["entry"] == 5


async def test_a_session_is_looked_at_without_renewing_it(database: Database) -> None:
    _, sessions = await filled(database, 1)
    first, again = await sessions.get("s0"), await sessions.get("s0")
    assert first is not None and first == again and [entry.value for entry in first.entries] == ["Zephyrine 0"]
    assert "Zephyrine" not in repr(first)
    assert await sessions.get("other") is None and not await sessions.has("other") and await sessions.has("s0")
    assert await sessions.count() == 1, "to ask for one has made none"


async def test_a_search_goes_through_all_and_ends_where_it_may(database: Database) -> None:
    _, sessions = await filled(database, 120)  # more than are opened in one go
    found = await sessions.search(lambda stored: stored.entries[0].value == "Zephyrine 3", 10)
    assert [stored.name for stored in found] == ["s3"]
    assert [stored.name for stored in await sessions.search(lambda _: True, 2)] == ["s119", "s118"]


async def test_what_is_over_is_not_listed_and_what_is_kept_is(database: Database) -> None:
    vault, sessions = await filled(database, 2)
    soon = vault.limits()["now"]
    assert await sessions.count(soon + 2 * 3600) == 2 and await sessions.count(soon) == 0
    await vault.alias([(b"kept",)], await vault.session("s1"), soon + 10 * 3600)
    assert [stored.name for stored in await sessions.page(0, 9, soon + 2 * 3600)] == ["s0"]
    database.call(lambda connection: connection.execute("UPDATE session SET used = 0"))
    (left,) = await sessions.page(0, 9)
    assert left.name == "s1" and left.ends == pytest.approx(soon + 10 * 3600)
    assert not await sessions.has("s0") and await sessions.get("s0") is None


async def test_all_are_deleted_with_what_they_have_their_own_way(database: Database) -> None:
    vault, sessions = await filled(database, 3)
    await vault.options.change("s1", {"preset": "strict"})
    assert len(await vault.delete_all()) == 3
    assert await sessions.count() == 0 and not await vault.options.all()
