"""Figures of the exchanges since the app began, and what the latest were like: nothing of what was said in them."""

from __future__ import annotations

import time
from collections import Counter, deque
from dataclasses import dataclass

from app.proxy.exchange import Exchange, Outcome, Spans

#: Exchanges that are remembered one by one.
_LATEST = 500
#: Bounds of the histogram of what the proxy added to a request (seconds).
BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


@dataclass(frozen=True, slots=True)
class Latest:
    """One exchange that has ended. `started` is a POSIX time, `ms` how long it took, `client` the label of the local
    key that it came with, `agent` what the tool calls itself.
    """

    id: int
    started: float
    method: str
    path: str
    provider: str
    client: str
    agent: str
    session: str
    outcome: Outcome
    status: int
    code: str
    ms: float
    redactions: int
    restored: int
    spans: Spans


class Tally:
    """In memory only. `layers` and `entities` count values hidden, `added` requests by the BOUNDS that they kept to."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begins anew."""
        self.exchanges: Counter[tuple[str, Outcome]] = Counter()
        self.layers: Counter[str] = Counter()
        self.entities: Counter[str] = Counter()
        self.redacted = self.hydrated = self.restored = 0
        self.received = self.answered = 0
        self.added: Counter[float] = Counter()
        self.added_seconds = 0.0
        self.latest: deque[Latest] = deque(maxlen=_LATEST)

    def add(self, exchange: Exchange) -> None:
        """Counts `exchange`, which has ended."""
        self.exchanges[exchange.provider, exchange.outcome] += 1
        self.redacted += exchange.redactions > 0
        self.hydrated += exchange.restored > 0
        self.restored += exchange.restored
        self.received += exchange.request_bytes
        self.answered += exchange.response_bytes
        hidden = exchange.outcome != "refused"
        for (entity, layer, _, _), number in exchange.spans.items() if hidden else ():
            self.layers[layer] += number
            self.entities[entity] += number
        seconds = (exchange.went or time.perf_counter()) - exchange.began - exchange.waited
        self.added[next((bound for bound in BOUNDS if seconds <= bound), float("inf"))] += 1
        self.added_seconds += seconds
        self.latest.append(
            Latest(
                exchange.id, exchange.started, exchange.method, exchange.path, exchange.provider, exchange.label,
                exchange.client, exchange.session, exchange.outcome, exchange.status, exchange.code, exchange.total_ms,
                exchange.redactions, exchange.restored, exchange.spans.copy(),
            )
        )  # fmt: skip
