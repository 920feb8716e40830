"""Builds the parts and starts and stops them. Knows no Qt: `serve` is this, with fewer listeners."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import AsyncExitStack, suppress

from app import __version__
from app.audit import policies
from app.audit.trail import Trail
from app.descriptors import allow
from app.errors import UserError
from app.events import Event, EventBus, Forgotten, SettingChanged, StateChanged, TermsChanged
from app.keychain import Keychain
from app.lock import InstanceLock
from app.proxy.api.api import Api
from app.proxy.api.parts import Parts
from app.proxy.client import Clients
from app.proxy.exchange import ExchangeLog
from app.proxy.forward import Forwarder
from app.proxy.guard import VARIABLE as TOKEN_VARIABLE
from app.proxy.guard import Guard
from app.proxy.journal import Journal
from app.proxy.practice import PracticeModel
from app.proxy.server import Server
from app.proxy.tally import Tally
from app.proxy.upstream import Upstream
from app.settings_store import SettingsStore
from app.state import Protection, State
from app.store.access import Access
from app.store.audit import AuditStore
from app.store.audit_chain import Entry
from app.store.counts import Counts
from app.store.opening import sessions
from app.store.readings import clear
from app.store.sessions import Sessions
from app.store.terms import Terms
from app.store.unlocking import Store, unlock
from app.store.wiping import Wipes, wipe
from app.worker import Worker

log = logging.getLogger(__name__)
_PURGE_EVERY = 3600.0
#: Files and sockets: two for each of as many requests and WebSockets as the settings let there be, and some of ours.
_DESCRIPTORS = 4096 + 64
#: How soon it is noticed that another process has deleted sessions, or forgotten everything (seconds).
_LOOK_EVERY = 1.0


class Application:
    """The running app. Everything is reached from here: settings, terms, exchanges, events."""

    def __init__(self, settings: SettingsStore, bus: EventBus, *, inspected: bool = True) -> None:
        """Without `inspected` nobody can look at exchanges, and none are kept."""
        self.settings = settings
        self.bus = bus
        self._inspected = inspected
        self.tally = Tally()
        self.exchanges = ExchangeLog(settings.current.keep_exchanges if inspected else 0)
        now = settings.current
        cache = now.cache_memory * 2**20
        self.worker = Worker(now.ner_model, self._worker_changed, settings.paths.models, now.ner_threads, cache)
        self.terms: Terms
        self.vault: Sessions
        self.access: Access
        self.keychain = Keychain(settings.paths.root)
        self.counts: Counts
        self._store: Store
        self._wipes: Wipes
        self.trail: Trail
        self._told = Protection.STARTING
        self._forwarder: Forwarder
        self._server: Server | None = None
        self._key_kept = ""
        self._keeping: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    @property
    def state(self) -> State:
        settings = self.settings.current
        reason = ""
        fault = self.trail.fault if self._server and settings.audit else ""
        if not settings.protection:
            protection = Protection.OFF if settings.when_off == "pass" else Protection.REFUSING
        elif self._server is None or self.worker.starting:
            protection = Protection.STARTING
        elif reason := self.worker.failure(settings.policy):
            protection = Protection.BROKEN
        elif fault and settings.audit_required:
            protection, reason = Protection.BROKEN, fault
        else:
            protection = Protection.ON
        today = sum(self.counts.today().values()) if self._server else 0
        trouble = self.worker.trouble if protection is Protection.ON else ""
        return State(protection, reason, today, self.base_url, self._key_kept, fault, trouble)

    @property
    def base_url(self) -> str:
        """What a tool is given, e.g. `http://localhost:3000/v1`; empty before `start`."""
        return f"{self._server.origin}/v1" if self._server else ""

    def health(self) -> dict[str, str | int]:
        """What `GET /health` answers. `waiting` are texts and bodies that detection has not looked through yet."""
        state = self.state
        audit = "failing" if state.audit else "on" if self.settings.current.audit else "off"
        load = self._forwarder.load if self._server else {}
        return {
            "status": "ok",
            "version": __version__,
            "protection": state.protection.value,
            "reason": state.reason or state.trouble,
            "audit": audit,
            **load,
            "waiting": self.worker.waiting,
        }

    async def start(self) -> None:
        """Opens the vault, listens, and loads the detectors behind that. Raises UserError.

        Returns as soon as requests are accepted; those that arrive early wait for the detectors.
        """
        settings = self.settings.current
        paths = self.settings.paths
        paths.create()
        allow(_DESCRIPTORS)
        self._stack.callback(InstanceLock(paths.lock).acquire().release)
        self.worker.start(settings.policy.layers)
        self._stack.push_async_callback(self.worker.stop)
        try:
            store = await asyncio.to_thread(unlock, paths)
            self._store = store
            self._key_kept, database, seal = store.kept, store.database, store.seal
            self._wipes = await asyncio.to_thread(Wipes, database)
            self._stack.callback(database.close)
            self.vault, listing = await self._stack.enter_async_context(sessions(settings, paths, store))
            self.terms = await asyncio.to_thread(Terms, database, seal, self.bus)
            self.counts = await asyncio.to_thread(Counts, database, seal)
            self._stack.push_async_callback(self._save_counts)
            self.trail = Trail(lambda: AuditStore(paths.audit, database, seal), self.settings, self._worker_changed)
            self.trail.start()
            self._stack.push_async_callback(self._close_trail)
            self.worker.change_terms(self.terms.all())
            self.worker.refresh = self.terms.refresh
            self._keeping = asyncio.create_task(self._keep_readings())
            self._stack.callback(lambda: self._keeping and self._keeping.cancel())
            upstream = await self._stack.enter_async_context(Upstream())
            practice = await self._stack.enter_async_context(PracticeModel())
            self.access = Access(database)
            guard = Guard(self.settings, self.access, os.environ.get(TOKEN_VARIABLE, "").strip())
            journal = Journal(self.bus, self.vault, self.counts, self.exchanges, self.trail, self.tally)
            self._stack.push_async_callback(journal.close)
            self._forwarder = Forwarder(
                self.settings,
                self.worker,
                self.vault,
                self.exchanges,
                upstream,
                practice.origin,
                Clients(guard, self.access, self.keychain),
                journal,
            )
            parts = Parts(
                self.settings,
                self.bus,
                store,
                self.vault,
                listing,
                self.terms,
                self.worker,
                self.counts,
                self.tally,
                journal,
                self.trail,
                self.health,
            )
            server = Server(self.settings, self._forwarder, guard, Api(parts))
            await server.start()
            self._stack.push_async_callback(server.stop)
            self._server = server
        except BaseException:
            await self._stack.aclose()
            raise
        self._record(policies.started(settings, len(self.terms), self.terms.revision))
        self._stack.callback(self.bus.subscribe(self._follow))
        purge = asyncio.create_task(self._purge_regularly())
        self._stack.callback(purge.cancel)
        others = asyncio.create_task(self._follow_others())
        self._stack.callback(others.cancel)
        self.bus.publish(StateChanged())

    async def stop(self) -> None:
        """Stops listening, lets running requests finish within the drain time, closes everything."""
        await self._stack.aclose()
        self._server = None

    async def set_protection(self, on: bool) -> None:
        """Turns protection on or off, for now and for the next start. Raises UserError."""
        self.settings.set("protection", on)

    async def forget_everything(self) -> None:
        """Deletes all that was noted of requests, on disk and in memory; the vault gets another key.

        The audit trail begins anew. The dictionary, the settings and local keys stay. Raises UserError; if the vault
        could not be written, nothing on disk has changed.
        """
        if self.settings.current.vault_url:
            await self.vault.delete_all()
        await wipe(self._store, self.settings.paths)
        await self._wipes.heard()
        await self._forget()

    async def _forget(self) -> None:
        self.vault.forget()
        self.exchanges.clear()
        self.counts.forget()
        self.tally.forget()
        self.bus.publish(Forgotten())
        await self.worker.forget()
        await self._forget_readings()
        await self._keep_readings()
        await self.trail.clear()
        await self._wipes.confirm()

    def _follow(self, event: Event) -> None:
        if isinstance(event, TermsChanged):
            removed = sum(self.terms.get(id) is None for id in event.ids)
            changed = len(event.ids) - removed
            self._record(policies.terms_changed(event.count, changed, removed, self.terms.revision))
            self.worker.change_terms({id: self.terms.get(id) for id in event.ids})
        elif isinstance(event, SettingChanged):
            settings = self.settings.current
            if event.name == "audit" or settings.audit:  # that it is kept no more is the last that is written
                self.trail.tell(policies.setting_changed(event.name, settings))
            self.vault.keep(settings.session_ttl, settings.kept_ttl)
            if self._inspected:
                self.exchanges.resize(settings.keep_exchanges)
            if event.name == "ner-memory":
                self._keeping = asyncio.create_task(self._keep_readings())
            if event.name in settings.policy.layers:
                self.worker.load(settings.policy.layers)
            self.bus.publish(StateChanged())
        elif isinstance(event, StateChanged) and (protection := self.state.protection) is not self._told:
            self._told = protection
            self._record(policies.protection_changed(protection.value))

    def _record(self, entry: Entry) -> None:
        if self.trail.is_on:
            self.trail.tell(entry)

    async def _close_trail(self) -> None:
        self._record(policies.stopped())
        await self.trail.close()

    async def _keep_readings(self) -> None:
        """Has what the model saw kept for the next start, or forgotten, as the settings say."""
        if self.settings.current.ner_memory:
            await self.worker.keep(self.settings.paths.readings, self._store.seal.digest(b"readings"))
        else:
            await self._forget_readings()

    async def _forget_readings(self) -> None:
        await self.worker.keep(None)
        try:
            await asyncio.to_thread(clear, self.settings.paths.readings)
        except OSError as error:
            log.warning("what the model saw could not be deleted: %s", type(error).__name__)

    def _worker_changed(self) -> None:
        self.bus.publish(StateChanged())

    async def _save_counts(self) -> None:
        try:
            await self.counts.save()
        except UserError as error:
            log.warning("the daily count was not saved: %s", error.title)

    async def _follow_others(self) -> None:
        """Another process may delete sessions, or forget everything."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            with suppress(UserError):  # the next request meets the same fault and tells its user
                if not await self.vault.refresh():
                    continue
                await self.terms.refresh()
                if await self._wipes.heard():
                    await self._forget()

    async def _purge_regularly(self) -> None:
        while True:
            with suppress(UserError):  # the next request meets the same fault and tells its user
                await self.vault.purge()
            await self.trail.cut()
            await asyncio.sleep(_PURGE_EVERY)
