"""Gemini's interactions: conversations that the provider keeps, made of steps."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.pipeline.fields import Fields, Leaf
from app.pipeline.json_text import Pairs, dump
from app.proxy.providers.base import Endpoint, Index, Stream, below
from app.proxy.sse import Event, make

#: Where contents stand: what was said, in a step, in a summary of thoughts, in the result of a tool.
_CONTENT_BASES = ("input", "input[]", "input[].content", "input[].content[]", "input[].summary[]", "input[].result[]")
_CONTENT_NAMES = (
    "type",
    "mime_type",
    "resolution",
    "processing.**",
    "processing_options.**",
    "annotations[].type",
    "annotations[].media_id",
    "annotations[].place_id",
    "annotations[].style",
    "annotations[].start_offset",
    "annotations[].end_offset",
    "annotations[].review_snippets[].review_id",
)
#: What a tool of the provider's has found is one thing, or several.
_RESULTS = ("result", "result[]")
_MAPS_TOKENS = below(_RESULTS, "widget_context_token")
_PLACE_NAMES = ("places[].place_id", "places[].review_snippets[].review_id")
_STEP_NAMES = ("role", "id", "call_id", "name", "server_name", "status")
_REQUEST = Fields(
    identifiers=(
        "model",
        "agent",
        "previous_interaction_id",
        "cached_content",
        "service_tier",
        "environment",
        "environment.type",
        "environment.environment_id",
        "environment.sources[].type",
        "environment.sources[].encoding",
        "response_mime_type",
        "response_modalities[]",
        *below(("response_format", "response_format[]"), "mime_type", "resolution", "duration", "aspect_ratio"),
        *below(_CONTENT_BASES, *_CONTENT_NAMES),
        *below(("input[]",), *_STEP_NAMES, *below(_RESULTS, "status", *_PLACE_NAMES)),
        "input[]<tool_search_call>.arguments.function_names[]",
        "input[]<code_execution_call>.arguments.language",
        "tools[].type",
        "tools[].name",
        "tools[].environment",
        "tools[].search_types[]",
        "tools[].retrieval_types[]",
        "tools[].excluded_predefined_functions[]",
        "tools[].file_search_store_names[]",
        "tools[].allowed_tools[].**",
        "tools[].*.datastores[]",
        "tools[].*.engine",
        "tools[].*.rag_resources[].rag_corpus",
        "tools[].*.rag_resources[].rag_file_ids[]",
        "tools[].*.rag_retrieval_config.ranking.*.model_name",
        "generation_config.thinking_level",
        "generation_config.thinking_summaries",
        "generation_config.tool_choice",
        "generation_config.tool_choice.**",
        "generation_config.image_config.**",
        *below(("generation_config.speech_config", "generation_config.speech_config[]"), "language", "voice", "type"),
        "generation_config.transcription_config.language_codes[]",
        "generation_config.transcription_config.language_hints[]",
        "generation_config.transcription_config.mode.type",
        "generation_config.transcription_config.mode.timestamp_granularities[]",
        "agent_config.type",
        "agent_config.model",
        "agent_config.session_id",
        "agent_config.thinking_summaries",
    ),
    verbatim=(
        "continuation_token",
        *below(("input[]",), "signature", *_MAPS_TOKENS),
        "environment.env.**",
        "environment.network.allowlist[].credential",
        "environment.network.allowlist[].transform.**",
        "environment.network.allowlist[].transform[].**",
        "tools[].headers.**",
        "tools[].*.api_key",
    ),
    binary=below(_CONTENT_BASES, "data", "uri"),
    schemas=("tools[].parameters", "response_format", "response_format[]"),
    opening="input",
)


def _sealed(*bases: str) -> tuple[str, ...]:
    """What is signed, or bytes, in the steps of an answer."""
    return below(bases, "signature", "data", "content[].data", "result[].data", *_MAPS_TOKENS)


_ANSWER = Fields(verbatim=("continuation_token", *_sealed("steps[]")))

_DELTAS: dict[str, dict[str, Any]] = {
    "text": {"type": "text"},
    "arguments": {"type": "arguments_delta"},
    "summary": {"type": "thought_summary"},
}
_CHANNELS = {
    "delta.text": "text",
    "delta.arguments": "arguments",
    "delta.content.text": "summary",
    # A step may begin with some of its text.
    "step.content[].text": "text",
    "step.summary[].text": "summary",
}


def _channel(leaf: Leaf) -> tuple[str, Index] | None:
    name = _CHANNELS.get(leaf.path)
    return None if name is None else (name, (leaf.owners[0].get("index"),))


def _closes(event: Pairs) -> Iterable[Index]:
    kind, delta = event.get("event_type"), event.get("delta")
    # A signature ends the thoughts it signs, though their step is still open.
    if kind == "step.stop" or (isinstance(delta, Pairs) and delta.get("type") == "thought_signature"):
        yield (event.get("index"),)
    elif kind in ("interaction.completed", "error"):
        yield ()


def _inject(name: str, index: Index, text: str, latest: str) -> Event:
    said: dict[str, Any] = {"content": {"type": "text", "text": text}} if name == "summary" else {name: text}
    event = {"event_type": "step.delta", "index": index[0], "delta": {**_DELTAS[name], **said}}
    told = {key: value for key, value in json.loads(latest).items() if key == "event_id"}
    return make(dump({**event, **told}), "step.delta")


_STREAM = Stream(
    deltas=frozenset(),
    closes=_closes,
    inject=_inject,
    fields=Fields(
        verbatim=(
            "interaction.continuation_token",
            "continuation_token",
            *_sealed("interaction.steps[]", "step", "delta"),
        )
    ),
    channel=_channel,
)

INTERACTIONS = (
    Endpoint("POST", "/v1*/interactions", _REQUEST, _ANSWER, _STREAM, kept=True),
    Endpoint("GET", "/v1*/interactions/*", None, _ANSWER, _STREAM),
    Endpoint("POST", "/v1*/interactions/*/cancel", Fields(), _ANSWER),
    Endpoint("DELETE", "/v1*/interactions/*", None),
)
