"""OpenAI's Realtime API: what is opaque in a client's events, and how the provider's continue each other."""

from __future__ import annotations

import json
from collections.abc import Iterable

from app.pipeline.fields import Fields, Leaf
from app.pipeline.json_text import Pairs, dump
from app.proxy.framing import FRAMES
from app.proxy.providers.base import Index, Stream, below
from app.proxy.sse import Event

_ITEMS = ("item", "response.input[]")
_ITEM_NAMES = (
    "id",
    "type",
    "object",
    "role",
    "status",
    "phase",
    "name",
    "call_id",
    "server_label",
    "approval_request_id",
    "content[].type",
    "content[].detail",
    "tools[].name",
    "error.type",
)
_SESSIONS = ("session", "response")
_SESSION_NAMES = (
    "id",
    "object",
    "type",
    "model",
    "voice",
    "voice.id",
    "conversation",
    "modalities[]",
    "output_modalities[]",
    "include[]",
    "input_audio_format",
    "output_audio_format",
    "input_audio_noise_reduction.**",
    "input_audio_transcription.model",
    "input_audio_transcription.language",
    "turn_detection.**",
    "max_output_tokens",
    "max_response_output_tokens",
    "truncation",
    "truncation.**",
    "reasoning.**",
    "tracing",
    "tracing.group_id",
    "tracing.workflow_name",
    "prompt.id",
    "prompt.version",
    "prompt.variables.*.type",
    "prompt.variables.*.detail",
    "prompt.variables.*.file_id",
    "tool_choice",
    "tool_choice.**",
    "tools[].type",
    "tools[].name",
    "tools[].server_label",
    "tools[].connector_id",
    "tools[].tunnel_id",
    "tools[].allowed_tools[]",
    "tools[].allowed_tools.tool_names[]",
    "tools[].require_approval",
    "tools[].require_approval.**",
    "audio.input.format.**",
    "audio.input.noise_reduction.**",
    "audio.input.turn_detection.**",
    "audio.input.transcription.model",
    "audio.input.transcription.language",
    "audio.input.transcription.languages[]",
    "audio.input.transcription.delay",
    "audio.output.format.**",
    "audio.output.voice",
    "audio.output.voice.id",
)


#: Where a client's event holds a recording.
AUDIO = frozenset(["audio", *below(_ITEMS, "content[].audio")])
REQUEST = Fields(
    identifiers=(
        "type",
        "event_id",
        "item_id",
        "previous_item_id",
        "response_id",
        *below(_ITEMS, *_ITEM_NAMES),
        *below(_SESSIONS, *_SESSION_NAMES),
    ),
    verbatim=below(_SESSIONS, "tools[].authorization", "tools[].headers.**", "tools[].server_url"),
    binary=(*AUDIO, *below(_ITEMS, "content[].image_url"), *below(_SESSIONS, "prompt.variables.*.file_data")),
    schemas=(*below(_ITEMS, "tools[].input_schema"), *below(_SESSIONS, "tools[].parameters")),
)

_DELTA = ".delta"
#: The endings that close what came in deltas, by what a delta's type ends in.
_CLOSING = (".done", ".completed", ".failed")


def _channel(leaf: Leaf) -> tuple[str, Index] | None:
    event = leaf.owners[0] if leaf.owners else Pairs()
    kind = event.get("type")
    if leaf.path != "delta" or not isinstance(kind, str) or not kind.endswith(_DELTA):
        return None
    return kind.removesuffix(_DELTA), (event.get("item_id"), event.get("content_index"))


def _closes(event: Pairs) -> Iterable[Index]:
    kind, item, response = event.get("type"), event.get("item"), event.get("response")
    if not isinstance(kind, str) or not kind.endswith(_CLOSING):
        return
    # Responses may run side by side: none ends another's text.
    output = response.get("output") if isinstance(response, Pairs) else None
    for whole in [item, *(output if isinstance(output, list) else ())]:
        if isinstance(whole, Pairs):
            yield (whole.get("id"),)
    if event.get("item_id") is not None:
        yield event.get("item_id"), event.get("content_index")


def _inject(name: str, index: Index, text: str, latest: str) -> Event:
    """The channel's latest event again, with `text` for its delta."""
    event = {key: value for key, value in json.loads(latest).items() if key not in ("logprobs", "obfuscation")}
    return FRAMES.make(dump({**event, "delta": text}))


STREAM = Stream(
    frozenset(),
    _closes,
    _inject,
    Fields(
        verbatim=(
            "<response.output_audio.delta>.delta",
            "<response.audio.delta>.delta",
            "part.audio",
            "item.content[].audio",
            "response.output[].content[].audio",
            "logprobs.**",
            "obfuscation",
        )
    ),
    _channel,
    FRAMES,
)
