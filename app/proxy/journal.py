"""The life of exchanges: what is told and counted of them, and stored after them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine, Iterable

from app.audit.refusals import STRANGERS, Refusals
from app.audit.trail import Trail
from app.errors import UserError
from app.events import EventBus, ExchangeFinished, ExchangeStarted
from app.pipeline.session import Session
from app.proxy.exchange import Exchange, ExchangeLog
from app.proxy.refusal import Refusal
from app.proxy.route import Route
from app.proxy.tally import Tally
from app.proxy.told import opening, told
from app.store.counts import Counts
from app.store.sessions import Sessions
from app.store.term_use import TermUse, counted

log = logging.getLogger(__name__)
#: The provider of what is asked of Anonamoose itself.
OURS = "anonamoose"


class Journal:
    """Begins and ends exchanges, and stores what no answer has to wait for."""

    def __init__(
        self,
        bus: EventBus,
        vault: Sessions,
        counts: Counts,
        exchanges: ExchangeLog,
        trail: Trail,
        tally: Tally,
        use: TermUse,
    ) -> None:
        self._bus = bus
        self._vault = vault
        self._counts = counts
        self._exchanges = exchanges
        self._trail = trail
        self._tally = tally
        self.refusals = Refusals(trail)
        self._use = use
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def keeps(self) -> bool:
        """Whether texts may be kept at all."""
        return self._exchanges.keeps

    def begin(self, method: str, path: str, route: Route | None, agent: str) -> Exchange:
        """A new exchange, announced. `agent` is what the client calls itself; without a `route` it goes no further."""
        exchange = self._exchanges.new(method, path)
        exchange.client = agent.split(" ")[0][:60]
        exchange.provider, exchange.upstream = (route.provider.name, route.name) if route else (OURS, "")
        self._bus.publish(ExchangeStarted(exchange.id))
        return exchange

    async def sending(self, exchange: Exchange) -> None:
        """`exchange` is about to be sent on. Raises Refusal where that has to be written down first, and cannot be."""
        if exchange.went:
            return  # another frame of it
        try:
            if self._trail.is_required:
                await self._trail.write([opening(exchange)])
        except UserError as error:
            raise Refusal(403, "audit_unavailable", f"{error.title} Nothing was sent.", error.hint) from None
        exchange.went = time.perf_counter()

    def end(self, exchange: Exchange) -> None:
        """Nothing more will happen in `exchange`."""
        exchange.total_ms = (time.perf_counter() - exchange.began) * 1000
        log.info(
            "%d %s %s: %s %d, %s hidden, %d restored, %.0f ms (detection %.0f ms)%s%s",
            exchange.id,
            exchange.method,
            exchange.path,
            exchange.outcome,
            exchange.status,
            ", ".join(f"{n} {entity}" for entity, n in sorted(exchange.entities.items())) or "nothing",
            exchange.restored,
            exchange.total_ms,
            exchange.detect_ms,
            "".join(f" {notice}" for notice in exchange.notices),
            "".join(f" {entity} given to a tool that may send it on" for entity in exchange.exposed),
        )
        self._exchanges.settle(exchange)
        self._tally.add(exchange)
        if exchange.fresh:
            self.later(self._count(exchange.fresh))
        if exchange.fired:
            self.later(self._count_terms(counted(exchange.fired)))
        if exchange.code in STRANGERS:
            self.refusals.tell(exchange.code, "provider")
        else:
            self._trail.record(told(exchange))
        self._bus.publish(ExchangeFinished(exchange.id, exchange.redactions))

    def later(self, work: Coroutine[None, None, None]) -> None:
        """For what nobody has to wait for; `close` does."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def alias(self, names: Iterable[tuple[bytes, ...]], session: Session, until: float = 0.0) -> None:
        """Remembers whose the things are that the provider keeps under these names, until then (0: who knows)."""
        try:
            await self._vault.alias(names, session, until)
        except UserError as error:
            log.warning("the ids of an answer were not remembered: %s", error.title)

    async def release(self, names: Iterable[tuple[bytes, ...]]) -> None:
        """What the provider has kept under these names is deleted there."""
        try:
            await self._vault.release(names)
        except UserError as error:
            log.warning("that something was deleted was not noted: %s", error.title)

    async def remember(self, session: Session) -> None:
        """Stores what a session has learnt from an answer."""
        try:
            await self._vault.learnt(session)
        except UserError as error:
            log.warning("an answer was not remembered: %s", error.title)

    async def _count(self, entities: dict[str, int]) -> None:
        try:
            await self._counts.add(entities)
        except UserError as error:
            log.warning("the daily count was not saved: %s", error.title)

    async def close(self) -> None:
        """Waits for what is still being stored."""
        self.refusals.close()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _count_terms(self, values: dict[str, int]) -> None:
        try:
            await self._use.add(values)
        except UserError as error:
            log.warning("how often terms were met was not saved: %s", error.title)
