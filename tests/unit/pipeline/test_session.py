from __future__ import annotations

import re

import pytest

from app.pipeline.session import Entry, Session

KEY = b"k" * 32


def test_the_same_value_gets_the_same_placeholder_whatever_came_before() -> None:
    first, second = Session("a", KEY), Session("a", KEY)
    second.placeholder("PERSON", "Bob")
    assert first.placeholder("PERSON", "Alice") == second.placeholder("PERSON", "Alice")
    assert first.placeholder("EMAIL_ADDRESS", "Alice") == first.placeholder("PERSON", "Alice")
    assert re.fullmatch(r"\[PERSON_[1-9]\d{3}\]", first.placeholder("PERSON", "Alice"))


def test_another_key_gives_other_numbers() -> None:
    def numbers(key: bytes) -> list[str]:
        session = Session("a", key)
        return [session.placeholder("PERSON", str(n)) for n in range(20)]

    assert numbers(KEY) == numbers(KEY) != numbers(b"x" * 32)


def test_two_spellings_come_back_as_they_were_written() -> None:
    session = Session("a", KEY)
    for spelling in ("alice", "Alice", "ALICE"):
        assert session.value(session.placeholder("PERSON", spelling)) == spelling


def test_a_placeholder_that_was_not_issued_stands_for_nothing() -> None:
    session = Session("a", KEY)
    assert session.value("[PERSON_1234]") is None and not session.issued("[PERSON_1234]")


def test_numbers_are_unique_whatever_the_label_and_grow() -> None:
    session = Session("a", KEY)
    tokens = [session.placeholder(["PERSON", "CUSTOM"][n % 2], str(n)) for n in range(2100)]
    numbers = [token.rpartition("_")[2] for token in tokens]
    assert len(set(numbers)) == len(numbers) == len(session)
    assert len(numbers[0]) == 5 and len(numbers[500]) == 6 and len(numbers[2050]) == 7  # with the bracket


def test_a_crowded_range_is_given_up() -> None:
    session = Session("a", KEY)
    for number in range(1000, 10_000):
        session._numbers.add(str(number))
    assert re.fullmatch(r"\[PERSON_\d{5}\]", session.placeholder("PERSON", "Alice"))


def test_a_stand_in_is_used_unless_it_stands_for_another_value() -> None:
    session = Session("a", KEY)
    assert session.placeholder("CUSTOM", "Globex", "Acme") == "Acme"
    assert session.placeholder("CUSTOM", "Globex", "Other") == "Acme"
    assert session.placeholder("CUSTOM", "Initech", "Acme").startswith("[CUSTOM_")
    assert session.value("Acme") == "Globex"
    assert session.is_stand_in("Acme") and not session.is_stand_in("[CUSTOM_1234]")


def test_a_stand_in_the_user_wrote_means_just_these_characters() -> None:
    session = Session("a", KEY)
    session.reserve("Acme")
    assert session.placeholder("CUSTOM", "Globex", "Acme").startswith("[CUSTOM_")


@pytest.mark.parametrize("stand_in", ["x[", "see [PERSON_", "[[a] ["])
def test_a_stand_in_that_would_swallow_the_next_bracket_is_not_used(stand_in: str) -> None:
    session = Session("a", KEY)
    assert session.placeholder("CUSTOM", "Globex", stand_in).startswith("[CUSTOM_")
    assert session.placeholder("CUSTOM", "Initech", "[CLIENT]") == "[CLIENT]"


def test_a_value_with_a_stand_in_has_a_generated_placeholder_too_where_one_is_needed() -> None:
    session = Session("a", KEY)
    session.placeholder("CUSTOM", "Globex", "Acme")
    token = session.generated("CUSTOM", "Globex")
    assert token == session.generated("CUSTOM", "Globex") and session.value(token) == "Globex"
    assert session.placeholder("CUSTOM", "Globex", "Acme") == "Acme"
    entries, reserved = session.take_pending()[:2]
    for order in (entries, entries[::-1]):
        again = Session("a", KEY, order, reserved)
        assert again.placeholder("CUSTOM", "Globex", "Acme") == "Acme"
        assert again.generated("CUSTOM", "Globex") == token


def test_what_is_reserved_is_never_issued_under_any_label() -> None:
    token = Session("a", KEY).placeholder("PERSON", "Alice")
    session = Session("a", KEY)
    session.reserve(token.replace("PERSON", "EMAIL"))
    assert session.placeholder("PERSON", "Alice") != token
    assert session.take_pending()[1] == [token.replace("PERSON", "EMAIL")]


def test_what_was_issued_is_not_reserved_and_nothing_twice() -> None:
    session = Session("a", KEY)
    session.reserve(session.placeholder("PERSON", "Alice"))
    session.reserve("[PERSON_1]")
    session.reserve("[PERSON_1]")
    assert session.take_pending()[1] == ["[PERSON_1]"]


def test_pending_is_taken_once_and_comes_back_after_a_failure() -> None:
    session = Session("a", KEY)
    token = session.placeholder("PERSON", "Alice")
    session.reserve("[PERSON_1]")
    pending = session.take_pending()
    assert pending[:2] == ([Entry(token, "PERSON", "Alice")], ["[PERSON_1]"])
    assert not any(session.take_pending())
    other = session.placeholder("PERSON", "Bob")
    session.put_back(pending)
    assert [entry.placeholder for entry in session.take_pending()[0]] == [token, other]


def test_what_the_vault_gives_back_is_not_pending() -> None:
    session = Session("a", KEY, [Entry("[PERSON_4821]", "PERSON", "Alice")], ["[PERSON_1]"])
    assert not any(session.take_pending()) and len(session) == 1
    assert session.placeholder("PERSON", "Alice") == "[PERSON_4821]"


def test_labels_alike_but_for_separators_do_not_steal_from_each_other() -> None:
    session = Session("a", KEY)
    one, two = session.placeholder("E_MAIL", "one"), session.placeholder("EMAIL_ADDRESS", "two")
    assert (session.value(one), session.value(two)) == ("one", "two")
    assert [session.value(seen.token) for seen in session.finder.find(one + two + two.lower())] == ["one", "two", "two"]


def test_the_repr_tells_no_value() -> None:
    session = Session("a", KEY)
    session.placeholder("PERSON", "Alice")
    assert repr(session) == "<Session a with 1 values>"
