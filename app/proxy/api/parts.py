"""What the management API works with: the parts of the running app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.audit.trail import Trail
from app.events import EventBus
from app.proxy.api.listeners import Listeners
from app.proxy.journal import Journal
from app.proxy.tally import Tally
from app.settings_store import SettingsStore
from app.store.counts import Counts
from app.store.sessions import Listing, Sessions
from app.store.terms import Terms
from app.store.unlocking import Store
from app.worker import Worker


@dataclass(frozen=True, slots=True)
class Parts:
    """`health` tells what `GET /health` answers."""

    settings: SettingsStore
    bus: EventBus
    store: Store
    vault: Sessions
    sessions: Listing
    terms: Terms
    worker: Worker
    counts: Counts
    tally: Tally
    journal: Journal
    trail: Trail
    health: Callable[[], dict[str, str | int]]
    listeners: Listeners = field(default_factory=Listeners)
