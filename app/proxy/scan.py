"""An answer that is looked through before it goes on: events in, events out that say what to hide. No I/O."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from app.pipeline.fields import Leaf, is_identifier, leaves
from app.pipeline.memo import Edit, Edits
from app.pipeline.scanned import Scanned
from app.proxy.channel import Named, within
from app.proxy.ending import Endings, closing, is_done, tree_of
from app.proxy.exposure import is_argument
from app.proxy.providers.base import Index, Stream
from app.proxy.sse import Event

#: What names things of the protocol, in whatever answer: nobody's words, while it looks like a name.
_PROTOCOL = re.compile(
    r"(?:[A-Za-z_]*[_-])?ids?|[a-z]+Ids?|type|object|model|modelVersion|role|status|phase|system_fingerprint|"
    r"service_tier|created_at|[a-z]+_reason|finishReason|etag|digest|obfuscation|mime_?[tT]ype"
)


@dataclass(slots=True)
class _Piece:
    """What a string of an event, whose token is `at`, adds to a text: its `[start, end)`."""

    text: Scanned
    at: int
    start: int
    end: int

    def hidden(self) -> Edits:
        found = [e for e in self.text.hidden if e.start < self.end and e.end > self.start]
        # What began in an earlier piece goes on in this one: what stands for it is there.
        return tuple(
            Edit(max(0, e.start - self.start), min(e.end, self.end) - self.start, e.text * (e.start >= self.start))
            for e in found
        )


@dataclass(slots=True)
class _Held:
    event: Event
    pieces: list[_Piece] = field(default_factory=list)

    @property
    def is_through(self) -> bool:
        return all(piece.end <= piece.text.passed for piece in self.pieces)

    def hiding(self) -> Event:
        hidden = {piece.at: edits for piece in self.pieces if (edits := piece.hidden())}
        return replace(self.event, hidden=hidden) if hidden else self.event


class Scan:
    """The events of one answer. Each is held until all that it says was looked through, and with it all that follow.

    What a channel says is one text; any other string is a text of its own. `due` are the texts of which a part can
    be looked through now.
    """

    def __init__(self, spec: Stream) -> None:
        self._spec = spec
        self._endings = Endings(spec)
        self._channels: dict[Named, Scanned] = {}
        self._held: deque[_Held] = deque()
        self._open: list[Scanned] = []

    def add(self, event: Event) -> None:
        """One event from upstream."""
        held = _Held(event)
        self._held.append(held)
        tree = tree_of(event)
        if tree is not None:
            self._read(held, event.data or "", tree)
        elif is_done(event):
            self.end()
        elif event.data is not None:
            self._whole(held, Leaf(0, 0, event.data, "", "", ()))

    def end(self) -> None:
        """Nothing follows."""
        self._close([()])

    @property
    def due(self) -> list[Scanned]:
        """The texts that have something to look through."""
        self._open = [text for text in self._open if not text.is_over or text.passed < text.length]
        return [text for text in self._open if text.due() is not None]

    def ready(self) -> Iterator[Event]:
        """What can go on, in its order."""
        while self._held and self._held[0].is_through:
            yield self._held.popleft().hiding()

    def _read(self, held: _Held, data: str, tree: object) -> None:
        found = [(leaf, self._spec.channel_of(leaf)) for leaf in leaves(data, self._spec.fields, tree)]
        closes = closing(self._spec, tree)
        ends, before = self._endings.of(found, closes, self._channels)
        for over in before:
            self._channels.pop(over).is_over = True
        for number, (leaf, named) in enumerate(found):
            if named is None:
                if not _is_protocol(leaf):
                    self._whole(held, leaf)
                continue
            text = self._channels.get(named)
            if text is None:
                text = self._channels[named] = self._begin(leaf)
            self._say(held, text, leaf)
            if number in ends:
                self._channels.pop(named).is_over = True

    def _whole(self, held: _Held, leaf: Leaf) -> None:
        text = self._begin(leaf, is_argument(leaf.path.rpartition(".")[0]))  # which may come as one JSON text as well
        self._say(held, text, leaf)
        text.is_over = True

    def _begin(self, leaf: Leaf, is_one: bool = False) -> Scanned:
        text = Scanned(leaf.key, is_one)
        self._open.append(text)
        return text

    @staticmethod
    def _say(held: _Held, text: Scanned, leaf: Leaf) -> None:
        start = text.length
        text.feed(leaf.value)
        held.pieces.append(_Piece(text, leaf.start, start, text.length))

    def _close(self, closes: list[Index]) -> None:
        for named in [named for named in self._channels if within(named[1], closes)]:
            self._channels.pop(named).is_over = True


def _is_protocol(leaf: Leaf) -> bool:
    name = leaf.path.rpartition(".")[2].removesuffix("[]")
    return is_identifier(leaf.value) and bool(_PROTOCOL.fullmatch(name)) and not is_argument(leaf.path)
