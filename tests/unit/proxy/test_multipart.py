"""Forms are taken apart to the byte, or not at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proxy.multipart import MalformedForm, Part, read

_BOUNDARIES = st.from_regex(r"\A[A-Za-z0-9'()+_,./:=?-]{1,70}\Z")
_HEAD = b'Content-Disposition: form-data; name="x"\r\n\r\n'


def form(boundary: str, *contents: bytes, head: bytes = _HEAD) -> bytes:
    mark = b"--" + boundary.encode()
    return b"".join(mark + b"\r\n" + head + content + b"\r\n" for content in contents) + mark + b"--\r\n"


@given(_BOUNDARIES, st.lists(st.binary(max_size=60), max_size=5))
def test_a_form_that_is_put_together_again_is_the_same(boundary: str, contents: list[bytes]) -> None:
    mark = b"--" + boundary.encode()
    contents = [content for content in contents if mark not in content]
    body = form(boundary, *contents) if contents else mark + b"--\r\n"
    taken = read(body, boundary)
    assert [part.content for part in taken.parts] == contents
    assert taken.with_parts(list(taken.parts)) == body


def test_what_stands_in_the_heads() -> None:
    head = (
        b'content-disposition: form-data; name="file[]"; filename="J\xc3\xbcrgen.pdf"\r\nCONTENT-TYPE: A/B; c=d\r\n\r\n'
    )
    (part,) = read(form("b", b"x", head=head), "b").parts
    assert (part.name, part.file_name, part.media) == ("file[]", "Jürgen.pdf", "a/b")
    renamed = part.with_file_name('a"b\r\n.pdf')
    assert b"\r\n.pdf" not in renamed.head and renamed.head.count(b"\r\n") == head.count(b"\r\n")
    assert part.with_file_name("Jürgen.pdf").head == head


def test_an_encoded_file_name() -> None:
    head = b"Content-Disposition: form-data; name=\"f\"; filename*=UTF-8''Ada%20L%C3%B6.txt\r\n\r\n"
    part = Part(head, b"")
    assert part.file_name == "Ada Lö.txt"
    assert part.with_file_name("[P_1].txt").head == head.replace(b"Ada%20L%C3%B6", b"%5BP_1%5D")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"nothing",
        b"--b",
        b"--b\r\n" + _HEAD + b"no end",
        b"--b\r\n" + _HEAD + b"other end\r\n--c--\r\n",
        b"personal preamble\r\n--b--\r\n",
        b"--b--\r\npersonal epilogue",
        b"--b\r\nno head\r\n--b--\r\n",
        form("b", b"x", head=b"Content-Type: text/plain\r\n\r\n"),
        form("b", b"x", head=_HEAD.replace(b"\r\n\r\n", b"\r\nX-Patient: personal\r\n\r\n")),
        form("b", b"x", head=_HEAD.replace(b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n")),
    ],
)
def test_a_form_that_cannot_be_read_to_its_end_is_none(body: bytes) -> None:
    with pytest.raises(MalformedForm) as raised:
        read(body, "b")
    assert "personal" not in str(raised.value)


def test_a_form_names_its_boundary() -> None:
    with pytest.raises(MalformedForm):
        read(form("b", b"x"), "")
