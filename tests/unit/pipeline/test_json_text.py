from __future__ import annotations

import json
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.json_text import (
    MAX_DEPTH,
    Offsets,
    Pairs,
    UnreadableJson,
    encode,
    escape,
    is_whole,
    looks_like_json,
    parse,
    tokens,
)

_any = st.characters(exclude_categories=[])  # half a pair, too
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(_any),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


def test_objects_keep_order_and_duplicates() -> None:
    tree = parse('{"b": 1, "a": {"b": []}, "b": 2}')
    assert tree == [("b", 1), ("a", [("b", [])]), ("b", 2)]
    assert isinstance(tree, Pairs) and tree.get("b") is None and tree.get("zz") is None
    assert tree.get("a") == [("b", [])]


@pytest.mark.parametrize("text", ["", "{", '{"a":}', "canary@example.com", '{"a": "canary\n"}', '"\\x"', "[" * 99_999])
def test_unreadable_json_is_not_quoted(text: str) -> None:
    with pytest.raises(UnreadableJson, match="it is ") as caught:
        parse(text)
    assert "canary" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_nesting_has_a_limit(opening: str) -> None:
    closing = "]" if opening == "[" else "}"
    parse(opening * MAX_DEPTH + "1" + closing * MAX_DEPTH)
    with pytest.raises(UnreadableJson, match="nested more than 500 levels deep"):
        parse(opening * (MAX_DEPTH + 1) + "1" + closing * (MAX_DEPTH + 1))


def test_a_number_may_be_longer_than_int_reads() -> None:
    assert parse("[" + "9" * 5000 + ", 7]")[1] == 7


@given(_json, st.booleans(), st.sampled_from([None, 1]))
def test_tokens_are_the_strings_in_the_order_of_the_walk(tree: object, ascii_: bool, indent: int | None) -> None:
    text = json.dumps(tree, ensure_ascii=ascii_, indent=indent)

    def strings(node: object) -> list[str]:
        if isinstance(node, dict):
            return [s for key, value in node.items() for s in [key, *strings(value)]]
        if isinstance(node, list):
            return [s for item in node for s in strings(item)]
        return [node] if isinstance(node, str) else []

    assert [json.loads(match.group()) for match in tokens(text)] == [
        json.loads(json.dumps(string)) for string in strings(tree)
    ]


_characters = st.sampled_from(
    ["a", "é", "😀", '\\"', "\\\\", "\\/", "\\n", "\\u0041", "\\uD83D\\uDE00", "\\ud83d", "\\ude00"]
)


@given(st.lists(_characters, max_size=12).map("".join), st.integers(0, 9), st.data())
def test_offsets_lead_from_the_decoded_string_to_its_token(inside: str, start: int, data: st.DataObject) -> None:
    text = " " * start + f'"{inside}"'
    value = json.loads(text)
    offsets = Offsets(text[start:], start)
    a = data.draw(st.integers(0, len(value)))
    b = data.draw(st.integers(a, len(value)))
    assert json.loads('"' + text[offsets[a] : offsets.end(b)] + '"') == value[a:b]
    assert (offsets[0], offsets.end(len(value))) == (start + 1, len(text) - 1)


@given(st.text(st.characters(exclude_categories=[])))
def test_what_is_encoded_reads_as_it_was_and_goes_into_utf_8(value: str) -> None:
    token = encode(value)
    assert json.loads(token) == json.loads(json.dumps(value))
    assert token.encode("utf-8") and token == f'"{escape(value)}"'


def test_non_ascii_stays_readable() -> None:
    assert encode("é😀\ud800") == '"é😀\\ud800"'


@pytest.mark.parametrize(
    ("text", "does"), [("{", True), (" \n[1", True), ("x{", False), ("", False), (" " * 70 + "{", False)]
)
def test_what_looks_like_json(text: str, does: bool) -> None:
    assert looks_like_json(text) is does


@pytest.mark.parametrize("digits", [1, 3, 9])
def test_whole_numbers_are_met_in_the_order_of_the_tree(digits: int) -> None:
    text = (
        '{"a": [0, -0, 7, -12, 123, 1234567, 123456789, -1234567890, 1e3, 1E+9, 1.5, 123456789.25, 1.123456789, '
        '1e123, 123456789e1, 12345678901234567890, true, null, NaN, -Infinity, "123456789", "1\\"234"], "999999999": 1}'
    )
    members = [member for key, value in parse(text) for member in (value if isinstance(value, list) else [value])]
    written = [match.group() for match in tokens(text, digits=digits) if match.group()[0] != '"']
    assert [int(token) for token in written] == [member for member in members if is_whole(member, digits)]
    assert len(written) == {1: 9, 3: 4, 9: 2}[digits]
