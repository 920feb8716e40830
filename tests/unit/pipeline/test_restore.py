from __future__ import annotations

import json

import pytest

from app.pipeline.entry import Entry
from app.pipeline.restore import Restorer, restore
from app.pipeline.session import Session

SESSION = Session(
    "a",
    b"k" * 32,
    [
        Entry("[PERSON_4821]", "PERSON", "Zoë O'Neil"),
        Entry("[QUOTE_1307]", "QUOTE", 'say "hi"\n'),
        Entry("[QUOTE_5555]", "QUOTE", "[PERSON_4821]"),
        Entry("Acme", "", "Globex"),
    ],
)


def test_placeholders_become_values() -> None:
    assert restore("[PERSON_4821] of Acme: [PERSON_4821]!", SESSION) == "Zoë O'Neil of Globex: Zoë O'Neil!"


def test_a_restored_value_is_not_looked_at_again() -> None:
    assert restore("[QUOTE_5555]", SESSION) == "[PERSON_4821]"


@pytest.mark.parametrize("text", ["[PERSON_4812]", "[PERSON_48210]", "[PLACE_4821]", "PERSON 4821", "[PERSON_", ""])
def test_what_was_not_issued_stays(text: str) -> None:
    assert restore(text, SESSION) == text


def test_what_is_restored_and_what_is_not_is_counted() -> None:
    restorer = Restorer(SESSION)
    restorer.feed("[PERSON_4821] (person 4821) [PERSON_9999] Acme ")
    assert (restorer.restored, restorer.unknown) == (3, 1)


def test_an_empty_session_lets_everything_through_at_once() -> None:
    restorer = Restorer(Session("a", b"k" * 32))
    assert restorer.feed("[PER") == "[PER" and restorer.flush() == ""


def test_what_may_become_a_placeholder_waits_and_nothing_else_does() -> None:
    restorer = Restorer(SESSION)
    assert restorer.feed("Dear [PER") == "Dear " and restorer.held == "[PER"
    assert restorer.feed("SON_4821") == ""
    assert restorer.feed("]") == "Zoë O'Neil" and restorer.held == ""
    assert restorer.feed(" and [PERSO") == " and "
    assert restorer.flush() == "[PERSO" and restorer.held == ""
    assert restorer.flush() == ""


def test_a_bare_placeholder_waits_for_the_end_of_its_word() -> None:
    restorer = Restorer(SESSION)
    assert restorer.feed("PERSON_4821") == ""
    assert restorer.feed("x") == "PERSON_4821x"
    assert restorer.feed(" PERSON_4821") == " "
    assert restorer.feed(" ") == ""  # a digit may follow, as in "PERSON_4821 0"
    assert restorer.feed("is") == "Zoë O'Neil is"


def test_what_went_out_before_still_tells_where_a_word_begins() -> None:
    for before, value in (("x", "PERSON_4821"), ("é", "PERSON_4821"), ("_", "PERSON_4821"), ("-", "Zoë O'Neil")):
        restorer = Restorer(SESSION)
        assert [restorer.feed(before), restorer.feed("PERSON_4821") + restorer.feed(".")] == [before, value + "."]


def test_what_was_found_does_not_wait_for_what_begins_inside_it() -> None:
    session = Session("a", b"k" * 32, [Entry("A" * 40 + "B", "", "one"), Entry("B" + "C" * 40, "", "two")])
    restorer = Restorer(session)
    assert restorer.feed("A" * 40 + "B") == "one"
    assert restorer.feed("C" * 40) == "C" * 40
    assert restorer.flush() == ""


