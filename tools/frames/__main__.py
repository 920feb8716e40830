"""Measures how smooth the windows are, and prints it: python -m tools.frames

`load`: the time between two beats of the windows' thread, at rest, with 20 streams, and with a request of 2 MB and
5,000 values beside them. `inspector` and `dictionary`: how long it stands still while a long request, or 100,000
terms, are opened and worked with. `start`: from the start of the program to its icon.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys

from tools.frames import dictionary, inspector, load, start

_PARTS = ("load", "inspector", "dictionary", "start")


def main() -> None:
    """Parses the command line and measures."""
    parser = argparse.ArgumentParser(
        "python -m tools.frames", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", default="load", choices=_PARTS)
    parser.add_argument("--streams", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each state, for load")
    parser.add_argument("--values", type=int, default=5000, help="in the long request")
    parser.add_argument("--messages", type=int, default=50, help="in the long request")
    parser.add_argument("--terms", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5, help="for start")
    parser.add_argument("--program", default="", metavar="FILE", help="for start: a frozen program, not the source")
    parser.add_argument("--ner", action="store_true", help="with the model, for load")
    options = parser.parse_args()
    if options.part == "start":
        start.measure(options.rounds, options.program)
        return
    if not os.environ.get("DISPLAY"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from app.ui.loop import new_loop
    from app.ui.shell import Shell

    sys.setswitchinterval(0.001)  # as the app does
    shell = Shell(sys.argv[:1])
    loop = new_loop(shell)
    asyncio.set_event_loop(loop)
    work = {
        "load": lambda: load.measure(shell, options),
        "inspector": lambda: inspector.measure(shell, options.values, options.messages),
        "dictionary": lambda: dictionary.measure(shell, options.terms),
    }
    with loop:
        loop.run_until_complete(work[options.part]())


if __name__ == "__main__":
    main()
