"""One request: read, redact, save, send, restore. Nothing is sent unless all before it went well."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Coroutine

import aiohttp
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from app.errors import UserError
from app.events import EventBus, ExchangeFinished, ExchangeStarted
from app.pipeline.session import Session
from app.proxy.answer import BROKEN, ids, relay, relay_events, restore_body, stream_of
from app.proxy.body import read_body
from app.proxy.controls import controls
from app.proxy.exchange import KEEP_LIMIT, Exchange, ExchangeLog
from app.proxy.redactor import Redactor, Request
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
        self._vault = vault
        self._counts = counts
        self._exchanges = exchanges
        self._upstream = upstream
        self._practice = practice
        self._redactor = Redactor(settings, worker, vault, exchanges)
        self._tasks: set[asyncio.Task[None]] = set()

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
            raise Refusal(426, "no_upgrade", "WebSockets are not supported here.", "Use plain HTTP.")
        asked = controls(request.headers, settings.policy, route.controls, settings.placeholders)
        body = await read_body(request)
        exchange.request_bytes = len(body)
        if not settings.protection and settings.when_off == "refuse":
            raise Refusal(403, "protection_off", "Protection is off, and requests are refused.", "Turn it on.")
        passes = route.endpoint is not None and route.endpoint.passes
        asking = Request(route, asked, _credential(request), request.content_type, body)
        session: Session | None = None
        extra: dict[str, str] = {}
        if not settings.protection or not asked.redact:
            exchange.outcome = "passed"
        elif not body or passes:
            session = await self._known_session(asking)
            exchange.outcome = "done" if session else "passed"
        else:
            session, body = await self._redactor.redact(asking, exchange)
            extra["x-anonamoose-redactions"] = str(exchange.redactions)
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
                self._later(self._remember(session))

    async def _known_session(self, asking: Request) -> Session | None:
        try:
            return await self._redactor.session_of(asking)
        except UserError as error:
            raise Refusal(403, "vault_unavailable", f"{error.title} Nothing was sent.", error.hint) from None

    async def _send(
        self, request: web.Request, route: Route, headers: CIMultiDict[str], body: bytes | None
    ) -> aiohttp.ClientResponse:
        origin = self._practice if route.practice else route.upstream
        _, mark, query = request.raw_path.partition("?")
        url = URL(f"{origin}{route.path}{mark}{query}", encoded=True)
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
        endpoint = asking.route.endpoint
        spec = stream_of(endpoint, upstream, exchange.stream)
        if spec is None:
            return await self._whole(asking, exchange, upstream, session, extra)
        response = await _begin(request, upstream, extra)
        restorer = StreamRestorer(spec, session)
        if self._exchanges.keeps:
            exchange.transcript = restorer.transcript
        try:
            await relay_events(upstream, response, asking.route.provider, restorer, spec.framing, exchange)
        finally:
            await self._keep(asking, session, restorer.ids)
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
        restored, exchange.restored = restore_body(body, charset, asking.route.endpoint, session)
        await self._keep(asking, session, ids(body))
        if self._exchanges.keeps and len(body) <= KEEP_LIMIT:
            texts = body.decode(charset, "replace"), restored.decode(charset, "replace")
            exchange.transcript = lambda: texts
        headers = down(upstream.headers)
        headers.update(extra)
        return web.Response(body=restored, status=upstream.status, reason=upstream.reason, headers=headers)

    async def _keep(self, asking: Request, session: Session, found: set[str]) -> None:
        """Remembers whose the things are that the provider keeps under these ids."""
        endpoint = asking.route.endpoint
        if found and endpoint is not None and endpoint.kept:
            self._later(self._alias([self._redactor.scoped(asking, id) for id in sorted(found)], session))

    async def _alias(self, names: list[tuple[bytes, ...]], session: Session) -> None:
        try:
            await self._vault.alias(names, session)
        except UserError as error:
            log.warning("the ids of an answer were not remembered: %s", error.title)

    async def _remember(self, session: Session) -> None:
        try:
            await self._vault.save(session)
        except UserError as error:
            log.warning("an answer was not remembered: %s", error.title)

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
        if exchange.fresh:
            self._later(self._count(exchange.fresh))
        self._bus.publish(ExchangeFinished(exchange.id, exchange.redactions))

    def _later(self, work: Coroutine[None, None, None]) -> None:
        """For what nobody has to wait for; `close` does."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _count(self, entities: dict[str, int]) -> None:
        try:
            await self._counts.add(entities)
        except UserError as error:
            log.warning("the daily count was not saved: %s", error.title)

    async def close(self) -> None:
        """Waits for what is still being stored."""
        if self._tasks:
            await asyncio.wait(self._tasks)


async def _begin(request: web.Request, upstream: aiohttp.ClientResponse, extra: dict[str, str]) -> web.StreamResponse:
    headers = down(upstream.headers)
    headers.update(extra)
    response = web.StreamResponse(status=upstream.status, reason=upstream.reason, headers=headers)
    await response.prepare(request)
    return response


def _credential(request: web.Request) -> bytes:
    """What the client sent to prove who it is, whichever header it used."""
    names = ("Authorization", "x-api-key", "api-key", "x-goog-api-key")
    return "\n".join([*(request.headers.get(name, "") for name in names), request.query.get("key", "")]).encode()


def refused(route: Route, refusal: Refusal) -> web.Response:
    """A refusal in the dialect's own shape."""
    headers = {} if refusal.status == 502 else {"x-should-retry": "false"}
    return web.json_response(
        route.provider.error(refusal.status, refusal.code, refusal.message), status=refusal.status, headers=headers
    )
