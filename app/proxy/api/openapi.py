"""The OpenAPI document of the management API, made of its operations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app import __version__
from app.proxy.api.operation import JSON, PLACES, ROOT, Operation
from app.proxy.api.problem import ERROR
from app.proxy.api.schema import Schema

_STATUSES = {
    400: "Something of the request is not as it should be; param names it.",
    401: "It takes the access token.",
    403: "It is refused: by a rule of the user’s, or because a page may not ask it.",
    404: "There is no such thing.",
    409: "It does not go with what is there.",
    413: "The body is larger than the setting body-limit.",
    415: "The body comes in another form than it may.",
    421: "The request is meant for another host.",
    422: "It is well-formed, and cannot be used; param names what cannot.",
    503: "The vault, the audit trail or the detection cannot be used now.",
}
_ACCESS: dict[str, list[dict[str, list[str]]]] = {
    "token": [{"token": []}, {"header": []}],
    "near": [{}, {"token": []}, {"header": []}],
    "open": [],
}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """OpenAPI 3.1, as a value that becomes JSON."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(ROOT + operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Anonamoose management API",
            "version": __version__,
            "description": "What the app keeps and does, on the port of the proxy. “anonamoose token show” tells the "
            "token.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {
            "schemas": {"Error": ERROR},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "header": {"type": "apiKey", "in": "header", "name": "X-Anonamoose-Token"},
            },
        },
        "tags": [{"name": group} for group in dict.fromkeys(operation.group for operation in operations)],
    }


def errors_of(operation: Operation) -> list[int]:
    """The statuses with which `operation` may fail."""
    found = {400, 403, 421, 503, *operation.statuses}
    found |= {401} if operation.access != "open" else set()
    found |= {404} if operation.places else set()
    found |= {413, 415} if operation.body is not None else set()
    return sorted(found - operation.also.keys())


def _operation(operation: Operation) -> dict[str, Any]:
    said: dict[str, Any] = {
        "operationId": _name(operation),
        "tags": [operation.group],
        "summary": operation.says,
        "security": _ACCESS[operation.access],
    }
    if operation.reveals:
        said["description"] = f"Returns original values: {operation.reveals}"
    if parameters := [*_places(operation), *_query(operation)]:
        said["parameters"] = parameters
    if operation.body is not None:
        content = {JSON: {"schema": operation.body}, **{media: {} for media in operation.text_body}}
        said["requestBody"] = {"required": True, "content": content}
    responses = {"200": {"description": "It is done.", "content": _content(operation)}}
    for status, schema in operation.also.items():
        responses[str(status)] = {"description": "It is not so.", "content": {JSON: {"schema": schema}}}
    for status in errors_of(operation):
        error = {JSON: {"schema": {"$ref": "#/components/schemas/Error"}}}
        responses[str(status)] = {"description": _STATUSES[status], "content": error}
    return {**said, "responses": responses}


_TEXT: Schema = {"type": "string"}


def _content(operation: Operation) -> dict[str, Any]:
    if operation.answer is not None:
        return {JSON: {"schema": operation.answer}}
    return {media: {"schema": {"type": "array"} if media == JSON else _TEXT} for media in operation.media}


def _places(operation: Operation) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": PLACES[name]} for name in operation.places]


def _query(operation: Operation) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": name in operation.needs, "schema": schema}
        for name, schema in operation.query.items()
    ]


def _name(operation: Operation) -> str:
    """`get_sessions_session_tokens`."""
    return operation.method.lower() + operation.path.translate(str.maketrans("/-", "__", "{}"))
