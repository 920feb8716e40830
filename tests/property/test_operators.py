"""Promises about operators: what is kept uncovers nothing else, what is masked never comes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.engine import Engine
from app.pipeline.operators import OPERATORS, Operator
from app.pipeline.placeholder import STYLES, Style
from app.pipeline.policy import Policy
from app.pipeline.redaction import Replacement, redact
from app.pipeline.restore import restore
from app.pipeline.session import Session
from app.pipeline.span import Span
from app.pipeline.terms import Term
from tests.property.texts import ENTITIES, Needles, sessions, terms, texts

_LETTERS = "abcdefghijklmnopqrst"


@dataclass
class Found:
    """A detector that finds what it was told to, of one layer."""

    name: str
    spans: Sequence[Span]

    def detect(self, text: str, policy: Policy) -> list[Span]:
        return [span for span in self.spans if span.source == self.name and span.end <= len(text)]


_entities = st.sampled_from(["PERSON", "URL", "CREDIT_CARD", "CUSTOM"])
_layers = ("dictionary", "ner", "patterns", "names")
_spans = st.lists(
    st.builds(
        lambda start, length, entity, score, source: Span(start, start + length, entity, score, source),
        st.integers(0, 14),
        st.integers(1, 6),
        _entities,
        st.sampled_from([0.2, 0.5, 0.7, 1.0]),
        st.sampled_from(_layers),
    ),
    max_size=8,
)
_operators = st.dictionaries(_entities, st.sampled_from(list(OPERATORS.values()))).map(
    lambda chosen: tuple(sorted(chosen.items()))
)
_thresholds = st.dictionaries(_entities, st.sampled_from([0.0, 0.5, 0.6, 1.0])).map(
    lambda chosen: tuple(sorted(chosen.items()))
)
_policies = st.builds(
    Policy,
    operators=_operators,
    thresholds=_thresholds,
    ner_threshold=st.sampled_from([0.1, 0.5]),
)


def _engine(spans: Sequence[Span]) -> Engine:
    return Engine({layer: Found(layer, spans) for layer in _layers}, ["PERSON"])


def _places(spans: Sequence[Span]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end)}


@given(_spans, _policies, _entities)
def test_what_is_kept_uncovers_no_character_of_anything_else(spans: list[Span], policy: Policy, entity: str) -> None:
    kept = dict(policy.operators).get(entity) == "keep"
    others = [span for span in spans if span.entity != entity or span.source == "dictionary" or not kept]
    covered = _places(_engine(spans).spans(_LETTERS, policy))
    assert covered == _places(_engine(others).spans(_LETTERS, policy))
    assert covered >= _places([span for span in spans if span.source == "dictionary"])


@given(_spans, _policies)
def test_what_counts_for_too_little_drags_nothing_along(spans: list[Span], policy: Policy) -> None:
    strong = policy.counted(spans)
    found = _engine(spans).spans(_LETTERS, policy)
    assert found == _engine(strong).spans(_LETTERS, policy)
    assert _places(found) == _places(strong)


@given(_spans, _policies)
def test_whatever_overlaps_the_strictest_operator_holds(spans: list[Span], policy: Policy) -> None:
    order: list[Operator] = ["replace", "mask", "block"]
    operators = {entity: "replace" if operator == "keep" else operator for entity, operator in policy.operators}
    for found in _engine(spans).spans(_LETTERS, policy):
        inside = [s for s in policy.counted(spans) if found.start <= s.start < found.end]
        strictest = max(order.index(operators.get(span.entity, "replace")) for span in inside)
        assert order.index(operators.get(found.entity, "replace")) == strictest


def _is_masked(replacement: Replacement, session: Session, style: Style, masked: frozenset[str]) -> bool:
    """A word that only reads as the stand-in of an earlier value is not: it is nobody's value, and comes back."""
    found = replacement.finding
    is_word = found.source == "literal" and session.is_stand_in(found.value)
    return (style == "mask" or found.entity in masked) and not is_word


@given(st.data(), sessions(), terms, st.frozensets(st.sampled_from(ENTITIES)), st.sampled_from(list(STYLES.values())))
def test_a_mask_never_comes_back(
    data: st.DataObject, session: Session, terms: list[Term], masked: frozenset[str], style: Style
) -> None:
    find = Engine({"dictionary": Needles(terms)}, ENTITIES, [t.replacement for t in terms if t.replacement])
    text = data.draw(texts(session, terms))
    first = redact(text, find.findings(text, Policy()), session, style=style, masked=masked)
    masks = [r.placeholder for r in first.replacements if _is_masked(r, session, style, masked)]
    expected, done = "", 0
    for replacement in first.replacements:
        found = replacement.finding
        is_masked = _is_masked(replacement, session, style, masked)
        expected += text[done : found.start] + (replacement.placeholder if is_masked else found.value)
        done = found.end
    assert restore(first.text, session) == expected + text[done:]
    # Nor in a later turn, in which everything has a placeholder.
    more = data.draw(texts(session, terms))
    redact(more, find.findings(more, Policy()), session)
    assert all(restore(token, session) == token for token in masks)
