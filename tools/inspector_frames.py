"""How long the windows stand still while the inspector opens a long request: python tools/inspector_frames.py

Opens an exchange of 2 MB with 5,000 spans, then its body as a whole, goes to its last span and scrolls through it, and
lists 2,000 exchanges; prints how long each took and the longest frame: the time between two turns of the event loop.
"""

from __future__ import annotations

import argparse
import asyncio
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
    """Turns of the event loop, and the longest time between two."""

    def __init__(self) -> None:
        self.longest = 0.0

    async def run(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            self.longest = max(self.longest, time.perf_counter() - before)


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
            beat.longest, began = 0.0, time.perf_counter()
            act()
            while not until():
                await asyncio.sleep(0)
            took = time.perf_counter() - began
            await asyncio.sleep(0.2)  # what it has left to paint
            print(f"{what:34} {took * 1000:6.0f} ms   longest frame {beat.longest * 1000:4.0f} ms", flush=True)

        view = inspector.view
        body = long_body(2_000_000, spans, messages)

        def add() -> None:
            application.exchange(
                path="/v1/chat/completions", provider="openai", sent=body, entities={"EMAIL_ADDRESS": spans}
            )

        def whole() -> int:
            names = [str(view.model.index(row, 0).data()) for row in range(view.model.rowCount())]
            return names.index("Whole request")

        await done("open 2 MB, until it is listed", add, lambda: view.model.rowCount() > messages)
        await done("the body as a whole, all of it", lambda: view.choose(whole(), 0), lambda: not filling())
        await done("its last span", lambda: view.choose(whole(), spans - 1), lambda: not filling())
        bar = view.sides.left.view.verticalScrollBar()
        spots = iter(range(0, bar.maximum(), max(1, bar.maximum() // 100)))

        def filling() -> bool:
            return view.sides.left.view.is_filling or view.sides.right.view.is_filling

        def scrolled() -> bool:
            spot = next(spots, None)
            bar.setValue(spot or 0)
            return spot is None

        await done("scrolling through it", lambda: None, scrolled)
        await done("the next span, 100 times", lambda: None, _times(100, lambda: view.step(1)))
        await done("originals shown", lambda: view.veil(False), lambda: not filling())

        def more() -> None:
            for number in range(2_000):
                application.exchange(model=f"m{number}")

        await done("2,000 exchanges", more, lambda: inspector.found.rowCount() > 2_000)
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
