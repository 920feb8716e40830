"""The fold: which writings are the same, and the way back to the original text."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.fold import Folded, fold, keep_case

SAME = [
    ("José", "jose\u0301"),
    ("José", "JOSÉ"),
    ("Straße", "STRASSE"),
    ("Straße", "STRAẞE"),
    ("İstanbul", "istanbul"),
    ("ısı", "ISI"),
    ("Ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
    ("O'Neil", "O’Neil"),
    ("O'Neil", "O´Neil"),
    ("O'Neil", "O`Neil"),
    ("Anne-Marie", "Anne‑Marie"),
    ("Anne-Marie", "Anne–Marie"),
    ('"Al" Smith', "“Al” Smith"),
    ("John Smith", "John \n\t  Smith"),
    ("John Smith", "John\u00a0Smith"),
    ("John Smith", "Jo\u200bhn\u00ad Sm\ufeffith"),
    ("John", "\u2067John\u2069"),
    ("fish", "ﬁsh"),
    ("AB12", "ＡＢ１２"),
    ("ガス", "ｶﾞｽ"),
    ("김치", unicodedata.normalize("NFD", "김치")),
    ("e\u0323\u0301", "e\u0301\u0323"),
    ("\U00010414", "\U0001043c"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_writings_of_one_word_fold_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("José", "Jose"), ("John Smith", "JohnSmith"), ("Anne-Marie", "Anne Marie"), ("ガス", "カス"), ("а", "a")],
)
def test_different_words_stay_different(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@pytest.mark.parametrize(("text", "folded"), [("", b""), (" \u200b\n", b""), ("\u3164", b""), (" A  b ", b"a b")])
def test_ends_are_trimmed(text: str, folded: bytes) -> None:
    assert fold(text) == folded


def test_keep_case_drops_everything_but_case() -> None:
    assert keep_case("Jo\u00adSÉ \n’X") == unicodedata.normalize("NFD", "JoSÉ 'X")
    assert keep_case("John") != keep_case("john")


def span(text: str, piece: str) -> tuple[int, int]:
    """Where the fold of `piece` comes from in `text`."""
    folded = Folded(text)
    start = folded.data.index(fold(piece))
    starts, ends = folded.spans(np.array([start]), np.array([start + len(fold(piece))]))
    return int(starts[0]), int(ends[0])


@pytest.mark.parametrize(
    ("text", "piece", "surface"),
    [
        ("xx John yy", "john", "John"),
        ("é  \n John   Smith  é", "john smith", "John   Smith"),
        ("a   b   John", "john", "John"),
        ("İİİ John", "john", "John"),
        ("ßß Straße ß", "strasse", "Straße"),
        ("Maß", "mas", "Maß"),
        ("Jose\u0301!", "jose", "Jose\u0301"),
        ("Jose\u0301\u0323!", "jose", "Jose\u0301\u0323"),
        ("\u200bJohn\u200b", "john", "John"),
        ("Jo\u200bhn\u00ad\u0301", "john", "Jo\u200bhn\u00ad\u0301"),
        ("ﬁsh", "ish", "ﬁsh"),
        ("漢字 Ｊｏｈｎ", "john", "Ｊｏｈｎ"),
        ("😀 John 😀", "john", "John"),
        ("\ud800 John \udfff", "john", "John"),
        ("x" * 700 + "   \u200b  John\t\t Smith", "john smith", "John\t\t Smith"),
    ],
)
def test_offsets_lead_back_to_whole_characters(text: str, piece: str, surface: str) -> None:
    start, end = span(text, piece)
    assert text[start:end] == surface


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=60))
def test_every_byte_comes_from_somewhere(before: str, middle: str, after: str) -> None:
    text = before + "\n" + middle + "\n" + after
    folded = Folded(text)
    positions = np.arange(len(folded.data))
    starts, ends = folded.spans(positions, positions + 1)
    assert (starts < ends).all()
    assert starts.min() >= 0
    assert ends.max() <= len(text)
    assert (np.diff(starts) >= 0).all()
    assert fold(middle) in folded.data


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once.decode("utf-8", "surrogatepass")) == once


@pytest.mark.parametrize("unit", ["\u0301\u0323", "e\u0301\u0323\u0316", "\u200b", " \u00a0", "\ud800", "ﷺ"])
def test_a_megabyte_of_anything_is_folded(unit: str) -> None:
    text = "a" + unit * (1_000_000 // len(unit)) + "z"
    assert span(text, "z")[1] == len(text)
