"""One request and its answer, as inspector, log and tray see them. In memory only, and bounded."""

from __future__ import annotations

import itertools
import sys
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from app.pipeline.memo import Edits
from app.pipeline.policy import Policy
from app.pipeline.redaction import Redaction

Outcome = Literal["open", "done", "passed", "refused", "failed", "aborted"]
#: How much of a body was looked through: every text; every text, beside things in which there is none to be read;
#: nothing. Empty: there was no body, or it was not sent.
Read = Literal["all", "part", "unread", ""]
#: An entity, the layer that found it, its score and what was done with it.
Spans = Counter[tuple[str, str, float, str]]
#: Longer bodies are not kept for the inspector (characters).
KEEP_LIMIT = 2_000_000
#: About what is remembered of one value that was replaced (bytes).
_OF_VALUE = 500


def _nothing_yet() -> tuple[str, str]:
    return "", ""


def _no_texts() -> tuple[Answered, ...]:
    return ()


class Answered(NamedTuple):
    """A text of a streamed answer as it came and as the client got it; `edits` are where values stand in the latter."""

    label: str
    came: str
    got: str
    edits: Edits

    def __repr__(self) -> str:
        return f"<Answered {self.label}>"


@dataclass(slots=True)
class Exchange:
    """What is known about one request so far. Texts are hidden from repr.

    `outcome`: "open" while it runs; "done" restored; "passed" untouched because protection is off or the client asked
    for it; "refused" by us, nothing was sent; "failed" upstream; "aborted" by the client, unless the answer
    `is_complete`, having said its end. `entities` counts the values hidden in the request, `fresh` those that were not
    in an earlier one, `notices` are a few sentences for the client, say on what left unredacted, `sources` the edits
    of the documents in it, by which an answer may cite them. `invented` counts what was hidden in the answer,
    `exposed` are the kinds of secrets that were put back into a call of a tool that looks like network access. `label`
    is that of the local key it came with, `upstream` the user's own name of where it went, `code` that of a refusal or
    a fault. `spans` counts the values hidden, or forbidden, by more than `entities` does; `policy`, with the `preset`
    it began with, was in force; `fired` are the values that the dictionary hid, until they are counted. `read` tells
    how much of the body was looked through, `why` not all of it, `attached` how many things of each medium went along
    unread. `went` is when it was sent on, as `began` is when it came (`perf_counter`), `waited` how many of the
    seconds between it was in review, `reviewed` what was decided there: sent, changed, as-is, refused. `sent` is the
    body before and after redaction, `earlier` are those of the frames before it that lead to the same answer;
    `transcript` gives the answer's text before and after restoring, `texts` the same of a stream, apart. They stay
    None or empty when the user keeps nothing, and are again once `is_wiped`.
    """

    id: int
    method: str
    path: str
    client: str = ""
    provider: str = ""
    endpoint: str = ""
    model: str = ""
    session: str = ""
    stream: bool = False
    outcome: Outcome = "open"
    is_complete: bool = False
    status: int = 0
    reason: str = ""
    started: float = field(default_factory=time.time)
    began: float = field(default_factory=time.perf_counter, repr=False)
    detect_ms: float = 0.0
    total_ms: float = 0.0
    request_bytes: int = 0
    response_bytes: int = 0
    entities: dict[str, int] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)
    restored: int = 0
    invented: dict[str, int] = field(default_factory=dict)
    exposed: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    sources: tuple[Edits, ...] = field(default=(), repr=False)
    label: str = ""
    upstream: str = ""
    code: str = ""
    spans: Spans = field(default_factory=Counter)
    fired: Counter[str] = field(default_factory=Counter, repr=False)
    policy: Policy | None = None
    preset: str = ""
    read: Read = ""
    why: str = ""
    attached: Counter[str] = field(default_factory=Counter)
    went: float = field(default=0.0, repr=False)
    waited: float = field(default=0.0, repr=False)
    reviewed: str = ""
    sent: Redaction | None = field(default=None, repr=False)
    earlier: tuple[Redaction, ...] = field(default=(), repr=False)
    transcript: Callable[[], tuple[str, str]] = field(default=_nothing_yet, repr=False)
    texts: Callable[[], Sequence[Answered]] = field(default=_no_texts, repr=False)
    is_wiped: bool = False

    def refuse(self, status: int, code: str, reason: str) -> None:
        """Answered by us; whatever was to be sent was not, unless the provider was why."""
        self.outcome, self.status, self.code, self.reason = "refused", status, code, reason

    def hid(self, redaction: Redaction, masked: Collection[str]) -> None:
        """Counts what was hidden; values of `masked` entities are not to come back."""
        found = redaction.findings
        self.fired.update(f.value for f in found if f.source == "dictionary")
        # Over a socket, several bodies may lead to one answer.
        self.entities = dict(Counter(self.entities) + Counter(f.entity for f in found))
        self.fresh = dict(Counter(self.fresh) + Counter(f.entity for f in found if f.source != "memo"))
        self.spans.update(
            (f.entity, f.source, round(f.score, 2), "mask" if f.entity in masked else "replace") for f in found
        )

    def keep(self, redaction: Redaction) -> None:
        """Keeps what was sent for whoever looks, unless that is too long."""
        bodies = (*self.bodies, redaction)
        if sum(len(body.original) for body in bodies) <= KEEP_LIMIT:
            *earlier, self.sent = bodies
            self.earlier = tuple(earlier)

    def wipe(self) -> None:
        """Forgets the texts; the counts stay."""
        self.sent, self.earlier, self.sources, self.is_wiped = None, (), (), True
        self.transcript, self.texts = _nothing_yet, _no_texts

    @property
    def bodies(self) -> tuple[Redaction, ...]:
        """What was sent, in its order: over a socket, several bodies may lead to one answer."""
        return (*self.earlier, self.sent) if self.sent is not None else self.earlier

    @property
    def is_running(self) -> bool:
        """Whether more may come of it."""
        return self.outcome in ("open", "done") and not self.total_ms

    @property
    def came_back(self) -> str:
        """The answer so far, as it came back."""
        return self.transcript()[0]

    @property
    def got(self) -> str:
        """The answer so far, as the client got it."""
        return self.transcript()[1]

    @property
    def redactions(self) -> int:
        """How many values were replaced in the request."""
        return sum(self.entities.values())


