"""A view leads back to whole characters of the text it was made of, and holds little but what has changed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.views import Reading, Step, View, views


def step(*pairs: tuple[str, str]) -> Step:
    """Reads each of the first strings as the second."""
    table = dict(pairs)
    pattern = re.compile("|".join(map(re.escape, table)))

    def read(text: str) -> list[Reading]:
        return [(match.start(), match.end(), table[match.group()]) for match in pattern.finditer(text)]

    return read


def origin(view: View, text: str, part: str) -> str:
    start = view.text.index(part)
    begin, end = view.origin(start, start + len(part))
    return text[begin:end]


def test_nothing_to_read_differently_is_no_view() -> None:
    assert list(views("plain", 5, step(("%41", "A")))) == []


@pytest.mark.parametrize(
    ("text", "part", "source"),
    [
        ("x %41b y", "Ab", "%41b"),
        ("x %41b y", "x", "x"),
        ("x %41b y", "y", "y"),
        ("x b%41 y", "bA", "b%41"),
        ("x%41y", "A", "%41"),
        ("x%%%41y", "LONGA", "%%%41"),
        ("x%%y", "ON", "%%"),
        ("a~~b", "ab", "a~~b"),
        ("~a~", "a", "a"),
        ("~%41~", "A", "%41"),
        ("%41%41", "AA", "%41%41"),
    ],
)
def test_the_way_back(text: str, part: str, source: str) -> None:
    (view,) = views(text, 5, step(("%41", "A"), ("%%", "LONG"), ("~", "")))
    assert origin(view, text, part) == source


def test_views_of_views() -> None:
    text = "x %%41b y"
    first, second = views(text, 5, step(("%%", "%")), step(("%41", "A")))
    assert (first.text, second.text) == ("x %41b y", "x Ab y")
    assert origin(second, text, "Ab") == "%%41b"
    assert origin(first, text, "41b") == "41b"


def test_what_is_far_from_any_change_is_left_out() -> None:
    text = "first " + "word " * 100 + "near %41 here " + "word " * 100 + "%41 last " + "word " * 100
    (view,) = views(text, 10, step(("%41", "A")))
    assert len(view.text) < 100
    assert [origin(view, text, part) for part in ("near A here", "A last")] == ["near %41 here", "%41 last"]


def test_a_window_cuts_no_word() -> None:
    text = "word " * 50 + "x" * 500 + "%41" + "y" * 500 + " word" * 50
    (view,) = views(text, 10, step(("%41", "A")))
    part = "x" * 500 + "A" + "y" * 500
    assert origin(view, text, part) == text.strip("word ")


def test_a_span_does_not_reach_into_what_was_left_out() -> None:
    text = "%41 " + "word " * 100 + "%41"
    (view,) = views(text, 4, step(("%41", "A")))
    gap = view.text.index("\ua66e")
    end = view.text.rindex("\ua66e") + 1
    begin, stop = view.origin(gap - 1, end)
    assert text[begin:stop] == "d", "nothing but the end of the window"
    begin, stop = view.origin(gap, end + 1)
    assert stop - begin < 10
    assert view.origin(0, len(view.text)) == (0, len(text)), "what stands on both sides takes in all between"


_PAIRS = (("%41", "A"), ("%%", ""), ("&", "amp"), ("~", "+"))


@given(st.lists(st.sampled_from(["%41", "%%", "&", "~", "b", " ", "c c"]), max_size=60).map("".join), st.integers(0, 9))
def test_each_character_comes_from_where_it_stood(text: str, context: int) -> None:
    for view in views(text, context, step(*_PAIRS)):
        for at, char in enumerate(view.text):
            if char in "\ua66e\n":
                continue
            start, end = view.origin(at, at + 1)
            source = text[start:end]
            assert dict(_PAIRS).get(source, source)
            assert char in dict(_PAIRS).get(source, source)
