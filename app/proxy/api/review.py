"""`review`: the requests that wait until somebody has looked at them, and what becomes of them."""

from __future__ import annotations

from typing import Any

from app.pipeline.draft import Changes, Passage, Place, is_free
from app.proxy.api.journaled import journaled
from app.proxy.api.operation import DONE, Answered, Call, Operation
from app.proxy.api.problem import Problem, missing
from app.proxy.api.redact import REVEALS
from app.proxy.api.revealing import REVEAL, check_reveal
from app.proxy.api.schema import Schema, answer, array, flag, number, record, text, whole
from app.proxy.review import Verdict, Waiting
from app.store.audit import utc

_MOST = 10_000
_WAITS: dict[str, Schema] = {
    "id": whole(low=1),
    "since": text(format="date-time"),
    "until": text("When it is refused, or sent, as the setting review-on-timeout says.", format="date-time"),
    "client": text("The label of its local key, or what the tool calls itself."),
    "path": text(),
    "model": text(),
    "sessionId": text(),
    "redactions": whole("How many values are hidden in it.", low=0),
}
_PLACE: dict[str, Schema] = {
    "text": whole("The number of the text.", low=0),
    "start": whole("Characters of the original before it.", low=0),
    "end": whole(low=0),
}
_SPAN = answer(
    {"start": whole(low=0), "end": whole(low=0), "category": text(), "layer": text(),
     "confidence": number(low=0, high=1), "tokenized": text("What stands there instead."),
     "free": flag("Whether it may be sent as it is.")}
)  # fmt: skip
_TEXT = answer(
    {"text": whole("Its number.", low=0), "where": text("Who says it, or what it is of."),
     "redacted": text("As it would leave."), "spans": array(_SPAN),
     "original": text("As the tool sent it, where that is asked for.")},
    may=["original"],
)  # fmt: skip
_PLACES = array(record(_PLACE, needs=_PLACE.keys()), most=_MOST)
_BODY = record(
    {"decision": text("as-is only where the setting review-as-is allows it.", choices=("send", "as-is", "refuse")),
     "off": _PLACES, "hide": _PLACES},
    "With send: spans that go as they are, and what is hidden besides.",
    needs=["decision"],
)  # fmt: skip


def _waits(waiting: Waiting) -> dict[str, Any]:
    exchange = waiting.exchange
    return {
        "id": waiting.id,
        "since": utc(waiting.since),
        "until": utc(waiting.until),
        "client": exchange.client,
        "path": exchange.path,
        "model": exchange.model,
        "sessionId": exchange.session,
        "redactions": exchange.redactions,
    }


def _text(passage: Passage, reveal: bool) -> dict[str, Any]:
    spans = [
        {
            "start": r.finding.start,
            "end": r.finding.end,
            "category": r.finding.entity,
            "layer": r.finding.source,
            "confidence": r.finding.score,
            "tokenized": r.placeholder,
            "free": is_free(r.finding),
        }
        for r in passage.redaction.replacements
    ]
    shown = {"text": passage.part, "where": passage.where, "redacted": passage.redaction.text, "spans": spans}
    return {**shown, "original": passage.text} if reveal else shown


def _waiting(call: Call) -> Waiting:
    waiting = call.parts.review.get(int(call.places["waiting"]))
    if waiting is None:
        raise missing("request in review", "waiting")
    return waiting


async def _list(call: Call) -> Answered:
    return {"waiting": [_waits(waiting) for waiting in call.parts.review.waiting]}


async def _get(call: Call) -> Answered:
    reveal = check_reveal(call)
    waiting = _waiting(call)
    texts = [_text(passage, reveal) for passage in waiting.draft.passages()]
    if reveal:
        with journaled(call, "/review/{waiting}") as exchange:
            exchange.session, exchange.restored = waiting.exchange.session, waiting.exchange.redactions
    return {**_waits(waiting), "texts": texts}


async def _decide(call: Call) -> Answered:
    waiting, body = _waiting(call), call.body
    changes = Changes(_places(body.get("off", ())), _places(body.get("hide", ())))
    if changes and body["decision"] != "send":
        raise Problem(422, "unusable", "Only what is sent redacted can be changed.", field="decision")
    try:
        call.parts.review.decide(waiting.id, Verdict(body["decision"], changes))
    except KeyError:
        raise missing("request in review", "waiting") from None
    except ValueError as error:
        raise Problem(422, "unusable", str(error), field="decision") from None
    return {"success": True}


def _places(given: Any) -> frozenset[Place]:
    return frozenset(Place(place["text"], place["start"], place["end"]) for place in given)


OPERATIONS = (
    Operation(
        "GET", "/review", "The requests that wait for review, the oldest first.", _list,
        answer=answer({"waiting": array(answer(_WAITS))}),
    ),
    Operation(
        "GET", "/review/{waiting}", "What is new in one of them, as it would leave.", _get,
        query=REVEAL,
        answer=answer({**_WAITS, "texts": array(_TEXT)}), statuses=(404,), reveals=REVEALS,
    ),
    Operation(
        "POST", "/review/{waiting}", "Lets it go, changed or not, or refuses it.", _decide,
        body=_BODY, answer=answer({"success": DONE}), statuses=(404, 422),
    ),
)  # fmt: skip
