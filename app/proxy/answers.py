"""Answers to requests in which something was hidden: what the provider says, as the client gets it."""

from __future__ import annotations

from typing import Any

import aiohttp
from aiohttp import web

from app.pipeline.chain import kept_in, kept_until
from app.pipeline.fields import Fields
from app.pipeline.session import Session
from app.proxy.answer import BROKEN, relay, relay_events, relinked, restore_body, stream_of, texts_of, tree_of
from app.proxy.exchange import KEEP_LIMIT, Exchange, ExchangeLog
from app.proxy.exposure import Exposure
from app.proxy.framing import SSE
from app.proxy.journal import Journal
from app.proxy.offsets import Places
from app.proxy.providers.base import undeclared
from app.proxy.redacted import Request
from app.proxy.redactor import Redactor
from app.proxy.refusal import Refusal, refused
from app.proxy.scrub import Scrubbed, scrubbed, scrubbed_headers
from app.proxy.sse import Event
from app.proxy.stream import StreamRestorer
from app.proxy.upstream import down
from app.settings_store import SettingsStore

#: Media in which nothing can be put back.
_NO_TEXT = ("audio/", "image/", "video/")


class Answers:
    """Passes answers on, restored or as they are."""

    def __init__(self, settings: SettingsStore, redactor: Redactor, journal: Journal, exchanges: ExchangeLog) -> None:
        self._settings = settings
        self._redactor = redactor
        self._journal = journal
        self._exchanges = exchanges

    async def relay(
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

    async def restore(
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
            return await self.relay(request, upstream, exchange, extra, secret)
        endpoint = asking.route.endpoint
        spec = stream_of(endpoint, upstream, exchange.stream)
        if spec is None:
            return await self._whole(asking, exchange, upstream, session, extra, secret)
        response = await _begin(request, upstream, extra, secret)
        places = Places(asking.route.provider.name, exchange.sources)
        exposure = Exposure(restores=asking.asked.restore_secrets, hydrates=asking.asked.hydrate)
        restorer = StreamRestorer(spec, session, places, exposure)
        if self._exchanges.keeps:
            exchange.transcript, exchange.texts = restorer.transcript, restorer.texts
        beat = self._settings.current.heartbeat
        known: set[str] = set()

        def keep() -> None:
            if len(restorer.ids) > len(known):
                self._keep(asking, session, restorer.ids - known, restorer.until)
                known.update(restorer.ids)

        scanning = self._redactor.scanning(asking.asked, session, exchange, spec)
        await relay_events(
            upstream, response, asking.route.provider, restorer, spec.framing, exchange, beat, keep, scanning
        )
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
        exposure = Exposure(restores=asking.asked.restore_secrets, hydrates=asking.asked.hydrate)
        tree = tree_of(body, charset)
        fields = asking.route.endpoint.response if asking.route.endpoint else Fields()
        scanning = self._redactor.scanning(asking.asked, session, exchange, undeclared(SSE, fields))
        events = [Event(b"", text) for text in texts_of(body, charset, tree)] if scanning else []
        try:
            hidden = [event.hidden or {} for event in await scanning.feed(events, last=True)] if scanning else ()
        except Refusal as refusal:
            exchange.outcome, exchange.status, exchange.code = "failed", refusal.status, refusal.code
            exchange.reason = refusal.message
            return refused(asking.route.provider, refusal)
        if exchange.invented:
            extra["x-anonamoose-notice"] = " ".join(exchange.notices)
        restored, exchange.restored = restore_body(
            body, charset, asking.route.endpoint, session, places, exposure, tree, hidden
        )
        exchange.exposed = exposure.entities
        if asking.route.endpoint is not None and asking.route.endpoint.links:
            restored = relinked(restored, asking.route.endpoint.links, asking.own)
        self._keep(asking, session, kept_in(tree), kept_until(tree))
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


async def _begin(
    request: web.Request, upstream: aiohttp.ClientResponse, extra: dict[str, str], secret: str
) -> web.StreamResponse:
    headers = scrubbed_headers(down(upstream.headers), secret)
    headers.update(extra)
    head: dict[str, Any] = {"status": upstream.status, "reason": upstream.reason, "headers": headers}
    response = Scrubbed(secret, **head) if secret else web.StreamResponse(**head)
    await response.prepare(request)
    return response
