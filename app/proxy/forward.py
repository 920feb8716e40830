"""One request: read, redact, save, send, restore. Nothing is sent unless all before it went well."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from app.errors import UserError
from app.faults import faults
from app.passing import passes
from app.pause import Pause
from app.pipeline.session import Session
from app.proxy.answer import BROKEN
from app.proxy.answers import Answers
from app.proxy.body import read_body
from app.proxy.client import Client, Clients
from app.proxy.credential import credential, swap
from app.proxy.exchange import Exchange, ExchangeLog
from app.proxy.journal import Journal
from app.proxy.path_ids import gone
from app.proxy.redacted import Request
from app.proxy.redactor import Redactor
from app.proxy.refusal import Refusal, refused
from app.proxy.refusing import unavailable
from app.proxy.review import Review
from app.proxy.room import Room
from app.proxy.route import Route
from app.proxy.socket import Sockets
from app.proxy.upstream import Upstream, unreachable, up, url_of
from app.settings_store import SettingsStore
from app.store.sessions import Sessions
from app.worker import Worker

log = logging.getLogger(__name__)


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
        review: Review,
        pause: Pause,
    ) -> None:
        """`practice` is the origin of the built-in practice model."""
        self._settings = settings
        self._upstream = upstream
        self._practice = practice
        self._clients = clients
        self._redactor = Redactor(settings, worker, vault, exchanges, pause)
        self._journal = journal
        self._review = review
        self._answers = Answers(settings, self._redactor, journal, exchanges)
        self._sockets = Sockets(settings, self._redactor, self._journal, upstream, clients, review)
        self.room = Room(lambda: settings.current.max_requests, "max-requests", "requests")

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
            with self.room.place():
                return await self._forward(request, route, exchange, client)
        except Refusal as refusal:
            exchange.refuse(refusal.status, refusal.code, refusal.message)
            exchange.label = exchange.label or refusal.label
            return refused(route.provider, refusal)
        except (asyncio.CancelledError, ConnectionResetError):
            if not exchange.is_complete:
                exchange.outcome, exchange.reason = "aborted", "The client went away."
            raise
        except Exception as error:
            # A fault of ours, whose own words may quote a body: neither log nor client hears them.
            log.error("request %d broke on a fault of Anonamoose", exchange.id)
            faults.note(error, "a request")
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
        self._redactor.check_on()
        protects = self._redactor.protects
        is_declared = route.endpoint is not None and route.endpoint.passes
        is_passed = is_declared or passes(settings.pass_endpoints, request.method, route.path)
        asking = Request(
            route, asked, credential(request), request.headers.get("Content-Type", ""), body, _own(request, route)
        )
        session: Session | None = None
        extra: dict[str, str] = {}
        if protects and not asked.redact and body:
            self._review.check(exchange, asked.session)
        if not protects or not asked.redact:
            exchange.outcome, exchange.why = "passed", "asked" if protects else "protection-off"
            exchange.read = "unread" if body else ""
        elif not body or is_passed:
            session = await self._known_session(asking)
            exchange.stream = request.query.get("stream") == "true"
            exchange.outcome = "done" if session else "passed"
            if body:
                exchange.read, exchange.why = "unread", "declared" if is_declared else "pass-endpoints"
        else:
            redacted = await self._redactor.redact(asking, exchange)
            redacted = await self._review.let_go(self._redactor, redacted, exchange)
            session, body = redacted.session, redacted.body
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
            if session is None or not (asked.hydrate or asked.scan_replies):
                return await self._answers.relay(request, upstream, exchange, extra, client.key)
            try:
                return await self._answers.restore(request, asking, exchange, upstream, session, extra, client.key)
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

    @property
    def load(self) -> dict[str, int]:
        """How many requests and WebSockets are going on."""
        return {"requests": self.room.taken, "sockets": self._sockets.room.taken}

    def drain(self) -> None:
        """The app stops: what waits for review is refused, each socket closes after the response it waits for."""
        self._review.close()
        self._sockets.drain()


def _own(request: web.Request, route: Route) -> str:
    """What a client puts before the API's own path to reach us."""
    before = request.rel_url.raw_path.removesuffix(route.path)
    return f"{request.scheme}://{request.host}{before if before != request.rel_url.raw_path else ''}"
