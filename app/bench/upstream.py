"""A provider that is not there: it answers chat completions at once, by a body or by a stream.

On a bare transport: what it costs stands under every ratio, and a library would make the proxy look cheap.
"""

from __future__ import annotations

import asyncio
import json
import re

_PLACEHOLDER = re.compile(rb"\[[A-Z][A-Z0-9_]*_\d{4,9}\]")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.I)
_NAMES = ["Priya Raman", "0412 345 678", "priya.raman@example.com"]
#: Events of a stream that carry text, and how many of them name somebody.
EVENTS, _NAMING = 200, 20
#: Models that take their time between two events, one as few do and one as most; others send one write after the other.
PACED, TYPED = "fake-paced", "fake-typed"
_PAUSES = {PACED: 0.002, TYPED: 0.02}  # seconds


def _content(names: list[str], number: int) -> str:
    return f"I wrote to {names[number % len(names)]} and " if number % (EVENTS // _NAMING) == 1 else "more words "


def _pieces(names: list[str]) -> list[str]:
    """The text in `EVENTS` pieces of one length, so that a name is cut as a model's tokens cut it."""
    text = "".join(_content(names, number) for number in range(EVENTS))
    return [text[len(text) * n // EVENTS : len(text) * (n + 1) // EVENTS] for n in range(EVENTS)]


def _event(delta: dict[str, str], finish: str | None = None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    data = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "fake", "choices": [choice]}
    return f"data: {json.dumps(data)}\n\n".encode()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Upstream(asyncio.Protocol):
    """One connection, kept alive."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._needed = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._needed:
            head, end, _ = self._buffer.partition(b"\r\n\r\n")
            length = _LENGTH.search(head)
            if not end or length is None:
                return
            self._needed = len(head) + len(end) + int(length[1])
        if len(self._buffer) >= self._needed:
            request = bytes(self._buffer)
            self._buffer.clear()
            self._needed = 0
            task = asyncio.get_running_loop().create_task(self._answer(request))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, request: bytes) -> None:
        names = [found.decode() for found in _PLACEHOLDER.findall(request, 0, 4096)[:3]] or _NAMES
        if b'"stream": true' not in request[-64:]:
            self._transport.write(_whole(names))
            return
        self._transport.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
            + _chunk(_event({"role": "assistant", "content": ""}))
        )
        pause = next((pause for model, pause in _PAUSES.items() if model.encode() in request), 0.0)
        for piece in _pieces(names):
            if self._transport.is_closing():
                return  # nobody listens any more
            self._transport.write(_chunk(_event({"content": piece})))
            await asyncio.sleep(pause)
        self._transport.write(_chunk(_event({}, "stop")) + _chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")


def _whole(names: list[str]) -> bytes:
    message = {"role": "assistant", "content": "".join(_content(names, number) for number in range(20))}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 75, "completion_tokens": 60, "total_tokens": 135}
    data = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "fake"}
    body = json.dumps({**data, "choices": [choice], "usage": usage}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
