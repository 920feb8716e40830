"""OpenAI's Responses, and the rest of its dialect, with the official client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from openai.types.responses import ResponseInputParam
from pydantic import BaseModel

from tests import answers, responses_answers
from tests.e2e.conftest import CARD, EMAIL, NAME, PHONE, PROSE, Running, hidden, launched, restored
from tests.fake_socket import FakeSocket, Peer
from tests.fakes import PLACEHOLDER, FakeUpstream, Received, Reply

TOOL: Any = {
    "type": "function",
    "name": "look_up",
    "description": f"Finds a customer, for instance {NAME}.",
    "parameters": {"type": "object", "properties": {"email": {"type": "string"}}, "required": ["email"]},
    "strict": False,
}


def replies(*said: tuple[str, str], id: str = "resp_fake_1", size: int = 4, **more: Any) -> Any:
    """An answer of items; in their texts, {} stands for what the request hid, {0} for the first of it."""

    def answer(received: Received) -> Reply:
        told = received.placeholders
        made = [
            (family, text.replace("{}", ", ".join(told)).replace("{0}", (told or [""])[0])) for family, text in said
        ]
        if received.body and received.json().get("stream"):
            events = responses_answers.events(made, size, id, **more)
            return answers.stream(answers.encode(events))
        items = [responses_answers.item(family, number, text) for number, (family, text) in enumerate(made)]
        return answers.body(responses_answers.response(items, id, **more))

    return answer


async def test_a_response_comes_back_with_the_values(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    upstream.answer = replies(("message", "Noted: {}."))
    answer = await gpt.responses.create(model="gpt-fake", instructions=f"Serve {NAME}.", input=PROSE)
    sent = upstream.only.json()
    assert not PLACEHOLDER.search(answer.output_text) and answer.id == "resp_fake_1"
    values = hidden(PROSE, sent["input"])
    assert answer.output_text == restored(f"Noted: {', '.join(upstream.only.placeholders)}.", values)
    assert set(values.values()) == {NAME, EMAIL, PHONE, "123 456 782", CARD}


@pytest.mark.parametrize("size", [1, 5, 400])
async def test_a_stream_of_every_kind_of_item_says_the_same_in_deltas_and_whole(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream, size: int
) -> None:
    families = responses_answers.FAMILIES
    texts = {
        family: '{"who": "{0}"}' if family in ("function_call", "mcp_call") else "Dear {0}!" for family in families
    }
    upstream.answer = replies(*texts.items(), size=size)
    joined = dict.fromkeys(range(len(families)), "")
    async with gpt.responses.stream(model="gpt-fake", input=f"I am {NAME}.") as stream:
        async for event in stream:
            if event.type.endswith(".delta"):
                delta: Any = event
                joined[delta.output_index] += delta.delta
        final = await stream.get_final_response()
    assert list(joined.values()) == [text.replace("{0}", NAME) for text in texts.values()]
    assert f"Dear {NAME}!" == final.output_text
    assert not PLACEHOLDER.search(final.model_dump_json(exclude={"output": {2: {"encrypted_content"}}}))


async def test_a_response_is_parsed_with_the_values_in_it(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    class Person(BaseModel):
        name: str
        email: str

    def answer(received: Received) -> Reply:
        name, email = received.placeholders
        return replies(("message", json.dumps({"name": name, "email": email})))(received)  # type: ignore[no-any-return]

    upstream.answer = answer
    parsed = await gpt.responses.parse(model="gpt-fake", input=f"I am {NAME}, {EMAIL}.", text_format=Person)
    assert parsed.output_parsed == Person(name=NAME, email=EMAIL)
    assert upstream.only.json()["text"]["format"]["name"] == "Person"


async def test_tools_are_called_over_two_turns_that_name_the_response_before(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    """All that the second turn sends is a tool's output: only the id says whose values the answer has."""
    upstream.answer = replies(("function_call", '{"email": "{0}"}'), id="resp_call_1")
    first = await gpt.responses.create(model="gpt-fake", input=f"Find {EMAIL}.", tools=[TOOL])
    (call,) = first.output
    assert call.type == "function_call" and json.loads(call.arguments) == {"email": EMAIL}
    token = upstream.last.placeholders[0]
    upstream.answer = replies(("message", f"Found {token}: {{}}."), id="resp_call_2")
    output: ResponseInputParam = [{"type": "function_call_output", "call_id": call.call_id, "output": f"Tel. {PHONE}"}]
    raw = await gpt.responses.with_raw_response.create(
        model="gpt-fake", previous_response_id=first.id, input=output, tools=[TOOL]
    )
    second = raw.parse()
    assert upstream.last.json()["previous_response_id"] == "resp_call_1"
    assert PHONE in second.output_text and not PLACEHOLDER.search(second.output_text)
    assert "x-anonamoose-notice" not in raw.headers


