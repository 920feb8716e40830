"""`anonamoose selftest`, and what it says of an installation that lacks something."""

from __future__ import annotations

import os
import re
import ssl
from pathlib import Path

import pytest

from app import certificates
from app.errors import Exit, UserError
from app.selftest_command import Selftest
from tests.conftest import QT_MISSING
from tests.e2e.test_command_line import run


def test_it_tries_all_and_says_how_it_went(tmp_path: Path) -> None:
    done = run("selftest", environ={"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")})
    said = done.stdout.decode()
    assert done.returncode == Exit.OK, said + done.stderr.decode()
    rows = dict(re.findall(r"^ok +(\w+) +[\d.]+ s  (.+)$", said, re.M))
    assert rows.keys() == set(
        "program data certificates secrets fetching detection model openai anthropic gemini ollama windows".split()
    )
    assert ("Inspector" in rows["windows"]) == (not QT_MISSING)
    assert not (tmp_path / "data").exists()  # nothing of the user's was touched


async def test_what_fails_is_told_and_counted(capsys: pytest.CaptureFixture[str]) -> None:
    async def lacks() -> str:
        raise UserError("There is none.", "Get one.")

    async def breaks() -> str:
        raise ImportError("no module")

    async def works() -> str:
        return "well"

    test = Selftest()
    await test.check("one", lacks)
    await test.check("two", breaks)
    await test.check("three", works)
    assert test.failed == 2
    rows = [row.split(maxsplit=4) for row in capsys.readouterr().out.splitlines()]
    assert [(row[0], row[1], row[4]) for row in rows] == [
        ("FAILED", "one", "There is none. Get one."),
        ("FAILED", "two", "ImportError: no module"),
        ("ok", "three", "well"),
    ]


def test_certificates_that_came_along_are_used_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from truststore import _openssl

    brought = tmp_path / "cacert.pem"
    brought.write_text("")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv(certificates.FILE_VARIABLE, raising=False)
    nothing = ssl.DefaultVerifyPaths("", "", "", "", "", "")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nothing)
    theirs = tmp_path / "theirs.pem"
    monkeypatch.setattr(_openssl, "_CA_FILE_CANDIDATES", [str(theirs)])
    theirs.write_text("")
    assert certificates.place() == str(theirs)
    certificates.bring(brought)
    assert certificates.FILE_VARIABLE not in os.environ
    theirs.unlink()
    assert certificates.place() == ""
    certificates.bring(brought)
    assert os.environ[certificates.FILE_VARIABLE] == str(brought)
