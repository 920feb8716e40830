"""What passes through untouched, and what we add: paths, headers, controls, statuses, encodings."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable

import aiohttp
import brotli  # type: ignore[import-untyped]
import openai
import pytest
from yarl import URL

from tests import answers
from tests.e2e.conftest import EMAIL, NAME, PROSE, Running, hidden, restored
from tests.e2e.dialects import BOTH, CLAUDE, GPT, Dialect
from tests.fakes import FakeUpstream, Received, Reply

from backports import zstd  # isort: skip

both = pytest.mark.parametrize("dialect", BOTH, ids=str)


@both
@pytest.mark.parametrize("prefix", ["/v1", ""], ids=["with v1", "bare"])
async def test_query_and_headers_go_upstream(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, prefix: str
) -> None:
    query = "?beta=true&q=a%2Fb+c&q=%C3%BC"
    sent = {
        "x-api-key": "sk-other",
        "anthropic-beta": "one,two",
        "OpenAI-Organization": "org-1",
        "User-Agent": "tool/1.0",
        "X-Whatever": "kept",
        "x-anonamoose-session": "passing",
        "Connection": "keep-alive, X-Hop",
        "X-Hop": "not kept",
    }
    url = URL(f"{running.origin}{prefix}{dialect.bare}{query}", encoded=True)
    async with http.post(url, json=dialect.body("Hello"), headers=sent) as answer:
        assert answer.status == 200
    received = upstream.only
    assert received.target == dialect.path + query
    for name in ("x-api-key", "anthropic-beta", "OpenAI-Organization", "User-Agent", "X-Whatever"):
        assert received.header(name) == sent[name]
    names = {name.lower() for name, _ in received.headers}
    assert not {name for name in names if name.startswith("x-anonamoose")}
    assert not names & {"x-hop", "connection", "transfer-encoding", "content-encoding"}
    assert received.header("Host") == upstream.origin.removeprefix("http://")


@pytest.mark.parametrize(
    ("dialect", "name", "value"),
    [
        (CLAUDE, "Authorization", "Bearer sk-ant-oat01-x"),
        (CLAUDE, "x-api-key", "sk-ant-x"),
        (CLAUDE, "x-api-key", "anything"),
        (GPT, "Authorization", "Bearer sk-x"),
        (GPT, "Authorization", "Basic eA=="),
        (GPT, "api-key", "x"),
    ],
    ids=str,
)
async def test_whichever_credential_came_goes_on_verbatim_and_alone(
    running: Running, upstream: FakeUpstream, dialect: Dialect, name: str, value: str
) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.post(running.origin + dialect.path, json=dialect.body("Hello"), headers={name: value}) as answer,
    ):
        assert answer.status == 200
    credentials = {"authorization", "x-api-key", "api-key"}
    assert [pair for pair in upstream.only.headers if pair[0].lower() in credentials] == [(name, value)]


@both
async def test_the_answer_tells_session_and_number_of_redactions(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    for streaming in (False, True):
        body = dialect.body(PROSE, stream=streaming)
        named = {"x-anonamoose-session": "my.session:1"}
        async with http.post(running.origin + dialect.path, json=body, headers=named) as got:
            assert got.headers["x-anonamoose-session"] == "my.session:1"
            assert got.headers["x-anonamoose-redactions"] == "5"
            await got.read()


@both
@pytest.mark.parametrize("streaming", [False, True])
async def test_redact_false_sends_the_request_as_it_is(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    streaming: bool,
    plain_is_meant: set[str],
) -> None:
    plain_is_meant.add("upstream")
    raw = dialect.raw(PROSE, stream=streaming)
    wire = (
        answers.encode(dialect.events("[PERSON_4821]"))
        if streaming
        else json.dumps(dialect.whole("[PERSON_4821]")).encode()
    )
    upstream.answer = lambda _: Reply(200, answers.SSE if streaming else Reply().headers, [wire], "chunked")
    no = {"x-anonamoose-redact": "false", "Content-Type": "application/json"}
    async with http.post(running.origin + dialect.path, data=raw, headers=no) as got:
        assert await got.read() == wire
    assert upstream.only.body == raw


@both
@pytest.mark.parametrize("streaming", [False, True])
async def test_hydrate_false_leaves_the_placeholders(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, streaming: bool
) -> None:
    no = {"x-anonamoose-hydrate": "no"}
    body = dialect.body(PROSE, stream=streaming)
    async with http.post(running.origin + dialect.path, json=body, headers=no) as got:
        wire = await got.read()
    assert (dialect.streamed if streaming else dialect.text)(wire) == answers.said(upstream.only)


async def test_locale_narrows_what_is_looked_for(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")  # an Australian number is no British one
    text = "Medicare card 2123 45670 1"
    async with http.post(f"{running.origin}/v1/chat/completions", json=GPT.body(text)) as got:
        assert got.status == 200
    everywhere = upstream.only.placeholders
    assert [token for token in everywhere if token.startswith("[AU_MEDICARE_")]
    headers = {"x-anonamoose-locale": "UK"}
    async with http.post(f"{running.origin}/v1/chat/completions", json=GPT.body(text), headers=headers) as got:
        assert got.status == 200
    assert not [token for token in upstream.last.placeholders if token.startswith("[AU_")]


@pytest.mark.parametrize(
    ("name", "value"),
    [("session", "with blank"), ("session", "x" * 129), ("redact", "maybe"), ("hydrate", ""), ("locale", "XX")],
)
@both
async def test_a_control_with_an_impossible_value_is_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, name: str, value: str
) -> None:
    headers = {f"x-anonamoose-{name}": value}
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE), headers=headers) as got:
        assert (got.status, got.headers["x-should-retry"]) == (400, "false")
        assert f"x-anonamoose-{name}" in dialect.error(await got.read())
    assert not upstream.received


@both
@pytest.mark.parametrize("path", ["/demo/v1", "/demo"], ids=["demo", "demo without v1"])
@pytest.mark.parametrize("streaming", [False, True])
async def test_the_practice_model_answers(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    path: str,
    streaming: bool,
) -> None:
    body = dialect.body(PROSE, stream=streaming)
    async with http.post(running.origin + path + dialect.bare, json=body) as got:
        assert got.status == 200 and got.headers["x-anonamoose-redactions"] == "5"
        wire = await got.read()
    text = (dialect.streamed if streaming else dialect.text)(wire)
    assert f"“{PROSE}”" in text and text.endswith(f"oted, {NAME}.")
    assert not upstream.received


async def test_the_practice_model_answers_responses(running: Running, upstream: FakeUpstream) -> None:
    async with openai.AsyncOpenAI(base_url=f"{running.origin}/demo/v1", api_key="none", max_retries=0) as client:
        whole = await client.responses.create(model="practice", input=PROSE)
        async with client.responses.stream(model="practice", input=[{"role": "user", "content": PROSE}]) as stream:
            said = "".join([event.delta async for event in stream if event.type == "response.output_text.delta"])
            assert (await stream.get_final_response()).output_text == said == whole.output_text
        assert f"“{PROSE}”" in said
        with pytest.raises(openai.NotFoundError, match="can chat, and nothing else"):
            await client.embeddings.create(model="practice", input=PROSE)
    assert not upstream.received


async def test_the_practice_model_lists_itself(running: Running, http: aiohttp.ClientSession) -> None:
    async with http.get(f"{running.origin}/demo/v1/models") as got:
        assert json.loads(await got.read())["object"] == "list"
    headers = {"anthropic-version": "2023-06-01"}
    async with http.get(f"{running.origin}/demo/v1/models", headers=headers) as got:
        assert json.loads(await got.read())["data"][0]["type"] == "model"


async def test_the_root_and_health_answer_without_a_provider(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    for path in ("/", "/v1", "/v1/", "/demo", "/demo/v1", "/health"):
        async with http.head(running.origin + path) as got:
            assert got.status == 200
    async with http.get(f"{running.origin}/health") as got:
        health = json.loads(await got.read())
    own = {name: health[name] for name in ("timestamp", "version")}
    told = {"status": "ok", **own, "protection": "on", "reason": "", "audit": "on", "newer": "", "vault": "ok"}
    assert health == {**told, "requests": 0, "sockets": 0, "waiting": 0}
    async with http.get(f"{running.origin}/nothing/here") as got:
        assert got.status == 404 and got.headers["x-should-retry"] == "false"
        GPT.error(await got.read())
    async with http.get(f"{running.origin}/u/nobody/v1/models") as got:
        assert got.status == 404 and "no upstream of this name" in GPT.error(await got.read())
    assert not upstream.received


_UNKNOWN = pytest.mark.parametrize("path", ["x/y/z", "chat", "models/a/b/tomorrow"])


@_UNKNOWN
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_an_endpoint_nobody_declared_is_redacted_and_restored(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, method: str, path: str
) -> None:
    upstream.answer = lambda r: answers.body({"said": r.json()["deep"][0]["text"], "id": "thing_1234567"})
    body = {"id": "thing_1234567", "deep": [{"text": PROSE, "created": "2026-01-01T00:00:00Z"}]}
    for dialect in BOTH:
        headers = {"anthropic-version": "2023-06-01"} if dialect is CLAUDE else {}
        async with http.request(method, f"{running.origin}/v1/{path}", json=body, headers=headers) as got:
            assert (got.status, json.loads(await got.read())) == (200, {"said": PROSE, "id": "thing_1234567"})
        sent = upstream.last.json()
        assert len(hidden(PROSE, sent["deep"][0]["text"])) == 5
        assert (sent["id"], sent["deep"][0]["created"]) == ("thing_1234567", "2026-01-01T00:00:00Z")


@_UNKNOWN
@pytest.mark.usefixtures("strict")
async def test_an_endpoint_nobody_declared_may_be_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, path: str
) -> None:
    for dialect in BOTH:
        headers = {"anthropic-version": "2023-06-01"} if dialect is CLAUDE else {}
        async with http.post(f"{running.origin}/v1/{path}", json={"input": PROSE}, headers=headers) as got:
            assert (got.status, got.headers["x-should-retry"]) == (403, "false")
            assert "nothing was sent" in dialect.error(await got.read())
    assert not upstream.wire


@both
async def test_an_endpoint_without_a_body_takes_none(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    headers = {"anthropic-version": "2023-06-01"} if dialect is CLAUDE else {}
    async with http.request("GET", running.origin + "/v1/models", json=dialect.body(PROSE), headers=headers) as got:
        assert (got.status, got.headers["x-should-retry"]) == (403, "false")
        assert "nothing was sent" in dialect.error(await got.read())
    assert not upstream.wire


async def test_requests_without_a_body_pass(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda _: Reply(200, (("Content-Type", "application/octet-stream"),), [b"\x00\xff[PERSON_1]"])
    for method, path in (("GET", "/v1/files/file-1/content"), ("DELETE", "/v1/files/file-1"), ("GET", "/v1/batches")):
        async with http.request(method, running.origin + path) as got:
            assert await got.read() == b"\x00\xff[PERSON_1]"
        assert (upstream.last.method, upstream.last.target, upstream.last.body) == (method, path, b"")


_PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}


@both
@pytest.mark.parametrize("encoding", _PACKERS)
async def test_compressed_requests_are_read(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, encoding: str
) -> None:
    packed = _PACKERS[encoding](dialect.raw(PROSE))
    headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
    async with http.post(running.origin + dialect.path, data=packed, headers=headers) as got:
        assert got.status == 200
        text = dialect.text(await got.read())
    redacted = upstream.only.json()["messages"][0]["content"]
    assert text == restored(answers.said(upstream.only), hidden(PROSE, redacted))


@both
@pytest.mark.parametrize("encoding", _PACKERS)
async def test_compressed_answers_are_restored(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, encoding: str
) -> None:
    def answer(received: Received) -> Reply:
        whole = json.dumps(dialect.whole(f"Dear {received.placeholders[0]}")).encode()
        headers = (("Content-Type", "application/json"), ("Content-Encoding", encoding), ("ETag", '"1"'))
        return Reply(200, headers, [_PACKERS[encoding](whole)])

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE)) as got:
        assert not {"Content-Encoding", "ETag"} & set(got.headers)
        assert dialect.text(await got.read()) == f"Dear {NAME}"
    asked_for = (upstream.only.header("Accept-Encoding") or "").split(", ")
    assert set(asked_for) <= {"gzip", "deflate", "identity"}


@both
async def test_a_compressed_stream_is_restored(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    def answer(received: Received) -> Reply:
        packed = gzip.compress(answers.encode(dialect.events(f"Dear {received.placeholders[1]}")))
        return answers.stream(packed, 50, (*answers.SSE, ("Content-Encoding", "gzip")))

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        assert "Content-Encoding" not in got.headers
        assert dialect.streamed(await got.read()) == f"Dear {EMAIL}"
    assert upstream.only.header("Accept-Encoding") == "identity"
