from __future__ import annotations

import asyncio
import base64
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import KeyMismatch, StorageError
from app.events import EventBus
from app.pipeline.session import Session
from app.pipeline.terms import Term
from app.store import clock as its_clock
from app.store.database import Database
from app.store.removal import remains
from app.store.sealing import Seal
from app.store.terms import Terms
from app.store.vault import Vault

SEAL = Seal(b"m" * 32)
CANARY = "Canary-Zephyrine"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.sqlite3"


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    made = Database(path)
    yield made
    made.close()


@pytest.fixture
def vault(database: Database) -> Vault:
    return Vault(database, SEAL, 1)


class Clock:
    """The vault's time, which passes when told to."""

    def __init__(self) -> None:
        self.now = time.time()

    def pass_on(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for name in ("earliest", "latest"):
        monkeypatch.setattr(its_clock, name, made.pass_on)
    return made


def ask(database: Database, query: str) -> list[Any]:
    return database.call(lambda connection: connection.execute(query).fetchall())


async def filled(vault: Vault, name: str = "a") -> tuple[Session, str]:
    session = await vault.session(name)
    token = session.placeholder("PERSON", CANARY)
    session.reserve("[PHONE_5550134]")
    await vault.save(session)
    return session, token


async def test_a_session_survives_a_restart(vault: Vault, database: Database) -> None:
    session, token = await filled(vault)
    session.placeholder("CUSTOM", "Globex\ud800\n", "Acme")
    await vault.save(session)
    again = await Vault(database, SEAL, 1).session("a")
    assert again is not session and len(again) == 2
    assert (again.value(token), again.value("Acme")) == (CANARY, "Globex\ud800\n")
    assert again.placeholder("PERSON", "new") == session.placeholder("PERSON", "new")
    again.reserve("[PHONE_5550134]")
    assert again.take_pending()[1] == []


async def test_a_session_knows_after_a_restart_what_it_knew(vault: Vault, database: Database) -> None:
    session = await vault.session("talk")
    session.placeholder("PERSON", "Jane Doe")
    related = session.placeholder("PERSON", "jane_doe")
    session.placeholder("PERSON", "Nightingale", own=True)
    await vault.save(session)
    again = await Vault(database, SEAL, 1).session("talk")
    spans = again.known.spans("JaneDoe, nightingale, Nightingale", lambda entity, value: False)
    assert (0, 7) in [(span.start, span.end) for span in spans] and max(span.end for span in spans) == 7
    assert again.placeholder("PERSON", "jane_doe") == related != again.placeholder("PERSON", "JaneDoe")


async def test_each_session_exists_once(vault: Vault) -> None:
    first, second = await asyncio.gather(vault.session("a"), vault.session("a"))
    assert first is second is await vault.session("a")
    assert await vault.session("b") is not first


async def test_sessions_have_keys_of_their_own(vault: Vault) -> None:
    tokens = {(await filled(vault, name))[1] for name in ("a", "b", "c")}
    assert len(tokens) > 1


async def test_what_is_not_saved_is_lost(vault: Vault, database: Database) -> None:
    (await vault.session("a")).placeholder("PERSON", CANARY)
    assert len(await Vault(database, SEAL, 1).session("a")) == 0


async def test_another_key_is_refused_at_once(vault: Vault, database: Database) -> None:
    with pytest.raises(KeyMismatch, match="does not fit the vault"):
        Vault(database, Seal(b"n" * 32), 1)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE entry SET sealed = CAST(sealed || x'00' AS BLOB)",
        "UPDATE entry SET sealed = 'text'",
        "UPDATE entry SET sealed = x''",
        "UPDATE session SET wrapped_key = zeroblob(60)",
        "UPDATE session SET name = zeroblob(60)",
        "UPDATE reserved SET sealed = zeroblob(60)",
        "UPDATE session SET wrapped_key = (SELECT wrapped_key FROM session s WHERE s.id != session.id)",
        "UPDATE entry SET sealed = (SELECT sealed FROM entry e WHERE e.session != entry.session)",
    ],
)
async def test_what_was_altered_or_moved_is_refused(vault: Vault, database: Database, damage: str) -> None:
    await filled(vault)
    await filled(vault, "b")
    database.call(lambda connection: connection.execute(damage))
    again = Vault(database, SEAL, 1)
    with pytest.raises(KeyMismatch, match="cannot be opened") as caught:
        await asyncio.gather(again.session("a"), again.session("b"))  # one of both, where one was moved to the other
    assert CANARY not in str(caught.value) and caught.value.__suppress_context__


