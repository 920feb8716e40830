"""What is asked of Anonamoose itself and deals in values: it is an exchange like any other, and in the audit trail."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from app.proxy.api.operation import ROOT, Call
from app.proxy.exchange import Exchange
from app.proxy.refusal import Refusal


@contextmanager
def journaled(call: Call, path: str) -> Iterator[Exchange]:
    """The exchange of `call`; it ends with the block."""
    agent = call.request.headers.get("User-Agent", "")
    exchange = call.parts.journal.begin(call.request.method, ROOT + path, None, agent)
    try:
        yield exchange
    except Refusal as problem:
        exchange.refuse(problem.status, problem.code, problem.message)
        raise
    except asyncio.CancelledError:
        exchange.outcome, exchange.reason = "aborted", "The client went away."
        raise
    except Exception:
        exchange.outcome, exchange.status, exchange.code = "failed", 503, "unavailable"
        raise
    else:
        exchange.outcome, exchange.status = "done", 200
    finally:
        call.parts.journal.end(exchange)
