"""From a body as the client sent it to one that may leave, and the session that knows the difference."""

from __future__ import annotations

import asyncio
import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from app.errors import UserError
from app.pause import Pause
from app.pipeline.detection import Findings, Report
from app.pipeline.draft import UNCHANGED, Changes, Draft
from app.pipeline.fields import Fields, Form
from app.pipeline.known import Known
from app.pipeline.note import noted
from app.pipeline.operators import listed
from app.pipeline.outline import NO_OPENING, Outline, decode, encode, unsent
from app.pipeline.policy import Policy
from app.pipeline.recognition import Recognition
from app.pipeline.redaction import Redaction
from app.pipeline.session import Session
from app.proxy.body import SMALL
from app.proxy.client import ANYBODY, Client
from app.proxy.controls import Controls, controls, named
from app.proxy.exchange import Exchange, ExchangeLog
from app.proxy.likeness import Likeness, likeness
from app.proxy.notices import MOST, check, notices
from app.proxy.offsets import with_offsets
from app.proxy.path_ids import ids_in
from app.proxy.providers.base import Stream
from app.proxy.redacted import Redacted, Request
from app.proxy.refusal import Refusal
from app.proxy.refusing import refusing, unavailable
from app.proxy.route import Route
from app.proxy.scanning import Scanning
from app.settings_store import SettingsStore
from app.slices import sliced
from app.store.sessions import Sessions, settled
from app.worker import Worker

#: Endpoints nobody has declared: every string is text unless it can only be an id, a date or a blob.
GENERIC = Fields(generic=True)
#: Said of a request that goes on with something whose values nobody knows (any more).
UNKNOWN_CHAIN = "unknown previous response"


