"""WebSockets: the handshakes with client and provider, or why there is none."""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from app.proxy import upstream as way_out
from app.proxy.answer import BROKEN
from app.proxy.client import ANYBODY, Client, Clients
from app.proxy.credential import protocols, swap, without_ours
from app.proxy.journal import Journal
from app.proxy.link import Link
from app.proxy.providers.sockets import UNDECLARED, Socket, socket_of
from app.proxy.redactor import Redactor
from app.proxy.refusal import Refusal, refused
from app.proxy.review import Review
from app.proxy.room import Room
from app.proxy.route import Route
from app.proxy.upstream import NotSwitched, Upstream, unreachable, up, url_of
from app.settings_store import SettingsStore

# It warns of the subprotocols a client asks for, and one of these may be a key.
logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)
#: How a server answers that knows no WebSocket at a path. Clients try these again; 426 sends them to HTTP.
_NONE_HERE = frozenset([200, 404, 405, 501])


class Sockets:
    """Answers requests for a WebSocket."""

    def __init__(
        self,
        settings: SettingsStore,
        redactor: Redactor,
        journal: Journal,
        upstream: Upstream,
        clients: Clients,
        review: Review,
    ) -> None:
        self._settings = settings
        self._redactor = redactor
        self._journal = journal
        self._upstream = upstream
        self._clients = clients
        self._review = review
        self._stopping = asyncio.Event()
        self.room = Room(lambda: settings.current.max_sockets, "max-sockets", "WebSockets")

    def drain(self) -> None:
        """From now on, each socket closes as soon as no response is waited for."""
        self._stopping.set()

    async def answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        """The socket, when it is closed, or the answer that says why there is none."""
        client = ANYBODY
        try:
            client = await self._clients.of(request, route)
            await self._redactor.asked(request.headers, route, client)
            socket = self._socket(request, route)
            with self.room.place():
                upstream = await self._connect(request, route, client)
                link = Link(
                    request,
                    route,
                    socket,
                    upstream,
                    self._settings,
                    self._redactor,
                    self._journal,
                    self._clients,
                    client,
                    self._review,
                )
                return await link.run(self._stopping)
        except (Refusal, NotSwitched) as reason:
            return self._none(request, route, reason, client.label)

    def _socket(self, request: web.Request, route: Route) -> Socket:
        """Raises Refusal where there shall be none."""
        settings = self._settings.current
        if not settings.websockets:
            raise _to_http("WebSockets are turned off.")
        declared = socket_of(route.provider, route.path)
        if route.practice or (declared is None and route.provider.endpoint("POST", route.path) is not None):
            raise _to_http("This endpoint has no WebSocket.")
        if declared is None and settings.unknown_endpoints == "refuse":
            raise Refusal(403, "endpoint_not_covered", "Anonamoose does not know this WebSocket, so it stays closed.")
        self._redactor.check_on()
        if not web.WebSocketResponse().can_prepare(request):
            raise Refusal(400, "bad_handshake", "This is no handshake of a WebSocket.")
        return declared or UNDECLARED

    async def _connect(self, request: web.Request, route: Route, client: Client) -> way_out.Socket:
        headers, target, asked = up(request.headers, True), request.raw_path, protocols(request.headers)
        if client.label:
            target, asked = swap(headers, target, client.key, route.provider.name), without_ours(asked)
        url = url_of(route.upstream, route.path, target)
        deflates = "permessage-deflate" in request.headers.get("Sec-WebSocket-Extensions", "")
        try:
            return await self._upstream.connect(url, headers, asked, deflates)
        except NotSwitched as answer:
            if answer.status in _NONE_HERE:
                raise _to_http("The provider has no WebSocket here.") from None
            raise
        except BROKEN as error:
            raise unreachable(url, error) from None

    def _none(self, request: web.Request, route: Route, reason: Refusal | NotSwitched, label: str) -> web.Response:
        socket = socket_of(route.provider, route.path) or UNDECLARED
        exchange = self._journal.begin("WS", socket.path, route, request.headers.get("User-Agent", ""))
        exchange.status, exchange.label = reason.status, label
        if isinstance(reason, Refusal):
            exchange.refuse(reason.status, reason.code, reason.message)
            exchange.label = label or reason.label
            answer = refused(route.provider, reason)
        else:
            exchange.outcome, exchange.reason = "failed", "The provider did not open a WebSocket."
            answer = web.Response(
                body=reason.body, status=reason.status, reason=reason.reason or None, headers=reason.headers
            )
        self._journal.end(exchange)
        return answer


def _to_http(title: str) -> Refusal:
    return Refusal(426, "no_upgrade", title, "Use plain HTTP.")
