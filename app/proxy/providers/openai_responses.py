"""OpenAI's Responses and Conversations."""

from __future__ import annotations

import dataclasses

from app.pipeline.fields import Fields
from app.proxy.providers.base import Endpoint
from app.proxy.providers.openai_events import STREAM
from app.proxy.providers.openai_items import items, sealed

_INPUT = items(("input[]",), ("tools[]",))
_REQUEST = Fields(
    identifiers=(
        *_INPUT.identifiers,
        "model",
        "access_programs.**",
        "background_options.**",
        "betas[]",
        "context_management[].type",
        "conversation",
        "conversation.id",
        "image.context_compression",
        "include[]",
        "moderation.**",
        "multi_agent.**",
        "personality",
        "previous_response_id",
        "prompt.id",
        "prompt.version",
        "prompt.variables.*.type",
        "prompt.variables.*.detail",
        "prompt.variables.*.file_id",
        "prompt.variables.*.prompt_cache_breakpoint.**",
        "prompt_cache_options.**",
        "prompt_cache_retention",
        "reasoning.**",
        "response_id",
        "service_tier",
        "stream_options.**",
        "text.format.type",
        "text.format.name",
        "text.verbosity",
        "tool_choice",
        "tool_choice.**",
        "truncation",
    ),
    verbatim=_INPUT.verbatim,
    binary=(*_INPUT.binary, "prompt.variables.*.image_url", "prompt.variables.*.file_data"),
    schemas=(*_INPUT.schemas, "text.format.schema"),
    opening="input",
    spoken=("input",),
)
_ITEMS = dataclasses.replace(items(("items[]",)), opening="items")
_ANSWER = sealed(("", "output[]", "data[]", "input[]", "instructions[]"), ("tools[]",))
_NONE = Fields()

RESPONSES = (
    Endpoint("POST", "/v1/responses", _REQUEST, _ANSWER, STREAM, kept=True, system="instructions"),
    Endpoint("POST", "/v1/responses/compact", _REQUEST, _ANSWER, kept=True),
    Endpoint("POST", "/v1/responses/input_tokens", _REQUEST, system="instructions"),
    Endpoint("GET", "/v1/responses/*", None, _ANSWER, STREAM),
    Endpoint("DELETE", "/v1/responses/*", None),
    Endpoint("POST", "/v1/responses/*/cancel", _NONE, _ANSWER),
    Endpoint("GET", "/v1/responses/*/input_items", None, _ANSWER),
    Endpoint("POST", "/v1/conversations", _ITEMS, _ANSWER, kept=True),
    Endpoint("GET", "/v1/conversations/*", None, _ANSWER),
    Endpoint("POST", "/v1/conversations/*", _NONE, _ANSWER),
    Endpoint("DELETE", "/v1/conversations/*", None),
    Endpoint("POST", "/v1/conversations/*/items", _ITEMS, _ANSWER),
    Endpoint("GET", "/v1/conversations/*/items", None, _ANSWER),
    Endpoint("GET", "/v1/conversations/*/items/*", None, _ANSWER),
    Endpoint("DELETE", "/v1/conversations/*/items/*", None),
)
