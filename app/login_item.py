"""Starting when the user signs in, as each system has it: an entry of the desktop's, a registry value, a launch agent.

What the system has is the truth; nothing is kept of it elsewhere.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from app.errors import StorageError
from app.placing import put

_NAME = "Anonamoose"
_AGENT = "org.anonamoose.Anonamoose"
_ENTRY = "anonamoose.desktop"
_RUN = r"Software\Microsoft\Windows\CurrentVersion\Run"
_HIDDEN = "Hidden=true"


def command() -> list[str]:
    """What starts the app as it is installed here."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    script = shutil.which("anonamoose", path=str(Path(sys.executable).parent)) or shutil.which("anonamoose")
    return [script] if script else [sys.executable, "-m", "app.cli"]


def is_on() -> bool:
    """Whether the app starts when the user signs in."""
    if sys.platform == "win32":
        return _registered() is not None
    if sys.platform == "darwin":
        return _agent().exists()
    own = _own()
    if own.exists():
        return _HIDDEN not in own.read_text(encoding="utf-8", errors="replace").splitlines()
    return _everybodys() is not None


def turn(on: bool) -> None:
    """Has the app start then, or no more. Raises StorageError."""
    try:
        if sys.platform == "win32":
            _register(command() if on else None)
        elif sys.platform == "darwin":
            _write(_agent(), agent(command())) if on else _agent().unlink(missing_ok=True)
        elif on:
            _write(_own(), entry(command()).encode())
        elif _everybodys() is not None:
            # The user's own entry goes before the one that an installer made for everybody.
            _write(_own(), f"[Desktop Entry]\nType=Application\nName={_NAME}\n{_HIDDEN}\n".encode())
        else:
            _own().unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"Starting at sign-in cannot be changed ({error.strerror or type(error).__name__}).",
            "Mend the permissions of the folder for it, or use your desktop's own settings.",
        ) from None


def entry(command: Sequence[str]) -> str:
    """A desktop entry that runs `command`."""
    quoted = " ".join(_quoted(word) for word in command)
    return (
        f"[Desktop Entry]\nType=Application\nName={_NAME}\nComment=Keeps personal data out of requests to LLM APIs\n"
        f"Exec={quoted}\nIcon=anonamoose\nTerminal=false\nX-GNOME-Autostart-Delay=5\nX-KDE-autostart-after=panel\n"
    )


def agent(command: Sequence[str]) -> bytes:
    """A launch agent that runs `command`."""
    return plistlib.dumps({"Label": _AGENT, "ProgramArguments": [*command], "RunAtLoad": True})


def _quoted(word: str) -> str:
    """As the Desktop Entry Specification has it: quoted, then escaped once more as a value."""
    for char in '\\"`$':
        word = word.replace(char, f"\\{char}")
    return '"' + word.replace("\\", "\\\\").replace("%", "%%") + '"'


def _own() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "autostart" / _ENTRY


def _everybodys() -> Path | None:
    folders = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    found = (Path(folder) / "autostart" / _ENTRY for folder in folders if folder)
    return next((path for path in found if path.exists()), None)


def _agent() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{_AGENT}.plist"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_bytes(content)
    put(part, path)


if sys.platform == "win32":
    import subprocess
    import winreg

    def _registered() -> str | None:
        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
                return str(winreg.QueryValueEx(key, _NAME)[0])
        except OSError:
            return None

    def _register(command: Sequence[str] | None) -> None:
        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _RUN) as key:
            if command is not None:
                winreg.SetValueEx(key, _NAME, 0, winreg.REG_SZ, subprocess.list2cmdline(command))
            elif _registered() is not None:
                winreg.DeleteValue(key, _NAME)
