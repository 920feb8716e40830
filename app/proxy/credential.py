"""What clients prove who they are with: where it stands in a request, and how a provider's key takes its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote_plus

from aiohttp import web
from multidict import CIMultiDict

from app.store.access import KEYS, OURS, TOKENS

_HEADERS = ("Authorization", "x-api-key", "api-key", "x-goog-api-key")
_QUERY = "key"
_PROTOCOL = "Sec-WebSocket-Protocol"
#: A page in a browser can send no header with a WebSocket; its key is one of the subprotocols it asks for.
_IN_PROTOCOL = "openai-insecure-api-key."
_BEARER = re.compile(r"bearer\s+", re.IGNORECASE)
#: The one place where a dialect takes its key; elsewhere it is `Authorization`, or where the client put its own.
_PLACE = {"anthropic": "x-api-key", "gemini": "x-goog-api-key"}
_PREFIXES = (KEYS, TOKENS)


def credential(request: web.Request) -> bytes:
    """What the client sent to prove who it is, whichever header it used: it keeps clients apart."""
    sent = [*(request.headers.get(name, "") for name in _HEADERS), request.query.get(_QUERY, "")]
    if _PROTOCOL in request.headers:
        sent += [name for name in protocols(request.headers) if "api-key" in name]
    return "\n".join(sent).encode()


def protocols(headers: Mapping[str, str]) -> list[str]:
    """The subprotocols that the client of a WebSocket asks for."""
    values = (value for name, value in headers.items() if name.lower() == "sec-websocket-protocol")
    return [name for name in (piece.strip() for value in values for piece in value.split(",")) if name]


def our_keys(request: web.Request) -> set[str]:
    """The tokens and keys of ours that `request` has in the places of a provider's."""
    return {value for value in _sent(request) if value.startswith(_PREFIXES)}


def _sent(request: web.Request) -> Iterator[str]:
    headers = request.headers
    for name in _HEADERS:
        for value in headers.getall(name, ()):
            yield _BEARER.sub("", value.strip(), count=1)
    if request.rel_url.raw_query_string:
        yield from request.query.getall(_QUERY, ())
    if _PROTOCOL in headers:
        yield from (name.removeprefix(_IN_PROTOCOL) for name in protocols(headers))


def is_astray(request: web.Request) -> bool:
    """Whether a token or key of ours stands where no key belongs, and would go on as it is."""
    path = _without_key(request.raw_path)
    if "anon" in unquote_plus(path) and OURS.search(unquote_plus(path)):
        return True
    return any(
        "anon" in value and OURS.search(value) is not None
        for name, value in request.headers.items()
        if name.lower() not in _PLACES and not name.lower().startswith("x-anonamoose-")
    )


_PLACES = frozenset([*(name.lower() for name in _HEADERS), _PROTOCOL.lower()])


def swap(headers: CIMultiDict[str], asked: str, key: str, dialect: str) -> str:
    """Puts a provider's `key`, "" for none, where the client's own stood in `headers` and in the path it `asked` for.

    Returns the path without it: a provider's key stands in no URL.
    """
    is_login = key.startswith("sk-ant-oat")  # of a person, not of an organisation: Anthropic takes it as a bearer
    place = ("" if is_login else _PLACE.get(dialect)) or ("api-key" if "api-key" in headers else "Authorization")
    for name in _HEADERS:
        headers.popall(name, None)
    if key:
        headers[place] = f"Bearer {key}" if place == "Authorization" else key
    return _without_key(asked)


def without_ours(names: Iterable[str]) -> list[str]:
    """Subprotocols, but for those that are keys of ours."""
    return [name for name in names if not name.removeprefix(_IN_PROTOCOL).startswith(_PREFIXES)]


def _without_key(asked: str) -> str:
    path, mark, query = asked.partition("?")
    kept = [piece for piece in query.split("&") if unquote_plus(piece.partition("=")[0]) != _QUERY]
    return f"{path}{mark}{'&'.join(kept)}" if kept and mark else path
