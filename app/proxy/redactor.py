"""From a body as the client sent it to one that may leave, and the session that knows the difference."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass

from app.errors import UserError
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.fields import Fields
from app.pipeline.json_text import UnreadableJson
from app.pipeline.outline import Outline, decode, encode, redact_body
from app.pipeline.redaction import Redaction
from app.pipeline.session import Session
from app.proxy.controls import Controls
from app.proxy.exchange import KEEP_LIMIT, Exchange, ExchangeLog
from app.proxy.refusal import Refusal
from app.proxy.route import Route
from app.settings_store import SettingsStore
from app.store.vault import Vault
from app.worker import Worker

#: Endpoints nobody has declared: every string is text unless it can only be an id, a date or a blob.
GENERIC = Fields(generic=True)
#: At the top of a body: what names a conversation the provider keeps.
_CHAINS = ("previous_response_id", "conversation", "conversation_id", "thread_id", "previous_interaction_id")


@dataclass(frozen=True, slots=True)
class Request:
    """What a redaction needs to know of a request. `credential` keeps clients apart."""

    route: Route
    asked: Controls
    credential: bytes
    media: str
    body: bytes


class Redactor:
    """Redacts bodies. When it returns, the session is safe on disk; when it raises, nothing may be sent."""

    def __init__(self, settings: SettingsStore, worker: Worker, vault: Vault, exchanges: ExchangeLog) -> None:
        self._settings = settings
        self._worker = worker
        self._vault = vault
        self._exchanges = exchanges

    async def redact(self, request: Request, exchange: Exchange) -> tuple[Session, bytes]:
        """The session and what may be sent. Raises Refusal."""
        began = time.perf_counter()
        try:
            return await self._json(request, self._fields(request), exchange)
        except UnreadableJson as error:
            raise Refusal(400, "unreadable_body", f"The body cannot be read: {error}; nothing was sent.") from None
        except DetectorUnavailable as error:
            raise Refusal(403, "detection_unavailable", f"Detection cannot run, so nothing was sent. {error}") from None
        except UserError as error:
            raise Refusal(403, "vault_unavailable", f"{error.title} Nothing was sent.", error.hint) from None
        finally:
            exchange.detect_ms = (time.perf_counter() - began) * 1000

    def _fields(self, request: Request) -> Fields:
        endpoint = request.route.endpoint
        if endpoint is not None and endpoint.request is not None:
            return endpoint.request
        if endpoint is not None or self._settings.current.unknown_endpoints == "refuse":
            raise Refusal(
                403,
                "endpoint_not_covered",
                "This endpoint takes no body that Anonamoose can redact, so nothing was sent.",
            )
        return GENERIC

    async def _json(self, request: Request, fields: Fields, exchange: Exchange) -> tuple[Session, bytes]:
        policy = request.asked.policy
        ticket, opened, found = await self._worker.open(request.body, fields, policy)
        try:
            session = await self._session(request, opened)
            # What was sent before goes out as it went then; only the rest is looked through.
            unknown = [n for n, p in enumerate(opened.parts) if p.is_history and session.recall(p.digest) is None]
            if unknown:
                found |= await self._worker.findings(ticket, unknown, policy)
        finally:
            self._worker.close(ticket)
        redaction = redact_body(decode(request.body), opened.parts, found, session, quoting=not request.asked.hydrate)
        await self._vault.save(session)
        exchange.session, exchange.model = session.id, opened.model
        exchange.stream = opened.head.get("stream") is True
        self._note(exchange, redaction)
        return session, encode(redaction.text)

    async def _session(self, request: Request, opened: Outline) -> Session:
        name = request.asked.session
        for key in () if name else _CHAINS:
            id = opened.head.get(key)
            if isinstance(id, str) and (known := await self._vault.aliased(self.scoped(request, id))):
                name = known
                break
        provider = request.route.provider.name.encode()
        return await self._vault.session(name or self._vault.name(provider, request.credential, opened.opening))

    async def session_of(self, request: Request) -> Session | None:
        """The session of what the path names (`/v1/responses/resp_1`), or of the header; None if unknown."""
        if request.asked.session:
            return await self._vault.session(request.asked.session)
        for part in request.route.path.split("/"):
            if "_" in part or "-" in part:
                known = await self._vault.aliased(self.scoped(request, part))
                if known:
                    return await self._vault.session(known)
        return None

    @staticmethod
    def scoped(request: Request, id: str) -> tuple[bytes, ...]:
        """The name under which `id` is known to this client, and to no other."""
        return request.route.provider.name.encode(), request.credential, id.encode("utf-8", "surrogatepass")

    def _note(self, exchange: Exchange, redaction: Redaction) -> None:
        exchange.entities = dict(Counter(r.finding.entity for r in redaction.replacements))
        exchange.fresh = dict(Counter(r.finding.entity for r in redaction.replacements if r.finding.source != "memo"))
        if self._exchanges.keeps and len(redaction.original) <= KEEP_LIMIT:
            exchange.sent = redaction
