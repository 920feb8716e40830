"""Who has a port, and which one is free."""

from __future__ import annotations

import http.server
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ports import holder, next_free, taken

BOTH = ["127.0.0.1", "::1"]


@pytest.fixture
def other() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def port_of(server: socket.socket) -> int:
    return int(server.getsockname()[1])


def _proc(folder: Path, name: bytes, *, state: str = "0A") -> Path:
    """What Linux tells of one program, process 7, that listens at port 3000 by its socket 99."""
    (folder / "net").mkdir()
    row = f"   0: 0100007F:0BB8 00000000:0000 {state} 00000000:00000000 00:00000000 00000000     0        0 99 1"
    (folder / "net" / "tcp").write_text(f"  sl  local_address\n{row}\n")
    handles = folder / "7" / "fd"
    handles.mkdir(parents=True)
    (handles / "0").symlink_to("/dev/null")
    (handles / "1").symlink_to("socket:[99]")
    (folder / "7" / "comm").write_bytes(name + b"\n")
    (folder / "8").mkdir()  # another user's: it tells nothing
    return folder


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
@pytest.mark.parametrize(
    ("name", "said"),
    [(b"node", "node, process 7"), (b"\x1b[2J\xff", "[2J\ufffd, process 7"), (b"", "process 7")],
)
def test_the_holder_as_linux_tells_it(tmp_path: Path, name: bytes, said: str) -> None:
    proc = _proc(tmp_path, name)
    assert holder(3000, proc) == said
    assert holder(3001, proc) == ""


@pytest.mark.skipif(sys.platform == "win32", reason="needs links")
def test_who_only_talks_from_there_is_no_holder(tmp_path: Path) -> None:
    assert holder(3000, _proc(tmp_path, b"node", state="01")) == ""
    assert holder(3000, tmp_path / "nothing") == ""


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_a_holder_of_this_machine(other: socket.socket) -> None:
    assert holder(port_of(other)).endswith(f", process {os.getpid()}")


def test_the_next_port_that_is_free(other: socket.socket) -> None:
    port = port_of(other)
    free = next_free(BOTH, port - 1)
    assert free > port
    with socket.create_server(("127.0.0.1", free)):
        assert next_free(BOTH, port - 1) > free
    assert next_free(BOTH, 65535) == 0


def test_whoever_takes_a_port_and_says_nothing_is_another_program(other: socket.socket) -> None:
    port = port_of(other)
    error = taken(["127.0.0.1"], port)
    assert error.title.startswith(f"Port {port} is taken by another program")
    assert (error.port, error.hint.count(f"--port {error.free}, which is free")) == (port, 1)


@pytest.mark.parametrize("said", [b"{}", b"[]", b"\xff", b'{"status": "ok", "version": "1"}', b""])
def test_whoever_answers_otherwise_is_another_program(said: bytes) -> None:
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            assert "another program" in taken(["127.0.0.1"], server.server_port).title
        finally:
            server.shutdown()
            thread.join()
