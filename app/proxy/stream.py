"""Restoring a stream: one `Restorer` for each channel, events in, events out. No I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.pipeline.chain import kept_in
from app.pipeline.fields import leaves
from app.pipeline.json_text import Pairs, UnreadableJson, encode, parse
from app.pipeline.memo import of_answer
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.providers.base import Index, Stream
from app.proxy.sse import Event


@dataclass(slots=True)
class _Channel:
    name: str
    index: Index
    restorer: Restorer
    key: str  # of its text, as a client will send it back
    latest: str = ""
    came: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)


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
        self._number: object = None  # of the event before, where events are numbered
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
        try:
            tree = parse(event.data)
        except UnreadableJson:
            return [event.with_data(restored)] if (restored := self._all_of(event.data, "")) != event.data else [event]
        self.ids |= kept_in(tree)
        closing = list(self._spec.closes(tree)) if isinstance(tree, Pairs) else []
        data, fed = self._edit(event.data, tree, closing)
        out = [made for channel in self._open(closing, fed) if (made := self._release(channel))]
        if self._spec.number and isinstance(tree, Pairs):
            self._number = tree.get(self._spec.number)
        return [*out, event if data == event.data else event.with_data(data)]

    def flush(self) -> list[Event]:
        """Events for all that is still held: the stream is over."""
        return [made for channel in self._open([()], set()) if (made := self._release(channel))]

    def _edit(self, data: str, tree: object, closing: list[Index]) -> tuple[str, set[tuple[str, Index]]]:
        parts: list[str] = []
        position = 0
        fed: set[tuple[str, Index]] = set()
        for leaf in leaves(data, self._spec.fields, tree):
            named = self._spec.channel_of(leaf)
            if named is not None:
                channel = self._channel(named, leaf.key)
                channel.latest = data
                fed.add(named)
                new = channel.restorer.feed(leaf.value)
                if _within(channel.index, closing):
                    new += channel.restorer.flush()
                channel.came.append(leaf.value)
                channel.got.append(new)
            else:
                new = self._all_of(leaf.value, leaf.key)
            if new != leaf.value:
                parts += (data[position : leaf.start], encode(new))
                position = leaf.end
        parts.append(data[position:])
        return "".join(parts), fed

    def _all_of(self, text: str, key: str) -> str:
        restorer = Restorer(self._session)
        restored = restorer.feed(text) + restorer.flush()
        self._whole += restorer.restored
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
        event = self._spec.inject(channel.name, channel.index, rest, self._numbered(channel.latest))
        return self._spec.framing.make(event.data or "", event.name)

    def _numbered(self, latest: str) -> str:
        """`latest` with the number of the event before, so that a client that counts never steps back."""
        if self._number is None:
            return latest
        return json.dumps({**json.loads(latest), self._spec.number: self._number}, ensure_ascii=False)


def _within(index: Index, closing: Iterable[Index]) -> bool:
    return any(index[: len(prefix)] == prefix for prefix in closing)
