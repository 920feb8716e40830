"""Tools that talk through the proxy: streams, whole answers, next turns, uploads, and some that hang up."""

from __future__ import annotations

import asyncio
import json
import random
import re
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import aiohttp

from app.bench import upstream
from app.bench.samples import Samples

#: A placeholder that came back as it went.
_LEFT = re.compile(rb"\[[A-Z][A-Z0-9_]*_\d{4,9}\]")
_HEADERS = {"Content-Type": "application/json", "Authorization": "Bearer sk-not-a-key"}
#: Bytes of a stream after which an impatient client hangs up.
_ENOUGH = 3_000
#: How often each kind comes among so many, and how many turns a conversation has.
_KINDS = ("stream",) * 5 + ("turn",) * 2 + ("whole", "cut", "upload")
_TURNS = 6


@dataclass(slots=True)
class Told:
    """What came of requests: latencies in seconds, of streams until their first words."""

    requests: int = 0
    latency: list[float] = field(default_factory=list)
    first: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)


class Traffic:
    """Sends to the proxies on `ports` in turn. `told` is what came of it since it was last replaced."""

    def __init__(self, client: aiohttp.ClientSession, ports: Sequence[int]) -> None:
        self._client = client
        self._origins = cycle([f"http://127.0.0.1:{port}/v1" for port in ports])
        self._samples = Samples()
        self._random = random.Random(1)
        self._talks: list[tuple[bytes, int]] = []
        self.told = Told()

    async def burst(self, streams: int, opened: asyncio.Event) -> None:
        """So many streams at once; sets `opened` when half of them have said something."""
        left = streams // 2

        def begun() -> None:
            nonlocal left
            left -= 1
            if not left:
                opened.set()

        await asyncio.gather(*(self._noted(self._stream(begun=begun)) for _ in range(streams)))
        opened.set()

    async def flow(self, rate: float, streams: int, seconds: float) -> None:
        """`rate` requests each second, whatever becomes of them; no more than `streams` at once."""
        room = asyncio.Semaphore(streams)
        begun = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for number in range(int(rate * seconds)):
                await asyncio.sleep(begun + number / rate - time.monotonic())
                await room.acquire()
                group.create_task(self._one()).add_done_callback(lambda _: room.release())

    async def _one(self) -> None:
        kind = self._random.choice(_KINDS)
        if kind == "upload":
            await self._noted(self._upload())
        elif kind in ("stream", "cut"):
            await self._noted(self._stream(cuts=kind == "cut"))
        else:
            await self._noted(self._whole(is_turn=kind == "turn"))

    async def _noted(self, request: Coroutine[None, None, None]) -> None:
        try:
            await request
        except (aiohttp.ClientError, TimeoutError) as error:
            self.told.failed.append(type(error).__name__)
        self.told.requests += 1

    async def _stream(self, *, cuts: bool = False, begun: Callable[[], None] | None = None) -> None:
        body, told, said = self._samples.stream(upstream.PACED), self.told, b""
        began = time.perf_counter()
        async with self._client.post(f"{next(self._origins)}/chat/completions", data=body, headers=_HEADERS) as got:
            async for piece in got.content.iter_any():
                if not said:
                    told.first.append(time.perf_counter() - began)
                    if begun is not None:
                        begun()
                said += piece
                if cuts and len(said) > _ENOUGH:
                    got.close()
                    return
        if got.status != 200 or not said.endswith(b"data: [DONE]\n\n") or _LEFT.search(said):
            told.failed.append(f"stream {got.status}")

    async def _whole(self, *, is_turn: bool) -> None:
        told, turn = self.told, 1
        body = self._samples.prompt()
        if is_turn and self._talks:
            body, turn = self._talks.pop(self._random.randrange(len(self._talks)))
        began = time.perf_counter()
        async with self._client.post(f"{next(self._origins)}/chat/completions", data=body, headers=_HEADERS) as got:
            answer = await got.read()
        told.latency.append(time.perf_counter() - began)
        if got.status != 200 or _LEFT.search(answer):
            told.failed.append(f"whole {got.status}")
        elif turn < _TURNS:
            self._talks.append((self._samples.next_turn(body, answer), turn + 1))

    async def _upload(self) -> None:
        text = json.loads(self._samples.prompt())["messages"][0]["content"]
        form = aiohttp.FormData({"purpose": "user_data"})
        form.add_field("file", text.encode(), filename="notes.txt", content_type="text/plain")
        headers = {"Authorization": _HEADERS["Authorization"]}
        async with self._client.post(f"{next(self._origins)}/files", data=form, headers=headers) as got:
            await got.read()
        if got.status != 200:
            self.told.failed.append(f"upload {got.status}")
