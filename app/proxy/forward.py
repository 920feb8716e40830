"""One request: read, redact, save, send, restore. Nothing is sent unless all before it went well."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from app.errors import UserError
from app.events import EventBus, ExchangeFinished, ExchangeStarted
from app.pipeline.detection import decode, encode
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.json_text import UnreadableJson
from app.pipeline.redaction import redact
from app.pipeline.session import Session
from app.proxy.answer import BROKEN, relay, relay_events, restore_body
from app.proxy.body import read_body
from app.proxy.controls import Controls, controls
from app.proxy.exchange import KEEP_LIMIT, Exchange, ExchangeLog
from app.proxy.refusal import Refusal
from app.proxy.route import Route
from app.proxy.stream import StreamRestorer
from app.proxy.upstream import Upstream, down, up
from app.settings_store import SettingsStore
from app.store.counts import Counts
from app.store.vault import Vault
from app.worker import Worker

log = logging.getLogger(__name__)


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
        self._bus = bus
        self._worker = worker
        self._vault = vault
        self._counts = counts
        self._exchanges = exchanges
        self._upstream = upstream
        self._practice = practice
        self._counting: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        """The answer to `request`, also when it is refused or the provider cannot be reached."""
        exchange = self._exchanges.new(request.method, route.endpoint.path if route.endpoint else "/v1/…")
        exchange.client = request.headers.get("User-Agent", "").split(" ")[0][:60]
        exchange.provider = route.provider.name
        began = time.perf_counter()
        self._bus.publish(ExchangeStarted(exchange.id))
        try:
            return await self._forward(request, route, exchange)
        except Refusal as refusal:
            exchange.outcome, exchange.status, exchange.reason = "refused", refusal.status, refusal.message
            return refused(route, refusal)
        except (asyncio.CancelledError, ConnectionResetError):
            exchange.outcome, exchange.reason = "aborted", "The client went away."
            raise
        except Exception as error:
            # A fault of ours, whose own words may quote a body: neither log nor client hears them.
            log.error("request %d broke on a fault of Anonamoose: %s", exchange.id, type(error).__name__)
            exchange.outcome, exchange.status, exchange.reason = "failed", 500, "A fault of Anonamoose."
            if request.writer.output_size:
                raise ConnectionResetError from None  # too late for words: the client sees it break off
            return refused(route, Refusal(500, "internal_error", "The request broke on a fault of Anonamoose."))
        finally:
            exchange.total_ms = (time.perf_counter() - began) * 1000
            self._finish(exchange)

    async def _forward(self, request: web.Request, route: Route, exchange: Exchange) -> web.StreamResponse:
        settings = self._settings.current
        if request.headers.get("Upgrade"):
            raise Refusal(426, "no_upgrade", "WebSockets are not supported.", "Use plain HTTP.")
        asked = controls(request.headers, settings.policy)
        body = await read_body(request)
        exchange.request_bytes = len(body)
        if not settings.protection and settings.when_off == "refuse":
            raise Refusal(403, "protection_off", "Protection is off, and requests are refused.", "Turn it on.")
        if not settings.protection or not asked.redact or not body:
            return await self._pass(request, route, exchange, body)
        if route.endpoint is None or route.endpoint.request is None:
            raise Refusal(
                403,
                "endpoint_not_covered",
                f"This endpoint ({request.method} with a body) cannot be redacted yet, so nothing was sent.",
                "Covered are POST /v1/chat/completions and POST /v1/messages.",
            )
        session, redacted = await self._redact(body, route, asked, request, exchange)
        headers = up(request.headers, exchange.stream)
        upstream = await self._send(request, route, headers, redacted)
        extra = {
            "x-anonamoose-session": session.id,
            "x-anonamoose-redactions": str(exchange.redactions),
        }
        async with upstream:
            return await self._restore(request, route, exchange, upstream, session if asked.hydrate else None, extra)

    async def _redact(
        self, body: bytes, route: Route, asked: Controls, request: web.Request, exchange: Exchange
    ) -> tuple[Session, bytes]:
        """The session and what may be sent. When this returns, the session is safe on disk."""
        assert route.endpoint is not None and route.endpoint.request is not None
        began = time.perf_counter()
        try:
            scan = await self._worker.body(body, route.endpoint.request, asked.policy)
            name = asked.session or self._vault.name(route.provider.name.encode(), _key_of(request), scan.opening)
            session = await self._vault.session(name)
            redaction = redact(decode(body), scan.findings, session, quoting=not asked.hydrate)
            await self._vault.save(session)
        except UnreadableJson as error:
            raise Refusal(400, "unreadable_body", f"The body cannot be read: {error}; nothing was sent.") from None
        except DetectorUnavailable as error:
            raise Refusal(403, "detection_unavailable", f"Detection cannot run, so nothing was sent. {error}") from None
        except UserError as error:
            raise Refusal(403, "vault_unavailable", f"{error.title} Nothing was sent.", error.hint) from None
        exchange.detect_ms = (time.perf_counter() - began) * 1000
        exchange.session, exchange.model, exchange.stream = session.id, scan.model, scan.stream
        exchange.entities = dict(Counter(r.finding.entity for r in redaction.replacements))
        if self._exchanges.keeps and len(redaction.original) <= KEEP_LIMIT:
            exchange.sent = redaction
        return session, encode(redaction.text)

    async def _send(
        self, request: web.Request, route: Route, headers: CIMultiDict[str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        if route.practice:
            origin = self._practice
        else:
            settings = self._settings.current
            origin = settings.anthropic_upstream if route.provider.name == "anthropic" else settings.openai_upstream
        _, mark, query = request.raw_path.partition("?")
        url = URL(f"{origin.rstrip('/')}{route.path}{mark}{query}", encoded=True)
        try:
            return await self._upstream.send(request.method, url, headers, body)
        except BROKEN as error:
            log.warning("%s cannot be reached: %s", route.provider.name, type(error).__name__)
            raise Refusal(
                502,
                "upstream_unreachable",
                f"The provider at {url.host} cannot be reached ({type(error).__name__}).",
                "Check the network and the upstream setting.",
            ) from None

    async def _pass(self, request: web.Request, route: Route, exchange: Exchange, body: bytes) -> web.StreamResponse:
        """Sends a request as it is: it has no body, or the user said so."""
        headers = up(request.headers, streaming=True)
        async with await self._send(request, route, headers, body or None) as upstream:
            exchange.status = upstream.status
            exchange.outcome = "passed"
            response = web.StreamResponse(
                status=upstream.status, reason=upstream.reason, headers=down(upstream.headers)
            )
            await response.prepare(request)
            await self._relay(request, upstream, response, exchange)
            return response

    async def _relay(
        self, request: web.Request, upstream: aiohttp.ClientResponse, response: web.StreamResponse, exchange: Exchange
    ) -> None:
        """The rest of an answer, unread. Where it breaks off, so does ours: the client must see it."""
        try:
            await relay(upstream, response, exchange)
            await response.write_eof()
        except (aiohttp.ClientPayloadError, TimeoutError):
            exchange.outcome, exchange.reason = "failed", "The provider's answer broke off."
            if request.transport is not None:
                request.transport.abort()

    async def _restore(
        self,
        request: web.Request,
        route: Route,
        exchange: Exchange,
        upstream: aiohttp.ClientResponse,
        session: Session | None,
        extra: dict[str, str],
    ) -> web.StreamResponse:
        """The provider's answer for the client; `session` None leaves placeholders in it."""
        assert route.endpoint is not None
        headers = down(upstream.headers)
        headers.update(extra)
        exchange.status, exchange.outcome = upstream.status, "done"
        streams = upstream.content_type == "text/event-stream" or (
            exchange.stream and upstream.status < 300 and upstream.content_type != "application/json"
        )
        if session is not None and not streams:
            return await self._whole(exchange, upstream, route, session, headers)
        response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=headers)
        await response.prepare(request)
        if session is None or route.endpoint.stream is None:
            await self._relay(request, upstream, response, exchange)
            return response
        restorer = StreamRestorer(route.endpoint.stream, session)
        await relay_events(upstream, response, route.provider, restorer, exchange)
        if self._exchanges.keeps:
            exchange.came_back, exchange.got = restorer.transcript()
        await response.write_eof()
        return response

    async def _whole(
        self,
        exchange: Exchange,
        upstream: aiohttp.ClientResponse,
        route: Route,
        session: Session,
        headers: CIMultiDict[str],
    ) -> web.Response:
        assert route.endpoint is not None
        try:
            body = await upstream.read()
        except BROKEN:
            raise Refusal(502, "upstream_broke_off", "The provider's answer broke off.", "Try again.") from None
        exchange.response_bytes = len(body)
        charset = upstream.charset or "utf-8"
        restored, exchange.restored = restore_body(body, charset, route.endpoint, session)
        if self._exchanges.keeps and len(body) <= KEEP_LIMIT:
            exchange.came_back = body.decode(charset, "replace")
            exchange.got = restored.decode(charset, "replace")
        return web.Response(body=restored, status=upstream.status, reason=upstream.reason, headers=headers)

    def _finish(self, exchange: Exchange) -> None:
        log.info(
            "%d %s %s: %s %d, %s hidden, %d restored, %.0f ms (detection %.0f ms)",
            exchange.id,
            exchange.method,
            exchange.path,
            exchange.outcome,
            exchange.status,
            ", ".join(f"{n} {entity}" for entity, n in sorted(exchange.entities.items())) or "nothing",
            exchange.restored,
            exchange.total_ms,
            exchange.detect_ms,
        )
        if exchange.entities:
            task = asyncio.get_running_loop().create_task(self._count(exchange.entities))
            self._counting.add(task)
            task.add_done_callback(self._counting.discard)
        self._bus.publish(ExchangeFinished(exchange.id, exchange.redactions))

    async def _count(self, entities: dict[str, int]) -> None:
        try:
            await self._counts.add(entities)
        except UserError as error:
            log.warning("the daily count was not saved: %s", error.title)

    async def close(self) -> None:
        """Waits for what is still being counted."""
        if self._counting:
            await asyncio.wait(self._counting)


def _key_of(request: web.Request) -> bytes:
    """The credential the client sent, whichever header it used: it keeps clients apart."""
    headers = request.headers
    return "\n".join(headers.get(name, "") for name in ("Authorization", "x-api-key", "api-key")).encode()


def refused(route: Route, refusal: Refusal) -> web.Response:
    """A refusal in the dialect's own shape."""
    headers = {} if refusal.status == 502 else {"x-should-retry": "false"}
    return web.json_response(
        route.provider.error(refusal.status, refusal.code, refusal.message), status=refusal.status, headers=headers
    )
