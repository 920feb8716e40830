from __future__ import annotations

import json

import pytest

from app.proxy.shape import Shape

FIRST = '{"sequence_number":7, "id": "a", "delta": "one", "obfuscation": "xyz", "n": 1}'
TEXT = '"one"'


def shape(data: str = FIRST) -> Shape:
    return Shape(data, data.index(TEXT), data.index(TEXT) + len(TEXT))


@pytest.mark.parametrize(
    ("sequence", "text", "padding"),
    [
        (7, "one", "xyz"),
        (1234, "two", ""),
        (7, 'quoted "text" \\ and\nlines', "a"),
        (7, '"obfuscation":"b", "delta": "three"', "a"),
        (7, "", ""),
        (7, "\ud83d é", "a"),
    ],
)
def test_what_has_the_shape_is_read(sequence: int, text: str, padding: str) -> None:
    data = FIRST.replace(":7,", f":{sequence},").replace(TEXT, json.dumps(text)).replace("xyz", padding)
    found = shape().read(data)
    assert found is not None
    said, start, end = found
    assert said == text and data[start:end] == json.dumps(text)


@pytest.mark.parametrize(
    "data",
    [
        FIRST.replace('"a"', '"b"'),
        FIRST.replace('"n": 1', '"n": 2'),
        FIRST.replace('"one"', "1"),
        FIRST.replace('"one"', '"one", "more": "two"'),
        FIRST.replace('"one"', '"one'),
        FIRST.replace('"one"', '"\n"'),
        FIRST.replace('"one"', r'"\x"'),
        FIRST.replace(', "obfuscation": "xyz"', ""),
        FIRST.replace('"xyz"', '"[PERSON_1234]"'),
        FIRST.replace('"xyz"', '{"a": "b"}'),
        FIRST[: FIRST.index(TEXT) + 1] + FIRST[FIRST.index(TEXT) + len(TEXT) :],
        "",
        "[DONE]",
    ],
)
def test_what_has_another_shape_is_not(data: str) -> None:
    assert shape().read(data) is None


def test_without_padding_all_of_the_rest_is_compared() -> None:
    plain = '{"delta": "one"}'
    assert shape(plain).read('{"delta": "two"}') == ("two", 10, 15)
    assert shape(plain).read('{"delta": "two", "obfuscation": ""}') is None
    assert shape(plain).read('{"delta": "}') is None
