"""What a provider's API looks like, as data: endpoints, opaque fields, stream channels, errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from app.pipeline.fields import Fields
from app.pipeline.json_text import Pairs
from app.proxy.sse import Event

#: Which part of a stream a channel belongs to: the `index` of every object around its text.
Index = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """How an endpoint streams.

    `deltas` are the paths whose strings continue from event to event; one channel for each path
    and `Index`. `closes` tells which channels an event ends (`()` stands for all): their held text
    goes out before it. `inject` makes the event which carries that text, from the path, the index,
    the text and the data of the channel's latest event.
    """

    deltas: frozenset[str]
    closes: Callable[[Pairs], Iterable[Index]]
    inject: Callable[[str, Index, str, str], Event]
    fields: Fields = field(default_factory=Fields)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation. `path` begins with `/v1/`; `request` None means it has no body to read."""

    method: str
    path: str
    request: Fields | None
    response: Fields = field(default_factory=Fields)
    stream: Stream | None = None


@dataclass(frozen=True, slots=True)
class Provider:
    """A dialect. `error` makes the body of an error from a code and a message, `stream_error` the event."""

    name: str
    endpoints: tuple[Endpoint, ...]
    error: Callable[[int, str, str], dict[str, Any]]
    stream_error: Callable[[str, str], Event]

    def endpoint(self, method: str, path: str) -> Endpoint | None:
        """The endpoint for `path` (a trailing `/*` in a declared path stands for one more part)."""
        for candidate in self.endpoints:
            if candidate.method != method:
                continue
            if candidate.path == path:
                return candidate
            stem = candidate.path.removesuffix("*")
            if stem != candidate.path and path.startswith(stem) and "/" not in path[len(stem) :]:
                return candidate
        return None
