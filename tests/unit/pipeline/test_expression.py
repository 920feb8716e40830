"""Regular expressions that users type: what is wrong is said, and none can hang."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.expression import Expression, TooSlow, check_expression, warning


def places(
    pattern: str, text: str, *, case_sensitive: bool = False, first_group: bool = False, seconds: float | None = None
) -> list[str]:
    expression = Expression(pattern, case_sensitive=case_sensitive, first_group=first_group)
    return [text[start:end] for start, end in expression.places(text, seconds)]


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        (r"EMP-\d{5}", "emp-12345, EMP-1234", ["emp-12345"]),
        (r"(?<=Ticket )\d+", "Ticket 42", ["42"]),
        (r"straße", "STRASSE", ["STRASSE"]),
        (r"\bJ\w{1,9}\b", "Jörg, Ana", ["Jörg"]),
        (r"a", "\ud800a", ["a"]),
    ],
)
def test_matches(pattern: str, text: str, matches: list[str]) -> None:
    check_expression(pattern, case_sensitive=False, first_group=False)
    assert places(pattern, text) == matches


def test_case() -> None:
    assert places("EMP", "emp EMP", case_sensitive=True) == ["EMP"]


def test_the_first_group_alone() -> None:
    assert places(r"staff no (\d+)", "Staff no 7", first_group=True) == ["7"]
    assert places(r"(?:(\d)|x)!", "7! x!", first_group=True) == ["7", "x!"]


@pytest.mark.parametrize(
    ("pattern", "sentence"),
    [
        ("(a", "cannot be read: missing \\) at character 3"),
        ("a**", "cannot be read: multiple repeat"),
        (r"\N{no such letter}", "cannot be read"),
        (r"\L<names>", "cannot be read"),
        ("x*", "matches empty text"),
        (r"\b", "matches empty text"),
        ("(?=e)", "matches empty text"),
        ("a{99999999}", "too many repetitions"),
        ("a{99999999999999999999}", "too many repetitions"),
        ("(a{1000}){1000}", "too many repetitions"),
        ("(a+)+$", "too long on a long run of “a”"),
        ("(a|aa)+b", "too long on a long run of “a”"),
        (r"[a-z]+\d", "too long on a long run"),
        ("(?:q(?R)?x)", "too long|recursion|cannot be read"),
    ],
)
def test_what_cannot_be_used(pattern: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check_expression(pattern, case_sensitive=False, first_group=False)


def test_a_group_must_be_there() -> None:
    with pytest.raises(ValueError, match="has no group"):
        check_expression("abc", case_sensitive=False, first_group=True)


@pytest.mark.parametrize("pattern", [r"\w+", ".+", r"[^\n]+", r"\S"])
def test_what_hides_nearly_everything_is_warned_of(pattern: str) -> None:
    assert "hides most" in warning(pattern, case_sensitive=False, first_group=False)


@pytest.mark.parametrize("pattern", [r"\d+", r"EMP-\d+", "the"])
def test_what_does_not_is_not(pattern: str) -> None:
    assert warning(pattern, case_sensitive=False, first_group=False) == ""


def test_a_search_ends_when_its_time_is_up() -> None:
    with pytest.raises(TooSlow):
        places("(a|aa)+b", "a" * 10_000, seconds=0.05)


@given(st.text(st.sampled_from(r"ab()[]{}*+?|\.^$019,-=!<>:PdwRL&~Vxiué" + "\0\ud800"), max_size=14), st.booleans())
def test_anything_can_be_typed(pattern: str, group: bool) -> None:
    said = ""
    found: list[tuple[int, int]] = []
    try:
        found = Expression(pattern, case_sensitive=False, first_group=group).places("abba 019 é\n", 0.05)
    except ValueError as error:
        said = str(error)
    except TooSlow:
        pass
    assert not said or said.endswith(".")
    assert all(0 <= start <= end <= 11 for start, end in found)
