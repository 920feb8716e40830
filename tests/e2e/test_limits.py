"""What is bounded: at the bound all is well, over it the client is told in its own words, and nothing is sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp
import openai
import pytest

from app.store.access import new_token
from tests import answers
from tests.e2e.conftest import NAME, Running
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.fake_socket import FakeSocket, Peer
from tests.fakes import PATIENCE, FakeUpstream


@pytest.fixture
def narrow(running: Running) -> Iterator[Running]:
    """Two requests at once, and one WebSocket."""
    before = running.app.settings.current
    running.app.settings.set("max-requests", 2)
    running.app.settings.set("max-sockets", 1)
    yield running
    running.app.settings.set("max-requests", before.max_requests)
    running.app.settings.set("max-sockets", before.max_sockets)


@asynccontextmanager
async def _both_places_taken(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> AsyncIterator[asyncio.Event]:
    """Two streams that have begun, and go on when the event is set."""
    gate = asyncio.Event()
    upstream.answer = lambda received: answers.halting(answers.chat_events(answers.said(received)), gate, 2)
    async with AsyncExitStack() as stack:
        sent = [http.post(running.origin + GPT.path, data=GPT.raw(f"I am {NAME}.", stream=True)) for _ in range(2)]
        begun = [await stack.enter_async_context(one) for one in sent]
        assert [got.status for got in begun] == [200, 200]
        yield gate
        gate.set()
        for got in begun:
            assert NAME in GPT.streamed(await got.read())


@pytest.mark.parametrize("dialect", BOTH, ids=str)
async def test_a_request_too_many_is_told_to_come_again(
    narrow: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    async with _both_places_taken(narrow, upstream, http) as gate:
        async with http.post(narrow.origin + dialect.path, data=dialect.raw(f"I am {NAME}.")) as got:
            assert (got.status, got.headers["x-should-retry"], got.headers["Retry-After"]) == (503, "true", "2")
            message = dialect.error(await got.read())
            assert "2 requests" in message and "max-requests" in message and "nothing was sent" in message
        assert len(upstream.received) == 2
        async with http.get(narrow.origin + "/health") as got:  # answered all the same
            assert (await got.json())["requests"] == 2
        gate.set()
    await narrow.until(lambda: narrow.app.health()["requests"] == 0)
    upstream.answer = answers.echo
    async with http.post(narrow.origin + dialect.path, data=dialect.raw(f"I am {NAME}.")) as got:
        assert got.status == 200 and NAME in dialect.text(await got.read())
    refused = [e for e in narrow.app.exchanges if e.outcome == "refused"]
    assert [(e.status, e.code) for e in refused] == [(503, "overloaded")]


async def test_a_client_that_comes_again_is_served(
    narrow: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, gpt: openai.AsyncOpenAI
) -> None:
    async with _both_places_taken(narrow, upstream, http) as gate:
        asking = asyncio.create_task(
            gpt.chat.completions.create(model="fake", messages=[{"role": "user", "content": f"I am {NAME}."}])
        )
        await narrow.until(lambda: any(e.code == "overloaded" for e in narrow.app.exchanges))
        upstream.answer = answers.echo
        gate.set()
    assert NAME in str((await asking).choices[0].message.content)


async def test_a_client_that_hangs_up_leaves_its_place(
    narrow: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda _: answers.halting(answers.chat_events("No end."), asyncio.Event(), 2)
    for _ in range(5):
        async with http.post(narrow.origin + GPT.path, data=GPT.raw("Hello", stream=True)) as got:
            assert got.status == 200
            await got.content.readany()
            got.close()
        await narrow.until(lambda: narrow.app.health()["requests"] == 0)


async def test_a_socket_too_many_is_told_to_come_again(
    narrow: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def stay(peer: Peer) -> None:
        await peer.closed()

    upstream.answer = FakeSocket(stay)
    url = narrow.origin + "/v1/realtime?model=gpt-realtime"
    async with asyncio.timeout(PATIENCE):
        async with http.ws_connect(url):
            assert narrow.app.health()["sockets"] == 1
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await http.ws_connect(url)
            assert caught.value.status == 503
            assert caught.value.headers is not None and caught.value.headers["Retry-After"] == "2"
            assert len(upstream.received) == 1
            upstream.answer = answers.echo  # a request has a place of its own
            async with http.post(narrow.origin + GPT.path, data=GPT.raw(f"I am {NAME}.")) as got:
                assert got.status == 200
        upstream.answer = FakeSocket(stay)
        await narrow.until(lambda: narrow.app.health()["sockets"] == 0)
        async with http.ws_connect(url):
            pass


async def test_what_works_long_over_the_api_takes_a_place_and_what_looks_after_it_does_not(
    narrow: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    root, token = f"{narrow.origin}/api/v1", new_token()
    await narrow.app.access.accept(token)
    async with _both_places_taken(narrow, upstream, http):
        async with http.post(f"{root}/redact", json={"text": f"I am {NAME}."}) as got:
            assert (got.status, got.headers["Retry-After"]) == (503, "2")
            assert (await got.json())["error"]["code"] == "overloaded"
        for path in ("/settings", "/logs", "/sessions"):
            async with http.get(root + path, headers={"X-Anonamoose-Token": token}) as got:
                assert got.status == 200
    async with http.post(f"{root}/redact", json={"text": f"I am {NAME}."}) as got:
        assert got.status == 200
