"""One request: read, redact, save, send, restore. Nothing is sent unless all before it went well."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from app.errors import UserError
from app.passing import passes
from app.pipeline.session import Session
from app.proxy.answer import BROKEN, kept, relay, relay_events, relinked, restore_body, stream_of
from app.proxy.body import read_body
from app.proxy.client import Client, Clients
from app.proxy.credential import credential, swap
from app.proxy.exchange import KEEP_LIMIT, Exchange, ExchangeLog
from app.proxy.exposure import Exposure
from app.proxy.journal import Journal
from app.proxy.offsets import Places
from app.proxy.redactor import Redactor, Request, gone, unavailable
from app.proxy.refusal import Refusal, refused
from app.proxy.room import Room
from app.proxy.route import Route
from app.proxy.scrub import Scrubbed, scrubbed, scrubbed_headers
from app.proxy.socket import Sockets
from app.proxy.stream import StreamRestorer
from app.proxy.upstream import Upstream, down, unreachable, up, url_of
from app.settings_store import SettingsStore
from app.store.sessions import Sessions
from app.worker import Worker

log = logging.getLogger(__name__)

#: Media in which nothing can be put back.
_NO_TEXT = ("audio/", "image/", "video/")


class Forwarder:
    """Answers the requests of tools by asking their provider."""

    def __init__(
        self,
        settings: SettingsStore,
        worker: Worker,
        vault: Sessions,
        exchanges: ExchangeLog,
        upstream: Upstream,
        practice: str,
        clients: Clients,
        journal: Journal,
    ) -> None:
        """`practice` is the origin of the built-in practice model."""
        self._settings = settings
        self._exchanges = exchanges
        self._upstream = upstream
        self._practice = practice
        self._clients = clients
        self._redactor = Redactor(settings, worker, vault, exchanges)
        self._journal = journal
        self._sockets = Sockets(settings, self._redactor, self._journal, upstream, clients)
        self._room = Room(lambda: settings.current.max_requests, "max-requests", "requests")

    async def answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        """The answer to `request`, also when it is refused or the provider cannot be reached."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._sockets.answer(request, route)
        path = route.endpoint.path if route.endpoint else "/v1/…"
        agent = request.headers.get("User-Agent", "")
        exchange = self._journal.begin(request.method, path, route, agent)
        try:
            client = await self._clients.of(request, route)
            exchange.label, exchange.client = client.label, client.label or exchange.client
            with self._room.place():
                return await self._forward(request, route, exchange, client)
        except Refusal as refusal:
            exchange.refuse(refusal.status, refusal.code, refusal.message)
            return refused(route.provider, refusal)
        except (asyncio.CancelledError, ConnectionResetError):
            exchange.outcome, exchange.reason = "aborted", "The client went away."
            raise
        except Exception as error:
            # A fault of ours, whose own words may quote a body: neither log nor client hears them.
            log.error("request %d broke on a fault of Anonamoose: %s", exchange.id, type(error).__name__)
            exchange.outcome, exchange.status, exchange.reason = "failed", 500, "A fault of Anonamoose."
            exchange.code = "internal_error"
            if request.writer.output_size:
                raise ConnectionResetError from None  # too late for words: the client sees it break off
            fault = Refusal(500, "internal_error", "The request broke on a fault of Anonamoose.")
            return refused(route.provider, fault)
        finally:
            self._journal.end(exchange)

    async def _forward(
        self, request: web.Request, route: Route, exchange: Exchange, client: Client
    ) -> web.StreamResponse:
        settings = self._settings.current
        asked = await self._redactor.asked(request.headers, route, client)
        exchange.policy, exchange.preset = asked.policy, asked.preset
        body = await read_body(request)
        exchange.request_bytes = len(body)
        if not settings.protection and settings.when_off == "refuse":
            raise Refusal(403, "protection_off", "Protection is off, and requests are refused.", "Turn it on.")
        is_declared = route.endpoint is not None and route.endpoint.passes
        is_passed = is_declared or passes(settings.pass_endpoints, request.method, route.path)
        asking = Request(
            route, asked, credential(request), request.headers.get("Content-Type", ""), body, _own(request, route)
        )
        session: Session | None = None
        extra: dict[str, str] = {}
        if not settings.protection or not asked.redact:
            exchange.outcome, exchange.why = "passed", "asked" if settings.protection else "protection-off"
            exchange.read = "unread" if body else ""
        elif not body or is_passed:
            session = await self._known_session(asking)
            exchange.stream = request.query.get("stream") == "true"
            exchange.outcome = "done" if session else "passed"
            if body:
                exchange.read, exchange.why = "unread", "declared" if is_declared else "pass-endpoints"
        else:
            session, body = await self._redactor.redact(asking, exchange)
            extra["x-anonamoose-redactions"] = str(exchange.redactions)
            if exchange.notices:
                extra["x-anonamoose-notice"] = " ".join(exchange.notices)
            exchange.outcome = "done"
        if session is not None:
            extra["x-anonamoose-session"] = session.id
        await self._journal.sending(exchange)
        headers = up(request.headers, exchange.stream or session is None)
        target = request.raw_path
        if client.label:
            target = swap(headers, target, client.key, route.provider.name)
        async with await self._send(request.method, route, target, headers, body or None) as upstream:
            exchange.status = upstream.status
            if request.method == "DELETE" and session is not None and upstream.status < 300:
                self._journal.later(self._journal.release([self._redactor.scoped(asking, gone(route.path))]))
            if session is None or not asked.hydrate:
                return await self._relay(request, upstream, exchange, extra, client.key)
            try:
                return await self._restore(request, asking, exchange, upstream, session, extra, client.key)
            finally:
                self._journal.later(self._journal.remember(session))

    async def _known_session(self, asking: Request) -> Session | None:
        try:
            return await self._redactor.session_of(asking)
        except UserError as error:
            raise unavailable(error) from None

    async def _send(
        self, method: str, route: Route, target: str, headers: CIMultiDict[str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        url = url_of(self._practice if route.practice else route.upstream, route.path, target)
        try:
            return await self._upstream.send(method, url, headers, body)
        except BROKEN as error:
            raise unreachable(url, error) from None

    async def _relay(
        self,
        request: web.Request,
        upstream: aiohttp.ClientResponse,
        exchange: Exchange,
        extra: dict[str, str],
        secret: str,
    ) -> web.StreamResponse:
        """An answer as it is. Where it breaks off, so does ours: the client must see it."""
        response = await _begin(request, upstream, extra, secret)
        try:
            await relay(upstream, response, exchange)
            await response.write_eof()
        except (aiohttp.ClientPayloadError, TimeoutError):
            exchange.outcome, exchange.reason = "failed", "The provider's answer broke off."
            exchange.code = "upstream_broke_off"
            if request.transport is not None:
                request.transport.abort()
        return response

    async def _restore(
        self,
        request: web.Request,
        asking: Request,
        exchange: Exchange,
        upstream: aiohttp.ClientResponse,
        session: Session,
        extra: dict[str, str],
        secret: str,
    ) -> web.StreamResponse:
        """An answer with the values of `session` put back, and without the provider's key."""
        if upstream.content_type.startswith(_NO_TEXT):
            return await self._relay(request, upstream, exchange, extra, secret)
        endpoint = asking.route.endpoint
        spec = stream_of(endpoint, upstream, exchange.stream)
        if spec is None:
            return await self._whole(asking, exchange, upstream, session, extra, secret)
        response = await _begin(request, upstream, extra, secret)
        places = Places(asking.route.provider.name, exchange.sources)
        exposure = Exposure(restores=asking.asked.restore_secrets)
        restorer = StreamRestorer(spec, session, places, exposure)
        if self._exchanges.keeps:
            exchange.transcript = restorer.transcript
        beat = self._settings.current.heartbeat
        known: set[str] = set()

        def keep() -> None:
            if len(restorer.ids) > len(known):
                self._keep(asking, session, restorer.ids - known, restorer.until)
                known.update(restorer.ids)

        await relay_events(upstream, response, asking.route.provider, restorer, spec.framing, exchange, beat, keep)
        await response.write_eof()
        return response

    async def _whole(
        self,
        asking: Request,
        exchange: Exchange,
        upstream: aiohttp.ClientResponse,
        session: Session,
        extra: dict[str, str],
        secret: str,
    ) -> web.Response:
        try:
            body = await upstream.read()
        except BROKEN:
            raise Refusal(502, "upstream_broke_off", "The provider's answer broke off.", "Try again.") from None
        exchange.response_bytes = len(body)
        body = scrubbed(body, secret)
        charset = upstream.charset or "utf-8"
        places = Places(asking.route.provider.name, exchange.sources)
        exposure = Exposure(restores=asking.asked.restore_secrets)
        restored, exchange.restored = restore_body(body, charset, asking.route.endpoint, session, places, exposure)
        exchange.exposed = exposure.entities
        if asking.route.endpoint is not None and asking.route.endpoint.links:
            restored = relinked(restored, asking.route.endpoint.links, asking.own)
        self._keep(asking, session, *kept(body))
        if self._exchanges.keeps and len(body) <= KEEP_LIMIT:
            texts = body.decode(charset, "replace"), restored.decode(charset, "replace")
            exchange.transcript = lambda: texts
        headers = scrubbed_headers(down(upstream.headers), secret)
        headers.update(extra)
        return web.Response(body=restored, status=upstream.status, reason=upstream.reason, headers=headers)

    def _keep(self, asking: Request, session: Session, found: set[str], until: float) -> None:
        """Remembers whose the things are that the provider keeps under these ids, for so long."""
        endpoint = asking.route.endpoint
        if found and endpoint is not None and endpoint.kept:
            names = [self._redactor.scoped(asking, id) for id in sorted(found)]
            self._journal.later(self._journal.alias(names, session, until))

    @property
    def load(self) -> dict[str, int]:
        """How many requests and WebSockets are going on."""
        return {"requests": self._room.taken, "sockets": self._sockets.room.taken}

    def drain(self) -> None:
        """Lets sockets know that the app stops: each closes after the response it waits for."""
        self._sockets.drain()


def _own(request: web.Request, route: Route) -> str:
    """What a client puts before the API's own path to reach us."""
    before = request.rel_url.raw_path.removesuffix(route.path)
    return f"{request.scheme}://{request.host}{before if before != request.rel_url.raw_path else ''}"


async def _begin(
    request: web.Request, upstream: aiohttp.ClientResponse, extra: dict[str, str], secret: str
) -> web.StreamResponse:
    headers = scrubbed_headers(down(upstream.headers), secret)
    headers.update(extra)
    head: dict[str, Any] = {"status": upstream.status, "reason": upstream.reason, "headers": headers}
    response = Scrubbed(secret, **head) if secret else web.StreamResponse(**head)
    await response.prepare(request)
    return response
