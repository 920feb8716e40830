"""Builds the parts and starts and stops them. Knows no Qt: `serve` is this, with fewer listeners."""

from __future__ import annotations

import asyncio
import logging
import math
import os
from contextlib import AsyncExitStack, suppress

from app import __version__, readings, upkeep
from app.audit import policies
from app.audit.trail import Trail
from app.changes import asked_by
from app.credentials import check_next_key
from app.descriptors import allow
from app.errors import UserError
from app.events import Event, EventBus, ExchangesWiped, Forgotten, SettingChanged, StateChanged, TermsChanged
from app.keychain import Keychain
from app.lock import InstanceLock
from app.pause import Pause
from app.provider_keys import ProviderKeys
from app.proxy.api.api import Api
from app.proxy.api.parts import Parts
from app.proxy.client import Clients
from app.proxy.exchange import ExchangeLog
from app.proxy.forward import Forwarder
from app.proxy.guard import VARIABLE as TOKEN_VARIABLE
from app.proxy.guard import Guard
from app.proxy.journal import Journal
from app.proxy.news import News
from app.proxy.practice import PracticeModel
from app.proxy.review import Review
from app.proxy.server import Server
from app.proxy.tally import Tally
from app.proxy.upstream import Upstream
from app.settings_store import SettingsStore
from app.state import Protection, State
from app.store.access import Access
from app.store.audit import AuditStore
from app.store.counts import Counts
from app.store.opening import sessions
from app.store.sessions import Sessions
from app.store.term_use import TermUse
from app.store.terms import Terms
from app.store.unlocking import Store, unlock
from app.store.wiping import Wipes, wipe
from app.worker import Worker

