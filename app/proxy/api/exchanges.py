"""`exchanges`: the latest requests and their answers, as the inspector has them. In memory only."""

from __future__ import annotations

import asyncio
from typing import Any

from app.events import ExchangesWiped
from app.proxy.api.journaled import journaled
from app.proxy.api.operation import DONE, Answered, Call, Operation
from app.proxy.api.problem import missing
from app.proxy.api.redact import REVEALS
from app.proxy.api.revealing import REVEAL, check_reveal
from app.proxy.api.schema import Schema, answer, array, by_name, flag, number, record, text, whole
from app.proxy.exchange import Exchange, holds
from app.proxy.section import Section
from app.proxy.sections import sections
from app.store.audit import utc

_SUMMARY: dict[str, Schema] = {
    "id": whole(low=1),
    "timestamp": text(format="date-time"),
    "method": text(),
    "path": text(),
    "client": text("The label of its local key, or what the tool calls itself."),
    "provider": text(),
    "model": text(),
    "sessionId": text(),
    "stream": flag(),
    "outcome": text("open, done, passed, refused, failed, aborted."),
    "status": whole("0 while there is none.", low=0),
    "reason": text("Why it was refused, or failed."),
    "duration": number("Milliseconds; 0 while it runs.", low=0),
    "detection": number("Milliseconds of it that detection took.", low=0),
    "entities": by_name(whole(low=1), "Values hidden in the request, by entity."),
    "restored": whole("Values put back into the answer.", low=0),
    "notices": array(text(), "What the client was told of it."),
}
_SPAN = answer(
    {"start": whole("Characters of the redacted text before it.", low=0), "end": whole(low=0), "category": text(),
     "layer": text("Empty in an answer, where nothing is looked for."), "confidence": number(low=0, high=1),
     "tokenized": text("What stands there."), "original": text("The value, where that is asked for.")},
    may=["original"],
)  # fmt: skip
_TEXT = answer(
    {"side": text("Whose it is.", choices=("request", "answer")), "where": text("Who says it, or which field it is."),
     "isWhole": flag("A body as it went over the wire; its texts are there by themselves as well."),
     "redacted": text("As it left, or as it came back."), "spans": array(_SPAN),
     "original": text("As the tool sent or got it, where that is asked for.")},
    may=["original"],
)  # fmt: skip
_SEARCH = record(
    {"type": text("Only those in which this was hidden."), "tool": text("Only of this tool."),
     "session": text("Only of this session."), "outcome": text("Only those with this outcome."),
     "search": text("Only those in which this stands as it left or came back, in any case."),
     "limit": whole("How many at most.", low=1, high=5000, default=50)},
)  # fmt: skip


def _summary(exchange: Exchange) -> dict[str, Any]:
    return {
        "id": exchange.id,
        "timestamp": utc(exchange.started),
        "method": exchange.method,
        "path": exchange.path,
        "client": exchange.label or exchange.client,
        "provider": exchange.provider,
        "model": exchange.model,
        "sessionId": exchange.session,
        "stream": exchange.stream,
        "outcome": exchange.outcome,
        "status": exchange.status,
        "reason": exchange.reason,
        "duration": round(exchange.total_ms, 1),
        "detection": round(exchange.detect_ms, 1),
        "entities": exchange.entities,
        "restored": exchange.restored,
        "notices": list(exchange.notices),
    }


def _text(section: Section, *, reveal: bool) -> dict[str, Any]:
    spans: list[dict[str, Any]] = [
        {
            "start": mark.at,
            "end": mark.until,
            "category": mark.entity,
            "layer": mark.source,
            "confidence": mark.score,
            "tokenized": section.placeholder(mark),
            **({"original": section.value(mark)} if reveal else {}),
        }
        for mark in section.marks
    ]
    shown = {"side": section.side, "where": section.label, "isWhole": section.is_whole, "redacted": section.theirs}
    return {**shown, "spans": spans, **({"original": section.ours} if reveal else {})}


def _fits(exchange: Exchange, asked: dict[str, Any]) -> bool:
    tools = {name.casefold() for name in (exchange.label, exchange.client, exchange.client.partition("/")[0])}
    return (
        asked.get("type", "").upper() in ("", *exchange.entities)
        and asked.get("tool", "").casefold() in ("", *tools)
        and asked.get("session", "") in ("", exchange.session)
        and asked.get("outcome", "") in ("", exchange.outcome)
        and holds(exchange, asked.get("search", "").casefold(), originals=False)
    )


async def _search(call: Call) -> Answered:
    asked, kept = call.body, tuple(call.parts.exchanges)

    def work() -> list[Exchange]:
        return [exchange for exchange in reversed(kept) if _fits(exchange, asked)][: asked["limit"]]

    return {"exchanges": [_summary(exchange) for exchange in await asyncio.to_thread(work)]}


async def _list(call: Call) -> Answered:
    latest = [*call.parts.exchanges][: -call.query["limit"] - 1 : -1]
    return {"exchanges": [_summary(exchange) for exchange in latest]}


async def _get(call: Call) -> Answered:
    reveal = check_reveal(call)
    exchange = call.parts.exchanges.get(int(call.places["exchange"]))
    if exchange is None:
        raise missing("exchange", "exchange")
    found = await asyncio.to_thread(sections, exchange)
    if reveal:
        with journaled(call, "/exchanges/{exchange}") as own:
            own.session, own.restored = exchange.session, exchange.redactions
    texts = [_text(section, reveal=reveal) for section in found]
    return {**_summary(exchange), "isWiped": exchange.is_wiped, "texts": texts}


async def _forget(call: Call) -> Answered:
    gone = frozenset(exchange.id for exchange in call.parts.exchanges)
    call.parts.exchanges.clear()
    call.parts.bus.publish(ExchangesWiped(gone))
    return {"success": True}


_FOUND = answer({"exchanges": array(answer(_SUMMARY))})

OPERATIONS = (
    Operation(
        "GET", "/exchanges", "The latest exchanges that are kept (see keep-exchanges), the newest first.", _list,
        query={"limit": whole("How many at most.", low=1, high=5000, default=50)}, answer=_FOUND,
    ),
    Operation(
        "POST", "/exchanges/search", "Those of them that fit.", _search, body=_SEARCH, answer=_FOUND, works=True,
    ),
    Operation(
        "GET", "/exchanges/{exchange}", "One, with its texts as they left and came back.", _get, query=REVEAL,
        answer=answer({**_SUMMARY, "isWiped": flag("Whether its texts are forgotten."), "texts": array(_TEXT)}),
        statuses=(404,), reveals=REVEALS, works=True,
    ),
    Operation(
        "DELETE", "/exchanges", "Forgets them; placeholders stay valid.", _forget, answer=answer({"success": DONE}),
    ),
)  # fmt: skip
