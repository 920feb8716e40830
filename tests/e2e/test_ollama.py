"""Ollama's own API, spoken with nothing but an HTTP client."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import aiohttp
import pytest

from tests import answers
from tests.e2e.conftest import AWKWARD, EMAIL, NAME, PROSE, Running, hidden, restored
from tests.fakes import FakeUpstream, Received, Reply

Data = dict[str, Any]
PICTURE = "iVBORw0KGgoAAAANSUhEUg=="
_HEAD = {"model": "llama-fake", "created_at": "2026-01-01T00:00:00.000000001Z"}
_TAIL = {"done": True, "done_reason": "stop", "total_duration": 5, "eval_count": 7}
_LINES = (("Content-Type", "application/x-ndjson"),)


def asking(*texts: str, **more: Any) -> Data:
    """A chat of the user and the model in turns, which comes last in the body."""
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]
    return {"model": "llama-fake", **more, "messages": messages}


def message(**parts: Any) -> Data:
    return {**_HEAD, "message": {"role": "assistant", "content": "", **parts}, "done": False}


def whole(text: str) -> Data:
    return {**message(content=text), **_TAIL}


def lines(data: Iterable[Data], cut: int = 50, headers: tuple[tuple[str, str], ...] = _LINES) -> Reply:
    wire = b"".join(json.dumps(one).encode() + b"\n" for one in data)
    return Reply(200, headers, [wire[at : at + cut] for at in range(0, len(wire), cut)], "chunked")


def chat_lines(text: str, thought: str = "", calls: Iterable[Data] = (), size: int = 4) -> list[Data]:
    return [
        *(message(thinking=piece) for piece in answers.pieces(thought, size)),
        *(message(content=piece) for piece in answers.pieces(text, size)),
        *(message(tool_calls=[call]) for call in calls),
        {**message(), **_TAIL},
    ]


def heard(wire: bytes) -> tuple[str, str, list[Data]]:
    """Thoughts, text and calls of a streamed chat; fails when something follows its end."""
    found = [json.loads(line) for line in wire.splitlines()]
    assert [one["done"] for one in found] == [False] * (len(found) - 1) + [True]
    messages = [one["message"] for one in found]
    calls = [call for one in messages for call in one.get("tool_calls", ())]
    return "".join(one.get("thinking", "") for one in messages), "".join(one["content"] for one in messages), calls


async def post(http: aiohttp.ClientSession, running: Running, path: str, body: Data, method: str = "POST") -> bytes:
    raw = json.dumps(body, ensure_ascii=False).encode()
    async with http.request(method, running.origin + path, data=raw) as got:
        assert got.status == 200, await got.read()
        return await got.read()


async def test_a_chat_comes_back_with_the_values(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: answers.body(whole(answers.said(r)))
    got = json.loads(await post(http, running, "/api/chat", asking(PROSE, stream=False)))
    values = hidden(PROSE, upstream.only.json()["messages"][0]["content"])
    assert got == whole(restored(answers.said(upstream.only), values))
    (exchange,) = running.app.exchanges
    assert (exchange.provider, exchange.model, exchange.stream) == ("ollama", "llama-fake", False)


@pytest.mark.parametrize(
    "headers", [_LINES, (("Content-Type", "text/plain"),), ()], ids=["named", "misnamed", "unnamed"]
)
@pytest.mark.parametrize("cut", [1, 7, 10_000])
@pytest.mark.parametrize("size", [1, 4, 400])
async def test_who_does_not_say_gets_a_stream(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    size: int,
    cut: int,
    headers: tuple[tuple[str, str], ...],
) -> None:
    def answer(received: Received) -> Reply:
        name, mail = received.placeholders[:2]
        call = {"function": {"name": "look_up", "arguments": {"to": [{"name": name}], "n": 3}}}
        told = chat_lines(f"Dear {name}, at {mail[1:-1]}", f"Is it {name[1:-1]}", [call], size)
        return lines(told, cut, headers)

    upstream.answer = answer
    thought, text, calls = heard(await post(http, running, "/api/chat", asking(f"{AWKWARD}: {EMAIL}")))
    assert (thought, text) == (f"Is it {AWKWARD}", f"Dear {AWKWARD}, at {EMAIL}")
    assert calls == [{"function": {"name": "look_up", "arguments": {"to": [{"name": AWKWARD}], "n": 3}}}]
    (exchange,) = running.app.exchanges
    assert exchange.stream and upstream.only.header("Accept-Encoding") == "identity"


@pytest.mark.parametrize("size", [1, 5, 100])
async def test_thoughts_end_before_the_answer_begins(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, size: int
) -> None:
    upstream.answer = lambda r: lines(chat_lines("So.", f"Hm, {r.placeholders[0][1:-1]}", size=size))
    found = [json.loads(line) for line in (await post(http, running, "/api/chat", asking(NAME))).splitlines()]
    begun = next(at for at, one in enumerate(found) if one["message"]["content"])
    assert "".join(one["message"].get("thinking", "") for one in found[:begun]) == f"Hm, {NAME}"


@pytest.mark.parametrize("cut", [1, 13, 4096])
async def test_a_stream_without_placeholders_keeps_every_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, cut: int
) -> None:
    odd = "Straße [brackets] PERSON_12 [OTHER_4821] 東京 end["
    for text, asked in ((odd, "Hello"), ("Nothing of it.", PROSE)):
        made = (json.dumps(one, ensure_ascii=False).encode() for one in chat_lines(text, "Hm."))
        wire = b'{"a": "\\u00e9",  "done":false}\r\n\n' + b"\n".join(made)
        chunks = [wire[at : at + cut] for at in range(0, len(wire), cut)]
        upstream.answer = lambda _, chunks=chunks: Reply(200, _LINES, chunks, "chunked")  # type: ignore[misc]
        assert await post(http, running, "/api/chat", asking(asked)) == wire


async def test_a_completion_streams_and_its_tokens_name_the_conversation(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    def answer(received: Received) -> Reply:
        pieces = answers.pieces(f"It is {token or received.placeholders[0]}", 5)
        told: list[Data] = [{**_HEAD, "response": piece, "done": False} for piece in pieces]
        return lines([*told, {**_HEAD, "response": "", **_TAIL, "context": [128006, 882, 128007, 4]}])

    token = ""
    upstream.answer = answer
    bodies: list[Data] = [
        {"model": "m", "prompt": f"Who is {AWKWARD}?", "system": f"Serve {NAME}.", "images": [PICTURE]},
        {"model": "m", "prompt": "Say it again.", "context": [128006, 882, 128007, 4]},
    ]
    for body in bodies:
        found = [json.loads(line) for line in (await post(http, running, "/api/generate", body)).splitlines()]
        assert "".join(one["response"] for one in found) == f"It is {AWKWARD}"
        assert found[-1] == {**_HEAD, "response": "", **_TAIL, "context": [128006, 882, 128007, 4]}
        token = token or upstream.last.placeholders[0]
    first, second = (received.json() for received in upstream.received)
    assert first["prompt"] == f"Who is {token}?" and first["images"] == [PICTURE]
    assert second == bodies[1]
    assert len({exchange.session for exchange in running.app.exchanges}) == 1


async def test_thoughts_before_a_completion_are_restored_whole(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    def answer(received: Received) -> Reply:
        name = received.placeholders[0][1:-1]
        pieces = answers.pieces(f"Is it {name}", 5)
        told: list[Data] = [{**_HEAD, "response": "", "thinking": piece, "done": False} for piece in pieces]
        return lines([*told, {**_HEAD, "response": "Yes", "done": False}, {**_HEAD, "response": "", **_TAIL}])

    upstream.answer = answer
    got = await post(http, running, "/api/generate", {"model": "m", "prompt": NAME, "think": True})
    found = [json.loads(line) for line in got.splitlines()]
    assert "".join(one.get("thinking", "") for one in found) == f"Is it {NAME}"
    assert "".join(one["response"] for one in found) == "Yes"


async def test_of_a_chat_only_the_values_change(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    body: Data = {
        "model": "registry.example.com/mine/llama-fake:8b",
        "format": {"type": "object", "properties": {"who": {"type": "string", "description": f"Such as {NAME}"}}},
        "keep_alive": "5m",
        "think": "high",
        "options": {"temperature": 0.10, "seed": 7, "stop": [NAME]},
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "look_up",
                    "description": f"Such as {NAME}",
                    "parameters": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
                },
            }
        ],
        "messages": [
            {"role": "system", "content": f"Serve {NAME}."},
            {"role": "user", "content": f"I am {NAME}.", "images": [PICTURE]},
            {
                "role": "assistant",
                "content": "",
                "thinking": f"Look for {EMAIL}",
                "tool_calls": [{"function": {"name": "look_up", "arguments": {"to": EMAIL, "cc": [NAME]}}}],
            },
            {"role": "tool", "tool_name": "look_up", "content": f'{{"found": "{NAME}"}}'},
        ],
    }
    upstream.answer = lambda _: lines(chat_lines("Fine."))
    raw = json.dumps(body, ensure_ascii=False)
    await post(http, running, "/api/chat", body)
    assert set(hidden(raw, upstream.only.body.decode()).values()) == {NAME, EMAIL}
    assert len(upstream.only.placeholders) == 2


async def test_a_longer_chat_keeps_its_redacted_beginning_byte_for_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: lines(chat_lines(answers.said(r), f"About {r.placeholders[0]}"))
    turns: list[Data] = [{"role": "user", "content": PROSE}]
    for more in (f"And {EMAIL}?", f"Then write to {AWKWARD}."):
        thought, text, _ = heard(await post(http, running, "/api/chat", {"model": "m", "messages": turns}))
        turns += [{"role": "assistant", "content": text, "thinking": thought}, {"role": "user", "content": more}]
    await post(http, running, "/api/chat", {"model": "m", "messages": turns})
    bodies = [received.body for received in upstream.received]
    for shorter, longer in pairwise(bodies):
        assert longer.startswith(shorter.removesuffix(b"]}"))
    said = upstream.last.json()["messages"][1]
    assert said["content"] == answers.said(upstream.received[0])
    assert said["thinking"] == f"About {upstream.received[0].placeholders[0]}"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/embed", {"model": "m", "input": [PROSE, "Hello"], "truncate": True}),
        ("/api/embed", {"model": "m", "input": PROSE}),
        ("/api/embeddings", {"model": "m", "prompt": PROSE}),
        ("/api/create", {"model": "m", "from": "llama-fake", "system": PROSE, "stream": False}),
        (
            "/api/create",
            {"model": "m", "from": "l", "messages": [{"role": "user", "content": PROSE}]},
        ),
    ],
)
async def test_what_is_embedded_or_made_part_of_a_model_is_redacted(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, path: str, body: Data
) -> None:
    upstream.answer = lambda _: answers.body({"embeddings": [[0.25, 1e-7]], "status": "success"})
    assert await post(http, running, path, body) == b'{"embeddings": [[0.25, 1e-07]], "status": "success"}'
    hidden(json.dumps(body, ensure_ascii=False), upstream.only.body.decode())
    assert len(upstream.only.placeholders) == 5


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/api/show", {"model": "llama-fake:8b", "verbose": True}),
        ("POST", "/api/pull", {"model": "llama-fake:8b", "insecure": False}),
        ("POST", "/api/push", {"name": "mine/llama-fake", "stream": True}),
        ("POST", "/api/copy", {"source": "llama-fake", "destination": "rose.miller"}),
        ("DELETE", "/api/delete", {"model": "llama-fake"}),
    ],
)
async def test_names_of_models_stay(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, method: str, path: str, body: Data
) -> None:
    told: list[Data] = [
        {"status": "pulling manifest"},
        {"status": "pulling 6a0", "total": 9, "completed": 3},
        {"status": "success"},
    ]
    upstream.answer = lambda _: lines(told)
    got = await post(http, running, path, body, method)
    assert [json.loads(line) for line in got.splitlines()] == told
    assert upstream.only.json() == body


async def test_what_is_no_name_of_a_model_is_text(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda _: answers.body({})
    await post(http, running, "/api/show", {"model": f"Ask {EMAIL}", "system": NAME})
    assert len(upstream.only.placeholders) == 2


@pytest.mark.parametrize("path", ["/api/tags", "/api/ps", "/api/version"])
async def test_lists_pass(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, path: str) -> None:
    upstream.answer = lambda _: answers.body({"models": [{"name": "llama-fake:latest"}], "version": "0.6.3"})
    async with http.get(running.origin + path) as got:
        assert json.loads(await got.read()) == {"models": [{"name": "llama-fake:latest"}], "version": "0.6.3"}
    assert (upstream.only.method, upstream.only.target) == ("GET", path)


async def test_weights_go_to_ollama_byte_for_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    blob = b"GGUF\x03\x00\xff\xfe" + bytes(range(256)) * 9
    path = f"/api/blobs/sha256:{hashlib.sha256(blob).hexdigest()}"
    upstream.answer = lambda _: Reply(201)
    async with http.post(running.origin + path, data=blob) as got:
        assert got.status == 201
    assert (upstream.only.target, upstream.only.body) == (path, blob)
    upstream.answer = lambda _: Reply(404)
    async with http.head(running.origin + path) as got:
        assert got.status == 404
    assert upstream.last.method == "HEAD"


async def test_an_error_is_restored_in_and_before_a_stream(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: answers.body({"error": f"no model for {r.placeholders[0]}"}, 404)
    async with http.post(f"{running.origin}/api/chat", json=asking(NAME)) as got:
        assert (got.status, json.loads(await got.read())) == (404, {"error": f"no model for {NAME}"})
    upstream.answer = lambda r: lines([message(content="Hi "), {"error": f"lost {r.placeholders[0]}"}])
    wire = await post(http, running, "/api/chat", asking(NAME))
    assert json.loads(wire.splitlines()[-1]) == {"error": f"lost {NAME}"}


async def test_a_stream_that_breaks_off_says_so(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    def answer(received: Received) -> Reply:
        begun = [json.dumps(message(content=f"Dear {received.placeholders[0][:5]}")).encode() + b"\n", b'{"half']
        return Reply(200, _LINES, begun, "chunked", "cut")

    upstream.answer = answer
    first, held, error = (json.loads(x) for x in (await post(http, running, "/api/chat", asking(NAME))).splitlines())
    assert first["message"]["content"] + held["message"]["content"] == "Dear [PERS"
    assert error.keys() == {"error"} and "broke off" in error["error"]


async def test_a_refusal_has_the_dialects_shape(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with http.post(f"{running.origin}/api/chat", data=b'{"messages": [') as got:
        assert got.status == 400 and got.headers["x-should-retry"] == "false"
        error = json.loads(await got.read())
    assert error.keys() == {"error"} and "nothing was sent" in error["error"]
    assert not upstream.received


@pytest.mark.parametrize("prefix", ["/ollama", "/u/local"])
async def test_other_dialects_are_spoken_at_ollamas_place(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, prefix: str
) -> None:
    running.app.settings.set("upstreams", f"local=ollama:{upstream.origin}")
    try:
        body = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": NAME}]}
        openai = json.loads(await post(http, running, f"{prefix}/v1/chat/completions", body))
        claude = json.loads(await post(http, running, f"{prefix}/v1/messages", body))
    finally:
        running.app.settings.set("upstreams", "")
    assert openai["choices"][0]["message"]["content"] == claude["content"][0]["text"] == f"Noted: {NAME}. Dear {NAME}!"
    assert [received.target for received in upstream.received] == ["/v1/chat/completions", "/v1/messages"]


@pytest.mark.parametrize("more", [{"stream": False}, {}], ids=["whole", "streaming"])
async def test_the_practice_model_speaks_it_too(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, more: Data
) -> None:
    _, text, _ = heard(await post(http, running, "/demo/api/chat", asking(f"I am {NAME}.", **more)))
    assert f"“I am {NAME}.”" in text
    assert not upstream.received