log = logging.getLogger(__name__)
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
        now = settings.current
        self.exchanges = ExchangeLog(now.keep_exchanges if inspected else 0, now.inspector_memory * 2**20)
        cache = now.cache_memory * 2**20
        self.worker = Worker(now.ner_model, self._worker_changed, settings.paths.models, now.ner_threads, cache)
        self.terms: Terms
        self.use: TermUse
        self.vault: Sessions
        self.access: Access
        self.keychain = Keychain(settings.paths.root)
        self.provider_keys = ProviderKeys(self.keychain)
        self.counts: Counts
        self._store: Store
        self._wipes: Wipes
        self.trail: Trail
        self.review = Review(settings, bus)
        self.pause = Pause()
        self.news = News(settings, bus)
        self._told = Protection.STARTING, 0.0
        self._forwarder: Forwarder
        self._server: Server | None = None
        self._key_kept = ""
        self._keeping: asyncio.Task[None] | None = None
        self._stack = AsyncExitStack()

    @property
    def state(self) -> State:
        settings = self.settings.current
        reason, fault = "", self.trail.fault if self._server and settings.audit else ""
        if not settings.protection or self.pause.is_on:
            protection = Protection.OFF if settings.when_off == "pass" else Protection.REFUSING
        elif self._server is None or self.worker.starting:
            protection = Protection.STARTING
        elif reason := (
            self.worker.failure(settings.policy) or (settings.audit_required and fault) or self._sight.fault
        ):
            protection = Protection.BROKEN
        else:
            protection = Protection.ON
        today = sum(self.counts.today().values()) if self._server else 0
        trouble = self.worker.trouble if protection is Protection.ON else ""
        return State(protection, reason, today, self.base_url, self._key_kept, fault, trouble, self.pause.left)

    @property
    def base_url(self) -> str:
        """What a tool is given, e.g. `http://localhost:3000/v1`; empty before `start`."""
        return f"{self._server.origin}/v1" if self._server else ""

    def health(self) -> dict[str, str | int]:
        """What `GET /health` answers. `waiting` are texts and bodies that detection has not looked through yet."""
        state = self.state
        audit = "failing" if state.audit else "on" if self.settings.current.audit else "off"
        return {
            "status": "ok",
            "version": __version__,
            "protection": state.protection.value,
            "reason": state.reason or state.trouble,
            "audit": audit,
            "newer": self.news.release.version if self.news.release else "",
            "vault": "gone" if self._server and self._sight.fault else "ok",
            **(self._forwarder.load if self._server else {}),
            "waiting": self.worker.waiting,
        }

    async def start(self) -> None:
        """Opens the vault, listens, and loads the detectors behind that. Raises UserError.

        Returns as soon as requests are accepted; those that arrive early wait for the detectors.
        """
        settings, paths = self.settings.current, self.settings.paths
        paths.create()
        allow(_DESCRIPTORS)
        self._stack.callback(InstanceLock(paths.lock).acquire().release)
        self.worker.start(settings.policy.layers)
        self._stack.push_async_callback(self.worker.stop)
        try:
            self._store = store = await asyncio.to_thread(unlock, paths)
            self._key_kept, database, seal = store.kept, store.database, store.seal
            self._wipes = await asyncio.to_thread(Wipes, database)
            self._stack.callback(database.close)
            self.trail = Trail(lambda: AuditStore(paths.audit, database, seal), self.settings, self._worker_changed)
            note = self.trail.note
            self.vault, listing = await self._stack.enter_async_context(sessions(settings, paths, store, note))
            self._sight = upkeep.Sight(store, paths, self.vault, note, self._worker_changed)
            self.terms = await asyncio.to_thread(Terms, database, seal, self.bus)
            self.use = await asyncio.to_thread(TermUse, database, self.terms)
            self.counts = await asyncio.to_thread(Counts, database, seal)
            self._stack.push_async_callback(upkeep.save, self.counts, self.use)
            self.trail.start()
            self._stack.push_async_callback(self._close_trail)
            self.worker.change_terms(self.terms.all())
            self.worker.refresh = self.terms.refresh
            self._keeping = asyncio.create_task(readings.keep(self.worker, self.settings, self._store.seal))
            self._stack.callback(lambda: self._keeping and self._keeping.cancel())
            upstream = await self._stack.enter_async_context(Upstream(lambda: self.settings.current.upstream_proxy))
            practice = await self._stack.enter_async_context(PracticeModel())
            self.access = Access(database, note)
            guard = Guard(self.settings, self.access, os.environ.get(TOKEN_VARIABLE, "").strip())
            journal = Journal(self.bus, self.vault, self.counts, self.exchanges, self.trail, self.tally, self.use)
            self._stack.push_async_callback(journal.close)
            self._forwarder = Forwarder(
                self.settings,
                self.worker,
                self.vault,
                self.exchanges,
                upstream,
                practice.origin,
                Clients(guard, self.access, self.provider_keys),
                journal,
                self.review,
                self.pause,
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
                self.exchanges,
                self.trail,
                self.review,
                self.pause,
                self.pause_protection,
                self._forwarder.room,
                self.provider_keys,
                self.access,
                self.health,
            )
            server = Server(self.settings, self._forwarder, guard, Api(parts), journal)
            await server.start()
            self._stack.push_async_callback(server.stop)
            self._server = server
        except BaseException:
            await self._stack.aclose()
            raise
        self.trail.record(policies.started(settings, len(self.terms), self.terms.revision))
        self._stack.callback(self.bus.subscribe(self._follow))
        for task in (upkeep.purge_regularly(self.vault, self.trail), self.news.follow(), self._follow_others()):
            self._stack.callback(asyncio.create_task(task).cancel)
        self.bus.publish(StateChanged())

    async def stop(self) -> None:
        """Stops listening, lets running requests finish within the drain time, closes everything."""
        await self._stack.aclose()
        self._server = None

    async def set_protection(self, on: bool) -> None:
        """Turns protection on or off, for now and for the next start. Raises UserError."""
        self.settings.set("protection", on)

    def pause_protection(self, seconds: float = math.inf) -> None:
        """Protection is off for so long, 0 for no longer; without `seconds`, until the app ends."""
        self.pause.begin(seconds) if seconds else self.pause.end()
        self.bus.publish(StateChanged())

    async def forget_everything(self) -> None:
        """Deletes all that was noted of requests, on disk and in memory; the vault gets another key.

        The audit trail begins anew. The dictionary, the settings and local keys stay. Raises UserError; if the vault
        could not be written, nothing on disk has changed.
        """
        if self.settings.current.vault_url:
            check_next_key()  # before anything is gone
            await self.vault.delete_all()
        await wipe(self._store, self.settings.paths, self.vault.shelf)
        await self._wipes.heard()
        await self._forget()

    async def _forget(self) -> None:
        self.vault.forget()
        self.exchanges.clear()
        self.counts.forget()
        self.use.forget()
        self.tally.forget()
        self.bus.publish(Forgotten())
        await self.worker.forget()
        await readings.forget(self.worker, self.settings)
        await readings.keep(self.worker, self.settings, self._store.seal)
        await self.trail.clear()
        await self._wipes.confirm()

    def _follow(self, event: Event) -> None:
        if isinstance(event, TermsChanged):
            if not event.elsewhere:  # whoever did it writes it down
                self.trail.record(policies.terms_changed(event, self.terms))
            changes = {id: self.terms.get(id) for id in event.ids}
            self.worker.change_terms(changes)
            self.use.removed([id for id, term in changes.items() if term is None])
        elif isinstance(event, SettingChanged):
            settings = self.settings.current
            # That it is kept no more is the last that is written.
            if (event.name == "audit" or settings.audit) and not event.elsewhere:
                self.trail.tell(policies.setting_changed(event.name, settings))
            self.vault.keep(settings.session_ttl, settings.kept_ttl)
            if self._inspected:
                self.exchanges.resize(settings.keep_exchanges, settings.inspector_memory * 2**20)
            if event.name == "protection":
                self.pause.end()
            if event.name == "ner-memory":
                self._keeping = asyncio.create_task(readings.keep(self.worker, self.settings, self._store.seal))
            if event.name in settings.policy.layers:
                self.worker.load(settings.policy.layers)
            self.bus.publish(StateChanged())
        elif isinstance(event, StateChanged) and (now := (self.state.protection, self.pause.until)) != self._told:
            self._told = now
            self.trail.record(policies.protection_changed(now[0].value, now[1]))

    async def _close_trail(self) -> None:
        self.trail.record(policies.stopped())
        await self.trail.close()

    def _worker_changed(self) -> None:
        self.bus.publish(StateChanged())

    async def _follow_others(self) -> None:
        """Another process may delete sessions, or forget everything."""
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            if wiped := self.exchanges.wipe(self.settings.current.keep_texts):
                self.bus.publish(ExchangesWiped(wiped))
            if self._told[1] and not self.pause.is_on:
                self.pause_protection(0)
            with suppress(UserError):  # the next request meets the same fault and tells its user
                self.settings.refresh()
            with suppress(UserError):
                if not await self._sight.look():
                    continue
                await self.terms.refresh()
                if await self._wipes.heard():
                    with asked_by("command"):
                        await self._forget()
