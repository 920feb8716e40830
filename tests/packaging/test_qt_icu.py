"""Qt's ICU data without what is not read: a package made here, and Qt's own."""

from __future__ import annotations

import importlib.util
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.conftest import QT_MISSING

ROOT = Path(__file__).resolve().parents[2]
ITEMS = {
    "icudt99l/cnvalias.icu": b"converters",
    "icudt99l/coll/de.res": b"how German is sorted",
    "icudt99l/de_AT.res": b"no",
    "icudt99l/en.res": b"the default",
    "icudt99l/lang/de.res": b"no" * 40,
    "icudt99l/root.res": b"the root of all",
    "icudt99l/yue_Hans.res": b"no",
    "icudt99l/zone/de.res": b"no" * 9,
    "icudt99l/zoneinfo64.res": b"zones",
}


@pytest.fixture
def icu() -> ModuleType:
    spec = importlib.util.spec_from_file_location("qt_icu", ROOT / "packaging" / "qt_icu.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def package(items: dict[str, bytes]) -> bytes:
    """As ICU lays it out: header, table of offsets, names, and items on multiples of 16."""
    header = struct.pack("<HBBHHBBBB4s", 32, 0xDA, 0x27, 20, 0, 0, 0, 2, 0, b"CmnD").ljust(32, b"\0")
    named = 4 + 8 * len(items)
    names, rows, body = b"", b"", b""
    base = -(-(named + sum(len(name) + 1 for name in items)) // 16) * 16
    for name, item in items.items():
        rows += struct.pack("<II", named + len(names), base + len(body))
        names += name.encode() + b"\0"
        body += item.ljust(-(-len(item) // 16) * 16, b"\0")
    return header + (struct.pack("<I", len(items)) + rows + names).ljust(base, b"\0") + body


def test_what_qt_reads_stays_as_it_was(icu: ModuleType) -> None:
    kept = {name: item for name, item in ITEMS.items() if not item.startswith(b"no")}
    assert icu.trimmed(package(ITEMS)) == package(kept)
    assert icu.trimmed(package(kept)) == package(kept)


@pytest.mark.parametrize("data", [b"", b"\x7fELF" + bytes(60), package(ITEMS)[:12] + b"ResB" + package(ITEMS)[16:]])
def test_what_is_no_package_is_refused(icu: ModuleType, data: bytes) -> None:
    with pytest.raises(ValueError, match="no package"):
        icu.trimmed(data)


SORTS = """
from PySide6.QtCore import QCollator, QLocale, qVersion
for name in ("de_DE", "sv_SE", "ja_JP", "zh_CN", "xx"):
    print(name, sorted(["zebra", "ärger", "öl", "Zoo", "中", "あ"], key=QCollator(QLocale(name)).sortKey))
print(QLocale("tr").toUpper("ia"), QLocale("lt").toLower("Ì"), QLocale("en").toUpper("straße"))
"""


@pytest.mark.skipif(sys.platform != "linux" or bool(QT_MISSING), reason="ICU comes with Qt on Linux")
@pytest.mark.skipif(not (shutil.which("ld") and shutil.which("objcopy")), reason="needs binutils")
def test_qt_sorts_and_spells_with_it_as_with_the_whole(icu: ModuleType, tmp_path: Path) -> None:
    import PySide6

    (library,) = (Path(PySide6.__file__).parent / "Qt" / "lib").glob("libicudata.so.*")
    made = icu.trim(library, tmp_path)
    assert made.name == library.name and made.stat().st_size < library.stat().st_size / 2

    def run(**environ: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", SORTS],
            env={"PYTHONIOENCODING": "utf-8", **environ},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=True,
        ).stdout

    whole = run()
    assert run(LD_PRELOAD=str(made)) == whole
    # Sweden's ä comes behind z, Germany's before it: the locales' own rules were read.
    assert whole.splitlines()[0].partition(" ")[2] != whole.splitlines()[1].partition(" ")[2]
