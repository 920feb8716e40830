"""Restoring a stream: one `Restorer` for each channel, events in, events out. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.pipeline.fields import Leaf, leaves
from app.pipeline.json_text import Pairs, UnreadableJson, encode, parse
from app.pipeline.restore import Restorer, restore
from app.pipeline.session import Session
from app.proxy.providers.base import Index, Stream
from app.proxy.sse import Event


@dataclass(slots=True)
class _Channel:
    path: str
    index: Index
    restorer: Restorer
    latest: str = ""


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
        self._texts: dict[tuple[str, Index], tuple[list[str], list[str]]] = {}

    @property
    def restored(self) -> int:
        """How many values were put back so far."""
        return self._whole + sum(channel.restorer.restored for channel in self._channels.values())

    def transcript(self) -> tuple[str, str]:
        """The text of all channels as it came back and as the client got it."""
        came = "\n".join("".join(parts[0]) for parts in self._texts.values())
        got = "\n".join("".join(parts[1]) for parts in self._texts.values())
        return came, got

    def feed(self, event: Event) -> list[Event]:
        """What goes to the client for one event from upstream."""
        if event.data is None:
            return [event]
        if event.data.strip() == "[DONE]":
            return [*self.flush(), event]
        try:
            tree = parse(event.data)
        except UnreadableJson:
            return [event.with_data(restored)] if (restored := self._all_of(event.data)) != event.data else [event]
        closing = list(self._spec.closes(tree)) if isinstance(tree, Pairs) else []
        data, fed = self._edit(event.data, tree, closing)
        out = [made for channel in self._open(closing, fed) if (made := self._release(channel))]
        return [*out, event if data == event.data else event.with_data(data)]

    def flush(self) -> list[Event]:
        """Events for all that is still held: the stream is over."""
        return [made for channel in self._open([()], set()) if (made := self._release(channel))]

    def _edit(self, data: str, tree: object, closing: list[Index]) -> tuple[str, set[tuple[str, Index]]]:
        parts: list[str] = []
        position = 0
        fed: set[tuple[str, Index]] = set()
        for leaf in leaves(data, self._spec.fields, tree):
            if leaf.path in self._spec.deltas:
                channel = self._channel(leaf)
                key = (channel.path, channel.index)
                channel.latest = data
                fed.add(key)
                new = channel.restorer.feed(leaf.value)
                if _within(channel.index, closing):
                    new += channel.restorer.flush()
                self._note(key, leaf.value, new)
            else:
                new = self._all_of(leaf.value)
            if new != leaf.value:
                parts += (data[position : leaf.start], encode(new))
                position = leaf.end
        parts.append(data[position:])
        return "".join(parts), fed

    def _all_of(self, text: str) -> str:
        restored = restore(text, self._session)
        self._whole += restored != text
        return restored

    def _channel(self, leaf: Leaf) -> _Channel:
        index = tuple(owner.get("index") for owner in leaf.owners if any(key == "index" for key, _ in owner))
        key = (leaf.path, index)
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = _Channel(leaf.path, index, Restorer(self._session))
        return channel

    def _open(self, closing: list[Index], fed: set[tuple[str, Index]]) -> Iterator[_Channel]:
        for key, channel in self._channels.items():
            if key not in fed and _within(channel.index, closing):
                yield channel

    def _release(self, channel: _Channel) -> Event | None:
        rest = channel.restorer.flush()
        if not rest:
            return None
        self._note((channel.path, channel.index), "", rest)
        return self._spec.inject(channel.path, channel.index, rest, channel.latest)

    def _note(self, key: tuple[str, Index], came: str, got: str) -> None:
        came_parts, got_parts = self._texts.setdefault(key, ([], []))
        came_parts.append(came)
        got_parts.append(got)


def _within(index: Index, closing: Iterable[Index]) -> bool:
    return any(index[: len(prefix)] == prefix for prefix in closing)
