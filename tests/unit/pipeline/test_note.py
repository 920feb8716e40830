from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.note import NOTE, Place, noted

_CHAT = {"role": "system", "content": NOTE}
_BLOCK = {"type": "text", "text": NOTE}
_YOU = {"role": "user", "content": 'say "]}" \\'}
_WE = {"role": "system", "content": "Be kind."}


@pytest.mark.parametrize(
    ("place", "body", "expected"),
    [
        ("messages", {"messages": [_YOU]}, {"messages": [_CHAT, _YOU]}),
        ("messages", {"messages": [_WE, _YOU, _WE]}, {"messages": [_WE, _CHAT, _YOU, _WE]}),
        ("messages", {"model": "m", "messages": [_WE]}, {"model": "m", "messages": [_WE, _CHAT]}),
        ("messages", {"messages": []}, {"messages": [_CHAT]}),
        ("messages", {"messages": "odd"}, {"messages": "odd"}),
        ("messages", {"n": 1}, {"n": 1}),
        ("system", {"messages": [_YOU]}, {"system": NOTE, "messages": [_YOU]}),
        ("system", {}, {"system": NOTE}),
        ("system", {"system": None, "a": [1, {"b": 2}]}, {"system": NOTE, "a": [1, {"b": 2}]}),
        ("system", {"a": 1, "system": "Be kind."}, {"a": 1, "system": f"Be kind.\n\n{NOTE}"}),
        ("system", {"system": ""}, {"system": NOTE}),
        ("system", {"system": [_BLOCK, {}]}, {"system": [_BLOCK, {}, _BLOCK]}),
        ("system", {"system": []}, {"system": [_BLOCK]}),
        ("system", {"system": 7}, {"system": 7}),
        ("instructions", {"instructions": "a", "input": "b"}, {"instructions": f"a\n\n{NOTE}", "input": "b"}),
        ("systemInstruction", {"contents": []}, {"systemInstruction": {"parts": [{"text": NOTE}]}, "contents": []}),
        (
            "systemInstruction",
            {"system_instruction": {"parts": [{"text": "a"}]}},
            {"system_instruction": {"parts": [{"text": "a"}, {"text": NOTE}]}},
        ),
        ("systemInstruction", {"cachedContent": "cachedContents/a"}, {"cachedContent": "cachedContents/a"}),
        ("systemInstruction", {"systemInstruction": {"role": "system"}}, {"systemInstruction": {"role": "system"}}),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_the_note_stands_behind_the_clients_own_words(
    place: Place, body: Any, expected: Any, indent: int | None, mark: str
) -> None:
    text = mark + json.dumps(body, indent=indent)
    result = noted(text, place)
    assert json.loads(result.removeprefix("\ufeff")) == expected and result.startswith(mark)


def test_every_other_byte_stays() -> None:
    before, after = '{ "n":1.50 , "system" : "\\u00e9', '" ,\n"messages":[ ],"n":2 }'
    text = noted(before + after, "system")
    assert text.startswith(before) and text.endswith(after)


def test_a_body_that_is_no_object_stays() -> None:
    assert noted('["a"]', "system") == '["a"]'
