"""The beat of a thread: how late it is, and how much of that it computed itself."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, QTimer

#: Milliseconds between two beats where nothing is in the way.
STEP = 4
#: A frame that is felt (milliseconds).
FELT = 50.0


@dataclass(slots=True)
class Gaps:
    """The times between beats, in milliseconds; `own` is what the thread computed in each of them."""

    all: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)

    def note(self, gap: float, own: float) -> None:
        """In seconds."""
        self.all.append(gap * 1000)
        self.own.append(own * 1000)

    @property
    def longest(self) -> float:
        return max(self.all, default=0.0)

    @property
    def busiest(self) -> float:
        return max(self.own, default=0.0)

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
        self._before, self._used = time.perf_counter(), time.thread_time()
        self._timer.start()

    def stop(self) -> Gaps:
        """What there was since `begin`."""
        self._beat()
        self._timer.stop()
        return self.gaps

    def _beat(self) -> None:
        now, used = time.perf_counter(), time.thread_time()
        self.gaps.note(now - self._before, used - self._used)
        self._before, self._used = now, used


class Bystander:
    """A thread that does nothing but beat: in a process of its own it tells what the machine alone makes late."""

    def __init__(self) -> None:
        self._gaps = Gaps()
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            before, used = time.perf_counter(), time.thread_time()
            time.sleep(STEP / 1000)
            self._gaps.note(time.perf_counter() - before, time.thread_time() - used)

    def take(self) -> Gaps:
        """What there was since this was last asked for."""
        gaps, self._gaps = self._gaps, Gaps()
        return gaps
