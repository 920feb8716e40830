"""Who is let in: hosts and origins, the access token, addresses that others can reach, and what is no HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest
from pytest_asyncio import fixture
from yarl import URL

from app.errors import Exit, UserError
from app.events import EventBus
from app.proxy import guard
from app.store.access import Access, Scope, new_token
from app.text_command import opened
from tests.e2e.conftest import NAME, PROSE, Running, launched, stored
from tests.e2e.dialects import CLAUDE, GPT
from tests.e2e.test_sockets import RESPONSES, asked, connected, create, echo, said
from tests.fake_socket import FakeSocket
from tests.fakes import PATIENCE, FakeUpstream

PAGE = "https://chat.example.com"
EVERYWHERE = (
    "/",
    "/health",
    "/ready",
    "/demo/v1/models",
    "/v1/models",
    "/api/tags",
    "/api/v1/redact",
    "/api/v1/sessions",
)


async def raw(running: Running, sent: bytes) -> tuple[int, bytes]:
    """Status and body of the answer to `sent`, after which the connection is closed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    async with asyncio.timeout(PATIENCE):
        writer.write(sent)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    return int(head.split(b" ")[1]), body


def told(body: bytes) -> str:
    """The sentence of a refusal, after a look at its form."""
    error = json.loads(body)["error"]
    message: str = error["message"]
    assert message.startswith("Anonamoose: ") and "\n" not in message and len(message) < 250
    return message


def posted(host: bytes, *headers: bytes, path: str = GPT.path, body: bytes = GPT.raw(PROSE)) -> bytes:
    lines = [f"POST {path} HTTP/1.1".encode(), b"Host: " + host, *headers, b"Connection: close"]
    return b"\r\n".join([*lines, f"Content-Length: {len(body)}".encode(), b"", body])


@pytest.mark.parametrize(
    "host",
    [
        "evil.example:{port}",  # what a page is called whose name has come to lead to us
        "evil.example",
        "localhost.evil.example:{port}",
        "localhost:1",
        "localhost",
        "127.0.0.1",
        "10.0.0.1:{port}",
        "0.0.0.0:{port}",
        "",
        "ｌocalhost:{port}",
        "lоcalhost:{port}",
        "localhoſt:{port}",
        "localhost\u200b:{port}",
        "①②⑦.⓪.⓪.①:{port}",
        "localhost:{port}, evil.example",
        "evil.example/@localhost:{port}",
        "[::ffff:127.0.0.1]:{port}",
    ],
)
async def test_a_host_that_is_not_ours_is_refused_everywhere(
    running: Running, upstream: FakeUpstream, host: str
) -> None:
    name = host.format(port=running.port).encode()
    status, body = await raw(running, posted(name))
    assert status == 421 and "allowed-hosts" in told(body)
    for path in EVERYWHERE:
        status, body = await raw(
            running, f"GET {path} HTTP/1.1\r\nHost: ".encode() + name + b"\r\nConnection: close\r\n\r\n"
        )
        assert status == 421 and b"allowed-hosts" in body
    assert not upstream.wire and len(running.app.exchanges) == 0


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "LOCALHOST:{port}", "127.0.0.1:{port}", "127.1.2.3:{port}", "[::1]:{port}"]
)
async def test_a_host_that_is_ours_is_served(running: Running, upstream: FakeUpstream, host: str) -> None:
    status, body = await raw(running, posted(host.format(port=running.port).encode()))
    assert status == 200 and NAME in GPT.text(body)


async def test_a_host_that_is_named_is_ours_from_then_on(running: Running, upstream: FakeUpstream) -> None:
    assert (await raw(running, posted(b"Anonamoose:8080")))[0] == 421
    running.app.settings.set("allowed-hosts", "anonamoose")
    try:
        assert (await raw(running, posted(b"Anonamoose:8080")))[0] == 200
        assert (await raw(running, posted(b"x.anonamoose:8080")))[0] == 421
    finally:
        running.app.settings.set("allowed-hosts", "")


