"""What is read as something else: tables of disguises, of what only resembles them, and how fast it goes."""

from __future__ import annotations

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.pipeline.disguises import undisguised
from app.pipeline.views import views


def _packed(text: str, encoding: str = "utf-8") -> str:
    return base64.b64encode(text.encode(encoding)).decode()


def read(text: str, times: int = 3) -> str:
    """`text` as it reads in the end."""
    seen = text
    for view in views(text, 10_000, *[undisguised] * times):
        seen = view.text
    return seen


_LINES = "Siobhan Kelly, jane@example.com\n" * 8
HIT = [
    # Escapes.
    ("jane%40example.com", "jane@example.com"),
    ("jane&#64;example.com &commat; &#x40;", "jane@example.com @ @"),
    ("jane\\u0040example.com", "jane@example.com"),
    ("jane\\u{40}example.com", "jane@example.com"),
    ("jane\\U00000040example.com", "jane@example.com"),
    ("jane\\\\u0040example.com", "jane@example.com"),
    ("jane%2540example.com", "jane@example.com"),
    ("O\\'Connor", "O'Connor"),
    # Base64: in a line, in parts of a name, in lines, in its URL-safe spelling, of UTF-16, in itself.
    (f"x {_packed('jane@example.com')} y", "x jane@example.com y"),
    (f"/user/{_packed('jane@example.com').rstrip('=')}/x", "/user/jane@example.com/x"),
    (f"a.{_packed('Zoë Kelly, Zoë Kelly')}.b", "a.Zoë Kelly, Zoë Kelly.b"),
    (base64.encodebytes(_LINES.encode()).decode(), _LINES + "\n"),
    (base64.encodebytes(_LINES.encode()).decode().replace("\n", "\\n"), _LINES + "\n"),
    (base64.urlsafe_b64encode("a>?b>?c>?~~~ÿÿ é".encode()).decode(), "a>?b>?c>?~~~ÿÿ é"),
    (_packed("jane@example.com", "utf-16-le"), "jane@example.com"),
    (_packed(_packed("jane@example.com")), "jane@example.com"),
    (_packed("jane%40example.com"), "jane@example.com"),
    # Other scripts and widths.
    ("０４１２　３４５　６７８", "0412 345 678"),
    ("٠٤١٢ ٣٤٥ ٦٧٨", "0412 345 678"),
    ("ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ", "jane@example.com"),
    ("𝐣𝐚𝐧𝐞@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦", "jane@example.com"),
    ("（０３）９１２３　５６７８", "(03)9123 5678"),
    # What cannot be seen, and what looks like something else.
    ("ja\u200bne@exa\u00admple.com", "jane@example.com"),
    ("Ł\u200bukasz", "Łukasz"),
    ("4111\u2009\u200b1111", "4111 1111"),
    ("1\u200b\u200b\u200b\u200b\u200b2", "12"),
    ("123\u2212456\u2012782", "123-456-782"),
    ("0412\u2014345\u2014678", "0412-345-678"),
    # In words and brackets.
    ("jane (at) example (dot) com", "jane@example.com"),
    ("jane[at]example[dot]com", "jane@example.com"),
    ("jane { AT } example.com", "jane@example.com"),
    ("jane<at>example.com", "jane@example.com"),
    ("jane[@]example[.]com", "jane@example.com"),
    ("jane at example dot com", "jane@example.com"),
    ("jane dot doe at example (dot) com dot au", "jane.doe@example.com.au"),
    # Spelt.
    ("4 1 1 1  1 1 1 1  1 1 1 1  1 1 1 1.", "4111 1111 1111 1111."),
    ("tfn 1 2 3  4 5 6  7 8 2", "tfn 123 456 782"),
    ("j a n e @ e x a m p l e . c o m", "jane@example.com"),
    ("4.1.1.1.1.1.1.1.1.1.1.1.1.1.1.1", "4111111111111111"),
    ("A-B-1-2-3-4-5-6-C", "AB123456C"),
    ("4111.1111.1111.1111", "4111 1111 1111 1111"),
    ("4111_1111_1111_1111", "4111 1111 1111 1111"),
]


@pytest.mark.parametrize(("text", "seen"), HIT)
def test_hit(text: str, seen: str) -> None:
    assert read(text) == seen


@pytest.mark.parametrize(
    "text",
    [
        "Nothing is disguised here; it is 100% plain & simple.",
        "Café — naïve, “quoted” … it’s fine",
        "Это обычный текст. 这是普通的中文，没有问题（真的）。",
        "می‌خواهم",  # a joiner that Persian is written with
        "👩‍🚀 ❤️",
        "getElementsByClassName, test_something_that_is_rather_long",
        "3b1f8a6c0d9e4f72a5b8c1d2e3f40516",
        "sha256-47DEQpj8HBSa/TImW5JCeuQeRkm5NMpJWZG3hSuFUw=",
        "/usr/share/doc/package/examples/file",
        "192.168.100.200 and 10.20.30.40",
        "a = b - c * d",
        "x[at] and f(at) and (dot)",
        "meet at example.com, at noon",
        "the dot product",
        "1, 2, 3, 4, 5, 6, 7, 8, 9",
        "v1.2.3, 2020-01-15, 3.14159",
        "e.g. this, i.e. that",
    ],
)
def test_near_miss(text: str) -> None:
    assert undisguised(text) == []


HOSTILE = [
    *("\\n", "%41", "&#64;", "a", "A/", "aGVs", "a b ", "1 2 ", "1.", "1.1-", "12.34.", "(at)", " at a dot b"),
    *("\u200b", "a\u200b", "０", "０ ", "，", "\\", "+a", "&" + "a" * 31, "eyJ" + "a" * 60 + "\n", "QUFB" * 17),
]


@pytest.mark.parametrize("unit", HOSTILE)
def test_much_of_anything_is_read(unit: str) -> None:
    text = unit * (200_000 // len(unit)) + " jane%40example.com"
    assert read(text).endswith("jane@example.com")


@example("&A0;")
@given(st.text(st.characters(codec=None)) | st.text("aA1 .-_@%&#;\\u0640\u200b０ー（at)dot"))
def test_readings_of_any_text_are_in_order(text: str) -> None:
    done = 0
    for start, end, plain in undisguised(text):
        assert done <= start < end <= len(text)
        assert plain != text[start:end]
        done = end