class ExchangeLog:
    """The latest exchanges by id, oldest first; forgets what is over `capacity`, and texts over `memory` (bytes)."""

    def __init__(self, capacity: int, memory: int = sys.maxsize) -> None:
        self._capacity = capacity
        self._memory = memory
        self._sizes: OrderedDict[int, int] = OrderedDict()  # of the texts of those that have ended
        self._items: OrderedDict[int, Exchange] = OrderedDict()
        self._ids = itertools.count(1)

    def new(self, method: str, path: str) -> Exchange:
        exchange = Exchange(next(self._ids), method, path)
        if self._capacity:
            self._items[exchange.id] = exchange
        self.resize(self._capacity)
        return exchange

    def settle(self, exchange: Exchange) -> None:
        """`exchange` has ended: its texts are counted from now on, and longer ones than are kept let go of."""
        if exchange.id not in self._items:
            return
        whole, parts = exchange.transcript(), tuple(exchange.texts())
        is_kept = max(map(len, whole)) <= KEEP_LIMIT
        # In place of what made them, which knows far more.
        exchange.transcript = (lambda: whole) if is_kept else _nothing_yet
        exchange.texts = (lambda: parts) if is_kept else _no_texts
        self._sizes[exchange.id] = _size(exchange)
        self._bound()

    def _bound(self) -> None:
        total = sum(self._sizes.values())
        while total > self._memory:
            id, size = self._sizes.popitem(last=False)
            total -= size
            self._items[id].wipe()

    @property
    def keeps(self) -> bool:
        """Whether texts may be kept at all."""
        return self._capacity > 0

    def resize(self, capacity: int, memory: int | None = None) -> None:
        """From now on, so many exchanges are kept, and texts of so many bytes."""
        self._memory = self._memory if memory is None else memory
        self._capacity = capacity
        while len(self._items) > capacity:
            id, _ = self._items.popitem(last=False)
            self._sizes.pop(id, None)
        self._bound()

    def get(self, id: int) -> Exchange | None:
        return self._items.get(id)

    def wipe(self, minutes: float) -> frozenset[int]:
        """Forgets the texts of those that are over and began so long ago, by one of two clocks (0: never); returns
        their ids.

        The one on the wall may be set back; the other stands still while the machine sleeps.
        """
        if not minutes:
            return frozenset()
        wall, steady = time.time() - 60 * minutes, time.perf_counter() - 60 * minutes
        old = [
            one
            for one in self._items.values()
            if (one.started < wall or one.began < steady) and one.total_ms and not one.is_wiped
        ]
        for exchange in old:
            exchange.wipe()
            self._sizes.pop(exchange.id, None)
        return frozenset(exchange.id for exchange in old)

    def texts(self) -> list[str]:
        """The requests that are kept, as the tools sent them."""
        return [body.original for exchange in self for body in exchange.bodies]

    def clear(self) -> None:
        self._items.clear()
        self._sizes.clear()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)


def holds(exchange: Exchange, needle: str, *, originals: bool) -> bool:
    """Whether a text of `exchange` holds `needle` (casefolded); with `originals`, what did not leave as well."""
    came, got = exchange.transcript()
    texts = [*(body.text for body in exchange.bodies), came]
    if originals:
        texts += [*(body.original for body in exchange.bodies), got]
    return any(needle in text.casefold() for text in texts)


def _size(exchange: Exchange) -> int:
    """About how many bytes the texts of `exchange` take."""
    texts = [*exchange.transcript(), *(text for part in exchange.texts() for text in (part.came, part.got))]
    texts += [text for body in exchange.bodies for text in (body.original, body.text)]
    return sum(map(sys.getsizeof, texts)) + _OF_VALUE * sum(len(body.findings) for body in exchange.bodies)
