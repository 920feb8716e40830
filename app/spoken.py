"""What others have written and said, as a terminal can show it; and moments by the clock of the machine."""

from __future__ import annotations

import sys
import time
from datetime import datetime


def printable(text: str, *, lines: bool = False) -> str:
    """`text` with nothing in it that a terminal would obey; its line breaks stay where `lines` says so."""
    kept = "\n\t" if lines else ""
    return "".join(char if char.isprintable() or char in kept else " " for char in text)


def say(text: str) -> None:
    """Prints a line; what the terminal has no letters for is a question mark."""
    encoding = sys.stdout.encoding or "utf-8"
    print(text.encode(encoding, "replace").decode(encoding))


def clock(moment: str) -> str:
    """A moment in UTC (ISO 8601) by the clock of the machine; with its day where that is not today."""
    then = datetime.fromisoformat(moment).astimezone()
    return f"{then:%H:%M:%S}" if f"{then:%Y-%m-%d}" == time.strftime("%Y-%m-%d") else f"{then:%Y-%m-%d %H:%M}"
