"""How long the windows stand still while the inspector opens a long request: python tools/inspector_frames.py

Opens an exchange of 2 MB with 5,000 spans, then its body as a whole, goes to its last span and scrolls through it, and
lists 2,000 exchanges; prints how long each took and the longest frame: the time between two turns of the event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from app.pipeline.redaction import Finding, Redaction, replaced

VALUE, TOKEN = "jane@example.com", "[EMAIL_4821]"


def long_body(size: int, spans: int, messages: int) -> Redaction:
    """A conversation of `size` characters in which `spans` addresses were hidden."""
    each, room = spans // messages, size // spans - len(VALUE) - 2
    words = ("The quick brown fox jumps over the lazy dog.\n" * (room // 45 + 1))[:room]
    content = f"{words} {VALUE} " * each
    turns = [{"role": ("user", "assistant")[number % 2], "content": content} for number in range(messages)]
    text = json.dumps({"model": "small", "messages": turns})
    found, at = [], text.find(VALUE)
    while at >= 0:
        found.append(Finding(at, at + len(VALUE), "EMAIL_ADDRESS", 1.0, "patterns", VALUE))
        at = text.find(VALUE, at + 1)
    return replaced(text, found, [TOKEN] * len(found))


class Beat:
    """Turns of the event loop: the longest time between two, and how much of that the thread itself computed."""

    def __init__(self) -> None:
        self.longest = self.busiest = 0.0

    def begin(self) -> None:
        self.longest = self.busiest = 0.0

    async def run(self) -> None:
        while True:
            before, used = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0)
            self.longest = max(self.longest, time.perf_counter() - before)
            self.busiest = max(self.busiest, time.thread_time() - used)


async def measure(spans: int, messages: int) -> None:
    """Prints a line for each thing that was done."""
    from app.ui.desktop import Desktop
    from app.ui.shell import Shell
    from tests.ui.staging import Staged

    shell = Shell.instance()
    assert isinstance(shell, Shell)
    with tempfile.TemporaryDirectory() as folder:
        application = Staged(Path(folder), keep_exchanges=5000)
        desktop = Desktop(application, shell, patience=3_600_000)
        inspector = desktop.open_inspector()
        await asyncio.sleep(0.5)
        beat = Beat()
        beating = asyncio.create_task(beat.run())

        async def done(what: str, act: Callable[[], object], until: Callable[[], bool]) -> None:
            await asyncio.sleep(0.3)
            beat.begin()
            began, used = time.perf_counter(), time.thread_time()
            act()
            while not until():  # noqa: ASYNC110  (windows have no events to wait for)
                await asyncio.sleep(0.002)
            took, used = time.perf_counter() - began, time.thread_time() - used
            await asyncio.sleep(0.2)  # what it has left to paint
            frame, own = beat.longest * 1000, beat.busiest * 1000
            print(
                f"{what:30} {took * 1000:6.0f} ms, {used * 1000:5.0f} of them on the windows' thread; "
                f"longest frame {frame:4.0f} ms, {own:3.0f} computing",
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
        beating.cancel()
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


def main() -> None:
    """Parses the command line and measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spans", type=int, default=5000)
    parser.add_argument("--messages", type=int, default=50)
    arguments = parser.parse_args()
    if not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.ui.loop import new_loop
    from app.ui.shell import Shell

    shell = Shell(sys.argv[:1])
    loop = new_loop(shell)
    asyncio.set_event_loop(loop)
    with loop:
        loop.run_until_complete(measure(arguments.spans, arguments.messages))


if __name__ == "__main__":
    main()
