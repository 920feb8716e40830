"""The tools that speak to LLM APIs, and how each is pointed at Anonamoose. Data; no Qt, no I/O."""

from __future__ import annotations

import re

from app.clients.agents import AGENTS
from app.clients.client import ORIGIN, Client, Snippet
from app.clients.libraries import LIBRARIES
from app.clients.programs import PROGRAMS

#: All tools that are known, in the order in which they are shown.
CLIENTS: tuple[Client, ...] = (*AGENTS, *PROGRAMS, *LIBRARIES)


def client_named(id: str) -> Client | None:
    """The tool that is called so on the command line; case does not matter."""
    return next((client for client in CLIENTS if client.id == id.lower()), None)


def client_of(agent: str) -> Client | None:
    """The tool whose requests begin with the user agent `agent`; None where more than one may be meant."""
    found = [client for client in CLIENTS if client.sends(agent)]
    return found[0] if len(found) == 1 else None


def client_called(label: str) -> Client | None:
    """The tool whose local key is called `label`: `aider`, `Claude_Code`, `codex-laptop`; None where none is meant."""
    words = [word for word in re.split("[._-]", label.lower()) if word]
    for length in range(len(words), 0, -1):
        name = "-".join(words[:length])
        found = [client for client in CLIENTS if name in client.names]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def is_of(client: Client, agent: str, label: str) -> bool:
    """Whether requests with this user agent, or with a local key of this label, are the tool's own."""
    return client.sends(agent) or client_called(label) is client


def counts(client: Client, agent: str, label: str, *, is_new: bool) -> bool:
    """Whether a request tells that a tool is connected: it is its own or, where no user agent tells, a new one."""
    return is_of(client, agent, label) or (is_new and not client.agents)


__all__ = ["CLIENTS", "ORIGIN", "Client", "Snippet", "client_called", "client_named", "client_of", "counts", "is_of"]