_BODY = GPT.raw(PROSE)
_LENGTH = f"Content-Length: {len(_BODY)}".encode()
_CHUNKED = b"Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    "lines",
    [
        [_LENGTH, _CHUNKED],
        [_CHUNKED, _LENGTH],
        [_LENGTH, _LENGTH],
        [_LENGTH, b"Content-Length: 3"],
        [_LENGTH + b", 3"],
        [b"Content-Length: +3"],
        [b"Content-Length: -1"],
        [b"Content-Length: 0x3"],
        [b"Content-Length : 3"],
        [b"Transfer-Encoding: xchunked"],
        [b"Transfer-Encoding: chunked, identity"],
        [_CHUNKED, b"Transfer-Encoding: identity"],
        [b"Transfer-Encoding: \x0bchunked"],
        [_LENGTH, b"X-A: b", b" c"],
        [_LENGTH, b"X-A: b", b"\tContent-Length: 3"],
        [_LENGTH, b"X-A: b\rTransfer-Encoding: chunked"],
        [_LENGTH, b"X-A: b\nTransfer-Encoding: chunked"],
        [_LENGTH, b"X-A: b\0c"],
        [_LENGTH, b"X A: b"],
        [_LENGTH, b": b"],
        [_LENGTH, b"X-A: " + b"a" * 100_000],
        [_LENGTH, b"X" * 100_000 + b": a"],
        [_LENGTH, *[b"X-A: b"] * 1000],
        [_LENGTH, b"Host: localhost"],
        [_LENGTH, b"Host: evil.example"],
    ],
    ids=lambda lines: repr(b"; ".join(lines))[:60],
)  # fmt: skip
async def test_what_two_programs_could_read_as_two_things_is_refused(
    running: Running, upstream: FakeUpstream, lines: list[bytes], caplog: pytest.LogCaptureFixture
) -> None:
    head = [b"POST /v1/chat/completions HTTP/1.1", f"Host: localhost:{running.port}".encode(), *lines]
    status, body = await raw(running, b"\r\n".join([*head, b"", _BODY]))
    assert status == 400 and "cannot be read as HTTP" in told(body)
    assert not upstream.wire and len(running.app.exchanges) == 0
    assert "X-A" not in caplog.text and "evil" not in caplog.text


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"GET /health HTTP/1.1\r\n", 400),
        (b"GET /health HTTP/1.0\r\n", 400),
        (b"GET /health\r\n", 400),
        (b"GET /health HTTP/2.0\r\nHost: localhost:PORT\r\n", 400),
        (b"GET http://localhost:PORT/health HTTP/1.1\r\nHost: localhost:PORT\r\n", 400),
        (b"GET http://evil.example/health HTTP/1.1\r\nHost: localhost:PORT\r\n", 400),
        (b"GET health HTTP/1.1\r\nHost: localhost:PORT\r\n", 400),
        (b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost:PORT\r\n", 400),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost:PORT\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost:PORT\r\n" + (b"X-A: " + b"b" * 60_000 + b"\r\n") * 5, 431),
    ],
)
async def test_a_request_that_names_no_host_or_none_of_ours(running: Running, head: bytes, expected: int) -> None:
    sent = head.replace(b"PORT", str(running.port).encode()) + b"Connection: close\r\n\r\n"
    status, body = await raw(running, sent)
    assert status == expected and b"protection" not in body


async def test_a_second_request_on_a_connection_is_looked_at_as_well(running: Running) -> None:
    first = f"GET /health HTTP/1.1\r\nHost: localhost:{running.port}\r\n\r\n"
    second = "GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    _, body = await raw(running, (first + second).encode())
    assert b"HTTP/1.1 421" in body


@pytest.mark.parametrize(
    "headers",
    [
        [("Origin", PAGE)],
        [("Origin", "null")],
        [("Origin", "")],
        [("Origin", "http://localhost:1")],
        [("Origin", "http://localhost")],
        [("Origin", "https://localhost:{port}")],
        [("Origin", "http://localhost:{port}.evil.example")],
        [("Origin", "http://127.0.0.1:{port}")],  # another page than the one of the Host that it asks
        [("Origin", "http://localhost:{port}"), ("Origin", PAGE)],
        [("Origin", "http://localhost:{port}"), ("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "anything new")],
        [("Access-Control-Request-Private-Network", "true")],
    ],
    ids=str,
)
async def test_a_page_of_a_stranger_is_refused_everywhere(
    running: Running, upstream: FakeUpstream, headers: list[tuple[str, str]]
) -> None:
    host = f"localhost:{running.port}".encode()
    lines = [f"{name}: {value}".format(port=running.port).encode() for name, value in headers]
    status, body = await raw(running, posted(host, *lines))
    assert status == 403 and "allowed-origins" in told(body)
    for method in ("GET", "OPTIONS"):
        for path in EVERYWHERE:
            head = [f"{method} {path} HTTP/1.1".encode(), b"Host: " + host, *lines]
            asks = [b"Access-Control-Request-Method: POST"] if method == "OPTIONS" else []
            status, body = await raw(running, b"\r\n".join([*head, *asks, b"Connection: close", b"", b""]))
            assert status == 403 and b"allowed-origins" in body
    shaking = [
        b"Connection: Upgrade",
        b"Upgrade: websocket",
        b"Sec-WebSocket-Version: 13",
        b"Sec-WebSocket-Key: " + b"A" * 22 + b"==",
    ]
    head = [b"GET /v1/responses HTTP/1.1", b"Host: " + host, *shaking, *lines]
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    writer.write(b"\r\n".join([*head, b"", b""]))
    async with asyncio.timeout(PATIENCE):
        assert (await reader.readline()).startswith(b"HTTP/1.1 403 ")
    writer.close()
    assert not upstream.wire and len(running.app.exchanges) == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "none"}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "{origin}"},
     {"Origin": "{origin}", "Sec-Fetch-Site": "same-origin"}],
)  # fmt: skip
async def test_tools_and_our_own_pages_pass(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, headers: dict[str, str]
) -> None:
    sent = {name: value.format(origin=running.origin) for name, value in headers.items()}
    async with http.post(running.origin + GPT.path, json=GPT.body("Hello"), headers=sent) as answer:
        assert answer.status == 200 and "Access-Control-Allow-Origin" not in answer.headers
    upstream.answer = FakeSocket(echo)
    async with connected(http, running, headers=sent) as socket:
        assert (await asked(socket, create("Hello")))["type"] == "response.completed"


