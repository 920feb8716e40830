"""Brings a translation in line with what the windows say: python tools/translations.py de

Makes app/ui/languages/anonamoose_de.ts, or keeps what is translated in it already; Qt's Linguist opens it. With
`--release` it is compiled as well, to the file that the app reads.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "app" / "ui"


def main() -> None:
    """Parses the command line and does it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", help="as QLocale names it: de, fr, pt_BR")
    parser.add_argument("--out", type=Path, default=SOURCES / "languages")
    parser.add_argument("--release", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    written = arguments.out / f"anonamoose_{arguments.language}.ts"
    _run("pyside6-lupdate", "-no-obsolete", *map(str, sorted(SOURCES.glob("*.py"))), "-ts", str(written))
    if arguments.release:
        _run("pyside6-lrelease", str(written))


def _run(program: str, *arguments: str) -> None:
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else shutil.which(program)
    if found is None:
        raise SystemExit(f"{program} is missing: it comes with PySide6.")
    subprocess.run([found, *arguments], check=True)


if __name__ == "__main__":
    main()
