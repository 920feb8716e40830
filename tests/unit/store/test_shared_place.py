"""What a store lets Anonamoose do: the rights that the documentation names are enough, and what is none is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.errors import Unreachable
from app.store.shared.link import Link
from app.store.shared.rotation import rekey
from app.store.shared.session_list import SharedList
from app.store.shared.vault import SharedVault
from tests.stores import PASSWORD, PROGRAMS, StoreServer, free_port
from tests.unit.store.test_shared_vault import given

pytest.importorskip("redis", reason="The client of Redis is not installed: pip install anonamoose[redis]")

_PAGE = Path(__file__).parents[3] / "docs" / "teams.md"
OLD, NEW = b"o" * 32, b"n" * 32


async def everything(vault: SharedVault) -> None:
    """All that is ever asked of a store."""
    await given(vault, "talk", "Zephyrine")
    session = await vault.session("talk")
    await vault.alias([(b"resp_1",)], session)
    assert await vault.aliased((b"resp_1",)) == "talk"
    await vault.options.change("talk", {"locale": "AU"})
    assert await vault.options.all() == {"talk": {"locale": "AU"}}
    listing = SharedList(vault.shelf)
    assert await listing.count() == 1 and await listing.has("talk") and len(await listing.page(0, 9)) == 1
    await vault.release([(b"resp_1",)])
    await vault.refresh()
    await vault.purge()
    await rekey(vault.shelf, NEW)
    assert await vault.options.of("talk") == {"locale": "AU"}
    await vault.delete("talk")
    await vault.delete_all()
    await vault.shelf.disown()


async def test_the_rights_that_are_documented_are_enough_and_no_more(server: StoreServer) -> None:
    (line,) = re.findall(r"^ACL SETUSER .*$", _PAGE.read_text(encoding="utf-8"), re.M)
    assert server.ask(*line.replace("PASSWORD", PASSWORD).split()) == b"+OK\r\n"
    link = Link(server.url.replace("//", "//anonamoose@"), PASSWORD)
    try:
        await everything(await SharedVault(link, OLD, 1, 48).prove())
        for command in (("GET", "another"), ("CONFIG", "GET", "*"), ("KEYS", "*"), ("FLUSHALL",), ("ACL", "LIST")):
            with pytest.raises(Unreachable, match="may not do"):
                await link.call(*command)
    finally:
        await link.close()
    stranger = Link(server.url.replace("//", "//nobody@"), PASSWORD)
    try:
        with pytest.raises(Unreachable, match="another user name or password"):
            await stranger.call("GET", "anonamoose:naming")
    finally:
        await stranger.close()


async def test_each_command_of_a_script_is_among_them(server: StoreServer) -> None:
    """A right too many would not be noticed by what is asked."""
    (line,) = re.findall(r"^ACL SETUSER .*$", _PAGE.read_text(encoding="utf-8"), re.M)
    rights = set(re.findall(r"\+(\w+)", line))
    folder = Path(__file__).parents[3] / "app" / "store" / "shared"
    source = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r"(?:redis\.)?call\(\s*['\"]([A-Z]+)['\"]", source))
    assert rights == {name.lower() for name in used} | {"evalsha", "script"}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize(
    ("more", "told"),
    [
        (("--cluster-enabled", "yes"), "It is a cluster"),
        (("--replicaof", "127.0.0.1 1", "--masterauth", "x"), "It is a copy"),
    ],
)
async def test_what_cannot_be_used_is_told(tmp_path: Path, program: str, more: tuple[str, ...], told: str) -> None:
    more = (*more, "--cluster-port", str(free_port()))  # the usual one is beyond the last, for most free ports
    with StoreServer(tmp_path, program=program, more=more) as server:
        link = Link(server.url, PASSWORD)
        try:
            with pytest.raises(Unreachable, match=told):
                await SharedVault(link, OLD, 1).prove()
        finally:
            await link.close()
