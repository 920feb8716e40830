"""`anonamoose connect` and `anonamoose run`: tools pointed at the app that runs here."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Sequence

from app.clients import CLIENTS, Client, client_named
from app.clients.environment import command, environment
from app.errors import Exit, UserError
from app.running_app import health, origin
from app.settings import Settings
from app.text_command import check_name

_WIDTH = 96


def connect(settings: Settings, name: str | None, *, as_json: bool) -> int:
    """Prints what to write where for the tool `name`, or which tools are known. Raises UserError."""
    chosen = [_known(name)] if name else list(CLIENTS)
    here = origin(settings)
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
