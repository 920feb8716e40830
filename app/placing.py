"""Putting what was written aside in its place, in one step: a crash leaves the old or the new, never half of one."""

from __future__ import annotations

import sys
import time
from pathlib import Path

#: Seconds between attempts. On Windows whoever looks at new files, an antivirus or an index, holds them for a moment;
#: elsewhere a refusal stays one.
_WAITS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4) if sys.platform == "win32" else ()


def put(part: Path, place: Path) -> None:
    """Moves a finished file to `place`, over one that is there; a folder only where none is. Raises OSError."""
    for wait in _WAITS:
        try:
            part.replace(place)
        except PermissionError:
            time.sleep(wait)
        else:
            return
    part.replace(place)
