"""After many requests at once nothing of them is left: no descriptor, no task, no object, no session too many."""

from __future__ import annotations

import asyncio
import dataclasses
import gc
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import aiohttp
import pytest

from tests import answers
from tests.e2e.conftest import EMAIL, NAME, Running, launched
from tests.e2e.dialects import GPT
from tests.fake_socket import FakeSocket, Peer
from tests.fakes import PATIENCE, PLACEHOLDER, FakeUpstream, Received, Scripted
from tools.load.watch import descriptors

_STREAMS, _ROUNDS, _SESSIONS, _EXCHANGES = 50, 6, 8, 10
#: Of what sessions and exchanges in memory hold, some have more than others. The rarest kind of request comes 40 times.
_SLACK = 20


async def _answer(peer: Peer) -> None:
    text = await peer.text()
    peer.send({"type": "said", "names": PLACEHOLDER.findall(text)})
    await peer.closed()


def _scripted(received: Received) -> Scripted:
    """An echo; connections are not kept, so that each is either in use or gone."""
    if received.header("Upgrade"):
        return FakeSocket(_answer)(received)
    if received.target == "/v1/files":
        return dataclasses.replace(answers.body({"id": "file-1", "object": "file"}), framing="close")
    return dataclasses.replace(answers.echo(received), framing="close")


async def _until(ready: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not ready():  # noqa: ASYNC110  sockets are closed by the kernel, which tells nobody
            await asyncio.sleep(0.01)


def _ours() -> Counter[str]:
    """How many objects there are of each of the app's classes."""
    gc.collect()
    kinds = (type(thing) for thing in gc.get_objects())
    return Counter(kind.__qualname__ for kind in kinds if str(kind.__module__).startswith("app."))


def _forget(running: Running) -> None:
    """What is kept on purpose, and bounded by number."""
    running.events.clear()
    running.app.tally.latest.clear()


def _is_idle(running: Running) -> bool:
    return {running.app.health()[name] for name in ("requests", "sockets", "waiting")} == {0}


class _Client:
    def __init__(self, http: aiohttp.ClientSession, running: Running) -> None:
        self._http = http
        self._origin = running.origin

    async def round(self, first: int) -> None:
        """As many requests at once as there are streams, of every kind, each in a conversation of its own."""
        kinds = (self._stream, self._stream, self._whole, self._cut, self._upload, self._socket)
        await asyncio.gather(*(kinds[n % len(kinds)](first + n) for n in range(_STREAMS)))

    async def _stream(self, number: int) -> None:
        body = GPT.raw(f"I am {NAME}, {number}.", stream=True)
        async with self._http.post(self._origin + GPT.path, data=body) as got:
            assert got.status == 200 and NAME in GPT.streamed(await got.read())

    async def _whole(self, number: int) -> None:
        async with self._http.post(self._origin + GPT.path, data=GPT.raw(f"I am {NAME}, {number}.")) as got:
            assert got.status == 200 and NAME in GPT.text(await got.read())

    async def _cut(self, number: int) -> None:
        body = GPT.raw(f"I am {NAME}, {number}. " * 50, stream=True)
        async with self._http.post(self._origin + GPT.path, data=body) as got:
            await got.content.readany()
            got.close()

    async def _upload(self, number: int) -> None:
        form = aiohttp.FormData({"purpose": "user_data"})
        form.add_field("file", f"{EMAIL} {number}".encode(), filename="notes.txt", content_type="text/plain")
        async with self._http.post(f"{self._origin}/v1/files", data=form) as got:
            assert got.status == 200

    async def _socket(self, number: int) -> None:
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": f"{number}: {NAME}"}]}
        async with self._http.ws_connect(f"{self._origin}/v1/responses") as socket:
            await socket.send_json({"type": "response.create", "model": "fake", "input": [item]})
            assert json.loads(await socket.receive_str())["names"] == [NAME]


@pytest.mark.skipif(not descriptors(), reason="nobody here can tell which files are open")
async def test_nothing_stays_behind(tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    upstream.answer = _scripted
    flags = {"ner": False, "cached_sessions": _SESSIONS, "cache_memory": 1, "keep_exchanges": _EXCHANGES}
    async with launched(tmp_path, upstream, **flags) as running:
        await running.protected()
        client = _Client(http, running)
        tasks = len(asyncio.all_tasks())

        def rests() -> bool:
            return _is_idle(running) and not upstream.connections and len(asyncio.all_tasks()) <= tasks

        await client.round(0)
        await _until(rests)
        _forget(running)
        opened, objects = descriptors(), _ours()
        for number in range(1, _ROUNDS):
            await client.round(number * _STREAMS)
        await _until(lambda: rests() and descriptors() <= opened)
        _forget(running)
        grown = {kind: more for kind, more in (_ours() - objects).items() if more > _SLACK}
        assert not grown
        assert len(running.app.exchanges) == _EXCHANGES
        assert running.app.vault.in_memory <= _SESSIONS + _EXCHANGES
        running.app.exchanges.clear()  # their transcripts are of sessions
        await _until(lambda: gc.collect() >= 0 and running.app.vault.in_memory == _SESSIONS)
