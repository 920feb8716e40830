"""The official OpenAI client, given nothing but a base URL."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from tests import answers
from tests.e2e.conftest import (
    AWKWARD,
    BROKEN_LINE,
    CARD,
    EMAIL,
    NAME,
    OWN_STAND_IN,
    OWN_WORD,
    PHONE,
    PROSE,
    Running,
    hidden,
    restored,
)
from tests.fakes import PLACEHOLDER, FakeUpstream, Received, Reply

ASKED: list[ChatCompletionMessageParam] = [{"role": "user", "content": PROSE}]
LOOKUP: Any = {
    "type": "function",
    "function": {
        "name": "look_up",
        "description": f"Finds a customer, for instance {NAME}.",
        "parameters": {
            "type": "object",
            "properties": {"email": {"type": "string", "description": f"Such as {EMAIL}."}},
            "required": ["email"],
        },
    },
}


async def test_an_answer_comes_back_with_the_values(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    answer = await gpt.chat.completions.create(model="gpt-fake", messages=ASKED)
    assert len(upstream.only.placeholders) == 5
    assert answer.choices[0].message.content == _restored(upstream.only)
    assert answer.id == "chatcmpl-fake" and answer.usage is not None and answer.usage.total_tokens == 2


@pytest.mark.parametrize("size", [1, 3, 400])
async def test_a_stream_comes_back_with_the_values(gpt: openai.AsyncOpenAI, upstream: FakeUpstream, size: int) -> None:
    upstream.answer = lambda r: answers.stream(answers.encode(answers.chat_events(answers.said(r), size=size)))
    whole = await gpt.chat.completions.create(model="gpt-fake", messages=ASKED, stream=True)
    chunks = [chunk async for chunk in whole]
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == _restored(upstream.only)
    finishes = [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices]
    assert finishes[-1] == "stop" and finishes.count("stop") == 1
    assert chunks[-1].usage is not None


def _restored(received: Received) -> str:
    """What the fake provider said, with the values for their placeholders."""
    return restored(answers.said(received), hidden(PROSE, received.json()["messages"][-1]["content"]))


async def test_the_helper_for_streams_collects_the_same(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    async with gpt.chat.completions.stream(model="gpt-fake", messages=ASKED) as stream:
        final = await stream.get_final_completion()
    assert final.choices[0].message.content == _restored(upstream.only)


async def test_the_blocking_client_works_too(running: Running, key: str, upstream: FakeUpstream) -> None:
    def talk() -> tuple[str, str]:
        with openai.OpenAI(base_url=running.app.base_url, api_key=key) as client:
            whole = client.chat.completions.create(model="gpt-fake", messages=ASKED)
            stream = client.chat.completions.create(model="gpt-fake", messages=ASKED, stream=True)
            text = "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)
            return whole.choices[0].message.content or "", text

    whole, streamed = await asyncio.to_thread(talk)
    assert whole == streamed == _restored(upstream.last)


async def test_every_role_and_form_of_message_is_redacted(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    messages: list[ChatCompletionMessageParam] = [
        {"role": "system", "content": f"You work for {BROKEN_LINE}."},
        {"role": "developer", "content": [{"type": "text", "text": f"Never mention {OWN_WORD}."}]},
        {"role": "user", "content": [{"type": "text", "text": f"I am {NAME}."}, {"type": "text", "text": EMAIL}]},
        {"role": "assistant", "content": f"Hello {NAME}, is it still {PHONE}?"},
        {"role": "user", "content": f"Yes, and the card is {CARD}."},
    ]
    await gpt.chat.completions.create(model="gpt-fake", messages=messages)
    sent = upstream.only.json()["messages"]
    assert [message["role"] for message in sent] == [message["role"] for message in messages]
    assert sent[1]["content"][0]["text"] == f"Never mention {OWN_STAND_IN}."
    person = sent[2]["content"][0]["text"].removeprefix("I am ").removesuffix(".")
    assert sent[3]["content"].startswith(f"Hello {person}, ")


async def test_tool_calls_come_back_as_json_with_awkward_values(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    def answer(received: Received) -> Reply:
        told = PLACEHOLDER.findall(received.json()["messages"][-1]["content"])
        arguments = {f"field {at}": f"<{token}>" for at, token in enumerate(told)}
        nested = {"payload": json.dumps(arguments)}
        calls = [("call_1", "look_up", json.dumps(arguments)), ("call_2", "run", json.dumps(nested))]
        if received.json().get("stream"):
            return answers.stream(answers.encode(answers.chat_tool_events(calls)))
        return answers.body(answers.chat(None, calls=calls))

    upstream.answer = answer
    asked: list[ChatCompletionMessageParam] = [
        {"role": "user", "content": f"First: {AWKWARD}. Then: {BROKEN_LINE}; then {EMAIL}."}
    ]
    expected = [f"<{value}>" for value in (AWKWARD, BROKEN_LINE, EMAIL)]
    whole = await gpt.chat.completions.create(model="gpt-fake", messages=asked, tools=[LOOKUP])
    calls = whole.choices[0].message.tool_calls or []
    got = [call.function.arguments for call in calls if call.type == "function"]
    assert list(json.loads(got[0]).values()) == expected

    collected = {0: "", 1: ""}
    names: dict[int, str] = {}
    async for chunk in await gpt.chat.completions.create(model="gpt-fake", messages=asked, tools=[LOOKUP], stream=True):
        for delta in chunk.choices[0].delta.tool_calls or []:
            assert delta.function is not None
            collected[delta.index] += delta.function.arguments or ""
            names[delta.index] = names.get(delta.index, "") + (delta.function.name or "")
    assert list(collected.values()) == got
    assert names == {0: "look_up", 1: "run"}
    # The second holds JSON in JSON; it must still be JSON all the way down.
    assert list(json.loads(json.loads(collected[1])["payload"]).values()) == expected


async def test_json_in_a_command_in_a_tool_call_stays_json(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    def answer(received: Received) -> Reply:
        command = "curl -d " + json.dumps(json.dumps({"who": received.placeholders[0]}))
        return answers.body(answers.chat(None, calls=[("call_1", "run", json.dumps({"command": command}))]))

    upstream.answer = answer
    whole = await gpt.chat.completions.create(model="gpt-fake", messages=[{"role": "user", "content": AWKWARD}])
    (call,) = whole.choices[0].message.tool_calls or []
    assert call.type == "function"
    inner = json.loads(json.loads(call.function.arguments)["command"].removeprefix("curl -d "))
    assert json.loads(inner) == {"who": AWKWARD}


async def test_tools_their_calls_and_results_are_redacted(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    arguments = json.dumps({"email": EMAIL, "note": {"who": [NAME, AWKWARD]}})
    messages: list[ChatCompletionMessageParam] = [
        {"role": "user", "content": "Who is that?"},
        {
            "role": "assistant",
            "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look_up", "arguments": arguments}}
            ],
        },
        {"role": "tool", "tool_call_id": "call_1", "content": json.dumps({"name": NAME, "phone": PHONE})},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": f"{NAME}, {PHONE}"}]},
    ]
    await gpt.chat.completions.create(model="gpt-fake", messages=messages, tools=[LOOKUP])
    sent = upstream.only.json()
    call = sent["messages"][1]["tool_calls"][0]
    assert (call["id"], call["function"]["name"]) == ("call_1", "look_up")
    assert set(json.loads(call["function"]["arguments"])) == {"email", "note"}
    assert set(json.loads(sent["messages"][2]["content"])) == {"name", "phone"}
    assert sent["messages"][2]["tool_call_id"] == "call_1"
    function = sent["tools"][0]["function"]
    assert function["name"] == "look_up" and function["parameters"]["required"] == ["email"]
    assert function["parameters"]["properties"]["email"]["type"] == "string"


async def test_fields_nobody_has_declared_are_text(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    await gpt.chat.completions.create(
        model="gpt-fake",
        messages=ASKED,
        user=EMAIL,
        metadata={"customer": NAME},
        stop=[NAME],
        extra_body={"tomorrow": {"people": [{"whoever": f"{NAME}, {PHONE}"}], "limit": 3, "none": None}},
    )
    sent = upstream.only.json()
    assert sent["tomorrow"]["limit"] == 3 and sent["tomorrow"]["none"] is None
    assert sent["metadata"]["customer"] == sent["stop"][0] == upstream.only.placeholders[0]


async def test_several_choices_do_not_mix(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    def answer(received: Received) -> Reply:
        first, second, *_ = received.placeholders
        return answers.stream(answers.encode(answers.chat_events(f"One: {first}", f"Two: {second} {first}", size=2)))

    upstream.answer = answer
    texts = {0: "", 1: ""}
    async for chunk in await gpt.chat.completions.create(model="gpt-fake", messages=ASKED, n=2, stream=True):
        for choice in chunk.choices:
            texts[choice.index] += choice.delta.content or ""
    assert texts == {0: f"One: {NAME}", 1: f"Two: {EMAIL} {NAME}"}


@pytest.mark.parametrize("done", [True, False], ids=["done", "bare end"])
@pytest.mark.parametrize("finish_with_text", [True, False], ids=["finish with text", "finish alone"])
async def test_held_text_is_there_however_the_stream_ends(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream, done: bool, finish_with_text: bool
) -> None:
    def answer(received: Received) -> Reply:
        events = answers.chat_events(f"It is {received.placeholders[0]}", finish_with_text=finish_with_text, done=done)
        return answers.stream(answers.encode(events))

    upstream.answer = answer
    text, after_finish = "", ""
    finished = False
    async for chunk in await gpt.chat.completions.create(model="gpt-fake", messages=ASKED, stream=True):
        for choice in chunk.choices:
            text += choice.delta.content or ""
            after_finish += (choice.delta.content or "") if finished else ""
            finished = finished or choice.finish_reason is not None
    assert (text, after_finish) == (f"It is {NAME}", "")


async def test_models_are_listed(gpt: openai.AsyncOpenAI, upstream: FakeUpstream, key: str) -> None:
    listed = {"object": "list", "data": [{"id": "gpt-fake", "object": "model", "created": 0, "owned_by": "fake"}]}
    upstream.answer = lambda _: answers.body(listed)
    assert [model.id async for model in await gpt.models.list()] == ["gpt-fake"]
    assert (upstream.only.method, upstream.only.target) == ("GET", "/v1/models")
    assert upstream.only.header("Authorization") == f"Bearer {key}"


async def test_an_error_keeps_status_headers_and_shape_and_is_restored(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    def answer(received: Received) -> Reply:
        message = f"No such customer: {received.placeholders[0]}"
        error = {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": "nope"}}
        return answers.body(error, 400, [("x-request-id", "req_fake")])

    upstream.answer = answer
    with pytest.raises(openai.BadRequestError) as failure:
        await gpt.chat.completions.create(model="gpt-fake", messages=ASKED)
    body: Any = failure.value.body
    assert body["message"] == f"No such customer: {NAME}" and failure.value.code == "nope"
    assert failure.value.request_id == "req_fake"


async def test_an_error_inside_a_stream_is_restored_and_held_text_comes_before_it(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    def answer(received: Received) -> Reply:
        start = answers.chat_events(f"For {received.placeholders[0]}")[:-3]
        error = {"error": {"message": f"Lost {received.placeholders[1]}", "type": "server_error", "code": "x"}}
        return answers.stream(answers.encode([*start, error]))

    upstream.answer = answer
    stream = await gpt.chat.completions.create(model="gpt-fake", messages=ASKED, stream=True)
    text: list[str] = []

    async def read() -> None:
        async for chunk in stream:
            text.append(chunk.choices[0].delta.content or "")

    with pytest.raises(openai.APIError, match=f"Lost {EMAIL}"):
        await read()
    assert "".join(text) == f"For {NAME}"


@pytest.mark.usefixtures("strict")
async def test_a_refusal_is_not_tried_again(gpt: openai.AsyncOpenAI, upstream: FakeUpstream, running: Running) -> None:
    with pytest.raises(openai.PermissionDeniedError, match="nothing was sent"):
        await gpt.post("/tomorrow", cast_to=object, body={"input": PROSE})
    assert not upstream.received
    assert len(running.app.exchanges) == 1


async def test_structured_output_is_restored_before_it_is_parsed(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    upstream.answer = lambda r: answers.body(
        answers.chat(json.dumps({"who": r.placeholders[0], "firm": r.placeholders[1]}))
    )
    answer = await gpt.chat.completions.create(
        model="gpt-fake",
        messages=[{"role": "user", "content": f"First: {AWKWARD}. Then: {BROKEN_LINE}."}],
        response_format={
            "type": "json_schema",
            "json_schema": {"name": "person", "schema": {"type": "object", "description": f"Like {NAME}"}},
        },
    )
    parsed = json.loads(answer.choices[0].message.content or "")
    assert parsed == {"who": AWKWARD, "firm": BROKEN_LINE}
