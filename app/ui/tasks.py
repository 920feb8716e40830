"""Coroutines started from slots: kept until they are done, their errors shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.errors import UserError
from app.faults import faults

log = logging.getLogger(__name__)


class Tasks(QObject):
    """Holds a strong reference to every task: the loop itself keeps only weak ones."""

    #: A task met a UserError that its caller does not deal with.
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, object], on_error: Callable[[Exception], None] | None = None) -> None:
        """Runs `work`. A UserError or ValueError goes to `on_error`, or else to `failed`."""
        task = asyncio.ensure_future(work)
        self._running.add(task)
        task.add_done_callback(lambda done: self._done(done, on_error))

    def _done(self, task: asyncio.Task[Any], on_error: Callable[[Exception], None] | None) -> None:
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, (UserError, ValueError)) and on_error is not None:
            on_error(error)
        elif isinstance(error, UserError):
            self.failed.emit(error)
        elif error is not None:
            faults.note(error, "a task")

    async def finish(self) -> None:
        """Waits for all that run now, so that nothing half written is left behind."""
        await asyncio.gather(*self._running, return_exceptions=True)
