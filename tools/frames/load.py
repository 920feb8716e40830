"""The windows' thread while requests run through the proxy on its loop; upstream and clients are other processes."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import logging
import os
import threading
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from typing import Any

from app.bench import upstream
from app.bench.measure import Client
from app.bench.processes import Measure, Part, Ready, fake_upstream
from app.bench.samples import Samples
from app.errors import UserError
from app.state import Protection
from app.throwaway import throwaway
from app.ui.shell import Shell
from tools.frames.beat import FELT, Beat, Bystander, Gaps
from tools.frames.bodies import long_body


@asynccontextmanager
async def streaming(port: int, number: int) -> AsyncIterator[tuple[Ready, Measure]]:
    """So many clients that ask for a stream, and when it ends for the next; tells how many have ended."""
    ended: list[int] = []
    samples, lock, over = Samples(), threading.Lock(), threading.Event()

    def run() -> None:
        client = Client(port)
        with contextlib.suppress(OSError, http.client.HTTPException, UserError):  # the proxy has been stopped
            while not over.is_set():
                with lock:
                    body = samples.stream(upstream.TYPED)
                ended.append(len(client.ask(body, None)))
        client.close()

    threads = [threading.Thread(target=run, daemon=True) for _ in range(number)]
    for thread in threads:
        thread.start()

    async def measure() -> int:
        return len(ended)

    yield port, measure
    over.set()
    for thread in threads:
        await asyncio.to_thread(thread.join, 10)


@asynccontextmanager
async def asking(port: int, body: bytes) -> AsyncIterator[tuple[Ready, Measure]]:
    """One client that sends `body`; tells how long the answer took, or 0 while there is none."""
    took: list[float] = []

    def run() -> None:
        began = time.perf_counter()
        Client(port).ask(body, None)
        took.append(time.perf_counter() - began)

    threading.Thread(target=run, daemon=True).start()

    async def measure() -> float:
        return took[0] if took else 0.0

    yield port, measure


@asynccontextmanager
async def standing_by() -> AsyncIterator[tuple[Ready, Measure]]:
    """The beat of a process that does nothing."""
    bystander = Bystander()

    async def measure() -> Gaps:
        return bystander.take()

    yield 1, measure


async def measure(shell: Shell, options: argparse.Namespace) -> None:
    """Prints a line for each state."""
    from app.ui.desktop import Desktop
    from app.ui.garbage import Garbage

    logging.disable(logging.WARNING)
    with ExitStack() as parts:

        async def begun(*given: Any) -> Part:
            return await asyncio.to_thread(lambda: parts.enter_context(Part(*given)))

        provider, aside = await begun(fake_upstream), await begun(standing_by)
        settings = {"openai_upstream": f"http://127.0.0.1:{provider.port}", "ner": options.ner, "inspector_memory": 512}
        async with throwaway(**settings) as application:
            while application.state.protection is Protection.STARTING:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            desktop = Desktop(application, shell, patience=3_600_000)
            garbage = Garbage(desktop.is_busy)
            desktop.show()
            desktop.open_inspector()
            desktop.open_dashboard()
            await asyncio.sleep(1)
            port = int(application.base_url.removesuffix("/v1").rpartition(":")[2])
            beat = Beat()

            async def over(seconds: float) -> tuple[Gaps, Gaps]:
                await asyncio.to_thread(aside.measure)
                beat.begin()
                await asyncio.sleep(seconds)
                return beat.stop(), await asyncio.to_thread(aside.measure)

            print(f"{'':34}{'max':>7}{'p99':>7}{'p50':>7}{'>50':>5}   computing   a process that idles: max, p99")
            idle = (await over(options.seconds))[0]
            _print("at rest", idle, idle, idle)
            clients = await begun(streaming, port, options.streams)
            await asyncio.sleep(2)
            before, began = await asyncio.to_thread(clients.measure), time.perf_counter()
            _print(f"{options.streams} streams", *await over(options.seconds), idle)
            body = long_body(2_000_000, options.values, options.messages).original.encode()
            await asyncio.to_thread(aside.measure)
            beat.begin()
            long = await begun(asking, port, body)
            while not (took := await asyncio.to_thread(long.measure)):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
            await asyncio.sleep(2)  # what the windows make of it
            _print(f"{options.streams} streams and 2 MB", beat.stop(), await asyncio.to_thread(aside.measure), idle)
            ended = await asyncio.to_thread(clients.measure) - before
            told = f"{ended / (time.perf_counter() - began):.1f} streams ended each second"
            print(f"The request of 2 MB took {took:.2f} s; {told}; load average {os.getloadavg()[0]:.1f}.", flush=True)
            garbage.close()
            await desktop.close()
            await asyncio.to_thread(parts.close)


def _print(name: str, gaps: Gaps, aside: Gaps, idle: Gaps) -> None:
    figures = [gaps.longest, gaps.share(0.99), gaps.share(0.5)]
    ratios = [gaps.longest / idle.longest, gaps.share(0.99) / idle.share(0.99), gaps.share(0.5) / idle.share(0.5)]
    line = "".join(f"{figure:7.1f}" for figure in figures)
    print(f"{name + ', ms':34}{line}{gaps.felt:5}   {gaps.busiest:7.1f}  {aside.longest:10.1f}{aside.share(0.99):7.1f}")
    print(f"{'  as a multiple of rest':34}{''.join(f'{ratio:7.2f}' for ratio in ratios)}", flush=True)
    for gap, own, queued in zip(gaps.all, gaps.own, gaps.queued, strict=True):
        if gap > FELT:
            print(f"    {gap:6.1f} ms: it computed {own:.1f}, had no core for {queued:.1f}", flush=True)
