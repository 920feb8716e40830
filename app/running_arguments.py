"""What the commands take that ask the running app."""

from __future__ import annotations

import argparse

from app.flags import Parser, add_settings, positive
from app.settings import DECLARED

#: Where the app is, and whose token it takes.
_WHERE = [DECLARED[name] for name in ("data-dir", "host", "port")]
_Commands = argparse._SubParsersAction  # it has no other name


def add_running(commands: _Commands[Parser]) -> None:
    """Adds them to the others."""
    status = commands.add_parser("status", help="tell what the running app does: protection, pause, what waits")
    status.add_argument("--json", action="store_true", help="print it as JSON")
    pause = commands.add_parser("pause", help="turn protection of the running app off for a while")
    how = pause.add_mutually_exclusive_group()
    how.add_argument("minutes", nargs="?", type=positive, default=15, metavar="MINUTES", help="default: 15")
    how.add_argument("--until-restart", action="store_true", help="until the app is started again")
    resume = commands.add_parser("resume", help="end the pause")
    for command in (status, pause, resume):
        add_settings(command, _WHERE)
    _add_review(commands)
    _add_exchanges(commands)


def _add_review(commands: _Commands[Parser]) -> None:
    words = "look at the requests that wait in the running app, and let them go or refuse them"
    actions = commands.add_parser("review", help=words).add_subparsers(dest="action", metavar="ACTION", required=True)
    every = actions.add_parser("list", help="one line for each that waits, the oldest first")
    show = actions.add_parser("show", help="show what is new in one, as it would leave, and what was found in it")
    send = actions.add_parser("send", help="let it go as it is shown, or with some of what was found")
    hide = actions.add_parser("hide", help="let it go with more of it hidden")
    refuse = actions.add_parser("refuse", help="send nothing; the tool is told so")
    for action in (show, send, hide, refuse):
        action.add_argument("id", type=positive, metavar="ID", help="its number, as list shows it")
    hide.add_argument("text", nargs="+", metavar="TEXT", help="what to hide, wherever it stands in what is new")
    for action in (send, hide):
        action.add_argument(
            "--off", nargs="+", type=positive, default=[], metavar="N",
            help="let these go as they are, by the numbers that show gives them",
        )  # fmt: skip
    send.add_argument(
        "--as-is", action="store_true", help="with nothing new in it hidden, where review-as-is allows it"
    )
    _add_originals(show)
    for action in (every, show, send, hide, refuse):
        add_settings(action, _WHERE)


def _add_exchanges(commands: _Commands[Parser]) -> None:
    words = "look into the latest requests of the running app and their answers, as the inspector does"
    actions = commands.add_parser("exchanges", help=words).add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    every = actions.add_parser("list", help="one line for each, the newest first")
    show = actions.add_parser("show", help="show one as it left and as its answer came back")
    forget = actions.add_parser("forget", help="forget all of them; placeholders stay valid")
    every.add_argument("--limit", type=positive, default=20, metavar="N", help="how many (default: 20)")
    every.add_argument("--type", default="", help="only those in which this was hidden: PERSON …")
    every.add_argument("--tool", default="", help="only of this tool, as it calls itself or its local key is called")
    every.add_argument("--session", default="", metavar="NAME", help="only of this session")
    every.add_argument("--outcome", default="", help="only those that were done, passed, refused, failed, aborted")
    every.add_argument("--search", default="", metavar="TEXT", help="only those in which this stands, as they left")
    show.add_argument("id", type=positive, metavar="ID", help="its number, as list shows it")
    show.add_argument("--whole", action="store_true", help="the bodies as well, as they went over the wire")
    _add_originals(show)
    for action in (every, show):
        action.add_argument("--json", action="store_true", help="print it as JSON")
    for action in (every, show, forget):
        add_settings(action, _WHERE)


def _add_originals(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--originals", action="store_true", help="show the values as well, where show-originals allows it"
    )
