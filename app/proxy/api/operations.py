"""All operations of the management API."""

from __future__ import annotations

from app.proxy.api import (
    audit,
    events,
    exchanges,
    figures,
    health,
    keys,
    metrics,
    protection,
    records,
    redact,
    review,
    sessions,
    settings,
    terms,
)
from app.proxy.api.operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *redact.OPERATIONS,
    *sessions.OPERATIONS,
    *terms.OPERATIONS,
    *settings.OPERATIONS,
    *protection.OPERATIONS,
    *review.OPERATIONS,
    *keys.OPERATIONS,
    *figures.OPERATIONS,
    *records.OPERATIONS,
    *exchanges.OPERATIONS,
    *events.OPERATIONS,
    *audit.OPERATIONS,
    *health.OPERATIONS,
    *metrics.OPERATIONS,
)
