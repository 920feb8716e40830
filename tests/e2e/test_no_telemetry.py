"""The app connects to the providers it is told of, and to nobody else."""

from __future__ import annotations

from pathlib import Path

import aiohttp

from app.errors import Exit
from tests.e2e.conftest import PROSE
from tests.e2e.dialects import BOTH
from tests.e2e.test_command_line import posix, run, serving
from tests.fakes import FakeUpstream

WATCH = Path(__file__).resolve().parents[1] / "watch"


def _watched(file: Path) -> dict[str, str]:
    # Hubs may be reached as far as the environment is concerned.
    return {"PYTHONPATH": str(WATCH), "ANONAMOOSE_TEST_CONNECTIONS": str(file), "HF_HUB_OFFLINE": "0"}


@posix
async def test_serve_connects_to_its_upstreams_alone(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    seen = tmp_path / "connections"
    async with serving(tmp_path / "data", upstream, "--ner", environ=_watched(seen)) as app:
        for dialect in BOTH:
            for stream in (False, True):
                async with http.post(app.origin + dialect.path, json=dialect.body(PROSE, stream=stream)) as got:
                    assert got.status == 200, await got.text()
                    await got.read()
        async with http.get(f"{app.origin}/health") as got:
            assert got.status == 200
        app.process.terminate()
        assert await app.ends() == Exit.OK
    processes, *_ = lines = seen.read_text().splitlines()
    assert lines.count(processes) >= 2  # the proxy, and the process that detects
    host, port = upstream.origin.removeprefix("http://").split(":")
    connected = {line for line in lines if line.startswith("socket.connect ")}
    assert connected == {f"socket.connect ('{host}', {port})"}
    looked_up = {line.split(" ", 1)[1] for line in lines if line.startswith("socket.getaddrinfo")}
    assert looked_up <= {f"'{host}'", f"b'{host}'"}
    assert not [line for line in lines if line.startswith(("socket.send", "socket.gethost"))]


def test_redact_connects_to_nobody(tmp_path: Path) -> None:
    seen = tmp_path / "connections"
    done = run("redact", "--data-dir", tmp_path / "data", input=PROSE.encode(), environ=_watched(seen))
    assert done.returncode == Exit.OK and b"@example.com" not in done.stdout
    assert set(seen.read_text().splitlines()) == {"process"}
