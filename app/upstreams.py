"""Providers the user names besides the built-in ones, each with its dialect and its place."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PORTS = {"http": 80, "https": 443}
DIALECTS = ("openai", "anthropic", "gemini", "ollama")


@dataclass(frozen=True, slots=True)
class Named:
    """An upstream reached at `/u/<name>`; `origin` is what stands before the API's own path."""

    name: str
    dialect: str
    origin: str


def parse_upstreams(text: str) -> dict[str, Named]:
    """Upstreams by name, from `groq=https://api.groq.com/openai, claude=anthropic:https://…`.

    Raises ValueError with a sentence for the user.
    """
    found: dict[str, Named] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, mark, origin = (piece.strip() for piece in part.partition("="))
        dialect, colon, rest = origin.partition(":")
        if colon and dialect in DIALECTS:
            origin = rest
        else:
            dialect = "openai"
        if not mark or not _NAME.fullmatch(name):
            raise ValueError("It must be a list such as groq=https://api.groq.com/openai, each with a name.")
        check_origin(origin)
        found[name] = Named(name, dialect, origin.rstrip("/"))
    return found


def targets(text: str) -> list[str]:
    """What routes call all places there are: each provider, and `u/<name>` for those that `text` names."""
    return [*DIALECTS, *(f"u/{name}" for name in parse_upstreams(text))]


def origin_of(url: str) -> str:
    """The origin that requests to `url` go to, in one spelling: `https://api.example.com`, with a port of its own."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    host = f"[{host}]" if ":" in host else host
    own = parts.port not in (None, _PORTS.get(parts.scheme))
    return f"{parts.scheme}://{host}{f':{parts.port}' if own else ''}"


def check_origin(url: str) -> None:
    """Raises ValueError, with a sentence for the user, unless `url` can stand before an API's own path."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits or parts.query or parts.fragment:
        raise ValueError("It must be a URL such as https://api.example.com, without /v1.")
    if parts.username or parts.password:
        raise ValueError("It must not hold a user name or password.")
