"""Laying out JSON changes white space only, and finds every place again."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ui.reflow import LIMIT, reflow

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=50)
@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES), st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_the_meaning_stays(value: object, ascii_only: bool, indent: int | str | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    assert json.loads(reflow(text).text) == value


@settings(max_examples=50)
@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES), st.data())
def test_every_place_inside_a_token_is_found_again(value: object, data: st.DataObject) -> None:
    text = json.dumps(value, ensure_ascii=False)
    laid = reflow(text)
    start = data.draw(st.integers(0, len(text) - 1))
    if text[start] not in ": ,":
        new_start, new_end = laid.span(start, start + 1)
        assert laid.text[new_start:new_end] == text[start]


def test_layout() -> None:
    laid = reflow('{"a":[1,2],"b":{},"c":[],"d":"x, y: [z]"}')
    assert laid.text == ('{\n  "a": [\n    1,\n    2\n  ],\n  "b": {},\n  "c": [],\n  "d": "x, y: [z]"\n}')


def test_a_span_inside_a_string() -> None:
    text = '{"a":[{"text":"Dear Jane Roe, \\"hello\\""}]}'
    laid = reflow(text)
    start, end = laid.span(text.index("Jane"), text.index(","))
    assert laid.text[start:end] == "Jane Roe"


@pytest.mark.parametrize("text", ["", "plain", "[not json", '{"a":1', "data: {}\n\n", "[" * 100_000])
def test_what_is_not_json_stays_as_it_is(text: str) -> None:
    laid = reflow(text)
    assert laid.text == text
    assert laid.span(0, len(text)) == (0, len(text))


def test_long_bodies_stay_as_they_are() -> None:
    text = json.dumps(["x" * LIMIT])
    assert reflow(text).text == text
