"""Where a name ends, without a model: what the detector makes of a word the model points at."""

from __future__ import annotations

import pytest

from app.pipeline.detectors.edges import (
    attached,
    in_code,
    whole_words,
    without_possessive,
    without_small_words,
)


def pointed(text: str) -> tuple[str, int, int]:
    """`text` without its two bars, and where they stood."""
    start = text.index("|")
    end = text.index("|", start + 1) - 1
    return text.replace("|", ""), start, end


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see |Smith| there", "Smith"),
        ("see |(Smith),| there", "Smith"),
        ("see S|mit|h there", "Smith"),
        ("see O'|Brien| there", "O'Brien"),
        ("see |O|'Brien there", "O'Brien"),
        ("see |Jean|-Luc there", "Jean-Luc"),
        ("see Jean-|Luc| there", "Jean-Luc"),
        ("a |Paris|-based firm", "Paris"),
        ("ask J. R. |Smith| now", "J. R. Smith"),
        ("ask (J.R.R. |Tolkien|)", "J.R.R. Tolkien"),
        ("end it.|Smith| came", "Smith"),
        ("|Andre|\u0301 came", "Andre\u0301"),
        ("x\u200b|Ann|", "x\u200bAnn"),
        ("\u200b|Ann|", "Ann"),
        ("我叫|张伟|住在北京", "张伟"),
        ("Dear\\n|Alice|\\n", "Alice"),
        ("|---|", ""),
    ],
)
def test_a_piece_becomes_whole_words(text: str, expected: str) -> None:
    plain, start, end = pointed(text)
    start, end = whole_words(plain, start, end, 0)
    assert plain[start:end] == expected


def test_what_was_reached_is_not_taken_in_again() -> None:
    text = "Jean-Luc"
    assert whole_words(text, 5, 8, 5) == (5, 8)
    assert whole_words(text, 0, 4, 8) == (8, 8)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Smith's", "Smith"),
        ("Smith’s", "Smith"),
        ("Jones'", "Jones"),
        ("O'Brien", "O'Brien"),
        ("SMITH'S", "SMITH"),
    ],
)
def test_possessives_are_left_out(name: str, expected: str) -> None:
    assert name[: without_possessive(name, 0, len(name))] == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bob Brown and", "Bob Brown"),
        ("and the Bob Brown of the", "Bob Brown"),
        ("Bank of England", "Bank of England"),
        ("The Hague", "The Hague"),
        ("Jordan", "Jordan"),
        ("Island", "Island"),
        ("the", ""),
        ("of the", ""),
    ],
)
def test_small_words_at_the_ends_are_no_part_of_a_name(name: str, expected: str) -> None:
    start, end = without_small_words(name, 0, len(name))
    assert name[start:end] == expected


@pytest.mark.parametrize(
    "text",
    [
        "self._|London|_cache",
        "import |London|.core",
        "config.|London|",
        "f(x).|London|",
        "|London|(1)",
        "|London|=3",
        "https://example.com/|London|/index.html",
        "/srv/|London|/log.txt",
        "C:\\|London|\\x",
        "|alice|@example.com",
        "@|alice|",
        "#|London|",
    ],
)
def test_pieces_of_code(text: str) -> None:
    assert in_code(*pointed(text))


@pytest.mark.parametrize(
    "text",
    [
        "city=|London|",
        'city="|London|"',
        "(|London|)",
        "|London|/Paris",
        "in |London|.",
        "in |London|.Then",
        "Mr.|Smith|",
        "@|Alice Smith|",
        "f.|Alice Smith|(",
        "...|London|",
    ],
)
def test_pieces_of_text(text: str) -> None:
    assert not in_code(*pointed(text))


def test_accents_and_joiners_belong_to_the_letter_before_them() -> None:
    assert attached("\u0301")
    assert attached("\u200d")
    assert not attached("a")
    assert not attached(" ")
