"""Anthropic's dialect: messages, counting their tokens, and the list of models."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.pipeline.fields import Fields
from app.pipeline.json_text import Pairs, dump
from app.proxy.providers.anthropic_files import files
from app.proxy.providers.base import Endpoint, Index, Provider, Stream
from app.proxy.sse import Event, make

# Signed or encrypted: a changed letter makes the API refuse the whole conversation. Thinking is signed
# as well, but it is text for the user to read: what a session remembers sends it back as it came.
_SEALED = (
    "<thinking>.signature",
    "<redacted_thinking>.data",
    "<compaction>.**",
    "<mcp_tool_listing>.**",
    "<tool_addition>.**",
    "<tool_removal>.**",
    "<web_search_tool_result>.content[].encrypted_content",
    "<code_execution_tool_result>.content.encrypted_stdout",
    "<advisor_tool_result>.content.encrypted_content",
    ".citations[].encrypted_index",
)
_NAMES = (
    ".type",
    ".id",
    ".name",
    ".tool_use_id",
    ".tool_name",
    ".toolset_name",
    ".server_name",
    ".mcp_server_name",
    ".file_id",
    ".file_type",
    ".error_code",
    ".stop_reason",
    ".page_age",
    ".retrieved_at",
    ".cache_control.**",
    ".caller.**",
    ".transformations.**",
    ".trigger.**",
    ".from.model",
    ".to.model",
    ".source.type",
    ".source.media_type",
    ".source.file_id",
    ".citations[].type",
    ".citations[].file_id",
    ".tabs[].tab_id",
    ".state_changes[].type",
    ".state_changes[].tab_id",
    ".state_changes[].download_id",
)
#: Where, seen from a block, there are others: in the results of tools, in documents, in pages that were fetched.
_NESTED = (
    "",
    ".content",
    ".content[]",
    ".content[].content[]",
    ".content[].source.content[]",
    ".content.content",
    ".content.content[]",
    ".content.content.source.content[]",
    ".content.tool_references[]",
    ".source.content[]",
)


def _blocks(*bases: str) -> dict[str, tuple[str, ...]]:
    """Paths of what is opaque in content blocks, wherever such blocks stand."""
    everywhere = [f"{base}{nested}" for base in bases for nested in _NESTED]
    return {
        "identifiers": tuple(f"{base}{path}" for base in everywhere for path in _NAMES),
        "verbatim": tuple(f"{base}{path}" for base in everywhere for path in _SEALED),
        "binary": tuple(f"{base}.source{path}" for base in everywhere for path in ("<base64>.data", ".url")),
    }


_REQUEST_BLOCKS = _blocks("messages[].content[]", "system[]")
_MESSAGES_REQUEST = Fields(
    identifiers=(
        *_REQUEST_BLOCKS["identifiers"],
        "model",
        "anthropic_version",
        "messages[].role",
        "messages[].clear_at",
        "messages[].output_config.effort",
        "tools[].type",
        "tools[].name",
        "tools[].model",
        "tools[].cache_control.**",
        "tools[].caching.**",
        "tools[].allowed_callers[]",
        "tools[].allowed_domains[]",
        "tools[].blocked_domains[]",
        "tools[].response_inclusion",
        "tools[].url_sources.**",
        "tools[].mcp_server_name",
        "tools[].tools[].name",
        "tool_choice.**",
        "thinking.**",
        "thread.**",
        "service_tier",
        "speed",
        "inference_geo",
        "container",
        "container.id",
        "container.skills[].**",
        "betas[]",
        "billing_policy.**",
        "cache_control.**",
        "compaction.type",
        "compaction.trigger.**",
        "diagnostics.**",
        "fallback_credit_token.mode",
        "fallbacks",
        "fallbacks[].**",
        "output_config.effort",
        "output_config.format.type",
        "output_config.task_budget.**",
        "context_management.edits[].type",
        "context_management.edits[].trigger.**",
        "context_management.edits[].keep.**",
        "context_management.edits[].clear_at_least.**",
        "context_management.edits[].clear_tool_inputs[]",
        "context_management.edits[].exclude_tools[]",
        "mcp_servers[].type",
        "mcp_servers[].name",
        "mcp_servers[].tool_configuration.allowed_tools[]",
    ),
    verbatim=(
        *_REQUEST_BLOCKS["verbatim"],
        "fallback_credit_token",
        "fallback_credit_token.token",
        "mcp_servers[].authorization_token",
        "tools[].user_location.**",
    ),
    binary=_REQUEST_BLOCKS["binary"],
    schemas=("tools[].input_schema", "tools[].tools[].input_schema", "output_config.format.schema"),
    opening="messages",
)
_ANSWER = Fields(verbatim=(*_blocks("content[]")["verbatim"], "stop_details.fallback_credit_token"))

_DELTA_TYPES = {"text": "text_delta", "partial_json": "input_json_delta", "thinking": "thinking_delta"}


def _closes(event: Pairs) -> Iterable[Index]:
    kind = event.get("type")
    delta = event.get("delta")
    # A signature ends the thinking it signs, though its block is still open.
    if kind == "content_block_stop" or (isinstance(delta, Pairs) and delta.get("type") == "signature_delta"):
        yield (event.get("index"),)
    elif kind in ("message_delta", "message_stop", "error"):
        yield ()


def _inject(path: str, index: Index, text: str, latest: str) -> Event:
    del latest  # an event of this dialect says all about itself
    key = path.rpartition(".")[2]
    delta = {"type": _DELTA_TYPES[key], key: text}
    event = {"type": "content_block_delta", "index": index[0], "delta": delta}
    return make(dump(event), "content_block_delta")


_STREAM = Stream(
    deltas=frozenset(f"delta.{key}" for key in _DELTA_TYPES),
    closes=_closes,
    inject=_inject,
    fields=Fields(
        verbatim=(
            *_blocks("message.content[]", "content_block")["verbatim"],
            "message.stop_details.fallback_credit_token",
            "delta.stop_details.fallback_credit_token",
            "delta.citation.encrypted_index",
            "delta<signature_delta>.**",
            "delta<compaction_delta>.**",
        )
    ),
)

_ERROR_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    426: "invalid_request_error",
}


def _error(status: int, code: str, message: str) -> dict[str, Any]:
    kind = _ERROR_TYPES.get(status, "invalid_request_error" if status < 500 else "api_error")
    return {"type": "error", "error": {"type": kind, "message": message, "code": code}, "request_id": None}


def _stream_error(code: str, message: str) -> Event:
    return make(json.dumps(_error(502, code, message)), "error")


_ON_VERTEX = "/v1*/projects/*/locations/*/publishers/anthropic/models/*"
_PREDICTS = ("rawPredict", "streamRawPredict")

ANTHROPIC = Provider(
    "anthropic",
    (
        Endpoint("POST", "/v1/messages", _MESSAGES_REQUEST, _ANSWER, _STREAM, system="system"),
        Endpoint("POST", "/v1/messages/count_tokens", _MESSAGES_REQUEST, system="system"),
        *files(_MESSAGES_REQUEST, _ANSWER),
        Endpoint("GET", "/v1/models", None),
        Endpoint("GET", "/v1/models/*", None),
        *(Endpoint("POST", f"{_ON_VERTEX}:{verb}", _MESSAGES_REQUEST, _ANSWER, _STREAM) for verb in _PREDICTS),
    ),
    _error,
    _stream_error,
)
