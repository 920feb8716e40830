from __future__ import annotations

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from app.proxy import upstream
from app.proxy.upstream import down, up


def headers(*pairs: tuple[str, str]) -> CIMultiDictProxy[str]:
    return CIMultiDictProxy(CIMultiDict(pairs))


HOP = (
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Trailer",
    "Transfer-Encoding",
    "Upgrade",
)
BODY = ("Content-Length", "Content-Encoding", "Content-MD5", "Digest", "Content-Digest", "ETag")


def test_the_clients_headers_go_up_as_they_are_several_of_a_name_too() -> None:
    sent = up(headers(("authorization", "Bearer x"), ("X-A", "1"), ("x-a", "2"), ("User-Agent", "tool/1")), False)
    assert list(sent.items()) == [
        ("authorization", "Bearer x"),
        ("X-A", "1"),
        ("x-a", "2"),
        ("User-Agent", "tool/1"),
        ("Accept-Encoding", "gzip, deflate"),
    ]


@pytest.mark.parametrize("name", [*HOP, *BODY, "Host", "Expect", "X-Anonamoose-Session", "x-anonamoose-new"])
def test_headers_of_the_connection_and_ours_do_not_go_up(name: str) -> None:
    assert list(up(headers((name, "x"), ("Keep", "1")), False)) == ["Keep", "Accept-Encoding"]


def test_what_connection_names_is_of_the_connection() -> None:
    sent = up(headers(("Connection", "close, X-Hop ,x-other"), ("X-Hop", "1"), ("X-OTHER", "2"), ("X", "3")), False)
    assert list(sent) == ["X", "Accept-Encoding"]


@pytest.mark.parametrize(("streaming", "encoding"), [(True, "identity"), (False, "gzip, deflate")])
def test_a_stream_is_asked_for_uncompressed(streaming: bool, encoding: str) -> None:
    assert up(headers(("accept-encoding", "br")), streaming).getall("Accept-Encoding") == [encoding]


@pytest.mark.parametrize("name", [*HOP, *BODY])
def test_headers_of_the_connection_and_the_old_body_do_not_come_down(name: str) -> None:
    assert list(down(headers((name, "x"), ("request-id", "7"), ("Set-Cookie", "a"), ("Set-Cookie", "b"))).items()) == [
        ("request-id", "7"),
        ("Set-Cookie", "a"),
        ("Set-Cookie", "b"),
    ]


def test_the_systems_proxy_is_used_but_not_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128")
    monkeypatch.setenv("no_proxy", "inside.example.com")
    assert upstream._proxy(URL("https://api.example.com/v1")) == "http://proxy.example.com:3128"
    assert upstream._proxy(URL("http://api.example.com/v1")) is None
    assert upstream._proxy(URL("https://inside.example.com/v1")) is None
    assert [
        upstream._is_loopback(URL(url)) for url in ("http://localhost:1", "http://127.0.0.1", "http://[::1]:2")
    ] == [True] * 3
    assert not upstream._is_loopback(URL("http://localhost.example.com"))
