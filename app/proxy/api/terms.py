"""`dictionary`, `allowlist` and `patterns`: the user's own terms, a noun for each kind."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

from aiohttp import web

from app.pipeline import term_files
from app.pipeline.term_plan import Fate, Traffic, plan
from app.pipeline.terms import MAX_REPLACEMENT, MAX_TEXT, Kind, Term, check
from app.proxy.api.operation import DONE, JSON, Answered, Call, Operation
from app.proxy.api.paging import PAGE, PAGED, Page, page_of
from app.proxy.api.problem import Problem, missing
from app.proxy.api.schema import Schema, answer, array, flag, record, text, whole

#: Kinds by noun, and what one of them is called.
NOUNS: Mapping[str, tuple[Kind, str]] = {
    "dictionary": ("term", "terms that are hidden wherever they occur"),
    "allowlist": ("allowed", "values that are never hidden"),
    "patterns": ("pattern", "regular expressions whose matches are hidden"),
}
#: Each pattern is tried on long texts before it is taken.
_MOST: Mapping[Kind, int] = {"term": 100_000, "allowed": 100_000, "pattern": 100}
_CSV = "text/csv"
_ID = text("Its id.", pattern="^[0-9]{1,18}$")
_FIELDS: Mapping[str, tuple[str, Schema]] = {
    "term": ("text", text("What to look for.", shortest=1, longest=MAX_TEXT)),
    "type": ("entity", text("What it is redacted as. Of an allowed value: as what alone it is allowed; empty for all.",
                            pattern="^([A-Z][A-Z0-9_]{1,31})?$")),
    "caseSensitive": ("case_sensitive", flag("Whether it has to be in the same case.", default=False)),
    "wholeWord": ("whole_word", flag("Whether it has to begin and end with a word.", default=True)),
    "replacement": ("replacement", text("What stands in its place; empty for a placeholder.", longest=MAX_REPLACEMENT,
                                        default="")),
    "firstGroup": ("first_group", flag("Whether to hide the first group of a match alone.", default=False)),
    "enabled": ("enabled", flag("Whether it counts.", default=True)),
}  # fmt: skip
_OF: Mapping[Kind, tuple[str, ...]] = {
    "term": ("term", "type", "caseSensitive", "wholeWord", "replacement", "enabled"),
    "allowed": ("term", "type", "caseSensitive", "enabled"),
    "pattern": ("term", "type", "caseSensitive", "firstGroup", "enabled"),
}
_COLUMNS: Mapping[str, Schema] = {
    column: flag() if isinstance(default, bool) else text()
    for column in term_files.COLUMNS
    for default in [next(f.default for f in dataclasses.fields(Term) if f.name == column)]
}


def _entry(kind: Kind) -> Mapping[str, Schema]:
    return {name: _FIELDS[name][1] for name in _OF[kind]}


def _shown(id: int, term: Term) -> dict[str, Any]:
    return {"id": str(id), **{name: getattr(term, _FIELDS[name][0]) for name in _OF[term.kind]}}


def _term(given: Mapping[str, Any], kind: Kind) -> Term:
    told = {_FIELDS[name][0]: value for name, value in given.items()}
    if not told.get("entity"):
        told["entity"] = "" if kind == "allowed" else "CUSTOM"
    return Term(**told, kind=kind)


def _checked(entries: Sequence[Mapping[str, Any]], kind: Kind, at: str) -> list[Term]:
    """Raises Problem, which names the entry."""
    terms = [_term(entry, kind) for entry in entries]
    for number, term in enumerate(terms):
        try:
            check(term)
        except ValueError as error:
            raise Problem(422, "unusable", str(error), field=at.format(number)) from None
    return terms


async def _added(call: Call, terms: Sequence[Term]) -> tuple[int, int]:
    """How many were added, and how many were there already."""
    new = await asyncio.to_thread(_new, terms, call.parts.terms.all())
    try:
        await call.parts.terms.add(new)
    except ValueError as error:
        raise Problem(422, "unusable", str(error), field="entries") from None
    return len(new), len(terms) - len(new)


def _new(terms: Sequence[Term], there: Mapping[int, Term]) -> list[Term]:
    known = set(there.values())
    return [term for term in dict.fromkeys(terms) if term not in known]


def _of(call: Call, kind: Kind) -> dict[int, Term]:
    return {id: term for id, term in call.parts.terms.all().items() if term.kind == kind}


async def _list(kind: Kind, call: Call) -> Answered:
    await call.parts.terms.refresh()
    every = _of(call, kind)
    wanted = call.query.get("q", "").casefold()
    fits = [(id, term) for id, term in every.items() if wanted in term.text.casefold()] if wanted else [*every.items()]
    page = Page.of(call.query)
    some = fits[page.offset : page.offset + page.limit]
    counted = {**page_of(page, len(fits)), "total": len(every), "filtered": len(fits)}
    return {"entries": [_shown(id, term) for id, term in some], **counted}


async def _add(kind: Kind, call: Call) -> Answered:
    terms = await asyncio.to_thread(_checked, call.body["entries"], kind, "entries[{}].term")
    count, known = await _added(call, terms)
    return {"success": True, "count": count, "known": known}


async def _change(kind: Kind, call: Call) -> Answered:
    id = int(call.places["term"])
    (term,) = await asyncio.to_thread(_checked, [call.body], kind, "term")
    await call.parts.terms.refresh()
    if id not in _of(call, kind):
        raise missing("entry", "term")
    try:
        await call.parts.terms.change(id, term)
    except KeyError:
        raise missing("entry", "term") from None
    return _shown(id, term)


async def _remove(kind: Kind, call: Call) -> Answered:
    gone = {int(id) for id in call.body["ids"]} & _of(call, kind).keys()
    await call.parts.terms.remove(gone)
    return {"success": True, "deleted": len(gone)}


async def _remove_by_terms(kind: Kind, call: Call) -> Answered:
    named = {name.casefold() for name in call.body["terms"]}
    gone = [id for id, term in _of(call, kind).items() if term.text.casefold() in named]
    await call.parts.terms.remove(gone)
    return {"success": True, "deleted": len(gone)}


async def _flush(kind: Kind, call: Call) -> Answered:
    every = _of(call, kind)
    await call.parts.terms.remove(every)
    return {"success": True, "cleared": len(every)}


async def _export(kind: Kind, call: Call) -> Answered:
    format = call.query["format"]
    written = await asyncio.to_thread(term_files.write, _of(call, kind).values(), format)
    return web.Response(text=written, content_type=JSON if format == "json" else _CSV, charset="utf-8")


async def _import(kind: Kind, call: Call) -> Answered:
    try:
        if call.media == JSON:
            terms = await asyncio.to_thread(term_files.terms_of, call.body["entries"], kind)
        else:
            terms = await asyncio.to_thread(term_files.read, call.body, "csv", kind)
    except ValueError as error:
        raise Problem(422, "unusable", f"{error} Nothing was imported.", field="entries") from None
    if any(term.kind != kind for term in terms):
        raise Problem(422, "unusable", "The file holds entries of another kind. Nothing was imported.", field="entries")
    count, known = await _added(call, terms)
    return {"success": True, "count": count, "known": known}


async def _plan(kind: Kind, call: Call) -> Answered:
    known, kept = call.parts.terms.all(), call.parts.exchanges

    def work() -> list[dict[str, Any]]:
        given = call.body["entries"] if call.media == JSON else term_files.rows(call.body, "csv")
        return [
            {"entry": row.number, "fate": row.fate, "term": row.term.text if row.term else "", "told": row.told}
            for row in plan(given, known, kind, Traffic(kept.texts()))
        ]

    try:
        return {"entries": await asyncio.to_thread(work)}
    except ValueError as error:
        raise Problem(422, "unusable", str(error), field="entries") from None


_ADDED = answer({"success": DONE, "count": whole("How many are new.", low=0),
                 "known": whole("How many were there already.", low=0)})  # fmt: skip
_DELETED = answer({"success": DONE, "deleted": whole(low=0)})
_PLANNED = answer(
    {"entry": whole("Its number.", low=1), "fate": text("What would become of it.", choices=get_args(Fate)),
     "term": text("Empty where it is refused."),
     "told": text("Why it is refused, or what to think of: how often it stands in the exchanges that are kept.")}
)  # fmt: skip
_SHOWN = "The user’s own entries."


def _operations(noun: str, kind: Kind, called: str) -> Iterable[Operation]:
    entry, most = _entry(kind), _MOST[kind]
    shown = answer({"id": _ID, **entry})
    row = record({**_COLUMNS, "kind": text(choices=[kind])}, needs=["text"])
    yield Operation(
        "GET", f"/{noun}", f"Lists the {called}.", partial(_list, kind),
        query={**PAGE, "q": text("A part of the term, in any case.", longest=MAX_TEXT)},
        answer=answer({"entries": array(shown), **PAGED, "filtered": whole("How many match q.", low=0)}),
        reveals=_SHOWN,
    )  # fmt: skip
    yield Operation(
        "POST", f"/{noun}", "Adds entries, all or none.", partial(_add, kind),
        body=record({"entries": array(record(entry, needs=["term"]), least=1, most=most)}, needs=["entries"]),
        answer=_ADDED, statuses=(422,), works=True,
    )  # fmt: skip
    yield Operation(
        "DELETE", f"/{noun}", "Removes entries by id; unknown ids are ignored.", partial(_remove, kind),
        body=record({"ids": array(_ID, least=1, most=100_000)}, needs=["ids"]), answer=_DELETED,
    )  # fmt: skip
    yield Operation(
        "DELETE", f"/{noun}/by-terms", "Removes entries by their text, in any case.", partial(_remove_by_terms, kind),
        body=record({"terms": array(text(shortest=1, longest=MAX_TEXT), least=1, most=100_000)}, needs=["terms"]),
        answer=_DELETED,
    )  # fmt: skip
    yield Operation(
        "POST", f"/{noun}/flush", "Removes all of them.", partial(_flush, kind),
        answer=answer({"success": DONE, "cleared": whole(low=0)}),
    )  # fmt: skip
    yield Operation(
        "GET", f"/{noun}/export", "All of them as a file, which import takes back. No cell of it is a formula.",
        partial(_export, kind), query={"format": text(choices=["csv", "json"], default="csv")},
        media=(_CSV, JSON), reveals=_SHOWN, works=True,
    )  # fmt: skip
    yield Operation(
        "POST", f"/{noun}/import", "Adds what a file holds, all or nothing; what is there already is left alone.",
        partial(_import, kind), body=record({"entries": array(row)}, "An exported list.", needs=["entries"]),
        text_body=(_CSV,), answer=_ADDED, statuses=(422,), works=True,
    )  # fmt: skip
    yield Operation(
        "POST", f"/{noun}/plan", "Tells what an import would do, and does nothing.", partial(_plan, kind),
        body=record({"entries": array(row)}, "An exported list.", needs=["entries"]), text_body=(_CSV,),
        answer=answer({"entries": array(_PLANNED)}), statuses=(422,), reveals="The entries that were sent.", works=True,
    )  # fmt: skip
    yield Operation(
        "PUT", f"/{noun}/{{term}}", "Replaces one entry.", partial(_change, kind),
        body=record(entry, needs=["term"]), answer=shown, statuses=(422,), reveals="The entry that was sent.",
        works=True,
    )  # fmt: skip


OPERATIONS = tuple(one for noun, (kind, called) in NOUNS.items() for one in _operations(noun, kind, called))
