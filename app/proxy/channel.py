"""A channel of a stream: one text that comes in pieces, and its restorer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.pipeline.memo import Edit, Edits, Memory, digest, of_answer, trimmed
from app.pipeline.restore import Restorer
from app.proxy.exchange import Answered
from app.proxy.offsets import Restored
from app.proxy.providers.base import Index

#: What a channel is called: its name, and the index of the part it belongs to.
Named = tuple[str, Index]


def within(index: Index, closing: Iterable[Index]) -> bool:
    """Whether a part at `index` belongs to one of those."""
    return any(index[: len(prefix)] == prefix for prefix in closing)


@dataclass(slots=True)
class Channel:
    """One text of a stream: what came of it, and what the client got."""

    name: str
    index: Index
    restorer: Restorer
    key: str  # of its text, as a client will send it back
    path: str
    names: tuple[tuple[object, ...], ...]
    is_thought: bool
    tool: str = ""  # that its text is given to
    latest: str = ""
    came: list[str] = field(default_factory=list)
    got: list[str] = field(default_factory=list)
    is_over: bool = False

    def feed(self, text: str, event: str, *, closes: bool = False, cut: bool = False, hidden: Edits = ()) -> str:
        """The restored text that is certain after `text`, which came in the data `event`."""
        self.latest = event
        new = self.restorer.feed(text, hidden)
        if closes:
            new += self.restorer.flush(cut=cut)
            self.is_over = True
        self.came.append(text)
        self.got.append(new)
        return new

    def answered(self) -> Answered:
        """Its text so far for whoever looks; what is held is not in it."""
        label = self.tool or ("thinking" if self.is_thought or "thinking" in self.path else "answer")
        return Answered(label, "".join(self.came), "".join(self.got), tuple(self.restorer.edits))

    def so_far(self) -> Restored:
        """Its text, what is held included."""
        rest, edits = self.restorer.foreseen()
        return Restored("".join(self.came), "".join(self.got) + rest, edits)

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
