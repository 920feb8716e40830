"""Known values in a request: before and behind the place where one was found, in JSON, in numbers, in what was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import pytest

from app.pipeline.fields import Fields
from app.pipeline.outline import outline, redact_body, unsent
from app.pipeline.placeholder import Style
from app.pipeline.policy import Policy
from app.pipeline.recognition import Recognition
from app.pipeline.redaction import Finding, Redaction, redact
from app.pipeline.restore import restore
from app.pipeline.session import Session

KEY = b"k" * 32
POLICY = Policy()
JANE, TFN = ("PERSON", "Jane Doe"), ("AU_TFN", "123 456 782")


def detected(text: str, *values: tuple[str, str], source: str = "ner") -> list[Finding]:
    """What a detector would find that sees each value once, where it first stands as it is written."""
    found = [
        Finding(at, at + len(value), entity, 0.9, source, value)
        for entity, value in values
        if (at := text.find(value)) >= 0
    ]
    return sorted(found, key=lambda finding: finding.start)


def sent(text: str, session: Session, findings: Sequence[Finding] = (), style: Style = "default") -> str:
    recognition = Recognition(session, findings, POLICY)
    result = redact(text, recognition.findings(text, findings), session, style=style, among=recognition.known)
    if style != "mask":
        assert restore(result.text, session, escaping=False) == text
    return result.text


@pytest.mark.parametrize(
    "text",
    ["Jane Doe, Jane Roe, Jane Doe", "Ms Doe, Jane Doe", "Jane Doe, Jane", "Doe, Jane Doe Jane", "Jane Doe Jane Doe"],
)
def test_a_list_of_persons_is_taken_apart_as_it_is_meant(text: str) -> None:
    session = Session("a", KEY)
    own = detected(text, JANE, ("PERSON", "Jane Roe"))
    values = {finding.value for finding in Recognition(session, own, POLICY).findings(text, own)}
    assert values <= {"Jane Doe", "Jane Roe", "Doe", "Jane"}


def test_a_person_cut_in_two_is_hidden_whole() -> None:
    session = Session("a", KEY)
    session.placeholder("PERSON", "Li Wu")
    text = "Dear Li Wu"
    own = detected(text, ("PERSON", "Dear Li"))
    (found,) = Recognition(session, own, POLICY).findings(text, own)
    assert (found.start, found.end, found.value, found.entity, found.source) == (0, 10, text, "PERSON", "ner")


def test_the_same_person_has_the_same_number_in_all_spellings() -> None:
    session = Session("a", KEY)
    text = "Ms Doe? Jane Doe! jane_doe.pdf, JANE DOE, Jane, JANE"
    number = session.placeholder(*JANE)[8:-1]
    assert sent(text, Session("a", KEY), detected(text, JANE)) == (
        f"Ms [PERSON_LAST_{number}]? [PERSON_{number}]! [PERSON_B_{number}].pdf, [PERSON_C_{number}], "
        f"[PERSON_FIRST_{number}], [PERSON_FIRST_B_{number}]"
    )


def test_a_later_turn_knows_what_an_earlier_one_hid() -> None:
    session = Session("a", KEY)
    first = "I am Jane Doe, 123 456 782."
    sent(first, session, detected(first, JANE, TFN))
    number, other = session.placeholder(*JANE)[8:-1], session.placeholder(*TFN)[8:-1]
    assert sent("jane_doe_123456782.pdf of Ms Doe", session) == (
        f"[PERSON_B_{number}]_[AU_TFN_B_{other}].pdf of Ms [PERSON_LAST_{number}]"
    )


def test_what_the_detectors_find_later_belongs_to_the_person_too() -> None:
    session = Session("a", KEY)
    number = session.placeholder(*JANE)[8:-1]
    text = "Ms Doe"
    assert sent(text, session, detected(text, ("PERSON", "Ms Doe"))) == f"[PERSON_LAST_{number}]"


def test_a_placeholder_once_issued_stays() -> None:
    session = Session("a", KEY)
    doe = session.placeholder("PERSON", "Doe")
    text = "Jane Doe, Ms Doe"
    assert sent(text, session, detected(text, JANE)).endswith(f"Ms {doe}")


def test_a_name_of_two_persons_has_a_number_of_its_own() -> None:
    text = "Jane Doe and John Doe; Ms Doe"
    session = Session("a", KEY)
    redacted = sent(text, session, detected(text, JANE, ("PERSON", "John Doe")))
    assert redacted.endswith(f"Ms {session.placeholder('PERSON', 'Doe')}") and "LAST" not in redacted


@pytest.mark.parametrize("style", ["double", "angle", "ordinal"])
def test_relatives_look_as_the_person_does(style: Style) -> None:
    session = Session("a", KEY)
    text = "Jane Doe, Ms Doe"
    redacted = sent(text, session, detected(text, JANE), style)
    assert redacted == f"{(whole := session.placeholder(*JANE))}, Ms {whole.replace('PERSON', 'PERSON_LAST')}"
    assert sent("JANE DOE", session, (), "default") == whole.replace("PERSON", "PERSON_B")


def test_surrogates_keep_their_own_way_of_relating() -> None:
    session = Session("a", KEY)
    text = "Jane Doe wrote jane_doe.pdf, said Ms Doe"
    whole, _, rest = sent(text, session, detected(text, JANE), "surrogate").partition(" wrote ")
    first, last = whole.split()
    assert rest == f"{first.lower()}_{last.lower()}.pdf, said Ms {last}"


def test_masks_hide_what_is_known_in_the_same_text() -> None:
    text = "Jane Doe, jane_doe"
    assert sent(text, Session("a", KEY), detected(text, JANE), "mask") == "[PERSON], [PERSON]"


def test_more_spellings_than_letters_get_numbers_of_their_own() -> None:
    session = Session("a", KEY)
    spellings = ["Jane" + " " * n + "Doe" for n in range(1, 7)]
    spellings += ["".join(c.upper() if n >> i & 1 else c for i, c in enumerate("jane_doe")) for n in range(40)]
    text = "; ".join(spellings)
    assert sent(text, session, detected(text, JANE)).count("[PERSON_") == len(spellings)


def test_a_relative_is_never_what_the_user_has_written() -> None:
    session = Session("a", KEY)
    number = session.placeholder(*JANE)[8:-1]
    session.reserve(f"[PERSON_LAST_{number}]")
    assert sent("Ms Doe, Jane Doe", session) == f"Ms [PERSON_LAST_B_{number}], [PERSON_{number}]"


def test_no_text_is_laid_bare_that_reads_as_a_placeholder() -> None:
    session = Session("a", KEY)
    token = session.placeholder("PERSON", "Somebody").strip("[]")
    session.placeholder("PERSON", "Siobhan Kowalski")
    redacted = sent(f"kowalski{token}, {token}kowalski", session)
    assert re.fullmatch(r"\[PERSON_LAST_\d+\]\[LITERAL_\d+\], \[LITERAL_\d+\]\[PERSON_LAST_\d+\]", redacted)


def test_only_strings_and_numbers_of_a_json_text_are_looked_through() -> None:
    session = Session("a", KEY)
    jane, jose, number = (session.placeholder(*value) for value in (JANE, ("PERSON", "José García"), TFN))
    text = r'{"jane_doe": ["j\u0061ne_doe", "Jos\u00e9 \"Garc\u00eda\"", 123456782, -123456782, {"a": "\"Ms Doe\""}]}'
    recognition = Recognition(session, (), POLICY)
    result = redact(text, recognition.findings(text, ()), session, among=recognition.known)
    first, last = (jose.replace("PERSON", f"PERSON_{part}") for part in ("FIRST", "LAST"))
    assert result.text == (
        f'{{"jane_doe": ["{jane.replace("PERSON", "PERSON_B")}", "{first} \\"{last}\\"", '
        f'{number.replace("TFN", "TFN_B")}, -123456782, {{"a": "\\"Ms {jane.replace("PERSON", "PERSON_LAST")}\\""}}]}}'
    )


def test_numbers_stay_where_the_policy_says_so() -> None:
    session = Session("a", KEY)
    session.placeholder(*TFN)
    text = '{"a": 123456782}'
    assert Recognition(session, (), Policy(numbers="allow")).findings(text, ()) == []
    assert [found.value for found in Recognition(session, (), POLICY).findings(text, ())] == ["123456782"]


def test_what_terms_find_is_not_learnt() -> None:
    session = Session("a", KEY)
    text = "Jane Doe, jane_doe"
    own = detected(text, JANE, source="dictionary")
    for _ in range(2):
        assert sent(text, session, own) == f"{session.placeholder(*JANE)}, jane_doe"


def test_a_policy_that_does_not_look_for_a_value_leaves_it_alone() -> None:
    session = Session("a", KEY)
    text = "123 456 782"
    session.placeholder(*TFN)
    assert Recognition(session, (), Policy(regions=frozenset({"UK"}))).findings(text, ()) == ()
    assert len(Recognition(session, (), Policy(regions=frozenset({"UK", "AU"}))).findings(text, ())) == 1


def _request(session: Session, *messages: str) -> Redaction:
    roles = ("user", "assistant")
    body = json.dumps({"messages": [{"role": roles[n % 2], "content": text} for n, text in enumerate(messages)]})
    opened, leaves, _ = outline(body.encode(), Fields(identifiers=("messages[].role",), opening="messages"))
    found = {number: tuple(detected(leaves[number].value, JANE)) for number in unsent(opened.parts, session)}
    recognition = Recognition(session, (finding for own in found.values() for finding in own), POLICY)
    known = recognition.in_parts(body, opened.parts, found)
    return redact_body(body, opened.parts, known, session, quoting=False, among=recognition.known)


def test_new_knowledge_rewrites_nothing_that_was_sent() -> None:
    session = Session("a", KEY)
    said = ["Who is kowalski, Siobhan's jane_doe?", "No idea.", "Ask Jane Doe about kowalski."]
    first = _request(session, said[0])
    session.placeholder("PERSON", "Siobhan Kowalski")
    second = _request(session, *said)
    third = _request(
        session, "Who is kowalski, Siobhan's jane_doe?", "No idea.", "Ask Jane Doe about kowalski.", "?", "jane_doe"
    )
    assert first.text == first.original and second.text.startswith(first.text.removesuffix("}]}"))
    assert third.text.startswith(second.text.removesuffix("}]}"))
    assert "kowalski" not in second.text[len(first.text) :] and third.text.endswith(
        '"[PERSON_B_' + session.placeholder(*JANE)[8:] + '"}]}'
    )
