"""What is done now and then, whether or not a request comes."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from app.audit.trail import Trail
from app.changes import asked_by
from app.errors import UserError
from app.store.counts import Counts
from app.store.sessions import Sessions
from app.store.term_use import TermUse

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
