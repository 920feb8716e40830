from __future__ import annotations

import pytest

from app.proxy.sse import Decoder, Event, make


def decoded(*chunks: bytes) -> list[Event]:
    decoder = Decoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)] + decoder.flush()


@pytest.mark.parametrize(
    ("raw", "data", "name"),
    [
        (b"data: a\n\n", "a", ""),
        (b"data:a\r\n\r\n", "a", ""),
        (b"data:  a\r\r", " a", ""),
        (b"data\n\n", "", ""),
        (b"data: a\ndata: b\ndata\n\n", "a\nb\n", ""),
        (b"event: x\ndata: a\nid: 7\nretry: 5\n\n", "a", "x"),
        (b": ping\n\n", None, ""),
        (b"event: x\n\n", None, "x"),
        (b"Data: a\ndatas: b\n\n", None, ""),
        (b"data: a: b\n\n", "a: b", ""),
        ("data: é😀\n\n".encode(), "é😀", ""),
        (b"data: \xff\n\n", "\ufffd", ""),
        (b"\xef\xbb\xbfdata: a\n\n", "a", ""),
        (b"\n", None, ""),
    ],
)
def test_an_event_is_read_by_the_rules_and_keeps_its_bytes(raw: bytes, data: str | None, name: str) -> None:
    assert decoded(raw) == [Event(raw, data, name)]
    assert decoded(*(bytes([byte]) for byte in raw)) == [Event(raw, data, name)]


def test_events_come_as_soon_as_they_are_whole() -> None:
    decoder = Decoder()
    assert decoder.feed(b"data: a") == []
    assert decoder.feed(b"\n") == []
    assert [event.data for event in decoder.feed(b"\ndata: b\n\nda")] == ["a", "b"]
    assert decoder.feed(b"ta: c\r\n\r") == []
    assert [event.data for event in decoder.feed(b"\n")] == ["c"]
    assert decoder.flush() == []


def test_a_cut_between_cr_and_lf_makes_no_event() -> None:
    assert [event.raw for event in decoded(b"data: a\r\n\r", b"\ndata: b\r\n\r\n")] == [
        b"data: a\r\n\r\n",
        b"data: b\r\n\r\n",
    ]


def test_the_end_of_the_stream_ends_the_last_event() -> None:
    assert decoded(b"data: a\n\ndata: b") == [Event(b"data: a\n\n", "a"), Event(b"data: b", "b")]
    assert decoded(b"data: a\r\r") == [Event(b"data: a\r\r", "a")]
    assert decoded(b"data: a\n\r") == [Event(b"data: a\n\r", "a")]
    decoder = Decoder()
    decoder.feed(b"data: half")
    assert [event.data for event in decoder.flush()] == ["half"] and decoder.flush() == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_other_data_leaves_the_other_lines_as_they_came(end: str) -> None:
    raw = f": note{end}event: x{end}data: old{end}id:7{end}data: more{end}odd{end}{end}".encode()
    (event,) = decoded(raw)
    new = event.with_data("nev\nlines é")
    assert new.raw == f": note{end}event: x{end}data: nev{end}data: lines é{end}id:7{end}odd{end}{end}".encode()
    assert decoded(new.raw) == [new] == [Event(new.raw, "nev\nlines é", "x")]


def test_an_event_without_an_end_gets_one_with_other_data() -> None:
    assert Event(b"data: a", "a").with_data("b").raw == b"data: b\n"


def test_a_new_event() -> None:
    assert make("a\nb", "x") == Event(b"event: x\ndata: a\ndata: b\n\n", "a\nb", "x")
    assert make("") == Event(b"data: \n\n", "")
