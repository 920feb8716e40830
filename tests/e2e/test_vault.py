"""What is stored of requests: nothing of it can be read, it can be deleted for good, and it survives what happens."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import resource
import sqlite3
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiohttp
import keyring
import pytest
from keyring.errors import KeyringLocked

from app.errors import Exit, KeyMismatch, UserError
from app.pipeline.terms import Term
from app.state import Protection
from app.store import clock
from app.store.database import Database
from tests import answers
from tests.e2e.conftest import EMAIL, NAME, PROSE, launched
from tests.e2e.dialects import GPT
from tests.e2e.test_command_line import run, serving
from tests.fakes import FakeUpstream, Received, Reply
from tests.responses_answers import response
from tests.torture import torture
from tests.unit.test_credentials import Memory

SESSION = "x-anonamoose-session"
posix = pytest.mark.skipif(sys.platform == "win32", reason="needs signals, modes or limits")


async def post(
    http: aiohttp.ClientSession, origin: str, text: str = PROSE, session: str = "", status: int = 200, **more: Any
) -> Any:
    """The answer's JSON."""
    headers = {SESSION: session} if session else {}
    body = {**GPT.body(text), **more}
    async with http.post(origin + GPT.path, json=body, headers=headers) as got:
        answer = await got.json()
        assert got.status == status, answer
    return answer


# -- a copy of the files is of no use


def spellings(text: str) -> Iterator[tuple[str, bytes]]:
    """How `text` may stand in a file."""
    for case, one in (("as it is", text), ("lower", text.lower()), ("upper", text.upper()), ("reversed", text[::-1])):
        raw = one.encode()
        yield case, raw
        yield f"{case}, JSON", json.dumps(one)[1:-1].encode()
        yield f"{case}, UTF-16LE", one.encode("utf-16-le")
        yield f"{case}, UTF-16BE", one.encode("utf-16-be")
        yield f"{case}, hex", raw.hex().encode()
        yield f"{case}, HEX", raw.hex().upper().encode()
        for lead in range(3):
            # Without what depends on the bytes before and behind.
            encoded = base64.b64encode(b"x" * lead + raw)
            yield f"{case}, base64 {lead}", encoded[4 * (lead > 0) : -4]
            yield f"{case}, base64url {lead}", base64.urlsafe_b64encode(b"x" * lead + raw)[4 * (lead > 0) : -4]


#: By what they are. None of them is a word that an app has in its files by itself.
CANARIES = {
    "a value": "zephyrine.canary@example.com",
    "a name": "Priya Raman",
    "a phone number": "0412 345 678",
    "a secret": "sk-proj-Zq8Kd2Lx9Vb4Nm7Rt1Yw6Hs3Jf5Gc0Pa",
    "a session": "zebediah.canary-lastname",
    "a term": "Operation Quetzalcoatlus",
    "a stand-in": "Operation Pterodactylus",
    "a type": "CANARYTYPE",
    "an allowed value": "Allosaurus Holdings",
    "a pattern": "brontosaurus[0-9]{4}",
    "what a session has its own way": "STEGOSAURUS=block",
    "what was said besides": "the archaeopteryx sings at dawn",
    "an answer": "the triceratops answers politely",
    "a literal placeholder": "[CANARYLITERAL_48213]",
    "an id of the provider's": "resp_Diplodocus0123456789",
    "an API key": "key-of-a-client-Ankylosaurus",
}


