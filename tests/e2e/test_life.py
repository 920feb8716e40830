"""How the app begins, ends and breaks, as a process of its own and beside one."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from app.errors import Exit, PortTaken
from app.faults import faults
from app.reports import Reports
from tests.e2e.conftest import PROSE, launched
from tests.e2e.test_command_line import posix, run, serving
from tests.fakes import FakeUpstream


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[Reports]:
    """Where the faults of this process are reported meanwhile."""
    faults.keep(tmp_path / "reports")
    yield Reports(tmp_path / "reports")
    faults.reports = None


async def _post(http: aiohttp.ClientSession, origin: str, text: str = PROSE) -> tuple[int, str]:
    body = {"model": "m", "messages": [{"role": "user", "content": text}]}
    async with http.post(f"{origin}/v1/chat/completions", json=body, headers={"Authorization": "Bearer k"}) as answer:
        return answer.status, await answer.text()


# -- crashes


@posix
async def test_a_crash_is_told_at_the_next_start(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with serving(tmp_path, upstream) as app:
        app.process.send_signal(signal.SIGSEGV)
        assert await app.ends() == -signal.SIGSEGV
    async with serving(tmp_path, upstream) as app:
        assert b"it ended unexpectedly last time: a report without data was written to " in app.log
        app.process.terminate()
        assert await app.ends() == Exit.OK
    async with serving(tmp_path, upstream) as app:
        assert b"last time" not in app.log
    assert len(Reports(tmp_path / "reports").all()) == 1
    shown = run("reports", "show", "--data-dir", tmp_path).stdout.decode()
    assert shown.startswith("A fatal error (Segmentation fault) in the program\n") and "asyncio." in shown
    assert re.search(r"^Layers: .*patterns", shown, re.MULTILINE) and "Python 3." in shown
    assert str(Path.home()) not in shown and str(tmp_path) not in shown


@posix
async def test_a_crash_of_the_detection_process_is_reported_and_survived(
    tmp_path: Path, reports: Reports, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:
        assert (await _post(http, running.origin))[0] == 200
        process = running.app.worker._process
        assert process is not None and process.pid is not None
        os.kill(process.pid, signal.SIGSEGV)
        status, text = await _post(http, running.origin)
        while status != 200:  # it may have been asked before it noticed
            assert "nothing was sent" in text
            status, text = await _post(http, running.origin)
    (report,) = reports.all()
    assert report.read_text().startswith("A fatal error (Segmentation fault) in a process of its own\n")
    assert not list(reports.folder.glob("*.trace"))


async def test_a_fault_in_a_request_is_reported_and_answered(
    tmp_path: Path,
    reports: Reports,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with launched(tmp_path, upstream, ner=False) as running:

        async def broken(*_: object, **__: object) -> None:
            raise LookupError(PROSE)

        with monkeypatch.context() as patched:
            patched.setattr(running.app._forwarder._redactor, "redact", broken)
            status, text = await _post(http, running.origin)
            assert status == 500 and "internal_error" in text
            assert (await _post(http, running.origin))[0] == 500
        assert (await _post(http, running.origin))[0] == 200
    (report,) = reports.all()
    text = report.read_text()
    assert "LookupError\n" in text and "app.proxy.forward, Forwarder._forward, line " in text
    assert not any(word in text for word in PROSE.split() if len(word) > 4)


# -- ports


async def test_another_one_of_us_is_known(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with launched(tmp_path / "first", upstream, ner=False) as running:
        with pytest.raises(PortTaken) as error:
            async with launched(tmp_path / "second", upstream, ner=False, host="127.0.0.1", port=running.port):
                pytest.fail("two cannot have one port")
        assert error.value.title.startswith("Another Anonamoose")
        assert error.value.title.endswith(f" listens on port {running.port} already.")
        assert running.port < error.value.free
