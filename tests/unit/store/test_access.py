from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.errors import UserError
from app.store.access import OURS, Access, Scope, digest, new_token
from app.store.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(tmp_path / "vault.sqlite3")
    yield made
    made.close()


@pytest.fixture
def access(database: Database) -> Access:
    return Access(database)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000_000.0, 0.0]  # on the wall, and those that have passed
    monkeypatch.setattr("app.store.access.time.time", lambda: now[0])
    monkeypatch.setattr("app.store.clock._OFFSET", now[0])
    monkeypatch.setattr("app.store.clock._even", lambda: now[1])
    return now


def rows(tmp_path: Path) -> bytes:
    """All that is on disk."""
    return b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def test_a_token_is_good_until_there_is_another(access: Access, tmp_path: Path) -> None:
    first, second = new_token(), new_token()
    assert not await access.has_any() and not await access.fits(first)
    await access.accept(first)
    assert await access.has_any() and await access.fits(first)
    assert not any(
        [await access.fits(other) for other in (second, "", first[:-1], first + "a", first.upper(), "\udcff")]
    )
    await access.accept(second)
    assert await access.fits(second) and not await access.fits(first)
    assert first.encode() not in rows(tmp_path) and second.encode() not in rows(tmp_path)


async def test_tokens_and_keys_have_256_bits_of_their_own(access: Access) -> None:
    made = {new_token() for _ in range(50)} | {await access.add(f"k{n}", Scope()) for n in range(50)}
    assert len(made) == 100 and all(OURS.fullmatch(one) and len(one) == 48 for one in made)
    assert {one[:5] for one in made} == {"anon_", "anon-"}


async def test_a_local_key_is_found_with_its_scope_and_only_a_hash_is_kept(
    access: Access, tmp_path: Path, clock: list[float]
) -> None:
    scope = Scope(("openai", "u/groq"), "team:*", {"preset": "strict"}, 1_000_100.0)
    key = await access.add("codex", scope)
    other = await access.add("other", Scope())
    found, _ = await access.find(key)
    assert found is not None and (found.label, found.scope, found.created) == ("codex", scope, clock[0])
    assert [(await access.find(unknown))[0] for unknown in ("", "anon-x", key[:-1], key.swapcase(), "\udcff")] == [
        None
    ] * 5
    assert [one.label for one in await access.all()] == ["codex", "other"]
    assert key.encode() not in rows(tmp_path) and other.encode() not in rows(tmp_path)
    assert digest(key) in rows(tmp_path)


async def test_the_last_use_is_told_within_a_minute(access: Access, clock: list[float]) -> None:
    key = await access.add("codex", Scope())
    (listed,) = await access.all()
    assert listed.used == 0
    for later, used in ((0, 0), (30, 0), (29, 0), (2, 61), (10, 61), (60, 131)):
        clock[0] += later
        await access.find(key)
        (listed,) = await access.all()
        assert listed.used == 1_000_000.0 + used


async def test_a_key_is_over_when_its_time_is(access: Access, clock: list[float]) -> None:
    key = await access.add("codex", Scope(expires=clock[0] + 10))
    found, _ = await access.find(key)
    assert found is not None and not found.is_over and await access.has_any()
    clock[0] += 10
    found, _ = await access.find(key)
    assert found is not None and found.is_over and not await access.has_any()
    clock[1] += 10
    clock[0] -= 365 * 86400
    found, _ = await access.find(key)
    assert found is not None and found.is_over  # though the clock was set back meanwhile


async def test_what_one_process_revokes_is_unknown_to_all(access: Access, tmp_path: Path) -> None:
    key = await access.add("codex", Scope())
    database = Database(tmp_path / "vault.sqlite3")
    try:
        await Access(database).revoke("codex")
    finally:
        database.close()
    assert await access.find(key) == (None, 0) and await access.all() == []
    with pytest.raises(UserError, match="no local key"):
        await access.revoke("codex")


async def test_a_label_has_one_key(access: Access) -> None:
    key = await access.add("codex", Scope(("openai",)))
    with pytest.raises(UserError, match="already"):
        await access.add("codex", Scope())
    found, _ = await access.find(key)
    assert found is not None and found.scope.upstreams == ("openai",)


@pytest.mark.parametrize("label", ["", "a b", "a:b", "a/b", "ä", "a\n", "x" * 49, "../x"])
async def test_what_is_no_label(access: Access, label: str) -> None:
    with pytest.raises(UserError, match="no label"):
        await access.add(label, Scope())


@pytest.mark.parametrize("session", ["key:a", "key:*", "a b", "a**", "*a", "x" * 101, "ä", "a/b", "a\n", "*"])
async def test_what_is_no_session_of_a_key(access: Access, session: str) -> None:
    with pytest.raises(UserError, match="no session"):
        await access.add("codex", Scope(session=session))
    assert await access.all() == []


async def test_a_change_of_providers_keys_has_a_number(access: Access) -> None:
    key = await access.add("codex", Scope())
    numbers = []
    for _ in range(3):
        numbers.append((await access.find(key))[1])
        await access.changed("provider-key-set")
    assert numbers == [0, 1, 2]


def test_the_table_refuses_two_labels_for_a_key(database: Database) -> None:
    row = "INSERT INTO local_key VALUES (?, x'00', '{}', 0, 0, 0)"
    database.call(lambda connection: connection.execute(row, ("a",)))
    with pytest.raises(UserError):
        database.call(lambda connection: connection.execute(row, ("b",)))
