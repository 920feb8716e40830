"""What waits to be written to the audit trail, and the task that writes it, off the way of requests."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from app.audit import names, policies
from app.changes import Change
from app.errors import UserError
from app.faults import faults
from app.settings_store import SettingsStore
from app.store import clock
from app.store.audit import AuditStore, utc
from app.store.audit_chain import Chain, Entry

log = logging.getLogger(__name__)
#: Entries that may wait. What comes when so many do is counted, and the count is written.
_MOST = 10_000
#: Entries in one write, and how long the first of them waits for others (seconds).
_BATCH, _GATHER = 500, 0.5
#: When a write that failed is tried again (seconds).
_RETRY = 5.0


class Trail:
    """Writes entries in batches, in their order, and tells what became of those that could not be written."""

    def __init__(self, open: Callable[[], AuditStore], settings: SettingsStore, changed: Callable[[], None]) -> None:
        """`open` opens the file and blocks; it may raise UserError, and is then called again. `changed` is called
        when `fault` has another value."""
        self._open = open
        self._settings = settings
        self._changed = changed
        self._store: AuditStore | None = None
        self._waiting: deque[Entry] = deque()
        self._lost = 0
        self._lock = asyncio.Lock()
        self._news = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        #: Why nothing can be written, in a sentence for the user; empty while all is well.
        self.fault = ""

    @property
    def is_on(self) -> bool:
        return self._settings.current.audit

    @property
    def is_required(self) -> bool:
        """Whether nothing may be sent that is not written down."""
        current = self._settings.current
        return current.audit and current.audit_required

    def start(self) -> None:
        """Begins to write; `close` ends it."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def tell(self, entry: Entry) -> None:
        """Has `entry` written, soon."""
        if len(self._waiting) >= _MOST:
            self._lost += 1
        else:
            self._waiting.append(entry)
        self._news.set()

    def record(self, entry: Entry) -> None:
        """The same, where the user keeps a trail."""
        if self.is_on:
            self.tell(entry)

    def note(self, change: Change, count: int) -> None:
        """Has a change written, of `count` things."""
        self.record(policies.changed(change, count))

    async def write(self, entries: Iterable[Entry]) -> None:
        """Writes `entries` now; when it returns, they are on disk. Raises UserError."""
        try:
            store = await self._opened()
            await store.append([_masked(entry, store.chain) for entry in entries])
        except UserError as error:
            self._failed(error.title)
            raise
        self._failed("")

    async def flush(self) -> None:
        """Writes all that waits; what cannot be written waits on."""
        async with self._lock:
            while self._waiting or self._lost:
                batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
                lost, self._lost = self._lost, 0
                gap = [{"kind": "gap", "time": utc(), "lost": lost}] if lost else []
                try:
                    await self.write([*batch, *gap])
                except UserError:
                    self._waiting.extendleft(reversed(batch))
                    self._lost += lost
                    return
                except Exception as error:  # a fault of ours, which would only come again
                    log.error("%d entries of the audit trail were not written", len(batch))
                    faults.note(error, "the audit trail")
                    self._lost += lost + len(batch)
                    return

    async def cut(self) -> None:
        """Drops what is older than the user wants it kept, by whole days."""
        days = self._settings.current.audit_days
        if days and self.is_on:
            with suppress(UserError):  # the next write meets the same fault and tells of it
                store = await self._opened()
                await store.cut(f"{datetime.fromtimestamp(clock.earliest(), UTC) - timedelta(days):%Y-%m-%d}")

    async def clear(self) -> None:
        """Forgets everything that was written and everything that waits. Raises UserError."""
        async with self._lock:
            self._waiting.clear()
            self._lost = 0
            await (await self._opened()).clear()
        self.record(policies.cleared())

    async def close(self) -> None:
        """Writes what waits, and closes the file."""
        self._closing.set()
        if self._task is not None:
            await self._task
        await self.flush()
        if left := len(self._waiting) + self._lost:
            log.warning("%d entries of the audit trail were not written: %s", left, self.fault)
        if self._store is not None:
            await asyncio.to_thread(self._store.close)

    async def _run(self) -> None:
        while await self._before_closing(self._news.wait()):
            self._news.clear()
            await self._pause(_GATHER)
            await self.flush()
            if self._waiting or self._lost:
                await self._pause(_RETRY)
                self._news.set()

    async def _before_closing(self, wait: Any) -> bool:
        """Whether `wait` was over before the end."""
        tasks = [asyncio.ensure_future(wait), asyncio.ensure_future(self._closing.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
        return not self._closing.is_set()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closing.wait()

    async def _opened(self) -> AuditStore:
        if self._store is None:
            opening = asyncio.to_thread(self._open)
            store = await opening
            if self._store is None:
                self._store = store
            else:
                store.close()  # another request was quicker
        return self._store

    def _failed(self, fault: str) -> None:
        if fault == self.fault:
            return
        self.fault = fault
        if fault:
            log.error("the audit trail cannot be written: %s", fault)
        else:
            log.info("the audit trail is written again")
        self._changed()


def _masked(entry: Entry, chain: Chain) -> Mapping[str, Any]:
    """`entry` with nothing in it that a client wrote: what it calls itself, its model and its session."""
    said = dict(entry)
    if "client" in said:
        said["client"] = said.pop("label", "") or names.client(said["client"], chain.name)
    if said.get("model"):
        said["model"] = names.model(said["model"][:300], chain.name)
    if said.get("session"):
        said["session"] = chain.name("session", said["session"])
    return said