async def test_an_altered_proof_of_the_key_is_refused(vault: Vault, database: Database) -> None:
    database.call(lambda connection: connection.execute("UPDATE meta SET value = x'00'"))
    with pytest.raises(KeyMismatch):
        Vault(database, SEAL, 1)


def spellings(text: str) -> dict[str, bytes]:
    """How `text` may stand in a file."""
    aligned = base64.b64encode(text.encode())
    return {
        "plain": text.encode(),
        "lower": text.lower().encode(),
        "UTF-16": text.encode("utf-16-le"),
        "hex": text.encode().hex().encode(),
        "base64": aligned[: len(aligned) // 4 * 4 - 4],
        "base64 one on": base64.b64encode(b"x" + text.encode())[4:-4],
        "base64 two on": base64.b64encode(b"xx" + text.encode())[4:-4],
        "reversed": text[::-1].encode(),
    }


async def test_the_files_hold_nothing_to_read(vault: Vault, database: Database, path: Path) -> None:
    key = base64.b64encode(b"m" * 32).decode()
    session, token = await filled(vault)
    session.placeholder("CUSTOM", CANARY + " two", "Kiwi")
    await vault.save(session)
    terms = Terms(database, SEAL, EventBus())
    (id,) = await terms.add([Term(CANARY, replacement="Zephyrine Stand-in")])
    raw = b"".join(file.read_bytes() for file in path.parent.iterdir())
    (sealed,) = ask(database, "SELECT sealed FROM entry LIMIT 1")[0]
    assert sealed in raw, "the right files are looked at"
    await terms.remove([id])
    assert await database.fold()
    raw += b"".join(file.read_bytes() for file in path.parent.iterdir())
    for secret in (CANARY, token, "Zephyrine Stand-in", "5550134", key, "m" * 32):
        for spelling, needle in spellings(secret).items():
            assert needle not in raw.lower() if spelling == "lower" else needle not in raw, f"{secret}, {spelling}"


async def test_a_session_whose_time_is_over_is_empty_and_has_another_key(vault: Vault, clock: Clock) -> None:
    session, _ = await filled(vault)
    clock.now += 3601
    again = await vault.session("a")
    assert again is not session and len(again) == 0
    assert [session.placeholder("X", str(n)) for n in range(9)] != [again.placeholder("X", str(n)) for n in range(9)]


async def test_what_is_kept_of_a_session_whose_time_is_over_is_not_known_any_more(vault: Vault, clock: Clock) -> None:
    """Though nobody has purged it yet: a client must hear that its conversation is not known."""
    session, _ = await filled(vault)
    await vault.alias([(b"resp_1",)], session)
    clock.now += 3599
    assert await vault.aliased((b"resp_1",)) == "a"
    clock.now += 2
    assert await vault.aliased((b"resp_1",)) is None


async def test_two_that_ask_for_it_then_get_the_same_one(vault: Vault, clock: Clock) -> None:
    session, _ = await filled(vault)
    clock.now += 3601
    first, second = await asyncio.gather(vault.session("a"), vault.session("a"))
    assert first is second is not session


async def test_use_renews_the_time(vault: Vault, database: Database, clock: Clock) -> None:
    session, token = await filled(vault)
    for _ in range(4):
        clock.now += 1800
        assert await vault.session("a") is session
    assert (await Vault(database, SEAL, 1).session("a")).value(token) == CANARY


async def test_the_time_of_use_is_not_written_each_time(vault: Vault, database: Database, clock: Clock) -> None:
    await filled(vault)
    used = ask(database, "SELECT used FROM session")
    clock.now += 59
    await vault.session("a")
    assert ask(database, "SELECT used FROM session") == used
    clock.now += 2
    await vault.session("a")
    assert ask(database, "SELECT used FROM session") == [(clock.now,)]


async def test_purging_deletes_what_is_over_whole(vault: Vault, database: Database, clock: Clock) -> None:
    old, _ = await filled(vault)
    clock.now += 3000
    fresh, token = await filled(vault, "b")
    clock.now += 1000
    assert [len(await vault.purge()) for _ in range(2)] == [1, 0]
    left = ask(database, "SELECT id FROM session")
    assert left == [(vault.stored_as("b"),)]
    for table in ("entry", "reserved"):
        assert ask(database, f"SELECT DISTINCT session FROM {table}") == left
    assert await vault.session("b") is fresh and fresh.value(token) == CANARY
    assert await vault.session("a") is not old


async def test_only_so_many_sessions_stay_in_memory(database: Database) -> None:
    vault = Vault(database, SEAL, 1, cached=2)
    _, token = await filled(vault)
    held = await vault.session("b")
    for name in ("c", "d"):
        await vault.session(name)
    assert await vault.session("b") is held, "in use elsewhere, so there is only this one"
    assert list(vault._recent) == ["d", "b"]
    assert (await vault.session("a")).value(token) == CANARY


def failing(database: Database, monkeypatch: pytest.MonkeyPatch, error: BaseException, *, late: bool = False) -> None:
    """Lets the next piece of work fail, before or after it was done."""
    real = database.run

    async def run(work: Callable[[sqlite3.Connection], Any], **_: bool) -> Any:
        monkeypatch.setattr(database, "run", real)
        if late:
            await real(work)
        raise error

    monkeypatch.setattr(database, "run", run)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("error", [StorageError("full"), asyncio.CancelledError()])
async def test_after_a_failed_save_the_next_one_tries_again(
    vault: Vault, database: Database, monkeypatch: pytest.MonkeyPatch, error: BaseException, late: bool
) -> None:
    session = await vault.session("a")
    token = session.placeholder("PERSON", CANARY)
    session.reserve("[PERSON_1]")
    failing(database, monkeypatch, error, late=late)
    with pytest.raises(type(error)):
        await vault.save(session)
    await vault.save(session)
    again = await Vault(database, SEAL, 1).session("a")
    again.reserve("[PERSON_1]")
    assert again.value(token) == CANARY and again.take_pending()[1] == []


async def test_a_save_waits_for_the_one_under_way(vault: Vault, database: Database) -> None:
    session = await vault.session("a")
    token = session.placeholder("PERSON", CANARY)
    first = asyncio.ensure_future(vault.save(session))
    await asyncio.sleep(0)
    await vault.save(session)
    assert first.done(), "what the caller sends next holds placeholders that the other save stores"
    assert (await Vault(database, SEAL, 1).session("a")).value(token) == CANARY


async def test_saving_nothing_touches_nothing(
    vault: Vault, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, _ = await filled(vault)
    failing(database, monkeypatch, AssertionError("touched"))
    await vault.save(session)


async def test_two_vaults_on_one_file_agree(vault: Vault, path: Path) -> None:
    other_database = Database(path)
    other = Vault(other_database, SEAL, 1)
    ours, theirs = await vault.session("a"), await other.session("a")
    token = ours.placeholder("PERSON", CANARY)
    assert theirs.placeholder("PERSON", CANARY) == token
    theirs.placeholder("PERSON", "Bob")
    await asyncio.gather(vault.save(ours), other.save(theirs))
    again = await Vault(other_database, SEAL, 1).session("a")
    assert len(again) == 2 and again.value(token) == CANARY
    other_database.close()


async def test_two_vaults_that_do_not_agree_are_told(vault: Vault, path: Path) -> None:
    other_database = Database(path)
    other = Vault(other_database, SEAL, 1)
    ours, theirs = await vault.session("a"), await other.session("a")
    ours.placeholder("CUSTOM", CANARY, "Kiwi")
    theirs.placeholder("CUSTOM", "Globex", "Kiwi")
    await other.save(theirs)
    with pytest.raises(StorageError, match="Another program uses the same session") as caught:
        await vault.save(ours)
    assert CANARY not in str(caught.value) and "Globex" not in str(caught.value)
    assert ours.take_pending()[0][0].value == CANARY, "and is not forgotten"
    other_database.close()


@pytest.mark.parametrize("made_anew", [False, True])
async def test_what_was_deleted_under_our_hands_is_not_written_to(vault: Vault, path: Path, made_anew: bool) -> None:
    """What another key has sealed could never be read again."""
    other_database = Database(path)
    other = Vault(other_database, SEAL, 1)
    ours, _ = await filled(vault)
    await other.delete("a")
    if made_anew:
        await filled(other)
    ours.placeholder("PERSON", "Globex")
    with pytest.raises(StorageError, match="was deleted meanwhile"):
        await vault.save(ours)
    again = await vault.session("a")
    assert again is not ours and len(again) == made_anew
    token = again.placeholder("PERSON", "Globex")
    await vault.save(again)
    assert (await Vault(other_database, SEAL, 1).session("a")).value(token) == "Globex"
    other_database.close()


async def test_sessions_that_another_process_has_deleted_are_let_go_of(vault: Vault, path: Path) -> None:
    other_database = Database(path)
    gone, _ = await filled(vault)
    left, _ = await filled(vault, "b")
    await vault.refresh()
    assert await vault.session("a") is gone
    await Vault(other_database, SEAL, 1).delete("a")
    await vault.refresh()
    assert await vault.session("a") is not gone and await vault.session("b") is left
    other_database.close()


@pytest.mark.parametrize(
    ("until", "hours", "is_kept"),
    [(0, 99, True), (0, 101, False), (10, 9, True), (10, 11, False), (10_000, 99, True), (10_000, 101, False)],
)
async def test_a_session_lives_as_long_as_what_the_provider_keeps_of_it(
    database: Database, clock: Clock, until: int, hours: int, is_kept: bool
) -> None:
    vault = Vault(database, SEAL, 1, kept_hours=100)
    session, token = await filled(vault)
    await vault.alias([(b"batch_1",)], session, clock.now + until * 3600 if until else 0)
    clock.now += hours * 3600
    assert len(await vault.purge()) == (not is_kept)
    assert await vault.aliased((b"batch_1",)) == ("a" if is_kept else None)
    assert (await vault.session("a")).value(token) == (CANARY if is_kept else None)


async def test_what_is_deleted_at_the_provider_keeps_no_session(database: Database, clock: Clock) -> None:
    vault = Vault(database, SEAL, 1, kept_hours=100)
    session, _ = await filled(vault)
    await vault.alias([(b"file_1",), (b"file_2",)], session)
    clock.now += 2 * 3600
    await vault.release([(b"file_1",)])
    assert len(await vault.purge()) == 0 and await vault.aliased((b"file_1",)) is None
    await vault.release([(b"file_2",)])
    assert len(await vault.purge()) == 1


async def test_deleting_leaves_nothing_in_the_files(vault: Vault, database: Database) -> None:
    session, _ = await filled(vault)
    for number in range(500):
        session.placeholder("PERSON", f"{CANARY} {number}")
    await vault.save(session)
    await vault.alias([(b"resp_1",)], session)
    other, token = await filled(vault, "b")
    # It can be found, and found in the midst of the rest, before it is deleted.
    marks = frozenset(row[0][:16] for row in ask(database, "SELECT sealed FROM entry"))
    assert remains(marks, database.files) == len(marks) == 502
    removed = await vault.delete("a")
    assert (len(removed), removed.values, removed.folded) == (1, 501, True)
    assert removed.size > 30_000 and len(removed.marks) > 1000
    assert remains(removed.marks, database.files) == 0 and remains(marks, database.files) == 1
    assert (await vault.session("b")).value(token) == CANARY and other is await vault.session("b")


async def test_what_is_left_is_found_also_across_the_pieces_that_are_read(tmp_path: Path) -> None:
    path, marks = tmp_path / "file", frozenset([b"m" * 16, b"n" * 16, b"o" * 16])
    path.write_bytes(bytes((1 << 20) - 5) + b"m" * 16 + b"n" * 16 + b"o" * 15)
    assert remains(marks, [path]) == 2


async def test_a_reader_in_the_way_is_told(vault: Vault, database: Database, path: Path) -> None:
    await filled(vault)
    database._thread.submit(database._connection.execute, "PRAGMA busy_timeout = 1").result()
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM session").fetchone()
    assert not (await vault.delete("a")).folded
    reader.close()
    assert (await vault.purge()).folded


def test_a_name_made_of_parts_tells_nothing_and_is_stable(vault: Vault, database: Database) -> None:
    name = vault.name(b"key", CANARY.encode())
    assert name == Vault(database, SEAL, 1).name(b"key", CANARY.encode())
    assert name != vault.name(b"other key", CANARY.encode())
    assert len(name) == 32 and CANARY.encode().hex()[:8] not in name
