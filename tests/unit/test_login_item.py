from __future__ import annotations

import configparser
import plistlib
import re
import shlex
import sys
from pathlib import Path

import pytest

from app import login_item
from app.errors import Exit
from tests.commands import run_here

pytestmark = pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="about the entries of Linux desktops")


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "own"))
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"{tmp_path / 'none'}:{tmp_path / 'all'}")
    return tmp_path


def _entry(path: Path) -> configparser.SectionProxy:
    read = configparser.RawConfigParser()
    read.optionxform = str  # type: ignore[assignment,method-assign]
    read.read(path, encoding="utf-8")
    return read["Desktop Entry"]


def test_on_and_off(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not login_item.is_on()
    assert run_here("login", "on") == Exit.OK
    entry = _entry(folders / "own/autostart/anonamoose.desktop")
    assert (entry["Type"], entry["Name"]) == ("Application", "Anonamoose")
    assert shlex.split(entry["Exec"]) == login_item.command()
    assert run_here("login", "off") == Exit.OK
    assert not (folders / "own/autostart/anonamoose.desktop").exists()
    assert run_here("login", "status") == Exit.OK
    assert capsys.readouterr().out.split() == ["on", "off", "off"]


def test_what_an_installer_made_for_everybody_is_hidden_for_the_user(folders: Path) -> None:
    (folders / "all/autostart").mkdir(parents=True)
    (folders / "all/autostart/anonamoose.desktop").write_text("[Desktop Entry]\nType=Application\n")
    assert login_item.is_on()
    login_item.turn(False)
    assert not login_item.is_on() and (folders / "all/autostart/anonamoose.desktop").exists()
    login_item.turn(True)
    assert login_item.is_on()


def test_a_folder_that_cannot_be_written_is_told(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folders / "own").write_text("a file where a folder should be")
    assert run_here("login", "on") == Exit.CANNOT_CREATE
    assert "cannot be changed" in capsys.readouterr().err


@pytest.mark.parametrize("word", ["/opt/A b/anonamoose", "/home/zoë/x", 'a"b', "a$b`c", "a\\b", "50%"])
def test_a_path_of_any_kind_is_quoted_as_the_specification_has_it(word: str) -> None:
    line = next(line for line in login_item.entry([word]).splitlines() if line.startswith("Exec="))
    value = line.removeprefix("Exec=").replace("%%", "%").replace("\\\\", "\\")  # as any value is read
    assert (value[0], value[-1]) == ('"', '"')
    assert re.sub(r"\\(.)", r"\1", value[1:-1]) == word


def test_a_launch_agent_runs_it_at_login() -> None:
    agent = plistlib.loads(login_item.agent(["/Applications/Anonamoose.app/Contents/MacOS/anonamoose"]))
    assert agent["RunAtLoad"] is True and agent["ProgramArguments"][0].endswith("anonamoose")
