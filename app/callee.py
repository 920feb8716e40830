"""A process of our own, seen from inside: it answers calls one after the other.

Apart from the side that calls, whose event loop would take two megabytes in here.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

from app.fatal import Trace
from app.reports import Reports

#: Before each message: how many bytes it has.
HEAD = struct.Struct("!Q")


def serve(
    link: socket.socket,
    begin: Callable[..., None],
    arguments: tuple[Any, ...],
    idle: Callable[[], None] | None,
    reports: Reports | None,
) -> None:
    """Answers what comes through `link` after `begin(*arguments)`, until it is closed; `idle` follows each answer.

    Whoever started it makes a report, among `reports`, of the trace that a crash leaves.
    """
    if reports is not None:
        Trace(reports)
    # Ctrl-C reaches the whole group; the parent drains and then ends this process itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    begin(*arguments)
    with link, link.makefile("rwb") as stream:
        while head := stream.read(HEAD.size):
            function, given = pickle.loads(stream.read(HEAD.unpack(head)[0]))  # noqa: S301  from our parent
            try:
                message = pickle.dumps((function(*given), None), pickle.HIGHEST_PROTOCOL)
            except Exception as error:  # the caller's affair: it is raised there
                message = pickle.dumps((None, error), pickle.HIGHEST_PROTOCOL)
            stream.write(HEAD.pack(len(message)) + message)
            stream.flush()
            if idle is not None:
                idle()


def _end_with_parent() -> None:
    """The link tells of it as well, but not in the middle of a long scan."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
