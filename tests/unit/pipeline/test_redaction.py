from __future__ import annotations

import re

import pytest

from app.pipeline.redaction import Finding, redact
from app.pipeline.restore import restore
from app.pipeline.session import Session
from app.pipeline.span import Span
from app.pipeline.terms import Term
from tests.property.texts import engine, hide

KEY = b"k" * 32


def finding(text: str, value: str, entity: str = "PERSON", source: str = "ner", own: str = "") -> Finding:
    start = text.index(value)
    return Finding(start, start + len(value), entity, 0.9, source, value, own)


def test_findings_are_replaced_from_left_to_right() -> None:
    session = Session("a", KEY)
    text = "Alice met Bob, and Bob left."
    result = redact(text, [finding(text, "Alice"), finding(text, "Bob")], session)
    alice, bob = session.placeholder("PERSON", "Alice"), session.placeholder("PERSON", "Bob")
    assert result.text == f"{alice} met {bob}, and Bob left."
    assert result.original == text
    for replacement in result.replacements:
        at = replacement.at
        assert result.text[at : at + len(replacement.placeholder)] == replacement.placeholder
        assert session.value(replacement.placeholder) == replacement.finding.value


def test_nothing_found_changes_nothing() -> None:
    session = Session("a", KEY)
    assert redact("", [], session).text == ""
    assert redact("plain", [], session).replacements == ()
    assert not any(session.take_pending())


def test_a_value_may_be_other_than_the_characters_it_stands_in() -> None:
    session = Session("a", KEY)
    result = redact('"\\u0041lice"', [Finding(1, 11, "PERSON", 1.0, "ner", "Alice")], session)
    assert session.value(result.text.strip('"')) == "Alice"


def test_a_literal_nobody_issued_is_reserved_and_stays() -> None:
    session = Session("a", KEY)
    wanted = Session("a", KEY).placeholder("PERSON", "Alice")
    text = f"{wanted} is not Alice"
    result = hide(text, session, engine([Term("Alice", "PERSON")]))
    assert result.startswith(f"{wanted} is not [PERSON_") and not result.endswith(wanted)
    assert restore(result, session) == text


@pytest.mark.parametrize("form", ["[PERSON_{}]", "(person {})", "PERSON-{}", "&#91;PERSON_{}&#93;"])
def test_a_literal_that_was_issued_comes_back_as_it_was(form: str) -> None:
    session = Session("a", KEY)
    number = session.placeholder("PERSON", "Alice").strip("[]PERSON_")
    text = f"the word {form.format(number)}, literally"
    result = hide(text, session, engine())
    assert form.format(number) not in result
    assert restore(result, session) == text


def test_a_client_that_is_shown_placeholders_may_quote_them() -> None:
    session = Session("a", KEY)
    token = session.placeholder("PERSON", "Alice")
    assert hide(f"who is {token}?", session, engine(), quoting=True) == f"who is {token}?"
    marked = engine(marks=[(7, 7 + len(token), "PERSON")])
    assert hide(f"who is {token}?", session, marked, quoting=True) == f"who is {token}?"
    assert hide(f"who is {token}?", session, marked) != f"who is {token}?"


def test_a_term_that_is_also_a_stand_in_is_hidden_even_from_a_client_that_quotes() -> None:
    session = Session("a", KEY)
    find = engine([Term("Globex", replacement="Acme"), Term("Acme")])
    assert hide("Globex", session, find, quoting=True) == "Acme"
    assert hide("Acme", session, find, quoting=True).startswith("[CUSTOM_")


def test_a_number_found_in_what_looks_like_a_placeholder_is_hidden() -> None:
    session = Session("a", KEY)
    text = "call (phone 5550134)"
    result = hide(text, session, engine(marks=[(12, 19, "PHONE_NUMBER")]))
    assert "5550134" not in result
    assert restore(result, session) == text


def test_a_stand_in_is_not_used_where_it_would_be_misread() -> None:
    session = Session("a", KEY)
    find = engine([Term("Globex Holdings", replacement="Acme Ltd"), Term("Initech", replacement="Acme")])
    text = "Globex Holdings, Initech, Initech Ltd"
    result = hide(text, session, find)
    assert result.startswith("Acme Ltd, Acme, [CUSTOM_") and result.endswith("] Ltd")
    assert restore(result, session) == text
    assert hide("Initech", session, find) == "Acme"


def test_swapped_names_come_back() -> None:
    session = Session("a", KEY)
    find = engine([Term("Alice", replacement="Bob"), Term("Bob", replacement="Alice")])
    assert hide("Alice and Bob", session, find) == "Bob and Alice"
    assert restore("Bob and Alice", session) == "Alice and Bob"


def test_reprs_hide_what_was_found() -> None:
    session = Session("a", KEY)
    result = redact("Alice", [finding("Alice", "Alice")], session)
    assert "Alice" not in repr(result) + repr(result.replacements) + repr(Span(0, 5, "PERSON", 1.0, "ner"))


def test_a_mask_is_not_stored_and_never_empty() -> None:
    session = Session("a", KEY)
    find = engine([Term("Alice", "PERSON"), Term("Globex", replacement="Acme")])
    text = "Alice of Globex is [PERSON_1234]"
    assert hide(text, session, find, style="mask") == "[PERSON] of Acme is [PERSON_1234]"
    assert hide("Alice", session, find, style="mask") == "[PERSON]"
    assert len(session) == 0 and restore("[PERSON] of Acme", session) == "[PERSON] of Acme"


def test_a_mask_hides_what_had_a_placeholder_and_leaves_no_placeholder_to_be_restored() -> None:
    session = Session("a", KEY)
    token = session.placeholder("PERSON", "Alice")
    find = engine([Term("Alice", "PERSON")])
    assert hide(f"Alice, or {token}", session, find, style="mask") == "[PERSON], or [LITERAL]"


def test_a_surrogate_that_the_user_writes_comes_back_as_it_was() -> None:
    session = Session("a", KEY)
    find = engine([Term("Alice Martin", "PERSON"), Term("Bob", "PERSON")])
    greta = hide("Alice Martin", session, find, style="surrogate")
    assert len(greta.split()) == 2 and restore(greta, session) == "Alice Martin"
    for text in (f"{greta} is not Alice Martin", f"Bob {greta.split()[1]}, {greta.split()[0]}s", f"x{greta}"):
        result = hide(text, session, find, style="surrogate")
        assert restore(result, session) == text
        assert "Alice" not in result and "Bob" not in result
    assert hide(greta, session, find, style="surrogate", quoting=True) == greta


def test_a_surrogate_is_nothing_that_the_text_holds() -> None:
    alone = hide("Alice", Session("a", KEY), engine([Term("Alice", "PERSON")]), style="surrogate")
    session = Session("a", KEY)
    result = hide(f"Alice and {alone}", session, engine([Term("Alice", "PERSON")]), style="surrogate")
    assert result.endswith(f" and {alone}") and not result.startswith(alone)
    assert restore(result, session) == f"Alice and {alone}"


def test_a_surrogate_is_not_used_where_it_would_run_into_a_word() -> None:
    session = Session("a", KEY)
    result = hide("xAlicey Alice", session, engine([Term("Alice", "PERSON")]), style="surrogate")
    assert re.fullmatch(r"x\[PERSON_\d{4}\]y [A-Z][a-z]+", result)
    assert restore(result, session) == "xAlicey Alice"
