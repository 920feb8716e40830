"""Values that are keys of objects: in what a tool returned, in its arguments, in the body itself."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from app.proxy.sse import Decoder
from tests import answers
from tests.e2e.conftest import CARD, EMAIL, NAME, Running
from tests.e2e.dialects import BOTH, CLAUDE, Dialect
from tests.fakes import FakeUpstream, Received, Reply

TABLE = {EMAIL: {"role": "admin"}, NAME: [1, 2], CARD: None, "max_tokens": "x", "Full name": "of whom"}


def _uses(received: Received, streaming: bool) -> Reply:
    """A tool is called with the placeholders that were sent, as keys."""
    given = dict.fromkeys(received.placeholders, "admin")
    block = {"type": "tool_use", "id": "toolu_1", "name": "grant", "input": given}
    whole = {**answers.message(""), "content": [block], "stop_reason": "tool_use"}
    if not streaming:
        return answers.body(whole)
    said = json.dumps(given)
    delta = [{"type": "input_json_delta", "partial_json": said[at : at + 3]} for at in range(0, len(said), 3)]
    events: list[answers.Data | str] = [
        {"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {**block, "input": {}}},
        *({"type": "content_block_delta", "index": 0, "delta": one} for one in delta),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_stop"},
    ]
    return answers.stream(answers.encode(events))


def _input(wire: bytes, streaming: bool) -> Any:
    """What the tool was called with."""
    if not streaming:
        return json.loads(wire)["content"][0]["input"]
    decoder = Decoder()
    events = [json.loads(event.data or "{}") for event in decoder.feed(wire) + decoder.flush()]
    return json.loads("".join(event.get("delta", {}).get("partial_json", "") for event in events))


@pytest.mark.parametrize("dialect", BOTH, ids=str)
async def test_keys_in_a_text_are_hidden_and_come_back(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = answers.echo
    async with http.post(running.origin + dialect.path, json=dialect.body(json.dumps(TABLE))) as got:
        text = dialect.text(await got.read())
    (received,) = upstream.received
    for value in (EMAIL, NAME, CARD):
        assert value.encode() not in received.body and value in text
    for name in (b"max_tokens", b"Full name", b"of whom"):
        assert name in received.body


@pytest.mark.parametrize("streaming", [False, True])
async def test_keys_of_a_tools_input_go_back_as_they_came(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, streaming: bool
) -> None:
    upstream.answer = lambda received: _uses(received, streaming)
    asked = {"role": "user", "content": json.dumps({EMAIL: 1})}
    body = {"model": "fake", "max_tokens": 9, "stream": streaming, "messages": [asked]}
    async with http.post(running.origin + CLAUDE.path, json=body) as got:
        wire = await got.read()
    assert _input(wire, streaming) == {EMAIL: "admin"}
    (first,) = upstream.received
    (placeholder,) = first.placeholders
    used = {"type": "tool_use", "id": "toolu_1", "name": "grant", "input": {EMAIL: "admin"}}
    done = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}
    talk = [asked, {"role": "assistant", "content": [used]}, {"role": "user", "content": [done]}]
    async with http.post(running.origin + CLAUDE.path, json={**body, "messages": talk}) as got:
        assert got.status == 200
    second = upstream.received[-1].json()
    assert second["messages"][1]["content"][0]["input"] == {placeholder: "admin"}
    assert second["messages"][0] == first.json()["messages"][0]