@pytest.fixture
def welcome(running: Running) -> Iterator[None]:
    running.app.settings.set("allowed-origins", f"{PAGE}, app://obsidian.md")
    yield
    running.app.settings.set("allowed-origins", "")


@pytest.mark.parametrize("origin", [PAGE, "app://obsidian.md"])
@pytest.mark.parametrize("path", [GPT.path, CLAUDE.path, "/v1beta/models/x:streamGenerateContent", "/api/chat"])
async def test_a_page_that_is_named_may_ask_whether_it_may_ask(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, welcome: None, path: str, origin: str
) -> None:
    sent = {
        "Origin": origin,
        "Sec-Fetch-Site": "cross-site",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,x-stainless-os",
    }
    async with http.options(running.origin + path, headers=sent) as answer:
        assert (answer.status, await answer.read()) == (204, b"")
        told = answer.headers
    assert told["Access-Control-Allow-Origin"] == origin and told["Vary"] == "Origin"
    assert told["Access-Control-Allow-Methods"] == "POST"
    assert told["Access-Control-Allow-Headers"] == "authorization,content-type,x-stainless-os"
    assert "Access-Control-Allow-Private-Network" not in told and "Access-Control-Allow-Credentials" not in told
    near = {**sent, "Access-Control-Request-Private-Network": "true"}
    async with http.options(running.origin + path, headers=near) as answer:
        assert answer.headers["Access-Control-Allow-Private-Network"] == "true"
    async with http.options(running.origin + path, headers={**sent, "Origin": "https://evil.example"}) as answer:
        assert answer.status == 403 and not [name for name in answer.headers if name.startswith("Access-Control")]
    assert not upstream.wire


