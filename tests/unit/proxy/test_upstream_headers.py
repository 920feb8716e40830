from __future__ import annotations

import pytest
from multidict import CIMultiDict, CIMultiDictProxy

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
