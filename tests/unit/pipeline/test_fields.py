from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.fields import Fields, Form, leaves
from app.pipeline.json_text import UnreadableJson, parse
from app.pipeline.talk import opening


def found(body: Any, fields: Fields | None = None) -> dict[str, list[str]]:
    text = body if isinstance(body, str) else json.dumps(body)
    out: dict[str, list[str]] = {}
    for leaf in leaves(text, fields or Fields()):
        assert json.loads(text[leaf.start : leaf.end]) == leaf.value
        out.setdefault(leaf.path, []).append(leaf.value)
    return out


def test_every_string_is_text_and_no_key_is() -> None:
    body = {"a": "1", "b": {"c": ["2", {"d": "3"}, ["4"]], "n": 5, "t": True, "z": None}}
    assert found(body) == {"a": ["1"], "b.c[]": ["2"], "b.c[].d": ["3"], "b.c[][]": ["4"]}
    assert found('"top"') == {"": ["top"]}
    assert found('["x", "y"]') == {"[]": ["x", "y"]}
    assert found("{}") == found("[]") == found("1") == {}


def test_duplicate_keys_are_each_text() -> None:
    assert found('{"a": "1", "a": "2"}') == {"a": ["1", "2"]}


def test_the_nearest_key_and_the_owners_are_told() -> None:
    (leaf,) = leaves('{"a": [{"index": 3, "b": ["x"]}]}', Fields())
    assert leaf.key == "b"
    assert [owner.get("index") for owner in leaf.owners] == [None, 3]
    assert "x" not in repr(leaf)


def test_an_unreadable_body_raises() -> None:
    with pytest.raises(UnreadableJson):
        list(leaves('{"a": ', Fields()))


@pytest.mark.parametrize("value", ["gpt-x", "call_1", "a" * 256, ""])
def test_an_identifier_is_left_alone_while_it_looks_like_one(value: str) -> None:
    assert found({"id": value}, Fields(identifiers=("id",))) == {}


@pytest.mark.parametrize("value", ["Zoë O'Neil", "zoe@example.com", "a" * 257, "two\nlines", " "])
def test_and_no_longer(value: str) -> None:
    assert found({"id": value}, Fields(identifiers=("id",))) == {"id": [value]}


def test_what_is_verbatim_is_left_alone_whatever_it_holds() -> None:
    fields = Fields(verbatim=("key", "deep.**", "list[].sealed"))
    body = {"key": "a b@c", "deep": {"x": ["a b"]}, "list": [{"sealed": "s s", "open": "o"}], "other": "t"}
    assert found(body, fields) == {"list[].open": ["o"], "other": ["t"]}


@pytest.mark.parametrize("value", ["iVBORw0KGgoAAAANSUhEUg==", "A" * 500, "data:image/png;base64,iVBO", "a-b_c" * 9])
def test_binary_is_left_alone_while_it_is(value: str) -> None:
    assert found({"data": value}, Fields(binary=("data",))) == {}


@pytest.mark.parametrize("value", ["short", "https://example.com/zoe.png", "A" * 500 + " and Zoë", "data: x y"])
def test_what_only_claims_to_be_binary_is_text(value: str) -> None:
    assert found({"data": value}, Fields(binary=("data",))) == {"data": [value]}


def test_a_rule_may_ask_for_a_type() -> None:
    fields = Fields(verbatim=("blocks[]<thinking>.text",))
    body = {"blocks": [{"text": "a", "type": "thinking"}, {"type": "other", "text": "b"}, {"text": "c"}]}
    assert found(body, fields)["blocks[].text"] == ["b", "c"]


def test_of_a_type_everything_below_may_be_left_alone() -> None:
    fields = Fields(verbatim=("blocks[]<compaction>.**", "delta<thinking_delta>.**"))
    body = {
        "blocks": [{"type": "compaction", "a": {"b": ["sealed"]}}, {"type": "text", "a": {"b": ["open"]}}],
        "delta": {"type": "thinking_delta", "thinking": "sealed"},
    }
    assert found(body, fields) == {"blocks[].a.b[]": ["open"], "blocks[].type": ["text"]}


def test_a_type_given_twice_is_none() -> None:
    fields = Fields(verbatim=("b<thinking>.text",))
    assert found('{"b": {"type": "thinking", "type": "x", "text": "a"}}', fields)["b.text"] == ["a"]


