"""All rows at once: that they are well formed, that driving them together loses nothing, that none is slow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.patterns import ALL, Pattern
from app.pipeline.policy import Policy
from tests.unit.pipeline.test_patterns import ALONE

DETECTOR = PatternsDetector()


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.entity)
def test_a_row_is_well_formed(row: Pattern) -> None:
    assert re.fullmatch(r"[A-Z]+(_[A-Z]+)*", row.entity)
    assert row.region in ("", "AU", "NZ", "UK", "US")
    assert row.context == tuple(word.lower() for word in row.context)
    assert row.context or not row.context_required
    assert not row.regex.match("") and row.regex.groups < 2
    assert row.entity.startswith(f"{row.region}_") or not row.region
    assert row.source


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.entity)
def test_a_row_finds_its_sample(row: Pattern) -> None:
    word = "" if not row.context_required else row.context[0] + " "
    text = f"{row.sample} {word}" if row.unit else f"{word}{row.sample} here"
    found = {(text[span.start : span.end], span.entity) for span in DETECTOR.detect(text, Policy())}
    assert (row.sample, row.entity) in found


# Where a wrong digit gives itself away. In an SSN nothing does, what has two sets of weights may miss one; and of a
# card with nineteen digits, sixteen may be a card themselves, with its code behind it.
_CHECKED = [row for row in ALL if not row.context_required and row.entity in (
    "AU_TFN", "AU_ABN", "AU_IHI", "NZ_NHI", "UK_NHS", "CREDIT_CARD", "IBAN_CODE", "VIN",
) and sum(map(str.isdigit, row.sample)) != 19]  # fmt: skip


@given(st.sampled_from(_CHECKED), st.data())
def test_a_bare_number_with_one_wrong_digit_is_none(row: Pattern, data: st.DataObject) -> None:
    places = [place for place, char in enumerate(row.sample) if char.isdigit()]
    place = data.draw(st.sampled_from(places))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != row.sample[place]]))
    wrong = row.sample[:place] + digit + row.sample[place + 1 :]
    assert row.entity not in {span.entity for span in DETECTOR.detect(f"It says {wrong} here", Policy())}


PIECES = [value for values in ALONE.values() for value in values] + [
    " ", "\n", ", ", "-", ".", ":", "/", "1", "12", "ab", "AB", "_", "TFN ", "card ", "é", "日本", "\ud800", "😀",
]  # fmt: skip


def _by_itself(row: Pattern, text: str) -> set[tuple[int, int]]:
    spans = set()
    for match in row.regex.finditer(text):
        start = match.start()
        if row.before is not None:
            before = row.before.search(text, max(0, start - 255), start)
            if before is None:
                continue
            start = before.start()
        if row.accepts(text, start, match.end()):
            spans.add((start, match.end()))
    return spans


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_driving_the_rows_together_finds_what_each_finds_by_itself(text: str) -> None:
    spans = {(span.start, span.end, span.entity) for span in DETECTOR.detect(text, Policy())}
    for row in ALL:
        if not row.context_required:
            for start, end in _by_itself(row, text):
                assert (start, end, row.entity) in spans


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(PIECES), max_size=20).map("".join)))
def test_any_text_is_survived_and_spans_lie_inside(text: str) -> None:
    for span in DETECTOR.detect(text, Policy()):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end].strip() == text[span.start : span.end]


# fmt: off
HOSTILE = [
    "@", "a", "1", "1 ", "A1 ", "a@", "@a.", "token=", ":", "a:", "://a:", "://a:b@", "1.", "-", "(1", "+1", "ssn ",
    "ssn 1 ", "passport a", "dob 1/", "4111 ", "A", "GB82 ", "\n", "é", "0491 570 006 ", "123-45-", "urn:a:", "a.b@c.",
    "card 4", "AB12", "tfn 123456782,", "123456782,", "phone 1", "- ", "o'",
]
# fmt: on


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_text_is_got_through(piece: str) -> None:
    """A megabyte of anything. A quadratic expression would need hours, and the run would never end."""
    text = piece * (1_000_000 // len(piece))
    assert all(0 <= span.start < span.end <= len(text) for span in DETECTOR.detect(text, Policy()))


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.entity)
@settings(max_examples=5)
@given(piece=st.sampled_from([" 1", "A", "1", "a", "A1", "-", ":a", "1-", ".", "é"]))
def test_every_row_by_itself_gets_through_hostile_text(row: Pattern, piece: str) -> None:
    text = piece * (100_000 // len(piece))
    assert all(match.end() <= len(text) for match in row.regex.finditer(text))
