"""OpenAI's chat completions, those it stores, and the completions from before there was chat."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.pipeline.fields import Fields
from app.pipeline.json_text import Pairs, dump
from app.proxy.providers.base import Endpoint, Index, Stream, below
from app.proxy.sse import Event, make

_CHAT_REQUEST = Fields(
    identifiers=(
        "model",
        "messages[].role",
        "messages[].tool_call_id",
        "messages[].audio.id",
        "messages[].content[].type",
        "messages[].content[].image_url.detail",
        "messages[].content[].input_audio.format",
        "messages[].content[].file.file_id",
        "messages[].content[].prompt_cache_breakpoint.**",
        "messages[].content[].cache_control.**",
        "messages[].annotations[].type",
        "messages[].reasoning_details[].type",
        "messages[].reasoning_details[].format",
        "messages[].reasoning_details[].id",
        "messages[].tool_calls[].id",
        "messages[].tool_calls[].type",
        "messages[].tool_calls[].function.name",
        "messages[].tool_calls[].custom.name",
        "messages[].function_call.name",
        "tools[].type",
        "tools[].function.name",
        "tools[].custom.name",
        "tools[].custom.format.type",
        "tools[].custom.format.grammar.syntax",
        "tool_choice",
        "tool_choice.**",
        "functions[].name",
        "function_call",
        "function_call.name",
        "response_format.type",
        "response_format.json_schema.name",
        "modalities[]",
        "prediction.type",
        "prediction.content[].type",
        "prediction.content[].prompt_cache_breakpoint.**",
        "audio.**",
        "service_tier",
        "reasoning_effort",
        "verbosity",
        "prompt_cache_retention",
        "prompt_cache_options.**",
        "moderation.**",
        "web_search_options.search_context_size",
        "web_search_options.user_location.type",
    ),
    verbatim=(
        "tools[].custom.format.grammar.definition",
        "web_search_options.user_location.approximate.**",
        # Signatures that other vendors send through this dialect.
        "messages[].reasoning_details[].signature",
        "messages[].reasoning_details[].data",
        "messages[].tool_calls[].extra_content.google.thought_signature",
    ),
    binary=(
        "messages[].content[].image_url.url",
        "messages[].content[].input_audio.data",
        "messages[].content[].file.file_data",
    ),
    schemas=(
        "tools[].function.parameters",
        "functions[].parameters",
        "response_format.json_schema.schema",
    ),
    opening="messages",
)

# The tokens of a placeholder cannot be restored one by one.
_OPAQUE_ANSWER = Fields(
    verbatim=(
        "choices[].logprobs.**",
        "obfuscation",
        *below(
            ("choices[].message", "choices[].delta"),
            "audio.data",
            "reasoning_details[].signature",
            "reasoning_details[].data",
            "tool_calls[].extra_content.google.thought_signature",
        ),
    )
)


def _closes(event: Pairs) -> Iterable[Index]:
    choices = event.get("choices")
    for choice in choices if isinstance(choices, list) else ():
        if isinstance(choice, Pairs) and choice.get("finish_reason") is not None:
            index = choice.get("index")
            yield () if index is None else (index,)


_ENVELOPE = ("id", "object", "created", "model", "system_fingerprint", "service_tier")


def _inject(path: str, index: Index, text: str, latest: str) -> Event:
    """A chunk with nothing but `text` at `path`: a repeated tool name would be added to the first."""
    node: Any = text
    indices = list(index)
    for part in reversed(path.removeprefix("choices[].").split(".")):
        node = {part[:-2]: [{"index": indices.pop(), **node}]} if part.endswith("[]") else {part: node}
    envelope = {key: value for key, value in json.loads(latest).items() if key in _ENVELOPE}
    choice = {"index": indices[0] if indices else 0, **node, "finish_reason": None}
    return make(dump({**envelope, "choices": [choice]}))


_CHAT_STREAM = Stream(
    deltas=frozenset(
        f"choices[].delta.{path}"
        for path in (
            "content",
            "refusal",
            "reasoning_content",
            "reasoning",
            "tool_calls[].function.arguments",
            "tool_calls[].custom.input",
            "function_call.arguments",
            "audio.transcript",
        )
    ),
    closes=_closes,
    inject=_inject,
    fields=_OPAQUE_ANSWER,
)

_COMPLETION_REQUEST = Fields(identifiers=("model",), opening="prompt", spoken=("prompt",))
_COMPLETION_STREAM = Stream(
    frozenset(["choices[].text"]), _closes, _inject, Fields(verbatim=("choices[].logprobs.**",))
)

CHAT = (
    Endpoint("POST", "/v1/chat/completions", _CHAT_REQUEST, _OPAQUE_ANSWER, _CHAT_STREAM, kept=True, system="messages"),
    Endpoint("GET", "/v1/chat/completions", None, Fields(verbatim=below(("data[]",), *_OPAQUE_ANSWER.verbatim))),
    Endpoint("GET", "/v1/chat/completions/*", None, _OPAQUE_ANSWER),
    Endpoint("POST", "/v1/chat/completions/*", Fields(), _OPAQUE_ANSWER),
    Endpoint("DELETE", "/v1/chat/completions/*", None),
    Endpoint("GET", "/v1/chat/completions/*/messages", None),
    Endpoint("POST", "/v1/completions", _COMPLETION_REQUEST, _COMPLETION_STREAM.fields, _COMPLETION_STREAM),
)
