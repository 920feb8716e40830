"""Whether a request may be looked at: meant for us, by no page of a stranger, and with the token where one is due."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from hmac import compare_digest
from typing import Literal

from aiohttp import HttpVersion10, HttpVersion11, web

from app.errors import Exit, UserError
from app.hosts import is_loopback, is_ours, name_of, parse_origins
from app.proxy.refusal import Refusal
from app.settings_store import SettingsStore
from app.store.access import OURS, TOKENS, Access, digest

log = logging.getLogger(__name__)
#: What is asked for: "open" to whoever is let in, "description" to this machine, "redact" and "management" of ours, and
#: all else is a provider's.
Area = Literal["open", "description", "redact", "management", "provider"]
_OPEN = frozenset(
    ["/", "/demo", "/demo/", "/health", "/ready", "/api/v1/health", "/api/v1/ready", "/api/v1/stats/public"]
)
_MANAGEMENT = "/api/v1"
_REDACT = "/api/v1/redact"
#: The same for everybody, and no data. A browser that opens a page cannot send the token.
_DESCRIPTION = frozenset(["/api/v1", "/api/v1/", "/api/v1/openapi.json"])
#: Gives the access token where nobody can be asked to make one, say in a container.
VARIABLE = "ANONAMOOSE_ACCESS_TOKEN"
HEADER = "X-Anonamoose-Token"
_ORIGIN = web.RequestKey("origin", str)
#: Bytes of all headers together, each of which aiohttp lets be of 64 KiB.
_MOST = 256 * 2**10
#: How long a browser may remember the answer to a preflight (seconds).
_REMEMBER = "600"


def area(path: str) -> Area:
    """Which area a request's raw path is in."""
    if path in _OPEN:
        return "open"
    if path in _DESCRIPTION:
        return "description"
    if path == _REDACT:
        return "redact"
    return "management" if path == _MANAGEMENT or path.startswith(_MANAGEMENT + "/") else "provider"


