"""Texts cut into segments: nothing is lost, a change costs what is near it, and what is known is not read again."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pipeline.detectors.ner import NerDetector, readable, worth_reading
from app.pipeline.detectors.segments import CONTEXT, HARD, Segment, segments
from app.pipeline.models import DEFAULT, find
from app.pipeline.policy import Policy

DETECTOR = NerDetector()
#: Reads nothing but what is chosen.
CHOSEN: list[Segment] = []
ALONE = NerDetector(cut=lambda _: CHOSEN)
POLICY = Policy()
TEXTS = st.text(st.sampled_from("aB .,\n\t\r\0é界👩‍\u200d\ud800[1]"), max_size=2000)
PIECES = st.sampled_from(
    ["Alice Johnson", "see", "\n", "\n\n", " ", "London", "def run(self):", "x" * 700, "[PERSON_4821]", "王", "\u202e"]
)


def everything(_: str) -> bool:
    return True


def cut(text: str) -> list[Segment]:
    return list(segments(text, everything))


@given(TEXTS)
def test_every_character_is_in_one_segment_but_blank_lines(text: str) -> None:
    reached = 0
    for one in cut(text):
        assert not text[reached : one.start].strip()
        assert max(0, one.start - CONTEXT) <= one.left <= one.start < one.end <= one.right <= one.end + CONTEXT
        assert one.right <= len(text)
        reached = one.end
    assert not text[reached:].strip()


@given(st.text(st.sampled_from("ab \n"), max_size=3000), st.sampled_from("ab"))
def test_what_is_worth_reading_is_read(text: str, wanted: str) -> None:
    def worth(line: str) -> bool:
        return wanted in line

    read = "".join(text[one.start : one.end] for one in segments(text, worth))
    assert read.count(wanted) == text.count(wanted)


@pytest.mark.parametrize("text", ["x" * 50_000, "word " * 10_000, "a, b. " * 9000, "\n" * 50_000, "界" * 50_000])
def test_long_lines_are_cut(text: str) -> None:
    assert all(one.end - one.start <= HARD + HARD for one in cut(text))


def test_a_change_costs_the_segments_near_it() -> None:
    lines = [f"Line {number} tells of {number * 7919 % 1000} things and of nothing else.\n" for number in range(400)]
    before = {"".join(lines)[one.left : one.right] for one in cut("".join(lines))}
    lines.insert(200, "A new line stands here.\n")
    text = "".join(lines)
    assert len([one for one in cut(text) if text[one.left : one.right] not in before]) <= 4


@settings(max_examples=25)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_what_was_read_before_is_found_again(text: str) -> None:
    DETECTOR.forget()
    fresh = DETECTOR.detect(text, POLICY)
    assert DETECTOR.detect(text, POLICY) == fresh
    # What is known of other texts does not change it either.
    DETECTOR.forget()
    DETECTOR.detect("Bob went to Rome.\n" + text, POLICY)
    assert DETECTOR.detect(text, POLICY) == fresh


@settings(max_examples=25)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_a_text_is_read_as_its_segments_one_by_one(text: str) -> None:
    seen = readable(text)
    pieces = list(worth_reading(find(DEFAULT))(seen))
    one_by_one = []
    for piece in pieces:
        CHOSEN[:] = [piece]
        one_by_one += list(ALONE._words(seen))
    assert one_by_one == list(DETECTOR._words(seen))


@pytest.mark.parametrize("before", ["", "\n\n", "def run(self):\n    pass\n" * 40, "And so it goes on. " * 60])
def test_a_name_is_found_where_it_stands(before: str) -> None:
    text = f"{before}My name is Alice Johnson, and I live in Melbourne."
    found = [text[span.start : span.end] for span in DETECTOR.detect(text, POLICY)]
    assert found == ["Alice Johnson", "Melbourne"]
