"""Whether windows can be shown, in one sentence when they cannot."""

from __future__ import annotations

import ctypes
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import app.ui.display
from app.ui.display import can_show

linux_only = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems always have a display")


def test_a_platform_asked_for_by_name_is_taken_at_its_word() -> None:
    assert can_show({"QT_QPA_PLATFORM": "offscreen"}) == ""
    assert can_show({"QT_QPA_PLATFORM": "offscreen:size=800x600"}) == ""


@linux_only
@pytest.mark.parametrize(
    "environ",
    [{}, {"DISPLAY": ""}, {"QT_QPA_PLATFORM": "xcb"}, {"WAYLAND_DISPLAY": "wayland-0", "XDG_RUNTIME_DIR": "/nowhere"}],
)
def test_no_display_is_said_in_a_sentence(environ: dict[str, str]) -> None:
    assert can_show(environ) == "There is no display here (DISPLAY and WAYLAND_DISPLAY are not set)."


@linux_only
def test_a_display_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.ui.display, "_missing_for_xcb", lambda: "")
    assert can_show({"DISPLAY": ":65432"}) == "The display :65432 does not answer."


@linux_only
def test_a_library_that_the_display_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str) -> None:
        raise OSError("libxcb-keysyms.so.1: cannot open shared object file: No such file or directory")

    monkeypatch.setattr(ctypes, "CDLL", fail)
    assert "a system library is missing (libxcb-keysyms.so.1)" in can_show({"DISPLAY": ":0"})


@pytest.mark.parametrize("package", ["PySide6", "qasync"])
def test_a_package_that_is_not_installed_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.ui.display, "find_spec", lambda name: None if name == package else find_spec(name))
    assert can_show({}).startswith(f"The windows need {package}: pip install 'anonamoose[tray]'.")


def test_a_library_that_qt_itself_needs_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtSvg", None)
    assert can_show({"QT_QPA_PLATFORM": "offscreen"}).startswith("Qt cannot load a system library")


def test_asking_needs_no_qt(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['PySide6'] = sys.modules['qasync'] = None; import app.ui.run; "
        "app.ui.display.find_spec = lambda name: None; print(app.ui.run.can_show())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.startswith("The windows need PySide6")
