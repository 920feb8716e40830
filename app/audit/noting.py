"""Changes that a command makes, for the audit trail: they are written by its own process when it is done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from app.audit import policies
from app.changes import Change, asked_by
from app.errors import UserError
from app.events import EventBus, SettingChanged, TermsChanged
from app.settings_store import SettingsStore
from app.store.audit import AuditStore
from app.store.audit_chain import Entry
from app.store.database import Database
from app.store.sealing import Seal
from app.store.terms import Terms

log = logging.getLogger(__name__)


class Notes:
    """What has changed so far."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def note(self, change: Change, count: int) -> None:
        """`count` things were changed so."""
        self.entries.append(policies.changed(change, count))

    def terms(self, bus: EventBus, terms: Terms) -> None:
        """Notes what `bus` tells of `terms`."""
        bus.subscribe(
            lambda event: (
                self.entries.append(policies.terms_changed(event, terms))
                if isinstance(event, TermsChanged) and not event.elsewhere
                else None
            )
        )

    def settings(self, bus: EventBus, settings: SettingsStore) -> None:
        """Notes what `bus` tells of `settings`."""
        bus.subscribe(
            lambda event: (
                self.entries.append(policies.setting_changed(event.name, settings.current))
                if isinstance(event, SettingChanged) and not event.elsewhere
                else None
            )
        )


@contextmanager
def noting(settings: SettingsStore, database: Database, seal: Seal) -> Iterator[Notes]:
    """What is noted in the block is in the trail after it, however that ends; a trail that fails is warned of."""
    notes = Notes()
    was_on = settings.current.audit
    try:
        with asked_by("command"):
            yield notes
    finally:
        # That it is kept no more is the last that is written.
        if notes.entries and (was_on or settings.current.audit):
            write(settings, database, seal, notes.entries)


def write(settings: SettingsStore, database: Database, seal: Seal, entries: list[Entry]) -> None:
    """Adds `entries` to the trail now."""
    try:
        store = AuditStore(settings.paths.audit, database, seal)
        try:
            asyncio.run(store.append(entries))
        finally:
            store.close()
    except UserError as error:
        log.warning("the audit trail could not be told of this: %s", error.title)
