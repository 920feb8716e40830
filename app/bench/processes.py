"""The fake upstream and the proxy, each in a process of its own that tells what it has used."""

from __future__ import annotations

import asyncio
import base64
import logging
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Self

from app.application import Application
from app.bench.upstream import Upstream
from app.credentials import VARIABLE
from app.errors import Exit, UserError
from app.events import EventBus
from app.settings_store import SettingsStore
from app.state import Protection
from app.usage import Usage, usage

#: What a part answers at first: the port it listens on, or why it does not.
Ready = int | str
Measure = Callable[[], Any]


class Part:
    """A process that runs `service` until it is closed, and the pipe to it."""

    def __init__(self, service: Callable[..., AbstractAsyncContextManager[tuple[Ready, Measure]]], *given: Any) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=_run, args=(theirs, service, given))
        self._process.start()
        theirs.close()
        self.port = 0

    def __enter__(self) -> Self:
        try:
            ready = self._pipe.recv()
        except EOFError:
            ready = "A part of the benchmark ended before it had begun."
        if isinstance(ready, str):
            self._end()
            raise UserError(ready, code=Exit.UNAVAILABLE)
        self.port = ready
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._pipe.close()
        self._process.join()

    def usage(self) -> list[Usage]:
        """What its processes have used so far."""
        used: list[Usage] = self.measure()
        return used

    def measure(self) -> Any:
        """What its service measures."""
        self._pipe.send("measure")
        return self._pipe.recv()


def _run(pipe: Connection, service: Callable[..., Any], given: tuple[Any, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the command closes the pipe
    asyncio.run(_serve(pipe, service, given))


async def _serve(pipe: Connection, service: Callable[..., Any], given: tuple[Any, ...]) -> None:
    try:
        async with service(*given) as (ready, measure):
            pipe.send(ready)
            while True:
                await asyncio.to_thread(pipe.recv)
                pipe.send(await measure())
    except EOFError:
        pass
    except UserError as error:
        pipe.send(f"{error.title} {error.hint}")


@asynccontextmanager
async def fake_upstream() -> AsyncIterator[tuple[Ready, Measure]]:
    """A provider on a free port."""
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", 0)

    async def measure() -> list[Usage]:
        return [usage()]

    async with server:
        yield server.sockets[0].getsockname()[1], measure


@asynccontextmanager
async def proxy(folder: str, upstream: int, ner: bool, **more: Any) -> AsyncIterator[tuple[Ready, Measure]]:
    """The app as `anonamoose serve` runs it, on a free port, its data in `folder`, with `more` settings."""
    if not more.get("vault_url"):  # the others have the same key there
        os.environ[VARIABLE] = base64.b64encode(os.urandom(32)).decode()
    logging.basicConfig(filename=os.devnull)
    logging.getLogger("app").setLevel("INFO")
    flags = {"data_dir": folder, "host": "127.0.0.1", "port": 0, "ner": ner, **more}
    settings = SettingsStore({**flags, "openai_upstream": f"http://127.0.0.1:{upstream}"}, environ={})
    bus = EventBus()
    application = Application(settings, bus, inspected=False)
    changed = asyncio.Event()
    bus.subscribe(lambda _: changed.set())
    await application.start()

    async def measure() -> list[Usage]:
        return [usage(), await application.worker.usage()]

    try:
        while application.state.protection is Protection.STARTING:
            changed.clear()
            await changed.wait()
        state = application.state
        port = int(state.base_url.removesuffix("/v1").rpartition(":")[2])
        yield port if state.protection is Protection.ON else state.reason, measure
    finally:
        await application.stop()
