"""Python imports this at start from `PYTHONPATH`: each process writes down whom it connects to or looks up."""

from __future__ import annotations

import os
import sys
from typing import Any

_FILE = os.open(os.environ["ANONAMOOSE_TEST_CONNECTIONS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_PEER = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


def _write(event: str, arguments: tuple[Any, ...]) -> None:
    if event in _PEER:
        os.write(_FILE, f"{event} {arguments[_PEER[event]]!r}\n".encode())


sys.addaudithook(_write)
os.write(_FILE, b"process\n")
