"""What the management API works with: the parts of the running app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.audit.trail import Trail
from app.events import EventBus
from app.pause import Pause
from app.provider_keys import ProviderKeys
from app.proxy.api.listeners import Listeners
from app.proxy.exchange import ExchangeLog
from app.proxy.journal import Journal
from app.proxy.review import Review
from app.proxy.room import Room
from app.proxy.tally import Tally
from app.settings_store import SettingsStore
from app.store.access import Access
from app.store.counts import Counts
from app.store.sessions import Listing, Sessions
from app.store.terms import Terms
from app.store.unlocking import Store
from app.worker import Worker


@dataclass(frozen=True, slots=True)
class Parts:
    """`pause_protection` takes seconds, 0 to end it; `health` tells what `GET /health` answers; `room` has the places
    for all that is asked.
    """

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
    exchanges: ExchangeLog
    trail: Trail
    review: Review
    pause: Pause
    pause_protection: Callable[[float], None]
    room: Room
    keys: ProviderKeys
    access: Access
    health: Callable[[], dict[str, str | int]]
    listeners: Listeners = field(default_factory=Listeners)
