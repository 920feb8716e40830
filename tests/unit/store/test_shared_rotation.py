"""The master key of a shared vault is replaced while replicas use it: they follow, or are refused; nothing is lost."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.credentials import NEXT_VARIABLE, PASSWORD_VARIABLE, VARIABLE
from app.errors import KeyMismatch, Unreachable
from app.paths import Paths
from app.settings import Settings
from app.store import rotation as of_file
from app.store.opening import shared
from app.store.rotation import follow, replace_key
from app.store.sealing import Seal, Unsealable
from app.store.session_rows import place
from app.store.shared import rotation, scripts
from app.store.shared.link import Link
from app.store.shared.rotation import rekey
from app.store.shared.session_list import SharedList
from app.store.shared.shelf import OWN, PROOF, key_of
from app.store.shared.vault import SharedVault
from app.store.unlocking import NAMING, Store, unlock
from tests.stores import PASSWORD, StoreServer
from tests.unit.store.test_shared_vault import given

pytest.importorskip("redis", reason="The client of Redis is not installed: pip install anonamoose[redis]")

OLD, NEW, OTHER = (letter * 32 for letter in (b"o", b"n", b"x"))
VALUE = "Canary-Zephyrine"
Open = Callable[..., Any]


@pytest_asyncio.fixture
async def opened(server: StoreServer) -> AsyncIterator[Open]:
    """Opens the vault with a key, as a replica that may know others."""
    async with AsyncExitStack() as stack:

        async def one(key: bytes = OLD, *others: bytes) -> SharedVault:
            link = Link(server.url, PASSWORD)
            stack.push_async_callback(link.close)
            return await SharedVault(link, key, 1, 48, others=lambda: others).prove()

        yield one


async def fill(vault: SharedVault, sessions: int = 3) -> dict[str, dict[str, str]]:
    """One of everything that the master key has to do with; the placeholders by session."""
    told = {name: await given(vault, name, f"{VALUE} of {name}") for name in (f"talk {n}" for n in range(sessions))}
    await vault.alias([(b"resp_1",)], await vault.session("talk 0"))
    await vault.options.change("talk 0", {"preset": "strict"})
    return told


async def look(vault: SharedVault, told: dict[str, dict[str, str]]) -> None:
    """Everything is there."""
    for name, tokens in told.items():
        session = await vault.session(name)
        assert {value: session.value(token) for value, token in tokens.items()} == {value: value for value in tokens}
    assert await vault.aliased((b"resp_1",)) == "talk 0"
    assert await vault.options.all() == {"talk 0": {"preset": "strict"}}
    assert await vault.options.of("talk 0") == {"preset": "strict"}
    listed = await SharedList(vault.shelf).page(0, 100)
    assert {stored.name for stored in listed} >= set(told)


async def assert_sealed(vault: SharedVault, key: bytes, names: list[str], *, opens: bool) -> None:
    """Whether `key` opens what is there, all of it or nothing."""
    seal, link = Seal(key), vault.shelf.link
    found = [(await link.call("GET", PROOF), NAMING)]
    for name in names:
        id = vault.stored_as(name)
        found.append((await link.call("HGET", key_of(id), "key"), place(id, "key")))
        assert not await link.call("HEXISTS", key_of(id), "next")
    found += [(sealed, f"own:{id.hex()}") for id, sealed in (await link.call("HGETALL", OWN)).items()]
    assert len(found) == len(names) + 2
    for sealed, at in found:
        try:
            seal.open(sealed, at)
        except Unsealable:
            assert not opens, at
        else:
            assert opens, at


async def test_everything_is_sealed_anew_and_replicas_follow(opened: Open) -> None:
    one, ready, late = await opened(), await opened(OLD, NEW), await opened(OLD, OTHER, NEW)
    told = await fill(one)
    await look(ready, told)
    name, in_hand = one.name(b"x"), await ready.session("talk 1")
    await rekey(one.shelf, NEW)
    for vault in (one, ready, late, await opened(NEW)):
        await look(vault, told)
        assert vault.shelf.seal.key == NEW and vault.name(b"x") == name
    assert await ready.session("talk 1") is in_hand, "what is in memory stays"
    await assert_sealed(one, OLD, list(told), opens=False)
    await assert_sealed(one, NEW, list(told), opens=True)
    with pytest.raises(KeyMismatch):
        await opened(OLD)


@pytest.mark.parametrize("asked", ["session", "save", "alias", "release", "aliased", "of", "change", "all", "delete"])
async def test_each_thing_that_is_asked_first_follows(opened: Open, asked: str) -> None:
    one, other, blind = await opened(), await opened(OLD, NEW), await opened()
    told = await fill(one)
    sessions = [await vault.session("talk 1") for vault in (other, blind)]
    await rekey(one.shelf, NEW)

    async def ask(vault: SharedVault, number: int) -> object:
        session = sessions[number]
        session.placeholder("PERSON", f"Another {number}")
        asking: dict[str, Callable[[], Awaitable[object]]] = {
            "session": lambda: vault.session("a new one"),
            "save": lambda: vault.save(session),
            "alias": lambda: vault.alias([(b"resp_2",)], session),
            "release": lambda: vault.release([(b"resp_1",)]),
            "aliased": lambda: vault.aliased((b"resp_1",)),
            "of": lambda: vault.options.of("talk 0"),
            "change": lambda: vault.options.change("talk 2", {"locale": "AU"}),
            "all": lambda: vault.options.all(),
            "delete": lambda: vault.delete("talk 2"),
        }
        return await asking[asked]()

    with pytest.raises(Unreachable, match="sealed with another key"):
        await ask(blind, 1)
    if asked not in ("release", "aliased"):  # which are refused before they are asked anything
        await look(one, told if asked != "delete" else {})
    await ask(other, 0)
    assert other.shelf.seal.key == NEW
    fresh = await opened(NEW)
    assert (await fresh.session("talk 0")).value(next(iter(told["talk 0"].values()))) is not None
    await fresh.options.all()


async def test_who_only_waits_follows_as_well(opened: Open) -> None:
    one, other = await opened(), await opened(OLD, NEW)
    await rekey(one.shelf, NEW)
    await other.refresh()
    assert other.shelf.seal.key == NEW and other.shelf.proof == one.shelf.proof


async def test_work_goes_on_meanwhile(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "_STAGED", 2)
    one, other = await opened(), await opened(OLD, NEW)
    told = await fill(one, 9)
    done, changed = asyncio.Semaphore(0), asyncio.Event()

    async def work() -> None:
        for turn in range(10_000):
            if turn >= 50:  # no more than can be looked at
                await changed.wait()
            name = f"meanwhile {turn}"
            told[name] = await given(other, name, f"Value {turn}")
            await other.options.change("talk 0", {"preset": "strict"})
            told["talk 1"] |= await given(other, "talk 1", f"Value {turn}")
            done.release()

    async def worked(turns: int) -> None:
        for _ in range(turns):
            await done.acquire()

    working = asyncio.create_task(work())
    await worked(5)
    await rekey(one.shelf, NEW)
    while not done.locked():
        await done.acquire()
    changed.set()
    await worked(5)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)
    del told[list(told)[-1]]  # which may have been cut off
    for vault in (one, other, await opened(NEW)):
        await look(vault, told)


class Cut(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("cut_at", ["before", "after"])
async def test_cut_off_it_has_done_nothing_or_all(opened: Open, monkeypatch: pytest.MonkeyPatch, cut_at: str) -> None:
    one = await opened()
    told = await fill(one)
    run = one.shelf.run

    async def cut(script: str, *given: Any) -> Any:
        if script == scripts.REKEY:
            if cut_at == "after":
                await run(script, *given)
            raise Cut
        return await run(script, *given)

    monkeypatch.setattr(one.shelf, "run", cut)
    with pytest.raises(Cut):
        await rekey(one.shelf, NEW)
    holds, fails = (NEW, OLD) if cut_at == "after" else (OLD, NEW)
    again = await opened(holds)
    await look(again, told)
    with pytest.raises(KeyMismatch):
        await opened(fails)
    # What was staged by the first is of no use to the second.
    await rekey(again.shelf, OTHER)
    await look(await opened(OTHER), told)
    await assert_sealed(again, OTHER, list(told), opens=True)


async def test_an_answer_that_got_lost_is_asked_for_again(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await opened(OLD, NEW)  # who rotates knows what is next
    told = await fill(one)
    run = one.shelf.link.run
    lost: list[object] = []

    async def lose(script: str, *given: Any) -> Any:
        if script == scripts.REKEY and not lost:
            lost.append(await run(script, *given))  # as the client does by itself when a connection breaks
        return await run(script, *given)

    monkeypatch.setattr(one.shelf.link, "run", lose)
    await rekey(one.shelf, NEW)
    assert lost and one.shelf.seal.key == NEW
    await look(await opened(NEW), told)


async def test_what_was_altered_stops_it(opened: Open, server: StoreServer) -> None:
    one = await opened()
    told = await fill(one)
    key = key_of(one.stored_as("talk 2"))
    kept = await one.shelf.link.call("HGET", key, "key")
    server.ask("HSET", key, "key", "nonsense")
    with pytest.raises(KeyMismatch, match="not replaced"):
        await rekey(one.shelf, NEW)
    await one.shelf.link.call("HSET", key, "key", kept)
    await look(await opened(OLD), told)


# With the files of a replica's own folder, whose key it is as well


@pytest.fixture
def folders(tmp_path: Path, server: StoreServer, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Paths]:
    monkeypatch.setenv(VARIABLE, base64.b64encode(OLD).decode())
    monkeypatch.setenv(NEXT_VARIABLE, base64.b64encode(NEW).decode())
    monkeypatch.setenv(PASSWORD_VARIABLE, PASSWORD)

    def folder(name: str) -> Paths:
        paths = Paths(tmp_path / name)
        paths.create()
        return paths

    return folder


def closed(store: Store) -> bytes:
    store.database.close()
    return store.seal.key


async def test_the_folders_follow(folders: Callable[[str], Paths], server: StoreServer) -> None:
    settings = Settings(vault_url=server.url)
    paths, others = folders("a"), folders("b")
    store, beside = unlock(paths), unlock(others)
    async with shared(settings, paths) as vault, shared(settings, others) as other:
        told = await fill(vault)
        assert not await follow(beside, others, other.shelf)
        await replace_key(store, paths, lambda connection: None, vault.shelf)
        await other.refresh()
        assert beside.seal.key == OLD and await follow(beside, others, other.shelf)
        assert not await follow(beside, others, other.shelf)
        await look(other, told)
    assert closed(store) == closed(beside) == NEW


async def test_what_was_cut_off_between_the_two_goes_on(
    folders: Callable[[str], Paths], server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, paths = Settings(vault_url=server.url), folders("a")
    # The key is in a file: each rotation would make another.
    monkeypatch.delenv(VARIABLE)
    monkeypatch.delenv(NEXT_VARIABLE)
    paths.key.write_text(base64.b64encode(OLD).decode())
    store = unlock(paths)

    def cut(*_: object) -> None:
        raise Cut

    async with shared(settings, paths) as vault:
        told = await fill(vault)
        with monkeypatch.context() as patch:
            patch.setattr(of_file, "_reseal", cut)
            with pytest.raises(Cut):
                await replace_key(store, paths, lambda connection: None, vault.shelf)
        half = vault.shelf.seal.key
    assert closed(store) == OLD != half
    again = unlock(paths)
    async with shared(settings, paths) as vault:
        await look(vault, told)
        assert again.seal.key == OLD and vault.shelf.seal.key == half
        await replace_key(again, paths, lambda connection: None, vault.shelf)
        assert again.seal.key == vault.shelf.seal.key == half, "the store's key was not lost for a third one"
    assert closed(again) == half
    last = unlock(paths)
    async with shared(settings, paths) as vault:
        await look(vault, told)
    assert closed(last) == half


async def test_a_store_that_is_gone_leaves_the_file_as_it_is(
    folders: Callable[[str], Paths], server: StoreServer
) -> None:
    settings, paths = Settings(vault_url=server.url), folders("a")
    store = unlock(paths)
    async with shared(settings, paths) as vault:
        server.stop()
        with pytest.raises(Unreachable):
            await replace_key(store, paths, lambda connection: None, vault.shelf)
        server.start()
        await replace_key(store, paths, lambda connection: None, vault.shelf)
    assert closed(store) == NEW
