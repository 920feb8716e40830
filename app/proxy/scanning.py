"""Looking through an answer for what the model made up, or knew by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.invented import outside, stand_in
from app.pipeline.operators import listed
from app.pipeline.placeholder import Style
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding
from app.pipeline.session import Session
from app.proxy.exchange import Exchange
from app.proxy.providers.base import Stream
from app.proxy.refusal import Refusal
from app.proxy.scan import Scan
from app.proxy.sse import Event
from app.worker import Worker


class Scanning:
    """One answer, whose events go through a `Scan`. What it hides is counted in `exchange`."""

    def __init__(
        self, worker: Worker, policy: Policy, style: Style, session: Session, exchange: Exchange, spec: Stream
    ) -> None:
        self._worker = worker
        # A placeholder is a string, which cannot stand where an answer has a number.
        self._policy = replace(policy, numbers="allow")
        self._style = style
        self._session = session
        self._exchange = exchange
        self._scan = Scan(spec)
        self._seen: set[str] = set()

    async def feed(self, events: Iterable[Event], *, last: bool = False) -> list[Event]:
        """What goes on, with what is to be hidden in it. With `last`, no event follows.

        Raises Refusal when detection cannot run, or what was found must not pass: nothing may go on then.
        """
        for event in events:
            self._scan.add(event)
        if last:
            self._scan.end()
        while due := self._scan.due:
            windows = [(window.text, text.key) for text in due if (window := text.due())]
            try:
                found = await self._worker.leaves(windows, self._policy)
            except DetectorUnavailable as error:
                raise Refusal(
                    403,
                    "detection_unavailable",
                    f"Detection cannot run, so the answer could not be looked through. {error}",
                ) from None
            for text, findings in zip(due, found, strict=True):
                text.tell(findings, self._hide)
        if last and self._exchange.invented:
            told = f"{listed(self._exchange.invented)} of the model's own hidden from the tool."
            self._exchange.notices = (*self._exchange.notices, told)
        return list(self._scan.ready())

    def _hide(self, finding: Finding, text: str) -> Iterator[tuple[int, int, str]]:
        for part in outside(finding, text, self._session):
            if blocked := self._policy.blocked({part.entity: 1}):
                raise Refusal(
                    403,
                    "entity_blocked",
                    f"The answer holds {listed(blocked)}, which it must not; it was not passed on.",
                    "Ask for something else, or change the setting operators.",
                )
            token = stand_in(part, self._session, self._style, self._policy.masked)
            # What one event says in pieces, another often says as a whole.
            if part.value not in self._seen:
                self._seen.add(part.value)
                self._exchange.invented = dict(Counter(self._exchange.invented) + Counter([part.entity]))
            yield part.start, part.end, token
