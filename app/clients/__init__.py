"""The tools that speak to LLM APIs, and how each is pointed at Anonamoose. Data; no Qt, no I/O."""

from __future__ import annotations

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


__all__ = ["CLIENTS", "ORIGIN", "Client", "Snippet", "client_named", "client_of"]
