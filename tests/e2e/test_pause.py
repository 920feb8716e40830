"""A pause is protection off for a while: it ends of itself, and a new start knows nothing of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from app.proxy.api.operation import ROOT
from app.proxy.guard import HEADER
from app.state import Protection
from app.store.access import new_token
from tests.e2e.conftest import NAME, PROSE, Running, launched
from tests.e2e.dialects import GPT
from tests.fakes import FakeUpstream


@pytest.fixture
def _resumed(running: Running) -> Iterator[None]:
    yield
    running.app.pause_protection(0)


async def _post(http: aiohttp.ClientSession, running: Running) -> int:
    async with http.post(running.origin + GPT.path, json=GPT.body(PROSE)) as got:
        return got.status


@pytest.mark.usefixtures("_resumed")
async def test_requests_go_as_they_are_until_it_is_over(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")
    running.app.pause_protection(0.5)
    assert running.app.state.protection is Protection.OFF and 0 < running.app.state.paused <= 0.5
    assert await _post(http, running) == 200
    assert NAME.encode() in upstream.last.body
    await running.until(lambda: running.app.state.protection is Protection.ON)
    assert await _post(http, running) == 200
    assert NAME.encode() not in upstream.last.body


@pytest.mark.usefixtures("_resumed")
async def test_or_are_refused(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    running.app.settings.set("when-off", "refuse")
    try:
        running.app.pause_protection()
        assert running.app.state.protection is Protection.REFUSING
        assert await _post(http, running) == 403
    finally:
        running.app.settings.set("when-off", "pass")
    assert upstream.received == []


async def test_turning_protection_on_ends_it(running: Running) -> None:
    running.app.pause_protection()
    await running.app.set_protection(True)
    assert running.app.state.protection is Protection.ON and not running.app.state.paused


async def test_a_new_start_protects(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        running.app.pause_protection()
    async with launched(tmp_path, upstream, ner=False) as running:
        await running.protected()


@pytest.mark.usefixtures("_resumed")
async def test_over_rest_and_in_the_audit_trail(running: Running, http: aiohttp.ClientSession) -> None:
    token = new_token()
    await running.app.access.accept(token)
    mine, url = {HEADER: token}, f"{running.origin}{ROOT}/protection"
    seen = []
    for body, status in (
        ({"protection": "paused", "seconds": 900}, 200),
        ({"protection": "paused"}, 200),
        ({"protection": "on", "seconds": 3}, 422),
        ({"protection": "on"}, 200),
        ({"protection": "off"}, 200),
        ({"protection": "paused"}, 409),
        ({"protection": "on"}, 200),
    ):
        async with http.put(url, json=body, headers=mine) as got:
            assert got.status == status
        state = await (await http.get(url, headers=mine)).json()
        seen.append((state["protection"], (state["paused"] or "")[:2]))
    assert seen == [("off", "20"), ("off", "re"), ("off", "re"), ("on", ""), ("off", ""), ("off", ""), ("on", "")]
    async with http.get(f"{running.origin}{ROOT}/audit?limit=6&kind=protection", headers=mine) as got:
        rows = (await got.json())["entries"]
    told = [(row["protection"], row.get("pause", "")[:2]) for row in reversed(rows)]
    assert told[-5:] == [("off", "20"), ("off", "re"), ("on", ""), ("off", ""), ("on", "")]
