"""An X screen with a window manager, a tray and a session bus: a desktop that nobody sits at."""

from __future__ import annotations

import asyncio
import os
import signal
import struct
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from tests.fakes import PATIENCE

PROGRAMS = ("Xvfb", "xdotool", "openbox", "trayer", "dbus-daemon", "setpriv")
#: Before a command: it ends with the tests, also where those are killed.
MORTAL = ("setpriv", "--pdeathsig", "KILL")
WIDTH, HEIGHT = 1440, 900
_TRAY = ("--edge", "top", "--align", "right", "--widthtype", "request", "--height", "28", "--SetDockType", "true")
#: A bus on which nothing is started by being called: what started so would outlive the tests.
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><policy context="default">
<allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
"""
#: Where a command that talks to the X server hangs, another try is worth more than patience.
_STUCK = 10.0
#: Places, left to right and top to bottom: x, y, width and height in pixels.
Area = tuple[int, int, int, int]
_WHOLE: Area = (0, 0, WIDTH, HEIGHT)


@dataclass(frozen=True, slots=True)
class Seen:
    """A window that can be seen. Without a frame, and on no desktop, are menus, balloons and icons."""

    id: str
    title: str
    area: Area
    is_framed: bool


class Child:
    """A program in a process group of its own, so that none of its children is left behind."""

    def __init__(self, *command: str, environ: Mapping[str, str], pass_fds: tuple[int, ...] = ()) -> None:
        self.process = subprocess.Popen(
            (*MORTAL, *command),
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=pass_fds,
            start_new_session=True,
        )

    def end(self) -> None:
        end_group(self.process.pid)
        self.process.wait(PATIENCE)


def end_group(leader: int) -> None:
    """Kills a process with all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


class Screen:
    """`environ` is for the programs that are to be shown on it; all that they keep lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._tray: Child | None = None
        self.environ = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "WAYLAND"))}
        for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
            place = folder / name.lower()
            place.mkdir(mode=0o700)
            self.environ[name] = str(place)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def _start(self, stack: ExitStack) -> None:
        size = f"{WIDTH}x{HEIGHT}x24"
        told = self._told(
            stack, "Xvfb", "-displayfd", "{}", "-screen", "0", size, "-nolisten", "tcp", "-fbdir", str(self._folder)
        )
        self.environ["DISPLAY"] = f":{told}"
        bus = self._folder / "bus.conf"
        bus.write_text(_BUS, encoding="utf-8")
        command = ("dbus-daemon", f"--config-file={bus}", "--nofork", "--print-address={}")
        self.environ["DBUS_SESSION_BUS_ADDRESS"] = self._told(stack, *command)
        stack.callback(Child("openbox", environ=self.environ).end)
        self.show_tray()
        stack.callback(self.kill_tray)

    def _told(self, stack: ExitStack, *command: str) -> str:
        """Starts a program; returns the line that it writes to the descriptor that `{}` stands for."""
        ours, its = os.pipe()
        try:
            child = Child(*(part.format(its) for part in command), environ=self.environ, pass_fds=(its,))
        finally:
            os.close(its)
        stack.callback(child.end)
        with open(ours, encoding="utf-8") as pipe:
            line = pipe.readline().strip()
        assert line, f"{command[0]} does not start"
        return line

    def show_tray(self) -> None:
        """Starts the tray host."""
        self._tray = Child("trayer", *_TRAY, environ=self.environ)

    def kill_tray(self) -> None:
        """Ends it, as a crash would."""
        if self._tray is not None:
            self._tray.end()
            self._tray = None

    async def do(self, *command: str) -> str:
        """What `xdotool …` prints, before it fails if it does; "" where it is stuck."""
        program = await asyncio.create_subprocess_exec(
            "xdotool",
            *command,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        try:
            said, _ = await asyncio.wait_for(program.communicate(), _STUCK)
        except TimeoutError:
            said = b""
        finally:
            if program.returncode is None:
                with suppress(ProcessLookupError):
                    program.kill()
                await program.wait()
        return said.decode().rstrip()

    async def windows(self, program: str) -> list[Seen]:
        """What can be seen of a program, menus and icons in the tray included, the oldest first."""
        seen = []
        for window in (await self.do("search", "--onlyvisible", "--class", program)).split():
            ask = ("getwindowname", window, "getwindowgeometry", "--shell", window, "get_desktop_for_window", window)
            title, *told = (await self.do(*ask)).split("\n")
            values = dict(line.partition("=")[::2] for line in told)
            if {"X", "Y", "WIDTH", "HEIGHT"} <= values.keys():  # else it has gone meanwhile
                area = int(values["X"]), int(values["Y"]), int(values["WIDTH"]), int(values["HEIGHT"])
                seen.append(Seen(window, title, area, is_framed=told[-1].isdigit()))
        return sorted(seen, key=lambda one: int(one.id))

    def pixels(self, area: Area = _WHOLE) -> NDArray[np.uint32]:
        """The colours in `area` as 0xRRGGBB, a row for each line."""
        # The server keeps what it shows in this file, in the format of xwd.
        data = (self._folder / "Xvfb_screen0").read_bytes()
        head = struct.unpack(">25I", data[:100])
        size, width, height, line, colours = head[0], head[4], head[5], head[12], head[19]
        start = size + colours * 12
        shown = np.frombuffer(data, "<u4", height * line // 4, start).reshape(height, line // 4)[:, :width]
        x, y, wide, high = area
        return (shown[max(y, 0) : y + high, max(x, 0) : x + wide] & 0xFFFFFF).astype(np.uint32)

    def count(self, colour: int, area: Area = _WHOLE) -> int:
        """How many pixels in `area` are of exactly this colour, 0xRRGGBB."""
        return int(np.count_nonzero(self.pixels(area) == colour))

    def save(self, file: Path) -> None:
        """Writes a picture of the whole screen."""
        from PySide6.QtGui import QImage

        shown = np.ascontiguousarray(self.pixels() | 0xFF000000)
        QImage(shown.tobytes(), WIDTH, HEIGHT, WIDTH * 4, QImage.Format.Format_RGB32).save(str(file))


def screen_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for a screen, with a short name: those of sockets must not be long."""
    return tempfile.TemporaryDirectory(prefix="screen-", ignore_cleanup_errors=True)