class Redactor:
    """Redacts bodies. When it returns, the session is safe on disk; when it raises, nothing may be sent."""

    def __init__(
        self, settings: SettingsStore, worker: Worker, vault: Sessions, exchanges: ExchangeLog, pause: Pause
    ) -> None:
        self._settings = settings
        self._pause = pause
        self._worker = worker
        self._vault = vault
        self._exchanges = exchanges

    @property
    def protects(self) -> bool:
        """Whether protection is on, and not paused."""
        return self._settings.current.protection and not self._pause.is_on

    def check_on(self) -> None:
        """Raises Refusal where requests are refused while protection is off."""
        if not self.protects and self._settings.current.when_off == "refuse":
            raise Refusal(403, "protection_off", "Protection is off, and requests are refused.", "Turn it on.")

    async def asked(self, headers: Mapping[str, str], route: Route, client: Client = ANYBODY) -> Controls:
        """What holds for a request now: settings may change while a socket is open. Raises Refusal."""
        session = named(headers, route.controls, client)
        try:
            in_session = await self._vault.options.of(session) if session else {}
        except UserError as error:
            raise unavailable(error) from None
        return controls(headers, self._settings.current, route.controls, in_session, client)

    async def redact(self, request: Request, exchange: Exchange) -> Redacted:
        """What may be sent. Raises Refusal."""
        async with refusing(exchange):
            fields = with_offsets(self._fields(request), request.route.provider.name)
            given = request.media, request.body, fields, request.route.provider
            is_small = len(request.body) < SMALL
            like = likeness(*given) if is_small else await asyncio.to_thread(likeness, *given)
            redacted = await self._begin(request, like, exchange)
            return await self._finish(redacted, UNCHANGED, exchange)

    def scanning(self, asked: Controls, session: Session, exchange: Exchange, spec: Stream) -> Scanning | None:
        """What looks through an answer, where that is asked for."""
        given = asked.policy, asked.placeholders, session, exchange, spec
        return Scanning(self._worker, *given) if asked.scan_replies else None

    async def again(self, redacted: Redacted, changes: Changes, exchange: Exchange) -> Redacted:
        """The same with `changes` of the user's. Raises Refusal."""
        async with refusing(exchange):
            draft = await asyncio.to_thread(redacted.draft.changed, changes)
            exchange.entities, exchange.fresh = redacted.noted[:2]
            exchange.spans, exchange.fired = Counter(redacted.noted[2]), Counter(redacted.noted[3])
            return await self._finish(dataclasses.replace(redacted, draft=draft), changes, exchange)

    async def _finish(self, redacted: Redacted, changes: Changes, exchange: Exchange) -> Redacted:
        """Redacts, and stores what the session learnt; anew where others have written to it meanwhile."""
        request, before = redacted.request, redacted.draft.session

        async def work(session: Session) -> Redaction:
            if session is not before:
                renewed = await redacted.renew(session)
                redacted.draft = await asyncio.to_thread(renewed.changed, changes)
            return await sliced(redacted.draft.redacting())

        _, redaction = await settled(self._vault, before, work)
        draft = redacted.draft
        exchange.sources = tuple(redaction.edits.get(number, ()) for number in redacted.sources)
        self._note(exchange, redaction, frozenset(draft.masked), draft.style == "mask")
        body = encode(self._noted(redaction.text, request))
        is_small = len(request.body) < SMALL
        redacted.body = redacted.like.body(body) if is_small else await asyncio.to_thread(redacted.like.body, body)
        return redacted

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

    async def _begin(self, request: Request, like: Likeness, exchange: Exchange) -> Redacted:
        """What to hide, in the session of the request."""
        policy = request.asked.policy
        ticket, opened, found = await self._worker.open(like.json, like.fields, policy)
        try:
            is_upload = like.json is not request.body
            check(opened.attachments, policy, strict=is_upload and self._settings.current.binary_bodies == "refuse")
            session = await self._session(request, opened, exchange)
            reports = await self._reports(ticket, opened, policy)
            told = notices(opened.attachments, reports, policy)
            exchange.attached.update(attachment.medium for attachment in opened.attachments)
            exchange.notices = tuple(dict.fromkeys((*exchange.notices, *told)))[:MOST]
            # What was sent before goes out as it went then; only the rest is looked through.
            if unknown := [number for number in unsent(opened.parts, session) if number not in found]:
                found |= await self._worker.findings(ticket, unknown, policy)
        finally:
            self._worker.close(ticket)
        # Later it may have sent more before, and never less.
        renew = partial(self._draft, request, like, opened, decode(like.json), found, reports, exchange)
        draft = await renew(session)
        exchange.session, exchange.model = session.id, opened.model or request.route.model
        endpoint, streams = request.route.endpoint, opened.head.get("stream")
        exchange.stream = endpoint.streams(streams) if endpoint else streams is True
        noted = exchange.entities, exchange.fresh, Counter(exchange.spans), Counter(exchange.fired)
        return Redacted(request, like, draft, opened.sources, noted, renew)

    async def _draft(
        self,
        request: Request,
        like: Likeness,
        opened: Outline,
        text: str,
        found: Findings,
        reports: Sequence[Report],
        exchange: Exchange,
        session: Session,
    ) -> Draft:
        """What to hide, as `session` is now. Raises Refusal where a value must not be there."""
        policy, asked = request.asked.policy, request.asked
        fresh = unsent(opened.parts, session)
        recognise = partial(self._recognised, session, text, opened, found, policy)
        is_quick = len(text) < SMALL and not session.known.is_behind
        known, among = recognise() if is_quick else await asyncio.to_thread(recognise)
        counts = Counter(finding.entity for number in fresh for finding in known[number])
        for report in reports:
            counts.update(report.entities or {})
        if blocked := policy.blocked(counts):
            exchange.spans.update(
                (f.entity, f.source, round(f.score, 2), "block")
                for number in fresh
                for f in known[number]
                if f.entity in blocked
            )
            raise Refusal(
                403,
                "entity_blocked",
                f"The request holds {listed(blocked)}, which it must not; nothing was sent.",
                "Take it out, or change the setting operators.",
            )
        if policy.numbers == "refuse" and any(known[n] for n in fresh if opened.parts[n].form is Form.NUMBER):
            raise Refusal(
                403,
                "number_refused",
                "A number in the body is somebody's identifier, which no number can stand for; nothing was sent.",
                "Write it as a string, or allow it: x-anonamoose-numbers.",
            )
        return Draft(
            text,
            opened.parts,
            like.fields,
            known,
            session,
            policy,
            among,
            not asked.hydrate,
            asked.placeholders,
            policy.masked,
        )

    def _recognised(
        self, session: Session, text: str, opened: Outline, found: Findings, policy: Policy
    ) -> tuple[Findings, Known]:
        """What is to hide in the parts that were looked through, known values included, and all that is known."""
        findings = (finding for own in found.values() for finding in own)
        recognition = Recognition(session, findings, policy, self._worker.allowed)
        return recognition.in_parts(text, opened.parts, found), recognition.known

    def _noted(self, text: str, request: Request) -> str:
        """`text` with the note to the model, where the user wants one and the style is one it tells of."""
        endpoint = request.route.endpoint
        place = endpoint.system if endpoint is not None else None
        wanted = self._settings.current.system_note and request.asked.placeholders not in ("surrogate", "pua")
        return noted(text, place) if place and wanted else text

    async def _reports(self, ticket: int, opened: Outline, policy: Policy) -> list[Report]:
        documents = policy.documents == "warn" and any(a.medium == "document" for a in opened.attachments)
        return await self._worker.reports(ticket, policy) if documents else []

    async def _session(self, request: Request, opened: Outline, exchange: Exchange) -> Session:
        name = request.asked.session
        if not name:
            previous = opened.chain.previous
            name = await self._known(request, (*previous, *opened.chain.items, *ids_in(request.route.path))) or ""
            if not name and previous:
                # Never a conversation that only begins alike: the values of another are in what it goes on with.
                exchange.notices = (*exchange.notices, UNKNOWN_CHAIN)
                name = self._name(request, b"previous", previous[0].encode("utf-8", "surrogatepass"))
        return await self._vault.session(name or self._name(request, opened.opening))

    async def session_of(self, request: Request) -> Session | None:
        """The session of what the path names (`/v1/responses/resp_1`), or of the header; None if unknown."""
        name = request.asked.session or await self._known(request, ids_in(request.route.path))
        endpoint = request.route.endpoint
        if not name and endpoint is not None and endpoint.shared:
            name = self._name(request, NO_OPENING)
        return await self._vault.session(name) if name else None

    def _name(self, request: Request, *parts: bytes) -> str:
        """The session that `parts` stand for, of this client and no other."""
        own = request.route.provider.name.encode(), request.credential
        return request.asked.space + self._vault.name(*own, *parts)

    async def _known(self, request: Request, ids: Iterable[str]) -> str | None:
        """The name of the session that one of `ids` belongs to."""
        for id in ids:
            if known := await self._vault.aliased(self.scoped(request, id)):
                return known
        return None

    @staticmethod
    def scoped(request: Request, id: str) -> tuple[bytes, ...]:
        """The name under which `id` is known to this client, and to no other."""
        return request.route.provider.name.encode(), request.credential, id.encode("utf-8", "surrogatepass")

    def _note(self, exchange: Exchange, redaction: Redaction, masked: frozenset[str], masks: bool) -> None:
        every = {finding.entity for finding in redaction.findings} if masks else masked
        exchange.hid(redaction, every)
        exchange.read = "part" if exchange.attached else "all"
        if self._exchanges.keeps:
            exchange.keep(redaction)
