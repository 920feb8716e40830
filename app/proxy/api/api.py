"""The management API: from a request to the operation that it asks for, and what that answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from app.changes import asked_by
from app.errors import UserError
from app.faults import faults
from app.proxy.api.openapi import document
from app.proxy.api.operation import JSON, PLACES, ROOT, Call, Operation
from app.proxy.api.operations import OPERATIONS
from app.proxy.api.page import HEADERS, page
from app.proxy.api.parts import Parts
from app.proxy.api.problem import Problem, told
from app.proxy.api.schema import Invalid, check, read_query
from app.proxy.body import SMALL, read_body
from app.proxy.refusal import Refusal


class Api:
    """Answers what is asked below ROOT. Whether it may be asked at all, the guard has looked at."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._document = json.dumps(document(OPERATIONS), ensure_ascii=False)
        self._page = page(OPERATIONS)

    def drain(self) -> None:
        """Ends what would go on for ever: the app stops."""
        self._parts.listeners.ending.set()

    async def answer(self, request: web.Request, path: str) -> web.StreamResponse:
        """The answer to a request for `path`, which follows ROOT."""
        try:
            if path in ("", "/", "/openapi.json"):
                return self._described(request, path)
            with asked_by("api"):
                return await self._operate(request, path)
        except Refusal as refusal:
            return told(refusal)
        except Invalid as error:
            where = f"{error.field}: " if error.field else "The body: "
            return told(Problem(400, "invalid_request", f"{where}{error}", field=error.field))
        except UserError as error:
            _check_unsaid(request)
            return told(Problem(503, "unavailable", error.title, error.hint))
        except (asyncio.CancelledError, ConnectionResetError):
            raise
        except Exception as error:  # its own words may quote a body
            faults.note(error, "the management API")
            _check_unsaid(request)
            return told(Problem(500, "internal_error", "The request broke on a fault of Anonamoose."))

    def _described(self, request: web.Request, path: str) -> web.Response:
        if request.method not in ("GET", "HEAD"):
            return _not_allowed(["GET", "HEAD"])
        if path == "/openapi.json":
            return web.Response(text=self._document, content_type=JSON)
        return web.Response(text=self._page, content_type="text/html", headers=HEADERS)

    async def _operate(self, request: web.Request, path: str) -> web.StreamResponse:
        segments = [unquote(segment, errors="replace") for segment in path.split("/")[1:]]
        fitting = [operation for operation in OPERATIONS if operation.fits(segments)]
        # What is named as it is goes before what only stands in its place.
        fewest = min((len(operation.places) for operation in fitting), default=0)
        fitting = [operation for operation in fitting if len(operation.places) == fewest]
        if not fitting:
            raise Problem(404, "not_found", "There is nothing at this path.", f"See {ROOT}/openapi.json.")
        method = "GET" if request.method == "HEAD" else request.method
        operation = next((operation for operation in fitting if operation.method == method), None)
        if operation is None:
            return _not_allowed([operation.method for operation in fitting])
        with self._parts.room.place() if operation.works else nullcontext():
            result = await operation.run(await self._call(request, operation, segments))
        if isinstance(result, web.StreamResponse):
            return result
        return web.json_response(result, headers={"Cache-Control": "no-store"})

    async def _call(self, request: web.Request, operation: Operation, segments: Sequence[str]) -> Call:
        values = zip(operation.path.split("/")[1:], segments, strict=True)
        places = {name[1:-1]: value for name, value in values if name.startswith("{")}
        for name, value in places.items():
            try:
                check(PLACES[name], value, name)
            except Invalid as error:
                raise Problem(404, "not_found", f"There is no such {name}. {error}", field=name) from None
        query = read_query(operation.asked, [*request.query.items()])
        if operation.body is None:
            return Call(self._parts, request, places, query, None)
        media = request.content_type if "Content-Type" in request.headers else ""
        if media not in (JSON, *operation.text_body):
            known = " or ".join((JSON, *operation.text_body))
            raise Problem(415, "unknown_media", "The body comes in a form that is not known here.", f"Use {known}.")
        raw = await read_body(request)
        if len(raw) < SMALL:
            body = _read(raw, media, operation)
        else:
            body = await asyncio.to_thread(_read, raw, media, operation)
        return Call(self._parts, request, places, query, body, media)


def _check_unsaid(request: web.Request) -> None:
    """Raises ConnectionResetError where it is too late for words: the client sees the answer break off."""
    if request.writer.output_size:
        raise ConnectionResetError from None


def _read(raw: bytes, media: str, operation: Operation) -> Any:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Invalid("", "It is not in UTF-8.") from None
    if media != JSON:
        return text
    try:
        value = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
    except Invalid:
        raise
    except (ValueError, RecursionError):
        raise Invalid("", "It is no JSON.") from None
    assert operation.body is not None
    return check(operation.body, value)


def _no_number(word: str) -> Any:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object. What is there twice, two programs could read as two things."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Invalid("", "A field is there twice.")
    return found


def _not_allowed(methods: Sequence[str]) -> web.Response:
    response = told(Problem(405, "method_not_allowed", f"This path takes {', '.join(methods)}."))
    response.headers["Allow"] = ", ".join(methods)
    return response
