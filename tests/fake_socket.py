"""The WebSocket side of the provider that is not there (RFC 6455, without extensions), as an answer of it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import struct
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.fakes import Connection, Received

_KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


class Closed(Exception):
    """The proxy has said goodbye."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(code, words)
        self.code = code
        self.words = words


class Peer:
    """One socket. `received` are the texts that came, all of them also in the upstream's `wire`."""

    def __init__(self, request: Received, connection: Connection) -> None:
        self.request = request
        self.received: list[str] = []
        self._connection = connection

    async def frame(self) -> tuple[int, bytes]:
        """The next frame, whatever it is."""
        head = await self._connection.take(2)
        assert head[0] & 0xF0 == 0x80, "a fragment, or an extension nobody agreed on"
        assert head[1] & 0x80, "a client's frames are masked"
        size = head[1] & 0x7F
        if size >= 126:
            size = int.from_bytes(await self._connection.take(2 if size == 126 else 8))
        mask = await self._connection.take(4)
        masked = await self._connection.take(size)
        key = (mask * (size // 4 + 1))[:size]
        data = (int.from_bytes(masked) ^ int.from_bytes(key)).to_bytes(size)
        self._connection.note(data)
        return head[0] & 0x0F, data

    async def text(self) -> str:
        """The next text. Raises Closed when the proxy closes instead."""
        kind, data = await self.frame()
        if kind == CLOSE:
            self._connection.write(_frame(CLOSE, data))
            raise Closed(struct.unpack("!H", data[:2])[0] if data else 0, data[2:].decode())
        assert kind == TEXT, f"a frame of kind {kind} came"
        self.received.append(data.decode())
        return self.received[-1]

    async def event(self) -> Any:
        return json.loads(await self.text())

    async def closed(self) -> Closed:
        """How the proxy says goodbye; whatever it says before is kept in `received`."""
        try:
            while True:
                await self.text()
        except Closed as goodbye:
            return goodbye

    def send(self, *events: dict[str, Any] | str) -> None:
        """Texts, each a frame."""
        for event in events:
            self.put(TEXT, (event if isinstance(event, str) else json.dumps(event)).encode())

    def put(self, kind: int, data: bytes) -> None:
        self._connection.write(_frame(kind, data))

    def close(self, code: int, words: str = "") -> None:
        self.put(CLOSE, struct.pack("!H", code) + words.encode())

    def abort(self) -> None:
        """Is gone without a word."""
        self._connection.abort()


def _frame(kind: int, data: bytes) -> bytes:
    size = len(data)
    if size < 126:
        return bytes([0x80 | kind, size]) + data
    long = size.to_bytes(2) if size < 65536 else size.to_bytes(8)
    return bytes([0x80 | kind, 126 if size < 65536 else 127]) + long + data


class FakeSocket:
    """Agrees to a WebSocket and lets `script` speak on it, until the proxy closes. `peers` are the sockets so far."""

    def __init__(
        self,
        script: Callable[[Peer], Awaitable[None]],
        protocol: str = "",
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        self._script = script
        self._protocol = protocol
        self._headers = headers
        self.peers: list[Peer] = []
        self.done = asyncio.Event()  # the script has come to its end

    def __call__(self, request: Received) -> FakeSocket:
        return self

    async def speak(self, request: Received, connection: Connection) -> None:
        key = request.header("Sec-WebSocket-Key")
        assert request.header("Upgrade") == "websocket" and request.header("Sec-WebSocket-Version") == "13" and key
        accept = base64.b64encode(hashlib.sha1((key + _KEY).encode()).digest()).decode()
        headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", accept)]
        if self._protocol:
            headers.append(("Sec-WebSocket-Protocol", self._protocol))
        lines = "".join(f"{name}: {value}\r\n" for name, value in (*headers, *self._headers))
        connection.write(f"HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n".encode())
        peer = Peer(request, connection)
        self.peers.append(peer)
        with contextlib.suppress(Closed):
            await self._script(peer)
        self.done.set()
