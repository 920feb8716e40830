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


def part_of(disposition: str, content: bytes = b"x", more: str = "") -> Part:
    head = f"content-disposition: form-data; {disposition}\r\n{more}\r\n".encode()
    (part,) = read(form("b", content, head=head), "b").parts
    return part


def test_what_stands_in_the_heads() -> None:
    part = part_of('name="file[]"; filename="Jürgen.pdf"', more="CONTENT-TYPE: A/B; charset=d\r\n")
    assert (part.name, [file.value for file in part.files], part.media) == ("file[]", ["Jürgen.pdf"], "a/b; charset=d")
    renamed = part.with_names(['a"b\r\n.pdf'])
    assert b'"a%22b%0D%0A.pdf"' in renamed.head and renamed.head.count(b"\r\n") == part.head.count(b"\r\n")


@pytest.mark.parametrize(
    ("parameters", "values", "renamed"),
    [
        ('filename="Ada.txt"', ["Ada.txt"], 'filename="[P_1]"'),
        ("filename=Ada.txt", ["Ada.txt"], 'filename="[P_1]"'),
        ('filename="Ada%20L.txt"', ["Ada L.txt"], 'filename="%5BP_1%5D"'),
        ("filename*=UTF-8''Ada%20L%C3%B6.txt", ["Ada Lö.txt"], "filename*=UTF-8''%5BP_1%5D"),
        ("filename=\"a\"; filename*=utf-8'en'Ada", ["a", "Ada"], "filename=\"[P_1]\"; filename*=utf-8'en'%5BP_1%5D"),
        (r'filename="C:\\Ada \"L\".txt"', [r"C:\\Ada \"L\".txt"], 'filename="[P_1]"'),
    ],
)
def test_names_of_files(parameters: str, values: list[str], renamed: str) -> None:
    part = part_of(f'name="f"; {parameters}')
    assert [file.value for file in part.files] == values
    assert part.with_names(values).head == part.head
    assert part.with_names(["[P_1]"] * len(values)).head == part.head.replace(parameters.encode(), renamed.encode())


def test_a_length_in_a_head_follows_the_content() -> None:
    part = part_of('name="f"', b"four", "Content-Length: 4\r\n")
    assert part.with_content(b"four") == part
    assert b"\r\nContent-Length: 11\r\n" in part.with_content(b"and further").head


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
        form("b", b"x", head=_HEAD.replace(b"\r\n\r\n", b"\r\nContent-Type: text/plain; name=personal\r\n\r\n")),
        form("b", b"x", head=_HEAD.replace(b"\r\n\r\n", b"\r\nContent-Type: a/b\nX-Patient: personal\r\n\r\n")),
        form("b", b"x", head=_HEAD.replace(b"\r\n\r\n", b"\r\nContent-Length: personal\r\n\r\n")),
        form("b", b"x", head=_HEAD[:-2] + _HEAD),
        *(
            form("b", b"x", head=_HEAD.replace(b'"x"', b'"x"; ' + parameter))
            for parameter in (
                b'title="personal"',
                b'filename="a"; filename="personal"',
                b'filename="personal',
                b'filename="=?utf-8?q?personal?="',
                b"filename*=iso-8859-1''personal",
                b"filename*=UTF-8''personal%FF",
            )
        ),
    ],
)
def test_a_form_that_cannot_be_read_to_its_end_is_none(body: bytes) -> None:
    with pytest.raises(MalformedForm) as raised:
        read(body, "b")
    assert "personal" not in str(raised.value)


def test_a_form_names_its_boundary() -> None:
    with pytest.raises(MalformedForm):
        read(form("b", b"x"), "")
