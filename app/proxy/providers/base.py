"""What a provider's API looks like, as data: endpoints, opaque fields, stream channels, errors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from app.pipeline.fields import Fields, Leaf
from app.pipeline.json_text import Pairs
from app.pipeline.note import Place
from app.proxy.framing import SSE, Framing
from app.proxy.sse import Event

#: Which part of a stream a channel belongs to: the `index` of every object around its text.
Index = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Stream:
    """How an endpoint streams.

    `deltas` are the paths whose strings continue from event to event; one channel for each path
    and `Index`. Where the objects around a delta do not tell which channel it is, `channel` gives
    its name and `Index`, or None for what is no delta. `closes` tells which channels an event ends
    (`()` stands for all): their held text goes out before it. `inject` makes the event which carries
    that text, from the name, the index, the text and the data of the channel's latest event; a
    framing other than SSE takes its data. `number` is the key that numbers events, where one does.
    Where no event says that a text has ended, `turn` gives the `Index` of whatever is said, delta or
    not: all else that has the same `Index` but for its last member ends there.

    The stream may come in one of `others` as well as in `framing`. Whether it comes at all a
    request's `stream` says, and `default` where that says nothing. With `pieces`, clients may keep the
    text in the pieces in which they got it, and send it back so.
    """

    deltas: frozenset[str]
    closes: Callable[[Pairs], Iterable[Index]]
    inject: Callable[[str, Index, str, str], Event]
    fields: Fields = field(default_factory=Fields)
    channel: Callable[[Leaf], tuple[str, Index] | None] | None = None
    framing: Framing = SSE
    number: str = ""
    others: tuple[Framing, ...] = ()
    default: bool = False
    pieces: bool = False
    turn: Callable[[Leaf], Index | None] | None = None

    def framed(self, media: str) -> Stream | None:
        """This stream in the framing whose content type is `media`, None if it never comes so."""
        framing = next((one for one in (self.framing, *self.others) if one.media == media), None)
        return None if framing is None else replace(self, framing=framing)

    def channel_of(self, leaf: Leaf) -> tuple[str, Index] | None:
        """Name and index of the channel that `leaf` continues, or None."""
        if self.channel is not None:
            return self.channel(leaf)
        if leaf.path not in self.deltas:
            return None
        return leaf.path, tuple(value for owner in leaf.owners for key, value in owner if key == "index")


_NO_FIELDS = Fields()


def _nothing(event: object) -> Iterable[Index]:
    return ()


def _never(name: str, index: Index, text: str, latest: str) -> Event:
    raise AssertionError("a stream without channels holds nothing back")


def undeclared(framing: Framing, fields: Fields = _NO_FIELDS) -> Stream:
    """A stream nobody has declared: every string of it is restored, each by itself."""
    return Stream(frozenset(), _nothing, _never, fields, framing=framing)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One operation.

    In `path`, `*` stands for any part of one segment. `request` None means it has no body that is
    text: with `passes` the body goes on unread, else there must be none. `kept` says that the provider
    keeps what is said here under the answer's id, so that later requests may name it; `shared` that all of
    a client's requests of this kind are of one session. `system` is the place of the system text in a
    request, `links` are keys of an answer whose addresses must lead here.
    """

    method: str
    path: str
    request: Fields | None
    response: Fields = field(default_factory=Fields)
    stream: Stream | None = None
    passes: bool = False
    kept: bool = False
    shared: bool = False
    system: Place | None = None
    links: tuple[str, ...] = ()

    def streams(self, asked: object) -> bool:
        """Whether an answer is to be streamed for a request whose `stream` is `asked`."""
        return asked if isinstance(asked, bool) else self.stream is not None and self.stream.default


def below(bases: Iterable[str], *paths: str) -> tuple[str, ...]:
    """Each of `paths` (`name`, `<type>.name`) in each of the objects at `bases` ("" is the body)."""
    return tuple(f"{base}{'.' if base and not path.startswith('<') else ''}{path}" for base in bases for path in paths)


def within(fields: Fields, *bases: str) -> Fields:
    """What is opaque in a body that has `fields` at each of `bases`."""
    return Fields(
        identifiers=below(bases, *fields.identifiers),
        verbatim=below(bases, *fields.verbatim),
        binary=below(bases, *fields.binary),
        schemas=below(bases, *fields.schemas),
        generic=fields.generic,
    )


@lru_cache(maxsize=1024)
def _matcher(path: str) -> re.Pattern[str]:
    return re.compile("[^/]*".join(map(re.escape, path.split("*"))))


@dataclass(frozen=True, slots=True)
class Provider:
    """A dialect. `error` makes the body of an error from a code and a message, `stream_error` the event."""

    name: str
    endpoints: tuple[Endpoint, ...]
    error: Callable[[int, str, str], dict[str, Any]]
    stream_error: Callable[[str, str], Event]

    def endpoint(self, method: str, path: str) -> Endpoint | None:
        """The first declared endpoint that `method` and `path` fit."""
        return next((e for e in self.endpoints if e.method == method and _matcher(e.path).fullmatch(path)), None)
