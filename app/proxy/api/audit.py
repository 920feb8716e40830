"""`audit`: the trail, as a list, as a file, and whether it is as it was written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice
from typing import Any

from aiohttp import web

from app.audit import export
from app.proxy.api.operation import Answered, Call, Operation
from app.proxy.api.problem import Problem
from app.proxy.api.schema import Schema, answer, anything, array, flag, text, whole
from app.store.audit_reading import EVER, AuditReader, Period

_DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2})?$"
_KINDS = (
    "exchange",
    "refusal",
    "opened",
    "started",
    "stopped",
    "setting",
    "dictionary",
    "change",
    "protection",
    "gap",
    "cut",
    "cleared",
)
_MEDIA = {"jsonl": "application/x-ndjson", "csv": "text/csv"}
#: Lines that are read and sent in one go.
_AT_ONCE = 500
_ROW = anything("What happened: number, time, kind, and what that kind tells.")
_VERDICT: dict[str, Schema] = {
    "intact": flag(),
    "rows": whole(low=0),
    "first": whole("The number of the first row.", low=0),
    "last": whole("The number of the last good row.", low=0),
    "broken": whole("The number of the first row that is not as it was written; 0 for none.", low=0),
    "why": text(),
}


async def _reader(call: Call) -> AuditReader:
    """What waits to be written is written first, and so is what was only counted yet."""
    path = call.parts.settings.paths.audit
    call.parts.journal.refusals.flush()
    await call.parts.trail.flush()
    if not path.exists():
        raise Problem(404, "no_trail", "There is no audit trail.")
    return AuditReader(path)


async def _list(call: Call) -> Answered:
    reader, asked = await _reader(call), call.query
    rows = await asyncio.to_thread(reader.recent, asked["limit"], asked.get("before"), asked.get("kind", ""))
    return {"entries": rows}


async def _export(call: Call) -> Answered:
    reader, asked = await _reader(call), call.query
    period = Period(asked.get("from", EVER.start), asked.get("to", EVER.end))
    format: export.Format = asked["format"]
    lines = export.lines(reader.of(period), format)
    response = web.StreamResponse(headers={"Content-Type": f"{_MEDIA[format]}; charset=utf-8"})
    # The first is read before anything is said: what fails, fails with a status.
    some = await asyncio.to_thread(_some, lines)
    await response.prepare(call.request)
    while some:
        await response.write("".join(some).encode())
        some = await asyncio.to_thread(_some, lines)
    await response.write_eof()
    return response


def _some(lines: Iterator[str]) -> list[str]:
    return list(islice(lines, _AT_ONCE))


async def _verify(call: Call) -> Answered:
    reader, store = await _reader(call), call.parts.store
    verdict = await asyncio.to_thread(reader.verify, store.database, store.seal)
    told: dict[str, Any] = {"intact": verdict.is_intact, "rows": verdict.rows, "why": verdict.why}
    return {**told, "first": verdict.first, "last": verdict.last, "broken": verdict.bad or 0}


OPERATIONS = (
    Operation(
        "GET", "/audit", "The latest rows, the newest first.", _list,
        query={"limit": whole("How many at most.", low=1, high=1000, default=100),
               "before": whole("Only those with a lower number.", low=1, high=2**53),
               "kind": text("Only those of this kind.", choices=_KINDS)},
        answer=answer({"entries": array(_ROW)}), statuses=(404,),
    ),
    Operation(
        "GET", "/audit/export", "All rows of a period as a file. No cell of it is a formula.", _export,
        query={"format": text(choices=tuple(_MEDIA), default="jsonl"),
               "from": text("From then on, in UTC.", pattern=_DAY),
               "to": text("Before then, in UTC.", pattern=_DAY)},
        media=tuple(_MEDIA.values()), statuses=(404,), works=True,
    ),
    Operation(
        "GET", "/audit/verify", "Whether every row is there and as it was written.", _verify,
        answer=answer(_VERDICT), statuses=(404,), works=True,
    ),
)  # fmt: skip
