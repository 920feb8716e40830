"""What a program is given so that it talks to Anonamoose, for as long as it runs."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import PurePath

from app.clients import CLIENTS
from app.clients.client import ORIGIN, Client

#: What libraries read their base URL from. Each takes what it knows, so every program gets all of them.
_BASE_URLS = {
    "OPENAI_BASE_URL": f"{ORIGIN}/v1",
    "OPENAI_API_BASE": f"{ORIGIN}/v1",
    "ANTHROPIC_BASE_URL": ORIGIN,
    "ANTHROPIC_API_BASE": ORIGIN,
    "GOOGLE_GEMINI_BASE_URL": ORIGIN,
    "OLLAMA_HOST": ORIGIN,
}
#: Libraries send what is on this machine to a proxy as well, unless it is named here.
_DIRECT = ("localhost", "127.0.0.1", "::1")
#: What Windows starts, but nobody types.
_SUFFIXES = frozenset([".exe", ".cmd", ".bat"])


def started_by(program: str) -> Client | None:
    """The tool that is started by `program`, a name or a path."""
    path = PurePath(program)
    name = (path.stem if path.suffix.lower() in _SUFFIXES else path.name).lower()
    return next((client for client in CLIENTS if name in client.commands), None)


def environment(program: str, origin: str, own: Mapping[str, str]) -> dict[str, str]:
    """The environment for `program`: `own`, in which base URLs lead to `origin`."""
    client = started_by(program)
    ours = {**_BASE_URLS, **(client.environment if client else {})}
    given = {name: value.replace(ORIGIN, origin) for name, value in ours.items()}
    for name in ("NO_PROXY", "no_proxy"):
        known = [part.strip() for part in own.get(name, "").split(",") if part.strip()]
        given[name] = ",".join(dict.fromkeys((*known, *_DIRECT)))
    if os.name == "nt":  # names of variables have no case there
        del given["no_proxy"]
    return {**own, **given}


def command(arguments: Sequence[str], origin: str) -> list[str]:
    """The command line `arguments` with what its program needs to hear as an argument."""
    client = started_by(arguments[0])
    more = client.arguments if client else ()
    return [arguments[0], *(argument.replace(ORIGIN, origin) for argument in more), *arguments[1:]]