@pytest.mark.parametrize("depth", [0, 1, 2, 3])
def test_values_are_escaped_for_the_json_they_come_to(depth: int) -> None:
    text, meant = "[QUOTE_1307]", 'say "hi"\n'
    for _ in range(depth):
        text, meant = json.dumps({"a": text}), json.dumps({"a": meant}, ensure_ascii=False)
    assert restore(text, SESSION) == meant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?q=%5BPERSON_4821%5D&r", "?q=Zo%C3%AB%20O%27Neil&r"),
        ("?q=%5bquote_1307%5d", "?q=say%20%22hi%22%0A"),
        ("<b>&#91;QUOTE_1307&#93;</b>", "<b>say &quot;hi&quot;\n</b>"),
        ("&lt;PERSON_4821&gt;", "Zoë O&#x27;Neil"),
        ('{"a": "&#91;QUOTE_1307&#93;"}', '{"a": "say &quot;hi&quot;\\n"}'),
    ],
)
def test_where_a_placeholder_was_encoded_so_is_its_value(text: str, expected: str) -> None:
    assert restore(text, SESSION) == expected


def test_in_plain_text_values_are_not_escaped() -> None:
    assert restore('He said "[QUOTE_1307]"', SESSION) == 'He said "say "hi"\n"'
    assert restore('[QUOTE_1307] {"a": "[QUOTE_1307]"}', SESSION) == 'say "hi"\n {"a": "say "hi"\n"}'


def test_the_bracket_of_a_placeholder_is_not_the_beginning_of_json() -> None:
    assert restore('[[PERSON_4821]] "[QUOTE_1307]"', SESSION) == '[Zoë O\'Neil] "say "hi"\n"'


def test_in_a_text_that_redact_made_values_go_back_as_they_stood() -> None:
    session = Session("a", b"k" * 32, [Entry("[PERSON_4821]", "PERSON", "Zo\\u00eb")])
    assert restore('{"a": "[PERSON_4821]"}', session, escaping=False) == '{"a": "Zo\\u00eb"}'


CUT = Session(
    "a",
    b"k" * 32,
    [
        Entry("[PERSON_4821]", "PERSON", "Zoë"),
        Entry("[PERSON_4977]", "PERSON", "Ann"),
        Entry("[[PERSON_5123]]", "PERSON", "Bea"),
        Entry("<EMAIL_1307>", "EMAIL", "zoe@example.com"),
    ],
    ["[PERSON_5999]"],
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("by [PERSON_48", "by Zoë"),
        ("by [PERSON_4821", "by Zoë"),
        ("by [[PERSON_48", "by [Zoë"),
        ("by [[PERSON_51", "by Bea"),
        ("by [[PERSON_5123", "by Bea"),
        ("by [[PERSON_5123]", "by Bea"),
        ("by <EMAIL_1", "by zoe@example.com"),
        ('{"a": "[PERSON_48', '{"a": "Zoë'),
        ("by [PERSON_4", "by [PERSON_4"),  # there are two
        ("by [PERSON_5", "by [PERSON_5"),  # one that was issued, one the user wrote
        ("by [PERSON_47", "by [PERSON_47"),
        ("by [PERSON_", "by [PERSON_"),
        ("by [PERS", "by [PERS"),
        ("by PERSON_48", "by PERSON_48"),
        ("by [person_48", "by [person_48"),
        ("by <PERSON_48", "by <PERSON_48"),
        ("by [EMAIL_1", "by [EMAIL_1"),
        ("by [PERSON_48 ", "by [PERSON_48 "),
    ],
)
def test_a_placeholder_that_was_cut_off_is_restored_if_it_can_only_be_one(text: str, expected: str) -> None:
    assert restore(text, CUT, cut=True) == expected
    restorer = Restorer(CUT)
    assert "".join(map(restorer.feed, text)) + restorer.flush(cut=True) == expected


@pytest.mark.parametrize("text", ["by [PERSON_48", "by [[PERSON_51", "by <EMAIL_1"])
def test_a_piece_of_a_placeholder_stays_where_nothing_was_cut_off(text: str) -> None:
    assert restore(text, CUT) == text


def test_what_was_cut_off_is_remembered_as_it_came() -> None:
    restorer = Restorer(CUT)
    assert restorer.feed("by [PERSON_48") + restorer.flush(cut=True) == "by Zoë"
    assert [(edit.start, edit.end, edit.text) for edit in restorer.edits] == [(3, 6, "[PERSON_48")]
    assert restorer.restored == 1 and restorer.held == ""
