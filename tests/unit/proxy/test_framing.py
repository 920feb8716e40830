from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.proxy.framing import BARE_SSE, JSON_ARRAY, NDJSON, SSE, Framing
from app.proxy.sse import Event
from tests.property.texts import cut

_VALUES = st.recursive(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=9) | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
)
_ITEMS = st.lists(st.dictionaries(st.sampled_from('a"\\]'), _VALUES, max_size=3), max_size=4)
_GAPS = st.sampled_from(["", "\n", " \r\n "])


def decoded(framing: Framing, pieces: list[bytes]) -> list[Event]:
    decoder = framing.decoder()
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.flush()


def said(events: list[Event]) -> list[object]:
    return [json.loads(event.data) for event in events if event.data is not None]


@given(_ITEMS, _GAPS, st.booleans(), st.data())
def test_an_array_is_cut_into_its_items_however_its_bytes_were(
    items: list[object], gap: str, ascii: bool, data: st.DataObject
) -> None:
    dumped = (json.dumps(item, ensure_ascii=ascii) for item in items)
    raw = f"{gap}[{gap}{f'{gap},{gap}'.join(dumped)}{gap}]{gap}".encode()
    at = data.draw(st.just(list(range(1, len(raw)))) | st.lists(st.integers(0, len(raw)), max_size=9).map(sorted))
    events = decoded(JSON_ARRAY, cut(raw, at))
    assert events == decoded(JSON_ARRAY, [raw])
    assert b"".join(event.raw for event in events) == raw
    assert said(events) == items
    again = [event if event.data is None else event.with_data('{"x": 1}') for event in events]
    assert json.loads(b"".join(event.raw for event in again)) == [{"x": 1}] * len(items)


@given(_ITEMS, st.sampled_from(["\n", "\r\n"]), st.data())
def test_lines_are_lines_however_their_bytes_were_cut(items: list[object], end: str, data: st.DataObject) -> None:
    raw = "".join(json.dumps(item, ensure_ascii=False) + end for item in items).encode()
    at = data.draw(st.just(list(range(1, len(raw)))) | st.lists(st.integers(0, len(raw)), max_size=9).map(sorted))
    events = decoded(NDJSON, cut(raw, at))
    assert events == decoded(NDJSON, [raw])
    assert b"".join(event.raw for event in events) == raw
    assert said(events) == items


@pytest.mark.parametrize("raw", [b'{"error": {"code": 500}}\n', b"7", b'"a"', b"not JSON ["])
def test_what_is_no_array_is_one_event(raw: bytes) -> None:
    (event,) = decoded(JSON_ARRAY, cut(raw, range(1, len(raw))))
    assert (event.raw, event.data) == (raw, raw.decode())
    assert event.with_data("x").raw == b"x"


@pytest.mark.parametrize("raw", [b"", b" \n", b"[]", b"[ ]\n"])
def test_where_there_is_no_item_there_is_no_event_with_data(raw: bytes) -> None:
    events = decoded(JSON_ARRAY, [raw])
    assert said(events) == [] and b"".join(event.raw for event in events) == raw


@pytest.mark.parametrize("raw", [b'["s", {"a": 1}, 7, [2], "}"]', b'[{"a": 1}, 7]'])
def test_items_that_are_no_objects_lose_no_byte(raw: bytes) -> None:
    assert b"".join(event.raw for event in decoded(JSON_ARRAY, cut(raw, range(1, len(raw))))) == raw


def test_an_event_that_is_made_stands_between_two_that_came() -> None:
    first, second, end = decoded(JSON_ARRAY, [b'[{"a": 1}\n,{"b": 2}]'])
    wire = first.raw + JSON_ARRAY.make('{"x": "é"}').raw + second.raw + end.raw
    assert json.loads(wire) == [{"a": 1}, {"x": "é"}, {"b": 2}]


def test_an_array_that_breaks_off_is_ended() -> None:
    first, *_ = decoded(JSON_ARRAY, [b'[{"a": 1}\n,{"b": 2}]'])
    assert json.loads(first.raw + JSON_ARRAY.ending('{"x": 1}', "", True).raw) == [{"a": 1}, {"x": 1}]
    assert json.loads(JSON_ARRAY.ending('{"x": 1}', "", False).raw) == [{"x": 1}]


@pytest.mark.parametrize("framing", [SSE, BARE_SSE, NDJSON], ids=["sse", "bare sse", "ndjson"])
@pytest.mark.parametrize("begun", [True, False])
def test_elsewhere_the_last_event_is_like_any_other(framing: Framing, begun: bool) -> None:
    assert framing.ending('{"x": 1}', "error", begun) == framing.make('{"x": 1}', "error")


def test_only_where_every_client_understands_it_a_comment_may_stand() -> None:
    assert SSE.comment.startswith(b":") and SSE.media == BARE_SSE.media
    assert not (BARE_SSE.comment or NDJSON.comment or JSON_ARRAY.comment)
