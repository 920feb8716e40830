"""Restoring a stream: one `Restorer` for each channel, events in, events out. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from app.pipeline.fields import Leaf, handle, leaves
from app.pipeline.json_text import Pairs, UnreadableJson, encode, parse
from app.pipeline.memo import Edit, Memory, digest, of_answer, trimmed
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.providers.base import Index, Stream
from app.proxy.sse import Event

_Named = tuple[str, Index]


@dataclass(slots=True)
class _Channel:
    name: str
    index: Index
    restorer: Restorer
    key: str  # of its text, as a client will send it back
    latest: str = ""
    came: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    is_over: bool = False

    def memories(self, pieces: bool) -> Iterator[Memory]:
        """What to remember of its text and, if asked for, of the `pieces` of it in which values stand."""
        edits = self.restorer.edits
        yield from of_answer(self.key, "".join(self.got), edits, "".join(self.came))
        at = 0
        for piece in self.got if pieces else ():
            own = [Edit(e.start - at, e.end - at, e.text) for e in edits if at <= e.start < at + len(piece)]
            if own:
                yield Memory(digest(piece, self.key), trimmed(own, piece))
            at += len(piece)


class StreamRestorer:
    """Restores the events of one answer.

    A channel's held text goes out before the event that closes it, in that very event if it is a
    delta of the channel itself, or at the end of the stream; what then comes in it is another text.
    Whatever is no delta is restored whole, at once. An event in which nothing changes keeps its bytes.
    """

    def __init__(self, spec: Stream, session: Session) -> None:
        self._spec = spec
        self._session = session
        self._channels: dict[_Named, _Channel] = {}
        self._texts: list[_Channel] = []  # all there were, in the order in which they began
        self._turns: dict[Index, Index] = {}  # whose turn it is
        self._whole = 0
        #: What the provider calls the things in this answer.
        self.ids: set[str] = set()

    @property
    def restored(self) -> int:
        """How many values were put back so far."""
        return self._whole + sum(channel.restorer.restored for channel in self._texts)

    def transcript(self) -> tuple[str, str]:
        """The text of all channels so far, as it came back and as the client got it."""
        return "\n".join("".join(c.came) for c in self._texts), "\n".join("".join(c.got) for c in self._texts)

    def remember(self) -> None:
        """Tells the session what each restored text came as: that is what goes back next time."""
        for channel in self._texts:
            for memory in channel.memories(self._spec.pieces):
                self._session.remember(memory)

    def feed(self, event: Event, *, last: bool = False) -> list[Event]:
        """What goes to the client for one event from upstream; after the `last` nothing may stand."""
        if event.data is None:
            return [*(self.flush() if last else ()), event]
        if event.data.strip() == "[DONE]":
            return [*self.flush(), event]
        try:
            tree = parse(event.data)
        except UnreadableJson:
            restored = self._all_of(event.data, "")
            held = self.flush() if last else []
            return [*held, event if restored == event.data else event.with_data(restored)]
        self.ids |= ids_of(tree)
        closing = list(self._spec.closes(tree)) if isinstance(tree, Pairs) else []
        closing += [()] if last else []
        data, before = self._edit(event.data, tree, closing)
        return [*before, event if data == event.data else event.with_data(data)]

    def flush(self) -> list[Event]:
        """Events for all that is still held: the stream is over."""
        return [made for channel in self._channels.values() if (made := self._release(channel))]

    def _ends(self, found: Sequence[tuple[Leaf, _Named | None]], closing: list[Index]) -> tuple[set[int], set[_Named]]:
        """After which of the leaves `found` in an event a channel ends, and which end before them."""
        last: dict[_Named, int | None] = dict.fromkeys(self._channels)  # None: it has said nothing here
        ends: set[int] = set()
        before: set[_Named] = set()

        def end(within: Iterable[Index]) -> None:
            for named in [named for named in last if _within(named[1], within)]:
                at = last.pop(named)
                if at is None:
                    before.add(named)
                else:
                    ends.add(at)

        for number, (leaf, named) in enumerate(found):
            turn = self._spec.turn(leaf) if self._spec.turn else None
            if turn is not None and self._turns.get(turn[:-1]) != turn:
                self._turns[turn[:-1]] = turn
                end([turn[:-1]])
            if named is not None:
                last[named] = number
        end(closing)
        return ends, before

    def _edit(self, data: str, tree: object, closing: list[Index]) -> tuple[str, list[Event]]:
        """The event's data with the values put back, and what has to go out before it."""
        parts: list[str] = []
        position = 0
        found = [(leaf, self._spec.channel_of(leaf)) for leaf in leaves(data, self._spec.fields, tree)]
        ends, over = self._ends(found, closing)
        before = [
            made for named, channel in self._channels.items() if named in over and (made := self._release(channel))
        ]
        for number, (leaf, named) in enumerate(found):
            if named is not None:
                channel = self._channel(named, leaf.key)
                channel.latest = data
                new = channel.restorer.feed(leaf.value)
                if number in ends:
                    new += channel.restorer.flush()
                    channel.is_over = True
                channel.came.append(leaf.value)
                channel.got.append(new)
            else:
                new = self._all_of(leaf.value, leaf.key)
            if new != leaf.value:
                parts += (data[position : leaf.start], encode(new))
                position = leaf.end
        parts.append(data[position:])
        return "".join(parts), before

    def _all_of(self, text: str, key: str) -> str:
        restorer = Restorer(self._session)
        restored = restorer.feed(text) + restorer.flush()
        self._whole += restorer.restored
        for memory in of_answer(key, restored, restorer.edits, text):
            self._session.remember(memory)
        return restored

    def _channel(self, named: _Named, key: str) -> _Channel:
        channel = self._channels.get(named)
        if channel is None or channel.is_over:
            channel = self._channels[named] = _Channel(*named, Restorer(self._session), key)
            self._texts.append(channel)
        return channel

    def _release(self, channel: _Channel) -> Event | None:
        rest = channel.restorer.flush()
        channel.is_over = True
        if not rest:
            return None
        channel.got.append(rest)
        event = self._spec.inject(channel.name, channel.index, rest, channel.latest)
        return self._spec.framing.make(event.data or "", event.name)


_IDS = ("id", "output_file_id", "error_file_id", "input_file_id", "context")
_INNER = ("response", "message", "data", "interaction")
#: A resource, called by its collection and its id.
_NAME = re.compile(r"[a-z][A-Za-z]+/(?P<id>[\w.-]+)")


def ids_of(tree: object) -> set[str]:
    """The ids at the top of a JSON value, and of the object an event tells of."""
    if not isinstance(tree, Pairs):
        return set()
    inner = [tree, *(value for key in _INNER if isinstance(value := tree.get(key), Pairs))]
    found = {handle(node.get(key)) for node in inner for key in _IDS} - {""}
    name = tree.get("name")
    match = _NAME.fullmatch(name) if isinstance(name, str) else None
    return found | {match["id"]} if match else found


def _within(index: Index, closing: Iterable[Index]) -> bool:
    return any(index[: len(prefix)] == prefix for prefix in closing)
