"""The official Anthropic client, given nothing but a base URL."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anthropic
import pytest
from anthropic.types import MessageParam, ToolParam

from tests import answers
from tests.e2e.conftest import AWKWARD, BROKEN_LINE, EMAIL, NAME, PHONE, PROSE, Running, hidden, restored
from tests.fakes import PLACEHOLDER, FakeUpstream, Received, Reply

ASKED: list[MessageParam] = [{"role": "user", "content": PROSE}]
LOOKUP: ToolParam = {
    "name": "look_up",
    "description": f"Finds a customer, for instance {NAME}.",
    "input_schema": {
        "type": "object",
        "properties": {"email": {"type": "string", "description": f"Such as {EMAIL}."}},
        "required": ["email"],
    },
}


def _asked(received: Received) -> str:
    content: str = received.json()["messages"][-1]["content"]
    return content


def _restored(received: Received) -> str:
    return restored(answers.said(received), hidden(PROSE, _asked(received)))


async def test_an_answer_comes_back_with_the_values(claude: anthropic.AsyncAnthropic, upstream: FakeUpstream) -> None:
    answer = await claude.messages.create(model="claude-fake", max_tokens=9, messages=ASKED)
    assert answer.content[0].type == "text" and answer.content[0].text == _restored(upstream.only)
    assert answer.id == "msg_fake" and answer.stop_reason == "end_turn"


@pytest.mark.parametrize("size", [1, 3, 400])
async def test_a_stream_comes_back_with_the_values(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, size: int
) -> None:
    upstream.answer = lambda r: answers.stream(answers.encode(answers.message_events(answers.said(r), size=size)))
    async with claude.messages.stream(model="claude-fake", max_tokens=9, messages=ASKED) as stream:
        text = "".join([piece async for piece in stream.text_stream])
        final = await stream.get_final_message()
    assert final.content[0].type == "text"
    assert text == final.content[0].text == _restored(upstream.only)


async def test_the_blocking_client_works_too(running: Running, key: str, upstream: FakeUpstream) -> None:
    def talk() -> tuple[str, str]:
        with anthropic.Anthropic(base_url=running.origin, api_key=key) as client:
            whole = client.messages.create(model="claude-fake", max_tokens=9, messages=ASKED)
            with client.messages.stream(model="claude-fake", max_tokens=9, messages=ASKED) as stream:
                streamed = stream.get_final_text()
        assert whole.content[0].type == "text"
        return whole.content[0].text, streamed

    whole, streamed = await asyncio.to_thread(talk)
    assert whole == streamed == _restored(upstream.last)


@pytest.mark.parametrize("system", ["string", "blocks"])
async def test_system_prompts_are_redacted(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, system: str
) -> None:
    text = f"You answer for {BROKEN_LINE}; mail {EMAIL}."
    blocks: Any = [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]
    await claude.messages.create(
        model="claude-fake", max_tokens=9, messages=ASKED, system=text if system == "string" else blocks
    )
    sent = upstream.only.json()["system"]
    if system == "blocks":
        assert sent[0]["cache_control"] == {"type": "ephemeral"}
        sent = sent[0]["text"]
    assert list(hidden(text, sent).values()) == [BROKEN_LINE, EMAIL]


async def test_blocks_of_every_kind_are_redacted(claude: anthropic.AsyncAnthropic, upstream: FakeUpstream) -> None:
    picture = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
    thinking = {"type": "thinking", "thinking": "Who might [PERSON_4821] be?", "signature": "c2lnbmF0dXJl"}
    messages: Any = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": f"I am {NAME}."},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": picture}},
                {
                    "type": "document",
                    "title": f"About {NAME}",
                    "source": {"type": "text", "media_type": "text/plain", "data": f"{NAME}, {PHONE}"},
                },
            ],
        },
        {
            "role": "assistant",
            "content": [thinking, {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"email": EMAIL}}],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": PROSE}]},
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": f"Found {NAME}"},
                {"type": "kind_of_tomorrow", "payload": {"someone": [NAME, PHONE]}},
            ],
        },
    ]
    await claude.messages.create(
        model="claude-fake", max_tokens=9, messages=messages, tools=[LOOKUP], metadata={"user_id": EMAIL}
    )
    sent = upstream.only.json()
    first, second, third = sent["messages"]
    assert first["content"][1] == messages[0]["content"][1]
    assert second["content"][0] == thinking
    assert {**second["content"][1], "input": None} == {**messages[1]["content"][1], "input": None}
    assert third["content"][2]["type"] == "kind_of_tomorrow"
    assert sent["tools"][0]["name"] == "look_up" and sent["tools"][0]["input_schema"]["required"] == ["email"]
    assert PLACEHOLDER.fullmatch(sent["metadata"]["user_id"])


async def test_tool_use_comes_back_as_json_with_awkward_values(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    def answer(received: Received) -> Reply:
        told = PLACEHOLDER.findall(_asked(received))
        inputs = {f"field {at}": f"<{token}>" for at, token in enumerate(told)}
        blocks: list[str | answers.Data] = [
            f"I look up {told[0]}",
            answers.tool_use("toolu_1", "look_up", inputs),
            answers.tool_use("toolu_2", "run", {"payload": json.dumps(inputs)}),
        ]
        if received.json().get("stream"):
            return answers.stream(answers.encode(answers.message_events(*blocks, size=3)))
        return answers.body(answers.message(*blocks))

    upstream.answer = answer
    asked: list[MessageParam] = [{"role": "user", "content": f"First: {AWKWARD}. Then: {BROKEN_LINE}; then {EMAIL}."}]
    whole = await claude.messages.create(model="claude-fake", max_tokens=9, messages=asked, tools=[LOOKUP])
    async with claude.messages.stream(model="claude-fake", max_tokens=9, messages=asked, tools=[LOOKUP]) as stream:
        streamed = await stream.get_final_message()
    for answered in (whole, streamed):
        text, first, second = answered.content
        assert text.type == "text" and text.text == f"I look up {AWKWARD}"
        assert first.type == second.type == "tool_use"
        expected = {f"field {at}": f"<{value}>" for at, value in enumerate((AWKWARD, BROKEN_LINE, EMAIL))}
        assert (first.id, first.name, first.input) == ("toolu_1", "look_up", expected)
        payload: Any = second.input
        assert json.loads(payload["payload"]) == expected


async def test_signed_thinking_is_readable_and_goes_back_as_it_was_signed(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    signed: list[str] = []

    def answer(received: Received) -> Reply:
        thought = f"About {received.placeholders[0]}"
        signed.append(thought)
        thinking = {"type": "thinking", "thinking": thought, "signature": "c2lnbmF0dXJl"}
        return answers.stream(answers.encode(answers.message_events(thinking, f"Hello {received.placeholders[0]}")))

    upstream.answer = answer
    async with claude.messages.stream(model="claude-fake", max_tokens=9, messages=ASKED) as stream:
        final = await stream.get_final_message()
    thinking, text = final.content
    assert thinking.type == "thinking" and text.type == "text"
    assert (thinking.thinking, thinking.signature) == (f"About {NAME}", "c2lnbmF0dXJl")
    assert text.text == f"Hello {NAME}"
    again: Any = [*ASKED, {"role": "assistant", "content": final.content}, {"role": "user", "content": "Go on."}]
    async with claude.messages.stream(model="claude-fake", max_tokens=9, messages=again) as stream:
        await stream.get_final_message()
    sent = upstream.last.json()["messages"][1]["content"][0]
    assert (sent["thinking"], sent["signature"]) == (signed[0], "c2lnbmF0dXJl")


async def test_tokens_are_counted_on_the_redacted_body(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    upstream.answer = lambda _: answers.body({"input_tokens": 42})
    counted = await claude.messages.count_tokens(model="claude-fake", messages=ASKED)
    assert counted.input_tokens == 42
    assert upstream.only.target == "/v1/messages/count_tokens" and len(upstream.only.placeholders) == 5


async def test_models_are_listed(claude: anthropic.AsyncAnthropic, upstream: FakeUpstream) -> None:
    model = {"type": "model", "id": "claude-fake", "display_name": "Fake", "created_at": "2026-01-01T00:00:00Z"}
    listed = {"data": [model], "has_more": False, "first_id": "claude-fake", "last_id": "claude-fake"}
    upstream.answer = lambda _: answers.body(listed)
    assert [one.id async for one in await claude.models.list(limit=3)] == ["claude-fake"]
    assert (upstream.only.method, upstream.only.target) == ("GET", "/v1/models?limit=3")
    assert upstream.only.header("anthropic-version")


async def test_an_error_keeps_status_headers_and_shape_and_is_restored(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    def answer(received: Received) -> Reply:
        error = {"type": "invalid_request_error", "message": f"No such customer: {received.placeholders[0]}"}
        whole = {"type": "error", "error": error, "request_id": "req_fake"}
        return answers.body(whole, 400, [("request-id", "req_fake")])

    upstream.answer = answer
    with pytest.raises(anthropic.BadRequestError) as failure:
        await claude.messages.create(model="claude-fake", max_tokens=9, messages=ASKED)
    body: Any = failure.value.body
    assert body["error"]["message"] == f"No such customer: {NAME}"
    assert failure.value.request_id == "req_fake"


async def test_an_error_inside_a_stream_is_restored_and_held_text_comes_before_it(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    def answer(received: Received) -> Reply:
        start = answers.message_events(f"For {received.placeholders[0]}")[:-3]
        error = {"type": "overloaded_error", "message": f"Lost {received.placeholders[1]}"}
        return answers.stream(answers.encode([*start, {"type": "error", "error": error}]))

    upstream.answer = answer
    stream = await claude.messages.create(model="claude-fake", max_tokens=9, messages=ASKED, stream=True)
    text: list[str] = []

    async def read() -> None:
        async for event in stream:
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                text.append(event.delta.text)

    with pytest.raises(anthropic.APIStatusError, match=f"Lost {EMAIL}"):
        await read()
    assert "".join(text) == f"For {NAME}"


@pytest.mark.usefixtures("strict")
async def test_a_refusal_is_not_tried_again(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, running: Running
) -> None:
    with pytest.raises(anthropic.PermissionDeniedError, match="nothing was sent"):
        await claude.post("/v1/tomorrow", cast_to=object, body={"input": ASKED})
    assert not upstream.received
    assert len(running.app.exchanges) == 1


async def test_fields_nobody_has_declared_are_text(claude: anthropic.AsyncAnthropic, upstream: FakeUpstream) -> None:
    await claude.messages.create(
        model="claude-fake",
        max_tokens=9,
        messages=ASKED,
        stop_sequences=[NAME],
        extra_body={"tomorrow": {"people": [{"whoever": f"{NAME}, {PHONE}"}], "limit": 3, "none": None}},
        extra_query={"beta": "true"},
        extra_headers={"anthropic-beta": "fake-2026-01-01"},
    )
    sent = upstream.only.json()
    assert sent["tomorrow"]["limit"] == 3 and sent["tomorrow"]["none"] is None
    assert sent["stop_sequences"][0] in upstream.only.placeholders
    assert upstream.only.target == "/v1/messages?beta=true"
    assert upstream.only.header("anthropic-beta") == "fake-2026-01-01"
