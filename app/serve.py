"""The app without windows: logs to stderr, stops on SIGTERM after running requests are done."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import closing

from app.application import Application
from app.errors import Exit
from app.events import Event, EventBus, StateChanged
from app.fatal import Trace, collect
from app.faults import catch_all, faults
from app.reports import Reports
from app.settings_store import SettingsStore
from app.state import Protection

log = logging.getLogger(__name__)


def serve(settings: SettingsStore, bus: EventBus) -> int:
    """Runs until SIGINT or SIGTERM; returns the exit status. Raises UserError when it cannot start."""
    try:
        with closing(Trace(Reports(settings.paths.reports))):
            return asyncio.run(_serve(settings, bus))
    except KeyboardInterrupt:  # Windows, where no loop handles signals
        return Exit.OK


async def _serve(settings: SettingsStore, bus: EventBus) -> int:
    loop = asyncio.get_running_loop()
    faults.keep(settings.paths.reports, settings.current.policy.layers, is_told=True)
    catch_all(loop)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
    application = Application(settings, bus, inspected=False)
    told: list[Protection] = []

    def tell(event: Event) -> None:
        state = application.state
        if isinstance(event, StateChanged) and told[-1:] != [state.protection]:
            told.append(state.protection)
            level = logging.ERROR if state.protection is Protection.BROKEN else logging.INFO
            log.log(level, "protection: %s %s", state.protection.value, state.reason)

    bus.subscribe(tell)
    await application.start()
    for report in collect(Reports(settings.paths.reports)):
        log.error("it ended unexpectedly last time: a report without data was written to %s", report)
    state = application.state
    log.info("base URL: %s (the vault key is kept in %s)", state.base_url, state.key_kept)
    await stop.wait()
    log.info("stopping; running requests have %d s to finish", settings.current.drain)
    await application.stop()
    log.info("stopped")
    return Exit.OK
