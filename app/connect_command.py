"""`anonamoose connect` and `anonamoose run`: tools pointed at the app that runs here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Mapping, Sequence
from typing import Any

from app.clients import CLIENTS, Client, client_named, counts
from app.clients.environment import command, environment
from app.errors import Exit, UserError
from app.running_app import RunningApp, health, origin
from app.settings import Settings
from app.settings_store import SettingsStore
from app.spoken import printable
from app.text_command import check_name

_WIDTH = 96
_LOOK_EVERY = 0.5  # seconds


def connect(settings: SettingsStore, name: str | None, *, as_json: bool, wait: bool) -> int:
    """Prints what to write where for the tool `name`, or which tools are known; with `wait`, whether it has arrived.

    Raises UserError.
    """
    chosen = [_known(name)] if name else list(CLIENTS)
    here = origin(settings.current)
    if wait:
        if not name:
            raise UserError("It has to be said whose request to wait for.", "anonamoose connect lists the tools.",
                            code=Exit.USAGE)  # fmt: skip
        return _wait(RunningApp(settings), chosen[0])
    if as_json:
        print(json.dumps([told(client, here) for client in chosen], ensure_ascii=False, indent=2))
    elif name:
        print("\n".join(_card(chosen[0], here)))
    else:
        print(f"Any tool that lets you set its base URL: {here}/v1\n")
        width = max(len(client.id) for client in CLIENTS)
        print("\n".join(f"  {client.id:<{width}}  {client.name}" for client in CLIENTS))
        print("\nanonamoose connect NAME shows what to write where.")
    return Exit.OK


def _wait(app: RunningApp, client: Client) -> int:
    """Waits until a request of the tool has ended, and prints what became of it. Raises UserError."""

    def logs() -> list[dict[str, Any]]:
        return list(app.ask("GET", "/logs?limit=500")["logs"])

    before = max((one["id"] for one in logs()), default=0)
    print(f"Waiting for a request of {client.name}. Ctrl+C ends it.", file=sys.stderr)
    while True:
        for one in reversed(logs()):
            if one["id"] > before and counts(client, one["agent"], one["client"], is_new=True):
                print(
                    f"A request of {printable(one['client'] or one['agent'] or 'a tool')} has arrived. {_became(one)}"
                )
                return Exit.OK
        time.sleep(_LOOK_EVERY)


def _became(one: Mapping[str, Any]) -> str:
    if one["outcome"] == "passed":
        return "It was sent on as it was."
    if one["outcome"] == "refused":
        return f"It was refused: {one['code']}."
    number = one["redactions"]
    return f"{number} value{'s' * (number != 1)} hidden." if number else "Nothing in it had to be hidden."


def told(client: Client, origin: str) -> dict[str, object]:
    """`client` for an app at `origin`, as JSON has it."""
    return {
        "id": client.id,
        "name": client.name,
        "group": client.group,
        "snippets": [{"where": s.where, "language": s.language, "text": s.at(origin)} for s in client.snippets],
        "covers": client.covers,
        "limits": client.limits,
    }


def _known(name: str) -> Client:
    client = client_named(name)
    if client is None:
        raise UserError(
            f"“{name}” is none of the tools that are known.", "anonamoose connect lists them.", code=Exit.USAGE
        )
    return client


def _card(client: Client, origin: str) -> list[str]:
    lines = [client.name, ""]
    for snippet in client.snippets:
        lines += [f"{snippet.where}:", "", textwrap.indent(snippet.at(origin), "    "), ""]
    lines += textwrap.wrap(f"Covered: {client.covers}", _WIDTH)
    lines += textwrap.wrap(f"Not covered: {client.limits}", _WIDTH) if client.limits else []
    return lines


def run(settings: Settings, arguments: Sequence[str], session: str) -> int:
    """Runs a program whose requests go through the app; returns its exit status. Raises UserError.

    Nothing is started when the app does not run, or nothing is hidden by it: the program would send what it has.
    """
    arguments = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not arguments:
        raise UserError(
            "There is nothing to run.", "Write it behind two dashes: anonamoose run -- claude", code=Exit.USAGE
        )
    if session:
        check_name(session)
    here = origin(settings)
    _check(here)
    base = f"{here}/s/{session}" if session else here
    path = shutil.which(arguments[0])
    if path is None:
        raise UserError(f"There is no program called {arguments[0]}.", code=Exit.NO_INPUT)
    whole = command(arguments, base)
    given = environment(arguments[0], base, os.environ)
    if os.name == "posix":
        sys.stdout.flush()
        # In our place: its signals, its terminal and its exit status are then its own.
        os.execve(path, whole, given)  # noqa: S606 - a shell would read the arguments again
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the program's, which gets it as well
    return subprocess.run([path, *whole[1:]], env=given, check=False).returncode


def _check(origin: str) -> None:
    """Raises UserError unless an app that protects answers at `origin`."""
    if health(origin)["protection"] == "off":
        raise UserError(
            "Protection is off: requests would leave as they are.",
            "Turn it on, or start the program without anonamoose run.",
            code=Exit.UNAVAILABLE,
        )
