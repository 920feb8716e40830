"""What the model saw, kept for the next start, or forgotten."""

from __future__ import annotations

import asyncio
import logging

from app.settings_store import SettingsStore
from app.store.readings import clear
from app.store.sealing import Seal
from app.worker import Worker

log = logging.getLogger(__name__)


async def keep(worker: Worker, settings: SettingsStore, seal: Seal) -> None:
    """As the settings say."""
    if settings.current.ner_memory:
        await worker.keep(settings.paths.readings, seal.digest(b"readings"))
    else:
        await forget(worker, settings)


async def forget(worker: Worker, settings: SettingsStore) -> None:
    """Deletes all of it."""
    await worker.keep(None)
    try:
        await asyncio.to_thread(clear, settings.paths.readings)
    except OSError as error:
        log.warning("what the model saw could not be deleted: %s", type(error).__name__)
