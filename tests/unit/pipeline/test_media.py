from __future__ import annotations

import base64
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.json_text import Pairs
from app.pipeline.media import attached, opened
from tests.files import JPEG, MP3, OLE, PNG, UNKNOWN, VIDEO, WAV, b64, data_url, excel, pdf, word


def what(value: str, path: str = "data", sure: bool = True, **owner: Any) -> tuple[str | None, str, str]:
    text, attachment, _ = attached(value, path, [Pairs(owner.items())], sure=sure)
    return text, attachment.format if attachment else "", attachment.medium if attachment else ""


@pytest.mark.parametrize(
    ("data", "format", "medium"),
    [
        (PNG, "PNG", "image"),
        (JPEG, "JPEG", "image"),
        (b"GIF89a" + bytes(20), "GIF", "image"),
        (b"RIFF\0\0\0\0WEBPVP8 " + bytes(9), "WebP", "image"),
        (VIDEO, "video", "image"),
        (WAV, "WAV", "audio"),
        (MP3, "MP3", "audio"),
        (b"OggS\0\x02" + bytes(20), "Ogg", "audio"),
        (b"\0\0\0\x18ftypM4A " + bytes(20), "M4A", "audio"),
        (pdf("Hello"), "PDF", "document"),
        (pdf("Hello", packed=False), "PDF", "document"),
        (word("Hello"), "Word", "document"),
        (excel("Hello"), "Excel", "document"),
        (OLE, "Office 97", "document"),
    ],
)  # fmt: skip
def test_bytes_tell_what_they_are_whatever_they_are_said_to_be(data: bytes, format: str, medium: str) -> None:
    for value in (b64(data), data_url("text/plain", data), data_url("image/gif", data)):
        assert what(value, media_type="audio/wav") == (None, format, medium)


@pytest.mark.parametrize(
    ("value", "path", "owner", "medium"),
    [
        (data_url("image/x-odd", UNKNOWN), "url", {}, "image"),
        (b64(UNKNOWN), "messages[].content[].input_audio.data", {}, "audio"),
        (b64(UNKNOWN), "messages[].images[]", {}, "image"),
        (b64(UNKNOWN), "parts[].inlineData.data", {"mimeType": "Video/mp4"}, "image"),
        (b64(UNKNOWN), "content[].file.file_data", {}, "document"),
        (data_url("application/octet-stream", UNKNOWN), "x", {}, "document"),
    ],
)
def test_where_they_do_not_the_body_does(value: str, path: str, owner: Any, medium: str) -> None:
    assert what(value, path, **owner) == (None, "", medium)


def test_where_nothing_says_that_it_is_a_file_odd_bytes_are_left_alone() -> None:
    assert what(b64(UNKNOWN), "image", sure=False) == (None, "", "")
    assert what(b64(PNG), sure=False) == (None, "PNG", "image")
    assert what(b64("Zoë is here, and here"), sure=False)[0] == "Zoë is here, and here"


@pytest.mark.parametrize("value", ["short", "https://example.com/zoe.png", "data:image/png;base64,Zoë Raman", "A" * 9])
def test_what_is_no_base64_is_text_as_it_stands(value: str) -> None:
    assert what(value)[0] == value


@pytest.mark.parametrize(
    ("data", "charset", "media"),
    [
        ("Zoë".encode(), "", "text/plain"),
        ("\ufeffZoë".encode(), "", "text/csv"),
        ("Zoë".encode("latin-1"), "", "text/csv"),
        ("Zoë".encode("latin-1"), "", "application/vnd.x+json"),
        ("Zoë".encode("utf-16"), "", "text/plain"),
        ("\ufeffZoë".encode("utf-16-be"), "", "text/plain"),
        ("Zoë".encode("cp850"), ";charset=cp850", "text/plain"),
        ("Zoë".encode(), ";charset=utf-16", "text/plain"),
        ("Zoë".encode(), ";charset=no-such", "text/plain"),
    ],
)
def test_text_is_read_in_its_charset(data: bytes, charset: str, media: str) -> None:
    text = what(f"data:{media}{charset};base64,{b64(data)}")[0]
    assert text is not None and text.lstrip("\ufeff") == "Zoë"


def test_text_with_a_percent_sign() -> None:
    encoded = opened("data:text/plain,Zo%C3%AB%20Raman,+1")
    assert encoded is not None and encoded.text(textual=True) == "Zoë Raman,+1"
    assert encoded.with_text("[PERSON_1234],+1") == "data:text/plain,%5BPERSON_1234%5D,+1"


_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=12)


@given(_TEXTS, st.sampled_from(["plain", "url-safe", "unpadded", "lines", "head", "newline"]))
def test_a_text_that_is_put_back_keeps_its_form(text: str, form: str) -> None:
    data = text.encode()
    value = base64.b64encode(data).decode()
    if form == "url-safe":
        value = base64.urlsafe_b64encode(data).decode()
    elif form == "unpadded":
        value = value.rstrip("=")
    elif form == "lines":
        value = base64.encodebytes(data * 9).decode()
    elif form == "head":
        value = f"data:text/plain;name=a.txt;base64,{value}"
    elif form == "newline":
        value += "\r\n"
    encoded = opened(value)
    assert encoded is not None
    own = encoded.text(textual=True)
    assert own is not None and own == (text * 9 if form == "lines" else text)
    assert encoded.with_text(own) == value
    again = opened(encoded.with_text(f"[PERSON_1234]{own}"))
    assert again is not None and again.text(textual=True) == f"[PERSON_1234]{own}"


@given(_TEXTS)
def test_so_does_a_text_with_percent_signs(text: str) -> None:
    value = f"data:text/plain,{quote(text, safe='')}"
    encoded = opened(value)
    assert encoded is not None and encoded.text(textual=True) == text
    assert encoded.with_text(text) == value


def test_nothing_of_it_is_in_a_repr() -> None:
    assert "Zo" not in repr(opened(data_url("text/plain", "Zoë Raman"))) and "Wm" not in repr(opened(b64("Zoë" * 9)))


@pytest.mark.parametrize("odd", ["\ud800", "%", "%zz", "\0"])
def test_no_letter_is_too_odd(odd: str) -> None:
    encoded = opened(f"data:text/plain,Zo {odd}")
    assert encoded is not None
    text = encoded.text(textual=True)
    assert text is not None and text.startswith("Zo ")
    assert encoded.with_text(text.replace("Zo", "[P_1]")).startswith("data:text/plain,%5BP_1%5D ")
    assert what(f"data:text/plain;base64,{odd}")[0] is not None


def test_broken_base64_is_read_as_far_as_it_goes() -> None:
    whole = b64("Zoë Raman lives here, n")
    for broken in (whole.rstrip("="), whole[:-3], whole + "A"):
        text = what(broken)[0]
        assert text is not None and text.startswith("Zoë Raman lives here")
