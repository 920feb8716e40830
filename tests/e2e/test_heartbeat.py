"""A stream that is silent for long is kept alive, and nothing else is changed by that."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import aiohttp
import pytest

from tests import answers
from tests.e2e.conftest import NAME, PROSE, Running
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.fakes import PATIENCE, FakeUpstream, Received, Reply

COMMENT = b": anonamoose\n\n"


@pytest.fixture(autouse=True)
def _quick(running: Running) -> Iterator[None]:
    before = running.app.settings.current.heartbeat
    running.app.settings.set("heartbeat", 0.02)
    yield
    running.app.settings.set("heartbeat", before)


async def _until_comment(got: aiohttp.ClientResponse, count: int = 1) -> bytes:
    wire = b""
    async with asyncio.timeout(PATIENCE):
        while wire.count(COMMENT) < count:
            wire += await got.content.readany()
    return wire


@pytest.mark.parametrize("dialect", BOTH, ids=str)
@pytest.mark.parametrize("within", [False, True], ids=["between events", "within an event"])
async def test_a_silent_stream_gets_comments_between_its_events(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, within: bool
) -> None:
    gate = asyncio.Event()

    def answer(received: Received) -> Reply:
        wire = answers.encode(dialect.events(f"Dear {received.placeholders[0]}", size=7))
        at = wire.index(b"[P") if within else wire.index(b"\n\n", wire.index(b"[P")) + 2
        return Reply(200, answers.SSE, [wire[:at], gate, wire[at:]], "chunked")

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        early = await _until_comment(got, 2)
        # What may be the beginning of a placeholder is still held.
        assert dialect.streamed(early) in ("Dear ", "")
        gate.set()
        wire = early + await got.read()
    assert dialect.streamed(wire) == f"Dear {NAME}"
    bare = wire.replace(COMMENT, b"")
    assert COMMENT.strip() not in bare and dialect.streamed(bare) == f"Dear {NAME}"
    blocks = wire.split(b"\n\n")
    assert all(block == COMMENT.strip() or b": anonamoose" not in block for block in blocks)


async def test_nothing_is_sent_before_the_status_is_known_nor_where_no_comment_may_stand(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    """A silent stream of events beside the others tells that time enough has passed for all of them."""
    gate = asyncio.Event()
    lines = b'{"message": {"content": "one"}}\n{"message": {"content": "two"}}\n'

    async def answer(received: Received) -> Reply:
        if received.target == "/v1/lines":
            headers = (("Content-Type", "application/x-ndjson"),)
            return Reply(200, headers, [lines[:9], gate, lines[9:]], "chunked")
        if received.json().get("stream"):
            return answers.halting(answers.chat_events("Hi"), gate, 1)
        await gate.wait()
        return answers.body({"error": {"message": "slow down"}}, 429)

    upstream.answer = answer

    async def fetch(path: str, streams: bool) -> tuple[int, bytes]:
        async with http.post(running.origin + path, json=GPT.body(PROSE, stream=streams)) as got:
            return got.status, await got.read()

    slow = asyncio.create_task(fetch(GPT.path, False))
    told = asyncio.create_task(fetch("/v1/lines", True))
    await upstream.arrived(2)
    async with http.post(running.origin + GPT.path, json=GPT.body(PROSE, stream=True)) as got:
        await _until_comment(got, 3)
        assert not slow.done()
        gate.set()
        await got.read()
    status, body = await slow
    assert status == 429 and json.loads(body)["error"]["message"] == "slow down"
    assert await told == (200, lines)


async def test_never_means_never(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    gate = asyncio.Event()
    upstream.answer = lambda _: answers.halting(answers.chat_events("Hi"), gate, 1)
    running.app.settings.set("heartbeat", 0)
    async with http.post(running.origin + GPT.path, json=GPT.body(PROSE, stream=True)) as quiet:
        early = await quiet.content.readany()
        running.app.settings.set("heartbeat", 0.02)
        async with http.post(running.origin + GPT.path, json=GPT.body(PROSE, stream=True)) as other:
            await _until_comment(other, 3)
            gate.set()
            assert COMMENT not in early + await quiet.read()