async def test_the_files_copied_away_are_of_no_use(tmp_path: Path, upstream: FakeUpstream) -> None:
    canary = CANARIES
    upstream.answer = lambda received: answers.body(
        {
            **answers.chat(f"{canary['an answer']}: {' '.join(received.placeholders)}"),
            "id": CANARIES["an id of the provider's"],
        }
    )
    headers = {"Authorization": f"Bearer {canary['an API key']}"}
    async with (
        launched(tmp_path, upstream, ner=False) as running,
        aiohttp.ClientSession(headers=headers) as http,
    ):
        await running.app.terms.add(
            [
                Term(canary["a term"], canary["a type"], replacement=canary["a stand-in"]),
                Term(canary["an allowed value"], "", kind="allowed"),
                Term(canary["a pattern"], kind="pattern"),
            ]
        )
        session = canary["a session"]
        await running.app.vault.options.change(session, {"operators": canary["what a session has its own way"]})
        await running.protected()
        text = ". ".join(canary[name] for name in canary if name not in ("a type", "a pattern", "an API key"))
        for name in (session, ""):
            await post(http, running.origin, text, name)
        async with http.post(f"{running.origin}/v1/responses", json={"model": "fake", "input": text}) as got:
            await got.read()
        for style in ("surrogate", "ordinal", "pua"):
            headers = {SESSION: f"{session}-{style}", "x-anonamoose-placeholders": style}
            async with http.post(running.origin + GPT.path, json=GPT.body(text), headers=headers) as got:
                await got.read()
        sent = upstream.wire.decode("utf-8", "replace")
        assert canary["a stand-in"] in sent and canary["a value"] not in sent and canary["a term"] not in sent
        assert len(await running.app.vault.session(session)) >= 4
        issued = [entry.placeholder for entry in (await running.app.vault.session(session))._by_placeholder.values()]
        # While it runs, when all is still in the log; and after that, when it is folded in.
        raw = _files(tmp_path)
        assert {"vault.sqlite3", "vault.sqlite3-wal", "vault.sqlite3-shm"} <= raw.keys()
    raw |= {f"{name} in the end": data for name, data in _files(tmp_path).items()}
    key = (tmp_path / "vault.key").read_text().strip()
    wanted = {**canary, "the key": key, **{f"placeholder {n}": token for n, token in enumerate(issued)}}
    for file, data in raw.items():
        if file.startswith("vault.key"):
            continue
        for what, value in wanted.items():
            for how, needle in spellings(value):
                assert needle not in data, f"{what} ({how}) is in {file}"


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("how", ["as it is", "lower, base64 1", "reversed, UTF-16BE", "as it is, base64 2"])
def test_the_search_finds_what_is_there(how: str) -> None:
    """Else the test before proves nothing."""
    value = CANARIES["a value"]
    coded = {
        "as it is": value.encode(),
        "lower, base64 1": base64.b64encode(b"??" + b"??" + value.lower().encode() + b"!!"),
        "reversed, UTF-16BE": value[::-1].encode("utf-16-be"),
        "as it is, base64 2": base64.b64encode(b"?????" + value.encode() + b"!"),
    }[how]
    found = {name for name, needle in spellings(value) if needle in b"\0" + coded + b"\0"}
    assert how in found


