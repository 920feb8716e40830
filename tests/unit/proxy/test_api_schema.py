"""What fits a schema, and what is said of what does not."""

from __future__ import annotations

from typing import Any

import pytest

from app.proxy.api.schema import (
    Invalid,
    Schema,
    anything,
    array,
    by_name,
    check,
    flag,
    number,
    optional,
    read_query,
    record,
    text,
    whole,
)

_RECORD = record({"a": whole(low=0), "b": flag(default=True)}, needs=["a"])


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (text(), ""),
        (text(longest=2), "😀😀"),
        (text(pattern="^[a-z]+$"), "abc"),
        (optional(text(choices=["x"])), None),
        (whole(high=3), 3),
        (whole(), 3.0),
        (number(low=0.5), 0.5),
        (array(flag(), least=1, most=2), [True, False]),
        (by_name(whole(), pattern="^[a-z]$"), {"a": 1}),
        (anything(), {"x": [None, {}]}),
    ],
)
def test_what_fits_comes_back(schema: Schema, value: Any) -> None:
    assert check(schema, value) == value


@pytest.mark.parametrize(
    ("schema", "value", "field"),
    [
        (text(), 1, ""),
        (text(), None, ""),
        (text(shortest=1), "", ""),
        (text(longest=2), "abc", ""),
        (text(pattern="^[a-z]+$"), "abc\n", ""),
        (text(choices=["x"]), "y", ""),
        (optional(text(choices=["x"])), "y", ""),
        (whole(), True, ""),
        (whole(), 1.5, ""),
        (whole(), "1", ""),
        (whole(low=0), -1, ""),
        (number(), False, ""),
        (flag(), 1, ""),
        (array(whole()), [1, "2"], "[1]"),
        (array(whole(), most=1), [1, 2], ""),
        (_RECORD, {}, "a"),
        (_RECORD, {"a": -1}, "a"),
        (_RECORD, {"a": 1, "c": 1}, "c"),
        (_RECORD, [], ""),
        (array(_RECORD), [{"a": 1}, {"a": "x"}], "[1].a"),
        (record({"x": array(_RECORD)}), {"x": [{"a": 1}, {"b": True}]}, "x[1].a"),
        (by_name(whole(), pattern="^[a-z]$"), {"A": 1}, "A"),
        (by_name(whole(), least=1), {}, ""),
        (by_name(whole()), {"a\nb": "x"}, "a?b"),
    ],
)
def test_what_does_not_fit_is_named(schema: Schema, value: Any, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        check(schema, value)
    assert caught.value.field == field and str(caught.value).startswith(("It ", "There "))


def test_what_is_left_out_has_its_default() -> None:
    assert check(_RECORD, {"a": 1}) == {"a": 1, "b": True}
    assert check(_RECORD, {"a": 1, "b": False}) == {"a": 1, "b": False}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ([("a", "1"), ("a", "2")], "a"),
        ([("a", "1.0")], "a"),
        ([("a", "١")], "a"),
        ([("a", "9" * 5000)], "a"),
        ([("a", "1"), ("b", "True")], "b"),
        ([("a", "1"), ("c", "")], "c"),
    ],
)
def test_a_query_is_read_strictly(given: list[tuple[str, str]], field: str) -> None:
    assert read_query(_RECORD, [("a", "-0"), ("b", "false")]) == {"a": 0, "b": False}
    with pytest.raises(Invalid) as caught:
        read_query(_RECORD, given)
    assert caught.value.field == field
