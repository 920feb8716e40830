"""A provider that is not there: it keeps every byte it gets, and answers what a test scripts.

Written on bare sockets, not with the library that the proxy uses: one fault there must not hide another.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import re
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from types import TracebackType
from typing import Any, Literal, Protocol, Self

PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_\d{4,9}\]")
#: No wait of a test is meant to take this long; it only turns a hang into a failure.
PATIENCE = 60.0
HTTP_PHRASES = {status.value: status.phrase for status in HTTPStatus}


@dataclass(slots=True)
class Received:
    """One request as it came."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes
    gone: asyncio.Event = field(default_factory=asyncio.Event, repr=False)  # its connection is closed

    def json(self) -> Any:
        return json.loads(self.body)

    def header(self, name: str) -> str | None:
        """The only value of a header, None without one."""
        found = [value for key, value in self.headers if key.lower() == name.lower()]
        assert len(found) <= 1, f"{name} was sent {len(found)} times"
        return found[0] if found else None

    @property
    def placeholders(self) -> list[str]:
        """The placeholders in the body, each once, in the order of their appearance."""
        return list(dict.fromkeys(PLACEHOLDER.findall(self.body.decode("utf-8", "replace"))))


@dataclass(slots=True)
class Reply:
    """What to answer. Every one of `chunks` is a write of its own; an Event in them is waited for.

    `framing`: "length", "chunked", or "close" (the end of the connection is the end of the body).
    `ending`: "whole" as it should be, "reset" by a TCP reset and "cut" by closing, both before the body's end.
    """

    status: int = 200
    headers: Sequence[tuple[str, str]] = (("Content-Type", "application/json"),)
    chunks: Sequence[bytes | asyncio.Event] = ()
    framing: Literal["length", "chunked", "close"] = "length"
    ending: Literal["whole", "reset", "cut"] = "whole"


class HangUp:
    """An answer: close the connection before the first byte."""


class Speaker(Protocol):
    """An answer that speaks on the connection as it likes, and is the last there."""

    async def speak(self, request: Received, connection: Connection) -> None: ...


Scripted = Reply | HangUp | Speaker
Answer = Callable[[Received], Scripted | Awaitable[Scripted]]


class FakeUpstream:
    """Listens on a free port of 127.0.0.1. `answer` may be changed at any time."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.received: list[Received] = []
        self.wire = bytearray()
        self.errors: list[Exception] = []
        self.origin = ""
        self._server: asyncio.Server | None = None
        self._news = asyncio.Event()
        self.connections: set[Connection] = set()

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), "127.0.0.1", 0)
        self.origin = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        for connection in tuple(self.connections):
            await connection.end()
        await self._server.wait_closed()

    def reset(self, answer: Answer) -> None:
        """Forgets all that was received."""
        self.answer = answer
        self.received, self.errors, self.wire = [], [], bytearray()

    def add(self, received: Received) -> None:
        self.received.append(received)
        self._news.set()

    async def arrived(self, count: int = 1) -> Received:
        """The `count`th request, as soon as it is here."""
        async with asyncio.timeout(PATIENCE):
            while len(self.received) < count:
                self._news.clear()
                await self._news.wait()
        return self.received[count - 1]

    @property
    def only(self) -> Received:
        """The one request that came."""
        assert len(self.received) == 1, f"{len(self.received)} requests came"
        return self.received[0]

    @property
    def last(self) -> Received:
        return self.received[-1]


class Connection(asyncio.Protocol):
    """One connection of the proxy's."""

    def __init__(self, upstream: FakeUpstream) -> None:
        self._upstream = upstream
        self._buffer = bytearray()
        self._news = asyncio.Event()
        self._gone = asyncio.Event()
        self._current: Received | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._upstream.connections.add(self)
        self._task = asyncio.get_running_loop().create_task(self._serve())

    def data_received(self, data: bytes) -> None:
        self._upstream.wire += data
        self._buffer += data
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._upstream.connections.discard(self)
        self._gone.set()
        self._news.set()
        if self._current is not None:
            self._current.gone.set()

    def write(self, data: bytes) -> None:
        self._transport.write(data)

    def note(self, data: bytes) -> None:
        """Remembers what was disguised on the wire."""
        self._upstream.wire += data

    def abort(self) -> None:
        self._transport.abort()

    async def end(self) -> None:
        """Closes, whatever is going on."""
        self._transport.abort()
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        await self._gone.wait()

    async def _serve(self) -> None:
        try:
            while (request := await self._request()) is not None:
                self._current = request
                self._upstream.add(request)
                reply = self._upstream.answer(request)
                if inspect.isawaitable(reply):
                    reply = await reply
                if isinstance(reply, Reply):
                    if not await self._send(reply):
                        break
                    continue
                if not isinstance(reply, HangUp):
                    await reply.speak(request, self)
                break
        except Exception as error:  # a fixture raises it where a test sees it
            self._upstream.errors.append(error)
        finally:
            self._transport.close()

    async def _until(self, ready: Callable[[], bool]) -> bool:
        while not ready():
            if self._gone.is_set():
                return False
            self._news.clear()
            await self._news.wait()
        return True

    async def _request(self) -> Received | None:
        if not await self._until(lambda: b"\r\n\r\n" in self._buffer):
            return None
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer[:] = rest
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        pairs = [line.partition(":") for line in lines]
        request = Received(method, target, [(name, value.strip()) for name, _, value in pairs], b"")
        if (request.header("Transfer-Encoding") or "") == "chunked":
            request.body = await self._chunks()
        else:
            request.body = await self.take(int(request.header("Content-Length") or 0))
        return request

    async def take(self, size: int) -> bytes:
        """The next `size` bytes. Raises ConnectionError when the proxy closes before."""
        if not await self._until(lambda: len(self._buffer) >= size):
            raise ConnectionError("the proxy closed before its request was complete")
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    async def _chunks(self) -> bytes:
        body = b""
        while True:
            await self._until(lambda: b"\r\n" in self._buffer)
            line = await self.take(self._buffer.index(b"\r\n") + 2)
            size = int(line, 16)
            body += (await self.take(size + 2))[:-2]
            if not size:
                return body

    async def _send(self, reply: Reply) -> bool:
        """Whether the connection may be used again."""
        headers = list(reply.headers)
        if reply.framing == "chunked":
            headers.append(("Transfer-Encoding", "chunked"))
        elif reply.framing == "length":
            size = sum(len(chunk) for chunk in reply.chunks if isinstance(chunk, bytes))
            headers.append(("Content-Length", str(size + (reply.ending != "whole"))))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        phrase = HTTP_PHRASES.get(reply.status, "Overloaded")
        self._transport.write(f"HTTP/1.1 {reply.status} {phrase}\r\n{lines}\r\n".encode("latin-1"))
        for chunk in reply.chunks:
            if isinstance(chunk, asyncio.Event):
                await _first(chunk, self._gone)
            elif chunk:
                framed = f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" if reply.framing == "chunked" else chunk
                self._transport.write(framed)
            if self._gone.is_set():
                return False
            await asyncio.sleep(0)  # a write of its own, and a turn for whoever reads it
        if reply.ending == "reset":
            raw: socket.socket = self._transport.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._transport.abort()
        elif reply.ending == "whole" and reply.framing == "chunked":
            self._transport.write(b"0\r\n\r\n")
        return reply.ending == "whole" and reply.framing != "close"


async def _first(*events: asyncio.Event) -> None:
    """Returns when one of `events` is set."""
    tasks = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
