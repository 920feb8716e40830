"""On what the program runs, in a line that tells nothing of whose machine it is."""

from __future__ import annotations

import re
import sys


def machine() -> str:
    """Say `Linux 6.8 x86_64, Python 3.12.4`. A kernel that somebody built may be called anything: digits only."""
    import platform  # which most programs that import this never need

    release = re.match(r"[\d.]*", platform.release())
    known = [part for part in (platform.system(), release and release[0], platform.machine()) if part]
    frozen = ", frozen" if getattr(sys, "frozen", False) else ""
    return f"{' '.join(known)}, Python {platform.python_version()}{frozen}"
