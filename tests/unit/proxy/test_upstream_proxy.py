"""Requests leave by the proxy that they should leave by, which sees no more than it must."""

from __future__ import annotations

import asyncio
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from app.credentials import PROXY_PASSWORD_VARIABLE
from app.proxy.refusal import Refusal
from app.proxy.upstream import Upstream, unreachable
from app.upstream_proxy import check_upstream_proxy, proxy_of
from tests.unit.store.test_shared_vault import certified

HOST = "api.example.com"  # which nobody but the proxy of these tests knows
PROXY = "http://proxy.example.com:3128"


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "no_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("system", True),
        ("none", True),
        (PROXY, True),
        ("https://user@[::1]:3128/", True),
        ("", False),
        ("proxy.example.com:3128", False),
        ("socks5://proxy.example.com", False),
        ("http://", False),
        ("http://proxy.example.com:0", False),
        ("http://proxy.example.com/path", False),
        ("http://user:word@proxy.example.com", False),
    ],
)
def test_what_the_setting_takes(text: str, fits: bool) -> None:
    if fits:
        check_upstream_proxy(text)
    else:
        with pytest.raises(ValueError, match="It must"):
            check_upstream_proxy(text)


@pytest.mark.parametrize("setting", ["system", PROXY])
@pytest.mark.parametrize(
    ("url", "goes_by_it"),
    [
        ("https://api.example.com/v1", True),
        ("https://localhost.example.com", True),
        ("http://localhost:11434", False),
        ("http://127.0.0.1:1", False),
        ("http://[::1]:2", False),
        ("https://inside.example.com", False),
        ("https://deep.inside.example.com:8443", False),
        ("https://other.example.com:8443", False),
        ("https://other.example.com", True),
        ("https://10.1.2.3", False),
        ("https://11.1.2.3", True),
        ("https://[fd00::1]", False),
    ],
)
def test_some_are_reached_straight(monkeypatch: pytest.MonkeyPatch, setting: str, url: str, goes_by_it: bool) -> None:
    monkeypatch.setenv("https_proxy", PROXY)
    monkeypatch.setenv("no_proxy", "inside.example.com, other.example.com:8443,10.0.0.0/8,fd00::/8,nonsense/x")
    assert proxy_of(url, setting, "") == (PROXY if goes_by_it else None)
    assert proxy_of(url, "none", "") is None


def test_what_the_system_says(monkeypatch: pytest.MonkeyPatch) -> None:
    assert proxy_of("https://api.example.com", "system", "") is None
    monkeypatch.setenv("https_proxy", "proxy.example.com:3128")
    assert proxy_of("https://api.example.com", "system", "unused") == PROXY
    assert proxy_of("http://api.example.com", "system", "") is None
    monkeypatch.setenv("https_proxy", "socks5://user:word@proxy.example.com")
    with pytest.raises(ValueError, match=r"\(socks5\)") as caught:
        proxy_of("https://api.example.com", "system", "")
    assert "word" not in str(caught.value)


class Tunnel:
    """A proxy that takes CONNECT and leads to one place, whatever is asked for."""

    def __init__(self, port: int, wanted: str = "") -> None:
        self._port, self._wanted = port, wanted
        self.heads: list[str] = []
        self.port = 0
        self.ends: list[asyncio.StreamWriter] = []

    async def close(self) -> None:
        for end in self.ends:
            end.close()
            with suppress(OSError):
                await end.wait_closed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.ends.append(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.heads.append(head)
            if self._wanted and f"Proxy-Authorization: Basic {self._wanted}" not in head:
                writer.write(b"HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n")
            else:
                far, out = await asyncio.open_connection("127.0.0.1", self._port)
                self.ends.append(out)
                writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
                await asyncio.gather(pumped(reader, out), pumped(far, writer))
        writer.close()


async def pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def answered(request: web.BaseRequest) -> web.StreamResponse:
    if request.headers.get("Upgrade"):
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        async for message in socket:
            await socket.send_str(message.data)
        return socket
    assert "Proxy-Authorization" not in request.headers
    return web.Response(body=await request.read())


@asynccontextmanager
async def tunnel(folder: Path, monkeypatch: pytest.MonkeyPatch, wanted: str = "") -> AsyncIterator[Tunnel]:
    """To a provider with a certificate of an authority of its own, that the system knows."""
    file = certified(folder / "ca.pem", HOST)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    secure = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    secure.load_cert_chain(file)
    runner = web.ServerRunner(web.Server(answered), shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=secure)
    await site.start()
    made = Tunnel(runner.addresses[0][1], wanted)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        await made.close()
        await runner.cleanup()


async def asked(upstream: Upstream) -> bytes:
    response = await upstream.send("POST", URL(f"https://{HOST}/v1/x"), CIMultiDict(Authorization="key"), b"a body")
    return await response.read()


@pytest.mark.parametrize("by", ["system", "setting"])
async def test_a_provider_is_reached_through_a_tunnel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    async with tunnel(tmp_path, monkeypatch, b64encode(b"user:w/rd@").decode()) as proxy:
        if by == "system":
            monkeypatch.setenv("https_proxy", f"http://user:w%2Frd%40@127.0.0.1:{proxy.port}")
            setting = "system"
        else:
            monkeypatch.setenv(PROXY_PASSWORD_VARIABLE, "w/rd@")
            setting = f"http://user@127.0.0.1:{proxy.port}"
        async with Upstream(lambda: setting) as upstream:
            assert await asked(upstream) == b"a body"
            socket = await upstream.connect(URL(f"https://{HOST}/v1/realtime"), CIMultiDict(), (), False)
            await socket.send_str("through")
            assert (await socket.receive()).data == "through"
            await socket.close()
    assert proxy.heads
    for head in proxy.heads:  # where to, and who asks; nothing of what is said there
        assert head.startswith(f"CONNECT {HOST}:443 ") and "/v1" not in head and "\r\nAuthorization" not in head


async def test_who_answers_behind_it_is_who_was_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with tunnel(tmp_path, monkeypatch) as proxy:
        monkeypatch.delenv("SSL_CERT_FILE")
        async with Upstream(lambda: f"http://127.0.0.1:{proxy.port}") as upstream:
            with pytest.raises(aiohttp.ClientConnectorCertificateError):
                await asked(upstream)


async def test_a_proxy_that_lets_nobody_through_is_named_without_its_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv(PROXY_PASSWORD_VARIABLE, "hush")
    async with tunnel(tmp_path, monkeypatch, "another") as proxy:
        setting = f"http://user@127.0.0.1:{proxy.port}"
        async with Upstream(lambda: setting) as upstream:
            for told in ("status 407", "it cannot be reached"):
                with pytest.raises(aiohttp.ClientError) as caught:
                    await asked(upstream)
                refusal = unreachable(URL(f"https://{HOST}"), caught.value)
                assert told in refusal.message and "hush" not in refusal.message + caplog.text
                setting = "http://user@127.0.0.1:1"


async def test_nothing_goes_straight_where_the_proxy_is_of_no_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks5://proxy.example.com")
    async with Upstream(lambda: "system") as upstream:
        with pytest.raises(Refusal, match="proxy_unusable"):
            await asked(upstream)