class Guard:
    """Stands before everything that the server answers."""

    def __init__(self, settings: SettingsStore, access: Access, token: str = "") -> None:
        """`token` is the access token where the environment gives one; it goes before the one that was made.

        Raises UserError when it is none.
        """
        if token and not (token.startswith(TOKENS) and OURS.fullmatch(token)):
            raise UserError(
                f"What {VARIABLE} holds is no access token.",
                "“anonamoose token show” makes one.",
                code=Exit.CONFIG,
            )
        self._settings = settings
        self._access = access
        self._given = digest(token) if token else b""
        self._host = settings.current.host
        self.port = settings.current.port
        self.is_exposed = not is_loopback(self._host)

    async def can_tell(self) -> bool:
        """Whether there is anything that somebody could prove with who they are."""
        return bool(self._given) or await self._access.has_any()

    async def has_token(self, request: web.Request, *more: str) -> bool:
        """Whether `request` comes with the access token, in its own header or as one of `more`. Raises Refusal."""
        sent = [*request.headers.getall(HEADER, ()), *more]
        if len(sent) != 1:
            return False
        if self._given:
            return compare_digest(self._given, digest(sent[0]))
        try:
            return await self._access.fits(sent[0])
        except UserError as error:
            raise unavailable(error) from None

    def check(self, request: web.Request) -> None:
        """Raises Refusal unless the request is meant for us, and of no page that nobody has named."""
        if request.version not in (HttpVersion10, HttpVersion11):
            raise Refusal(400, "bad_version", "The request is of another version than HTTP/1.1.")
        if sum(len(name) + len(value) for name, value in request.raw_headers) > _MOST:
            raise Refusal(431, "headers_too_large", "The request's headers are larger than 256 KiB; nothing was sent.")
        headers = request.headers
        hosts = headers.getall("Host", ())
        if len(hosts) != 1 or not request.raw_path.startswith("/"):
            raise Refusal(
                400, "bad_host", "The request names no host, several, or one in its path.", "Send one Host header."
            )
        reached = request.transport.get_extra_info("sockname") if request.transport is not None else None
        allowed = self._settings.current.allowed_hosts
        if not is_ours(hosts[0], self.port, self._host, reached[0] if reached else "", allowed):
            raise Refusal(
                421,
                "foreign_host",
                "The request is meant for another host.",
                f"Use localhost:{self.port}, or add the name to the setting allowed-hosts.",
            )
        origins = headers.getall("Origin", ())
        if origins:
            self._check_origin(request, origins, hosts[0])
        elif "Access-Control-Request-Private-Network" in headers or any(
            site not in ("none", "same-origin") for site in headers.getall("Sec-Fetch-Site", ())
        ):
            raise _foreign()

    def _check_origin(self, request: web.Request, origins: list[str], host: str) -> None:
        origin = origins[0].lower()
        if len(origins) == 1 and origin in parse_origins(self._settings.current.allowed_origins):
            request[_ORIGIN] = origins[0]
            return
        sites = request.headers.getall("Sec-Fetch-Site", ())
        # Our own page, and libraries for WebSockets that name as origin whoever they call.
        if len(origins) != 1 or origin != f"http://{host.lower()}" or any(site != "same-origin" for site in sites):
            raise _foreign()

    def preflight(self, request: web.Request) -> web.Response | None:
        """The answer to a browser that asks whether a page of an allowed origin may ask; None for any other request."""
        asked = request.headers.get("Access-Control-Request-Method")
        if request.method != "OPTIONS" or asked is None or _ORIGIN not in request:
            return None
        headers = {
            "Access-Control-Allow-Methods": asked,
            "Access-Control-Allow-Headers": request.headers.get("Access-Control-Request-Headers", "*"),
            "Access-Control-Max-Age": _REMEMBER,
        }
        if request.headers.get("Access-Control-Request-Private-Network") == "true":
            headers["Access-Control-Allow-Private-Network"] = "true"
        return web.Response(status=204, headers=headers)

    async def check_token(self, request: web.Request) -> None:
        """Raises Refusal for what is ours to answer, and is asked without the token that it takes."""
        where = area(request.rel_url.raw_path)
        if where in ("open", "provider"):
            return
        is_open = where == "description" or (where == "redact" and self._settings.current.open_redact)
        if is_open and _is_near(request):
            return
        bearer = request.headers.get("Authorization", "")
        more = [bearer[7:]] if bearer[:7].lower() == "bearer " and HEADER not in request.headers else []
        if not await self.has_token(request, *more):
            raise Refusal(
                401,
                "token_required",
                "This takes the access token.",
                f"Send it in the header {HEADER}; “anonamoose token show” tells it.",
            )


async def mark(request: web.Request, response: web.StreamResponse) -> None:
    """Lets the page of an allowed origin read `response`: what the provider says of that is not about our address."""
    origin = request.get(_ORIGIN)
    if origin is None:
        return
    own: Mapping[str, str] = {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Expose-Headers": "*",
    }
    if request.method != "OPTIONS":
        for name in [name for name in response.headers if name.lower().startswith("access-control-")]:
            response.headers.popall(name, None)
    response.headers.update(own)
    response.headers.add("Vary", "Origin")


def _is_near(request: web.Request) -> bool:
    """Whether a request comes from this machine, and not through a proxy on it."""
    return is_loopback(request.remote or "") and is_loopback(name_of(request.headers.get("Host", "")))


def unavailable(error: UserError) -> Refusal:
    """Nobody can be told from another now, so nobody gets in."""
    return Refusal(403, "keys_unavailable", f"{error.title} Nothing was sent.", error.hint)


def _foreign() -> Refusal:
    return Refusal(
        403,
        "foreign_origin",
        "A page in a browser may not ask this.",
        "If it is yours, add its origin to the setting allowed-origins.",
    )
