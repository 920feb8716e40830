"""The master key is replaced: all that it seals follows, whenever it is cut off and whoever has the file open."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from app.credentials import NEXT_VARIABLE, VARIABLE, master_key, staged_key
from app.errors import KeyMismatch, StorageError, UserError
from app.events import EventBus
from app.lock import InstanceLock
from app.paths import Paths
from app.pipeline.terms import Term
from app.store import rotation
from app.store.audit import AuditStore
from app.store.audit_reading import AuditReader
from app.store.counts import Counts
from app.store.migrations import MIGRATIONS
from app.store.rotation import SEALED, replace_key
from app.store.sealing import Seal, new_key
from app.store.terms import Terms
from app.store.unlocking import Store, unlock
from app.store.vault import Vault
from tests.unit.test_credentials import Memory

VALUE = "Zephyrine Canary"


@pytest.fixture(params=["file", "keyring"])
def paths(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Paths]:
    before = keyring.get_keyring()
    keyring.set_keyring(Memory() if request.param == "keyring" else fail.Keyring())  # type: ignore[no-untyped-call]
    yield Paths(tmp_path)
    keyring.set_keyring(before)


Opened = Callable[[], Store]


@pytest.fixture
def opened(paths: Paths) -> Iterator[Opened]:
    """Opens the vault as another process would."""
    stores: list[Store] = []

    def open() -> Store:
        stores.append(unlock(paths))
        return stores[-1]

    yield open
    for store in stores:
        store.database.close()


def nothing(connection: sqlite3.Connection) -> None:
    pass


async def fill(store: Store) -> str:
    """One of everything that the master key has to do with; the session's placeholder."""
    vault = Vault(store.database, store.seal, 1)
    session = await vault.session("named by a user")
    token = session.placeholder("PERSON", VALUE)
    await vault.save(session)
    await vault.alias([(b"resp_1",)], session)
    await vault.options.change("named by a user", {"preset": "strict"})
    await Terms(store.database, store.seal, EventBus()).add([Term(VALUE)])
    await Counts(store.database, store.seal).add({"PERSON": 1})
    return token


async def look(store: Store, token: str) -> None:
    """Everything is there."""
    vault = Vault(store.database, store.seal, 1)
    assert await vault.aliased((b"resp_1",)) == "named by a user"
    assert (await vault.session("named by a user")).value(token) == VALUE
    assert await vault.options.all() == {"named by a user": {"preset": "strict"}}
    assert [term.text for term in Terms(store.database, store.seal, EventBus()).all().values()] == [VALUE]
    assert Counts(store.database, store.seal).today() == {"PERSON": 1}


async def test_everything_follows_the_new_key(paths: Paths, opened: Opened) -> None:
    store = opened()
    token = await fill(store)
    old, name = store.seal.key, Vault(store.database, store.seal, 1).name(b"x")
    await replace_key(store, paths, nothing)
    assert store.seal.key == master_key(paths.key, environ={}).key != old
    assert staged_key(paths.key, environ={}) is None
    for one in (store, opened()):
        await look(one, token)
        assert Vault(one.database, one.seal, 1).name(b"x") == name, "what has no other name is found again"
    with pytest.raises(KeyMismatch):
        Vault(store.database, Seal(old), 1)
    raw = b"".join(path.read_bytes() for path in store.database.files)
    assert old not in raw and store.seal.key not in raw


async def test_others_that_have_it_open_follow(paths: Paths, opened: Opened) -> None:
    other = opened()
    token = await fill(other)
    others = Vault(other.database, other.seal, 1)
    await replace_key(opened(), paths, nothing)
    # What it seals from now on, it must seal with the new key.
    session = await others.session("made after that")
    late = session.placeholder("PERSON", "Late")
    await others.save(session)
    await Terms(other.database, other.seal, EventBus()).change(1, Term(VALUE))
    assert other.seal.key == master_key(paths.key, environ={}).key
    third = opened()
    await look(third, token)
    assert (await Vault(third.database, third.seal, 1).session("made after that")).value(late) == "Late"


