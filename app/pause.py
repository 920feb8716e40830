"""Protection off for a while, as a state of the running app: nothing of it survives the process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

#: A day and a bit: whoever wants it off for longer turns it off.
LONGEST = 100_000


class Pause:
    """Goes on until one of two clocks says that it is over: the steady one stands still while the machine sleeps, the
    one on the wall may be set.
    """

    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall, self._steady = wall, steady
        self._until: tuple[float, float] | None = None

    def begin(self, seconds: float = math.inf) -> None:
        """From now on, for so long; without `seconds`, until the app ends."""
        self._until = self._wall() + seconds, self._steady() + seconds

    def end(self) -> None:
        self._until = None

    @property
    def is_on(self) -> bool:
        return self.left > 0

    @property
    def left(self) -> float:
        """Seconds that are left of it; infinite until the app ends, 0 for none."""
        if self._until is None:
            return 0.0
        return max(0.0, min(self._until[0] - self._wall(), self._until[1] - self._steady()))

    @property
    def until(self) -> float:
        """When it ends by the clock on the wall; infinite when the app does, 0 for none."""
        return self._until[0] if self._until and self.is_on else 0.0
