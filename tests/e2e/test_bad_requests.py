"""Requests that cannot be read: each is refused in its dialect, in one sentence, and nothing leaves."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import time
import zlib
from collections.abc import AsyncIterator

import aiohttp
import brotli  # type: ignore[import-untyped]
import pytest
from pytest_asyncio import fixture

from tests.e2e.conftest import NAME, PROSE, Running, launched
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.fakes import PATIENCE, FakeUpstream

from backports import zstd  # isort: skip

both = pytest.mark.parametrize("dialect", BOTH, ids=str)


async def refused(
    http: aiohttp.ClientSession,
    upstream: FakeUpstream,
    url: str,
    dialect: Dialect,
    body: bytes,
    status: int = 400,
    **headers: str,
) -> str:
    """The message of a refusal, after a look at everything else in it."""
    sent = {"Content-Type": "application/json", **{name.replace("_", "-"): value for name, value in headers.items()}}
    async with http.post(url, data=body, headers=sent) as got:
        raw = await got.read()
        assert (got.status, got.headers["x-should-retry"]) == (status, "false")
        assert got.headers["Content-Type"].startswith("application/json")
    message = dialect.error(raw)
    assert "\n" not in message and len(message) < 250
    assert NAME.encode() not in raw
    assert not upstream.wire
    return message


@both
@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json: " + PROSE.encode(),
        b'{"messages": [{"role": "user", "content": "' + PROSE.encode() + b'"}',
        b'{"model": "x"} trailing',
        b"\xff\xfe{\x00}\x00",
        b'{"a": 01}',
        b'"a string"',
        b"null",
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b" ",
    ],
    ids=[
        "cut", "prose", "unclosed", "trailing", "utf-16", "bad number", "string", "null", "deep array", "deep object",
        "blank",
    ],
)  # fmt: skip
async def test_what_is_neither_object_nor_array_is_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, body: bytes
) -> None:
    message = await refused(http, upstream, running.origin + dialect.path, dialect, body)
    assert "cannot be read" in message and "nothing was sent" in message


@both
async def test_json_in_a_string_nested_beyond_reading_is_text(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    deep = "[" * 600 + json.dumps(PROSE) + "]" * 600
    async with http.post(running.origin + dialect.path, json=dialect.body(deep)) as got:
        assert got.status == 200
    assert len(upstream.only.placeholders) >= 4


@both
@pytest.mark.parametrize("encoding", ["compress", "gzip, gzip", "x-secret", "gzip;q=1"])
async def test_an_unknown_encoding_is_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, encoding: str
) -> None:
    url = running.origin + dialect.path
    body = gzip.compress(dialect.raw(PROSE))
    message = await refused(http, upstream, url, dialect, body, 415, Content_Encoding=encoding)
    assert "gzip, deflate, br or zstd" in message


_PACKED = {
    "gzip": gzip.compress(GPT.raw(PROSE)),
    "deflate": zlib.compress(GPT.raw(PROSE)),
    "br": brotli.compress(GPT.raw(PROSE)),
    "zstd": zstd.compress(GPT.raw(PROSE)),
}


@both
@pytest.mark.parametrize("encoding", _PACKED)
@pytest.mark.parametrize("damage", ["not compressed", "cut", "flipped"])
async def test_what_cannot_be_decompressed_is_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, encoding: str, damage: str
) -> None:
    packed = _PACKED[encoding]
    if damage == "not compressed":
        body = dialect.raw(PROSE)
    elif damage == "cut":
        body = packed[: len(packed) // 2]
    else:
        body = packed[:12] + bytes(255 - byte for byte in packed[12:40]) + packed[40:]
    url = running.origin + dialect.path
    message = await refused(http, upstream, url, dialect, body, 400, Content_Encoding=encoding)
    assert "nothing was sent" in message


@fixture(scope="module", loop_scope="session")
async def small(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    """An app that accepts bodies of one MiB."""
    async with launched(tmp_path_factory.mktemp("small"), _upstream, body_limit=1) as app:
        await app.protected()
        yield app


@both
@pytest.mark.parametrize("packing", ["plain", "gzip", "chunked"])
async def test_a_body_over_the_limit_is_refused(
    small: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, packing: str
) -> None:
    body = dialect.raw(PROSE + "x" * 2**20)
    headers = {"Content-Type": "application/json"}
    data: io.BytesIO | AsyncIterator[bytes] = io.BytesIO(body)
    if packing == "gzip":  # a small one that grows: the limit is on what it becomes
        data, headers["Content-Encoding"] = io.BytesIO(gzip.compress(body)), "gzip"
    elif packing == "chunked":
        data = _chunks(body)
    async with http.post(small.origin + dialect.path, data=data, headers=headers) as got:
        assert (got.status, got.headers["x-should-retry"]) == (413, "false")
        assert "body-limit" in dialect.error(await got.read())
    assert not upstream.wire


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(body), 2**16):
        yield body[at : at + 2**16]


@both
async def test_a_body_just_under_the_limit_is_sent(
    small: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    picture = "data:image/png;base64,iVBORw0KGgoA" + "AAAA" * 200_000
    image = {"type": "image_url", "image_url": {"url": picture}}
    if dialect is not GPT:
        source = {"type": "base64", "media_type": "image/png", "data": picture.partition(",")[2]}
        image = {"type": "image", "source": source}
    body = dialect.body(PROSE)
    body["messages"].insert(0, {"role": "user", "content": [image]})
    async with http.post(small.origin + dialect.path, json=body) as got:
        assert got.status == 200
    assert upstream.only.json()["messages"][0] == body["messages"][0]


@both
async def test_a_body_cut_short_is_never_sent(running: Running, upstream: FakeUpstream, dialect: Dialect) -> None:
    raw = dialect.raw(PROSE)
    for cut in (1, len(raw) // 2, len(raw) - 1):
        seen = len(running.events)
        _, writer = await asyncio.open_connection("127.0.0.1", running.port)
        head = f"POST {dialect.path} HTTP/1.1\r\nHost: localhost:{running.port}\r\nContent-Length: {len(raw)}\r\n\r\n"
        writer.write(head.encode() + raw[:cut])
        await writer.drain()
        await running.until(lambda seen=seen: len(running.events) > seen)  # type: ignore[misc]
        writer.close()
        await writer.wait_closed()
        await running.until(lambda: all(exchange.outcome != "open" for exchange in running.app.exchanges))
    assert not upstream.wire


@both
async def test_lies_about_the_length_are_never_sent(running: Running, upstream: FakeUpstream, dialect: Dialect) -> None:
    heads = (
        "Content-Length: -5",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked\r\n\r\nzz",
    )
    for head in heads:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(
            f"POST {dialect.path} HTTP/1.1\r\nHost: localhost:{running.port}\r\n{head}\r\n\r\n".encode()
            + dialect.raw(PROSE)
        )
        async with asyncio.timeout(PATIENCE):
            answer = await reader.read()
        assert answer.startswith(b"HTTP/1.") and answer.split(b" ")[1].startswith(b"4")
        writer.close()
        await writer.wait_closed()
    assert not upstream.wire


@both
async def test_odd_bytes_go_on_as_they_came(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    """Only what is redacted changes: lone surrogates, bytes that are no UTF-8, spaces, numbers, doubled keys."""
    odd = (
        b'\xef\xbb\xbf{ "model" : "fake",\r\n\t"messages":[ {"role":"user","content":"a \\ud800 b \xff\xfe \\u00e9'
        b' \xc3\xa9 \\/ \\uD83D\\uDE00"} ] ,"n":1.50,'
        b' "big":123456789012345678901234567890,"e":1E5, "x":[],"x":{} ,"n":-0 }\n'
    )
    headers = {"Content-Type": "application/json"}
    async with http.post(running.origin + dialect.path, data=odd, headers=headers) as got:
        assert got.status == 200
    assert upstream.only.body == odd
    with_name = odd.replace(b"a \\ud800", b"I am " + NAME.encode() + b". \\ud800")
    async with http.post(running.origin + dialect.path, data=with_name, headers=headers) as got:
        assert got.status == 200
    (token,) = upstream.last.placeholders
    assert upstream.last.body == with_name.replace(NAME.encode(), token.encode())


@both
async def test_values_hidden_in_escapes_are_found(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    escaped = "".join(f"\\u{ord(char):04x}" for char in NAME)
    raw = dialect.raw("I am NOBODY.").replace(b"NOBODY", escaped.encode())
    headers = {"Content-Type": "application/json"}
    async with http.post(running.origin + dialect.path, data=raw, headers=headers) as got:
        assert dialect.text(await got.read()).startswith(f"Noted: {NAME}")
    assert escaped.encode() not in upstream.only.body


@both
async def test_an_upgrade_is_refused_where_there_is_no_socket_so_that_clients_fall_back(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    async with http.get(running.origin + dialect.path, headers=headers) as got:
        assert (got.status, got.headers["x-should-retry"]) == (426, "false")
        dialect.error(await got.read())
    assert not upstream.wire


@pytest.mark.parametrize(
    "path", ["/v1/../v1/messages", "/v1/%6dessages", "/v1//messages", "/V1/messages", "/v1/messages/"]
)
async def test_a_disguised_path_never_sends_plain_text(running: Running, upstream: FakeUpstream, path: str) -> None:
    body = BOTH[1].raw(PROSE)
    reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{running.port}\r\nConnection: close\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    async with asyncio.timeout(PATIENCE):
        answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    assert answer.split(b" ")[1] in (b"403", b"404") or upstream.only.placeholders


async def test_sixty_megabytes_are_accepted(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    picture = "data:image/png;base64,iVBORw0KGgoA" + "AAAA" * (60 * 2**18)
    image = {"type": "image_url", "image_url": {"url": picture}}
    body = GPT.body(PROSE)
    body["messages"].insert(0, {"role": "user", "content": [image]})
    raw = json.dumps(body).encode()
    began = time.perf_counter()
    async with http.post(f"{running.origin}/v1/chat/completions", data=io.BytesIO(raw)) as got:
        assert got.status == 200
    print(f"a body of {len(raw) / 2**20:.0f} MiB took {time.perf_counter() - began:.1f} s")
    redacted = upstream.only.json()["messages"]
    assert redacted[0] == body["messages"][0]
