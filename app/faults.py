"""What nobody caught: a report of its kind and its place, without a word of what it was about.

Messages, arguments, notes and locals may quote a request, and paths tell who the user is: none of them is read.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Any

from app import __version__
from app.machine import machine
from app.reports import Reports

if TYPE_CHECKING:  # the detection process has no loop
    from asyncio import AbstractEventLoop

log = logging.getLogger(__name__)
#: Frames of one error, the innermost; and errors that led to each other.
_FRAMES, _CHAIN = 40, 12
#: Reports of one process: where something fails over and over, the first ones tell.
_MOST = 10
_LIBRARIES = ("aiohttp", "cryptography", "keyring", "onnxruntime", "PySide6-Essentials", "qasync", "redis", "regex")
_GENERATED = "code that was made at run time"


class Faults:
    """Logs the faults of this process and, once it has a folder, reports each kind of them once."""

    def __init__(self) -> None:
        self.reports: Reports | None = None
        self.is_told = False
        self.layers = ""
        self._seen: set[tuple[str, ...]] = set()

    def keep(self, folder: Path, layers: Iterable[str] = (), *, is_told: bool = False) -> None:
        """From now on reports are written to `folder`, and name the `layers` of detection that are on.

        `is_told`: somebody reads the log, which tells of them.
        """
        self.reports, self.is_told, self.layers = Reports(folder), is_told, ", ".join(sorted(layers))
        self._seen.clear()

    def note(self, error: BaseException, where: str) -> Path | None:
        """Logs `error` and reports it, unless there is a report of its like; `where` is a phrase of ours."""
        lines = tuple(described(error))
        place = next((line.strip() for line in reversed(lines) if line.startswith("  ")), "an unknown place")
        log.error("unexpected %s in %s, at %s", lines[0], where, place)
        if self.reports is None or lines in self._seen or len(self._seen) >= _MOST:
            return None
        self._seen.add(lines)
        path = self.reports.write("error", headed("An unexpected error", where, lines), is_told=self.is_told)
        if path is not None:
            log.error("a report without data was written to %s", path)
        return path


faults = Faults()


def headed(title: str, where: str, lines: Iterator[str] | tuple[str, ...]) -> str:
    """The text of a report."""
    head = [f"{title} in {where}", "", f"Anonamoose {__version__}", machine(), f"Libraries: {_libraries()}"]
    head += [f"Layers: {faults.layers}", ""] if faults.layers else [""]
    return "\n".join([*head, *lines]) + "\n"


def described(error: BaseException) -> Iterator[str]:
    """Types, modules, functions and lines of `error` and of those that led to it, the latest first."""
    waiting: list[tuple[str, BaseException]] = [("", error)]
    seen: set[int] = set()
    while waiting and len(seen) < _CHAIN:
        relation, one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield f"{relation}{_type(type(one))}"
        yield from _frames(one.__traceback__)
        if one.__cause__ is not None:
            waiting.append(("caused by ", one.__cause__))
        elif one.__context__ is not None and not one.__suppress_context__:
            waiting.append(("while dealing with ", one.__context__))
        if isinstance(one, BaseExceptionGroup):
            waiting += [("one of them ", inner) for inner in one.exceptions]


def _type(kind: type) -> str:
    """Its name as its module has it: one that was made at run time may be called anything."""
    found: Any = sys.modules.get(kind.__module__) if isinstance(kind.__module__, str) else None
    for part in kind.__qualname__.split("."):
        found = vars(found).get(part) if isinstance(found, (ModuleType, type)) else None
    if found is not kind:
        return "an error whose type was made at run time"
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _frames(trace: TracebackType | None) -> Iterator[str]:
    places = []
    while trace is not None:
        places.append((trace.tb_frame, trace.tb_lineno))
        trace = trace.tb_next
    if len(places) > _FRAMES:
        yield f"  ({len(places) - _FRAMES} more)"
    for frame, number in places[-_FRAMES:]:
        yield f"  {_place(frame, frame.f_code, number)}"


def _place(frame: FrameType, code: CodeType, number: int) -> str:
    name = frame.f_globals.get("__name__")
    module = sys.modules.get(name) if isinstance(name, str) else None
    is_written = not code.co_filename.startswith("<") or code.co_filename.startswith("<frozen ")
    if module is None or vars(module) is not frame.f_globals or not is_written:
        return _GENERATED
    return f"{name}, {code.co_qualname}, line {number}"


def _libraries() -> str:
    from importlib import metadata  # which most programs that import this never need

    found = []
    for name in _LIBRARIES:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return ", ".join(found) or "unknown"


def catch_all(loop: AbstractEventLoop) -> None:
    """Notes what slots, tasks and threads raise and nobody catches."""

    def from_main(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            return
        faults.note(error.with_traceback(trace), "the main thread")

    def from_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            faults.note(args.exc_value, "a thread")

    def from_loop(loop: AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            faults.note(error, "the event loop")
        else:
            log.error("the event loop reports a fault without an exception")

    def unraisable(args: Any) -> None:
        if isinstance(args.exc_value, BaseException):
            faults.note(args.exc_value, "a destructor or callback")

    sys.excepthook = from_main
    sys.unraisablehook = unraisable
    threading.excepthook = from_thread
    loop.set_exception_handler(from_loop)
