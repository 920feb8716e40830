"""Whether windows can be shown here, found out without Qt, which ends the process where they cannot."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

_XCB_PLUGIN = "Qt/plugins/platforms/libqxcb.so"


def can_show(environ: Mapping[str, str] | None = None) -> str:
    """Empty when a window can be shown, else one sentence that says why not."""
    environ = os.environ if environ is None else environ
    return _without_qt() or (_without_display(environ) if sys.platform.startswith("linux") else "")


def _without_qt() -> str:
    for package in ("PySide6", "qasync"):
        if find_spec(package) is None:
            return f"The windows need {package}: pip install 'anonamoose[tray]'."
    try:
        import PySide6.QtNetwork
        import PySide6.QtSvg
        import PySide6.QtWidgets  # noqa: F401  (loads the system's libraries, or says which is missing)
    except ImportError as error:
        return f"Qt cannot load a system library ({error})."
    return ""


def _without_display(environ: Mapping[str, str]) -> str:
    platform = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform and platform != "xcb":
        return ""  # asked for by name, such as offscreen: taken at its word
    if not platform and _wayland_is_there(environ):
        return ""
    display = environ.get("DISPLAY", "")
    if not display:
        return "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set)."
    missing = _missing_for_xcb()
    if missing:
        return f"Qt cannot use the display: a system library is missing ({missing})."
    return "" if _x_answers(display) else f"The display {display} does not answer."


def _wayland_is_there(environ: Mapping[str, str]) -> bool:
    name = environ.get("WAYLAND_DISPLAY", "")
    return bool(name) and Path(environ.get("XDG_RUNTIME_DIR", "/"), name).is_socket()


def _missing_for_xcb() -> str:
    """What the loader says about Qt's X11 plugin; Qt itself always blames the same library."""
    spec = find_spec("PySide6")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for plugin in (Path(folder, _XCB_PLUGIN) for folder in folders):
        if plugin.is_file():
            try:
                ctypes.CDLL(str(plugin))
            except OSError as error:
                return str(error).partition(":")[0]
    return ""


def _x_answers(display: str) -> bool:
    name = ctypes.util.find_library("xcb") or "libxcb.so.1"
    try:
        xcb = ctypes.CDLL(name)
    except OSError:
        return True  # cannot be asked
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(display.encode(), None)
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return not failed
