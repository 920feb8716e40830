"""What providers answer, in both dialects: bodies, streams of events, and errors."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Iterable, Sequence
from typing import Any

from tests.fakes import Received, Reply

SSE = (("Content-Type", "text/event-stream; charset=utf-8"), ("Cache-Control", "no-cache"))
Data = dict[str, Any]
#: One tool call: its id, the tool's name and the arguments as JSON.
Call = tuple[str, str, str]


def pieces(text: str, size: int) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def is_anthropic(received: Received) -> bool:
    return received.target.partition("?")[0].endswith("/messages")


# -- chat completions


_CHAT = {"id": "chatcmpl-fake", "created": 1_700_000_000, "model": "gpt-fake", "system_fingerprint": "fp_fake"}


def chat(*texts: str | None, calls: Sequence[Call] = ()) -> Data:
    """A completion with one choice for each of `texts`."""
    choices = []
    for index, text in enumerate(texts):
        message: Data = {"role": "assistant", "content": text, "refusal": None}
        if calls:
            message["tool_calls"] = [
                {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}
                for id, name, arguments in calls
            ]
        choices.append({"index": index, "message": message, "finish_reason": "tool_calls" if calls else "stop"})
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {**_CHAT, "object": "chat.completion", "choices": choices, "usage": usage}


def chunk(index: int, delta: Data, finish: str | None = None) -> Data:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {**_CHAT, "object": "chat.completion.chunk", "choices": [choice]}


def chat_events(*texts: str, size: int = 4, finish_with_text: bool = False, done: bool = True) -> list[Data | str]:
    """A stream of one choice for each of `texts`, their pieces in turns."""
    chunks = [chunk(index, {"role": "assistant", "content": ""}) for index in range(len(texts))]
    cut = [pieces(text, size) for text in texts]
    for row in itertools.zip_longest(*cut):
        chunks += [chunk(index, {"content": piece}) for index, piece in enumerate(row) if piece is not None]
    for index in range(len(texts)):
        if finish_with_text:
            last = next(one for one in reversed(chunks) if one["choices"][0]["index"] == index)
            last["choices"][0]["finish_reason"] = "stop"
        else:
            chunks.append(chunk(index, {}, "stop"))
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    chunks.append({**_CHAT, "object": "chat.completion.chunk", "choices": [], "usage": usage})
    return [*chunks, "[DONE]"] if done else [*chunks]


def chat_tool_events(calls: Sequence[Call], size: int = 3, text: str = "") -> list[Data | str]:
    """A stream of tool calls whose arguments come in turns, several of them in one chunk."""
    events: list[Data | str] = [chunk(0, {"role": "assistant", "content": text or None})]
    heads = [
        {"index": at, "id": id, "type": "function", "function": {"name": name, "arguments": ""}}
        for at, (id, name, _) in enumerate(calls)
    ]
    events += [chunk(0, {"tool_calls": [head]}) for head in heads]
    for row in itertools.zip_longest(*(pieces(arguments, size) for _, _, arguments in calls)):
        deltas = [{"index": at, "function": {"arguments": piece}} for at, piece in enumerate(row) if piece is not None]
        events.append(chunk(0, {"tool_calls": deltas}))
    return [*events, chunk(0, {}, "tool_calls"), "[DONE]"]


# -- messages


def _message(blocks: list[Data], stop: str | None) -> Data:
    return {
        "id": "msg_fake",
        "type": "message",
        "role": "assistant",
        "model": "claude-fake",
        "content": blocks,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {"input_tokens": 1, "output_tokens": 1},
    }


def message(*blocks: str | Data) -> Data:
    """A message of `blocks`; a string is a text block."""
    made = [{"type": "text", "text": block} if isinstance(block, str) else block for block in blocks]
    return _message(made, "tool_use" if any(block["type"] == "tool_use" for block in made) else "end_turn")


def tool_use(id: str, name: str, input: Data) -> Data:
    return {"type": "tool_use", "id": id, "name": name, "input": input}


def message_events(*blocks: str | Data, size: int = 4, ensure_ascii: bool = False) -> list[Data | str]:
    """The stream of `message(*blocks)`, with a ping in each block."""
    whole = message(*blocks)
    events: list[Data | str] = [{"type": "message_start", "message": _message([], None)}]
    for index, block in enumerate(whole["content"]):
        if block["type"] == "text":
            start, key, kind, text = {**block, "text": ""}, "text", "text_delta", block["text"]
        elif block["type"] == "thinking":
            start, key, kind = {**block, "thinking": "", "signature": ""}, "thinking", "thinking_delta"
            text = block["thinking"]
        else:
            start, key, kind = {**block, "input": {}}, "partial_json", "input_json_delta"
            text = json.dumps(block["input"], ensure_ascii=ensure_ascii)
        events += [{"type": "content_block_start", "index": index, "content_block": start}, {"type": "ping"}]
        events += [
            {"type": "content_block_delta", "index": index, "delta": {"type": kind, key: piece}}
            for piece in pieces(text, size)
        ]
        if block["type"] == "thinking":
            delta = {"type": "signature_delta", "signature": block["signature"]}
            events.append({"type": "content_block_delta", "index": index, "delta": delta})
        events.append({"type": "content_block_stop", "index": index})
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    events.append({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 1}})
    return [*events, {"type": "message_stop"}]


# -- responses


def response_events(whole: Data, size: int = 4) -> list[Data | str]:
    """The stream of a response: every text of its output in pieces, then as a whole, then once more in its item."""
    events: list[Data | str] = []

    def add(kind: str, **more: Any) -> None:
        events.append({"type": f"response.{kind}", "sequence_number": len(events), **more})

    def say(kind: str, key: str, text: str, **where: Any) -> None:
        for piece in pieces(text, size):
            add(f"{kind}.delta", **where, delta=piece)
        add(f"{kind}.done", **where, **{key: text})

    begun = {**whole, "status": "in_progress", "output": []}
    add("created", response=begun)
    for at, item in enumerate(whole["output"]):
        where = {"item_id": item["id"], "output_index": at}
        add("output_item.added", output_index=at, item=_begun_item(item))
        if item["type"] == "reasoning":
            for number, part in enumerate(item["summary"]):
                add("reasoning_summary_part.added", **where, summary_index=number, part={**part, "text": ""})
                say("reasoning_summary_text", "text", part["text"], **where, summary_index=number)
                add("reasoning_summary_part.done", **where, summary_index=number, part=part)
        elif item["type"] == "message":
            for number, part in enumerate(item["content"]):
                add("content_part.added", **where, content_index=number, part={**part, "text": ""})
                say("output_text", "text", part["text"], **where, content_index=number, logprobs=[])
                add("content_part.done", **where, content_index=number, part=part)
        elif item["type"] == "function_call":
            say("function_call_arguments", "arguments", item["arguments"], **where)
        elif item["type"] == "custom_tool_call":
            say("custom_tool_call_input", "input", item["input"], **where)
        add("output_item.done", output_index=at, item=item)
    add("completed", response=whole)
    return events


_EMPTY: Data = {"summary": [], "content": [], "arguments": "", "input": ""}


def _begun_item(item: Data) -> Data:
    return {key: _EMPTY.get(key, value) for key, value in item.items() if key != "encrypted_content"}


# -- on the wire


def encode(
    events: Iterable[Data | str], newline: str = "\n", comments: bool = False, ensure_ascii: bool = True
) -> bytes:
    """Server-sent events; those of Anthropic carry their type as a name."""
    lines: list[str] = []
    for event in events:
        if comments:
            lines += [": still thinking", ""]
        if isinstance(event, dict) and "type" in event:
            lines.append(f"event: {event['type']}")
        lines += [f"data: {event if isinstance(event, str) else json.dumps(event, ensure_ascii=ensure_ascii)}", ""]
    return "".join(line + newline for line in lines).encode()


def body(data: Data, status: int = 200, headers: Sequence[tuple[str, str]] = ()) -> Reply:
    """A JSON answer."""
    return Reply(status, (("Content-Type", "application/json"), *headers), [json.dumps(data).encode()])


def stream(wire: bytes, cut: int = 0, headers: Sequence[tuple[str, str]] = SSE) -> Reply:
    """A streamed answer, `cut` bytes to a write (0: an event to a write)."""
    if cut:
        parts = [wire[at : at + cut] for at in range(0, len(wire), cut)]
    else:
        parts = [part + b"\n\n" for part in wire.split(b"\n\n") if part]
    return Reply(200, headers, parts, "chunked")


def halting(events: Sequence[Data | str], gate: asyncio.Event, after: int) -> Reply:
    """A stream that stops after so many events until `gate` is set."""
    encoded = [encode([event]) for event in events]
    return Reply(200, SSE, [*encoded[:after], gate, *encoded[after:]], "chunked")


def said(received: Received) -> str:
    """A text with every placeholder of the request in it."""
    return f"Noted: {', '.join(received.placeholders) or 'nothing'}. Dear {' and '.join(received.placeholders)}!"


def echo(received: Received) -> Reply:
    """Says which placeholders it was sent, in the dialect and the way it was asked."""
    text = said(received)
    streams = received.body.startswith(b"{") and received.json().get("stream") is True
    if is_anthropic(received):
        return stream(encode(message_events(text))) if streams else body(message(text))
    return stream(encode(chat_events(text))) if streams else body(chat(text))
