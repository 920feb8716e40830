"""Builds the parts and starts and stops them. Knows no Qt: `serve` is this, with fewer listeners."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from enum import Enum

from app import __version__
from app.credentials import master_key
from app.errors import UserError
from app.events import Event, EventBus, SettingChanged, StateChanged, TermsChanged
from app.lock import InstanceLock
from app.proxy.exchange import ExchangeLog
from app.proxy.forward import Forwarder
from app.proxy.practice import PracticeModel
from app.proxy.server import Server
from app.proxy.upstream import Upstream
from app.settings_store import SettingsStore
from app.store.counts import Counts
from app.store.database import Database
from app.store.readings import clear
from app.store.sealing import Seal
from app.store.terms import Terms
from app.store.vault import Vault
from app.worker import Worker

log = logging.getLogger(__name__)
_PURGE_EVERY = 3600.0


class Protection(Enum):
    """What happens to a request that arrives now."""

    STARTING = "starting"  # it waits
    ON = "on"  # it is redacted
    OFF = "off"  # it is sent as it is
    REFUSING = "refusing"  # protection is off, and then requests are refused
    BROKEN = "broken"  # detection cannot run, so it is refused


@dataclass(frozen=True, slots=True)
class State:
    """All that a tray icon or a health check tells. `reason` says why when BROKEN, `trouble` why the last request
    was refused although detection runs.
    """

    protection: Protection
    reason: str
    today: int
    base_url: str
    key_kept: str
    trouble: str = ""


class Application:
    """The running app. Everything is reached from here: settings, terms, exchanges, events."""

    def __init__(self, settings: SettingsStore, bus: EventBus, *, inspected: bool = True) -> None:
        """Without `inspected` nobody can look at exchanges, and none are kept."""
        self.settings = settings
        self.bus = bus
        self._inspected = inspected
        self.exchanges = ExchangeLog(settings.current.keep_exchanges if inspected else 0)
        now = settings.current
        self.worker = Worker(now.ner_model, self._worker_changed, settings.paths.models, now.ner_threads)
        self.terms: Terms
        self.vault: Vault
        self.counts: Counts
        self._server: Server | None = None
        self._key_kept = ""
        self._readings_key = b""
        self._keeping: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    @property
    def state(self) -> State:
        settings = self.settings.current
        reason = ""
        if not settings.protection:
            protection = Protection.OFF if settings.when_off == "pass" else Protection.REFUSING
        elif self._server is None or self.worker.starting:
            protection = Protection.STARTING
        elif reason := self.worker.failure(settings.policy):
            protection = Protection.BROKEN
        else:
            protection = Protection.ON
        today = sum(self.counts.today().values()) if self._server else 0
        trouble = self.worker.trouble if protection is Protection.ON else ""
        return State(protection, reason, today, self.base_url, self._key_kept, trouble)

    @property
    def base_url(self) -> str:
        """What a tool is given, e.g. `http://localhost:3000/v1`; empty before `start`."""
        return f"{self._server.origin}/v1" if self._server else ""

    def health(self) -> dict[str, str]:
        """What `GET /health` answers."""
        state = self.state
        reason = state.reason or state.trouble
        return {"status": "ok", "version": __version__, "protection": state.protection.value, "reason": reason}

    async def start(self) -> None:
        """Opens the vault, listens, and loads the detectors behind that. Raises UserError.

        Returns as soon as requests are accepted; those that arrive early wait for the detectors.
        """
        settings = self.settings.current
        paths = self.settings.paths
        paths.create()
        self._stack.callback(InstanceLock(paths.lock).acquire().release)
        self.worker.start(settings.policy.layers)
        self._stack.push_async_callback(self.worker.stop)
        try:
            key = await asyncio.to_thread(master_key, paths.key)
            self._key_kept = key.kept
            database = await asyncio.to_thread(Database, paths.database)
            self._stack.callback(database.close)
            seal = Seal(key.key)
            self.vault = await asyncio.to_thread(Vault, database, seal, settings.session_ttl)
            self.terms = await asyncio.to_thread(Terms, database, seal, self.bus)
            self.counts = await asyncio.to_thread(Counts, database)
            self._stack.push_async_callback(self._save_counts)
            self.worker.change_terms(self.terms.all())
            self.worker.refresh = self.terms.refresh
            self._readings_key = seal.digest(b"readings")
            self._keeping = asyncio.create_task(self._keep_readings())
            self._stack.callback(lambda: self._keeping and self._keeping.cancel())
            upstream = await self._stack.enter_async_context(Upstream())
            practice = await self._stack.enter_async_context(PracticeModel())
            forwarder = Forwarder(
                self.settings,
                self.bus,
                self.worker,
                self.vault,
                self.counts,
                self.exchanges,
                upstream,
                practice.origin,
            )
            self._stack.push_async_callback(forwarder.close)
            server = Server(self.settings, forwarder, self.health)
            await server.start()
            self._stack.push_async_callback(server.stop)
            self._server = server
        except BaseException:
            await self._stack.aclose()
            raise
        self._stack.callback(self.bus.subscribe(self._follow))
        purge = asyncio.create_task(self._purge_regularly())
        self._stack.callback(purge.cancel)
        self.bus.publish(StateChanged())

    async def stop(self) -> None:
        """Stops listening, lets running requests finish within the drain time, closes everything."""
        await self._stack.aclose()
        self._server = None

    async def set_protection(self, on: bool) -> None:
        """Turns protection on or off, for now and for the next start. Raises UserError."""
        self.settings.set("protection", on)

    def _follow(self, event: Event) -> None:
        if isinstance(event, TermsChanged):
            self.worker.change_terms({id: self.terms.get(id) for id in event.ids})
        elif isinstance(event, SettingChanged):
            settings = self.settings.current
            self.vault.ttl = settings.session_ttl * 3600.0
            if self._inspected:
                self.exchanges.resize(settings.keep_exchanges)
            if event.name == "ner-memory":
                self._keeping = asyncio.create_task(self._keep_readings())
            if event.name in settings.policy.layers:
                self.worker.load(settings.policy.layers)
            self.bus.publish(StateChanged())

    async def _keep_readings(self) -> None:
        """Has what the model saw kept for the next start, or forgotten, as the settings say."""
        path = self.settings.paths.readings
        is_kept = self.settings.current.ner_memory
        await self.worker.keep(path if is_kept else None, self._readings_key)
        if is_kept:
            return
        try:
            await asyncio.to_thread(clear, path)
        except OSError as error:
            log.warning("what the model saw could not be deleted: %s", type(error).__name__)

    def _worker_changed(self) -> None:
        self.bus.publish(StateChanged())

    async def _save_counts(self) -> None:
        try:
            await self.counts.save()
        except UserError as error:
            log.warning("the daily count was not saved: %s", error.title)

    async def _purge_regularly(self) -> None:
        while True:
            with suppress(UserError):  # the next request meets the same fault and tells its user
                await self.vault.purge()
            await asyncio.sleep(_PURGE_EVERY)
