"""From the start of the program to its icon: an own display, and a host of icons that is told of it over D-Bus.

Needs Linux with Xvfb and dbus-daemon.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jeepney import DBusAddress, MessageType, new_error, new_method_call, new_method_return
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.low_level import HeaderFields

from app.credentials import VARIABLE

_WATCHER = "org.kde.StatusNotifierWatcher"
_BUS = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
#: The goal, in seconds.
_GOAL = 1.5
#: As long as this it may take at most.
_PATIENCE = 60.0
_PROPERTIES = {
    "IsStatusNotifierHostRegistered": ("b", True),
    "ProtocolVersion": ("i", 0),
    "RegisteredStatusNotifierItems": ("as", []),
}


def measure(rounds: int, program: str = "") -> None:
    """Prints the shortest of so many starts of a frozen `program` or the source, and how long it takes to import Qt."""
    command = [program] if program else [sys.executable, "-m", "app.cli"]
    with _display() as display, _bus() as address, tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "DBUS_SESSION_BUS_ADDRESS": address,
            VARIABLE: b64encode(os.urandom(32)).decode(),
        }
        host = _host(address)
        # Nothing that was compiled before, so that all is compiled anew into a folder of its own; then as ever.
        cold = {**environment, "PYTHONPYCACHEPREFIX": str(Path(folder, "compiled"))}
        first = _start(command, host, cold, Path(folder, "first"))
        qt, icon = [], []
        for number in range(rounds):
            qt.append(_import_qt(environment))
            icon.append(_start(command, host, environment, Path(folder, str(number))))
        print(f"import PySide6.QtWidgets        {min(qt):6.2f} s")
        print(f"start to icon                   {min(icon):6.2f} s, {min(icon) / min(qt):.1f} times as long")
        print(f"start to icon, nothing compiled {first:6.2f} s, {first / min(qt):.1f} times as long")
        print(f"goal {_GOAL} s: {'met' if min(icon) < _GOAL else 'missed'}; load average {os.getloadavg()[0]:.1f}")


def _import_qt(environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import PySide6.QtWidgets"], check=True, env=environment)
    return time.perf_counter() - began


def _start(command: list[str], host: DBusConnection, environment: dict[str, str], folder: Path) -> float:
    command = [*command, "--data-dir", str(folder), "--port", "0"]
    began = time.perf_counter()
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await_icon(host, began + _PATIENCE)
            return time.perf_counter() - began
        finally:
            process.terminate()


def _await_icon(host: DBusConnection, deadline: float) -> None:
    """Answers what a watcher of icons is asked, until one is told of."""
    while True:
        message = host.receive(timeout=deadline - time.perf_counter())
        if message.header.message_type is not MessageType.method_call:
            continue
        member = message.header.fields.get(HeaderFields.member)
        if member == "RegisterStatusNotifierItem":
            host.send(new_method_return(message))
            return
        if member == "Get" and message.body[1] in _PROPERTIES:
            host.send(new_method_return(message, "v", (_PROPERTIES[message.body[1]],)))
        elif member == "GetAll":
            host.send(new_method_return(message, "a{sv}", (_PROPERTIES,)))
        else:
            host.send(new_error(message, "org.freedesktop.DBus.Error.UnknownMethod"))


def _host(address: str) -> DBusConnection:
    host = open_dbus_connection(address)
    host.send_and_get_reply(new_method_call(_BUS, "RequestName", "su", (_WATCHER, 0)))
    return host


@contextmanager
def _display() -> Iterator[str]:
    ours, theirs = os.pipe()
    command = [_program("Xvfb"), "-displayfd", str(theirs), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[theirs], stderr=subprocess.DEVNULL) as process:
        os.close(theirs)
        with os.fdopen(ours) as said:
            number = said.readline().strip()
            try:
                yield f":{number}"
            finally:
                process.terminate()


@contextmanager
def _bus() -> Iterator[str]:
    command = [_program("dbus-daemon"), "--session", "--nofork", "--print-address"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise SystemExit(f"This needs {name}.")
    return found