@posix
async def test_nobody_else_may_read_the_files(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    folder = tmp_path / "new"
    async with launched(folder, upstream, ner=False) as running:
        running.app.settings.set("heartbeat", 7)
        await post(http, running.origin)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert {"vault.sqlite3", "vault.sqlite3-wal", "vault.sqlite3-shm", "vault.key", "settings.json"} <= modes.keys()
    assert set(modes.values()) == {0o600}


@posix
def test_modes_that_a_copy_has_lost_are_mended(tmp_path: Path) -> None:
    path = tmp_path / "vault.sqlite3"
    Database(path).close()
    path.chmod(0o644)
    Database(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# -- forgetting


async def test_panic_empties_the_running_app(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        app = running.app
        await app.terms.add([Term("Globex")])
        await post(http, running.origin, f"{PROSE} Globex", "a.person")
        key, process = (tmp_path / "vault.key").read_text(), app.worker._process
        assert len(app.exchanges) == 1 and app.state.today > 0
        done = await asyncio.to_thread(run, "panic", "--yes", "--data-dir", tmp_path)
        assert done.returncode == Exit.OK, done.stderr
        said = done.stderr.decode()
        assert "The running app has forgotten as well." in said and "none is left" in said
        assert len(app.exchanges) == 0 and app.state.today == 0 and app.worker._process is not process
        assert len(await app.vault.session("a.person")) == 0
        assert (tmp_path / "vault.key").read_text() != key
        # And goes on: the dictionary is still there.
        await running.protected()
        answer = await post(http, running.origin, f"{PROSE} Globex", "a.person")
        assert NAME in GPT.text(json.dumps(answer).encode())
        assert b"Globex" not in upstream.wire


async def test_forgetting_from_the_tray_does_the_same(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        app = running.app
        await app.terms.add([Term("Globex")])
        await post(http, running.origin, session="a.person")
        held = await app.vault.session("a.person")
        await app.forget_everything()
        assert len(app.exchanges) == 0 and app.state.today == 0
        assert await app.vault.session("a.person") is not held
        assert len(app.terms) == 1
        await running.protected()
        await post(http, running.origin, session="a.person")
        assert not await app._wipes.heard(), "it has told itself already"


def test_all_goes_when_asked_for(tmp_path: Path) -> None:
    run("redact", "--session", "a", "--data-dir", tmp_path, "--no-ner", input=PROSE.encode())
    run("dictionary", "add", "Globex", "--data-dir", tmp_path)
    (tmp_path / "settings.json").write_text('{"version": 1, "values": {}}')
    done = run("panic", "--all", "--yes", "--data-dir", tmp_path)
    assert done.returncode == Exit.OK
    assert {path.name for path in tmp_path.iterdir()} == {"instance.lock", "rotation.lock"}


@pytest.mark.parametrize("runs", [True, False], ids=["running", "stopped"])
@pytest.mark.parametrize("everything", [False, True], ids=["panic", "panic --all"])
async def test_what_the_other_files_hold_goes_as_well(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, runs: bool, everything: bool
) -> None:
    trail, readings = tmp_path / "audit.sqlite3", tmp_path / "readings.sqlite3"
    more = ("--all",) if everything else ()
    async with launched(tmp_path, upstream) as running:
        await running.protected()
        await post(http, running.origin, PROSE, "a.person")
        await post(http, running.origin, PROSE, "another.person")  # what was kept of the first is on disk by now
        await running.app.trail.flush()
        assert _count(trail, "entry") > 2 and _count(readings, "reading") > 0
        if runs:
            done = await asyncio.to_thread(run, "panic", "--yes", *more, "--data-dir", tmp_path)
            assert done.returncode == Exit.OK, done.stderr
            await running.app.trail.flush()
            assert _count(readings, "reading") == 0 and _kinds(trail) <= {"cleared", "protection", "setting"}
    if not runs:
        done = await asyncio.to_thread(run, "panic", "--yes", *more, "--data-dir", tmp_path)
        assert done.returncode == Exit.OK, done.stderr
        if everything:
            assert not trail.exists() and not readings.exists()
        else:
            # The new trail begins with the row that says so.
            assert _count(trail, "entry") == 1 and _count(readings, "reading") == 0


def _count(file: Path, table: str) -> int:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _kinds(file: Path) -> set[str]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return {json.loads(said)["kind"] for (said,) in connection.execute("SELECT said FROM entry")}


def test_it_is_not_done_unasked(tmp_path: Path) -> None:
    run("redact", "--session", "a", "--data-dir", tmp_path, "--no-ner", input=PROSE.encode())
    before = (tmp_path / "vault.key").read_text()
    done = run("panic", "--data-dir", tmp_path)
    assert done.returncode == Exit.USAGE and b"Confirm it with --yes" in done.stderr
    assert (tmp_path / "vault.key").read_text() == before


@pytest.mark.parametrize("damage", ["key", "file"])
def test_what_cannot_be_opened_can_still_be_deleted(tmp_path: Path, damage: str) -> None:
    run("redact", "--session", "a", "--data-dir", tmp_path, "--no-ner", input=PROSE.encode())
    if damage == "key":
        (tmp_path / "vault.key").write_text(base64.b64encode(bytes(32)).decode())
    else:
        (tmp_path / "vault.sqlite3").write_bytes(b"this is no database " * 100)
    done = run("panic", "--yes", "--data-dir", tmp_path)
    assert done.returncode and b"nothing was deleted" in done.stderr and b"--all" in done.stderr
    assert run("panic", "--yes", "--all", "--data-dir", tmp_path).returncode == Exit.OK
    assert not {"vault.sqlite3", "vault.key"} & {path.name for path in tmp_path.iterdir()}
    assert run("redact", "--data-dir", tmp_path, "--no-ner", input=b"x").returncode == Exit.OK


def test_purging_tells_what_it_did(tmp_path: Path) -> None:
    more = ("--data-dir", tmp_path)
    token = run("redact", "--session", "a.person", *more, "--no-ner", input=EMAIL.encode()).stdout
    assert b"nothing to delete" in run("purge", *more).stderr
    assert b"nothing to delete" in run("purge", "--session", "nobody", *more).stderr
    done = run("purge", "--session", "a.person", *more)
    assert done.returncode == Exit.OK
    assert b"1 session with 1 values (" in done.stderr and b"none is left" in done.stderr
    assert run("restore", "--session", "a.person", *more, input=token).stdout == token
    assert run("purge", "--session", "not a name", *more).returncode == Exit.USAGE


async def test_a_rotation_under_a_running_app(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        await post(http, running.origin, session="before")
        done = await asyncio.to_thread(run, "rotate", "--data-dir", tmp_path)
        assert done.returncode == Exit.OK and b"has a new key" in done.stderr
        for session in ("before", "after"):
            await post(http, running.origin, f"{PROSE} And {session}@example.com.", session)
        tokens = upstream.last.placeholders
    async with launched(tmp_path, upstream, ner=False) as running:
        kept = await running.app.vault.session("after")
        assert all(kept.value(token) for token in tokens)


# -- what the provider keeps


async def test_a_session_is_kept_for_what_the_provider_keeps_of_it(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stored response, one that is not stored, and one that is deleted there."""

    def answer(received: Received) -> Reply:
        asked = json.loads(received.body) if received.body else {}
        id = asked.get("metadata", {}).get("id", "resp_kept")
        return answers.body(response([], id=id, store=asked.get("store", True)))

    async with launched(tmp_path, upstream, ner=False, session_ttl=1, kept_ttl=1000) as running:
        upstream.answer = answer
        where = f"{running.origin}/v1/responses"
        for name in ("kept", "unstored", "deleted"):
            asked = {"model": "fake", "input": f"{PROSE} {name}", "metadata": {"id": f"resp_{name}"}}
            async with http.post(where, json={**asked, "store": name != "unstored"}, headers={SESSION: name}) as got:
                assert got.status == 200
        async with http.delete(f"{where}/resp_deleted") as got:
            assert got.status == 200
        await running.app._server._forwarder._journal.close()  # type: ignore[union-attr]
        vault = running.app.vault
        later = time.time() + 2 * 3600
        monkeypatch.setattr(clock, "earliest", lambda: later)
        removed = await vault.purge()
        assert {vault.stored_as("unstored"), vault.stored_as("deleted")} == set(removed.ids)
        # And goes on in it, though the client does not name it any more.
        async with http.post(where, json={"model": "fake", "input": EMAIL, "previous_response_id": "resp_kept"}) as got:
            assert got.headers[SESSION] == "kept" and "x-anonamoose-notice" not in got.headers


# -- faults


async def test_a_leap_of_the_clock_ends_no_session(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = time.time
    async with launched(tmp_path, upstream, ner=False, session_ttl=1) as running:
        await post(http, running.origin, session="leap")
        (token, *_) = upstream.last.placeholders
        for leap in (400 * 86400.0, -400 * 86400.0, 0.0):
            monkeypatch.setattr(time, "time", lambda leap=leap: real() + leap)
            assert len(await running.app.vault.purge()) == 0
            await post(http, running.origin, "Mail late@example.com", "leap")
            assert (await running.app.vault.session("leap")).value(token)
    async with launched(tmp_path, upstream, ner=False, session_ttl=1) as running:
        assert (await running.app.vault.session("leap")).value(token)


async def test_a_keyring_that_locks_while_it_runs_is_not_asked(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    kept = Memory()
    before = keyring.get_keyring()
    keyring.set_keyring(kept)
    try:
        async with launched(tmp_path, upstream, ner=False) as running:
            await post(http, running.origin, session="a")
            kept.error = KeyringLocked()
            await post(http, running.origin, f"{PROSE} late@example.com", "b")
        with pytest.raises(UserError, match="keyring is locked"):
            async with launched(tmp_path, upstream, ner=False):
                pytest.fail("it must not start, and no other key be made")
        kept.error = None
        (name,) = kept.kept
        gone = kept.kept.pop(name)
        with pytest.raises(KeyMismatch, match="not in the system keyring"):
            async with launched(tmp_path, upstream, ner=False):
                pytest.fail("it must not start")
        kept.kept[name] = gone
        async with launched(tmp_path, upstream, ner=False) as running:
            assert len(await running.app.vault.session("b")) > 0
    finally:
        keyring.set_keyring(before)
    assert not (tmp_path / "vault.key").exists()


def refusal(answer: Any) -> str:
    return str(answer["error"]["code"])


@posix
async def test_on_a_full_disk_nothing_is_sent_and_nothing_is_lost(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        await post(http, running.origin, session="full")
        (token, *_) = upstream.last.placeholders
        database = running.app._store.database
        limit = max(path.stat().st_size for path in database.files)
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        await database.fold()
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
        try:
            many = " ".join(f"person{n}@example.com" for n in range(400))
            answer = await post(http, running.origin, many, "full", 403)
            assert refusal(answer) == "vault_unavailable" and limit
            assert len(upstream.received) == 1
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        await post(http, running.origin, many, "full")
        tokens = upstream.last.placeholders
        assert len(tokens) == 400
    async with launched(tmp_path, upstream, ner=False) as running:
        session = await running.app.vault.session("full")
        assert session.value(token) and all(session.value(token) for token in tokens)


async def test_while_another_process_holds_the_file_nothing_is_sent(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        await post(http, running.origin, session="held")
        database = running.app._store.database
        database._thread.submit(database._connection.execute, "PRAGMA busy_timeout = 1").result()
        other = sqlite3.connect(tmp_path / "vault.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for session in ("held", "new"):
            answer = await post(http, running.origin, "Mail late@example.com", session, 403)
            assert refusal(answer) == "vault_unavailable"
        assert len(upstream.received) == 1
        other.execute("ROLLBACK")
        other.close()
        answer = await post(http, running.origin, "Mail late@example.com", "held")
        assert "late@example.com" in json.dumps(answer)
    assert b"late@example.com" not in upstream.wire


async def test_in_a_file_that_is_damaged_while_it_runs_nothing_is_found_and_nothing_is_sent(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        await post(http, running.origin, session="damaged")
        await running.app._store.database.fold()
        path = tmp_path / "vault.sqlite3"
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xff" * (path.stat().st_size - 4096))
        database = running.app._store.database
        database._thread.submit(database._connection.execute, "PRAGMA cache_size = 0").result()
        database._thread.submit(database._connection.execute, "PRAGMA shrink_memory").result()
        other = sqlite3.connect(path, isolation_level=None)
        with contextlib.suppress(sqlite3.Error):
            other.execute("CREATE TABLE noticed (x)")  # so that what is cached is read anew
        other.close()
        answer = await post(http, running.origin, "Mail late@example.com", "another", 403)
        assert refusal(answer) == "vault_unavailable" and len(upstream.received) == 1


@posix
async def test_two_on_one_folder(tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    async with serving(tmp_path, upstream) as app:
        await post(http, app.origin, session="one")
        second = await asyncio.to_thread(run, "serve", "--data-dir", tmp_path, "--port", 0, "--no-ner")
        assert second.returncode == Exit.UNAVAILABLE and b"already running" in second.stderr
        # A command is welcome, in the same session too.
        shown = await asyncio.to_thread(
            run, "redact", "--session", "one", "--data-dir", tmp_path, "--no-ner", input=EMAIL.encode()
        )
        assert shown.stdout.decode() in upstream.last.body.decode()
        await post(http, app.origin, session="one")


@posix
async def test_killed_again_and_again_it_loses_nothing(tmp_path: Path) -> None:
    """For longer: python -m tests.torture --kills 200."""
    outcome = await torture(tmp_path, kills=8, seed=5)
    assert outcome.kills == 8 and outcome.rotations >= 1 and len(outcome.sent) > 20
    assert outcome.lost == outcome.leaked == []


async def test_the_state_is_told_when_all_is_forgotten(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        await running.protected()
        await running.app.forget_everything()
        await running.until(lambda: running.app.state.protection is Protection.ON)
