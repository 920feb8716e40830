"""Ollama's dialect: chats, completions, embeddings, and the models on the machine."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.pipeline.fields import Fields, Leaf
from app.pipeline.json_text import Pairs, dump
from app.proxy.framing import NDJSON
from app.proxy.providers.base import Endpoint, Index, Provider, Stream
from app.proxy.sse import Event, make

_COMMON = ("model", "format", "keep_alive", "think")
_MESSAGE = ("role", "tool_name", "tool_call_id", "tool_calls[].id", "tool_calls[].type", "tool_calls[].function.name")
_MESSAGES = tuple(f"messages[].{path}" for path in _MESSAGE)
_CHAT_REQUEST = Fields(
    identifiers=(*_COMMON, *_MESSAGES, "tools[].type", "tools[].function.name"),
    binary=("messages[].images[]",),
    schemas=("format", "tools[].function.parameters"),
    opening="messages",
)
_GENERATE_REQUEST = Fields(
    # The tokens are of what was said and sent before.
    identifiers=(*_COMMON, "context[]"),
    binary=("images[]",),
    schemas=("format",),
    opening="prompt",
)
_EMBED_REQUEST = Fields(identifiers=_COMMON)
_CREATE_REQUEST = Fields(
    identifiers=("model", "name", "from", "quantize", "files.*", "adapters.*", *_MESSAGES),
    binary=("messages[].images[]",),
)
_MODEL_REQUEST = Fields(identifiers=("model", "name", "source", "destination"))

_CHAT_ANSWER = Fields(verbatim=("logprobs.**", "message.images[]"))
_GENERATE_ANSWER = Fields(verbatim=("logprobs.**", "image"))


def _channel(leaf: Leaf) -> tuple[str, Index] | None:
    """The answer and the thoughts before it are a text each."""
    is_thought = leaf.key == "thinking"
    if leaf.path not in ("message.content", "message.thinking", "response", "thinking"):
        return None
    # Not every client looks for text in the event that ends it all.
    if leaf.owners[0].get("done") is True and not leaf.value:
        return None
    return leaf.path, ("thought" if is_thought else "answer",)


def _turn(leaf: Leaf) -> Index | None:
    named = _channel(leaf)
    return named[1] if named and leaf.value else None


def _closes(event: Pairs) -> Iterable[Index]:
    if event.get("done") is True:
        yield ()


def _inject(path: str, index: Index, text: str, latest: str) -> Event:
    del index  # the path says it
    event = {key: value for key, value in json.loads(latest).items() if key in ("model", "created_at")}
    if path.startswith("message."):
        event["message"] = {"role": "assistant", "content": "", path.removeprefix("message."): text}
    else:
        event |= {"response": "", path: text}
    return make(dump({**event, "done": False}))


def _stream(fields: Fields) -> Stream:
    return Stream(
        deltas=frozenset(),
        closes=_closes,
        inject=_inject,
        fields=fields,
        channel=_channel,
        turn=_turn,
        framing=NDJSON,
        default=True,
    )


def _error(status: int, code: str, message: str) -> dict[str, Any]:
    return {"error": message}


def _stream_error(code: str, message: str) -> Event:
    return make(json.dumps(_error(502, code, message)))


OLLAMA = Provider(
    "ollama",
    (
        Endpoint("POST", "/api/chat", _CHAT_REQUEST, _CHAT_ANSWER, _stream(_CHAT_ANSWER), system="messages"),
        Endpoint(
            "POST",
            "/api/generate",
            _GENERATE_REQUEST,
            _GENERATE_ANSWER,
            _stream(_GENERATE_ANSWER),
            kept=True,
            system="system",
        ),
        Endpoint("POST", "/api/embed", _EMBED_REQUEST),
        Endpoint("POST", "/api/embeddings", _EMBED_REQUEST),
        Endpoint("POST", "/api/create", _CREATE_REQUEST),
        *(Endpoint("POST", f"/api/{verb}", _MODEL_REQUEST) for verb in ("show", "pull", "push", "copy")),
        Endpoint("DELETE", "/api/delete", _MODEL_REQUEST),
        # Weights, named by their digest: another byte would make them another's.
        Endpoint("POST", "/api/blobs/*", None, passes=True),
        Endpoint("HEAD", "/api/blobs/*", None),
        *(Endpoint("GET", f"/api/{noun}", None) for noun in ("tags", "ps", "version")),
    ),
    _error,
    _stream_error,
)