async def test_items_sent_again_go_out_as_they_came(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    upstream.answer = replies(
        ("reasoning_text", "Who is {0}?"), ("function_call", '{"email":"{0}"}'), ("message", "Asking {0}.")
    )
    asked: list[Any] = [{"role": "user", "content": f"Find {EMAIL}."}]
    first = await gpt.responses.create(model="gpt-fake", input=asked, tools=[TOOL])
    sealed = [item.model_dump(exclude_none=True) for item in first.output]
    token = upstream.last.placeholders[-1]
    upstream.answer = replies(("message", f"Done, {token}."), id="resp_fake_2")
    again = [*asked, *sealed, {"type": "function_call_output", "call_id": "call_1", "output": "found"}]
    second = await gpt.responses.create(model="gpt-fake", input=again, tools=[TOOL])
    sent = upstream.last.json()["input"]
    assert sent[0] == upstream.received[0].json()["input"][0]
    assert sent[1]["encrypted_content"] == sealed[0]["encrypted_content"]
    assert sent[1]["content"][0]["text"] == f"Who is {upstream.received[0].placeholders[0]}?"
    assert json.loads(sent[2]["arguments"])["email"] == upstream.received[0].placeholders[0]
    assert not PLACEHOLDER.search(second.output_text)


async def test_what_is_kept_is_read_with_the_values(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    upstream.answer = replies(("message", "Dear {0}"), id="resp_kept_1")
    await gpt.responses.create(model="gpt-fake", input=f"I am {NAME}.")
    token = upstream.last.placeholders[0]
    whole = responses_answers.response([responses_answers.item("message", 0, f"Dear {token}")], "resp_kept_1")
    events = answers.encode(responses_answers.events([("message", f"Dear {token}")], 3, "resp_kept_1"))

    def answer(received: Received) -> Reply:
        if "stream=true" in received.target:
            return answers.stream(events)
        if received.target.endswith("input_items"):
            item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": f"I am {token}."}]}
            return answers.body({"object": "list", "data": [{"id": "msg_1", **item}], "has_more": False})
        if received.method == "DELETE":
            return answers.body({"id": "resp_kept_1", "deleted": True})
        return answers.body(whole)

    upstream.answer = answer
    assert (await gpt.responses.retrieve("resp_kept_1")).output_text == f"Dear {NAME}"
    stream = await gpt.responses.retrieve("resp_kept_1", stream=True, starting_after=3)
    texts = [event.delta async for event in stream if event.type == "response.output_text.delta"]
    assert "".join(texts) == f"Dear {NAME}"
    assert upstream.last.header("Accept-Encoding") == "identity"
    (item,) = (await gpt.responses.input_items.list("resp_kept_1")).data
    assert f"I am {NAME}." in item.model_dump_json()
    assert (await gpt.responses.cancel("resp_kept_1")).output_text == f"Dear {NAME}"
    await gpt.responses.delete("resp_kept_1")
    assert upstream.last.method == "DELETE"


async def test_what_was_compacted_is_restored_though_nothing_else_is_left_of_it(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    def compacted(received: Received) -> Reply:
        item = {"type": "compaction", "encrypted_content": "sealed away"}
        return answers.body({"id": "cmp_1", "object": "response.compaction", "created_at": 1, "output": [item]})

    upstream.answer = compacted
    await gpt.responses.compact(model="gpt-fake", input=f"I am {NAME}.")
    token = upstream.last.placeholders[0]
    upstream.answer = replies(("message", f"You are {token}."))
    asked: Any = [{"type": "compaction", "encrypted_content": "sealed away"}, {"role": "user", "content": "Who am I?"}]
    assert (await gpt.responses.create(model="gpt-fake", input=asked)).output_text == f"You are {NAME}."
    assert upstream.last.json()["input"] == asked


async def test_a_conversation_that_the_provider_keeps_is_one_session(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    upstream.answer = lambda _: answers.body({"id": "conv_1", "object": "conversation", "created_at": 1})
    await gpt.conversations.create(items=[{"type": "message", "role": "user", "content": f"I am {NAME}."}])
    token = upstream.last.placeholders[0]
    item = {"type": "message", "id": "msg_1", "role": "user", "content": [{"type": "input_text", "text": token}]}
    upstream.answer = lambda _: answers.body({"object": "list", "data": [item], "has_more": False})
    added = await gpt.conversations.items.create("conv_1", items=[{"role": "user", "content": f"Mail {EMAIL}."}])
    assert NAME in added.model_dump_json() and EMAIL not in upstream.last.body.decode()
    both = [token, *upstream.last.placeholders]
    for conversation in ("conv_1", {"id": "conv_1"}):
        upstream.answer = replies(("message", " ".join(both)))
        answer = await gpt.responses.create(
            model="gpt-fake",
            conversation=conversation,  # type: ignore[arg-type]
            input="Who am I?",
        )
        assert NAME in answer.output_text and EMAIL in answer.output_text


async def test_a_response_before_that_nobody_knows_is_not_guessed(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    """Two conversations that go on with the same words, and one more that nobody has seen the beginning of."""
    upstream.answer = replies(("message", "Dear {0}"), id="resp_known_1")
    await gpt.responses.create(model="gpt-fake", input=f"Yes, I am {NAME}.")
    token = upstream.last.placeholders[0]
    upstream.answer = replies(("message", f"Dear {token}"), id="resp_known_2")
    sessions = set()
    for previous in ("resp_of_old", "resp_of_old", "resp_known_1"):
        raw = await gpt.responses.with_raw_response.create(
            model="gpt-fake", previous_response_id=previous, input="Yes, I am here."
        )
        known = previous == "resp_known_1"
        assert raw.headers.get("x-anonamoose-notice") == (None if known else "unknown previous response")
        assert raw.parse().output_text == f"Dear {NAME if known else token}"
        sessions.add(raw.headers["x-anonamoose-session"])
    assert len(sessions) == 2


@pytest.mark.parametrize("streams", [False, True])
async def test_a_conversation_that_was_not_known_is_so_from_its_next_turn_on(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream, streams: bool
) -> None:
    upstream.answer = replies(("message", "Dear {0}"), conversation={"id": "conv_foreign"})
    told = []
    for _ in range(2):
        raw = await gpt.responses.with_raw_response.create(
            model="gpt-fake", conversation="conv_foreign", input=f"I am {NAME}.", stream=streams
        )
        await raw.http_response.aread()
        told.append(raw.headers.get("x-anonamoose-notice"))
    assert told == ["unknown previous response", None]
    (token,) = upstream.last.placeholders
    item = {"type": "message", "id": "msg_1", "role": "user", "content": [{"type": "input_text", "text": token}]}
    upstream.answer = lambda _: answers.body({"object": "list", "data": [item], "has_more": False})
    (found,) = (await gpt.conversations.items.list("conv_foreign")).data
    assert NAME in found.model_dump_json()


async def test_a_response_before_is_known_after_a_restart(tmp_path: Path, upstream: FakeUpstream) -> None:
    token = ""
    for turn in range(2):
        async with (
            launched(tmp_path, upstream) as running,
            openai.AsyncOpenAI(base_url=running.app.base_url, api_key="sk-restart") as client,
        ):
            if turn == 0:
                upstream.answer = replies(("message", "Dear {0}"), id="resp_before_1")
                stream = await client.responses.create(model="gpt-fake", input=f"I am {NAME}.", stream=True)
                assert [event.type async for event in stream][-1] == "response.completed"
                token = upstream.last.placeholders[0]
            else:
                upstream.answer = replies(("message", f"Dear {token}"), id="resp_before_2")
                raw = await client.responses.with_raw_response.create(
                    model="gpt-fake", previous_response_id="resp_before_1", input="Who am I?"
                )
                assert raw.parse().output_text == f"Dear {NAME}" and "x-anonamoose-notice" not in raw.headers


async def test_a_stored_completion_is_read_with_the_values(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    await gpt.chat.completions.create(model="m", store=True, messages=[{"role": "user", "content": f"I am {NAME}."}])
    token = upstream.last.placeholders[0]
    stored = {**answers.chat(f"Dear {token}"), "metadata": {"who": token}}
    upstream.answer = lambda _: answers.body(stored)
    assert (await gpt.chat.completions.retrieve("chatcmpl-fake")).choices[0].message.content == f"Dear {NAME}"
    updated = await gpt.chat.completions.update("chatcmpl-fake", metadata={"who": NAME})
    assert upstream.last.json() == {"metadata": {"who": token}} and updated.metadata == {"who": NAME}
    message = {"id": "msg_1", "role": "user", "content": f"I am {token}."}
    upstream.answer = lambda _: answers.body({"object": "list", "data": [message], "has_more": False})
    (found,) = (await gpt.chat.completions.messages.list("chatcmpl-fake")).data
    assert found.content == f"I am {NAME}."


async def test_a_query_and_what_it_shall_find_are_hidden_alike(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    vector = {"object": "embedding", "index": 0, "embedding": "AACAPwAAAEA="}
    usage = {"prompt_tokens": 1, "total_tokens": 1}
    upstream.answer = lambda _: answers.body({"object": "list", "data": [vector], "model": "m", "usage": usage})
    answer = await gpt.embeddings.create(model="m", input=[f"{NAME} lives here."])
    assert answer.data[0].embedding == [1.0, 2.0]
    await gpt.embeddings.create(model="m", input=f"Where is {NAME}?")
    first, second = upstream.received
    assert first.placeholders == second.placeholders and len(first.placeholders) == 1


async def test_the_ids_of_tokens_are_refused_with_the_reason(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    with pytest.raises(openai.PermissionDeniedError, match=r'"input" holds token ids .*; nothing was sent') as raised:
        await gpt.embeddings.create(model="m", input=[[1, 2, 3]])
    assert raised.value.code == "token_ids"
    with pytest.raises(openai.PermissionDeniedError, match='"prompt" holds token ids'):
        await gpt.completions.create(model="m", prompt=[1, 2, 3])
    assert not upstream.received


async def test_completions_from_before_chat_are_restored(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    base = {"id": "cmpl_1", "object": "text_completion", "created": 1, "model": "m"}

    def choice(text: str, finish: str | None) -> answers.Data:
        return {**base, "choices": [{"index": 0, "text": text, "logprobs": None, "finish_reason": finish}]}

    def answer(received: Received) -> Reply:
        text = f"Dear {received.placeholders[0]}"
        if received.json().get("stream"):
            chunks = [choice(piece, None) for piece in answers.pieces(text, 3)]
            return answers.stream(answers.encode([*chunks, choice("", "stop"), "[DONE]"]))
        return answers.body(choice(text, "stop"))

    upstream.answer = answer
    whole = await gpt.completions.create(model="m", prompt=f"To {NAME}:")
    stream = await gpt.completions.create(model="m", prompt=f"To {NAME}:", stream=True)
    texts = [chunk.choices[0].text async for chunk in stream]
    assert whole.choices[0].text == "".join(texts) == f"Dear {NAME}"


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
async def test_an_assistant_streams_what_its_thread_and_its_instructions_hid(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    """Assistant and thread are made apart, and the run's answer has the values of both."""
    threads = gpt.beta.threads
    told: list[str] = []

    def answer(received: Received) -> Reply:
        told.extend(received.placeholders)
        if received.target.endswith("/runs"):
            text, arguments = f"Dear {' and '.join(told)}", json.dumps({"who": told[0]})
            return answers.stream(responses_answers.run_events(text, arguments, 3))
        if received.target.endswith("/assistants"):
            return answers.body({"id": "asst_1", "object": "assistant", "instructions": told[0]})
        return answers.body({"id": "thread_1", "object": "thread"})

    upstream.answer = answer
    assistant = await gpt.beta.assistants.create(model="m", instructions=f"Serve {NAME}.")
    assert assistant.instructions == NAME
    thread = await threads.create(messages=[{"role": "user", "content": f"Mail {EMAIL}."}])
    async with threads.runs.stream(thread_id=thread.id, assistant_id="asst_1") as stream:
        (message,) = await stream.get_final_messages()
        steps = await stream.get_final_run_steps()
    content: Any = message.content[0]
    assert content.text.value == f"Dear {NAME} and {EMAIL}"
    call: Any = steps[0].step_details
    assert json.loads(call.tool_calls[0].function.arguments) == {"who": NAME}


async def test_speech_passes_as_it_is(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    sound = bytes(range(256)) * 9
    upstream.answer = lambda _: Reply(200, (("Content-Type", "audio/mpeg"),), [sound[:99], sound[99:]], "chunked")
    answer = await gpt.audio.speech.create(model="m", voice="alloy", input=f"Hello {NAME}!")
    assert answer.content == sound and len(upstream.only.placeholders) == 1


async def test_a_vector_store_is_searched_with_the_values(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    def answer(received: Received) -> Reply:
        content = [{"type": "text", "text": f"{received.placeholders[0]} lives here."}]
        found = {"file_id": "file-1", "filename": "a.txt", "score": 1.0, "attributes": {}, "content": content}
        return answers.body({"object": "vector_store.search_results.page", "data": [found], "has_more": False})

    upstream.answer = answer
    (found,) = (await gpt.vector_stores.search("vs_1", query=f"Where is {NAME}?")).data
    assert found.content[0].text == f"{NAME} lives here."


@pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning")
@pytest.mark.parametrize("kind", ["assistants", "vector_stores"])
async def test_what_a_client_has_made_is_listed_with_the_values(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream, kind: str
) -> None:
    upstream.answer = lambda r: answers.body({"id": "made_1", "name": r.placeholders[0]})
    if kind == "assistants":
        await gpt.beta.assistants.create(model="m", name=NAME)
    else:
        await gpt.vector_stores.create(name=NAME)
    listed = {"object": "list", "data": [{"id": "made_1", "name": upstream.last.placeholders[0]}], "has_more": False}
    upstream.answer = lambda _: answers.body(listed)
    made: Any = await (gpt.beta.assistants.list() if kind == "assistants" else gpt.vector_stores.list())
    assert [one.name for one in made.data] == [NAME]


async def test_over_a_websocket_a_placeholder_split_over_frames_is_restored(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def script(peer: Peer) -> None:
        token = PLACEHOLDER.findall(await peer.text())[0]
        peer.send(*responses_answers.events([("message", f"Dear {token}"), ("refusal", f"No {token}")], size=2))
        await peer.closed()

    upstream.answer = FakeSocket(script)
    events: list[Any] = []
    async with http.ws_connect(f"{running.origin}/v1/responses") as socket:
        await socket.send_json({"type": "response.create", "model": "m", "input": f"I am {NAME}."})
        while not events or events[-1]["type"] != "response.completed":
            events.append(await socket.receive_json())
    for kind, whole in (("output_text", f"Dear {NAME}"), ("refusal", f"No {NAME}")):
        assert "".join(e["delta"] for e in events if e["type"] == f"response.{kind}.delta") == whole
    numbers = [event["sequence_number"] for event in events]
    assert numbers == sorted(numbers)
