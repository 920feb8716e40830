"""The event loop: order, timers, nesting, sockets, and the way out when asyncio changes inside."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import qasync
from aiohttp import ClientSession, ClientTimeout, web
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

import app.ui.loop
from app.ui.loop import CANCELLED_MAX, FastQEventLoop, is_supported, new_loop
from app.ui.shell import Shell
from tests.ui.staging import on_loop


@on_loop
async def test_is_the_running_loop_and_a_qasync_loop(loop: Any) -> None:
    assert asyncio.get_running_loop() is loop
    assert isinstance(loop, FastQEventLoop)
    assert isinstance(loop, qasync.QEventLoop)


@on_loop
async def test_calls_run_in_the_order_they_were_made_from_any_thread(loop: Any) -> None:
    seen: list[int] = []
    for number in range(0, 100, 2):
        loop.call_soon(seen.append, number)
        thread = threading.Thread(target=loop.call_soon_threadsafe, args=(seen.append, number + 1))
        thread.start()
        thread.join()
    await asyncio.sleep(0)
    assert seen == list(range(100))


@on_loop
async def test_a_call_from_a_thread_wakes_an_idle_loop(loop: Any) -> None:
    done = asyncio.Event()
    threading.Timer(0.05, loop.call_soon_threadsafe, (done.set,)).start()
    await asyncio.wait_for(done.wait(), 5)


@on_loop
async def test_cancelled_timers_do_not_pile_up(loop: Any) -> None:
    for _ in range(5_000):
        loop.call_later(300, pytest.fail).cancel()
    assert len(loop._scheduled) <= CANCELLED_MAX + 10


@on_loop
async def test_sweeping_keeps_the_timers_that_count(loop: Any) -> None:
    seen: list[int] = []
    for number in range(300):
        kept = loop.call_later(0.5 + number / 100_000, seen.append, number)
        assert kept.when() > loop.time()
        loop.call_later(300, pytest.fail).cancel()
        loop.call_later(300, pytest.fail).cancel()
    await asyncio.sleep(0.6)
    assert seen == list(range(300))


@on_loop
async def test_timers_are_precise_and_in_order(loop: Any) -> None:
    seen: list[str] = []
    loop.call_later(0.06, seen.append, "late")
    loop.call_later(0.02, seen.append, "early")
    loop.call_later(0.03, seen.append, "never").cancel()
    start = loop.time()
    await asyncio.sleep(0.1)
    assert 0.095 < loop.time() - start < 0.5
    assert seen == ["early", "late"]


@pytest.mark.parametrize("budget", [app.ui.loop.BUDGET, -1])  # -1: every callback takes all of it
@on_loop
async def test_a_nested_exec_does_not_break_tasks(loop: Any, monkeypatch: pytest.MonkeyPatch, budget: float) -> None:
    monkeypatch.setattr(app.ui.loop, "BUDGET", budget)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.005)

    other = asyncio.create_task(tick())
    dialog = QDialog()
    QTimer.singleShot(100, dialog.accept)
    dialog.exec()
    during, me = ticks, asyncio.current_task()
    await asyncio.sleep(0.05)
    assert during > 3
    assert ticks > during
    assert asyncio.current_task() is me
    other.cancel()


@on_loop
async def test_the_windows_get_their_turn_while_callbacks_never_end(loop: Any) -> None:
    turns: list[float] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: turns.append(loop.time()))
    timer.start()
    end = loop.time() + 0.3
    while loop.time() < end:
        for _ in range(100):
            await asyncio.sleep(0)
    assert len(turns) > 5


@on_loop
async def test_many_sockets_at_once_share_one_turn(loop: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    turns: Counter[int] = Counter()
    turn = 0

    def next_turn() -> None:
        nonlocal turn
        turn += 1

    def read(end: socket.socket) -> None:
        end.recv(1)
        unread.remove(end)
        turns[turn] += 1

    pairs = [socket.socketpair() for _ in range(30)]
    unread = {near for near, _ in pairs}
    monkeypatch.setattr(app.ui.loop, "BUDGET", -1)  # every callback takes all of it
    await asyncio.sleep(0.01)  # what runs now has what it was before
    timer = QTimer(interval=0)
    timer.timeout.connect(next_turn)
    timer.start()
    for near, far in pairs:
        near.setblocking(False)
        loop.add_reader(near, read, near)
        far.send(b".")
    while unread:
        turns[turn] += 1  # something that never ends, such as work in slices
        await asyncio.sleep(0)
    assert max(turns.values()) <= 3
    for near, far in pairs:
        loop.remove_reader(near)
        near.close()
        far.close()


@on_loop
async def test_sockets_carry_an_echo(loop: Any) -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(2**20))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    for _ in range(3):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sent = os.urandom(2**20)
        writer.write(sent)
        assert await reader.read(-1) == sent
        writer.close()
        await writer.wait_closed()
    server.close()
    await server.wait_closed()
    # What is left is the loop's own wake-up pipe.
    assert len(loop._watched) == 1


@on_loop
async def test_an_aiohttp_server_answers_an_aiohttp_client(loop: Any) -> None:
    async def stream(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for number in range(20):
            await response.write(f"{number},".encode())
            await asyncio.sleep(0.001)
        return response

    server = web.Application()
    server.router.add_post("/", stream)
    runner = web.AppRunner(server, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with ClientSession(timeout=ClientTimeout(total=300)) as client:

        async def ask() -> str:
            async with client.post(f"http://127.0.0.1:{port}/", data=b"x" * 100_000) as answer:
                return await answer.text()

        answers = await asyncio.gather(*(ask() for _ in range(20)))
    await runner.cleanup()
    assert set(answers) == {"".join(f"{number}," for number in range(20))}


@on_loop
async def test_threads_and_names(loop: Any) -> None:
    assert await asyncio.to_thread(threading.get_ident) != threading.get_ident()
    assert await loop.getaddrinfo("localhost", 80)


def test_an_interrupt_in_a_callback_ends_the_loop(loop: Any) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    loop.call_soon(interrupt)
    sleep = loop.create_task(asyncio.sleep(5))
    with pytest.raises(KeyboardInterrupt):
        loop.run_until_complete(sleep)
    sleep.cancel()
    assert loop.run_until_complete(asyncio.sleep(0, "still works")) == "still works"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no signal handlers on loops")
@on_loop
async def test_signals_arrive_while_idle(loop: Any) -> None:
    arrived = asyncio.Event()
    loop.add_signal_handler(signal.SIGUSR1, arrived.set)
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    await asyncio.wait_for(arrived.wait(), 5)
    loop.remove_signal_handler(signal.SIGUSR1)


def test_forgotten_generators_are_closed(loop: Any) -> None:
    closed: list[bool] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            closed.append(True)

    async def forget() -> None:
        async for _ in numbers():
            break
        await asyncio.sleep(0.01)

    loop.run_until_complete(forget())
    assert closed == [True]


def test_this_python_is_supported() -> None:
    assert is_supported()


def test_stock_qasync_takes_over_where_asyncio_has_changed(qapp: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.ui.loop, "is_supported", lambda: False)
    loop = new_loop(qapp)
    assert type(loop) is qasync.QEventLoop
    assert loop.run_until_complete(asyncio.sleep(0, "works")) == "works"
    loop.close()


def test_a_missing_part_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.ui.loop, "_NEEDED", ("_no_such_part",))
    assert not is_supported()
