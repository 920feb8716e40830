"""`logs` and `redactions`: what the latest requests were like. In memory only, and nothing of what was said in them."""

from __future__ import annotations

import time
from typing import Any

from app.proxy.api.operation import DONE, Answered, Call, Operation
from app.proxy.api.schema import Schema, answer, array, number, text, whole
from app.proxy.tally import Latest
from app.store.audit import utc

#: So long a redaction is told of (seconds).
_KEPT = 900.0
_LOG: dict[str, Schema] = {
    "id": whole(low=1),
    "timestamp": text(format="date-time"),
    "method": text(),
    "path": text("The endpoint; /v1/… where it is none that is known."),
    "status": whole("0 where none was sent.", low=0),
    "duration": number("Milliseconds.", low=0),
    "provider": text(),
    "client": text("The label of the local key it came with, or nothing."),
    "agent": text("What the tool calls itself, or nothing."),
    "sessionId": text(),
    "outcome": text("done, passed, refused, failed, aborted."),
    "code": text("Of a refusal or a fault."),
    "redactions": whole("How many values were hidden.", low=0),
    "restored": whole("How many were put back.", low=0),
}
_FOUND = answer(
    {"type": text("The layer."), "category": text("The entity."), "confidence": number(low=0, high=1),
     "operator": text("What was done: replace, mask, block."), "count": whole(low=1)}
)  # fmt: skip
_REDACTION: dict[str, Schema] = {
    "timestamp": text(format="date-time"),
    "expiresAt": text("From then on it is not told of.", format="date-time"),
    "source": text("The provider, or anonamoose."),
    "path": text(),
    "sessionId": text(),
    "detections": array(_FOUND),
}


def _log(latest: Latest) -> dict[str, Any]:
    return {
        "id": latest.id,
        "timestamp": utc(latest.started),
        "method": latest.method,
        "path": latest.path,
        "status": latest.status,
        "duration": round(latest.ms, 1),
        "provider": latest.provider,
        "client": latest.client,
        "agent": latest.agent,
        "sessionId": latest.session,
        "outcome": latest.outcome,
        "code": latest.code,
        "redactions": latest.redactions,
        "restored": latest.restored,
    }


async def _logs(call: Call) -> Answered:
    asked = call.query
    found = [
        _log(latest)
        for latest in reversed(call.parts.tally.latest)
        if asked.get("method", latest.method).upper() == latest.method
        and asked.get("path", "") in latest.path
        and asked.get("status", latest.status) == latest.status
    ]
    return {"logs": found[: asked["limit"]], "total": len(call.parts.tally.latest)}


async def _redactions(call: Call) -> Answered:
    since = time.time() - _KEPT
    found = [latest for latest in reversed(call.parts.tally.latest) if latest.spans and latest.started > since]
    return {"redactions": [_redaction(latest) for latest in found[: call.query["limit"]]], "total": len(found)}


def _redaction(latest: Latest) -> dict[str, Any]:
    return {
        "timestamp": utc(latest.started),
        "expiresAt": utc(latest.started + _KEPT),
        "source": latest.provider,
        "path": latest.path,
        "sessionId": latest.session,
        "detections": [
            {"type": layer, "category": entity, "confidence": score, "operator": operator, "count": count}
            for (entity, layer, score, operator), count in sorted(latest.spans.items())
        ],
    }


async def _clear(call: Call) -> Answered:
    call.parts.tally.latest.clear()
    return {"success": True}


_MOST = whole("How many at most.", low=1, high=500, default=100)
_CLEARED = answer({"success": DONE})

OPERATIONS = (
    Operation(
        "GET", "/logs", "The latest requests, the newest first; not those to this API that deal in no values.", _logs,
        query={"limit": _MOST, "method": text("Only of this method."), "path": text("Only of endpoints with this."),
               "status": whole("Only of this status.", low=0, high=599)},
        answer=answer({"logs": array(answer(_LOG)), "total": whole(low=0)}),
    ),
    Operation("DELETE", "/logs", "Forgets them, redactions included. The audit trail stays.", _clear, answer=_CLEARED),
    Operation(
        "GET", "/redactions", "What was hidden in the last 15 minutes, the newest first. After that it is forgotten.",
        _redactions, query={"limit": _MOST},
        answer=answer({"redactions": array(answer(_REDACTION)), "total": whole(low=0)}),
    ),
    Operation("DELETE", "/redactions", "The same as of logs.", _clear, answer=_CLEARED),
)  # fmt: skip
