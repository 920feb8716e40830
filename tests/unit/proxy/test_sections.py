"""An exchange taken apart for reading: every value in its message, and none where originals are not shown."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.pipeline.memo import Edit
from app.pipeline.redaction import Finding, Redaction, replaced
from app.proxy.exchange import Answered, Exchange
from app.proxy.section import VEIL, Section, aligned, by_edits, joined
from app.proxy.sections import sections

NAME, MAIL = 'Zoë "Z" O\'Neil', "zoe@example.com"
TOKENS = {NAME: ("[PERSON_1204]", "PERSON"), MAIL: ("[EMAIL_4821]", "EMAIL_ADDRESS")}
ENTITIES = dict(TOKENS.values())
VALUES = {token: value for value, (token, _) in TOKENS.items()}


def redacted(body: object, *, ascii_only: bool = False, values: Mapping[str, tuple[str, str]] = TOKENS) -> Redaction:
    """A body and what leaves for it, each value found as it is written in the JSON."""
    text = json.dumps(body, ensure_ascii=ascii_only)
    found = []
    for value, (token, entity) in values.items():
        written = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        at = text.find(written)
        while at >= 0:
            found.append((Finding(at, at + len(written), entity, 0.85, "names", value), token))
            at = text.find(written, at + len(written))
    found.sort(key=lambda pair: pair[0].start)
    return replaced(text, [finding for finding, _ in found], [token for _, token in found])


def chat(sent: Redaction | None = None, came: str = "", got: str = "") -> Exchange:
    exchange = Exchange(1, "POST", "/v1/chat/completions", provider="openai", sent=sent)
    exchange.transcript = lambda: (came, got)
    return exchange


def hidden(section: Section) -> list[tuple[str, str]]:
    return [(section.value(mark), section.placeholder(mark)) for mark in section.marks]


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_values_are_found_in_their_messages(ascii_only: bool, mark: str) -> None:
    body = {
        "model": "small",
        "messages": [
            {"role": "developer", "content": f"\\ \u00e9 🦌 Be kind to {NAME}."},
            {"role": "user", "content": [{"type": "text", "text": f"Ask {MAIL}"}, {"type": "text", "text": NAME}]},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "description": f"Looks for {NAME}"}}],
    }
    sent = redacted(body, ascii_only=ascii_only)
    if mark:
        moved = [r.finding.at(r.finding.start + 1, r.finding.end + 1) for r in sent.replacements]
        sent = replaced(mark + sent.original, moved, [r.placeholder for r in sent.replacements])
    system, user, tool, whole = sections(chat(sent))
    assert [system.label, user.label, tool.label] == ["system", "user", "tools › function › description"]
    assert system.ours == f"\\ \u00e9 🦌 Be kind to {NAME}." and system.theirs.endswith("kind to [PERSON_1204].")
    assert hidden(system) == hidden(tool) == [(NAME, "[PERSON_1204]")]
    assert hidden(user) == [(MAIL, "[EMAIL_4821]"), (NAME, "[PERSON_1204]")]
    assert user.theirs == "Ask [EMAIL_4821]\n\n[PERSON_1204]"
    assert hidden(whole) == [hidden(system)[0], *hidden(user), hidden(tool)[0]]
    assert whole.is_whole and whole.ours == sent.original and whole.theirs == sent.text


def test_a_number_and_a_document_have_sections() -> None:
    text = '{"card": 4111111111111111, "n": 5}'
    finding = Finding(9, 25, "CREDIT_CARD", 1.0, "patterns", "4111111111111111")
    inside = replaced("Dear Zoe", [Finding(5, 8, "PERSON", 1.0, "names", "Zoe")], ["[PERSON_1]"])
    made = replaced(text, [finding], ["[CARD_1]"])
    exchange = Exchange(1, "POST", "/v1/nowhere", sent=Redaction(text, made.text, made.replacements, (inside,)))
    card, document, whole = sections(exchange)
    assert (card.label, card.ours, card.theirs) == ("card", "4111111111111111", "[CARD_1]")
    assert (document.ours, document.theirs) == ("Dear Zoe", "Dear [PERSON_1]")
    assert whole.is_open and whole.veiled.ours == ""  # the document stands in it in base64


def test_what_is_no_json_is_there_as_a_whole() -> None:
    (whole,) = sections(chat(replaced("Dear Zoe", [Finding(5, 8, "PERSON", 1.0, "names", "Zoe")], ["[PERSON_1]"])))
    assert whole.is_whole and hidden(whole) == [("Zoe", "[PERSON_1]")]


@pytest.mark.parametrize("ascii_only", [True, False])
def test_an_answer_is_told_apart(ascii_only: bool) -> None:
    said = "I — asked [EMAIL_4821]; and [PERSON_1204]"
    answer = {"id": "x", "model": "small", "choices": [{"message": {"role": "assistant", "content": said}}]}
    came = json.dumps(answer, ensure_ascii=ascii_only)
    got = json.dumps(answer, ensure_ascii=False)  # what is restored is written anew
    for value, (token, _) in TOKENS.items():
        got = got.replace(token, json.dumps(value, ensure_ascii=False)[1:-1])
    found = sections(chat(redacted({"messages": [{"role": "user", "content": f"{NAME} {MAIL}"}]}), came, got))
    answer_text, whole = (section for section in found if section.side == "answer")
    assert answer_text.label == "assistant" and answer_text.ours == f"I — asked {MAIL}; and {NAME}"
    assert hidden(answer_text) == hidden(whole) == [(MAIL, "[EMAIL_4821]"), (NAME, "[PERSON_1204]")]
    assert [mark.entity for mark in whole.marks] == ["EMAIL_ADDRESS", "PERSON"]
    assert NAME not in whole.veiled.ours and MAIL not in whole.veiled.ours


def test_a_value_of_an_earlier_request_is_marked_as_well() -> None:
    section = aligned("answer", "Dear [PERSON_77], see [URL_3].", "Dear Ann Lee, see https://example.com.", {}, {})
    assert hidden(section) == [("Ann Lee", "[PERSON_77]"), ("https://example.com", "[URL_3]")]
    assert [mark.entity for mark in section.marks] == ["PERSON", "URL"]


def test_where_the_sides_cannot_be_brought_together_nothing_of_ours_is_shown() -> None:
    section = aligned("answer", "Dear person 1204!", "Dear Ann Lee!", {}, {})
    assert section.is_open and not section.marks and section.veiled.ours == ""


def test_a_stream_has_a_section_for_each_text() -> None:
    exchange = chat(redacted({"messages": [{"role": "user", "content": NAME}]}))
    exchange.texts = lambda: [
        Answered("thinking", "Of [Person 1204].", f"Of {NAME}.", (Edit(3, 3 + len(NAME), "[Person 1204]"),)),
        Answered("answer", "Hello", "Hello", ()),
    ]
    thought, answer = (section for section in sections(exchange) if section.side == "answer")
    assert (thought.label, hidden(thought)) == ("thinking", [(NAME, "[Person 1204]")])  # however the model wrote it
    assert answer.ours == answer.theirs == "Hello"


def test_edits_of_a_text_that_is_not_all_there_yet_are_left_out() -> None:
    section = by_edits("answer", "Dear [PERSON_1]", "Dear ", (Edit(5, 8, "[PERSON_1]"),), {})
    assert section.marks == ()


PIECES = st.lists(st.tuples(st.text('ab .\n"\\é🦌', max_size=9), st.sampled_from([NAME, MAIL])), max_size=5)


@settings(max_examples=60)
@given(st.lists(PIECES, min_size=1, max_size=4), st.booleans())
def test_a_veil_leaves_nothing_that_did_not_leave(messages: list[list[tuple[str, str]]], ascii_only: bool) -> None:
    texts = ["".join(f"{before}<{value}>" for before, value in pieces) for pieces in messages]
    body = {"messages": [{"role": "user", "content": text} for text in texts]}
    sent = redacted(body, ascii_only=ascii_only)
    for section in sections(chat(sent)):
        rest = section.theirs
        for mark in reversed(section.marks):
            rest = rest[: mark.at] + VEIL + rest[mark.until :]
        assert section.veiled.ours == rest
        assert section.is_whole or hidden(section) == [
            (v, TOKENS[v][0]) for v in (m for m in map(section.value, section.marks))
        ]
    assert len(sections(chat(sent))[-1].marks) == sum(map(len, messages))


def test_joined_texts_keep_their_marks() -> None:
    one = aligned("user", "a [PERSON_1204]", f"a {NAME}", VALUES, ENTITIES)
    both = joined([one, one])
    assert both.ours == f"a {NAME}\n\na {NAME}" and hidden(both) == hidden(one) * 2


def test_nothing_of_a_section_is_in_its_repr() -> None:
    section = aligned("user", "a [PERSON_1204]", f"a {NAME}", VALUES, ENTITIES)
    assert NAME not in repr(section) and NAME not in repr(Answered("answer", NAME, NAME, ()))
