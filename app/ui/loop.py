"""The Qt event loop as asyncio's event loop, with asyncio's own queue and timers.

qasync makes a Qt timer of every `call_soon` and `call_later`, and does not free those of cancelled
calls: a client with a total timeout leaves one behind for every request. Here one posted event drains
a queue, one Qt timer serves a heap, and one notifier watches each file descriptor. However much
comes at once, Qt has its turn after each `BUDGET` of it.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import math
import os
import sys
import time
from asyncio import events, tasks
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

os.environ["QT_API"] = "pyside6"  # qasync would take any other Qt binding that it finds first
import qasync

log = logging.getLogger(__name__)

#: Seconds of callbacks in one go before Qt gets a turn: a busy proxy must not freeze the windows.
BUDGET = 0.008
#: Cancelled timers are swept out when there are more than this many, and more than live ones.
CANCELLED_MAX = 100

_WAKE = QEvent.Type(QEvent.registerEventType())
_POSIX = sys.platform != "win32"
#: Undocumented parts of asyncio that the loop below relies on. Without them stock qasync has to do.
_NEEDED = ("_ready", "_scheduled", "_timer_cancelled_count", "_clock_resolution", "_check_closed")


class _Waker(QObject):
    """Receives the posted event, also from other threads: `postEvent` may be called from any."""

    def __init__(self, drain: Callable[[], None]) -> None:
        super().__init__()
        self._drain = drain
        self.posted = False

    def post(self) -> None:
        if not self.posted:
            self.posted = True
            QCoreApplication.postEvent(self, QEvent(_WAKE))

    def event(self, event: QEvent) -> bool:
        if event.type() != _WAKE:
            return super().event(event)
        self.posted = False  # before draining: what comes from now on needs a new event
        self._drain()
        return True


class _Watch(events.Handle):
    """What to call when a file descriptor is ready: once, however often Qt tells of it before its turn has come."""

    __slots__ = ("is_due",)

    def __init__(self, callback: Callable[..., object], args: tuple[Any, ...], loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(callback, args, loop)
        self.is_due = False

    def _run(self) -> None:
        self.is_due = False
        super()._run()


class FastQEventLoop(qasync.QEventLoop):  # type: ignore[misc]
    """A `qasync.QEventLoop` that costs half the time for each request and leaks no timers."""

    def __init__(self, app: QApplication) -> None:
        # The base class already calls some of the methods below from its own __init__.
        self._watched: dict[tuple[int, QSocketNotifier.Type], tuple[QSocketNotifier, _Watch]] = {}
        self._waker = _Waker(self._drain)
        self._draining = False
        self._fatal: BaseException | None = None
        self._again = QTimer(singleShot=True, interval=0)
        self._again.timeout.connect(self._on_turn)
        #: Seconds of callbacks since Qt last had a turn.
        self._used = 0.0
        self._alarm = QTimer(singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._on_alarm)
        self._alarm_at = math.inf
        super().__init__(app)

    _ready: deque[events.Handle]
    _scheduled: list[events.TimerHandle]
    _timer_cancelled_count: int

    # Queue

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> events.Handle:
        self._check_closed()
        return self._add_callback(events.Handle(callback, args, self, context))

    # deque.append is atomic and postEvent thread-safe, so calls from all threads keep one order.
    call_soon_threadsafe = call_soon

    def _add_callback(self, handle: events.Handle, delay: float = 0) -> events.Handle:
        self._ready.append(handle)
        self._waker.post()
        return handle

    def _on_turn(self) -> None:
        self._used = 0.0
        self._drain()

    def _drain(self) -> None:
        if self._again.isActive():
            return  # it is Qt's turn
        # A dialog's exec() inside a task runs a nested Qt loop, which arrives here again. asyncio does not
        # let one task run inside another, so the outer one is stepped out of for as long as that takes.
        outer = asyncio.current_task(self) if self._draining else None
        before, self._draining = self._draining, True
        if outer is not None:
            tasks._leave_task(self, outer)
        handle: events.Handle | None = None
        start = time.monotonic()
        try:
            end = start + BUDGET - self._used
            while self._ready:
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()
                    if time.monotonic() > end:
                        break
        except (SystemExit, KeyboardInterrupt) as error:
            self._fatal = error  # Qt would swallow it: raised again when the loop has stopped
            self.stop()
        finally:
            handle = None  # keeps nothing alive that its callback has finished with
            if outer is not None:
                tasks._enter_task(self, outer)
            self._draining = before
        # All that drains shares one budget: of many sockets that are ready at once, each would take one of its own.
        self._used += time.monotonic() - start
        if self._ready or self._used > BUDGET:
            self._again.start()

    # Timers

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> events.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> events.TimerHandle:
        self._check_closed()
        self._sweep()
        handle = events.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self._scheduled, handle)
        handle._scheduled = True  # type: ignore[attr-defined]
        if when < self._alarm_at:
            self._set_alarm(when)
        return handle

    def _set_alarm(self, when: float) -> None:
        self._alarm_at = when
        self._alarm.start(max(0, min(math.ceil((when - self.time()) * 1000), 2**31 - 1)))

    def _sweep(self) -> None:
        if self._timer_cancelled_count <= max(CANCELLED_MAX, len(self._scheduled) // 2):
            return
        for handle in self._scheduled:
            handle._scheduled = not handle.cancelled()  # type: ignore[attr-defined]
        self._scheduled = [handle for handle in self._scheduled if not handle.cancelled()]
        heapq.heapify(self._scheduled)
        self._timer_cancelled_count = 0

    def _on_alarm(self) -> None:
        self._sweep()
        due = self.time() + self._clock_resolution
        while self._scheduled and (self._scheduled[0].cancelled() or self._scheduled[0].when() <= due):
            handle = heapq.heappop(self._scheduled)
            handle._scheduled = False  # type: ignore[attr-defined]
            if handle.cancelled():
                self._timer_cancelled_count -= 1
            else:
                self._ready.append(handle)
        self._alarm_at = math.inf
        if self._scheduled:
            self._set_alarm(self._scheduled[0].when())
        self._drain()

    # Sockets; on Windows qasync's completion port serves them

    if _POSIX:

        def _add_reader(self, fd: Any, callback: Callable[..., object], *args: Any) -> events.Handle:
            return self._watch(fd, QSocketNotifier.Type.Read, callback, args)

        def _add_writer(self, fd: Any, callback: Callable[..., object], *args: Any) -> events.Handle:
            return self._watch(fd, QSocketNotifier.Type.Write, callback, args)

        def _remove_reader(self, fd: Any) -> bool:
            return self._unwatch(fd, QSocketNotifier.Type.Read)

        def _remove_writer(self, fd: Any) -> bool:
            return self._unwatch(fd, QSocketNotifier.Type.Write)

    def _watch(
        self, fd: Any, kind: QSocketNotifier.Type, callback: Callable[..., object], args: tuple[Any, ...]
    ) -> events.Handle:
        self._check_closed()
        key = (fd if isinstance(fd, int) else fd.fileno(), kind)
        handle = _Watch(callback, args, self)
        if key in self._watched:
            notifier, old = self._watched[key]
            old.cancel()
        else:
            notifier = QSocketNotifier(key[0], kind)
            notifier.activated.connect(lambda: self._on_activated(key))
        self._watched[key] = (notifier, handle)
        return handle

    def _unwatch(self, fd: Any, kind: QSocketNotifier.Type) -> bool:
        notifier, handle = self._watched.pop((fd if isinstance(fd, int) else fd.fileno(), kind), (None, None))
        if notifier is None or handle is None:
            return False
        notifier.setEnabled(False)
        notifier.activated.disconnect()
        notifier.deleteLater()
        handle.cancel()
        return True

    def _on_activated(self, key: tuple[int, QSocketNotifier.Type]) -> None:
        if key in self._watched:
            handle = self._watched[key][1]
            if not handle.is_due:
                handle.is_due = True
                self._ready.append(handle)
                self._drain()

    # Life

    def run_forever(self) -> Any:
        hooks = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(self._asyncgen_firstiter_hook, self._asyncgen_finalizer_hook)
        try:
            result = super().run_forever()
        finally:
            sys.set_asyncgen_hooks(*hooks)
        if self._fatal is not None:
            fatal, self._fatal = self._fatal, None
            raise fatal
        return result

    def close(self) -> None:
        if self.is_closed():
            return
        for notifier, _ in self._watched.values():
            notifier.setEnabled(False)
        self._alarm.stop()
        self._again.stop()
        super().close()
        self._watched.clear()


def is_supported() -> bool:
    """Whether this Python's asyncio still has the private parts that `FastQEventLoop` uses."""
    probe = asyncio.new_event_loop()
    try:
        return all(hasattr(probe, name) for name in _NEEDED) and all(
            hasattr(tasks, name) for name in ("_enter_task", "_leave_task")
        )
    finally:
        probe.close()


def new_loop(app: QApplication) -> Any:
    """The fast loop, or stock qasync where that cannot be."""
    loop = FastQEventLoop(app) if is_supported() else qasync.QEventLoop(app)
    if not isinstance(loop, FastQEventLoop):
        log.warning("asyncio has changed inside: running on the slower event loop")
    # qasync's own executor has threads that cannot be given up; a stuck name look-up would hold up quitting.
    loop.set_default_executor(ThreadPoolExecutor(8, thread_name_prefix="loop"))
    return loop
