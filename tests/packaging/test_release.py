"""One version, in one place; what is made of it and of the changelog."""

from __future__ import annotations

import ast
import hashlib
import struct
import tomllib
from pathlib import Path

import pytest

from app import __version__
from tests.conftest import QT_MISSING
from tools import man_page, marks, release

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_stands_in_one_place() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in project["project"] and project["project"]["dynamic"] == ["version"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "app.__version__"}
    assert release.VERSION.fullmatch(__version__)


def test_the_changelog_tells_of_this_version_or_of_the_next() -> None:
    sections = release.sections(release.CHANGELOG.read_text(encoding="utf-8"))
    assert next(iter(sections)) in ("Unreleased", __version__)


CHANGES = (
    "# Changelog\n\n## [Unreleased]\n\n## [1.2.3] - 2026-11-24\n\n### Added\n\n- A thing.\n\n## [1.2.2] - 2026-01-01\n"
)


@pytest.mark.parametrize(
    ("tag", "version", "wrong"),
    [
        ("v1.2.3", "1.2.3", ""),
        ("1.2.3", "1.2.3", "The tag"),
        ("v1.2.4", "1.2.3", "The tag"),
        ("v1.2.4", "1.2.4", "CHANGELOG.md"),
        ("v1.2.2", "1.2.2", "CHANGELOG.md"),  # an empty section
        ("v1.2", "1.2", "The version"),
    ],
)
def test_a_release_is_one_of_what_tag_program_and_changelog_say(tag: str, version: str, wrong: str) -> None:
    problem = release.check(tag, version, CHANGES)
    assert problem.startswith(wrong) and bool(problem) == bool(wrong)


def test_the_notes_are_the_section() -> None:
    assert release.sections(CHANGES)["1.2.3"] == "### Added\n\n- A thing."


def test_checksums_are_as_the_usual_tools_read_them(tmp_path: Path) -> None:
    for name in ("b.deb", "a.dmg"):
        (tmp_path / name).write_bytes(name.encode())
    lines = release.sums([tmp_path / "b.deb", tmp_path / "a.dmg"]).splitlines()
    assert lines == [f"{hashlib.sha256(name.encode()).hexdigest()}  {name}" for name in ("a.dmg", "b.deb")]


def test_the_version_resource_is_an_expression_with_the_version_in_it() -> None:
    text = release.resource("1.2.3rc1")
    ast.parse(text)
    assert "filevers=(1, 2, 3, 0)" in text and "StringStruct('ProductVersion', '1.2.3rc1')" in text


def test_the_manual_page_is_current() -> None:
    assert man_page.PAGE.read_text(encoding="utf-8") == man_page.page(), "run `make docs`"


def test_icon_files_hold_what_they_list() -> None:
    pictures = {size: f"picture {size}".encode() for size in marks.ICO_SIZES}
    made = marks.ico(pictures)
    assert struct.unpack_from("<HHH", made) == (0, 1, len(pictures))
    for number, (size, picture) in enumerate(pictures.items()):
        wide, _, _, _, _, _, length, at = struct.unpack_from("<BBBBHHII", made, 6 + 16 * number)
        assert (wide or 256, made[at : at + length]) == (size, picture)
    made = marks.icns([(b"ic07", b"one"), (b"ic08", b"two")])
    assert made == b"icns" + struct.pack(">I", 30) + b"ic07\0\0\0\x0bone" + b"ic08\0\0\0\x0btwo"


@pytest.mark.skipif(bool(QT_MISSING), reason="Qt cannot load here")
def test_the_mark_is_drawn_in_every_size(tmp_path: Path, qapp: object) -> None:
    from PySide6.QtGui import QImage

    marks.make(tmp_path)
    for size in marks.SIZES:
        image = QImage(str(tmp_path / f"{size}.png"))
        assert (image.width(), image.height()) == (size, size)
        assert image.pixelColor(0, 0).alpha() == 0 and image.pixelColor(size // 2, size // 20 + 1).alpha() > 0
    assert marks.COLOUR in (tmp_path / "anonamoose.svg").read_text(encoding="utf-8")
