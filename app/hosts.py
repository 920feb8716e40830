"""Which Host and Origin headers are ours: this machine's own names and addresses, and those the user has named."""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

#: RFC 9110's uri-host and port, ASCII alone: a letter that only looks like one of ours is none.
_HOST = re.compile(r"(?P<name>\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::(?P<port>[0-9]{1,5}))?", re.ASCII)
#: What a browser calls a page by. Apps that are browsers inside have schemes of their own: app://obsidian.md.
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+)?(?::[0-9]{1,5})?", re.ASCII)
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
#: No name that DNS can hold is longer, with a port.
_LONGEST = 260


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`: localhost, or an address of it, in brackets or not."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return address.is_loopback if address.version == 4 else str(address) == "::1"


def name_of(host: str) -> str:
    """The name or address in a Host header, in lower case; "" when it is none."""
    found = _HOST.fullmatch(host.lower()) if len(host) <= _LONGEST else None
    return found["name"] if found else ""


def is_ours(host: str, port: int, own: str, reached: str, allowed: str) -> bool:
    """Whether a request with the header `Host: host` was meant for us.

    `port` is the one we listen on, `own` the name or address that we were told to listen on, `reached` the address
    that the connection came in on, `allowed` the setting of that name. An address can only lead to whoever has
    it; a name leads where its owner says, so only names that are known are taken.
    """
    return len(host) <= _LONGEST and _is_ours(host, port, own, reached, allowed)


@lru_cache(maxsize=256)
def _is_ours(host: str, port: int, own: str, reached: str, allowed: str) -> bool:
    found = _HOST.fullmatch(host.lower())
    if found is None:
        return False
    name, asked = found["name"], int(found["port"] or 80)
    if asked == port and (is_loopback(name) or name == own.lower() or _is_address(name, reached)):
        return True
    named = parse_hosts(allowed)
    return name in named or f"{name}:{asked}" in named


def _is_address(name: str, reached: str) -> bool:
    try:
        return ip_address(name.removeprefix("[").removesuffix("]")) == ip_address(reached)
    except ValueError:
        return False


@lru_cache(maxsize=16)
def parse_hosts(text: str) -> frozenset[str]:
    """Names, each with a port or for any, from `anonamoose, proxy.example.com:8080`.

    Raises ValueError with a sentence for the user.
    """
    found = [piece.strip().lower() for piece in text.split(",") if piece.strip()]
    if not all(map(_HOST.fullmatch, found)):
        raise ValueError("It must be a list such as anonamoose, proxy.example.com:8080: names, with or without a port.")
    return frozenset(found)


@lru_cache(maxsize=16)
def parse_origins(text: str) -> frozenset[str]:
    """Origins as browsers write them, from `https://chat.example.com, app://obsidian.md`.

    Raises ValueError with a sentence for the user.
    """
    found = [piece.strip().rstrip("/").lower() for piece in text.split(",") if piece.strip()]
    found = [f"{origin}//" if origin.endswith(":") else origin for origin in found]  # file://
    if not all(map(_ORIGIN.fullmatch, found)):
        raise ValueError("It must be a list such as https://chat.example.com, each named in full: * and null are none.")
    return frozenset(origin.removesuffix(_DEFAULT_PORTS.get(urlsplit(origin).scheme, "\n")) for origin in found)
