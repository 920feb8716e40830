"""Whatever is asked of a vault, one that replicas share answers as the one in a file does."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.errors import UserError
from app.store.database import Database
from app.store.sealing import Seal
from app.store.session_list import SessionList
from app.store.sessions import Listing, Sessions
from app.store.shared.link import Link
from app.store.shared.session_list import SharedList
from app.store.shared.vault import SharedVault
from app.store.vault import Vault
from tests.stores import PASSWORD, StoreServer

pytest.importorskip("redis", reason="The client of Redis is not installed: pip install anonamoose[redis]")

KEY = b"k" * 32
NAMES = st.sampled_from(["a", "b", "ü", "c d"])
VALUES = st.sampled_from(["Zephyrine", "Priya Raman", "x", "\ud800", "1\n2"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("hide"), NAMES, st.lists(VALUES, min_size=1, max_size=3)),
        st.tuples(st.just("reserve"), NAMES, st.sampled_from(["[PERSON_1]", "[PERSON_2]"])),
        st.tuples(st.just("keep"), NAMES, st.sampled_from(["resp_1", "resp_2"])),
        st.tuples(st.just("release"), st.just(""), st.sampled_from(["resp_1", "resp_2"])),
        st.tuples(st.just("own"), NAMES, st.sampled_from(["AU", ""])),
        st.tuples(st.just("delete"), NAMES, st.just("")),
        st.tuples(st.just("delete all"), st.just(""), st.just("")),
        st.tuples(st.just("forget"), st.just(""), st.just("")),
        st.tuples(st.just("purge"), st.just(""), st.just("")),
    ),
    max_size=12,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    with StoreServer(tmp_path_factory.mktemp("store")) as server:
        yield server


async def done(vault: Sessions, kind: str, name: str, what: object) -> object:
    """What a step comes to."""
    if kind == "hide":
        session = await vault.session(name)
        assert isinstance(what, list)
        told = [session.placeholder("PERSON", value, style="ordinal") for value in what]
        await vault.save(session)
        return told
    if kind == "reserve":
        session = await vault.session(name)
        session.reserve(str(what))
        await vault.save(session)
        return None
    if kind == "keep":
        await vault.alias([(str(what).encode(),)], await vault.session(name), time.time() + 60)
        return None
    if kind == "release":
        await vault.release([(str(what).encode(),)])
        return None
    if kind == "own":
        await vault.options.change(name, {"locale": str(what)} if what else {})
        return None
    if kind == "delete":
        removed = await vault.delete(name)
        return len(removed), removed.values
    if kind == "delete all":
        removed = await vault.delete_all()
        return len(removed), removed.values
    if kind == "purge":
        return len(await vault.purge())
    vault.forget()
    return None


async def seen(vault: Sessions, listing: Listing) -> object:
    """All that can be had of it."""
    page = await listing.page(0, 99)
    kept = [await vault.aliased((name,)) for name in (b"resp_1", b"resp_2")]
    entries = {one.name: (one.values, found and sorted(found.entries, key=str)) for one in page
               for found in [await listing.get(one.name)]}  # fmt: skip
    return await listing.count(), entries, kept, await vault.options.all()


async def compared(steps: list[tuple[str, str, object]], store: StoreServer, folder: Path) -> None:
    store.ask("FLUSHALL")
    link, database = Link(store.url, PASSWORD), Database(folder / "vault.sqlite3")
    try:
        own, shared = Vault(database, Seal(KEY), 1, 48), await SharedVault(link, KEY, 1, 48).prove()
        for step in steps:
            answers = []
            for vault in (own, shared):
                try:
                    answers.append(await done(vault, *step))
                except (UserError, UnicodeError) as error:
                    answers.append(type(error))
            assert answers[0] == answers[1], step
            assert await seen(own, SessionList(database, own)) == await seen(shared, SharedList(shared.shelf)), step
    finally:
        await link.close()
        database.close()


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_it_answers_as_the_file_does(store: StoreServer, steps: list[tuple[str, str, object]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(compared(steps, store, Path(folder)))
