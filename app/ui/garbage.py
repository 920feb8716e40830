"""Python's search for cyclic garbage, at a time when nobody waits: it stops every thread for as long as it takes.

Looking through the few objects made last takes no time and goes on as ever. Looking through all takes a tenth of a
second once a large dictionary is in memory, and would begin in the middle of whatever makes many objects.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

#: Milliseconds between looks at whether there is anything to do.
_EVERY = 5_000
#: A number that the third threshold never reaches.
_NEVER = 2**31 - 1
#: So often the middle generation is gone through before nobody is waited for any more.
_MOST = 200


class Garbage(QObject):
    """Until it is closed, everything is gone through only while not `is_busy`, or when it has to be."""

    def __init__(self, is_busy: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_busy = is_busy
        self._before = gc.get_threshold()
        gc.set_threshold(*self._before[:2], _NEVER)
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Goes through everything if there is something to expect and nobody is in the way."""
        waiting = gc.get_count()[2]
        if waiting >= _MOST or (waiting and not self._is_busy()):
            gc.collect()
            if not gc.get_freeze_count():
                gc.freeze()  # what the start has made stays: it is never gone through again

    def close(self) -> None:
        """Leaves it to Python again."""
        self._timer.stop()
        gc.set_threshold(*self._before)
