"""What OpenAI's Responses and assistants answer: items, and the events in which they come."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from tests.answers import Data, pieces

#: Of each item whose text comes in deltas: the events' name, the key of the whole text in its `done`, and how
#: the finished item is made of its text.
FAMILIES: dict[str, tuple[str, str, str]] = {
    "message": ("output_text", "text", "content_index"),
    "refusal": ("refusal", "refusal", "content_index"),
    "reasoning_text": ("reasoning_text", "text", "content_index"),
    "reasoning_summary": ("reasoning_summary_text", "text", "summary_index"),
    "function_call": ("function_call_arguments", "arguments", ""),
    "mcp_call": ("mcp_call_arguments", "arguments", ""),
    "custom_tool_call": ("custom_tool_call_input", "input", ""),
    "code_interpreter_call": ("code_interpreter_call_code", "code", ""),
    "shell_call": ("shell_call_command", "command", "command_index"),
}


def item(family: str, number: int, text: str) -> Data:
    """A finished output item that says `text`."""
    id = f"item_{number}"
    made: dict[str, Data] = {
        "message": {
            "type": "message",
            "role": "assistant",
            "content": [{"type": "output_text", "text": text, "annotations": [], "logprobs": []}],
        },
        "refusal": {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": text}]},
        "reasoning_text": {
            "type": "reasoning",
            "summary": [],
            "encrypted_content": "sealed [PERSON_4821]",
            "content": [{"type": "reasoning_text", "text": text}],
        },
        "reasoning_summary": {"type": "reasoning", "summary": [{"type": "summary_text", "text": text}]},
        "function_call": {"type": "function_call", "call_id": f"call_{number}", "name": "look_up", "arguments": text},
        "mcp_call": {"type": "mcp_call", "name": "look_up", "server_label": "books", "arguments": text},
        "custom_tool_call": {"type": "custom_tool_call", "call_id": f"call_{number}", "name": "run", "input": text},
        "code_interpreter_call": {
            "type": "code_interpreter_call",
            "container_id": "cntr_1",
            "code": text,
            "outputs": [],
        },
        "shell_call": {
            "type": "shell_call",
            "call_id": f"call_{number}",
            "action": {"commands": [text], "max_output_length": None, "timeout_ms": None},
        },
    }
    return {"id": id, "status": "completed", **made[family]}


def response(items: Sequence[Data], id: str = "resp_fake_1", **more: Any) -> Data:
    """A response that is complete."""
    return {
        "id": id,
        "object": "response",
        "created_at": 1_700_000_000,
        "status": "completed",
        "model": "gpt-fake",
        "output": list(items),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        **more,
    }


def _place(family: str, number: int) -> Data:
    name = FAMILIES[family][2]
    place: Data = {"output_index": number, **({name: 0} if name else {})}
    return place if family == "shell_call" else {"item_id": f"item_{number}", **place}


def _opening(family: str, number: int) -> list[Data]:
    added = {**item(family, number, ""), "status": "in_progress"}
    if family in ("message", "refusal"):
        (part,) = added.pop("content")
        added["content"] = []
        place = _place(family, number)
        tail: list[Data] = [{"type": "response.content_part.added", **place, "part": part}]
    else:
        tail = []
    return [{"type": "response.output_item.added", "output_index": number, "item": added}, *tail]


def _closing(family: str, number: int, text: str) -> list[Data]:
    name, key, _ = FAMILIES[family]
    done: Data = {"type": f"response.{name}.done", **_place(family, number), key: text}
    if family == "function_call":
        done["name"] = "look_up"
    finished = item(family, number, text)
    events = [done]
    if family in ("message", "refusal"):
        place = _place(family, number)
        events.append({"type": "response.content_part.done", **place, "part": finished["content"][0]})
    return [*events, {"type": "response.output_item.done", "output_index": number, "item": finished}]


def events(said: Iterable[tuple[str, str]], size: int = 4, id: str = "resp_fake_1", **more: Any) -> list[Data | str]:
    """The events of a response with an item of each family in `said`, their deltas in turns."""
    said = list(said)
    empty = response([], id, **more) | {"status": "in_progress"}
    made: list[Data] = [{"type": "response.created", "response": empty}]
    for number, (family, _) in enumerate(said):
        made += _opening(family, number)
    for row in itertools.zip_longest(*(pieces(text, size) for _, text in said)):
        for number, piece in enumerate(row):
            if piece is not None:
                family = said[number][0]
                kind = f"response.{FAMILIES[family][0]}.delta"
                made.append({"type": kind, **_place(family, number), "delta": piece})
                if family == "message":
                    made[-1]["logprobs"] = []
    for number, (family, text) in enumerate(said):
        made += _closing(family, number, text)
    items = [item(family, number, text) for number, (family, text) in enumerate(said)]
    made.append({"type": "response.completed", "response": response(items, id, **more)})
    return [{**event, "sequence_number": number} for number, event in enumerate(made)]


def run_events(text: str, arguments: str, size: int = 4) -> bytes:
    """The stream of an assistant's run: a message, a step with a tool call, and the end."""
    run: Data = {"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "assistant_id": "asst_1"}
    message: Data = {"id": "msg_1", "object": "thread.message", "role": "assistant", "thread_id": "thread_1"}
    step: Data = {"id": "step_1", "object": "thread.run.step", "type": "tool_calls", "run_id": "run_1"}
    call: Data = {"index": 0, "type": "function", "id": "call_1", "function": {"name": "f", "arguments": ""}}

    def content(text: str) -> Data:
        return {"content": [{"index": 0, "type": "text", "text": {"value": text, "annotations": []}}]}

    def details(call: Data) -> Data:
        return {"step_details": {"type": "tool_calls", "tool_calls": [call]}}

    finished = {**call, "function": {"name": "f", "arguments": arguments, "output": None}}
    whole = [{"type": "text", "text": {"value": text, "annotations": []}}]
    made: list[tuple[str, Data]] = [
        ("thread.run.created", {**run, "status": "queued"}),
        ("thread.run.in_progress", {**run, "status": "in_progress"}),
        ("thread.message.created", {**message, "status": "in_progress", "content": []}),
        *(
            ("thread.message.delta", {"id": "msg_1", "object": "thread.message.delta", "delta": content(piece)})
            for piece in pieces(text, size)
        ),
        ("thread.message.completed", {**message, "status": "completed", "content": whole}),
        ("thread.run.step.created", {**step, "status": "in_progress", **details(call)}),
        *(
            (
                "thread.run.step.delta",
                {
                    "id": "step_1",
                    "object": "thread.run.step.delta",
                    "delta": details({"index": 0, "type": "function", "function": {"arguments": piece}}),
                },
            )
            for piece in pieces(arguments, size)
        ),
        ("thread.run.step.completed", {**step, "status": "completed", **details(finished)}),
        ("thread.run.completed", {**run, "status": "completed"}),
    ]
    lines = [f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in made]
    return "".join([*lines, "event: done\ndata: [DONE]\n\n"]).encode()
