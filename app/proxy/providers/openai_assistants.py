"""OpenAI's assistants, threads and runs.

None of their bodies has an `opening`: a thread repeats what its assistant was told, so all of a client's share
a session.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.pipeline.fields import Fields, Leaf
from app.pipeline.json_text import Pairs, dump
from app.proxy.providers.base import Endpoint, Index, Stream, below
from app.proxy.sse import Event, make

_MESSAGES = ("", "messages[]", "thread.messages[]", "additional_messages[]")
_REQUEST = Fields(
    identifiers=(
        "model",
        "assistant_id",
        "thread_id",
        "tools[].type",
        "tools[].function.name",
        "tools[].file_search.ranking_options.**",
        "tool_choice",
        "tool_choice.**",
        "response_format",
        "response_format.type",
        "response_format.json_schema.name",
        "reasoning_effort",
        "truncation_strategy.**",
        "tool_outputs[].tool_call_id",
        *below(
            ("tool_resources", "thread.tool_resources"),
            "code_interpreter.file_ids[]",
            "file_search.vector_store_ids[]",
            "file_search.vector_stores[].file_ids[]",
            "file_search.vector_stores[].chunking_strategy.**",
        ),
        *below(
            _MESSAGES,
            "role",
            "content[].type",
            "content[].image_file.file_id",
            "content[].image_file.detail",
            "content[].image_url.detail",
            "attachments[].file_id",
            "attachments[].tools[].type",
        ),
    ),
    binary=below(_MESSAGES, "content[].image_url.url"),
    schemas=("tools[].function.parameters", "response_format.json_schema.schema"),
)

_DELTAS = frozenset(
    (
        "delta.content[].text.value",
        "delta.content[].refusal",
        "delta.step_details.tool_calls[].function.arguments",
        "delta.step_details.tool_calls[].function.output",
        "delta.step_details.tool_calls[].code_interpreter.input",
        "delta.step_details.tool_calls[].code_interpreter.outputs[].logs",
    )
)
_RUNNING = frozenset(["queued", "in_progress", "cancelling"])


def _channel(leaf: Leaf) -> tuple[str, Index] | None:
    if leaf.path not in _DELTAS:
        return None
    return leaf.path, (leaf.owners[0].get("id"), *(n for o in leaf.owners for key, n in o if key == "index"))


def _closes(event: Pairs) -> Iterable[Index]:
    kind, status = event.get("object"), event.get("status")
    if status is None or status in _RUNNING:
        return
    if kind == "thread.run":
        yield ()
    elif kind in ("thread.message", "thread.run.step"):
        yield (event.get("id"),)


def _inject(path: str, index: Index, text: str, latest: str) -> Event:
    """A delta with nothing but `text` at `path`; what holds it is of the type that its key says."""
    node: Any = text
    indices = list(index[1:])
    held = ""
    for part in reversed(path.split(".")[1:]):
        if part.endswith("[]"):
            node = {part[:-2]: [{"index": indices.pop() if indices else 0, "type": held, **node}]}
        else:
            node = {part: {"type": held, **node} if part == "step_details" else node}
        held = part.removesuffix("[]")
    event = json.loads(latest)
    made = {"id": event.get("id"), "object": event.get("object"), "delta": node}
    return make(dump(made), event.get("object") or "")


_STREAM = Stream(_DELTAS, _closes, _inject, channel=_channel)


def _of(path: str, *ways: str, shared: bool = False) -> Iterable[Endpoint]:
    """Endpoints of what is created, listed, read, changed and deleted at `path`."""
    for way in ways:
        method, _, rest = way.partition(" ")
        yield Endpoint(
            method,
            f"/v1/{path}{rest}",
            _REQUEST if method == "POST" else None,
            Fields(),
            _STREAM,
            kept=method == "POST",
            shared=shared,
        )


_ALL = ("POST ", "GET ", "GET /*", "POST /*", "DELETE /*")
ASSISTANTS = (
    *_of("assistants", *_ALL, shared=True),
    *_of("threads/runs", "POST "),
    *_of("threads", "POST ", "GET /*", "POST /*", "DELETE /*"),
    *_of("threads/*/messages", *_ALL),
    *_of("threads/*/runs", *_ALL[:-1], "POST /*/cancel", "POST /*/submit_tool_outputs"),
    *_of("threads/*/runs/*/steps", "GET ", "GET /*"),
)
