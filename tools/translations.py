"""Brings a translation in line with what the windows say: python tools/translations.py de

Makes app/ui/languages/anonamoose_de.ts, or keeps what is translated in it already; Qt's Linguist opens it. With
`--release` it is compiled as well, to the file that the app reads.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tools.sentences import sentences  # noqa: E402  (of this checkout)


def main() -> None:
    """Parses the command line and does it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("language", help="as QLocale names it: de, fr, pt_BR")
    parser.add_argument("--out", type=Path, default=ROOT / "app" / "ui" / "languages")
    parser.add_argument("--release", action="store_true")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    written = arguments.out / f"anonamoose_{arguments.language}.ts"
    with tempfile.TemporaryDirectory() as folder:
        gathered = Path(folder) / "sentences.py"
        gathered.write_text("".join(_lines()), encoding="utf-8")
        _run("pyside6-lupdate", "-no-obsolete", "-locations", "none", str(gathered), "-ts", str(written))
    if arguments.release:
        _run("pyside6-lrelease", str(written))


def _lines() -> Iterator[str]:
    """Each sentence as lupdate reads it in a program, with a note of where it is said."""
    for sentence in sentences():
        yield f"#: {', '.join(sentence.places)}\n"
        number = ', "", 2' if sentence.counts else ""
        yield f'QCoreApplication.translate("", {json.dumps(sentence.text, ensure_ascii=False)}{number})\n'


def _run(program: str, *arguments: str) -> None:
    beside = Path(sys.executable).parent / program
    found = str(beside) if beside.exists() else shutil.which(program)
    if found is None:
        raise SystemExit(f"{program} is missing: it comes with PySide6.")
    subprocess.run([found, *arguments], check=True)


if __name__ == "__main__":
    main()
