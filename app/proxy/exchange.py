"""One request and its answer, as inspector, log and tray see them. In memory only, and bounded."""

from __future__ import annotations

import itertools
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

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


def _nothing_yet() -> tuple[str, str]:
    return "", ""


@dataclass(slots=True)
class Exchange:
    """What is known about one request so far. Texts are hidden from repr.

    `outcome`: "open" while it runs; "done" restored; "passed" untouched because protection is off
    or the client asked for it; "refused" by us, nothing was sent; "failed" upstream; "aborted" by
    the client. `entities` counts the values hidden in the request, `fresh` those that were not in an
    earlier one, `notices` are a few sentences for the client, say on what left unredacted, `sources` the
    edits of the documents in it, by which an answer may cite them. `exposed` are the kinds of secrets that
    were put back into a call of a tool that looks like network access. `label` is that of the local key it came with,
    `upstream` the user's own name of where it went, `code` that of a refusal or a fault. `spans` counts the values
    hidden, or forbidden, by more than `entities` does; `policy`, with the `preset` it began with, was in force. `fired`
    are the values that the dictionary hid, until they are counted.
    `read` tells how much of the body was looked through, `why` not all of it, `attached` how many things of each
    medium went along unread. `went` is when it was sent on, as `began` is when it came (`perf_counter`). `sent` is the
    body before and after redaction, `transcript` gives the answer's text before and after restoring. They stay
    None or empty when the user keeps nothing.
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
    sent: Redaction | None = field(default=None, repr=False)
    transcript: Callable[[], tuple[str, str]] = field(default=_nothing_yet, repr=False)

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
    """The latest exchanges by id, oldest first; forgets what is over `capacity`."""

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._items: OrderedDict[int, Exchange] = OrderedDict()
        self._ids = itertools.count(1)

    def new(self, method: str, path: str) -> Exchange:
        exchange = Exchange(next(self._ids), method, path)
        if self._capacity:
            self._items[exchange.id] = exchange
        while len(self._items) > self._capacity:
            self._items.popitem(last=False)
        return exchange

    @property
    def keeps(self) -> bool:
        """Whether texts may be kept at all."""
        return self._capacity > 0

    def resize(self, capacity: int) -> None:
        self._capacity = capacity
        while len(self._items) > capacity:
            self._items.popitem(last=False)

    def get(self, id: int) -> Exchange | None:
        return self._items.get(id)

    def texts(self) -> list[str]:
        """The requests that are kept, as the tools sent them."""
        return [exchange.sent.original for exchange in self if exchange.sent is not None]

    def clear(self) -> None:
        self._items.clear()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._items.values()))

    def __len__(self) -> int:
        return len(self._items)