async def test_what_was_sealed_while_the_key_changed_is_sealed_again(
    paths: Paths, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = opened(), opened()
    terms = Terms(other.database, other.seal, EventBus())
    real = other.database.run

    async def run(work: Callable[[sqlite3.Connection], object]) -> object:
        monkeypatch.setattr(other.database, "run", real)
        await replace_key(store, paths, nothing)  # between the sealing and the writing
        return await real(work)

    monkeypatch.setattr(other.database, "run", run)
    await terms.add([Term(VALUE)])
    last = opened()
    assert [term.text for term in Terms(last.database, last.seal, EventBus()).all().values()] == [VALUE]


class Cut(BaseException):
    """The process ends here."""


async def test_cut_off_before_it_is_written_the_old_key_holds(paths: Paths, opened: Opened) -> None:
    def cut(connection: sqlite3.Connection) -> None:
        raise Cut

    store = opened()
    token = await fill(store)
    old = store.seal.key
    with pytest.raises(Cut):
        await replace_key(store, paths, cut)
    assert staged_key(paths.key, environ={}) not in (None, old)
    for one in (store, opened()):
        await look(one, token)
        assert one.seal.key == old == master_key(paths.key, environ={}).key
    await replace_key(store, paths, nothing)
    await look(opened(), token)
    assert store.seal.key != old and staged_key(paths.key, environ={}) is None


async def test_cut_off_after_it_is_written_the_new_key_is_found(
    paths: Paths, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(file: Path, key: bytes) -> None:
        raise Cut

    store = opened()
    token = await fill(store)
    old = store.seal.key
    with monkeypatch.context() as patch:
        patch.setattr(rotation, "put_in_place", cut)
        with pytest.raises(Cut):
            await replace_key(store, paths, nothing)
    assert master_key(paths.key, environ={}).key == old != staged_key(paths.key, environ={})
    again = opened()
    await look(again, token)
    assert master_key(paths.key, environ={}).key == again.seal.key != old
    assert staged_key(paths.key, environ={}) is None


async def test_when_the_commit_fails_the_old_key_is_used_on(paths: Paths, opened: Opened) -> None:
    def fail_late(connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        connection.execute("INSERT INTO alias VALUES (x'00', x'00', 0)")

    store = opened()
    token = await fill(store)
    with pytest.raises(StorageError):
        await replace_key(store, paths, fail_late)
    await look(store, token)
    session = await Vault(store.database, store.seal, 1).session("later")
    assert (await Vault(opened().database, opened().seal, 1).session("later")).id == session.id
    await look(opened(), token)


async def test_what_was_altered_stops_it(paths: Paths, opened: Opened) -> None:
    store = opened()
    token = await fill(store)
    old = store.seal.key
    store.database.call(lambda c: c.execute("INSERT INTO term (id, sealed) VALUES (9, zeroblob(50))"))
    with pytest.raises(KeyMismatch, match=r"Something .* cannot be opened"):
        await replace_key(store, paths, nothing)
    store.database.call(lambda c: c.execute("DELETE FROM term WHERE id = 9"))
    assert store.seal.key == old
    await look(opened(), token)


async def test_only_one_at_a_time(paths: Paths, opened: Opened) -> None:
    store = opened()
    lock = InstanceLock(paths.rotation).acquire()
    with pytest.raises(UserError, match="being replaced already"):
        await replace_key(store, paths, nothing)
    lock.release()
    await replace_key(store, paths, nothing)


async def test_a_key_that_went_lost_is_refused_by_those_who_have_the_vault_open(paths: Paths, opened: Opened) -> None:
    """Another process has replaced it, and where it put the new one nobody can read any more."""
    store, other = opened(), opened()
    await fill(store)
    vault = Vault(other.database, other.seal, 1)
    await replace_key(store, paths, nothing)
    if paths.key.exists():
        paths.key.write_text(base64.b64encode(new_key()).decode())
    else:
        keyring.set_password("anonamoose", f"vault:{paths.root.resolve()}", base64.b64encode(new_key()).decode())
    for name in ("named by a user", "new"):
        with pytest.raises(KeyMismatch):
            await vault.session(name)


async def test_a_key_in_a_variable_is_changed_by_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, two = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))
    monkeypatch.setenv(VARIABLE, one)
    paths = Paths(tmp_path)
    store = unlock(paths)
    token = await fill(store)
    with pytest.raises(UserError, match="cannot change") as caught:
        await replace_key(store, paths, nothing)
    assert NEXT_VARIABLE in caught.value.hint
    monkeypatch.setenv(NEXT_VARIABLE, two)
    await replace_key(store, paths, nothing)
    store.database.close()
    monkeypatch.delenv(NEXT_VARIABLE)
    with pytest.raises(KeyMismatch):
        unlock(paths)
    monkeypatch.setenv(VARIABLE, two)
    store = unlock(paths)
    await look(store, token)
    store.database.close()
    assert not (tmp_path / "vault.key").exists()


async def test_the_audit_trail_is_proved_under_the_next_key_as_well(paths: Paths, opened: Opened) -> None:
    store = opened()
    trail = AuditStore(paths.audit, store.database, store.seal)
    await trail.append([_entry()])
    await replace_key(opened(), paths, nothing)
    await trail.append([_entry()])
    trail.close()
    now = opened()
    again = AuditStore(paths.audit, now.database, now.seal)
    await again.append([_entry()])
    again.close()
    verdict = AuditReader(paths.audit).verify(now.database, now.seal)
    assert verdict.is_intact and verdict.rows == 3


def _entry() -> dict[str, object]:
    return {"kind": "exchange", "time": "2026-03-01T00:00:00.000Z", "values": 1}


#: Columns of bytes that no key of ours seals: names, which are keyed digests, and what a session's own key seals.
_OTHERS = {
    ("meta", "value"),
    *((table, "session") for table in ("entry", "reserved", "memo", "alias", "own")),
    *((table, "name") for table in ("session", "entry", "reserved", "alias", "daily")),
    ("session", "id"),
    ("entry", "sealed"),
    ("reserved", "sealed"),
    ("memo", "digest"),
    ("memo", "edits"),
    ("local_key", "digest"),
}


def test_every_column_of_bytes_is_sealed_anew_or_need_not_be(tmp_path: Path) -> None:
    """Whoever adds one says which: what the master key seals and nobody declares is lost with the next key."""
    connection = sqlite3.connect(tmp_path / "layout")
    for migration in MIGRATIONS:
        connection.executescript(migration)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    found = {
        (table, column)
        for table in tables
        for _, column, kind, *_ in connection.execute(f"PRAGMA table_info({table})")
        if re.match("BLOB|$", kind)
    }
    connection.close()
    assert found == _OTHERS | {(at.table, at.column) for at in SEALED}
