"""Requests that wait, redacted, until somebody has looked at them. Nothing leaves that was not let go."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from app.chosen import parse_chosen
from app.events import Event, EventBus, Forgotten, ReviewChanged
from app.pipeline.draft import UNCHANGED, Changes, Draft
from app.proxy.exchange import Exchange
from app.proxy.redacted import Redacted
from app.proxy.redactor import Redactor
from app.proxy.refusal import Refusal
from app.settings_store import SettingsStore

log = logging.getLogger(__name__)
#: Requests that may wait at once; their texts are in memory.
MOST = 64
_RETRY_AFTER = 5
#: How often the clocks are looked at, and by how much they may differ before the machine must have slept (seconds).
_STEP, _SLEPT = 1.0, 10.0

Answer = Literal["send", "as-is", "refuse"]


class Verdict(NamedTuple):
    """What is to become of a request, and what is changed in it before that."""

    answer: Answer
    changes: Changes = UNCHANGED


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits. `since` and `until` are times of the clock on the wall."""

    exchange: Exchange
    draft: Draft = field(repr=False)
    since: float
    until: float
    verdict: asyncio.Future[Verdict] = field(repr=False)

    @property
    def id(self) -> int:
        """The exchange's."""
        return self.exchange.id


class Review:
    """The queue, oldest first. Its methods belong to the loop's thread."""

    def __init__(self, settings: SettingsStore, bus: EventBus, wall: Callable[[], float] = time.time) -> None:
        self._settings = settings
        self._bus = bus
        self._wall = wall
        self._waiting: dict[int, Waiting] = {}
        self._closed = False
        bus.subscribe(self._follow)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """All that wait, oldest first."""
        return tuple(self._waiting.values())

    def get(self, id: int) -> Waiting | None:
        return self._waiting.get(id)

    def wants(self, exchange: Exchange, session: str) -> bool:
        """Whether requests like this one, in this session, wait."""
        chosen = parse_chosen(self._settings.current.review)
        client = exchange.client
        return bool(chosen) and chosen.covers((exchange.label, client, client.partition("/")[0]), session)

    def check(self, exchange: Exchange, session: str) -> None:
        """Raises Refusal for a request that asks to be sent as it is, where others like it wait."""
        if self.wants(exchange, session):
            raise Refusal(
                403,
                "review_unredacted",
                "The request asks to be sent unredacted, but those of this tool or session wait for review; nothing "
                "was sent.",
                "Let it be redacted, or change the setting review.",
            )

    async def let_go(self, redactor: Redactor, redacted: Redacted, exchange: Exchange) -> Redacted:
        """What may be sent of `redacted`, once somebody has looked at it, if anybody wants to. Raises Refusal."""
        if not self.wants(exchange, redacted.session.id):
            return redacted
        changes = await self.look(exchange, redacted.draft)
        return await redactor.again(redacted, changes, exchange) if changes else redacted

    async def look(self, exchange: Exchange, draft: Draft) -> Changes:
        """Waits for a verdict: what to change before the request leaves. Raises Refusal when it may not."""
        if self._closed:
            raise _ended()
        if len(self._waiting) >= MOST:
            raise Refusal(
                503,
                "review_full",
                f"{MOST} requests wait for review already; nothing was sent.",
                "Decide on some of them first.",
                retry_after=_RETRY_AFTER,
            )
        settings, now = self._settings.current, self._wall()
        future = asyncio.get_running_loop().create_future()
        waiting = Waiting(exchange, draft, now, now + settings.review_timeout, future)
        self._waiting[waiting.id] = waiting
        log.info("%d waits for review", waiting.id)
        self._tell()
        began = time.perf_counter()
        exchange.reviewed = "refused"  # unless somebody lets it go
        try:
            verdict = await self._verdict(waiting, settings.review_timeout)
        finally:
            exchange.waited += time.perf_counter() - began
            del self._waiting[waiting.id]
            self._tell()
        if verdict.answer == "refuse":
            raise Refusal(403, "review_refused", "The request was looked at and refused; nothing was sent.")
        changes = Changes(as_is=True) if verdict.answer == "as-is" else verdict.changes
        exchange.reviewed = "as-is" if changes.as_is else "changed" if changes else "sent"
        return changes

    async def _verdict(self, waiting: Waiting, seconds: float) -> Verdict:
        began, wall = time.monotonic(), waiting.since
        while not waiting.verdict.done():
            left = seconds - (time.monotonic() - began)
            if left > 0:
                await asyncio.wait([waiting.verdict], timeout=min(left, _STEP))
            passed, slept = time.monotonic() - began, self._wall() - wall
            if slept - passed > _SLEPT:
                # Whoever was to look at it was not there: no time-out lets it go, and no verdict that came too late.
                raise Refusal(
                    403, "review_slept", "The machine slept while the request waited for review; nothing was sent."
                )
            if left <= 0 and not waiting.verdict.done():
                if self._settings.current.review_on_timeout == "send":
                    return Verdict("send")
                raise Refusal(
                    403,
                    "review_timed_out",
                    "Nobody looked at the request in time; nothing was sent.",
                    "See the settings review and review-timeout.",
                )
        return waiting.verdict.result()

    def decide(self, id: int, verdict: Verdict) -> None:
        """Raises KeyError when nothing waits under `id`, ValueError for what may not be or does not fit."""
        waiting = self._waiting[id]
        if waiting.verdict.done():
            raise KeyError(id)
        if verdict.answer == "as-is" and not self._settings.current.review_as_is:
            raise ValueError("Requests may not be sent as they are: see the setting review-as-is.")
        if verdict.answer == "send":
            waiting.draft.check(verdict.changes)
        waiting.verdict.set_result(verdict)

    def close(self) -> None:
        """The app stops: what waits is refused, and so is what comes yet."""
        self._closed = True
        self._refuse(_ended())

    def _follow(self, event: Event) -> None:
        if isinstance(event, Forgotten):
            self._refuse(Refusal(403, "review_refused", "Everything was forgotten; nothing was sent."))

    def _refuse(self, refusal: Refusal) -> None:
        for waiting in self.waiting:
            if not waiting.verdict.done():
                waiting.verdict.set_exception(refusal)

    def _tell(self) -> None:
        self._bus.publish(ReviewChanged(len(self._waiting)))


def _ended() -> Refusal:
    return Refusal(403, "review_ended", "Anonamoose stops, and nobody has looked at the request; nothing was sent.")
