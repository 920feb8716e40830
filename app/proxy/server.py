"""The listening side: which addresses, and which requests are ours."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket

from aiohttp import web
from aiohttp.typedefs import Handler

from app.errors import Exit, PortTaken, UserError
from app.ports import taken
from app.proxy.api.api import Api
from app.proxy.api.operation import ROOT
from app.proxy.connection import Connection
from app.proxy.forward import Forwarder
from app.proxy.guard import VARIABLE, Guard, area, mark
from app.proxy.journal import Journal
from app.proxy.providers import BY_DIALECT
from app.proxy.refusal import Refusal, refused
from app.proxy.route import Route, route
from app.settings_store import SettingsStore

log = logging.getLogger(__name__)
#: Agents keep connections between two turns of a person who thinks.
_KEEP_ALIVE = 300.0
#: Seconds; to aiohttp, 0 means no limit.
_AT_ONCE = 0.01
_GREETING = "Anonamoose is running. Give your tool this address followed by /v1 as its base URL.\n"
_NOTHING = "there is nothing at this path. The API begins at /v1."
_NO_UPSTREAM = "there is no upstream of this name. The setting upstreams says which there are."


class Server:
    """Listens on the configured host, on both loopback addresses when that is localhost."""

    def __init__(self, settings: SettingsStore, forwarder: Forwarder, guard: Guard, api: Api, journal: Journal) -> None:
        current = settings.current
        self._settings = settings
        self._host = current.host
        self._port = current.port
        self._forwarder = forwarder
        self._guard = guard
        self._api = api
        self._refusals = journal.refusals
        # No route: that would answer what has no path, such as CONNECT, before anybody has looked at it.
        app = web.Application(client_max_size=current.body_limit * 2**20, middlewares=[self._every])
        app.on_response_prepare.append(mark)
        app.on_shutdown.append(self._drain)
        self._runner = web.AppRunner(
            app,
            handle_signals=False,
            handler_cancellation=True,  # a client that goes away takes its request upstream with it
            shutdown_timeout=current.drain or _AT_ONCE,
        )
        self._listening: list[asyncio.Server] = []

    @property
    def origin(self) -> str:
        """`http://host:port`, as a tool on this machine would write it."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}"

    async def start(self) -> None:
        """Listens. Raises PortTaken, and UserError where strangers could ask without having to say who they are."""
        if self._guard.is_exposed and not await self._guard.can_tell():
            raise UserError(
                f"Other machines can reach the host {self._host}, and there is no token yet to tell who may ask.",
                "Make one with “anonamoose token show”, a local key with “anonamoose local-key add”, "
                f"or give one in {VARIABLE}.",
                code=Exit.CONFIG,
            )
        await self._runner.setup()
        hosts = ["127.0.0.1", "::1"] if self._host == "localhost" else [self._host]
        for host in hosts:
            try:
                listener = _listener(host, self._port)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    await self._give_up()
                    raise await asyncio.to_thread(taken, hosts, self._port) from error
                if error.errno == errno.EACCES:
                    await self._give_up()
                    raise PortTaken(
                        f"Port {self._port} may not be used by this user.", "Choose another port with --port."
                    ) from error
                if host != "::1" or len(hosts) == 1:
                    await self._give_up()
                    raise PortTaken(
                        f"The host {host} is no address of this machine.", "Choose another one with --host."
                    ) from error
                continue  # no IPv6 here: localhost is 127.0.0.1 alone
            self._port = self._guard.port = listener.getsockname()[1]
            server = await asyncio.get_running_loop().create_server(self._connection, sock=listener, backlog=512)
            self._listening.append(server)
        log.info("listening on %s", self.origin)
        if self._guard.is_exposed:
            log.warning("other machines can reach this address, so every request takes the access token or a local key")

    async def _give_up(self) -> None:
        for server in self._listening:
            server.close()
        await self._runner.cleanup()

    async def stop(self) -> None:
        """Stops listening and lets running requests finish, within the drain time; at once when this is cancelled."""
        for server in self._listening:
            server.close()
        await asyncio.sleep(0)  # what was accepted before is begun
        try:
            await self._runner.cleanup()
        except asyncio.CancelledError:
            # Nobody wants to wait any more: what still runs ends before that on which it relies.
            if self._runner.server is not None:
                await self._runner.server.shutdown(_AT_ONCE)
            await self._runner.cleanup()
            raise

    def _connection(self) -> Connection:
        assert self._runner.server is not None
        return Connection(
            self._runner.server,
            self._refusals,
            loop=asyncio.get_running_loop(),
            access_log=None,  # none, as for AppRunner
            auto_decompress=False,  # `read_body` does
            keepalive_timeout=_KEEP_ALIVE,
            max_line_size=65536,
            max_field_size=65536,
        )

    async def _drain(self, app: web.Application) -> None:
        self._forwarder.drain()
        self._api.drain()

    @web.middleware
    async def _every(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        return await self._answer(request)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.rel_url.raw_path
        try:
            self._guard.check(request)
            if preflight := self._guard.preflight(request):
                return preflight
            await self._guard.check_token(request)
        except Refusal as refusal:
            log.warning("a request was refused: %s", refusal.code)
            self._refusals.tell(refusal.code, area(path))
            found = self._route(request)
            return refused(found.provider if found else BY_DIALECT["openai"], refusal)
        if path in ("/health", "/ready") and request.method in ("GET", "HEAD"):
            return await self._api.answer(request, path)
        if path == ROOT or path.startswith(f"{ROOT}/"):  # never a provider's, whatever theirs may look like
            return await self._api.answer(request, path.removeprefix(ROOT))
        if path.rstrip("/") in ("", "/v1", "/demo", "/demo/v1") and request.method in ("GET", "HEAD"):
            return web.Response(text=_GREETING)
        found = self._route(request)
        if found is None:
            named = "/u/" in path or "x-anonamoose-upstream" in request.headers
            message = f"Anonamoose: {_NO_UPSTREAM if named else _NOTHING}"
            return web.json_response(
                {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": "not_found"}},
                status=404,
                headers={"x-should-retry": "false"},
            )
        return await self._forwarder.answer(request, found)

    def _route(self, request: web.Request) -> Route | None:
        path = request.rel_url.raw_path
        return route(request.method, path, request.headers, self._settings.current, request.query)


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    info = socket.getaddrinfo(host, port, family if host in ("127.0.0.1", "::1") else 0, socket.SOCK_STREAM)[0]
    listener = socket.socket(info[0], socket.SOCK_STREAM)
    try:
        if socket.has_dualstack_ipv6() and info[0] == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows: reuse would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(info[4])
    except BaseException:
        listener.close()
        raise
    return listener
