"""What is done now and then, whether or not a request comes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from app.audit.trail import Trail
from app.changes import Noted, asked_by
from app.errors import UserError
from app.paths import Paths
from app.store.counts import Counts
from app.store.rotation import follow
from app.store.sessions import Sessions
from app.store.term_use import TermUse
from app.store.unlocking import Store

log = logging.getLogger(__name__)
_PURGE_EVERY = 3600.0


async def purge_regularly(vault: Sessions, trail: Trail) -> None:
    """Deletes what is kept no longer, for as long as it is not cancelled."""
    while True:
        with suppress(UserError), asked_by("app"):  # the next request meets the same fault and tells its user
            await vault.purge()
        await trail.cut()
        await asyncio.sleep(_PURGE_EVERY)


async def save(counts: Counts, use: TermUse) -> None:
    """Writes what has been counted."""
    try:
        await asyncio.gather(counts.save(), use.save())
    except UserError as error:
        log.warning("the daily counts were not saved: %s", error.title)


class Sight:
    """What is seen of the vault, which others write to as well. `fault` says why it could not be had, "" if it could,
    the last time.
    """

    def __init__(self, store: Store, paths: Paths, vault: Sessions, noted: Noted, changed: Callable[[], None]) -> None:
        """`changed` hears of each other `fault`."""
        self.fault = ""
        self._store, self._paths, self._vault = store, paths, vault
        self._noted, self._changed = noted, changed

    async def look(self) -> bool:
        """Whether others may have written anything; their key is taken up. Raises UserError while it cannot be had."""
        fault = ""
        try:
            has_changed = await self._vault.refresh()
            if (shelf := self._vault.shelf) and await follow(self._store, self._paths, shelf):
                log.info("the vault has a new key")
                with asked_by("app"):
                    self._noted("vault-key", 1)
        except UserError as error:
            fault = error.title
            raise
        finally:
            if fault != self.fault:
                self.fault = fault
                self._changed()
        return has_changed
