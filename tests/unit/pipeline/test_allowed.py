"""What the user allows is never hidden, unless a term of theirs hides it; nothing else is uncovered."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.allowed import Allowed
from app.pipeline.detection import Detection
from app.pipeline.fields import Fields
from app.pipeline.fold import fold
from app.pipeline.policy import Policy
from app.pipeline.span import Span, resolve
from app.pipeline.terms import Term

POLICY = Policy(layers=frozenset(["dictionary", "patterns", "names"]))


def allow(text: str, entity: str = "", **more: Any) -> Term:
    return Term(text, entity, kind="allowed", **more)


def hidden(text: str, *terms: Term, layers: frozenset[str] = POLICY.layers) -> list[str]:
    detection = Detection("")
    detection.use_terms(terms)
    return [finding.value for finding in detection.text(text, Policy(layers=layers))]


@pytest.mark.parametrize(
    ("text", "allowed", "left"),
    [
        ("Write to jane@example.com.", allow("jane@example.com"), []),
        ("Write to JANE@example.com.", allow("jane@example.com"), []),
        ("Write to JANE@example.com.", allow("jane@example.com", case_sensitive=True), ["JANE@example.com"]),
        ("Write to jane@example.com.", allow("jane@example.com", enabled=False), ["jane@example.com"]),
        ("Write to jane@example.com.", allow("jane@example.com", "PERSON"), ["jane@example.com"]),
        ("Write to jane@example.com.", allow("jane@example.com", "EMAIL_ADDRESS"), []),
        ("Write to jane@example.com.", allow("jane"), ["jane@example.com"]),
        ("Write to jane@example.com, ann@example.com", allow("jane@example.com"), ["ann@example.com"]),
        ("Ask Siobhan Kowalski.", allow("Siobhan"), ["Siobhan Kowalski"]),
        ("Ask Siobhan Kowalski, not Siobhan.", allow("Siobhan"), ["Siobhan Kowalski"]),
        ("Ask Siobhan\u00a0 Kowalski.", allow("siobhan kowalski"), []),
    ],
)
def test_whole_values(text: str, allowed: Term, left: list[str]) -> None:
    assert hidden(text, allowed) == left


def test_it_holds_without_the_layer_of_the_dictionary() -> None:
    assert hidden("jane@example.com", allow("jane@example.com"), layers=frozenset(["patterns"])) == []


def test_a_term_beats_it_and_it_beats_a_pattern() -> None:
    email = allow("jane@example.com")
    pattern = Term(r"[a-z]{1,20}@example\.com", "STAFF", kind="pattern")
    assert hidden("jane@example.com", pattern) == ["jane@example.com"]
    assert hidden("jane@example.com", pattern, email) == []
    assert hidden("jane@example.com", pattern, email, Term("jane@example.com")) == ["jane@example.com"]
    assert hidden("jane@example.com", pattern, email, Term("Jane")) == ["jane"]


def test_it_holds_in_numbers_and_under_telling_keys() -> None:
    detection = Detection("")
    body = '{"card": 4111111111111111, "ssn": "078-05-1120", "name": "Siobhan", "in": "{\\"tfn\\": 123456782}"}'

    def found() -> list[str]:
        _, findings = detection.open(1, body.encode(), Fields(), POLICY, ())
        return [finding.value for some in findings.values() for finding in some]

    assert found() == ["4111111111111111", "078-05-1120", "Siobhan", "123456782"]
    detection.use_terms([allow("4111111111111111"), allow("078-05-1120"), allow("siobhan"), allow("123456782")])
    assert found() == []
    detection.use_terms([])
    assert len(found()) == 4


def test_a_key_before_a_value_is_no_part_of_it() -> None:
    spans = [Span(0, 10, "PERSON", 0.5, "ner")]
    assert Allowed([allow("Jane")]).without("name: Jane", spans, 6) == []
    assert Allowed([allow("Jane")]).without("name: Jane", spans) == spans


def test_several_spans_that_are_allowed_together() -> None:
    spans = [Span(0, 6, "PERSON", 0.5, "ner"), Span(3, 8, "PERSON", 0.5, "names"), Span(9, 12, "URL", 0.5, "patterns")]
    assert Allowed([allow("Jane Doe")]).without("Jane Doe abc", spans) == spans[2:]
    assert Allowed([allow("Jane Do")]).without("Jane Doe abc", spans) == spans


def test_what_is_taken_back_is_gone() -> None:
    allowed = Allowed([allow("a"), allow("A", "PERSON")])
    allowed.change([allow("a")], [])
    assert allowed.allows("a", "PERSON") and not allowed.allows("a", "URL")
    allowed.change([allow("A", "PERSON")], [])
    assert not allowed.allows("a", "PERSON")


TEXT = "Jane Doe jane DOE, J\u00e1ne"
SPANS = st.lists(
    st.tuples(
        st.integers(0, len(TEXT) - 1),
        st.integers(1, 9),
        st.sampled_from(["PERSON", "URL"]),
        st.sampled_from(["dictionary", "ner", "patterns", "names", "literal"]),
    ).map(lambda s: Span(s[0], min(len(TEXT), s[0] + s[1]), s[2], 0.5, s[3])),
    max_size=8,
)
VALUES = st.lists(
    st.builds(
        allow,
        st.sampled_from(["Jane", "Doe", "jane doe", "e D", "J", "DOE, J", "JANE DOE", "ane"]),
        st.sampled_from(["", "PERSON"]),
        case_sensitive=st.booleans(),
    ),
    max_size=4,
)


@given(SPANS, VALUES)
def test_any_span_equal_to_an_allowed_value_is_gone_and_nothing_else_is(spans: list[Span], values: list[Term]) -> None:
    allowed = Allowed(values)
    left = allowed.without(TEXT, spans)
    is_value = [span for span in left if span.source not in ("dictionary", "literal")]
    for span in is_value + resolve(is_value):
        assert not allowed.allows(TEXT[span.start : span.end], span.entity)
    starts, ends = {span.start for span in spans}, {span.end for span in spans}
    allowed_keys = {fold(value.text) for value in values}
    for gone in set(spans) - set(left):
        assert gone.source not in ("dictionary", "literal")
        unions = ((start, end) for start in starts if start <= gone.start for end in ends if end >= gone.end)
        assert any(fold(TEXT[start:end]) in allowed_keys for start, end in unions)
