"""How long the windows stand still while the inspector opens a long request.

Opens an exchange of 2 MB with 5,000 spans, then its body as a whole, goes to its last span and scrolls through it, and
lists 2,000 exchanges; prints how long each took and the longest frame.
"""

from __future__ import annotations

import asyncio
import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from app.ui.shell import Shell
from tools.frames.beat import Beat
from tools.frames.bodies import long_body


async def measure(shell: Shell, spans: int, messages: int) -> None:
    """Prints a line for each thing that was done."""
    from app.ui.desktop import Desktop
    from tests.ui.staging import Staged

    with tempfile.TemporaryDirectory() as folder:
        application = Staged(Path(folder), keep_exchanges=5000)
        desktop = Desktop(application, shell, patience=3_600_000)
        inspector = desktop.open_inspector()
        await asyncio.sleep(0.5)
        beat = Beat()

        async def done(what: str, act: Callable[[], object], until: Callable[[], bool]) -> None:
            await asyncio.sleep(0.3)
            beat.begin()
            began, used = time.perf_counter(), time.thread_time()
            act()
            while not until():  # noqa: ASYNC110  (windows have no events to wait for)
                await asyncio.sleep(0.002)
            took, used = time.perf_counter() - began, time.thread_time() - used
            await asyncio.sleep(0.2)  # what it has left to paint
            gaps = beat.stop()
            print(
                f"{what:30} {took * 1000:6.0f} ms, {used * 1000:5.0f} of them on the windows' thread; "
                f"longest frame {gaps.longest:4.0f} ms, {gaps.busiest:3.0f} computing",
                flush=True,
            )

        view = inspector.view

        def filling() -> bool:
            return view.sides.left.view.is_filling or view.sides.right.view.is_filling

        body = long_body(2_000_000, spans, messages)

        def add() -> None:
            application.exchange(
                path="/v1/chat/completions", provider="openai", sent=body, entities={"EMAIL_ADDRESS": spans}
            )

        def whole() -> int:
            names = [str(view.model.index(row, 0).data()) for row in range(view.model.rowCount())]
            return names.index("Whole request")

        await done("open 2 MB, until it is listed", add, lambda: view.model.rowCount() > messages)
        await done("the body as a whole", lambda: view.choose(whole(), 0), lambda: view.section.is_whole)
        await done("until all of it is there", lambda: None, lambda: not filling())
        await done("its last span", lambda: view.choose(whole(), spans - 1), lambda: not filling())
        bar = view.sides.left.view.verticalScrollBar()
        spots = iter(range(0, bar.maximum(), max(1, bar.maximum() // 100)))

        def scrolled() -> bool:
            spot = next(spots, None)
            bar.setValue(spot or 0)
            return spot is None

        await done("scrolling through it", lambda: None, scrolled)
        await done("the next span, 100 times", lambda: None, _times(100, lambda: view.step(1)))
        await done("originals shown", lambda: view.veil(False), lambda: not filling())

        numbers = iter(range(2_000))

        def more() -> bool:
            for number in itertools.islice(numbers, 10):
                application.exchange(model=f"m{number}")
            return inspector.found.rowCount() > 2_000

        await done("2,000 exchanges", lambda: None, more)
        await done(
            "searched", lambda: inspector.filters.search.setText("m1999"), lambda: inspector.found.rowCount() == 1
        )
        await desktop.close()
        application.database.close()


def _times(number: int, act: Callable[[], object]) -> Callable[[], bool]:
    left = iter(range(number))

    def step() -> bool:
        if next(left, None) is None:
            return True
        act()
        return False

    return step
