"""Runs the app with its tray, from the first check for a display to the exit code."""

from __future__ import annotations

import asyncio
import sys
from contextlib import closing

from app.changes import asked_by
from app.errors import Exit
from app.events import EventBus
from app.fatal import Trace
from app.faults import catch_all, faults
from app.reports import Reports
from app.settings_store import SettingsStore
from app.ui.display import can_show

__all__ = ["can_show", "run"]


def run(settings: SettingsStore, bus: EventBus) -> int:
    """Shows the tray and serves until the user quits. Returns an exit code.

    Where nothing can be shown it says so and returns: Qt would end the process.
    """
    reason = can_show()
    if reason:
        print(f"{reason} Start it with “anonamoose serve” to run without windows.", file=sys.stderr)
        return Exit.UNAVAILABLE
    # Only now: without Qt this module must still be able to say so.
    from PySide6.QtCore import QLocale

    from app.ui.language import use_language
    from app.ui.launch import Launch
    from app.ui.loop import new_loop
    from app.ui.shell import Shell

    # A stream that is sent to the windows' thread gives up the interpreter; a thread that computes then keeps it for
    # as long as this.
    sys.setswitchinterval(0.001)
    reports = Reports(settings.paths.reports)
    with closing(Trace(reports)):
        shell = Shell(sys.argv[:1])
        use_language(QLocale.system())
        loop = new_loop(shell)
        asyncio.set_event_loop(loop)
        faults.keep(reports.folder, settings.current.policy.layers)
        catch_all(loop)
        with loop, asked_by("window"):
            return int(loop.run_until_complete(Launch(settings, bus, shell).run()))
