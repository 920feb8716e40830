"""Restoring a stream: one `Restorer` for each channel, events in, events out. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.pipeline.fields import Leaf, leaves
from app.pipeline.json_text import Pairs, UnreadableJson, encode, parse
from app.pipeline.memo import of_answer
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.providers.base import Index, Stream
from app.proxy.shape import Shape
from app.proxy.sse import Event

#: Longer strings are not expected to come again.
_SHORT = 256


@dataclass(slots=True)
class _Channel:
    name: str
    index: Index
    restorer: Restorer
    key: str  # of its text, as a client will send it back
    latest: str = ""
    came: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)

    def feed(self, text: str, event: str, *, closes: bool = False) -> str:
        """The restored text that is certain after `text`, which came in the data `event`."""
        self.latest = event
        new = self.restorer.feed(text)
        if closes:
            new += self.restorer.flush()
        self.came.append(text)
        self.got.append(new)
        return new


class StreamRestorer:
    """Restores the events of one answer.

    A channel's held text goes out before the event that closes it, in that very event if it is a
    delta of the channel itself, or at the end of the stream. Whatever is no delta is restored
    whole, at once. An event in which nothing changes keeps its bytes.
    """

    def __init__(self, spec: Stream, session: Session) -> None:
        self._spec = spec
        self._session = session
        self._channels: dict[tuple[str, Index], _Channel] = {}
        self._whole = 0
        #: Of an event that did nothing but add to a channel.
        self._shape: tuple[Shape, _Channel] | None = None
        #: Strings that are no deltas, and in which there was nothing to restore; most come with every event.
        self._plain: set[tuple[str, str]] = set()
        #: What the provider calls the things in this answer.
        self.ids: set[str] = set()

    @property
    def restored(self) -> int:
        """How many values were put back so far."""
        return self._whole + sum(channel.restorer.restored for channel in self._channels.values())

    def transcript(self) -> tuple[str, str]:
        """The text of all channels so far, as it came back and as the client got it."""
        channels = self._channels.values()
        return "\n".join("".join(c.came) for c in channels), "\n".join("".join(c.got) for c in channels)

    def remember(self) -> None:
        """Tells the session what each restored text came as: that is what goes back next time."""
        for channel in self._channels.values():
            restored, original = "".join(channel.got), "".join(channel.came)
            for memory in of_answer(channel.key, restored, channel.restorer.edits, original):
                self._session.remember(memory)

    def feed(self, event: Event) -> list[Event]:
        """What goes to the client for one event from upstream."""
        if event.data is None:
            return [event]
        if event.data.strip() == "[DONE]":
            return [*self.flush(), event]
        if (continued := self._continued(event, event.data)) is not None:
            return [continued]
        try:
            tree = parse(event.data)
        except UnreadableJson:
            return [event.with_data(restored)] if (restored := self._all_of(event.data, "")) != event.data else [event]
        self.ids |= ids_of(tree)
        closing = list(self._spec.closes(tree)) if isinstance(tree, Pairs) else []
        data, fed = self._edit(event.data, tree, closing)
        out = [made for channel in self._open(closing, fed) if (made := self._release(channel))]
        return [*out, event if data == event.data else event.with_data(data)]

    def flush(self) -> list[Event]:
        """Events for all that is still held: the stream is over."""
        return [made for channel in self._open([()], set()) if (made := self._release(channel))]

    def _continued(self, event: Event, data: str) -> Event | None:
        """The event, where it has the shape of an earlier one that only added to a channel; else None."""
        if self._shape is None:
            return None
        shape, channel = self._shape
        found = shape.read(data)
        if found is None:
            return None
        text, start, end = found
        new = channel.feed(text, data)
        return event if new == text else event.with_data(f"{data[:start]}{encode(new)}{data[end:]}")

    def _edit(self, data: str, tree: object, closing: list[Index]) -> tuple[str, set[tuple[str, Index]]]:
        parts: list[str] = []
        position = 0
        fed: dict[tuple[str, Index], Leaf] = {}
        is_simple = not closing
        for leaf in leaves(data, self._spec.fields, tree):
            named = self._spec.channel_of(leaf)
            if named is not None:
                channel = self._channel(named, leaf.key)
                is_simple &= not fed
                fed[named] = leaf
                new = channel.feed(leaf.value, data, closes=_within(channel.index, closing))
            elif (leaf.key, leaf.value) in self._plain:
                continue
            else:
                new = self._all_of(leaf.value, leaf.key)
                is_simple &= new == leaf.value
            if new != leaf.value:
                parts += (data[position : leaf.start], encode(new))
                position = leaf.end
        parts.append(data[position:])
        if is_simple:
            for named, leaf in fed.items():
                self._shape = Shape(data, leaf.start, leaf.end), self._channels[named]
        return "".join(parts), set(fed)

    def _all_of(self, text: str, key: str) -> str:
        restorer = Restorer(self._session)
        restored = restorer.feed(text) + restorer.flush()
        self._whole += restorer.restored
        if not restorer.restored and len(text) <= _SHORT:
            self._plain.add((key, text))
        for memory in of_answer(key, restored, restorer.edits, text):
            self._session.remember(memory)
        return restored

    def _channel(self, named: tuple[str, Index], key: str) -> _Channel:
        channel = self._channels.get(named)
        if channel is None:
            channel = self._channels[named] = _Channel(*named, Restorer(self._session), key)
        return channel

    def _open(self, closing: list[Index], fed: set[tuple[str, Index]]) -> Iterator[_Channel]:
        for named, channel in self._channels.items():
            if named not in fed and _within(channel.index, closing):
                yield channel

    def _release(self, channel: _Channel) -> Event | None:
        rest = channel.restorer.flush()
        if not rest:
            return None
        channel.got.append(rest)
        event = self._spec.inject(channel.name, channel.index, rest, channel.latest)
        return self._spec.framing.make(event.data or "", event.name)


_IDS = ("id", "output_file_id", "error_file_id", "input_file_id")


def ids_of(tree: object) -> set[str]:
    """The ids at the top of a JSON value, and of the object an event tells of."""
    if not isinstance(tree, Pairs):
        return set()
    inner = [tree, *(value for key in ("response", "message", "data") if isinstance(value := tree.get(key), Pairs))]
    return {value for node in inner for key in _IDS if isinstance(value := node.get(key), str)}


def _within(index: Index, closing: Iterable[Index]) -> bool:
    return any(index[: len(prefix)] == prefix for prefix in closing)
