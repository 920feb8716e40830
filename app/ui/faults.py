"""What nobody caught, logged with its place but without its words: they may quote a request."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from asyncio import AbstractEventLoop
from types import TracebackType
from typing import Any

log = logging.getLogger(__name__)


def log_fault(error: BaseException) -> None:
    """Writes type and place of `error` to the log, never its message."""
    frames = traceback.extract_tb(error.__traceback__)
    place = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames[-6:]))
    log.error("unexpected %s at %s", type(error).__name__, place or "an unknown place")


def catch_all(loop: AbstractEventLoop) -> None:
    """Sends to the log what slots, tasks and threads raise and nobody catches."""

    def from_slot(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log_fault(error.with_traceback(trace))

    def from_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            log_fault(args.exc_value)

    def from_loop(loop: AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            log_fault(error)
        else:
            log.error("the event loop reports a fault without an exception")

    sys.excepthook = from_slot
    threading.excepthook = from_thread
    loop.set_exception_handler(from_loop)
