"""Sessions that replicas share in Redis or Valkey: each of these tests has a real server."""

from __future__ import annotations

import asyncio
import base64
import itertools
import os
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.errors import KeyMismatch, StorageError, Unreachable
from app.pipeline.entry import Pending
from app.pipeline.memo import Edit, Memory
from app.pipeline.session import Session
from app.store.sessions import Outdated, settled
from app.store.shared.link import Link
from app.store.shared.session_list import SharedList
from app.store.shared.vault import SharedVault
from app.vault_place import check_vault_url
from tests.fakes import PATIENCE
from tests.stores import PASSWORD, StoreServer, files

pytest.importorskip("redis", reason="The client of Redis is not installed: pip install anonamoose[redis]")

KEY = b"m" * 32
CANARY = "Canary-Zephyrine"


class Replicas:
    """Vaults of processes of their own, as far as the store can tell."""

    def __init__(self, server: StoreServer, stack: AsyncExitStack) -> None:
        self._server = server
        self._stack = stack

    async def one(self, key: bytes = KEY, ttl: float = 1, kept: float = 48, cached: int = 256) -> SharedVault:
        link = Link(self._server.url, PASSWORD)
        self._stack.push_async_callback(link.close)
        return await SharedVault(link, key, ttl, kept, cached).prove()


@pytest_asyncio.fixture
async def replicas(server: StoreServer) -> AsyncIterator[Replicas]:
    async with AsyncExitStack() as stack:
        yield Replicas(server, stack)


async def given(vault: SharedVault, name: str, *values: str, entity: str = "PERSON") -> dict[str, str]:
    """The placeholders of `values` in a session, as a request would get them."""

    async def work(session: Session) -> dict[str, str]:
        return {value: session.placeholder(entity, value, style="ordinal") for value in values}

    return (await settled(vault, await vault.session(name), work))[1]


async def test_what_one_replica_gives_out_all_know(replicas: Replicas) -> None:
    one, other = await replicas.one(), await replicas.one()
    session = await one.session("talk")
    behind = await other.session("talk")
    token = session.placeholder("PERSON", CANARY)
    session.reserve("[PHONE_5550134]")
    session.remember(Memory(b"d" * 16, (Edit(0, 5, token),)))
    session.learn(Memory(b"e" * 16, ()))
    await one.save(session)
    assert behind.value(token) is None
    for again in (await other.session("talk"), await (await replicas.one()).session("talk")):
        assert again.value(token) == CANARY and again.placeholder("PERSON", CANARY) == token
        assert again.recall(b"d" * 16) == (Edit(0, 5, token),) and again.recall(b"e" * 16) == ()
        again.reserve("[PHONE_5550134]")
        assert not any(again.take_pending())
    assert await other.session("talk") is behind, "it is read on, not anew"


async def test_one_value_has_one_placeholder_and_one_placeholder_one_value(replicas: Replicas) -> None:
    # Ordinal ones, so that each replica would take the next number at once.
    vaults = [await replicas.one() for _ in range(3)]
    values = [f"Person {number}" for number in range(12)]
    runs = [
        given(vault, "talk", *values[start : start + 4]) for start in range(0, 12, 2) for vault in (*vaults, *vaults)
    ]
    told = await asyncio.gather(*runs)
    tokens: dict[str, str] = {}
    for value, token in (pair for one in told for pair in one.items()):
        assert tokens.setdefault(value, token) == token
    assert len(tokens) == len(set(tokens.values())) == len(values)
    for vault in (*vaults, await replicas.one()):
        session = await vault.session("talk")
        assert {value: session.value(token) for value, token in tokens.items()} == {value: value for value in values}
        assert len(session) == len(values)


async def test_who_was_slower_is_told_and_nothing_of_it_is_kept(replicas: Replicas) -> None:
    one, other = await replicas.one(), await replicas.one()
    mine, theirs = await one.session("talk"), await other.session("talk")
    token = mine.placeholder("PERSON", "Mine", style="ordinal")
    assert theirs.placeholder("PERSON", "Theirs", style="ordinal") == token
    theirs.remember(Memory(b"d" * 16, (Edit(0, 6, token),)))
    theirs.learn(Memory(b"e" * 16, ()))
    await one.save(mine)
    with pytest.raises(Outdated):
        await other.save(theirs)
    # Another request had the same session in its hands, and nothing of its own to store.
    with pytest.raises(Outdated):
        await other.save(theirs)
    theirs.learn(Memory(b"f" * 16, ()))
    await other.learnt(theirs)
    for session in (await other.session("talk"), await one.session("talk")):
        assert session.value(token) == "Mine" and len(session) == 1
        assert session.recall(b"d" * 16) is None
        assert session.recall(b"e" * 16) == () == session.recall(b"f" * 16), "answers were what they were"


