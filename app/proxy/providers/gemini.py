"""Gemini's dialect: contents, tokens, embeddings, kept contexts, batches and files; also as on Vertex."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from app.pipeline.fields import Fields, Leaf
from app.pipeline.json_text import Pairs, dump
from app.pipeline.note import Place
from app.proxy.framing import BARE_SSE, JSON_ARRAY
from app.proxy.providers.base import Endpoint, Index, Provider, Stream
from app.proxy.providers.gemini_fields import (
    ANSWER,
    ANSWER_PART,
    BATCH_ANSWER,
    BATCH_REQUEST,
    CONTEXT_ANSWER,
    COUNT_REQUEST,
    EMBED_ALL_REQUEST,
    EMBED_REQUEST,
    FILE_REQUEST,
    GENERATE_REQUEST,
)
from app.proxy.providers.interactions import INTERACTIONS
from app.proxy.sse import Event, make

_TEXT = f"{ANSWER_PART}.text"
_ARGUMENT = f"{ANSWER_PART}.functionCall.partialArgs[].stringValue"


def _kind(part: Pairs) -> str:
    if isinstance(part.get("functionCall"), Pairs):
        return "call"
    if part.get("text") is None:
        return ""
    return "thought" if part.get("thought") is True else "text"


def _channel(leaf: Leaf) -> tuple[str, Index] | None:
    """A candidate's text and its thoughts are a channel each, and so is an argument that comes in pieces."""
    if leaf.path not in (_TEXT, _ARGUMENT):
        return None
    candidate, part = leaf.owners[1], leaf.owners[3]
    index = (candidate.get("index") or 0, _kind(part))
    return leaf.path, index if leaf.path == _TEXT else (*index, leaf.owners[-1].get("jsonPath"))


def _turn(leaf: Leaf) -> Index | None:
    """No event says that a part has ended: one of another kind does."""
    if not leaf.path.startswith(ANSWER_PART):
        return None
    return leaf.owners[1].get("index") or 0, _kind(leaf.owners[3])


def _objects(owner: Pairs, key: str) -> Iterator[Pairs]:
    found = owner.get(key)
    return (one for one in (found if isinstance(found, list) else ()) if isinstance(one, Pairs))


def _closes(event: Pairs) -> Iterable[Index]:
    for candidate in _objects(event, "candidates"):
        index = candidate.get("index") or 0
        if candidate.get("finishReason") is not None:
            yield (index,)
        content = candidate.get("content")
        parts = list(_objects(content, "parts")) if isinstance(content, Pairs) else []
        for part in parts:
            call = part.get("functionCall")
            if isinstance(call, Pairs):
                if call.get("willContinue") is not True:
                    yield (index, "call")
                for argument in _objects(call, "partialArgs"):
                    if argument.get("willContinue") is not True:
                        yield (index, "call", argument.get("jsonPath"))


def _inject(path: str, index: Index, text: str, latest: str) -> Event:
    """An event with nothing but a part that holds `text`."""
    part: dict[str, Any] = {"text": text}
    if path == _ARGUMENT:
        argument = {"jsonPath": index[2], "stringValue": text, "willContinue": True}
        part = {"functionCall": {"partialArgs": [argument], "willContinue": True}}
    elif index[1] == "thought":
        part["thought"] = True
    candidate = {"content": {"parts": [part], "role": "model"}, "index": index[0]}
    told = {key: value for key, value in json.loads(latest).items() if key in ("modelVersion", "responseId")}
    return make(dump({"candidates": [candidate], **told}))


_STREAM = Stream(
    deltas=frozenset(),
    closes=_closes,
    inject=_inject,
    fields=ANSWER,
    channel=_channel,
    turn=_turn,
    framing=BARE_SSE,
    others=(JSON_ARRAY,),
    default=True,
    pieces=True,
)

_STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    426: "FAILED_PRECONDITION",
}


def _error(status: int, code: str, message: str) -> dict[str, Any]:
    kind = _STATUSES.get(status, "INVALID_ARGUMENT" if status < 500 else "INTERNAL" if status == 500 else "UNAVAILABLE")
    info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": code.upper(), "domain": "anonamoose"}
    return {"error": {"code": status, "message": message, "status": kind, "details": [info]}}


def _stream_error(code: str, message: str) -> Event:
    return make(json.dumps(_error(502, code, message)))


#: Whose `:verb` is called: a model by itself, one that was tuned, and both as Vertex calls them.
_MODELS = (
    "/v1*/models/*",
    "/v1*/tunedModels/*",
    "/v1*/projects/*/locations/*/publishers/*/models/*",
    "/v1*/projects/*/locations/*/endpoints/*",
)
_SYSTEM: Place = "systemInstruction"


def _of_models() -> Iterator[Endpoint]:
    for model in _MODELS:
        for verb, stream in (("generateContent", None), ("streamGenerateContent", _STREAM)):
            yield Endpoint("POST", f"{model}:{verb}", GENERATE_REQUEST, ANSWER, stream, system=_SYSTEM)
        yield Endpoint("POST", f"{model}:countTokens", COUNT_REQUEST)
        yield Endpoint("POST", f"{model}:computeTokens", COUNT_REQUEST)
        yield Endpoint("POST", f"{model}:embedContent", EMBED_REQUEST)
        yield Endpoint("POST", f"{model}:batchEmbedContents", EMBED_ALL_REQUEST)
        for verb in ("batchGenerateContent", "asyncBatchEmbedContent"):
            yield Endpoint("POST", f"{model}:{verb}", BATCH_REQUEST, BATCH_ANSWER, kept=True)


def _of_resources() -> Iterator[Endpoint]:
    for base in ("/v1*", "/v1*/projects/*/locations/*"):
        yield Endpoint("POST", f"{base}/cachedContents", GENERATE_REQUEST, CONTEXT_ANSWER, kept=True, system=_SYSTEM)
        yield Endpoint("PATCH", f"{base}/cachedContents/*", GENERATE_REQUEST, CONTEXT_ANSWER)
        for method in ("GET", "DELETE"):
            yield Endpoint(method, f"{base}/cachedContents/*", None, CONTEXT_ANSWER)
        yield Endpoint("GET", f"{base}/cachedContents", None)
    yield Endpoint("POST", "/v1*/files", FILE_REQUEST, kept=True)
    yield Endpoint("GET", "/v1*/files", None)
    for method in ("GET", "DELETE"):
        yield Endpoint(method, "/v1*/files/*", None)
    yield Endpoint("GET", "/v1*/batches", None)
    yield Endpoint("POST", "/v1*/batches/*:cancel", Fields(), BATCH_ANSWER)
    for method in ("GET", "DELETE"):
        yield Endpoint(method, "/v1*/batches/*", None, BATCH_ANSWER)
    for collection in ("models", "tunedModels"):
        yield Endpoint("GET", f"/v1*/{collection}", None)
        yield Endpoint("GET", f"/v1*/{collection}/*", None)


GEMINI = Provider("gemini", (*_of_models(), *_of_resources(), *INTERACTIONS), _error, _stream_error)