async def test_a_page_that_is_named_may_read_answers_whole_and_streamed(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, welcome: None
) -> None:
    plain = upstream.answer

    def with_own(received: Any) -> Any:
        reply: Any = plain(received)
        reply.headers = [*reply.headers, ("Access-Control-Allow-Origin", "https://provider.example"),
                         ("Access-Control-Allow-Credentials", "true"), ("Vary", "Accept")]  # fmt: skip
        return reply

    upstream.answer = with_own
    for stream in (False, True):
        for status, more in ((200, {}), (403, {"x-anonamoose-redact": "maybe"})):
            sent = {"Origin": PAGE, "Sec-Fetch-Site": "cross-site", **more}
            body = GPT.body(PROSE, stream=stream)
            async with http.post(running.origin + GPT.path, json=body, headers=sent) as answer:
                raw = await answer.read()
                assert answer.status == (status if status == 200 else 400)
                assert answer.headers.getall("Access-Control-Allow-Origin") == [PAGE]
                assert answer.headers["Access-Control-Expose-Headers"] == "*"
                assert "Access-Control-Allow-Credentials" not in answer.headers
                assert "Origin" in answer.headers.getall("Vary")
            if status == 200:
                assert NAME in (GPT.streamed(raw) if stream else GPT.text(raw))
    upstream.answer = FakeSocket(echo)
    async with connected(http, running, RESPONSES, headers={"Origin": PAGE}) as socket:
        assert NAME in said(await asked(socket, create(PROSE)))


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({guard.HEADER: "anon_" + "a" * 43}, 401),
        ({"Authorization": "Bearer anon_" + "a" * 43}, 401),
        ({guard.HEADER: ""}, 401),
        ({guard.HEADER: "{token}"}, 200),
        ({"Authorization": "bearer {token}"}, 200),
        ({guard.HEADER: "wrong", "Authorization": "Bearer {token}"}, 401),
        ({guard.HEADER: "{key}"}, 401),
        ({"Authorization": "Bearer {key}"}, 401),
    ],
)
async def test_the_management_api_takes_the_token(
    running: Running, http: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    token, key = new_token(), await running.app.access.add("tool", Scope())
    await running.app.access.accept(token)
    sent = {name: value.format(token=token, key=key) for name, value in headers.items()}
    try:
        for path in (
            "/api/v1/sessions",
            "/api/v1//",
            "/api/v1/openapi.json/",
            "/api/v1/redact/../sessions",
            "/api/v1/settings?x=/api/v1/redact",
        ):
            url = URL(running.origin + path, encoded=True)
            for method in ("GET", "POST", "DELETE") if status == 401 else ("HEAD",):
                async with http.request(method, url, headers=sent) as answer:
                    assert (answer.status == 401) is (status == 401), path
        body = {"text": "nobody"}
        async with http.post(running.origin + "/api/v1/redact", headers=sent, json=body) as answer:
            assert answer.status == 200  # open on this machine
        running.app.settings.set("open-redact", False)
        async with http.post(running.origin + "/api/v1/redact", headers=sent, json=body) as answer:
            assert answer.status == status
        for path in ("/health", "/"):
            async with http.get(running.origin + path, headers=sent) as answer:
                assert answer.status == 200
    finally:
        running.app.settings.set("open-redact", True)
        await running.app.access.revoke("tool")


async def test_without_a_token_nobody_gets_in(running: Running, http: aiohttp.ClientSession) -> None:
    token = new_token()
    await running.app.access.accept(token)
    await running.app.access.accept(new_token())  # rotated
    for sent in (token, "", "None"):
        async with http.get(running.origin + "/api/v1/sessions", headers={guard.HEADER: sent}) as answer:
            assert answer.status == 401 and token not in await answer.text()


@fixture(loop_scope="session")
async def bare() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_an_address_that_others_can_reach_is_not_served_without_a_token(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    with pytest.raises(UserError, match=r"anonamoose token show.*ANONAMOOSE_ACCESS_TOKEN") as caught:
        async with launched(tmp_path, upstream, host="0.0.0.0"):
            pass
    assert caught.value.code is Exit.CONFIG


@pytest.mark.parametrize("given", ["x", "anon_", "anon-" + "a" * 43, "anon_" + "a" * 42, "anon_" + "a" * 44])
async def test_a_variable_that_holds_no_token_is_told(
    tmp_path: Path, upstream: FakeUpstream, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv(guard.VARIABLE, given)
    with pytest.raises(UserError, match="no access token") as caught:
        async with launched(tmp_path, upstream):
            pass
    assert given not in str(caught.value) or given in ("x", "anon_")


@pytest.mark.parametrize("source", ["made", "variable"])
async def test_an_address_that_others_can_reach_takes_a_token_or_a_local_key(
    tmp_path: Path,
    upstream: FakeUpstream,
    bare: aiohttp.ClientSession,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    source: str,
) -> None:
    token = new_token()
    if source == "made":
        with opened(stored(tmp_path, upstream, EventBus())) as (database, _):
            await Access(database).accept(token)
    else:
        monkeypatch.setenv(guard.VARIABLE, token)
    async with launched(tmp_path, upstream, host="0.0.0.0") as running:
        assert any("other machines can reach" in record.message for record in caplog.records)
        assert all(record.levelno <= logging.WARNING for record in caplog.records)
        await running.protected()
        origin = f"http://127.0.0.1:{running.port}"
        key = await running.app.access.add("tool", Scope())
        running.app.provider_keys.put("openai", "sk-real", running.app.settings.current.openai_upstream)
        for sent, status in (
            ({}, 401),
            ({"Authorization": "Bearer sk-tool"}, 401),
            ({"Authorization": "Bearer sk-tool", guard.HEADER: new_token()}, 401),
            ({"Authorization": "Bearer sk-tool", guard.HEADER: key}, 401),
            ({"Authorization": f"Bearer {token}"}, 401),
            ({"Authorization": "Bearer sk-tool", guard.HEADER: token}, 200),
            ({"Authorization": f"Bearer {key}"}, 200),
        ):
            async with bare.post(origin + GPT.path, json=GPT.body("Hello"), headers=sent) as answer:
                assert answer.status == status
            with pytest.raises(aiohttp.WSServerHandshakeError) if status == 401 else contextlib.nullcontext():
                upstream.answer, before = FakeSocket(echo), upstream.answer
                async with bare.ws_connect(origin + RESPONSES, headers=sent):
                    pass
            upstream.answer = before
        for path, status in (("/health", 200), ("/api/v1/sessions", 401), ("/demo/v1/models", 401)):
            async with bare.get(origin + path) as answer:
                assert answer.status == status
        async with openai.AsyncOpenAI(
            base_url=f"{origin}/v1", api_key="sk-tool", default_headers={guard.HEADER: token}
        ) as client:
            await client.models.list()
    assert token.encode() not in upstream.wire and b"x-anonamoose" not in upstream.wire.lower()
    assert token not in caplog.text
