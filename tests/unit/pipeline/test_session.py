from __future__ import annotations

import re

import pytest

from app.pipeline.entry import Entry
from app.pipeline.placeholder import Style
from app.pipeline.session import Session
from app.pipeline.surrogate import Surroundings
from tests.property.texts import REVERSIBLE

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


def test_each_style_has_its_form() -> None:
    forms: dict[Style, str] = {
        "default": r"\[PERSON_\d{4}\]",
        "ordinal": r"\[PERSON_1\]",
        "double": r"\[\[PERSON_\d{4}\]\]",
        "angle": r"<PERSON_\d{4}>",
        "surrogate": r"[A-Z][a-z]+",
        "pua": "\ue000[0-9a-f]{16}\ue001",
    }
    for style, form in forms.items():
        session = Session("a", KEY)
        token = session.placeholder("PERSON", "Alice", style=style)
        assert re.fullmatch(form, token) and session.value(token) == "Alice"
        assert token == Session("a", KEY).placeholder("PERSON", "Alice", style=style)
        assert [(seen.start, seen.end) for seen in session.finder.find(f"a {token}.")] == [(2, 2 + len(token))]


def test_a_value_keeps_its_placeholder_when_the_style_changes() -> None:
    session = Session("a", KEY)
    tokens = {style: session.placeholder("PERSON", f"A {style}", style=style) for style in REVERSIBLE}
    for style in REVERSIBLE:
        for other, token in tokens.items():
            assert session.placeholder("PERSON", f"A {other}", style=style) == token
    again = Session("a", KEY, *session.take_pending()[:2])
    for style, token in tokens.items():
        assert again.placeholder("PERSON", f"A {style}") == token and again.value(token) == f"A {style}"
        assert [again.value(seen.token) for seen in again.finder.find(token)] == [f"A {style}"]


def test_ordinals_count_for_each_label_and_go_on_after_a_restart() -> None:
    session = Session("a", KEY)
    session.reserve("[PERSON_2]")
    entities = ("PERSON", "EMAIL_ADDRESS", "PERSON", "PERSON")
    tokens = [session.placeholder(entity, str(at), style="ordinal") for at, entity in enumerate(entities)]
    assert tokens == ["[PERSON_1]", "[EMAIL_1]", "[PERSON_3]", "[PERSON_4]"]
    again = Session("a", KEY, *session.take_pending()[:2])
    assert again.placeholder("PERSON", "new", style="ordinal") == "[PERSON_5]"
    assert [again.placeholder(entity, str(at), style="ordinal") for at, entity in enumerate(entities)] == tokens


def test_surrogates_are_unlike_each_other_every_original_and_what_is_around() -> None:
    session = Session("a", KEY)
    first = Session("a", KEY).placeholder("LOCATION", "Auckland", style="surrogate")
    session.placeholder("LOCATION", first.upper(), style="surrogate")
    assert session.placeholder("LOCATION", "Auckland", style="surrogate").casefold() != first.casefold()
    around = Surroundings([f"the {first.lower()} road"])
    other = Session("a", KEY).placeholder("LOCATION", "Auckland", style="surrogate", surroundings=around)
    assert other not in ("Auckland", first)
    many = [session.placeholder("PERSON", f"Bo{n} Li{n}", style="surrogate") for n in range(300)]
    assert len(set(many)) == 300 and [session.value(token) for token in many] == [f"Bo{n} Li{n}" for n in range(300)]


def test_where_no_surrogate_is_left_there_are_still_brackets() -> None:
    session = Session("a", KEY)
    values = [f"0a:11:22:33:{n // 256:02x}:{n % 256:02x}" for n in range(270)]
    tokens = [session.placeholder("MAC_ADDRESS", value, style="surrogate") for value in values]
    assert len(set(tokens)) == len(values) and "[MAC_" in " ".join(tokens)


def test_a_part_of_a_name_that_has_a_placeholder_keeps_it() -> None:
    session = Session("a", KEY)
    token = session.placeholder("PERSON", "Alice")
    session.placeholder("PERSON", "Alice Martin", style="surrogate")
    assert session.placeholder("PERSON", "Alice", style="surrogate") == token
