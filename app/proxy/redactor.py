"""From a body as the client sent it to one that may leave, and the session that knows the difference."""

from __future__ import annotations

import re
import time
from collections import Counter
from dataclasses import dataclass

from aiohttp import web

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
_CHAINS = (
    "previous_response_id",
    "conversation",
    "conversation_id",
    "thread_id",
    "previous_interaction_id",
    "cachedContent",
    "cached_content",
    "context",
)
#: What may be an id in a path: no word, and no version of an API.
_MAY_BE_ID = re.compile(r"(?=.*[^A-Za-z]).{7,}")


@dataclass(frozen=True, slots=True)
class Request:
    """What a redaction needs to know of a request. `credential` keeps clients apart."""

    route: Route
    asked: Controls
    credential: bytes
    media: str
    body: bytes


def credential(request: web.Request) -> bytes:
    """What the client sent to prove who it is, whichever header it used."""
    names = ("Authorization", "x-api-key", "api-key", "x-goog-api-key")
    sent = [*(request.headers.get(name, "") for name in names), request.query.get("key", "")]
    # A page in a browser can send no header with a WebSocket; its key is one of the subprotocols it asks for.
    protocols = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
    sent += [name.strip() for name in protocols if "api-key" in name]
    return "\n".join(sent).encode()


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
            exchange.detect_ms += (time.perf_counter() - began) * 1000

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
        ticket, opened = await self._worker.outline(request.body, fields)
        session = await self._session(request, opened)
        # What was sent before goes out as it went then; only the rest is looked through.
        fresh = [n for n, p in enumerate(opened.parts) if not p.is_history or session.recall(p.digest) is None]
        found = await self._worker.findings(ticket, fresh, request.asked.policy)
        redaction = redact_body(decode(request.body), opened.parts, found, session, quoting=not request.asked.hydrate)
        await self._vault.save(session)
        exchange.session, exchange.model = session.id, opened.model or request.route.model
        endpoint, asked = request.route.endpoint, opened.head.get("stream")
        exchange.stream = endpoint.streams(asked) if endpoint else asked is True
        self._note(exchange, redaction)
        return session, encode(redaction.text)

    async def _session(self, request: Request, opened: Outline) -> Session:
        name = request.asked.session
        for key in () if name else _CHAINS:
            id = opened.head.get(key)
            # A resource may be called by its collection and its id.
            if isinstance(id, str) and (known := await self._vault.aliased(self.scoped(request, id.split("/")[-1]))):
                name = known
                break
        provider = request.route.provider.name.encode()
        return await self._vault.session(name or self._vault.name(provider, request.credential, opened.opening))

    async def session_of(self, request: Request) -> Session | None:
        """The session of what the path names (`/v1/responses/resp_1`), or of the header; None if unknown."""
        if request.asked.session:
            return await self._vault.session(request.asked.session)
        for part in request.route.path.split("/"):
            if _MAY_BE_ID.fullmatch(part):
                known = await self._vault.aliased(self.scoped(request, part))
                if known:
                    return await self._vault.session(known)
        return None

    @staticmethod
    def scoped(request: Request, id: str) -> tuple[bytes, ...]:
        """The name under which `id` is known to this client, and to no other."""
        return request.route.provider.name.encode(), request.credential, id.encode("utf-8", "surrogatepass")

    def _note(self, exchange: Exchange, redaction: Redaction) -> None:
        # Over a socket, several bodies may lead to one answer.
        found = [r.finding for r in redaction.replacements]
        exchange.entities = dict(Counter(exchange.entities) + Counter(f.entity for f in found))
        exchange.fresh = dict(Counter(exchange.fresh) + Counter(f.entity for f in found if f.source != "memo"))
        if self._exchanges.keeps and len(redaction.original) <= KEEP_LIMIT:
            exchange.sent = redaction
