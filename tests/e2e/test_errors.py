"""Errors of providers, in all four dialects: status, headers and shape stay, values come back, nothing is retried."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import anthropic
import openai
import pytest
import pytest_asyncio

from tests import answers
from tests.e2e.conftest import AWKWARD, PROSE, TERMS, Running, launched
from tests.fakes import FakeUpstream, Received, Reply

Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """A dialect: how it is asked, how its errors look, and how its stream says a text and an error."""

    name: str
    path: str
    key: tuple[str, str]
    streamed_path: str = ""

    def __str__(self) -> str:
        return self.name

    def body(self, text: str, streaming: bool) -> Data:
        if self.name == "gemini":
            return {"contents": [{"role": "user", "parts": [{"text": text}]}]}
        return {"model": "fake", "stream": streaming, "messages": [{"role": "user", "content": text}]}

    def error(self, status: int, message: str) -> Data:
        if self.name == "anthropic":
            return {"type": "error", "error": {"type": "some_error", "message": message}, "request_id": "req_1"}
        if self.name == "gemini":
            return {"error": {"code": status, "message": message, "status": "SOME", "details": [{"reason": message}]}}
        if self.name == "ollama":
            return {"error": message}
        return {"error": {"message": message, "type": "some_error", "param": message, "code": None}}

    def url(self, streaming: bool) -> str:
        return self.streamed_path if streaming and self.streamed_path else self.path


OPENAI = Case("openai", "/v1/chat/completions", ("Authorization", "Bearer sk-x"))
ANTHROPIC = Case("anthropic", "/v1/messages", ("x-api-key", "sk-ant-x"))
GEMINI = Case(
    "gemini",
    "/v1beta/models/fake:generateContent",
    ("x-goog-api-key", "x"),
    "/v1beta/models/fake:streamGenerateContent?alt=sse",
)
OLLAMA = Case("ollama", "/api/chat", ("X-Nothing", "x"))
DIALECTS = (OPENAI, ANTHROPIC, GEMINI, OLLAMA)
dialects = pytest.mark.parametrize("dialect", DIALECTS, ids=str)
STATUSES = (400, 401, 403, 404, 413, 422, 429, 500, 503, 529)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def app(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """An app that sends all four dialects to the fake provider."""
    others = {"gemini_upstream": _upstream.origin, "ollama_upstream": _upstream.origin, "ner": False}
    async with launched(tmp_path_factory.mktemp("errors"), _upstream, **others) as running:
        await running.app.terms.add(TERMS)
        await running.protected()
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def http(app: Running, upstream: FakeUpstream) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(app.origin, connector=aiohttp.TCPConnector(force_close=True)) as client:
        yield client


#: Nothing of the connection's own; some names twice, and in the case of whoever sends them.
_KEPT = (
    ("x-request-id", "req_1"),
    ("request-id", "req_2"),
    ("retry-after", "7"),
    ("retry-after-ms", "7000"),
    ("x-should-retry", "true"),
    ("x-ratelimit-limit-requests", "60"),
    ("x-ratelimit-remaining-tokens", "0"),
    ("x-ratelimit-reset-tokens", "6m0s"),
    ("anthropic-ratelimit-requests-reset", "2026-01-01T00:00:00Z"),
    ("anthropic-organization-id", "org-1"),
    ("openai-processing-ms", "3"),
    ("openai-version", "2020-10-01"),
    ("cf-ray", "1-AKL"),
    ("Set-Cookie", "a=1"),
    ("Set-Cookie", "b=2"),
)


@dialects
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])
@pytest.mark.parametrize("status", [200, *STATUSES])
async def test_an_error_keeps_status_headers_and_shape_and_quotes_the_values(
    http: aiohttp.ClientSession, upstream: FakeUpstream, dialect: Case, status: int, streaming: bool
) -> None:
    said = "Invalid value: '{}'"

    def answer(received: Received) -> Reply:
        return answers.body(dialect.error(status, said.format(received.placeholders[0])), status, _KEPT)

    upstream.answer = answer
    body = dialect.body(AWKWARD, streaming)
    async with http.post(dialect.url(streaming), json=body, headers=[dialect.key]) as got:
        assert got.status == status
        assert got.headers["Content-Type"] == "application/json"
        assert json.loads(await got.read()) == dialect.error(status, said.format(AWKWARD))
        pairs = [(name.lower(), value) for name, value in got.headers.items()]
    wanted = [(name.lower(), value) for name, value in _KEPT]
    assert [pair for pair in pairs if pair in wanted] == wanted
    assert len(upstream.received) == 1


@dialects
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])
async def test_headers_of_betas_and_versions_go_both_ways(
    http: aiohttp.ClientSession, upstream: FakeUpstream, dialect: Case, streaming: bool
) -> None:
    headers = [
        dialect.key,
        ("anthropic-beta", "one-2026-01-01,two-2026-01-01"),
        ("OpenAI-Beta", "responses=v1"),
        ("Idempotency-Key", "key-1"),
        ("x-stainless-retry-count", "0"),
        ("x-goog-api-client", "client/1"),
        ("traceparent", "00-1-2-00"),
    ]
    if dialect is ANTHROPIC:
        headers.append(("anthropic-version", "2026-10-21"))
    upstream.answer = lambda _: answers.body({}, 200, [("anthropic-beta", "one"), ("OpenAI-Beta", "two")])
    async with http.post(dialect.url(streaming), json=dialect.body("Hello", streaming), headers=headers) as got:
        assert (got.headers["anthropic-beta"], got.headers["OpenAI-Beta"]) == ("one", "two")
    for name, value in headers:
        assert upstream.only.header(name) == value
    assert upstream.only.target == dialect.url(streaming)


_NDJSON = (("Content-Type", "application/x-ndjson"),)
#: How an error looks in a stream, and what the stream says it is.
_WIRE: dict[str, tuple[str, Sequence[tuple[str, str]]]] = {
    "openai": ("data: {}\n\n", answers.SSE),
    "anthropic": ("event: error\ndata: {}\n\n", answers.SSE),
    "gemini": ("data: {}\r\n\r\n", answers.SSE),
    "ollama": ("{}\n", _NDJSON),
}


@dialects
async def test_an_error_in_a_stream_comes_after_what_was_held_and_quotes_the_values(
    http: aiohttp.ClientSession, upstream: FakeUpstream, dialect: Case
) -> None:
    form, headers = _WIRE[dialect.name]
    said = "Overloaded while reading '{}'"

    def answer(received: Received) -> Reply:
        error = form.format(json.dumps(dialect.error(529, said.format(received.placeholders[0]))))
        return Reply(200, headers, [_begun(dialect, "Dear [CUS"), error.encode()], "chunked")

    upstream.answer = answer
    async with http.post(dialect.url(True), json=dialect.body(AWKWARD, True), headers=[dialect.key]) as got:
        wire = (await got.read()).decode()
    error = form.format(json.dumps(dialect.error(529, said.format(AWKWARD)), ensure_ascii=False))
    assert wire.endswith(error)
    begun = wire.removesuffix(error)
    assert "Dear " in begun and "[CUS" in begun


def _begun(dialect: Case, text: str) -> bytes:
    """A stream that says `text`, and has not ended."""
    if dialect is OPENAI:
        return answers.encode([answers.chunk(0, {"role": "assistant", "content": text})])
    if dialect is ANTHROPIC:
        return answers.encode(answers.message_events(text, size=100)[:4])
    if dialect is GEMINI:
        parts = {"role": "model", "parts": [{"text": text}]}
        return answers.encode([{"candidates": [{"index": 0, "content": parts}]}], "\r\n")
    return json.dumps({"model": "fake", "message": {"role": "assistant", "content": text}}).encode() + b"\n"


@pytest.mark.parametrize("status", STATUSES)
async def test_the_clients_raise_what_the_provider_meant(
    app: Running, upstream: FakeUpstream, key: str, status: int
) -> None:
    """With the value in the message, and the id to quote to the provider."""
    said = "Invalid value: '{}'"
    dialect = OPENAI
    upstream.answer = lambda r: answers.body(
        dialect.error(status, said.format(r.placeholders[0])), status, [("x-request-id", "req_1"), ("request-id", "r")]
    )
    messages: Any = [{"role": "user", "content": AWKWARD}]
    async with openai.AsyncOpenAI(base_url=app.app.base_url, api_key=key, max_retries=0) as gpt:
        with pytest.raises(openai.APIStatusError) as raised:
            await gpt.chat.completions.create(model="fake", messages=messages)
        assert (raised.value.status_code, raised.value.request_id) == (status, "req_1")
        assert said.format(AWKWARD) in raised.value.message
    dialect = ANTHROPIC
    async with anthropic.AsyncAnthropic(base_url=app.origin, api_key=key, max_retries=0) as claude:
        with pytest.raises(anthropic.APIStatusError) as refused:
            await claude.messages.create(model="fake", max_tokens=9, messages=messages)
        assert (refused.value.status_code, refused.value.request_id) == (status, "r")
        assert isinstance(refused.value.body, dict) and refused.value.body == dialect.error(
            status, said.format(AWKWARD)
        )


@dialects
async def test_what_we_refuse_no_client_tries_again(
    http: aiohttp.ClientSession, upstream: FakeUpstream, dialect: Case
) -> None:
    """In the dialect's own shape, and nothing was sent."""
    headers = [dialect.key, ("Content-Type", "application/json")]
    async with http.post(dialect.path, data=b'{"half', headers=headers) as got:
        assert (got.status, got.headers["x-should-retry"]) == (400, "false")
        refused = json.loads(await got.read())
    assert set(refused) == set(dialect.error(400, ""))
    assert not upstream.received


async def test_a_limit_is_waited_out_by_the_client_itself(app: Running, upstream: FakeUpstream, key: str) -> None:
    def answer(received: Received) -> Reply:
        if len(upstream.received) == 1:
            return answers.body(OPENAI.error(429, "Slow down."), 429, [("retry-after-ms", "1")])
        return answers.echo(received)

    upstream.answer = answer
    async with openai.AsyncOpenAI(base_url=app.app.base_url, api_key=key) as gpt:
        answer_ = await gpt.chat.completions.create(model="fake", messages=[{"role": "user", "content": PROSE}])
    assert "Priya Raman" in (answer_.choices[0].message.content or "")
    first, second = upstream.received
    assert first.body == second.body
