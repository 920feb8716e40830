"""The end of a process that no Python code sees: a bad access, an abort of Qt's. Its trace becomes a report.

The trace is written by the interpreter as it dies, with whole paths; the next one that starts takes out where in the
program it was and deletes it.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from app.faults import faults, headed
from app.reports import Reports

log = logging.getLogger(__name__)
_FILE = re.compile(r'  File "(?P<path>.*)", line (?P<line>\d+) in (?P<function>[\w.<>]+)')
_KINDS = re.compile(
    "(?:Fatal Python error|Windows fatal exception): (Segmentation fault|Aborted|Bus error|Floating-point exception|"
    "Illegal instruction|access violation|stack overflow|code 0x[0-9a-f]{1,8})"
)
_SUFFIX = ".trace"
#: Of one trace, so many bytes are read and so many lines reported.
_LONGEST, _LINES = 65_536, 150


class Trace:
    """While it is open, the end of this process leaves a trace in the folder of `reports`."""

    def __init__(self, reports: Reports) -> None:
        self.path = trace_of(reports, os.getpid())
        self._file: BinaryIO | None = None
        self._had = faulthandler.is_enabled()
        with suppress(OSError):  # no folder to write to: then there is none
            reports.make()
            descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(descriptor, "wb", buffering=0)
            faulthandler.enable(self._file)

    def close(self) -> None:
        """The process ends as it should."""
        if self._file is None:
            return
        faulthandler.disable()
        if self._had and sys.stderr is not None:
            faulthandler.enable()
        self._file.close()
        self._file = None
        with suppress(OSError):
            self.path.unlink()


def trace_of(reports: Reports, process: int) -> Path:
    return reports.folder / f"{process}{_SUFFIX}"


def collect(reports: Reports) -> list[Path]:
    """Makes reports of the traces that other processes have left; the caller knows that they have ended."""
    own = trace_of(reports, os.getpid())
    paths = [path for path in sorted(reports.folder.glob(f"*{_SUFFIX}")) if path != own]
    return [report for path in paths if (report := _report(reports, path, "the program"))]


def collect_of(process: int) -> None:
    """The same for one process that this one had started."""
    reports = faults.reports
    if reports and (path := _report(reports, trace_of(reports, process), "a process of its own")):
        log.error("a report without data was written to %s", path)


def _report(reports: Reports, path: Path, where: str) -> Path | None:
    """Makes a report of a trace, if there is anything in it, and deletes it."""
    try:
        with path.open("rb") as file:
            text = file.read(_LONGEST).decode("utf-8", "replace")
        path.unlink()
    except OSError:
        return None
    if not text.strip():
        return None
    kind = _KINDS.search(text)
    title = f"A fatal error ({kind[1]})" if kind else "A fatal error"
    places = tuple(islice(_places(text), _LINES))
    return reports.write("crash", headed(title, where, places), is_told=faults.is_told)


def _places(trace: str) -> Iterator[str]:
    """The frames of each thread, the innermost first."""
    for line in trace.splitlines():
        if line.startswith("Current thread"):
            yield "The thread that failed, the innermost call first"
        elif line.startswith("Thread "):
            yield "Another thread"
        elif found := _FILE.fullmatch(line):
            module = _module(found["path"])
            yield f"  {module}, {found['function']}, line {found['line']}" if module else "  other code"


def _module(path: str) -> str:
    """The module of a file that can be imported from here, "" for any other."""
    if path.startswith("<frozen "):
        return path[len("<frozen ") : -1]
    file = Path(path)
    if not file.is_absolute() and getattr(sys, "frozen", False):  # as the files of a frozen program are called
        return _dotted(file)
    for folder in sorted(map(os.path.abspath, filter(None, sys.path)), key=len, reverse=True):
        if file.is_relative_to(folder):
            return _dotted(file.relative_to(folder))
    return ""


def _dotted(file: Path) -> str:
    name = ".".join(file.with_suffix("").parts)
    return name if re.fullmatch(r"[\w.-]+", name) else ""
