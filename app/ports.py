"""Who listens at a port of this machine, as far as the system tells without rights; and which port is free."""

from __future__ import annotations

import json
import os
import socket
import sys
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from app.errors import PortTaken

_LISTENS = "0A"  # in /proc/net/tcp
#: Seconds that whoever listens may take to say whether it is one of us; ports behind a taken one that are tried.
_PATIENCE, _TRIED = 1.0, 50


def taken(hosts: list[str], port: int) -> PortTaken:
    """The error of one of `hosts` whose port is taken: by whom, and what to do about it. Blocks for a moment."""
    free = next_free(hosts, port)
    other = f"start this one with --port {free}, which is free" if free else "choose another port with --port"
    who = holder(port)
    known = f" ({who})" if who else ""
    if any(_is_ours(host, port) for host in hosts):
        return PortTaken(
            f"Another Anonamoose{known} listens on port {port} already.",
            f"Use that one, or {other}.",
            port=port,
            free=free,
        )
    return PortTaken(
        f"Port {port} is taken by another program{known}.", f"Close that program, or {other}.", port=port, free=free
    )


def next_free(hosts: list[str], port: int) -> int:
    """The first port behind `port` that all of `hosts` have free; 0 where there is none near."""
    return next((one for one in range(port + 1, min(port + _TRIED, 65535) + 1) if _is_free(hosts, one)), 0)


def _is_free(hosts: list[str], port: int) -> bool:
    for host in hosts:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            if sys.platform != "win32":
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                if host != "::1" or len(hosts) == 1:  # else there may be no IPv6 here
                    return False
    return True


def holder(port: int, proc: Path = Path("/proc")) -> str:
    """Say `node, process 4711`; empty where nobody tells, as of other users' programs and on other systems."""
    sockets = _sockets(port, proc)
    if not sockets:
        return ""
    for process in proc.glob("[0-9]*"):
        with suppress(OSError):
            if any(_link(handle) in sockets for handle in (process / "fd").iterdir()):
                name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
                shown = "".join(letter for letter in name if letter.isprintable())
                return f"{shown}, process {process.name}" if shown else f"process {process.name}"
    return ""


def _sockets(port: int, proc: Path) -> set[str]:
    """What handles of those that listen at `port` are links to."""
    found = set()
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            for line in (proc / "net" / table).read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTENS and int(fields[1].rpartition(":")[2], 16) == port:
                    found.add(f"socket:[{fields[9]}]")
    return found


def _link(handle: Path) -> str:
    try:
        return os.readlink(handle)
    except OSError:
        return ""


def _is_ours(host: str, port: int) -> bool:
    """Whether an Anonamoose answers there."""
    with closing(HTTPConnection(host, port, timeout=_PATIENCE)) as connection:
        try:
            connection.request("GET", "/health")
            answer = connection.getresponse()
            told = json.loads(answer.read(10_000))
        except (OSError, HTTPException, ValueError):
            return False
    return isinstance(told, dict) and told.keys() >= {"status", "version", "protection", "audit"}
