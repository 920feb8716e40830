"""Restoring a stream: one `Restorer` for each channel, events in, events out. No I/O."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.pipeline.chain import kept_in
from app.pipeline.fields import Form, Leaf, leaves
from app.pipeline.json_text import Pairs, UnreadableJson, encode, parse, spliced
from app.pipeline.memo import of_answer
from app.pipeline.offsets import Offset
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.ending import was_cut
from app.proxy.offsets import Places, Restored, into, names
from app.proxy.providers.base import Index, Stream
from app.proxy.shape import Shape
from app.proxy.sse import Event
from app.proxy.whole import restore_string

#: Longer strings are not expected to come again.
_SHORT = 256


@dataclass(slots=True)
class _Channel:
    name: str
    index: Index
    restorer: Restorer
    key: str  # of its text, as a client will send it back
    path: str
    names: tuple[tuple[object, ...], ...]
    is_thought: bool
    latest: str = ""
    came: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)

    def feed(self, text: str, event: str, *, closes: bool = False, cut: bool = False) -> str:
        """The restored text that is certain after `text`, which came in the data `event`."""
        self.latest = event
        new = self.restorer.feed(text)
        if closes:
            new += self.restorer.flush(cut=cut)
        self.came.append(text)
        self.got.append(new)
        return new

    def so_far(self) -> Restored:
        """Its text, what is held included."""
        rest, edits = self.restorer.foreseen()
        return Restored("".join(self.came), "".join(self.got) + rest, edits)


class StreamRestorer:
    """Restores the events of one answer.

    A channel's held text goes out before the event that closes it, in that very event if it is a
    delta of the channel itself, or at the end of the stream. Whatever is no delta is restored
    whole, at once. An event in which nothing changes keeps its bytes. Where a channel closes inside a
    placeholder, events wait for the one that says whether the answer was cut off.
    """

    def __init__(self, spec: Stream, session: Session, places: Places | None = None) -> None:
        self._spec = spec
        self._places = places or Places()
        self._fields = self._places.fields(spec.fields)
        self._session = session
        self._channels: dict[tuple[str, Index], _Channel] = {}
        self._whole = 0
        self._waiting: list[Event] = []
        self._before = ""  # the data of the latest event
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
                self._session.learn(memory)

    def feed(self, event: Event) -> list[Event]:
        """What goes to the client for one event from upstream."""
        if not self._waiting and (continued := self._continued(event)) is not None:
            return [continued]
        tree = _tree(event)
        cut = was_cut(tree)
        if self._waiting:
            self._waiting.append(event)
            if cut is None and not self._goes_on(event, tree):
                return []
            return self._decided(cut is True)
        if cut is None and any(channel.restorer.may_be_cut for channel in self._open(self._closing(tree), set())):
            self._waiting.append(event)
            return []
        return self._pass(event, tree, cut is True)

    def flush(self) -> list[Event]:
        """Events for all that is still held: the stream is over, or has broken off."""
        return self._decided(cut=True) + self._rest(cut=True)

    def _goes_on(self, event: Event, tree: object) -> bool:
        """Whether the answer cannot have been cut, as more of it follows, or it has ended."""
        if tree is None:
            return event.data is not None
        return any(self._spec.channel_of(leaf) for leaf in leaves(event.data or "", self._spec.fields, tree))

    def _decided(self, cut: bool) -> list[Event]:
        waiting, self._waiting = self._waiting, []
        return [out for event in waiting for out in self._pass(event, _tree(event), cut)]

    def _closing(self, tree: object) -> list[Index]:
        if not isinstance(tree, Pairs):
            return []
        # In every dialect: nothing follows an error, and a client may stop reading there.
        return [()] if tree.get("error") else list(self._spec.closes(tree))

    def _pass(self, event: Event, tree: object, cut: bool) -> list[Event]:
        if event.data is None:
            return [event]
        if event.data.strip() == "[DONE]":
            return [*self._rest(cut), event]
        if tree is None:
            restored = self._whole_of(event.data, "", cut).got
            return [event if restored == event.data else event.with_data(restored)]
        self.ids |= kept_in(tree)
        closing = self._closing(tree)
        data, fed = self._edit(event.data, tree, closing, cut)
        out = [made for channel in self._open(closing, fed) if (made := self._release(channel, cut))]
        self._before = event.data
        return [*out, event if data == event.data else event.with_data(data)]

    def _rest(self, cut: bool) -> list[Event]:
        return [made for channel in self._open([()], set()) if (made := self._release(channel, cut))]

    def _continued(self, event: Event) -> Event | None:
        """The event, where it has the shape of an earlier one that only added to a channel; else None."""
        if self._shape is None or event.data is None:
            return None
        shape, channel = self._shape
        found = shape.read(event.data)
        if found is None:
            return None
        text, start, end = found
        new = channel.feed(text, event.data)
        self._before = event.data
        return event if new == text else event.with_data(f"{event.data[:start]}{encode(new)}{event.data[end:]}")

    def _edit(self, data: str, tree: object, closing: list[Index], cut: bool) -> tuple[str, set[tuple[str, Index]]]:
        edits: list[tuple[int, int, str]] = []
        fed: dict[tuple[str, Index], Leaf] = {}
        texts: dict[tuple[str, int], Restored] = {}
        offsets: list[tuple[Leaf, Offset]] = []
        is_simple = not closing and not cut
        for leaf in leaves(data, self._fields, tree, digits=int(self._places.are_in(data))):
            if leaf.form is Form.NUMBER:
                offsets += [(leaf, rule)] if (rule := self._places.rule(leaf)) else []
                continue
            named = self._spec.channel_of(leaf)
            if named is not None:
                channel = self._channel(named, leaf)
                is_simple &= not fed
                fed[named] = leaf
                new = channel.feed(leaf.value, data, closes=_within(channel.index, closing), cut=cut)
            else:
                whole = self._whole_of(leaf.value, leaf.key, cut)
                new = whole.got
                is_simple &= new == leaf.value
                if leaf.owners:
                    texts[leaf.path, id(leaf.owners[-1])] = whole
            if new != leaf.value:
                edits.append((leaf.start, leaf.end, encode(new)))
        for number, rule in offsets:
            moved = self._places.moved(number, rule, texts)
            if moved is None and (target := self._pointed_at(number, rule)) is not None:
                moved = into(number, rule, target.so_far())
            if moved not in (None, number.value):
                edits.append((number.start, number.end, str(moved)))
        if is_simple and not offsets:
            for named, leaf in fed.items():
                self._shape = Shape(data, leaf.start, leaf.end), self._channels[named]
        return spliced(data, edits), set(fed)

    def _pointed_at(self, number: Leaf, rule: Offset) -> _Channel | None:
        """The channel of the text that `number` points into."""
        shared = names(number.owners[: rule.shared + 1])
        for channel in self._channels.values():
            if channel.path == rule.text and not channel.is_thought and channel.names[: rule.shared + 1] == shared:
                return channel
        return None

    def _whole_of(self, text: str, key: str, cut: bool) -> Restored:
        if (key, text) in self._plain:
            return Restored(text, text, ())
        whole, count = restore_string(text, key, self._session, cut=cut)
        self._whole += count
        if whole.got == text and len(text) <= _SHORT:
            self._plain.add((key, text))
        return whole

    def _channel(self, named: tuple[str, Index], leaf: Leaf) -> _Channel:
        channel = self._channels.get(named)
        if channel is None:
            is_thought = bool(leaf.owners) and leaf.owners[-1].get("thought") is True
            restorer = Restorer(self._session)
            channel = _Channel(*named, restorer, leaf.key, leaf.path, names(leaf.owners), is_thought)
            self._channels[named] = channel
        return channel

    def _open(self, closing: list[Index], fed: set[tuple[str, Index]]) -> Iterator[_Channel]:
        for named, channel in self._channels.items():
            if named not in fed and _within(channel.index, closing):
                yield channel

    def _release(self, channel: _Channel, cut: bool) -> Event | None:
        rest = channel.restorer.flush(cut=cut)
        if not rest:
            return None
        channel.got.append(rest)
        event = self._spec.inject(channel.name, channel.index, rest, self._numbered(channel.latest))
        return self._spec.framing.make(event.data or "", event.name)

    def _numbered(self, latest: str) -> str:
        """`latest` with the number of the event before, so that a client that counts never steps back."""
        key = self._spec.number
        number = json.loads(self._before).get(key) if key and self._before else None
        return latest if number is None else json.dumps({**json.loads(latest), key: number}, ensure_ascii=False)


def _tree(event: Event) -> object:
    """What an event says in JSON, None when it says it otherwise, or nothing."""
    try:
        return parse(event.data) if event.data is not None else None
    except UnreadableJson:
        return None


def _within(index: Index, closing: Iterable[Index]) -> bool:
    return any(index[: len(prefix)] == prefix for prefix in closing)
