"""A process of our own that answers calls one after the other, over a socket that the loop watches.

The standard library's pool does the same with two threads and two pipes on this side: each call wakes
all of them, which costs more than most calls do, and has them fight the loop for the interpreter.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from app.callee import HEAD, serve
from app.fatal import collect_of
from app.faults import faults


class ProcessDied(Exception):
    """The process ended before it had answered."""


class Process(asyncio.Protocol):
    """Started by spawn, with `begin(*arguments)`. Belongs to the running loop."""

    def __init__(self, begin: Callable[..., None], *arguments: Any, idle: Callable[[], None] | None = None) -> None:
        """`idle` is called behind each answer, in the process."""
        self._buffer = bytearray()
        self._asked: deque[tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._sent: deque[asyncio.Future[Any]] = deque()
        self._transport: asyncio.Transport | None = None
        self._died = False
        ours, theirs = socket.socketpair()
        context = multiprocessing.get_context("spawn")
        given = theirs, begin, arguments, idle, faults.reports
        self._process = context.Process(target=serve, args=given, daemon=True)
        self._process.start()
        theirs.close()
        self._connecting = asyncio.ensure_future(self._loop.create_connection(lambda: self, sock=ours))

    @property
    def _loop(self) -> asyncio.AbstractEventLoop:
        return asyncio.get_running_loop()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def waiting(self) -> int:
        """How many calls are not answered yet."""
        return len(self._asked) + len(self._sent)

    def call(self, function: Callable[..., Any], *arguments: Any) -> asyncio.Future[Any]:
        """What `function(*arguments)` returns or raises there; ProcessDied if the process ends first.

        Where the future is cancelled early enough, it is not called at all.
        """
        future = self._loop.create_future()
        if self._died:
            future.set_exception(ProcessDied())
        else:
            self._asked.append((future, function, arguments))
            self._send()
        return future

    def _send(self) -> None:
        # Two, so that it need not wait for the next; no more, as nobody can take them back.
        while self._transport is not None and self._asked and len(self._sent) < 2:
            future, function, arguments = self._asked.popleft()
            if not future.cancelled():
                message = pickle.dumps((function, arguments), pickle.HIGHEST_PROTOCOL)
                self._sent.append(future)
                self._transport.write(HEAD.pack(len(message)) + message)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= HEAD.size:
            end = HEAD.size + HEAD.unpack_from(self._buffer)[0]
            if len(self._buffer) < end:
                break
            with memoryview(self._buffer) as view:
                answer, error = pickle.loads(view[HEAD.size : end])  # noqa: S301  from our own process
            del self._buffer[:end]
            future = self._sent.popleft()
            if not future.cancelled():
                if error is None:
                    future.set_result(answer)
                else:
                    future.set_exception(error)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        self._died = True
        for future in [*self._sent, *(future for future, _, _ in self._asked)]:
            if not future.done():
                future.set_exception(ProcessDied())
        self._sent.clear()
        self._asked.clear()

    async def ended(self) -> int | None:
        """The exit code of a process that died (of a signal's number, negative), None while it has not gone."""
        await asyncio.to_thread(self._process.join, 5)
        return self._process.exitcode

    async def stop(self) -> None:
        """Ends the process, whatever it is doing, and waits until it has gone."""
        self._process.kill()
        await asyncio.wait([self._connecting])
        if self._transport is not None:
            self._transport.abort()
        await asyncio.to_thread(self._process.join)
        collect_of(self._process.pid or 0)
