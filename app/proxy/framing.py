"""How events follow each other on the wire besides SSE: lines of JSON, a JSON array in pieces, frames."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Protocol

from app.proxy import sse
from app.proxy.sse import Event

#: Media types whose lines are each JSON.
LINES = frozenset(["application/x-ndjson", "application/jsonl", "application/x-jsonl", "application/jsonlines"])


class Decoder(Protocol):
    """Bytes in, events out, however the bytes were cut. No byte is lost: joined, `raw` is the input."""

    def feed(self, chunk: bytes) -> list[Event]: ...

    def flush(self) -> list[Event]: ...


class Framing(Protocol):
    """A way to put events on the wire. `media` is its content type.

    `comment` may stand between any two events and says nothing; empty where nothing may.
    """

    media: str
    comment: bytes

    def decoder(self) -> Decoder: ...

    def make(self, data: str, name: str = "") -> Event:
        """A new event, to stand before one that came."""
        ...

    def ending(self, data: str, name: str, is_begun: bool) -> Event:
        """A new event at the end of a stream that broke off; not `is_begun` where none came before it."""
        return self.make(data, name)


class Sse(Framing):
    """Server-sent events."""

    media = "text/event-stream"

    def __init__(self, comment: bytes = b": anonamoose\n\n") -> None:
        self.comment = comment

    def decoder(self) -> Decoder:
        return sse.Decoder()

    def make(self, data: str, name: str = "") -> Event:
        return sse.make(data, name)


@dataclass(slots=True)
class _Line(Event):
    """A line of JSON with its line end."""

    def with_data(self, data: str) -> Event:
        bare = self.raw.rstrip(b"\r\n")
        return _Line(data.encode() + self.raw[len(bare) :], data)


class _Lines:
    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, chunk: bytes) -> list[Event]:
        self._buffer += chunk
        *lines, rest = self._buffer.split(b"\n")
        self._buffer = rest
        return [self._event(bytes(line) + b"\n") for line in lines]

    def flush(self) -> list[Event]:
        rest, self._buffer = bytes(self._buffer), bytearray()
        return [self._event(rest)] if rest else []

    @staticmethod
    def _event(raw: bytes) -> Event:
        return _Line(raw, raw.decode("utf-8", "replace").strip() or None)


class Ndjson(Framing):
    """One JSON value on each line (Ollama, batch results)."""

    media = "application/x-ndjson"
    comment = b""

    def decoder(self) -> Decoder:
        return _Lines()

    def make(self, data: str, name: str = "") -> Event:
        return _Line(data.encode() + b"\n", data)


@dataclass(slots=True)
class _Item(Event):
    """An item of the array, with the bracket or comma before it."""

    before: bytes = b""

    def with_data(self, data: str) -> Event:
        return _Item(self.before + data.encode(), data, "", self.before)


_VISIBLE = re.compile(rb"\S")
_MARK = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'"|\\.?', re.DOTALL)


class _Items:
    """Cuts an array into items without reading more of them than their brackets and quotes.

    What is no array is one event.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._at = 0  # up to here the buffer has been looked through
        self._depth = 0
        self._in_string = False
        self._start: int | None = None
        self._is_array: bool | None = None

    def feed(self, chunk: bytes) -> list[Event]:
        self._buffer += chunk
        if self._is_array is None and (first := _VISIBLE.search(self._buffer)):
            self._is_array = first.group() == b"["
        events: list[Event] = []
        while self._is_array and (mark := (_IN_STRING if self._in_string else _MARK).search(self._buffer, self._at)):
            byte = mark.group()[:1]
            if byte == b"\\" and len(mark.group()) == 1:
                self._at = mark.start()  # of what it escapes nothing is here yet
                return events
            self._at = mark.end()
            if byte == b'"':
                self._in_string = not self._in_string
            elif byte in b"{[":
                self._depth += 1
                if self._depth == 2:
                    self._start = self._at - 1
            elif byte in b"}]":
                self._depth -= 1
                if self._depth == 1:
                    events.append(self._cut())
        self._at = len(self._buffer) if self._is_array else 0
        return events

    def _cut(self) -> Event:
        assert self._start is not None
        before, data = bytes(self._buffer[: self._start]), bytes(self._buffer[self._start : self._at])
        del self._buffer[: self._at]
        self._at, self._start = 0, None
        return _Item(before + data, data.decode("utf-8", "replace"), "", before)

    def flush(self) -> list[Event]:
        rest, self._buffer, self._at = bytes(self._buffer), bytearray(), 0
        if self._is_array or not rest.strip():
            return [Event(rest, None)] if rest else []
        return [_Item(rest, rest.decode("utf-8", "replace"))]


class JsonArray(Framing):
    """One JSON array, streamed item by item (Gemini without `alt=sse`)."""

    media = "application/json"
    comment = b""

    def decoder(self) -> Decoder:
        return _Items()

    def make(self, data: str, name: str = "") -> Event:
        return _Item(b"," + data.encode(), data, "", b",")

    def ending(self, data: str, name: str, is_begun: bool) -> Event:
        return Event((b"," if is_begun else b"[") + data.encode() + b"]", data)


@dataclass(slots=True)
class _Frame(Event):
    """A WebSocket's message, one JSON value."""

    def with_data(self, data: str) -> Event:
        return _Frame(data.encode(), data)


class _Whole:
    def feed(self, chunk: bytes) -> list[Event]:
        return [_Frame(chunk, chunk.decode("utf-8", "replace"))]

    def flush(self) -> list[Event]:
        return []


class Frames(Framing):
    """Messages over a WebSocket: each is an event, and comes whole."""

    media = ""
    comment = b""

    def decoder(self) -> Decoder:
        return _Whole()

    def make(self, data: str, name: str = "") -> Event:
        return _Frame(data.encode(), data)


SSE, NDJSON, JSON_ARRAY, FRAMES = Sse(), Ndjson(), JsonArray(), Frames()
#: Server-sent events for clients that take a comment for one.
BARE_SSE = Sse(comment=b"")