def test_a_star_stands_for_any_key() -> None:
    assert found({"a": {"x": {"id": "1"}, "y": {"id": "2", "z": "3"}}}, Fields(verbatim=("a.*.id",))) == {
        "a.y.z": ["3"]
    }


def test_of_a_schema_only_its_own_words_are_left_alone() -> None:
    schema = {
        "$schema": "https://json-schema.org/x",
        "type": "object",
        "title": "T",
        "description": "D",
        "required": ["name"],
        "properties": {
            "name": {"type": "string", "description": "N", "default": "Zoë", "pattern": "^a b$"},
            "type": {"type": ["string", "null"], "enum": ["x", "y"]},
            "format": {"const": "c", "examples": ["e"], "$ref": "#/a b"},
            "pattern": {"description": "P"},
        },
        "$defs": {"required": {"$comment": "C"}},
        "anyOf": [{"format": "f f", "title": "A"}],
    }
    texts = [text for values in found({"s": schema}, Fields(schemas=("s",))).values() for text in values]
    assert texts == ["T", "D", "N", "Zoë", "x", "y", "c", "e", "P", "C", "A"]


def test_verbatim_wins_inside_a_schema() -> None:
    body = {"s": {"x": {"title": "T"}, "title": "U"}}
    assert found(body, Fields(schemas=("s",), verbatim=("s.x.**",))) == {"s.title": ["U"]}


def test_a_schema_may_stand_where_a_name_may() -> None:
    fields = Fields(identifiers=("format",), schemas=("format",))
    assert found({"format": "json"}, fields) == found({"format": {"type": "object"}}, fields) == {}
    assert found({"format": {"title": "T"}}, fields) == {"format.title": ["T"]}


@pytest.mark.parametrize(
    "body", [{"aKey": {"bigId9X": "x"}}, {"a_key": {"big_id9_x": "x"}}, {"aKey": {"big_id9_x": "x"}}]
)
def test_keys_may_be_written_in_either_case(body: Any) -> None:
    assert found(body, Fields(identifiers=("aKey.bigId9X",), snake=True)) == {}
    assert (found(body, Fields(identifiers=("aKey.bigId9X",))) == {}) is ("bigId9X" in str(body))


def test_deep_bodies_are_walked() -> None:
    assert found("[" * 500 + '"x"' + "]" * 500) == {"[]" * 500: ["x"]}


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "user"}], ["a"]),
        ([{"role": "user", "content": [{"type": "text", "text": "a", "cache_control": {"x": "y"}}, "b"]}], ["a", "b"]),
        ([{"role": "system", "content": "s"}], ["s"]),
        ([{"parts": [{"text": "a"}]}, {"role": "model", "parts": [{"text": "b"}]}], ["a"]),
        ([{"type": "thought", "x": "t"}, {"type": "user_input", "content": "a"}], ["a"]),
        ({"parts": [{"text": "a"}]}, ["a"]),
        ("just text", ["just text"]),
        ([], []),
        (None, []),
        (7, []),
    ],
)  # fmt: skip
def test_a_conversation_is_known_by_its_first_user_message(messages: Any, expected: list[str]) -> None:
    assert opening(parse(json.dumps({"messages": messages})), "messages") == expected


def test_no_opening_where_none_is_declared_or_there() -> None:
    assert (
        opening(parse('{"messages": "x"}'), "")
        == opening(parse('{"a": 1}'), "messages")
        == opening([], "messages")
        == []
    )


def test_keys_that_can_be_no_name_of_a_field_are_text() -> None:
    names = ["max_tokens", "firstName", "x-y", "gpt-4.1", "$ref", "items[0]", "A_B", "a/b"]
    others = ["jane@example.com", "Jane Doe", "ZAC5361", "+64 21 555 0147", "[PERSON_1]", "Jörg", "\ue000\ue001"]
    text = json.dumps({"meta": dict.fromkeys(names + others, 0)})
    found = [leaf for leaf in leaves(text, Fields(), keys=True) if leaf.form is Form.KEY]
    assert [leaf.value for leaf in found] == others
    assert [json.loads(text[leaf.start : leaf.end]) for leaf in found] == others
    assert {leaf.path for leaf in found} == {"meta{}"}
    assert not list(leaves(text, Fields()))
    assert not list(leaves(text, Fields(schemas=("meta",)), keys=True))
