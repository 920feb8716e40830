"""Detection in a process of its own, so that no scan ever holds up a stream or a window."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import logging
import pickle
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from app.detecting import Packed, begin, call, change_terms, idle, keep
from app.pipeline.allowed import Allowed
from app.pipeline.detection import CACHE, Findings, Report
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.fields import Fields
from app.pipeline.outline import Outline
from app.pipeline.policy import Policy
from app.pipeline.redaction import Finding
from app.pipeline.standing import standing
from app.pipeline.terms import Term
from app.process import Process, ProcessDied
from app.usage import Usage

log = logging.getLogger(__name__)

_CRASHED = "The detection process ended unexpectedly and was started again; nothing was sent."
#: Exit codes of a process that came upon an instruction its processor does not know: of a signal, and of Windows.
_LACKS_INSTRUCTIONS = (-signal.SIGILL, 0xC000001D)
#: Terms sent at once, which takes two milliseconds. As plain tuples: objects take six times as long.
_TERMS_AT_ONCE = 2_000
_ROW = attrgetter(*(field.name for field in dataclasses.fields(Term)))


class _Sent:
    """Some of `changes` on their way: plain tuples are made of them when their turn comes."""

    def __init__(self, changes: Mapping[int, Term | None], ids: list[int]) -> None:
        self._changes = changes
        self._ids = ids

    def __reduce__(self) -> tuple[type, tuple[list[Any]]]:
        return list, ([(id, (term := self._changes[id]) and _ROW(term)) for id in self._ids],)


@lru_cache(maxsize=256)
def _packed(given: Policy | Fields) -> Packed:
    return Packed(pickle.dumps(given))


class Worker:
    """The detection process. Work is done in the order it is asked for.

    It is started by spawn, and again when it dies; what it was doing then fails, and the caller
    sends nothing. `failure` tells which layer cannot run.
    """

    def __init__(
        self,
        ner_model: str,
        changed: Callable[[], None],
        fetched: Path | None = None,
        threads: int = 0,
        cache: int = CACHE,
    ) -> None:
        """`changed` is called on the loop when `starting` or `failure` may tell something new.

        The rest is as `Detection` takes it.
        """
        self._asked_for = ner_model, fetched, threads, cache
        self._changed = changed
        #: Awaited before anything is looked through: tells of terms that another process has changed.
        self.refresh: Callable[[], Awaitable[None]] = _nothing
        self._terms: dict[int, Term] = {}
        #: What the user leaves alone, for those who know values of a session.
        self.allowed = Allowed()
        self._kept: tuple[Path | None, bytes] = (None, b"")
        self._process: Process | None = None
        #: Why the last request that was looked through could not be, or "" when it could.
        self.trouble = ""
        self._failures: dict[str, str] = {}
        self._loading: asyncio.Task[None] | None = None
        self._layers: frozenset[str] = frozenset()
        self._tickets = itertools.count()
        self._finished: list[int] = []

    @property
    def starting(self) -> bool:
        """Whether layers are being loaded; requests wait for that."""
        return self._loading is not None and not self._loading.done()

    def failure(self, policy: Policy) -> str:
        """Why requests under `policy` are refused, or "" when they are not."""
        return next((reason for layer, reason in self._failures.items() if layer in policy.layers), "")

    def start(self, layers: frozenset[str]) -> None:
        """Starts the process and loads `layers` in it, in the background."""
        self._layers = layers
        self._process = Process(begin, *self._asked_for, idle=idle)
        self._send_terms(self._terms)
        self._process.call(keep, *self._kept).add_done_callback(_ignored)
        self._loading = asyncio.create_task(self._load(layers))

    def load(self, layers: frozenset[str]) -> None:
        """Loads more layers in the background, after a setting changed."""
        self._layers = layers
        self._loading = asyncio.create_task(self._load(layers))

    async def _load(self, layers: frozenset[str]) -> None:
        try:
            # Sorted: the model comes last but one and the rest is ready should it fail.
            self._failures = await self._run("load", sorted(layers))
            # Known values are looked for in our own process.
            await asyncio.to_thread(standing, "")
        except DetectorUnavailable as error:
            self._failures = {layer: str(error) for layer in layers}
        self._loading = None
        self._changed()

    async def keep(self, path: Path | None, key: bytes = b"") -> None:
        """Has what the model reads kept in the file `path`, sealed with `key`; None: forgets it and keeps none.

        Returns when that holds. A process that is started anew begins with it.
        """
        self._kept = path, key
        if self._process is not None:
            with suppress(ProcessDied):
                await self._process.call(keep, path, key)

    def change_terms(self, changes: Mapping[int, Term | None]) -> None:
        """Terms of the dictionary, by id, as they are for every request that is asked for from now on; None: gone."""
        gone, new = [], []
        for id, term in changes.items():
            before = self._terms.get(id)
            if before is not None and before.kind == "allowed" and before.enabled:
                gone.append(before)
            if term is None:
                self._terms.pop(id, None)
                continue
            self._terms[id] = term
            if term.kind == "allowed" and term.enabled:
                new.append(term)
        self.allowed.change(gone, new)
        self._send_terms(changes)

    def _send_terms(self, changes: Mapping[int, Term | None]) -> None:
        # First in, first out: what is asked for next comes after this. A process that is started anew begins with it.
        if self._process is not None and changes:
            changes = dict(changes)
            left = iter(changes)
            while some := list(itertools.islice(left, _TERMS_AT_ONCE)):
                self._process.call(change_terms, _Sent(changes, some)).add_done_callback(_ignored)
            self._process.call(call, "build_terms").add_done_callback(_ignored)

    async def open(self, body: bytes, fields: Fields, policy: Policy) -> tuple[int, Outline, Findings]:
        """Opens a JSON body: a ticket for `findings` and `close`, and what `Detection.open` tells.

        Raises UnreadableJson and DetectorUnavailable.
        """
        await self.refresh()
        ticket = next(self._tickets)
        finished, self._finished = self._finished, []
        try:
            given = _packed(fields), _packed(policy), finished
            opened, found = await self._guarded(policy, "open", ticket, body, *given)
        except BaseException:
            self.close(ticket)
            raise
        return ticket, opened, found

    async def reports(self, ticket: int, policy: Policy) -> list[Report]:
        """`Detection.reports`. Raises DetectorUnavailable."""
        reports: list[Report] = await self._guarded(policy, "reports", ticket, _packed(policy))
        return reports

    async def findings(self, ticket: int, numbers: Sequence[int], policy: Policy) -> Findings:
        """`Detection.findings`. Raises DetectorUnavailable."""
        found: Findings = await self._guarded(policy, "findings", ticket, numbers, _packed(policy))
        return found

    def close(self, ticket: int) -> None:
        """The body is done with. The process hears of it with the next one."""
        self._finished.append(ticket)

    async def text(self, text: str, policy: Policy) -> list[Finding]:
        """`Detection.text`. Raises DetectorUnavailable."""
        await self.refresh()
        findings: list[Finding] = await self._guarded(policy, "text", text, _packed(policy))
        return findings

    async def leaves(self, texts: Sequence[tuple[str, str]], policy: Policy) -> list[list[Finding]]:
        """`Detection.leaves`. Raises DetectorUnavailable."""
        await self.refresh()
        findings: list[list[Finding]] = await self._guarded(policy, "leaves", texts, _packed(policy))
        return findings

    @property
    def waiting(self) -> int:
        """How many calls the process has not answered yet."""
        return self._process.waiting if self._process is not None else 0

    async def usage(self) -> Usage:
        """What the process has used so far. Raises DetectorUnavailable."""
        used: Usage = await self._run("usage")
        return used

    async def _guarded(self, policy: Policy, method: str, *arguments: Any) -> Any:
        if self._loading is not None:
            await asyncio.shield(self._loading)
        if reason := self.failure(policy):
            raise DetectorUnavailable(reason)
        try:
            result = await self._run(method, *arguments)
        except DetectorUnavailable as error:
            self._tell(str(error))
            raise
        self._tell("")
        return result

    def _tell(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._changed()

    async def _run(self, method: str, *arguments: Any) -> Any:
        process = self._process
        if process is None:
            raise DetectorUnavailable("Detection is not running.")
        try:
            return await process.call(call, method, *arguments)
        except ProcessDied:
            code = await process.ended() if method == "load" else None
            if process is self._process:
                log.error("the detection process ended unexpectedly")
                await self._restart(process, method)
            reason = _CRASHED if method != "load" else _why(code)
            raise DetectorUnavailable(reason) from None

    async def _restart(self, broken: Process, method: str) -> None:
        self._process = None
        # When it cannot even load: starting it over and over would only burn the machine.
        if method != "load":
            self.start(self._layers)
            self._changed()
        await broken.stop()

    async def forget(self) -> None:
        """Starts the process anew, and with it all that it remembers of texts. What it was doing fails."""
        before, self._process = self._process, None
        if before is not None:
            self.start(self._layers)
            self._changed()
            await before.stop()

    async def stop(self) -> None:
        """Ends the process."""
        if self._loading is not None:
            self._loading.cancel()
        process, self._process = self._process, None
        if process is not None:
            await process.stop()


def _why(code: int | None) -> str:
    """What to say of a process that ended with `code` before it could detect anything."""
    if code in _LACKS_INSTRUCTIONS:
        return "Detection cannot run: this processor lacks instructions that it needs (x86-64-v2)."
    return f"Detection cannot run: its process ended while it loaded, with code {code}. There may be too little memory."


async def _nothing() -> None:
    pass


def _ignored(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()