async def test_all_make_the_same_key_for_a_session(replicas: Replicas) -> None:
    vaults = [await replicas.one() for _ in range(4)]
    sessions = await asyncio.gather(*(vault.session("new") for vault in vaults for _ in range(3)))
    assert len({session.placeholder("PERSON", CANARY) for session in sessions}) == 1
    assert len(set(map(id, sessions))) == len(vaults)


async def test_names_are_the_same_for_all_and_tell_nothing(replicas: Replicas) -> None:
    one, other = await replicas.one(), await replicas.one()
    assert one.name(b"a", b"b") == other.name(b"a", b"b") != one.name(b"ab")
    assert one.stored_as("x") == other.stored_as("x")


async def test_another_key_is_refused_at_once(replicas: Replicas) -> None:
    await replicas.one()
    with pytest.raises(KeyMismatch):
        await replicas.one(b"n" * 32)


async def test_the_files_hold_nothing_to_read(replicas: Replicas, server: StoreServer) -> None:
    vault = await replicas.one()
    session = await vault.session(CANARY)
    token = session.placeholder("PERSON", CANARY, preferred="Canary-Teacup")
    session.reserve("[CANARY_5550134]")
    session.remember(Memory(b"d" * 16, (Edit(0, 5, "Canary-Teacup"),)))
    await vault.save(session)
    await vault.alias([(b"openai", b"Canary-Response")], session)
    await vault.options.change(CANARY, {"locale": "AU"})
    assert server.ask("SAVE") == b"+OK\r\n" and (server.folder / "dump.rdb").exists()
    assert token == "Canary-Teacup" and (await vault.options.of(CANARY)) == {"locale": "AU"}
    raw = files(server.folder)
    assert raw and vault.stored_as(CANARY).hex().encode() in raw, "it looks in the right place"
    for word in (CANARY, "Canary-Teacup", "CANARY_5550134", "Canary-Response"):
        spelt = [word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be"), word.encode().hex().encode()]
        spelt += [base64.b64encode(b"x" * lead + word.encode())[4 * (lead > 0) : -4] for lead in range(3)]
        assert not any(one in raw for one in spelt), f"{len(word)} letters were found"
    for secret in (KEY, base64.b64encode(KEY), KEY.hex().encode(), vault.shelf.seal._names):
        assert secret not in raw


async def test_a_restart_of_the_store_loses_nothing(replicas: Replicas, server: StoreServer) -> None:
    vault = await replicas.one()
    tokens = await given(vault, "talk", "One", "Two")
    server.stop(kill=True)
    with pytest.raises(Unreachable) as told:
        await vault.session("talk")
    assert PASSWORD not in str(told.value) and str(server.port) in str(told.value)
    server.start()
    assert await given(vault, "talk", "One", "Two", "Three") == {**tokens, "Three": "[PERSON_3]"}


async def test_while_the_store_is_gone_nothing_is_held_to_be_stored(replicas: Replicas, server: StoreServer) -> None:
    vault = await replicas.one()
    session = await vault.session("talk")
    token = session.placeholder("PERSON", CANARY)
    server.stop()
    for _ in range(2):
        with pytest.raises(Unreachable):
            await vault.save(session)
    server.start()
    await vault.save(session)
    assert (await (await replicas.one()).session("talk")).value(token) == CANARY


async def test_a_store_that_says_nothing_is_given_up_on(replicas: Replicas, server: StoreServer) -> None:
    vault = await replicas.one()
    server.ask("CLIENT", "PAUSE", "60000", "ALL")
    with pytest.raises(Unreachable):
        async with asyncio.timeout(PATIENCE):
            await vault.session("talk")


async def test_who_is_told_to_stop_stops(replicas: Replicas) -> None:
    vault = await replicas.one()

    async def work(run: int) -> None:
        for turn in itertools.count():
            await given(vault, f"talk {run} {turn}", f"{CANARY} {turn}")

    for run in range(60):  # at another moment each time
        working = asyncio.create_task(work(run))
        for _ in range(run):
            await asyncio.sleep(0)
        working.cancel()
        done, _ = await asyncio.wait([working], timeout=PATIENCE)
        assert done and working.cancelled()


@pytest.mark.parametrize("command", ["SET {} nonsense", "LPUSH {}:log nonsense", "HSET {} key nonsense"])
async def test_nonsense_is_refused(replicas: Replicas, server: StoreServer, command: str) -> None:
    vault = await replicas.one()
    await given(vault, "talk", CANARY)
    key = f"anonamoose:session:{vault.stored_as('talk').hex()}"
    if command.startswith("SET"):
        server.ask("DEL", key)
    server.ask(*command.format(key).split())
    with pytest.raises((Unreachable, KeyMismatch)):
        await (await replicas.one()).session("talk")


async def test_a_row_of_another_session_is_refused(replicas: Replicas, server: StoreServer) -> None:
    vault = await replicas.one()
    for name in ("one", "two"):
        await given(vault, name, name)
    keys = [f"anonamoose:session:{vault.stored_as(name).hex()}:log" for name in ("one", "two")]
    server.ask("COPY", *keys, "REPLACE")
    with pytest.raises(KeyMismatch):
        await (await replicas.one()).session("two")


async def test_a_store_that_was_emptied_is_noticed(replicas: Replicas, server: StoreServer) -> None:
    one, other = await replicas.one(), await replicas.one()
    session = await one.session("talk")
    session.placeholder("PERSON", CANARY)
    server.ask("FLUSHALL")
    for call in (one.save(session), other.session("talk")):
        with pytest.raises(StorageError):
            await call
    assert one.name(b"a") == other.name(b"a"), "they agree anew"
    assert len(await one.session("talk")) == len(await other.session("talk")) == 0


async def test_a_store_that_has_lost_its_last_rows_is_noticed(replicas: Replicas, server: StoreServer) -> None:
    one, other = await replicas.one(), await replicas.one()
    await given(one, "talk", "One", "Two")
    log = f"anonamoose:session:{one.stored_as('talk').hex()}:log"
    server.ask("RPOP", log)
    tokens = await given(other, "talk", "Three")
    assert await given(one, "talk", "Three") == tokens
    assert (await one.session("talk")).value("[PERSON_2]") == "Three"


async def test_a_session_that_was_deleted_is_not_written_to(replicas: Replicas) -> None:
    one, other = await replicas.one(), await replicas.one()
    session = await one.session("talk")
    session.placeholder("PERSON", CANARY)
    await one.save(session)
    removed = await other.delete("talk")
    assert len(removed) == removed.values == 1
    session.placeholder("PERSON", "Another")
    with pytest.raises(StorageError):
        await one.save(session)
    assert len(await one.session("talk")) == 0
    await one.refresh()
    await other.delete("talk")
    await one.refresh()
    assert one.in_memory == 0 and not await other.delete("talk")


async def test_time_is_renewed_by_use_and_ends(replicas: Replicas, server: StoreServer) -> None:
    vault = await replicas.one(ttl=1.2 / 3600)
    listing = SharedList(vault.shelf)
    await given(vault, "talk", CANARY)
    name = (b"openai", b"resp_1")
    await vault.alias([name], await vault.session("talk"), time.time() + 0.01)
    for _ in range(3):
        await asyncio.sleep(0.7)  # the store's own clock is what is looked at here
        assert len(await vault.session("talk")) == 1
    assert await vault.aliased(name) == "talk"
    await asyncio.sleep(1.5)
    assert await vault.aliased(name) is None and not await listing.has("talk") and await listing.count() == 0
    assert len(await vault.session("talk")) == 0


async def test_what_a_provider_keeps_keeps_its_session(replicas: Replicas) -> None:
    vault, other = await replicas.one(ttl=0.3 / 3600), await replicas.one(ttl=0.3 / 3600)
    await given(vault, "talk", CANARY)
    names = [(b"openai", b"resp_1"), (b"openai", b"resp_2")]
    await vault.alias(names, await vault.session("talk"), time.time() + 3600)
    await asyncio.sleep(0.5)
    assert await other.aliased(names[1]) == "talk" and len(await other.session("talk")) == 1
    await other.release(names[:1])
    assert await vault.aliased(names[0]) is None and await vault.aliased(names[1]) == "talk"
    await asyncio.sleep(0.5)
    await other.release(names[1:])
    assert await vault.aliased(names[1]) is None and not await SharedList(vault.shelf).has("talk")


async def test_a_shorter_time_holds_for_what_is_there(replicas: Replicas) -> None:
    vault = await replicas.one()
    await given(vault, "talk", CANARY)
    assert not await vault.purge()
    vault.keep(0, 0)
    assert len(await vault.purge()) == 1 and not await SharedList(vault.shelf).has("talk")


async def test_sessions_are_listed(replicas: Replicas) -> None:
    vault, other = await replicas.one(), await replicas.one()
    listing = SharedList(other.shelf)
    for name in ("a", "b", "c"):
        await given(vault, name, f"Value of {name}", "Another")
        await asyncio.sleep(0.01)
    page = await listing.page(0, 2)
    assert [stored.name for stored in page] == ["c", "b"] and {stored.values for stored in page} == {2}
    assert [stored.name for stored in await listing.page(2, 2)] == ["a"]
    assert await listing.count() == 3 and await listing.count(time.time()) == 0
    assert await listing.count(time.time() + 3700) == 3
    found = await listing.get("b")
    assert found is not None and {entry.value for entry in found.entries} == {"Value of b", "Another"}
    assert found.created <= found.used < found.ends and await listing.get("d") is None
    assert [one.name for one in await listing.search(lambda stored: stored.name < "c", 1)] == ["b"]
    assert len(await vault.delete_all()) == 3 and await listing.count() == 0


async def test_options_hold_for_all(replicas: Replicas) -> None:
    one, other = await replicas.one(), await replicas.one()
    await one.options.change("talk", {"locale": "AU"})
    assert await other.options.of("talk") == {"locale": "AU"}
    assert await other.options.all() == {"talk": {"locale": "AU"}}
    await other.options.change("talk", {})
    assert await one.options.of("talk") == {}


async def test_few_sessions_stay_in_memory(replicas: Replicas) -> None:
    vault = await replicas.one(cached=2)
    for number in range(5):
        await given(vault, f"talk {number}", os.urandom(4).hex())
    assert vault.in_memory == 2


async def test_large_sessions_fit(replicas: Replicas) -> None:
    one, other = await replicas.one(), await replicas.one()
    values = [f"{number}@example.com" for number in range(5_000)]
    tokens = await given(one, "talk", *values, entity="EMAIL_ADDRESS")
    session = await other.session("talk")
    assert all(session.value(token) == value for value, token in tokens.items())


def test_what_is_pending_has_learnt_apart() -> None:
    session = Session("a", b"k" * 32)
    session.learn(Memory(b"d" * 16, ()))
    assert not session.has_given_out
    taken = session.take_pending()
    assert taken.learnt and taken == Pending([], [], [], taken.learnt)


def certified(path: Path, host: str) -> Path:
    """A certificate of `host` that only itself vouches for, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    path.write_bytes(
        made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, plain)
    )
    return path


@pytest.mark.parametrize(
    ("host", "is_known", "works"),
    [("localhost", True, True), ("localhost", False, False), ("elsewhere.example.com", True, False)],
)
async def test_who_answers_over_tls_is_who_was_meant(tmp_path: Path, host: str, is_known: bool, works: bool) -> None:
    certificate = certified(tmp_path / "tls.pem", host)
    with StoreServer(tmp_path, certificate) as server:
        end = f"?ssl_ca_certs={certificate}" if is_known else ""
        url = f"rediss://localhost:{server.tls_port}{end}"
        check_vault_url(url)
        link = Link(url, PASSWORD)
        try:
            if works:
                assert await link.call("ECHO", "it") == b"it"
            else:
                with pytest.raises(Unreachable):
                    await link.call("ECHO", "it")
        finally:
            await link.close()


async def test_who_gives_up_leaves_no_answer_for_the_next(server: StoreServer) -> None:
    link = Link(server.url, PASSWORD)
    try:
        for steps in range(30):
            tasks = [asyncio.create_task(link.call("ECHO", str(number))) for number in range(8)]
            for _ in range(steps):
                await asyncio.sleep(0)
            for task in tasks[::2]:
                task.cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            for number, answer in enumerate(done):
                assert answer == str(number).encode() or isinstance(answer, asyncio.CancelledError)
            assert await link.call("ECHO", "after") == b"after"
    finally:
        await link.close()


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("", True),
        ("redis://valkey.example.com", True),
        ("redis://replica@valkey.example.com:6379/3", True),
        ("rediss://[::1]:6380?ssl_ca_certs=/ca.pem&ssl_certfile=/c.pem&ssl_keyfile=/k.pem", True),
        ("unix:///run/valkey.sock", True),
        ("http://valkey.example.com", False),
        ("redis://", False),
        ("redis://valkey.example.com:0", False),
        ("redis://valkey.example.com:port", False),
        ("redis://:word@valkey.example.com", False),
        ("redis://replica:@valkey.example.com", False),
        ("rediss://valkey.example.com?ssl_cert_reqs=none", False),
        ("redis://valkey.example.com?password=word", False),
        ("redis://valkey.example.com?ssl_ca_certs=/ca.pem", False),
        ("redis://valkey.example.com#1", False),
    ],
)
def test_addresses(url: str, fits: bool) -> None:
    with nullcontext() if fits else pytest.raises(ValueError, match=r"It must|Behind the question mark"):
        check_vault_url(url)


def test_nothing_shows_the_password(server: StoreServer) -> None:
    link = Link(server.url, PASSWORD)
    vault = SharedVault(link, KEY, 1)
    assert PASSWORD not in repr(link) + repr(vault) + repr(vars(vault)) + link.place
