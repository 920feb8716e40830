from __future__ import annotations

import json

import pytest

from app.pipeline.json_context import JsonContext


def depth(text: str, *, whole: bool = True) -> int:
    context = JsonContext()
    for piece in [text] if whole else text:
        context.advance(piece)
    return context.depth


NESTED = json.dumps({"a": json.dumps({"b": json.dumps(["c"])})})


#: A command that holds JSON, which holds JSON in turn.
_SENT = json.dumps({"who": 1, "more": json.dumps({"a": "DEEP"})})
COMMAND = json.dumps({"command": f"curl -d {json.dumps(_SENT)} AFTER"})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0),
        ("{", 0),
        ("plain", 0),
        ('He said "', 0),
        ("[PERSON", 0),
        ('[1] says "', 0),
        ("{x", 0),
        ('{"', 1),
        ('{"a": "', 1),
        ('{"a": "b', 1),
        ('{"a": "b\\"', 1),
        ('{"a": "b", "c": "', 1),
        ('  [ "', 1),
        ('[{"a": "', 1),
        ('[["', 1),
        ('{"a": "{', 1),
        ('{"a": "{\\"b\\": \\"', 2),
        ('{"a": "{\\u0022b\\u0022: \\u0022', 2),
        ('{"a": "{\\"b\\": \\"c\\"}", "d": "', 1),
        ('{"a": "x{\\"b\\": \\"', 1),
        (NESTED[: NESTED.index("c")], 3),
        (r"say \"", 0),
        (COMMAND[: COMMAND.index("who")], 3),
        (COMMAND[: COMMAND.index("DEEP")], 4),
        (COMMAND[: COMMAND.index("AFTER")], 1),
        ('{"a": "echo \\"', 1),
        ('{"a": "cd \\"C:\\\\\\\\\\" ', 1),  # two backslashes are one that a quote follows
    ],
)
@pytest.mark.parametrize("whole", [True, False])
def test_depth_is_the_number_of_strings_around(text: str, expected: int, whole: bool) -> None:
    assert depth(text, whole=whole) == expected


def test_nesting_is_followed_so_far_and_no_further() -> None:
    text = "x"
    for _ in range(9):
        text = json.dumps({"a": text})
    assert 3 <= depth(text[: text.index("x")]) <= 5


def test_values_are_escaped_once_for_each_level() -> None:
    context = JsonContext()
    context.advance('{"a": "{\\"b\\": \\"')
    assert context.escape('"\n') == '\\\\\\"\\\\n'


@pytest.mark.parametrize("broken", ['{"a": "\\u00zz', '{"a": "\\q', '{"a" "', '{"}}]]"'])
def test_broken_json_is_followed_without_failing(broken: str) -> None:
    assert depth(broken) == depth(broken, whole=False)
