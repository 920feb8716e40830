"""The beat of a thread: how late it is, and why."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Qt, QTimer

#: Milliseconds between two beats where nothing is in the way.
STEP = 4
#: A frame that is felt (milliseconds).
FELT = 50.0


_QUEUE = Path("/proc/thread-self/schedstat")


class Moment(NamedTuple):
    """In seconds: the time, what the calling thread has computed, and how long it has waited for a core."""

    time: float
    used: float
    queued: float


def moment() -> Moment:
    """Now."""
    try:
        queued = int(_QUEUE.read_text().split()[1]) / 1e9
    except OSError:
        queued = 0.0
    return Moment(time.perf_counter(), time.thread_time(), queued)


@dataclass(slots=True)
class Gaps:
    """The times between beats, in milliseconds.

    In each of them, `own` is what the thread computed, `queued` how long it could have run and had no core (known on
    Linux). In what is left it had nothing to do, or waited for other threads of its process: for the interpreter.
    """

    all: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    queued: list[float] = field(default_factory=list)

    def note(self, before: Moment, after: Moment) -> None:
        """One more."""
        gap, own, queued = (1000 * (now - then) for then, now in zip(before, after, strict=True))
        self.all.append(gap)
        self.own.append(own)
        self.queued.append(queued)

    @property
    def longest(self) -> float:
        return max(self.all, default=0.0)

    @property
    def busiest(self) -> float:
        return max(self.own, default=0.0)

    @property
    def unhindered(self) -> float:
        """The longest, had there always been a core for it."""
        return max((gap - queued for gap, queued in zip(self.all, self.queued, strict=True)), default=0.0)

    @property
    def felt(self) -> int:
        """How many are longer than one that is felt."""
        return sum(gap > FELT for gap in self.all)

    def share(self, part: float) -> float:
        """The gap that this part of all are no longer than."""
        return sorted(self.all)[min(int(len(self.all) * part), len(self.all) - 1)] if self.all else 0.0


class Beat(QObject):
    """A timer of Qt, as late as whatever is to be painted would be."""

    def __init__(self) -> None:
        super().__init__()
        self.gaps = Gaps()
        self._timer = QTimer(self, interval=STEP, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def begin(self) -> None:
        """Counts anew from here."""
        self.gaps = Gaps()
        self._before = moment()
        self._timer.start()

    def stop(self) -> Gaps:
        """What there was since `begin`."""
        self._beat()
        self._timer.stop()
        return self.gaps

    def _beat(self) -> None:
        now = moment()
        self.gaps.note(self._before, now)
        self._before = now


class Bystander:
    """A thread that does nothing but beat: in a process of its own it tells what the machine alone makes late."""

    def __init__(self) -> None:
        self._gaps = Gaps()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            before = moment()
            time.sleep(STEP / 1000)
            self._gaps.note(before, moment())

    def take(self) -> Gaps:
        """What there was since this was last asked for."""
        gaps, self._gaps = self._gaps, Gaps()
        return gaps
