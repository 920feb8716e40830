"""What this process has used of the machine so far."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """`cpu` in seconds, of all its threads, in user and system mode. `resident` in bytes, 0 where unknown.

    `is_peak` says that `resident` is the most there ever was: some systems tell no more.
    """

    cpu: float
    resident: int
    is_peak: bool = False


def usage() -> Usage:
    """Of this process, now."""
    cpu = time.process_time()
    try:
        with open("/proc/self/statm", "rb") as file:
            return Usage(cpu, int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
    except OSError:
        pass
    try:
        import resource
    except ImportError:
        return Usage(cpu, 0)
    unit = 1 if sys.platform == "darwin" else 1024
    return Usage(cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit, is_peak=True)
