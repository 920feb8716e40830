"""A real Redis or Valkey, on a free port, with its files where a test wants them."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.fakes import PATIENCE
from tests.lacking import lack

PASSWORD = "not-a-password"
_NAMES = "valkey-server", "redis-server"
#: Those that are installed; tests of the store run with each.
PROGRAMS = [name for name in _NAMES if shutil.which(name)]


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class StoreServer:
    """Keeps what it is given in `folder`, as docs/teams.md has it: each write on disk before it is acknowledged."""

    def __init__(
        self, folder: Path, certificate: Path | None = None, program: str = "", more: tuple[str, ...] = ()
    ) -> None:
        """The first of PROGRAMS, if none is named, with `more` arguments. Skips the test where there is none."""
        if not PROGRAMS:
            lack("Neither valkey-server nor redis-server is installed: apt-get install redis-server")
        self._program, self._more = program or PROGRAMS[0], more
        self.folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self._certificate = certificate  # and its key; then it speaks TLS as well
        self.tls_port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        flags = {"port": self.port, "bind": "127.0.0.1", "dir": self.folder, "requirepass": PASSWORD, "save": ""}
        flags |= {"appendonly": "yes", "appendfsync": "always", "daemonize": "no"}
        if self._certificate:
            flags |= {"tls-port": self.tls_port, "tls-auth-clients": "no", "tls-ca-cert-file": self._certificate}
            flags |= {"tls-cert-file": self._certificate, "tls-key-file": self._certificate}
        command = [self._program, *(part for name, value in flags.items() for part in (f"--{name}", str(value)))]
        command += self._more
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        began = time.monotonic()
        while self.ask("PING") != b"+PONG\r\n":
            assert time.monotonic() - began < PATIENCE, "the store does not start"
            time.sleep(0.02)

    def ask(self, *command: str) -> bytes:
        """What it answers, b"" when nobody does."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as one:
                one.sendall(f"AUTH {PASSWORD}\r\n".encode() + " ".join(command).encode() + b"\r\n")
                said = b""
                while said.count(b"\r\n") < 2 and (more := one.recv(65536)):
                    said += more
                return said.partition(b"\r\n")[2]
        except OSError:
            return b""

    def stop(self, *, kill: bool = False) -> None:
        if self._process is not None:
            (self._process.kill if kill else self._process.terminate)()
            self._process.wait(PATIENCE)
            self._process = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def files(folder: Path) -> bytes:
    """All that is on disk."""
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())
