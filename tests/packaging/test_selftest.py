"""`anonamoose selftest`, and what it says of an installation that lacks something."""

from __future__ import annotations

import re
import ssl
from pathlib import Path

import pytest

from app import certificates
from app.errors import Exit
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


def test_it_fails_where_it_cannot_serve(tmp_path: Path) -> None:
    done = run("selftest", environ={"TMPDIR": str(tmp_path), "SSL_CERT_FILE": "", "HF_HUB_OFFLINE": "1", "TZ": "UTC"})
    assert done.returncode == Exit.OK


def test_certificates_that_came_along_are_used_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from truststore import _openssl

    brought = tmp_path / "cacert.pem"
    brought.write_text("")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.delenv(certificates.FILE_VARIABLE, raising=False)
    nothing = ssl.DefaultVerifyPaths(None, None, "", "", "", "")
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: nothing)
    theirs = tmp_path / "theirs.pem"
    monkeypatch.setattr(_openssl, "_CA_FILE_CANDIDATES", [str(theirs)])
    theirs.write_text("")
    assert certificates.place() == str(theirs)
    certificates.bring(brought)
    assert certificates.FILE_VARIABLE not in __import__("os").environ
    theirs.unlink()
    assert certificates.place() == ""
    certificates.bring(brought)
    assert __import__("os").environ[certificates.FILE_VARIABLE] == str(brought)
