"""What the audit trail is told of an exchange: figures and published names, nothing that a client wrote."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from app.audit.policies import in_force
from app.pipeline.detection import known_entities
from app.pipeline.placeholder import LITERAL
from app.proxy.exchange import Exchange, Spans
from app.store.audit import utc

#: What nobody has declared is called by no name of its own.
_UNDECLARED = "/v1/…"
_METHODS = frozenset(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "WS"])


def opening(exchange: Exchange) -> dict[str, Any]:
    """That it is about to be sent on."""
    return {"kind": "opened", "time": utc(), **_who(exchange)}


def told(exchange: Exchange) -> dict[str, Any]:
    """How it went, when it has ended. `client`, `model` and `session` are still as the client wrote them."""
    now = time.perf_counter()
    added = (exchange.went or now) - exchange.began - exchange.waited
    return {
        "kind": "exchange",
        "time": utc(exchange.started),
        **_who(exchange),
        "model": exchange.model,
        "session": exchange.session,
        "outcome": exchange.outcome,
        "status": exchange.status,
        "code": exchange.code,
        "stream": exchange.stream,
        "in": exchange.request_bytes,
        "out": exchange.response_bytes,
        "added_ms": round(added * 1000, 1),
        "upstream_ms": round((now - exchange.went) * 1000, 1) if exchange.went else 0.0,
        "sent": "yes" if exchange.went else "no",
        "read": exchange.read if exchange.went else "",
        "why": exchange.why if exchange.went else "",
        **({"review": exchange.reviewed} if exchange.reviewed else {}),
        "attached": dict(exchange.attached),
        "spans": [[*span, count] for span, count in sorted(_published(exchange.spans).items())],
        "values": exchange.spans.total(),
        "restored": exchange.restored,
        **({"invented": sum(exchange.invented.values())} if exchange.invented else {}),
        "policy": in_force(exchange.policy, exchange.preset) if exchange.policy is not None else {},
    }


def _published(spans: Spans) -> Spans:
    """`spans` with the types that the user made up as CUSTOM: what they are called may be telling."""
    known = known_entities() | {LITERAL}
    told: Spans = Counter()
    for (entity, *rest), count in spans.items():
        told[entity if entity in known else "CUSTOM", *rest] += count  # type: ignore[index]
    return told


def _who(exchange: Exchange) -> dict[str, Any]:
    return {
        "exchange": exchange.id,
        "client": exchange.client,
        "label": exchange.label,
        "method": exchange.method if exchange.method in _METHODS else "other",
        "endpoint": "other" if exchange.path == _UNDECLARED else exchange.path,
        "provider": exchange.provider,
        "upstream": exchange.upstream,
    }
