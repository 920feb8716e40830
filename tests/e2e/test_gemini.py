"""Gemini's own API, spoken with nothing but an HTTP client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from app.proxy.framing import JSON_ARRAY
from app.proxy.sse import Decoder
from tests import answers
from tests.e2e.conftest import AWKWARD, EMAIL, NAME, PROSE, TFN, Running, hidden, restored
from tests.fakes import PLACEHOLDER, FakeUpstream, Received, Reply

Data = dict[str, Any]
MODEL = "/v1beta/models/gemini-fake"
SIGNATURE = "EsMFCsAFAR4yz/c="
PICTURE = "iVBORw0KGgoAAAANSUhEUg=="
CALL = {"type": "function_call", "id": "c1", "name": "look_up"}
_JSON = (("Content-Type", "application/json; charset=UTF-8"),)


def asking(*texts: str, **more: Any) -> Data:
    """A request whose contents are of the user and the model in turns, and come last."""
    roles = ("user", "model")
    contents = [{"role": roles[at % 2], "parts": [{"text": text}]} for at, text in enumerate(texts)]
    return {**more, "contents": contents}


def answering(*parts: Data, finish: str | None = "STOP", index: int | None = 0) -> Data:
    candidate: Data = {"content": {"parts": list(parts), "role": "model"}}
    if finish is not None:
        candidate["finishReason"] = finish
    if index is not None:
        candidate["index"] = index
    return {"candidates": [candidate], "modelVersion": "gemini-fake", "responseId": "r1"}


def events(*parts: Data, size: int = 4, index: int | None = 0) -> list[Data]:
    """The stream of these parts: the text of each in pieces, a function call in one, then a signature and the end."""
    out = []
    for part in parts:
        if "text" in part:
            out += [
                answering({**part, "text": piece}, finish=None, index=index) for piece in pieces(part["text"], size)
            ]
        else:
            out.append(answering(part, finish=None, index=index))
    return [*out, answering({"text": "", "thoughtSignature": SIGNATURE}, index=index)]


def pieces(text: str, size: int) -> list[str]:
    return answers.pieces(text, size)


def as_sse(data: Iterable[Data]) -> bytes:
    return b"".join(b"data: " + json.dumps(one).encode() + b"\r\n\r\n" for one in data)


def as_array(data: Iterable[Data]) -> bytes:
    return b"[" + b"\n,\r\n".join(json.dumps(one, indent=2).encode() for one in data) + b"\n]\n"


def streamed(wire: bytes) -> list[Data]:
    """The events of a stream, in either framing."""
    decoder = JSON_ARRAY.decoder() if wire.startswith(b"[") else Decoder()
    found = [json.loads(e.data) for e in decoder.feed(wire) + decoder.flush() if e.data is not None]
    if wire.startswith(b"["):
        assert json.loads(wire) == found
    return found


def parts(data: Iterable[Data], index: int = 0) -> list[Data]:
    """The parts of a candidate, text that continues joined as clients join it."""
    out: list[Data] = []
    for event in data:
        for candidate in event["candidates"]:
            if candidate.get("index", 0) != index:
                continue
            for part in candidate["content"]["parts"]:
                last = out[-1] if out else {}
                if "text" in part and "text" in last and part.get("thought") == last.get("thought"):
                    last["text"] += part["text"]
                else:
                    out.append({key: value for key, value in part.items() if key != "thoughtSignature"})
    return out


def stream(wire: bytes, cut: int, media: str) -> Reply:
    chunks = [wire[at : at + cut] for at in range(0, len(wire), cut)]
    return Reply(200, (("Content-Type", media),), chunks, "chunked")


FRAMINGS: dict[str, tuple[str, str, Callable[[Iterable[Data]], bytes]]] = {
    "sse": ("?alt=sse", "text/event-stream", as_sse),
    "array": ("", "application/json; charset=UTF-8", as_array),
}
framings = pytest.mark.parametrize("framing", FRAMINGS)


async def post(http: aiohttp.ClientSession, running: Running, path: str, body: Data | bytes, **headers: str) -> bytes:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    named = {"x-goog-api-key": "AIza-fake", "Content-Type": "application/json"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.post(running.origin + path, data=raw, headers=named) as got:
        assert got.status == 200, await got.read()
        return await got.read()


def sent_text(received: Received) -> str:
    text: str = received.json()["contents"][-1]["parts"][0]["text"]
    return text


def echo(received: Received) -> Reply:
    return answers.body(answering({"text": answers.said(received)}))


@pytest.mark.parametrize(
    "path",
    [
        MODEL,
        "/v1/models/gemini-fake",
        "/v1alpha/models/gemini-fake",
        "/v1beta/tunedModels/mine-1",
        "/v1beta1/projects/p/locations/us-central1/publishers/google/models/gemini-fake",
        "/v1/projects/p/locations/us-central1/endpoints/4711",
    ],
)
async def test_a_text_is_hidden_and_comes_back_at_every_path(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, path: str
) -> None:
    upstream.answer = echo
    got = json.loads(await post(http, running, f"{path}:generateContent?key=AIza-fake", asking(PROSE)))
    values = hidden(PROSE, sent_text(upstream.only))
    assert upstream.only.target == f"{path}:generateContent?key=AIza-fake"
    assert parts([got]) == [{"text": restored(answers.said(upstream.only), values)}]
    (exchange,) = running.app.exchanges
    assert (exchange.provider, exchange.model) == ("gemini", path.rpartition("/")[2])


@framings
@pytest.mark.parametrize("cut", [1, 7, 10_000])
@pytest.mark.parametrize("size", [1, 4, 400])
async def test_a_stream_comes_back_with_the_values_in_their_places(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, framing: str, cut: int, size: int
) -> None:
    query, media, encoded = FRAMINGS[framing]

    def answer(received: Received) -> Reply:
        name, other = received.placeholders[0], received.placeholders[1]
        told: list[Data] = [
            {"text": f"Is {name}", "thought": True},
            {"text": f"Dear {name}, it is [{other[1:-1]}"},
            {
                "functionCall": {"name": "look_up", "args": {"to": {"who": [name]}, "n": 3}},
                "thoughtSignature": SIGNATURE,
            },
            {"text": f"Done, {name[:-1]}"},
        ]
        return stream(encoded(events(*told, size=size)), cut, media)

    upstream.answer = answer
    got = streamed(await post(http, running, f"{MODEL}:streamGenerateContent{query}", asking(f"{AWKWARD}: {EMAIL}")))
    assert parts(got) == [
        {"text": f"Is {AWKWARD}", "thought": True},
        {"text": f"Dear {AWKWARD}, it is [{EMAIL}"},
        {"functionCall": {"name": "look_up", "args": {"to": {"who": [AWKWARD]}, "n": 3}}},
        {"text": f"Done, [{AWKWARD}"},
    ]
    assert got[-1]["candidates"][0]["finishReason"] == "STOP"
    assert all("finishReason" not in event["candidates"][0] for event in got[:-1])
    signatures = [
        p["thoughtSignature"]
        for e in got
        for p in e["candidates"][0]["content"]["parts"]
        if len(p) > 1 and "thoughtSignature" in p
    ]
    assert signatures == [SIGNATURE, SIGNATURE]


@framings
async def test_candidates_side_by_side_are_told_apart(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, framing: str
) -> None:
    query, media, encoded = FRAMINGS[framing]

    def answer(received: Received) -> Reply:
        one, two = received.placeholders[:2]
        rows = zip(
            events({"text": f"A {one}"}, size=6, index=None),
            events({"text": f"B {two}"}, size=6, index=1),
            strict=False,
        )
        return stream(encoded(event for row in rows for event in row), 50, media)

    upstream.answer = answer
    got = streamed(await post(http, running, f"{MODEL}:streamGenerateContent{query}", asking(f"{NAME}, {EMAIL}")))
    assert parts(got, 0)[0]["text"] == f"A {NAME}" and parts(got, 1)[0]["text"] == f"B {EMAIL}"


@framings
@pytest.mark.parametrize("cut", [1, 13, 4096])
async def test_a_stream_without_placeholders_keeps_every_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, framing: str, cut: int
) -> None:
    query, media, encoded = FRAMINGS[framing]
    text = 'Straße [brackets] {"a": [1]} PERSON_12 [OTHER_4821] \\ud83d 東京 "12:30" end'
    wire = encoded(events({"text": text}, {"functionCall": {"name": "f", "args": {"a]": "}]"}}}, size=3))
    upstream.answer = lambda _: stream(wire, cut, media)
    assert await post(http, running, f"{MODEL}:streamGenerateContent{query}", asking("Hello")) == wire
    wire = encoded(events({"text": "Nothing of it."}, {"functionCall": {"name": "f", "args": {"a]": "}]"}}}, size=3))
    upstream.answer = lambda _: stream(wire, cut, media)
    assert await post(http, running, f"{MODEL}:streamGenerateContent{query}", asking(PROSE)) == wire


async def test_arguments_in_pieces_are_restored_whole(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    def call(*arguments: tuple[str, str, bool], goes_on: bool = True) -> Data:
        partial = [
            {"jsonPath": p, "stringValue": v, **({"willContinue": True} if more else {})} for p, v, more in arguments
        ]
        return answering(
            {"functionCall": {"partialArgs": partial, **({"willContinue": True} if goes_on else {})}}, finish=None
        )

    def answer(received: Received) -> Reply:
        one, two = received.placeholders[:2]
        told = [
            answering({"functionCall": {"name": "mail", "willContinue": True}}, finish=None),
            call(("$.to", one[:4], True), ("$.cc[0]", f"{two[:3]}", True)),
            call(("$.to", f"{one[4:]}; PER", True)),
            call(("$.cc[0]", two[3:], False)),
            answering({"functionCall": {}}),
        ]
        return stream(as_sse(told), 40, "text/event-stream")

    upstream.answer = answer
    got = streamed(await post(http, running, f"{MODEL}:streamGenerateContent?alt=sse", asking(f"{AWKWARD}, {EMAIL}")))
    heard: dict[str, str] = {}
    for event in got:
        for part in event["candidates"][0]["content"]["parts"]:
            for argument in part["functionCall"].get("partialArgs", ()):
                heard[argument["jsonPath"]] = heard.get(argument["jsonPath"], "") + argument["stringValue"]
    assert heard == {"$.to": f"{AWKWARD}; PER", "$.cc[0]": EMAIL}
    assert got[-1]["candidates"][0]["content"]["parts"] == [{"functionCall": {}}]


@pytest.mark.parametrize("begun", [True, False])
async def test_an_array_that_breaks_off_still_ends_as_one(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, begun: bool
) -> None:
    def answer(received: Received) -> Reply:
        wire = as_array(events({"text": f"Dear {received.placeholders[0][:5]}"}, size=10))
        return Reply(200, _JSON, [wire[: wire.index(b",\r\n") + 9 if begun else 30]], "chunked", "cut")

    upstream.answer = answer
    wire = await post(http, running, f"{MODEL}:streamGenerateContent", asking(NAME))
    got = json.loads(wire)
    assert "broke off" in got[-1]["error"]["message"] and got[-1]["error"]["status"] == "UNAVAILABLE"
    assert [part["text"] for part in parts(got[:-1])] == (["Dear [PERS"] if begun else [])


async def test_an_array_with_no_end_of_the_candidate_gives_back_what_was_held(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: stream(
        as_array(events({"text": f"Dear {r.placeholders[0][:-1]}"})[:-1]), 9, "application/json"
    )
    got = streamed(await post(http, running, f"{MODEL}:streamGenerateContent", asking(AWKWARD)))
    assert parts(got) == [{"text": f"Dear {AWKWARD}"}]


async def test_an_answer_that_is_no_array_is_restored_as_well(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: Reply(
        200, _JSON, [json.dumps(answering({"text": f"[{r.placeholders[0][1:-1]}"}, finish=None)).encode()]
    )
    got = json.loads(await post(http, running, f"{MODEL}:streamGenerateContent", asking(AWKWARD)))
    assert parts([got]) == [{"text": AWKWARD}]


CAMEL: Data = {
    "systemInstruction": {"parts": [{"text": f"Serve {NAME}."}]},
    "tools": [
        {
            "functionDeclarations": [
                {
                    "name": "look_up",
                    "description": f"Such as {NAME}",
                    "parametersJsonSchema": {
                        "type": "object",
                        "properties": {"email": {"type": "string", "description": f"Such as {EMAIL}"}},
                        "propertyOrdering": ["email"],
                    },
                }
            ]
        }
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["look_up"]}},
    "generationConfig": {"responseMimeType": "application/json", "stopSequences": [NAME], "thinkingConfig": {}},
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    "contents": [
        {"role": "user", "parts": [{"text": NAME}, {"inlineData": {"mimeType": "image/png", "data": PICTURE}}]},
        {
            "role": "model",
            "parts": [
                {"text": f"About {NAME}", "thought": True, "thoughtSignature": SIGNATURE},
                {"functionCall": {"id": "c1", "name": "look_up", "args": {"to": EMAIL}}, "thoughtSignature": SIGNATURE},
            ],
        },
        {"role": "user", "parts": [{"functionResponse": {"id": "c1", "name": "look_up", "response": {"tfn": TFN}}}]},
    ],
}  # fmt: skip


def snake(value: Any) -> Any:
    """The same with the protocol's keys in snake_case."""
    if isinstance(value, dict):
        return {"".join(f"_{c.lower()}" if c.isupper() else c for c in key): snake(one) for key, one in value.items()}
    return [snake(one) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize("body", [CAMEL, snake(CAMEL)], ids=["camel", "snake"])
async def test_of_a_request_in_either_case_only_the_values_change(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, body: Data
) -> None:
    upstream.answer = echo
    raw = json.dumps(body, ensure_ascii=False)
    await post(http, running, f"{MODEL}:generateContent", raw.encode())
    values = hidden(raw, upstream.only.body.decode())
    assert set(values.values()) == {NAME, EMAIL, TFN}


async def test_what_a_client_keeps_in_pieces_goes_back_as_it_came(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    """Some keep each event's content as one of the conversation, others join the texts."""
    said = "{0} it is. {0}"
    upstream.answer = lambda r: stream(
        as_sse(events({"text": said.format(r.placeholders[0])}, size=3)), 99, "text/event-stream"
    )
    first = asking("My name is Zerlina Quibbleworth.")
    got = streamed(await post(http, running, f"{MODEL}:streamGenerateContent?alt=sse", first))
    (token,) = upstream.last.placeholders
    name = hidden(first["contents"][0]["parts"][0]["text"], sent_text(upstream.last))[token]
    kept = [event["candidates"][0]["content"] for event in got]
    joined: list[Data] = [{"role": "model", "parts": [{"text": "".join(c["parts"][0]["text"] for c in kept)}]}]
    assert joined[0]["parts"][0]["text"] == said.format(name)
    for history in (kept, joined):
        again = {"contents": [*first["contents"], *history, {"role": "user", "parts": [{"text": "Go on."}]}]}
        await post(http, running, f"{MODEL}:streamGenerateContent?alt=sse", again)
        sent = upstream.last.json()["contents"]
        assert "".join(part["text"] for content in sent[1:-1] for part in content["parts"]) == said.format(token)
        assert upstream.last.body.startswith(upstream.received[0].body.removesuffix(b"]}"))


async def test_a_longer_conversation_keeps_its_redacted_beginning_byte_for_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = echo
    turns = [PROSE]
    system = {"parts": [{"text": f"Serve {NAME}."}]}
    for more in (f"And {EMAIL}?", f"Then write to {AWKWARD}."):
        got = json.loads(
            await post(http, running, f"{MODEL}:generateContent", asking(*turns, systemInstruction=system))
        )
        turns += [got["candidates"][0]["content"]["parts"][0]["text"], more]
    await post(http, running, f"{MODEL}:generateContent", asking(*turns, systemInstruction=system))
    bodies = [received.body for received in upstream.received]
    for shorter, longer in pairwise(bodies):
        assert longer.startswith(shorter.removesuffix(b"]}"))
    assert len({exchange.session for exchange in running.app.exchanges}) == 1


async def test_who_names_no_role_is_the_user(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = echo
    mine: Data = {"parts": [{"text": PROSE}]}
    for contents in ([mine], [mine, {"role": "model", "parts": [{"text": "Yes?"}]}, {"parts": [{"text": "Go on."}]}]):
        await post(http, running, f"{MODEL}:generateContent", {"contents": contents})
    assert len({exchange.session for exchange in running.app.exchanges}) == 1


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("countTokens", asking(PROSE)),
        ("countTokens", {"generateContentRequest": {"model": "models/gemini-fake", **asking(PROSE)}}),
        ("embedContent", {"content": {"parts": [{"text": PROSE}]}, "taskType": "RETRIEVAL_QUERY", "title": NAME}),
        ("batchEmbedContents", {"requests": [{"model": "models/e", "content": {"parts": [{"text": PROSE}]}}] * 2}),
        ("batchGenerateContent", {"batch": {"input_config": {"requests": {"requests": [{"request": asking(PROSE)}]}}}}),
        ("predict", {"instances": [{"prompt": PROSE}], "parameters": {"sampleCount": 1}}),
    ],
)
async def test_what_is_counted_embedded_or_put_off_is_redacted(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, verb: str, body: Data
) -> None:
    upstream.answer = lambda _: answers.body({"totalTokens": 7, "embedding": {"values": [0.25, 1e-7]}})
    got = await post(http, running, f"{MODEL}:{verb}", body)
    assert got == b'{"totalTokens": 7, "embedding": {"values": [0.25, 1e-07]}}'
    hidden(json.dumps(body, ensure_ascii=False), upstream.only.body.decode())
    assert len(upstream.only.placeholders) == 5


async def test_a_kept_context_is_of_the_conversations_that_name_it(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: answers.body(
        {"name": "cachedContents/0wr3k4tf8z5p", "displayName": f"For {r.placeholders[0]}", "model": "models/m"}
    )
    got = json.loads(
        await post(
            http,
            running,
            "/v1beta/cachedContents",
            asking(f"The file of {NAME}.", model="models/m", displayName=f"For {NAME}"),
        )
    )
    assert got["displayName"] == f"For {NAME}"
    (token,) = upstream.last.placeholders
    upstream.answer = lambda _: answers.body(answering({"text": f"It is {token}."}))
    asked = asking("Whose file is it?", cachedContent="cachedContents/0wr3k4tf8z5p")
    assert parts([json.loads(await post(http, running, f"{MODEL}:generateContent", asked))]) == [
        {"text": f"It is {NAME}."}
    ]
    upstream.answer = lambda _: answers.body({"displayName": f"For {token}"})
    async with http.get(
        running.origin + "/v1beta/cachedContents/0wr3k4tf8z5p", headers={"x-goog-api-key": "AIza-fake"}
    ) as listed:
        assert json.loads(await listed.read()) == {"displayName": f"For {NAME}"}


@pytest.mark.parametrize("body", [CAMEL, snake(CAMEL)], ids=["camel", "snake"])
async def test_what_a_batch_came_to_is_fetched_with_the_values(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, body: Data
) -> None:
    upstream.answer = lambda _: answers.body({"name": "batches/9x2k7", "metadata": {"name": "batches/9x2k7"}})
    requests = [{"request": body, "metadata": {"key": f"of {NAME}"}}]
    batch = {"batch": {"displayName": "b", "model": "models/m", "inputConfig": {"requests": {"requests": requests}}}}
    raw = json.dumps(batch, ensure_ascii=False)
    await post(http, running, f"{MODEL}:batchGenerateContent", raw.encode())
    assert set(hidden(raw, upstream.only.body.decode()).values()) == {NAME, EMAIL, TFN}
    inside: list[Data] = upstream.only.json()["batch"]["inputConfig"]["requests"]["requests"]
    token = inside[0]["metadata"]["key"].removeprefix("of ")

    def result(name: str) -> Data:
        part = {"text": f"Dear {name}", "thoughtSignature": f"{SIGNATURE}{token}"}
        told = {"inlinedResponses": {"inlinedResponses": [{"response": answering(part), "metadata": {"key": name}}]}}
        return {"name": "batches/9x2k7", "done": True, "metadata": {"output": told}, "response": told}

    upstream.answer = lambda _: answers.body(result(token))
    named = {"x-goog-api-key": "AIza-fake"}
    async with http.get(f"{running.origin}/v1beta/batches/9x2k7", headers=named) as got:
        assert json.loads(await got.read()) == result(NAME)
    async with http.get(f"{running.origin}/v1beta/batches/9x2k7", headers={"x-goog-api-key": "AIza-other"}) as got:
        assert json.loads(await got.read()) == result(token)


# -- interactions


def interaction(*steps: Data, id: str = "v1_ChdmYWtl") -> Data:
    return {"id": id, "model": "gemini-fake", "object": "interaction", "status": "completed", "steps": list(steps)}


def said_in_steps(name: str) -> list[Data]:
    return [
        {"type": "thought", "signature": SIGNATURE, "summary": [{"type": "text", "text": f"Of {name}"}]},
        {**CALL, "arguments": {"who": name}, "signature": SIGNATURE},
        {"type": "model_output", "content": [{"type": "text", "text": f"Dear {name}, hello"}]},
    ]


def interaction_events(name: str, size: int) -> list[Data]:
    steps = said_in_steps(name)
    thought, text = f"Of {name}", f"Dear {name}, hello"
    arguments, begun = json.dumps({"who": name}), {"type": "text", "text": text[:7]}

    def deltas(index: int, made: Callable[[str], Data], text: str) -> list[Data]:
        return [{"event_type": "step.delta", "index": index, "delta": made(piece)} for piece in pieces(text, size)]

    return [
        {"event_type": "interaction.created", "interaction": {**interaction(), "status": "in_progress"}},
        {"event_type": "step.start", "index": 0, "step": {"type": "thought"}},
        *deltas(0, lambda p: {"type": "thought_summary", "content": {"type": "text", "text": p}}, thought),
        {"event_type": "step.delta", "index": 0, "delta": {"type": "thought_signature", "signature": SIGNATURE}},
        {"event_type": "step.stop", "index": 0},
        {"event_type": "step.start", "index": 1, "step": {**CALL, "arguments": {}}},
        *deltas(1, lambda p: {"type": "arguments_delta", "arguments": p}, arguments),
        {"event_type": "step.stop", "index": 1},
        {"event_type": "step.start", "index": 2, "step": {"type": "model_output", "content": [begun]}},
        *deltas(2, lambda p: {"type": "text", "text": p}, text[7:]),
        {"event_type": "step.stop", "index": 2},
        {"event_type": "interaction.completed", "interaction": interaction(*steps)},
    ]  # fmt: skip


async def test_an_interaction_comes_back_with_the_values_and_is_found_again(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: answers.body(interaction(*said_in_steps(r.placeholders[0])))
    body = {"model": "gemini-fake", "input": f"I am {AWKWARD}.", "store": True}
    got = json.loads(await post(http, running, "/v1beta/interactions", body))
    assert got == interaction(*said_in_steps(AWKWARD))
    (token,) = upstream.last.placeholders
    upstream.answer = lambda _: answers.body(interaction(*said_in_steps(token), id="v1_next"))
    body = {"model": "gemini-fake", "input": "Who am I?", "previous_interaction_id": "v1_ChdmYWtl"}
    assert json.loads(await post(http, running, "/v1beta/interactions", body))["steps"] == said_in_steps(AWKWARD)
    async with http.get(
        running.origin + "/v1beta/interactions/v1_next", headers={"x-goog-api-key": "AIza-fake"}
    ) as listed:
        assert json.loads(await listed.read())["steps"] == said_in_steps(AWKWARD)


@pytest.mark.parametrize("size", [1, 5, 100])
async def test_an_interaction_streams(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, size: int
) -> None:
    upstream.answer = lambda r: answers.stream(
        b"".join(
            b"event: %s\ndata: %s\n\n" % (e["event_type"].encode(), json.dumps(e).encode())
            for e in interaction_events(r.placeholders[0], size)
        )
    )
    steps = [{"type": "user_input", "content": [{"type": "text", "text": f"I am {AWKWARD}."}]}]
    wire = await post(http, running, "/v1beta/interactions", {"model": "m", "input": steps, "stream": True})
    assert upstream.only.json()["input"][0]["content"][0]["text"] == f"I am {upstream.only.placeholders[0]}."
    got = streamed(wire)
    heard = {0: "", 1: "", 2: ""}
    closed: set[int] = set()
    for event in got:
        if event["event_type"] == "step.stop":
            closed.add(event["index"])
        for part in [event.get("delta"), *event.get("step", {}).get("content", ())]:
            if part is not None:
                assert event["index"] not in closed
                heard[event["index"]] += (
                    part.get("text") or part.get("arguments") or part.get("content", {}).get("text", "")
                )
    assert (
        heard[0] == f"Of {AWKWARD}"
        and json.loads(heard[1]) == {"who": AWKWARD}
        and heard[2] == f"Dear {AWKWARD}, hello"
    )
    assert got[-1]["interaction"]["steps"] == said_in_steps(AWKWARD)


# -- neighbours


@pytest.mark.parametrize("verb", ["generateContent", "streamGenerateContent?alt=sse"])
async def test_the_practice_model_speaks_it_too(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, verb: str
) -> None:
    wire = await post(http, running, f"/demo{MODEL}:{verb}", asking(f"I am {NAME}."))
    (part,) = parts(streamed(wire) if "stream" in verb else [json.loads(wire)])
    assert f"“I am {NAME}.”" in part["text"]
    assert not upstream.received


async def test_the_compatible_path_speaks_openais_dialect_at_geminis_place(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    def answer(received: Received) -> Reply:
        return answers.stream(answers.encode(answers.chat_events(answers.said(received))))

    upstream.answer = answer
    body = {"model": "gemini-fake", "stream": True, "messages": [{"role": "user", "content": NAME}]}
    wire = await post(http, running, "/v1beta/openai/chat/completions", body)
    assert upstream.only.target == "/v1beta/openai/chat/completions"
    text = "".join(
        e["choices"][0]["delta"].get("content") or ""
        for e in (json.loads(line[6:]) for line in wire.decode().splitlines() if line.startswith("data: {"))
        if e["choices"]
    )
    assert text == f"Noted: {NAME}. Dear {NAME}!"


@pytest.mark.parametrize("path", ["/v1beta/models?pageSize=3", "/v1/models?key=AIza-fake", "/v1beta/files/abc"])
async def test_lists_pass(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, path: str) -> None:
    upstream.answer = lambda _: answers.body({"models": [{"name": "models/gemini-fake"}]})
    async with http.get(running.origin + path) as got:
        assert json.loads(await got.read()) == {"models": [{"name": "models/gemini-fake"}]}
    assert upstream.only.target == path
    assert [exchange.provider for exchange in running.app.exchanges] == ["gemini"]


@framings
async def test_an_error_is_restored_and_keeps_its_shape(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, framing: str
) -> None:
    def answer(received: Received) -> Reply:
        said = f"Invalid value {received.placeholders[0]}"
        return answers.body({"error": {"code": 400, "message": said, "status": "INVALID_ARGUMENT"}}, 400)

    upstream.answer = answer
    url = f"{running.origin}{MODEL}:streamGenerateContent{FRAMINGS[framing][0]}"
    async with http.post(url, json=asking(NAME)) as got:
        assert got.status == 400
        assert json.loads(await got.read())["error"]["message"] == f"Invalid value {NAME}"


async def test_a_refusal_has_the_dialects_shape(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with http.post(f"{running.origin}{MODEL}:generateContent", data=b'{"contents": [') as got:
        assert got.status == 400 and got.headers["x-should-retry"] == "false"
        error = json.loads(await got.read())["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert error["details"][0]["reason"] == "UNREADABLE_BODY" and "nothing was sent" in error["message"]
    assert not upstream.received


async def test_claude_on_vertex_is_spoken_to_as_claude(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    path = "/v1/projects/p/locations/us-east5/publishers/anthropic/models/claude-fake:streamRawPredict"
    upstream.answer = lambda r: answers.stream(answers.encode(answers.message_events(answers.said(r))))
    body = {
        "anthropic_version": "vertex-2023-10-16",
        "max_tokens": 9,
        "stream": True,
        "messages": [{"role": "user", "content": NAME}],
    }
    async with http.post(running.origin + path, json=body) as got:
        wire = await got.read()
    found = [json.loads(e.data or "") for e in Decoder().feed(wire)]
    assert (
        "".join(e["delta"].get("text", "") for e in found if e["type"] == "content_block_delta")
        == f"Noted: {NAME}. Dear {NAME}!"
    )
    assert upstream.only.target == path and PLACEHOLDER.search(upstream.only.body.decode())
    (exchange,) = running.app.exchanges
    assert (exchange.provider, exchange.model) == ("anthropic", "claude-fake")
