"""What goes into the frozen program, as the spec tells PyInstaller on each system."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from app import __version__

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "packaging" / "anonamoose.spec"
#: What PyInstaller's hooks collect, some of which is of no use: places, and whether they are to stay.
COLLECTED = {
    "linux": {
        "PySide6/Qt/lib/libQt6Core.so.6": True,
        "PySide6/Qt/lib/libQt6Svg.so.6": True,
        "PySide6/Qt/plugins/platforms/libqxcb.so": True,
        "PySide6/Qt/plugins/platforms/libqwayland.so": True,
        "PySide6/Qt/plugins/platforms/libqoffscreen.so": True,
        "PySide6/Qt/plugins/iconengines/libqsvgicon.so": True,
        "PySide6/Qt/plugins/platforms/libqeglfs.so": False,
        "PySide6/Qt/plugins/platformthemes/libqgtk3.so": False,
        "PySide6/Qt/lib/libQt6Quick.so.6": False,
        "libxcb-cursor.so.0": True,
        "libxcb.so.1": False,
        "libGL.so.1": False,
        "libgtk-3.so.0": False,
        "libsqlite3.so.0": True,
    },
    "win32": {
        "PySide6\\plugins\\platforms\\qwindows.dll": True,
        "PySide6\\plugins\\platforms\\qoffscreen.dll": True,
        "PySide6\\Qt6Core.dll": True,
        "PySide6\\plugins\\platforms\\qdirect2d.dll": False,
        "PySide6\\opengl32sw.dll": False,
        "PySide6\\Qt6Quick.dll": False,
        "PySide6\\translations\\qtbase_de.qm": False,
    },
    "darwin": {
        "PySide6/Qt/plugins/platforms/libqcocoa.dylib": True,
        "PySide6/Qt/plugins/platforms/libqoffscreen.dylib": True,
        "PySide6/Qt/plugins/styles/libqmacstyle.dylib": True,
        "PySide6/Qt/plugins/tls/libqopensslbackend.dylib": False,
    },
}


@dataclass
class Build:
    """What the spec has asked for."""

    platform: str
    analysis: dict[str, Any] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    scripts: list[str] = field(default_factory=list)
    programs: dict[str, dict[str, Any]] = field(default_factory=dict)
    bundles: list[dict[str, Any]] = field(default_factory=list)

    def run(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Build:
        hooks = ModuleType("PyInstaller.utils.hooks")
        hooks.collect_submodules = lambda name: [name, f"{name}.some"]  # type: ignore[attr-defined]
        hooks.collect_data_files = lambda name, **_: [(f"/x/{name}", name)]  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
        monkeypatch.setattr(sys, "platform", self.platform)
        monkeypatch.setattr(sys, "path", list(sys.path))
        scope = {
            "SPECPATH": str(SPEC.parent),
            "workpath": str(tmp_path),
            "Analysis": self._analyse,
            "PYZ": lambda pure: pure,
            "EXE": lambda *parts, name, **more: self.programs.setdefault(name, more),
            "COLLECT": self._collect,
            "BUNDLE": lambda folder, **more: self.bundles.append(more),
        }
        exec(compile(SPEC.read_text(encoding="utf-8"), SPEC, "exec"), scope)
        return self

    def _analyse(self, scripts: list[str], **more: Any) -> Any:
        self.analysis = {"scripts": scripts, **more}
        analysis = ModuleType("analysis")
        analysis.binaries = [(place, f"/x/{place}", "BINARY") for place in COLLECTED[self.platform]]  # type: ignore[attr-defined]
        analysis.datas = []  # type: ignore[attr-defined]
        analysis.pure = []  # type: ignore[attr-defined]
        analysis.scripts = [(name, "", "PYSOURCE") for name in ("pyi_rth_pyside6", "pyi_rth_multiprocessing", "entry")]  # type: ignore[attr-defined]
        self._analysis = analysis
        return analysis

    def _collect(self, *parts: Any, **more: Any) -> str:
        self.kept = {row[0] for row in self._analysis.binaries}
        self.scripts = [row[0] for row in self._analysis.scripts]
        return "folder"


@pytest.fixture(params=COLLECTED)
def build(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Build:
    return Build(request.param).run(monkeypatch, tmp_path)


def test_what_the_app_loads_stays_and_the_rest_goes(build: Build) -> None:
    assert build.kept == {place for place, stays in COLLECTED[build.platform].items() if stays}


def test_modules_that_are_imported_by_name_are_collected(build: Build) -> None:
    hidden = build.analysis["hiddenimports"]
    assert {"app.some", "stdnum.some", "keyring.backends.some"} <= set(hidden)
    assert ("jeepney.io.blocking" in hidden) == (build.platform == "linux")
    assert ("win32ctypes.core" in hidden) == (build.platform == "win32")


def test_nothing_is_left_out_that_the_app_imports(build: Build) -> None:
    out = set(build.analysis["excludes"])
    assert not out & {"PySide6.QtCore", "PySide6.QtGui", "PySide6.QtWidgets", "PySide6.QtNetwork", "PySide6.QtSvg"}
    assert not out & {"tokenizers", "huggingface_hub", "phonenumbers", "yaml", "rich", "truststore"}
    assert {"transformers", "phonenumbers.geodata", "PySide6.QtQml"} <= out


def test_data_and_certificates_are_inside(build: Build) -> None:
    assert {"app", "certifi"} <= {place for _, place in build.analysis["datas"]}
    assert all(Path(source).is_file() for source, place in build.analysis["datas"] if place == ".")


def test_every_script_and_entitlement_is_there(build: Build) -> None:
    assert [Path(script).is_file() for script in build.analysis["scripts"]] == [True]
    for program in build.programs.values():
        assert program["entitlements_file"] is None or Path(program["entitlements_file"]).is_file()
        assert not program["upx"]


def test_windows_has_a_program_with_a_console_beside_the_one_with_windows(build: Build) -> None:
    consoles = {name: program["console"] for name, program in build.programs.items()}
    if build.platform == "win32":
        assert consoles == {"anonamoose": False, "anonamoose-cli": True}
        assert all(program["icon"].endswith(".ico") and program["version"] for program in build.programs.values())
    else:
        assert consoles == {"anonamoose": True}


def test_macos_gets_a_bundle_without_a_dock_icon(build: Build) -> None:
    if build.platform != "darwin":
        assert build.bundles == []
        return
    (bundle,) = build.bundles
    assert bundle["version"] == __version__ and bundle["info_plist"]["LSUIElement"] is True
    assert bundle["bundle_identifier"].endswith("Anonamoose")


def test_on_linux_no_process_loads_qt_before_it_must(build: Build) -> None:
    assert ("pyi_rth_pyside6" in build.scripts) == (build.platform != "linux")
    assert "pyi_rth_multiprocessing" in build.scripts  # by which it starts its own processes
