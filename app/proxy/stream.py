"""Restoring a stream: one `Restorer` for each channel, events in, events out. No I/O."""

from __future__ import annotations

import json

from app.pipeline.chain import kept_in, kept_until
from app.pipeline.fields import Form, Leaf, leaves
from app.pipeline.json_text import Pairs, encode, spliced
from app.pipeline.memo import Edits
from app.pipeline.offsets import Offset
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.channel import Channel, Named, within
from app.proxy.ending import Endings, closing, is_done, tree_of, was_cut
from app.proxy.exchange import Answered
from app.proxy.exposure import Exposure, tool_of
from app.proxy.offsets import Places, Restored, into, names
from app.proxy.providers.base import Index, Stream
from app.proxy.shape import Shape
from app.proxy.sse import Event
from app.proxy.whole import restore_string

#: Longer strings are not expected to come again.
_SHORT = 256


class StreamRestorer:
    """Restores the events of one answer.

    A channel's held text goes out before the event that closes it, in that very event if it is a
    delta of the channel itself, or at the end of the stream; what then comes in it is another text.
    Whatever is no delta is restored whole, at once. An event in which nothing changes keeps its bytes.
    Where a channel closes inside a placeholder, events wait for the one that says whether the answer
    was cut off.
    """

    def __init__(
        self, spec: Stream, session: Session, places: Places | None = None, exposure: Exposure | None = None
    ) -> None:
        self._spec = spec
        self._places = places or Places()
        self._fields = self._places.fields(spec.fields)
        self._session = session
        self._exposure = exposure or Exposure()
        self._tools: dict[object, str] = {}  # by the index of the part that calls them
        self._channels: dict[Named, Channel] = {}
        self._texts: list[Channel] = []  # all there were, in the order in which they began
        self._endings = Endings(spec)
        self._whole = 0
        self._waiting: list[Event] = []
        self._before = ""  # the data of the latest event
        #: Of an event that did nothing but add to a channel.
        self._shape: tuple[Shape, Channel] | None = None
        #: Strings that are no deltas, and in which there was nothing to restore; most come with every event.
        self._plain: set[tuple[str, str]] = set()
        #: What the provider calls the things in this answer.
        self.ids: set[str] = set()
        #: Whether an event has said that nothing more is said: many a client stops reading there.
        self.has_ended = False
        self.until = 0.0  # as `kept_until` tells

    @property
    def restored(self) -> int:
        """How many values were put back so far."""
        return self._whole + sum(channel.restorer.restored for channel in self._texts)

    @property
    def exposed(self) -> tuple[str, ...]:
        """The kinds of secrets that a tool's call which looks like network access has got so far."""
        for channel in self._texts:
            self._exposure.note(channel.path, channel.tool, "".join(channel.got), channel.restorer.labels)
        return self._exposure.entities

    def transcript(self) -> tuple[str, str]:
        """The text of all channels so far, as it came back and as the client got it."""
        return "\n".join("".join(c.came) for c in self._texts), "\n".join("".join(c.got) for c in self._texts)

    def texts(self) -> list[Answered]:
        """The text of each channel so far, with where values stand in it."""
        return [channel.answered() for channel in self._texts]

    def remember(self) -> None:
        """Tells the session what each restored text came as: that is what goes back next time."""
        for channel in self._texts:
            for memory in channel.memories(self._spec.pieces):
                self._session.learn(memory)

    def feed(self, event: Event, *, last: bool = False) -> list[Event]:
        """What goes to the client for one event from upstream; after the `last` nothing may stand."""
        if last:
            return self._feed_last(event)
        if not self._waiting and (continued := self._continued(event)) is not None:
            return [continued]
        tree = tree_of(event)
        cut = was_cut(tree)
        if self._waiting:
            self._waiting.append(event)
            if cut is None and not self._goes_on(event, tree):
                return []
            return self._decided(cut is True)
        if cut is None and self._may_be_cut(closing(self._spec, tree)):
            self._waiting.append(event)
            return []
        return self._pass(event, tree, cut is True)

    def _feed_last(self, event: Event) -> list[Event]:
        tree = tree_of(event)
        cut = was_cut(tree)
        if cut is None:
            cut = not is_done(event)
        return [*self._decided(cut), *self._pass(event, tree, cut, last=True)]

    def flush(self) -> list[Event]:
        """Events for all that is still held: the stream is over, or has broken off."""
        return self._decided(cut=True) + self._rest(cut=True)

    def _may_be_cut(self, closing: list[Index]) -> bool:
        """Whether a channel that ends does so inside a placeholder."""
        return any(c.restorer.may_be_cut for c in self._channels.values() if within(c.index, closing))

    def _goes_on(self, event: Event, tree: object) -> bool:
        """Whether the answer cannot have been cut, as more of it follows, or it has ended."""
        if tree is None:
            return event.data is not None
        return any(self._spec.channel_of(leaf) for leaf in leaves(event.data or "", self._spec.fields, tree))

    def _decided(self, cut: bool) -> list[Event]:
        waiting, self._waiting = self._waiting, []
        return [out for event in waiting for out in self._pass(event, tree_of(event), cut)]

    def _pass(self, event: Event, tree: object, cut: bool, last: bool = False) -> list[Event]:
        if event.data is None or tree is None:
            self.has_ended |= is_done(event)
            held = self._rest(cut) if last or is_done(event) else []
            hidden = (event.hidden or {}).get(0, ())
            restored = self._whole_of(event.data, "", cut, hidden).got if event.data is not None else None
            return [*held, event if restored is None or restored == event.data else event.with_data(restored)]
        self.ids |= kept_in(tree)
        self.until = self.until or kept_until(tree)
        self._begin(tree)
        over = [()] if last else closing(self._spec, tree)
        self.has_ended |= () in over
        data, before = self._edit(event, tree, over, cut)
        self._before = event.data
        return [*before, event if data == event.data else event.with_data(data)]

    def _begin(self, tree: object) -> None:
        """Remembers which tool a part of the answer calls: what comes of it does not say so again."""
        if isinstance(tree, Pairs) and isinstance(block := tree.get("content_block"), Pairs):
            self._tools[tree.get("index")] = tool_of((block,))

    def _rest(self, cut: bool) -> list[Event]:
        return [made for channel in self._channels.values() if (made := self._release(channel, cut))]

    def _continued(self, event: Event) -> Event | None:
        """The event, where it has the shape of an earlier one that only added to a channel; else None."""
        if self._shape is None or event.data is None:
            return None
        shape, channel = self._shape
        found = None if channel.is_over or event.hidden else shape.read(event.data)
        if found is None:
            return None
        text, start, end = found
        new = channel.feed(text, event.data)
        self._before = event.data
        return event if new == text else event.with_data(f"{event.data[:start]}{encode(new)}{event.data[end:]}")

    def _edit(self, event: Event, tree: object, closing: list[Index], cut: bool) -> tuple[str, list[Event]]:
        """The event's data with the values put back, and what has to go out before it."""
        data, hidden = event.data or "", event.hidden or {}
        edits: list[tuple[int, int, str]] = []
        fed: dict[Named, Leaf] = {}
        texts: dict[tuple[str, int], Restored] = {}
        offsets: list[tuple[Leaf, Offset]] = []
        found: list[tuple[Leaf, Named | None]] = []
        for leaf in leaves(data, self._fields, tree, digits=int(self._places.are_in(data)), keys=True):
            if leaf.form is Form.NUMBER:
                offsets += [(leaf, rule)] if (rule := self._places.rule(leaf)) else []
            else:
                found.append((leaf, None if leaf.form is Form.KEY else self._spec.channel_of(leaf)))
        ends, over = self._endings.of(found, closing, self._channels)
        ended = [(channel, cut and over[named]) for named, channel in self._channels.items() if named in over]
        before = [made for channel, is_cut in ended if (made := self._release(channel, is_cut))]
        is_simple = not closing and not cut and not ends
        for number, (leaf, named) in enumerate(found):
            if named is not None:
                channel = self._channel(named, leaf)
                is_simple &= not fed
                fed[named] = leaf
                new = channel.feed(
                    leaf.value,
                    data,
                    closes=number in ends,
                    cut=cut and ends.get(number, False),
                    hidden=hidden.get(leaf.start, ()),
                )
            else:
                whole = self._whole_of(leaf.value, leaf.key, cut, hidden.get(leaf.start, ()))
                if whole.labels:
                    self._exposure.note(leaf.path, tool_of(leaf.owners), whole.got, whole.labels)
                new = whole.got
                is_simple &= new == leaf.value
                if leaf.owners:
                    texts[leaf.path, id(leaf.owners[-1])] = whole
            if new != leaf.value:
                edits.append((leaf.start, leaf.end, encode(new)))
        for offset, rule in offsets:
            moved = self._places.moved(offset, rule, texts)
            if moved is None and (target := self._pointed_at(offset, rule)) is not None:
                moved = into(offset, rule, target.so_far())
            if moved not in (None, offset.value):
                edits.append((offset.start, offset.end, str(moved)))
        if is_simple and not offsets:
            for named, leaf in fed.items():
                if self._spec.turn is not None and self._spec.turn(leaf) is None:
                    break  # what comes in this shape may be the first of its turn
                self._shape = Shape(data, leaf.start, leaf.end), self._channels[named]
        return spliced(data, edits), before

    def _pointed_at(self, number: Leaf, rule: Offset) -> Channel | None:
        """The channel of the text that `number` points into."""
        shared = names(number.owners[: rule.shared + 1])
        for channel in self._channels.values():
            if channel.path == rule.text and not channel.is_thought and channel.names[: rule.shared + 1] == shared:
                return channel
        return None

    def _whole_of(self, text: str, key: str, cut: bool, hidden: Edits = ()) -> Restored:
        if not hidden and (key, text) in self._plain:
            return Restored(text, text, ())
        whole, count = restore_string(
            text, key, self._session, cut=cut, withheld=self._exposure.withheld, hidden=hidden
        )
        self._whole += count
        if whole.got == text and len(text) <= _SHORT:
            self._plain.add((key, text))
        return whole

    def _channel(self, named: Named, leaf: Leaf) -> Channel:
        channel = self._channels.get(named)
        if channel is None or channel.is_over:
            is_thought = bool(leaf.owners) and leaf.owners[-1].get("thought") is True
            restorer = Restorer(self._session, withheld=self._exposure.withheld)
            channel = Channel(*named, restorer, leaf.key, leaf.path, names(leaf.owners), is_thought)
            index = leaf.owners[0].get("index") if leaf.owners else None
            channel.tool = self._tools.get(index) or tool_of(leaf.owners)
            self._channels[named] = channel
            self._texts.append(channel)
        return channel

    def _release(self, channel: Channel, cut: bool) -> Event | None:
        rest = channel.restorer.flush(cut=cut)
        channel.is_over = True
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
