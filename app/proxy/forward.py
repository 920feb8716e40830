"""One request: read, redact, save, send, restore. Nothing is sent unless all before it went well."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from app.errors import UserError
from app.events import EventBus
from app.passing import passes
from app.pipeline.session import Session
from app.proxy.answer import BROKEN, ids, relay, relay_events, relinked, restore_body, stream_of
from app.proxy.body import read_body
from app.proxy.exchange import KEEP_LIMIT, Exchange, ExchangeLog
from app.proxy.journal import Journal
from app.proxy.offsets import Places
from app.proxy.redactor import Redactor, Request, credential
from app.proxy.refusal import Refusal, refused
from app.proxy.route import Route
from app.proxy.socket import Sockets
from app.proxy.stream import StreamRestorer
from app.proxy.upstream import Upstream, down, unreachable, up, url_of
from app.settings_store import SettingsStore
from app.store.counts import Counts
from app.store.vault import Vault
from app.worker import Worker

log = logging.getLogger(__name__)

#: Media in which nothing can be put back.
_NO_TEXT = ("audio/", "image/", "video/")


class Forwarder:
    """Answers the requests of tools by asking their provider."""

    def __init__(
        self,
        settings: SettingsStore,
        bus: EventBus,
        worker: Worker,
        vault: Vault,
        counts: Counts,
        exchanges: ExchangeLog,
        upstream: Upstream,
        practice: str,
    ) -> None:
        """`practice` is the origin of the built-in practice model."""
        self._settings = settings
        self._exchanges = exchanges
        self._upstream = upstream
        self._practice = practice
        self._redactor = Redactor(settings, worker, vault, exchanges)
        self._journal = Journal(bus, vault, counts, exchanges)
        self._sockets = Sockets(settings, self._redactor, self._journal, upstream)

    async def answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        """The answer to `request`, also when it is refused or the provider cannot be reached."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return await self._sockets.answer(request, route)
        path = route.endpoint.path if route.endpoint else "/v1/…"
        agent = request.headers.get("User-Agent", "")
        exchange = self._journal.begin(request.method, path, route.provider.name, agent)
        try:
            return await self._forward(request, route, exchange)
        except Refusal as refusal:
            exchange.outcome, exchange.status, exchange.reason = "refused", refusal.status, refusal.message
            return refused(route.provider, refusal)
        except (asyncio.CancelledError, ConnectionResetError):
            exchange.outcome, exchange.reason = "aborted", "The client went away."
            raise
        except Exception as error:
            # A fault of ours, whose own words may quote a body: neither log nor client hears them.
            log.error("request %d broke on a fault of Anonamoose: %s", exchange.id, type(error).__name__)
            exchange.outcome, exchange.status, exchange.reason = "failed", 500, "A fault of Anonamoose."
            if request.writer.output_size:
                raise ConnectionResetError from None  # too late for words: the client sees it break off
            fault = Refusal(500, "internal_error", "The request broke on a fault of Anonamoose.")
            return refused(route.provider, fault)
        finally:
            self._journal.end(exchange)

    async def _forward(self, request: web.Request, route: Route, exchange: Exchange) -> web.StreamResponse:
        settings = self._settings.current
        asked = await self._redactor.asked(request.headers, route)
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
            exchange.outcome = "passed"
        elif not body or is_passed:
            session = await self._known_session(asking)
            exchange.stream = request.query.get("stream") == "true"
            exchange.outcome = "done" if session else "passed"
        else:
            session, body = await self._redactor.redact(asking, exchange)
            extra["x-anonamoose-redactions"] = str(exchange.redactions)
            if exchange.notices:
                extra["x-anonamoose-notice"] = " ".join(exchange.notices)
            exchange.outcome = "done"
        if session is not None:
            extra["x-anonamoose-session"] = session.id
        headers = up(request.headers, exchange.stream or session is None)
        async with await self._send(request, route, headers, body or None) as upstream:
            exchange.status = upstream.status
            if session is None or not asked.hydrate:
                return await self._relay(request, upstream, exchange, extra)
            try:
                return await self._restore(request, asking, exchange, upstream, session, extra)
            finally:
                self._journal.later(self._journal.remember(session))

    async def _known_session(self, asking: Request) -> Session | None:
        try:
            return await self._redactor.session_of(asking)
        except UserError as error:
            raise Refusal(403, "vault_unavailable", f"{error.title} Nothing was sent.", error.hint) from None

    async def _send(
        self, request: web.Request, route: Route, headers: CIMultiDict[str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        url = url_of(self._practice if route.practice else route.upstream, route.path, request.raw_path)
        try:
            return await self._upstream.send(request.method, url, headers, body)
        except BROKEN as error:
            raise unreachable(url, error) from None

    async def _relay(
        self, request: web.Request, upstream: aiohttp.ClientResponse, exchange: Exchange, extra: dict[str, str]
    ) -> web.StreamResponse:
        """An answer as it is. Where it breaks off, so does ours: the client must see it."""
        response = await _begin(request, upstream, extra)
        try:
            await relay(upstream, response, exchange)
            await response.write_eof()
        except (aiohttp.ClientPayloadError, TimeoutError):
            exchange.outcome, exchange.reason = "failed", "The provider's answer broke off."
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
    ) -> web.StreamResponse:
        """An answer with the values of `session` put back."""
        if upstream.content_type.startswith(_NO_TEXT):
            return await self._relay(request, upstream, exchange, extra)
        endpoint = asking.route.endpoint
        spec = stream_of(endpoint, upstream, exchange.stream)
        if spec is None:
            return await self._whole(asking, exchange, upstream, session, extra)
        response = await _begin(request, upstream, extra)
        restorer = StreamRestorer(spec, session, Places(asking.route.provider.name, exchange.sources))
        if self._exchanges.keeps:
            exchange.transcript = restorer.transcript
        beat = self._settings.current.heartbeat
        kept: set[str] = set()

        def keep() -> None:
            self._keep(asking, session, restorer.ids - kept)
            kept.update(restorer.ids)

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
    ) -> web.Response:
        try:
            body = await upstream.read()
        except BROKEN:
            raise Refusal(502, "upstream_broke_off", "The provider's answer broke off.", "Try again.") from None
        exchange.response_bytes = len(body)
        charset = upstream.charset or "utf-8"
        places = Places(asking.route.provider.name, exchange.sources)
        restored, exchange.restored = restore_body(body, charset, asking.route.endpoint, session, places)
        if asking.route.endpoint is not None and asking.route.endpoint.links:
            restored = relinked(restored, asking.route.endpoint.links, asking.own)
        self._keep(asking, session, ids(body))
        if self._exchanges.keeps and len(body) <= KEEP_LIMIT:
            texts = body.decode(charset, "replace"), restored.decode(charset, "replace")
            exchange.transcript = lambda: texts
        headers = down(upstream.headers)
        headers.update(extra)
        return web.Response(body=restored, status=upstream.status, reason=upstream.reason, headers=headers)

    def _keep(self, asking: Request, session: Session, found: set[str]) -> None:
        """Remembers whose the things are that the provider keeps under these ids."""
        endpoint = asking.route.endpoint
        if found and endpoint is not None and endpoint.kept:
            names = [self._redactor.scoped(asking, id) for id in sorted(found)]
            self._journal.later(self._journal.alias(names, session))

    def drain(self) -> None:
        """Lets sockets know that the app stops: each closes after the response it waits for."""
        self._sockets.drain()

    async def close(self) -> None:
        """Waits for what is still being stored."""
        await self._journal.close()


def _own(request: web.Request, route: Route) -> str:
    """What a client puts before the API's own path to reach us."""
    before = request.rel_url.raw_path.removesuffix(route.path)
    return f"{request.scheme}://{request.host}{before if before != request.rel_url.raw_path else ''}"


async def _begin(request: web.Request, upstream: aiohttp.ClientResponse, extra: dict[str, str]) -> web.StreamResponse:
    headers = down(upstream.headers)
    headers.update(extra)
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=headers)
    await response.prepare(request)
    return response
