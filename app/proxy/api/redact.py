"""`redact` and `hydrate`: a text without its values, and with them again."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.operators import listed
from app.pipeline.plain import Blocked, redact_plain
from app.pipeline.policy import REGIONS
from app.pipeline.redaction import Redaction
from app.pipeline.restore import Restorer
from app.pipeline.session import Session
from app.proxy.api.journaled import journaled
from app.proxy.api.operation import SESSION, Answered, Call, Operation
from app.proxy.api.problem import Problem, missing
from app.proxy.api.schema import Schema, answer, array, number, optional, text, whole
from app.proxy.api.schema import record as body
from app.proxy.body import SMALL
from app.proxy.controls import controls, named
from app.proxy.exchange import KEEP_LIMIT
from app.proxy.exposure import SECRETS
from app.store.sessions import settled

#: Characters: a request for more would keep all others waiting for the model.
LONGEST = 100_000
#: Layers as the original product calls them.
_TYPES = {"patterns": "regex", "secrets": "regex"}
_UNITS = ("characters", "utf16")
_DETECTION: Schema = answer(
    {
        "type": text("The layer in the original product’s words: dictionary, regex, names, ner; or known, literal."),
        "layer": text("The layer that found it."),
        "category": text("What it is: PERSON, EMAIL_ADDRESS …"),
        "startIndex": whole("Where it begins in the text.", low=0),
        "endIndex": whole("Where it ends, exclusive.", low=0),
        "confidence": number("How sure the layer is.", low=0, high=1),
        "placeholder": text("What stands in its place."),
    }
)


async def _redact(call: Call) -> Answered:
    with journaled(call, "/redact") as exchange:
        parts, asked = call.parts, call.body
        said: str = asked["text"]
        options = {"session": asked["sessionId"]} if "sessionId" in asked else {}
        if "locale" in asked:
            options["locale"] = asked["locale"] or ""
        headers = call.request.headers
        name = named(headers, options)
        in_session = await parts.vault.options.of(name) if name else {}
        own = controls(headers, parts.settings.current, options, in_session)
        exchange.session, exchange.policy, exchange.preset = name or str(uuid.uuid4()), own.policy, own.preset
        exchange.request_bytes = len(await call.request.read())
        try:
            findings = await parts.worker.text(said, own.policy)
            session = await parts.vault.session(exchange.session)
            allowed = parts.worker.allowed

            async def work(session: Session) -> Redaction:
                given = session, own.policy, allowed, own.placeholders
                return await asyncio.to_thread(redact_plain, said, findings, *given)

            session, result = await settled(parts.vault, session, work)
        except Blocked as blocked:
            raise Problem(
                403,
                "entity_blocked",
                f"The text holds {listed(dict(blocked.entities))}, which it must not.",
                "Take it out, or change the setting operators.",
                field="text",
            ) from None
        except DetectorUnavailable as error:
            raise Problem(503, "detection_unavailable", f"Detection cannot run. {error}") from None
        masked = {finding.entity for finding in result.findings} if own.placeholders == "mask" else own.policy.masked
        exchange.hid(result, masked)
        if parts.journal.keeps:
            exchange.keep(result)
        return {
            "redactedText": result.text,
            "sessionId": exchange.session,
            "detections": _detections(result, asked["offsets"]),
        }


def _detections(result: Redaction, unit: str) -> list[dict[str, Any]]:
    where = _Utf16(result.original) if unit == "utf16" else None
    return [
        {
            "type": _TYPES.get(found.source, found.source),
            "layer": found.source,
            "category": found.entity,
            "startIndex": where.at(found.start) if where else found.start,
            "endIndex": where.at(found.end) if where else found.end,
            "confidence": round(found.score, 4),
            "placeholder": replacement.placeholder,
        }
        for replacement in result.replacements
        for found in (replacement.finding,)
    ]


class _Utf16:
    """Indices of a text in units of UTF-16, as JavaScript counts. They are asked for from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._index = self._beyond = 0

    def at(self, index: int) -> int:
        self._beyond += sum(char > "\uffff" for char in self._text[self._index : index])
        self._index = index
        return index + self._beyond


async def _hydrate(call: Call) -> Answered:
    return await hydrated(call, call.body["sessionId"], "/hydrate")


async def hydrated(call: Call, name: str, path: str) -> Answered:
    """What both ways to ask for it answer."""
    with journaled(call, path) as exchange:
        parts, said = call.parts, call.body["text"]
        exchange.session = name
        exchange.request_bytes = len(await call.request.read())
        if not await parts.sessions.has(name):
            raise missing("session", "sessionId")
        session = await parts.vault.session(name)
        own = parts.settings.current.with_own(await parts.vault.options.of(name))
        restorer = Restorer(session, withheld=frozenset() if own.restore_secrets else SECRETS)

        def work() -> str:
            return restorer.feed(said) + restorer.flush()

        restored = work() if len(said) < SMALL else await asyncio.to_thread(work)
        exchange.restored = restorer.restored
        if parts.journal.keeps and len(said) <= KEEP_LIMIT:
            exchange.sent, exchange.transcript = Redaction(said, said), lambda: (said, restored)
        return {"text": restored, "sessionId": name, "restored": restorer.restored, "unknown": restorer.unknown}


HYDRATED: Schema = answer(
    {
        "text": text("The text with its values."),
        "sessionId": SESSION,
        "restored": whole("How many placeholders were replaced.", low=0),
        "unknown": whole("How many look like placeholders and were never issued in this session.", low=0),
    }
)
REVEALS = "The values of the placeholders in the text, and no others of the session."

OPERATIONS = (
    Operation(
        "POST",
        "/redact",
        "Hides the values in a text. The headers x-anonamoose-… count as they do for a provider’s endpoint.",
        _redact,
        body=body(
            {
                "text": text("What to redact.", shortest=1, longest=LONGEST),
                "locale": optional(text("Identifiers of which region; null for all. Without it the setting decides.",
                                        choices=REGIONS)),
                "sessionId": text("The session to redact in. Without it, and without the header, a new one.",
                                  pattern=SESSION["pattern"]),
                "offsets": text("What startIndex and endIndex count.", choices=_UNITS, default="characters"),
            },
            needs=["text"],
        ),
        answer=answer({"redactedText": text("The text with placeholders."), "sessionId": SESSION,
                       "detections": array(_DETECTION, "What was found, from left to right.")}),
        access="near",
        works=True,
    ),
    Operation(
        "POST",
        "/hydrate",
        "Puts the values of a session back into a text.",
        _hydrate,
        body=body({"text": text("A text with placeholders."), "sessionId": SESSION}, needs=["text", "sessionId"]),
        answer=HYDRATED,
        statuses=(404,),
        reveals=REVEALS,
        works=True,
    ),
)  # fmt: skip
