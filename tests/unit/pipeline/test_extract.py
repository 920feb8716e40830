from __future__ import annotations

import contextlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.extract import LIMIT, text_of
from app.pipeline.media import Unreadable
from tests.files import OLE, archive, excel, pdf, word


def test_a_page_is_read() -> None:
    for packed in (True, False):
        text, whole = text_of(pdf("Priya (Raman) \\ Zoë", "lives here", packed=packed), "PDF")
        assert text.split("\n")[1:3] == ["Priya (Raman) \\ Zoë", "lives here"] and whole


def test_strings_of_every_kind_are_read() -> None:
    shown = rb"q 1 0 0 1 0 0 cm BT [(Pri) -20 (ya) -300 (Ram)] TJ 0 -14 Td <5A6FEB> Tj T* (a\050\061\)(b)\n) ' ET Q"
    data = b"%PDF-1.4\n4 0 obj\n<</Length 1>>stream\r\n" + shown + b"\r\nendstream"
    assert [line for line in text_of(data, "PDF")[0].split("\n") if line] == ["Priya Ram", "Zoë", "a(1)(b)"]


def test_what_the_file_says_of_itself_is_read() -> None:
    extra = b"9 0 obj\n<< /Author (Priya Raman) /Title <FEFF005A006F00EB> >>\nendobj\n"
    assert text_of(pdf("x", extra=extra), "PDF")[0].startswith("Priya Raman\nZoë\n")


@pytest.mark.parametrize(
    "data",
    [
        pdf(),
        pdf("Priya", extra=b"<< /Encrypt 9 0 R >>"),
        pdf("Priya", extra=b"<</Encrypt <</V 1>> >>"),
        b"%PDF-1.4\n4 0 obj\n<</Length 1>>stream\nBT <0024002500260027> Tj ET\nendstream",
        b"%PDF-1.4\n4 0 obj\n<</Filter/DCTDecode>>stream\nBT (Priya) Tj ET\nendstream",
        b"%PDF-1.4\n4 0 obj\n<</Filter/FlateDecode>>stream\nnot packed\nendstream",
        b"%PDF-1.4\n4 0 obj\n<</Filter/FlateDecode>>stream\n" + zlib.compress(bytes(2**26)) + b"\nendstream",
        b"%PDF-1.4",
    ],
    ids=["empty", "encrypted", "encrypted inline", "glyphs", "a picture", "damaged", "a bomb", "nothing"],
)
def test_what_cannot_be_read_is_said_to_be_so(data: bytes) -> None:
    with pytest.raises(Unreadable):
        text_of(data, "PDF")


def test_many_bombs_are_one() -> None:
    one = (
        b"4 0 obj\n<</Filter/FlateDecode>>stream\n"
        + zlib.compress(b"BT (a) Tj ET " + bytes(900_000))
        + b"\nendstream\n"
    )
    with pytest.raises(Unreadable):
        text_of(b"%PDF-1.4\n" + one * 30, "PDF")


@pytest.mark.parametrize(
    "content", [rb"BT ((" * 30_000, rb"BT (\(" + rb"\(" * 100_000, b"BT <" * 50_000, b"<<" * 90_000]
)
def test_what_is_never_closed_is_read_in_one_go(content: bytes) -> None:
    with pytest.raises(Unreadable):
        text_of(b"%PDF-1.4\n4 0 obj\n<</Length 1>>stream\n" + content + b"\nendstream", "PDF")


def test_a_word_file_is_read() -> None:
    assert text_of(word("Priya &amp; Zoë", "live here"), "Word") == ("Priya & Zoë\nlive here\n", True)


def test_a_sheet_is_read_numbers_and_author_too() -> None:
    sheet = (
        b'<worksheet><row><c t="inlineStr"><is><t>Priya</t></is></c><c><v>4111111111111111</v></c></row></worksheet>'
    )
    core = b'<cp:p xmlns:cp="a" xmlns:dc="b"><dc:creator>Zoe Tester</dc:creator></cp:p>'
    data = archive([("xl/worksheets/sheet1.xml", sheet), ("docProps/core.xml", core), ("xl/media/a.png", b"no text")])
    words = text_of(data, "Excel")[0].split()
    assert words == ["Priya", "4111111111111111", "Zoe", "Tester"]
    assert text_of(excel("a", "b"), "Excel")[0].split() == ["a", "b"]


def test_slides_are_read() -> None:
    slide = '<p:sld xmlns:a="a" xmlns:p="p"><a:p><a:r><a:t>Pri</a:t></a:r><a:r><a:t>ya</a:t></a:r></a:p></p:sld>'
    assert text_of(archive([("ppt/slides/slide1.xml", slide.encode())]), "PowerPoint")[0] == "Priya\n"


_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "data",
    [
        archive([("word/document.xml", b"<w>" + b" " * 40_000_000 + b"</w>")]),
        archive([(f"word/header{n}.xml", b"<w>" + b"a" * 999_000 + b"</w>") for n in range(40)]),
        archive([(f"{n:0100}", b"") for n in range(8_000)]),
        word("&b;", head=_LAUGHS),
        word("Priya")[:-30],
        word("Priya").replace(b"word/document.xml", b"word/documenu.xml"),
        archive([("word/document.xml", b"<w><t>Priya")]),
        archive([("word/document.xml", b"<t>Priya</u>")]),
        b"PK\x03\x04",
        word(),
    ],
    ids=["a bomb", "many", "a long list", "entities", "cut", "none", "open", "no XML", "no archive", "empty"],
)
def test_an_office_file_that_is_a_trap_or_damaged_is_unreadable(data: bytes) -> None:
    with pytest.raises(Unreadable):
        text_of(data, "Word")


def test_a_size_that_is_a_lie_is_found_out() -> None:
    data = bytearray(archive([("word/document.xml", b"<w><t>" + b"a" * 5_000 + b"</t></w>")]))
    at = data.rindex(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(Unreadable):
        text_of(bytes(data), "Word")


def test_of_a_long_file_the_beginning_is_read() -> None:
    text, whole = text_of(word(*["word " * 1_000] * 60), "Word")
    assert (len(text), whole) == (LIMIT, False)


def test_other_formats_are_unreadable() -> None:
    with pytest.raises(Unreadable):
        text_of(OLE, "Office 97")


@given(st.binary(max_size=300), st.sampled_from(["PDF", "Word"]), st.integers(0, 300))
def test_no_damage_does_more_than_make_it_unreadable(noise: bytes, format: str, at: int) -> None:
    data = pdf("Priya Raman") if format == "PDF" else word("Priya Raman")
    with contextlib.suppress(Unreadable):
        assert text_of(data[:at] + noise + data[at + len(noise) :], format)[0]
