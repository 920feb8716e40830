"""What a release needs to know: python -m tools.release version|notes|resource|sums

`version TAG` fails unless the tag, the program and the changelog agree; `notes` prints the changelog's section;
`resource` prints what Windows shows of a program's version; `sums FILE…` prints SHA-256 checksums.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from app import __version__

ROOT = Path(__file__).resolve().parents[1]
CHANGELOG = ROOT / "CHANGELOG.md"
_HEADING = re.compile(r"^## \[([^]]+)\](?: - (\d{4}-\d\d-\d\d))?$", re.MULTILINE)
#: A version as MAJOR.MINOR.PATCH, with at most a pre-release behind it (PEP 440): 1.2.3, 1.2.3rc1.
VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:(?:a|b|rc)\d+)?")


def sections(text: str) -> dict[str, str]:
    """The changelog's sections by version, without their headings."""
    headings = list(_HEADING.finditer(text))
    ends = [heading.start() for heading in headings[1:]] + [len(text)]
    return {heading[1]: text[heading.end() : end].strip() for heading, end in zip(headings, ends, strict=True)}


def check(tag: str, version: str, changelog: str) -> str:
    """What is wrong with a release of `version` under `tag`, in a sentence; "" when nothing is."""
    if not VERSION.fullmatch(version):
        return f"The version {version} is none such as 1.2.3 or 1.2.3rc1."
    if tag != f"v{version}":
        return f"The tag {tag} is not v{version}, which app/__init__.py tells."
    if not sections(changelog).get(version):
        return f"CHANGELOG.md has no section [{version}], or an empty one."
    return ""


def resource(version: str) -> str:
    """The version resource of a program for Windows, as PyInstaller reads it."""
    match = VERSION.fullmatch(version)
    assert match is not None
    numbers = (*map(int, match.groups()), 0)
    words = {
        "CompanyName": "The Anonamoose authors",
        "FileDescription": "Anonamoose",
        "FileVersion": version,
        "InternalName": "anonamoose",
        "LegalCopyright": "Apache License 2.0",
        "OriginalFilename": "anonamoose.exe",
        "ProductName": "Anonamoose",
        "ProductVersion": version,
    }
    rows = ", ".join(f"StringStruct({name!r}, {value!r})" for name, value in words.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3f, flags=0x0, OS=0x40004, "
        f"fileType=0x1, subtype=0x0, date=(0, 0)), kids=[StringFileInfo([StringTable('040904B0', [{rows}])]), "
        "VarFileInfo([VarStruct('Translation', [1033, 1200])])])\n"
    )


def sums(files: Sequence[Path]) -> str:
    """Lines as `sha256sum --check` reads them."""
    lines = []
    for file in sorted(files, key=lambda file: file.name):
        with file.open("rb") as stream:
            lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {file.name}\n")
    return "".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Runs one of the commands; 1 where something is wrong."""
    match list(arguments):
        case ["version", tag]:
            problem = check(tag, __version__, CHANGELOG.read_text(encoding="utf-8"))
            print(problem or __version__)
            return bool(problem)
        case ["notes"]:
            print(sections(CHANGELOG.read_text(encoding="utf-8"))[__version__])
        case ["resource"]:
            print(resource(__version__), end="")
        case ["sums", *files] if files:
            print(sums([Path(file) for file in files]), end="")
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
