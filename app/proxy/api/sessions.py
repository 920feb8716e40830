"""`sessions`: which there are, what is in them, and what becomes of them. No value but where that is the purpose."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any

from app.pipeline.entry import Entry
from app.pipeline.placeholder import entity_of
from app.pipeline.session import Session
from app.pipeline.terms import MAX_TEXT, Term, check
from app.proxy.api.journaled import journaled
from app.proxy.api.operation import DONE, SESSION, Answered, Call, Operation
from app.proxy.api.paging import PAGE, PAGED, Page, page_of
from app.proxy.api.problem import Problem, missing
from app.proxy.api.redact import HYDRATED, REVEALS, hydrated
from app.proxy.api.schema import Schema, answer, array, by_name, flag, record, text, whole
from app.store.audit import utc
from app.store.session_list import Stored
from app.store.sessions import settled

_LONGEST_TTL = 10 * 366 * 86_400
_SUMMARY: dict[str, Schema] = {
    "sessionId": SESSION,
    "createdAt": text("", format="date-time"),
    "lastUsedAt": text("", format="date-time"),
    "expiresAt": text("When it is deleted, unless it is used before.", format="date-time"),
    "tokenCount": whole("How many placeholders it has.", low=0),
}
_TOKEN = answer(
    {"tokenized": text("The placeholder."), "category": text("What it stands for: PERSON …"),
     "original": text("The value, where it is asked for.")},
    may=["original"],
)  # fmt: skip
_QUERY = text(
    "A part of a session’s name, of a placeholder or of a value, in any case; or a category.",
    shortest=1, longest=MAX_TEXT,
)  # fmt: skip
_MOST = whole("How many at most.", low=1, high=500, default=50)


def _summary(stored: Stored) -> dict[str, Any]:
    return {
        "sessionId": stored.name,
        "createdAt": utc(stored.created),
        "lastUsedAt": utc(stored.used),
        "expiresAt": utc(stored.ends),
        "tokenCount": stored.values,
    }


def _category(entry: Entry) -> str:
    return entity_of(entry.label) if entry.label else "CUSTOM"


def _token(entry: Entry, *, reveal: bool = False) -> dict[str, str]:
    shown = {"tokenized": entry.placeholder, "category": _category(entry)}
    return {**shown, "original": entry.value} if reveal else shown


async def _stored(call: Call) -> Stored:
    stored = await call.parts.sessions.get(call.places["session"])
    if stored is None:
        raise missing("session", "session")
    return stored


async def _list(call: Call) -> Answered:
    soon = call.query.get("expiring")
    before = None if soon is None else time.time() + soon
    total = await call.parts.sessions.count(before)
    page = Page.of(call.query)
    found = await call.parts.sessions.page(page.offset, page.limit, before)
    return {"sessions": [_summary(stored) for stored in found], **page_of(page, total)}


async def _search(call: Call) -> Answered:
    asked = call.body if call.request.method == "POST" else call.query
    wanted: str = asked["q"].casefold()

    def fits(stored: Stored) -> bool:
        return wanted in stored.name.casefold() or any(
            wanted in entry.placeholder.casefold()
            or wanted in entry.value.casefold()
            or wanted == _category(entry).casefold()
            for entry in stored.entries
        )

    found = await call.parts.sessions.search(fits, asked["limit"])
    return {"sessions": [_summary(stored) for stored in found]}


async def _get(call: Call) -> Answered:
    stored = await _stored(call)
    categories = Counter(map(_category, stored.entries))
    return {**_summary(stored), "categories": categories, "tokens": [_token(entry) for entry in stored.entries]}


async def _tokens(call: Call) -> Answered:
    reveal = call.query["reveal"]
    if not reveal:
        return {"tokens": [_token(entry) for entry in (await _stored(call)).entries]}
    with journaled(call, "/sessions/{session}/tokens") as exchange:
        exchange.session = call.places["session"]
        stored = await _stored(call)
        exchange.restored = len(stored.entries)
        return {"tokens": [_token(entry, reveal=True) for entry in stored.entries]}


async def _add(call: Call) -> Answered:
    tokens: dict[str, str] = call.body["tokens"]
    category: str = call.body["category"]
    for placeholder, value in tokens.items():
        try:
            check(Term(value, category, replacement=placeholder))
        except ValueError as error:
            raise Problem(422, "unusable", str(error), field="tokens") from None
    if len(set(tokens.values())) < len(tokens):
        raise Problem(422, "unusable", "A value is there under two placeholders.", field="tokens")
    name = call.places["session"]
    if not await call.parts.sessions.has(name):
        raise missing("session", "session")

    async def work(session: Session) -> None:
        if not all(session.can_give(placeholder, value) for placeholder, value in tokens.items()):
            raise Problem(
                409, "taken", "A placeholder or a value is known in this session as something else.", field="tokens"
            )
        for placeholder, value in tokens.items():
            session.placeholder(category, value, placeholder)

    await settled(call.parts.vault, await call.parts.vault.session(name), work)
    if "ttl" in call.body:
        await _keep(call, call.body["ttl"])
    return {"success": True, "count": len(tokens)}


async def _extend(call: Call) -> Answered:
    await _stored(call)
    await call.parts.vault.session(call.places["session"])
    if "ttl" in call.body:
        await _keep(call, call.body["ttl"])
    stored = await _stored(call)
    return {"success": True, "sessionId": stored.name, "expiresAt": utc(stored.ends)}


async def _keep(call: Call, seconds: int) -> None:
    """The session lives so long, as it does for what a provider keeps."""
    name = call.places["session"]
    session = await call.parts.vault.session(name)
    await call.parts.vault.alias([(b"extended", name.encode())], session, time.time() + seconds)


async def _hydrate(call: Call) -> Answered:
    return await hydrated(call, call.places["session"], "/sessions/{session}/hydrate")


async def _delete(call: Call) -> Answered:
    removed = await call.parts.vault.delete(call.places["session"])
    if not removed:
        raise missing("session", "session")
    return {"success": True, "deleted": len(removed)}


async def _flush(call: Call) -> Answered:
    return {"success": True, "deletedCount": len(await call.parts.vault.delete_all())}


_FOUND = answer({"sessions": array(answer(_SUMMARY))})
_FLUSHED = answer({"success": DONE, "deletedCount": whole(low=0)})
_TTL = whole("How many seconds from now it is kept at least, as far as the setting kept-ttl allows.", low=1,
             high=_LONGEST_TTL)  # fmt: skip
_OLD = text(
    "Taken for the sake of old scripts; nothing depends on it.", choices=["dictionary", "regex", "names", "ner"]
)

OPERATIONS = (
    Operation(
        "GET", "/sessions", "Lists sessions, the one that was used last first.", _list,
        query={**PAGE, "expiring": whole("Only those that are deleted within so many seconds.", low=0,
                                         high=_LONGEST_TTL)},
        answer=answer({"sessions": array(answer(_SUMMARY)), **PAGED}),
    ),
    Operation(
        "GET", "/sessions/search", "Finds sessions by name, category, placeholder or value; returns no value.", _search,
        query={"q": _QUERY, "limit": _MOST}, needs=("q",), answer=_FOUND, works=True,
    ),
    Operation(
        "POST", "/sessions/search", "The same, for what should be in no URL.", _search,
        body=record({"q": _QUERY, "limit": _MOST}, needs=["q"]), answer=_FOUND, works=True,
    ),
    Operation("DELETE", "/sessions", "Deletes all sessions, their keys included.", _flush, answer=_FLUSHED),
    Operation("POST", "/sessions/flush", "The same.", _flush, answer=_FLUSHED),
    Operation(
        "GET", "/sessions/{session}", "One session and its placeholders, without their values.", _get,
        answer=answer({**_SUMMARY, "categories": by_name(whole(low=1), "How many placeholders of each."),
                       "tokens": array(_TOKEN)}),
    ),
    Operation(
        "DELETE", "/sessions/{session}", "Deletes a session, its key included.", _delete,
        answer=answer({"success": DONE, "deleted": whole(low=1)}),
    ),
    Operation(
        "POST", "/sessions/{session}/extend",
        "Renews a session’s time, and keeps it for longer where ttl asks for more. Never shortens it.", _extend,
        body=record({"ttl": _TTL}),
        answer=answer({"success": DONE, "sessionId": SESSION, "expiresAt": text("", format="date-time")}),
    ),
    Operation(
        "GET", "/sessions/{session}/tokens", "The placeholders of a session.", _tokens,
        query={"reveal": flag("Whether to return the values as well.", default=False)},
        answer=answer({"tokens": array(_TOKEN)}),
        reveals="All values of the session, with reveal=true.",
    ),
    Operation(
        "POST", "/sessions/{session}/tokens", "Gives values placeholders of one’s own, all or none.", _add,
        body=record(
            {"tokens": by_name(text("The value.", shortest=1, longest=MAX_TEXT), "Values by placeholder.", least=1,
                               most=1000),
             "category": text("What they are.", pattern="^[A-Z][A-Z0-9_]{1,31}$", default="CUSTOM"),
             "type": _OLD, "ttl": _TTL},
            needs=["tokens"],
        ),
        answer=answer({"success": DONE, "count": whole(low=0)}),
        statuses=(409, 422),
    ),
    Operation(
        "POST", "/sessions/{session}/hydrate", "Puts the values of the session back into a text.", _hydrate,
        body=record({"text": text("A text with placeholders.")}, needs=["text"]),
        answer=HYDRATED, reveals=REVEALS, works=True,
    ),
)  # fmt: skip
