"""One launch of the desktop, from claiming the data folder to the exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from app.errors import Exit, PortTaken, UserError
from app.events import EventBus
from app.fatal import collect
from app.reports import Reports
from app.settings_store import SettingsStore
from app.ui.fault_box import tell_of_faults
from app.ui.first_icon import PATIENCE, FirstIcon
from app.ui.garbage import Garbage
from app.ui.instance import Instance
from app.ui.language import later
from app.ui.notice import tell
from app.ui.port_box import PortChoice, choose_port
from app.ui.shell import Shell

if TYPE_CHECKING:
    from app.application import Application
    from app.ui.desktop import Desktop

#: Platforms whose windows nobody sees, so that nobody could close a box either.
_UNSEEN = ("offscreen", "minimal")


async def show_error(error: UserError) -> None:
    """Shows why the app cannot start, until the box is closed."""
    if QGuiApplication.platformName() in _UNSEEN:
        return
    closed = asyncio.Event()
    box = tell(None, error)  # nothing else holds it
    box.finished.connect(closed.set)
    await closed.wait()


async def offer_port(error: PortTaken, can_keep: bool) -> PortChoice:
    """What the user chooses instead of a port that is taken; nothing where nobody can."""
    if not error.free or QGuiApplication.platformName() in _UNSEEN:
        return ""
    return await choose_port(error, can_keep=can_keep)


#: Seconds that a session which ends leaves to running requests: the system waits about five, then it kills.
_LAST = 3.0


def _nothing() -> None:
    pass


class Launch:
    """Starts the app, waits for the wish to quit, and stops it in order."""

    def __init__(
        self,
        settings: SettingsStore,
        bus: EventBus,
        shell: Shell,
        *,
        show_error: Callable[[UserError], Awaitable[None]] = show_error,
        offer_port: Callable[[PortTaken, bool], Awaitable[PortChoice]] = offer_port,
        patience: int = PATIENCE,
    ) -> None:
        self._shell = shell
        self._show_error = show_error
        self._offer_port = offer_port
        self._instance = Instance(settings.paths)
        self._parts = settings, bus
        self._patience = patience
        self._quit = asyncio.Event()
        self._session_ends = False
        self._is_told = False  # of what it ends for
        self.desktop: Desktop | None = None

    @cached_property
    def application(self) -> Application:
        """The app, made when it is first asked for: to read its modules takes longer than all else before the icon."""
        from app.application import Application

        return Application(*self._parts)

    async def run(self) -> int:
        """The exit code. Errors that the user can mend are shown, and printed for a terminal."""
        self._shell.quit_requested.connect(self._quit.set)
        self._shell.session_ends.connect(self._end_session)
        timer = self._listen_to_signals()
        try:
            if not self._instance.claim():
                self._instance.knock()
                print("Anonamoose is already running; asked it to show its window.")
                return Exit.OK
            await self._serve()
            return Exit.OK
        except UserError as error:
            print(f"{error.title} {error.hint}".strip(), file=sys.stderr)
            if not self._is_told:
                # A log-out or a polite kill does not wait until somebody has read it.
                await self._finished_before_quit(self._show_error(error))
            return error.code
        finally:
            self._instance.release()
            self._shell.quit_requested.disconnect(self._quit.set)
            self._shell.session_ends.disconnect(self._end_session)
            if timer is not None:
                timer.stop()

    async def _serve(self) -> None:
        icon = FirstIcon()
        icon.show()
        try:
            # Beside the loop, so that the icon is drawn and answers.
            await asyncio.to_thread(import_module, "app.ui.desktop")
            await self._with(icon)
        finally:
            icon.hide()

    async def _with(self, icon: FirstIcon) -> None:
        from app.ui.desktop import Desktop

        application = self.application
        desktop = self.desktop = Desktop(application, self._shell, self._patience, icon)
        garbage = Garbage(desktop.is_busy)
        self._instance.show_requested.connect(desktop.open_main)
        desktop.show()
        try:
            # Opening the keyring may take as long as a person needs to unlock it.
            if await self._finished_before_quit(self._start()):
                desktop.actions.refresh()
                desktop.started()
                self._tell_of_faults(desktop)
                await self._quit.wait()
                self._quit.clear()
                desktop.quitting(ask=not self._session_ends)
                # Running requests finish, within the drain time; asked a second time, they do not.
                await self._finished_before_quit(application.stop())
        finally:
            garbage.close()
            await desktop.close()

    def _end_session(self) -> None:
        self._session_ends = True
        self.application.review.close()  # refused by now, whatever comes of the rest
        asyncio.get_running_loop().call_later(_LAST, self._quit.set)

    async def _start(self) -> None:
        settings = self.application.settings
        while True:
            try:
                return await self.application.start()
            except PortTaken as taken:
                chosen = await self._offer_port(taken, not settings.is_fixed("port"))
                if chosen in ("", "quit"):
                    self._is_told = chosen == "quit"
                    raise
                if chosen == "always":
                    settings.set("port", taken.free)
                else:
                    settings.fix("port", taken.free, later("the choice at this start"))

    def _tell_of_faults(self, desktop: Desktop) -> None:
        reports = Reports(self.application.settings.paths.reports)
        collect(reports)
        if QGuiApplication.platformName() not in _UNSEEN and (box := tell_of_faults(reports)):
            desktop.hold(box)

    async def _finished_before_quit(self, work: Awaitable[None]) -> bool:
        """Whether `work` came to its end; it is cancelled when the user asks to quit meanwhile."""
        task = asyncio.ensure_future(work)
        asked = asyncio.ensure_future(self._quit.wait())
        await asyncio.wait((task, asked), return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        if task.done():
            await task
            return True
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        return False

    def _listen_to_signals(self) -> QTimer | None:
        """Ctrl-C and a polite kill ask to quit, like the menu."""
        if os.name == "posix":
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, self._quit.set)
            return None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._quit.set())
        # Python looks at signals only between its own instructions; Qt's loop has none while it is idle.
        timer = QTimer(interval=250)
        timer.timeout.connect(_nothing)
        timer.start()
        return timer
