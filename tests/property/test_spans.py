"""Promises about what is found: nothing that was found stays readable, and no term of the dictionary does."""

from __future__ import annotations

import itertools
import random
import re

from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detection import Detection
from app.pipeline.policy import Policy
from app.pipeline.redaction import redact
from app.pipeline.session import Session
from app.pipeline.span import LAYERS, Span, resolve
from app.pipeline.terms import Term

_spans = st.lists(
    st.builds(
        lambda start, length, entity, score, source, own: Span(start, start + length, entity, score, source, own),
        st.integers(0, 40),
        st.integers(1, 12),
        st.sampled_from(["PERSON", "CUSTOM", "LITERAL"]),
        st.sampled_from([0.5, 1.0]),
        st.sampled_from([*LAYERS, "unheard of"]),
        st.sampled_from(["", "Acme"]),
    ),
    max_size=12,
)


def _covered(spans: list[Span]) -> set[int]:
    return {at for span in spans for at in range(span.start, span.end)}


@given(_spans, st.randoms())
def test_resolve_never_uncovers_a_character_that_any_accepted_span_covered(
    spans: list[Span], chance: random.Random
) -> None:
    resolved = resolve(spans)
    assert _covered(resolved) == _covered(spans)
    assert all(a.end <= b.start for a, b in itertools.pairwise(resolved)), "sorted and disjoint"
    shuffled = list(spans)
    chance.shuffle(shuffled)
    assert resolve(shuffled) == resolved, "order-independent"
    assert resolve(resolved) == resolved
    for span in resolved:
        inside = [other for other in spans if span.start <= other.start < span.end]
        assert (span.entity, span.source) in {(other.entity, other.source) for other in inside}
        # The user's stand-in, and the right of a literal to stay, hold for just the characters that earned it.
        assert not span.replacement or (span.start, span.end, span.replacement) in {
            (other.start, other.end, other.replacement) for other in inside
        }
        if span.source == "literal":
            assert {other.source for other in inside} <= {"literal", "unheard of"}


class _Counted(Span):
    """A span that counts how often its place is asked for."""

    looks = 0

    def __getattribute__(self, name: str) -> object:
        if name in ("start", "end"):
            _Counted.looks += 1
        return super().__getattribute__(name)


def test_resolve_looks_at_each_of_many_spans_a_few_times_only() -> None:
    looks = []
    for number in (300, 3000):
        spans = [_Counted(at, at + 500, "PERSON", 1.0, "ner") for at in range(number)]
        spans += [_Counted(9000 + 3 * at, 9002 + 3 * at, "CUSTOM", 1.0, "dictionary") for at in range(number)]
        _Counted.looks = 0
        assert len(resolve(spans)) >= number
        looks.append(_Counted.looks)
    assert looks[1] <= 15 * looks[0], "twice as slow for twice as many, but for the sorting"


_WORDS = ["alpha", "Beta", "gamma ray", "O'Neil", "x-1", "delta_7", "Zoë", "ab", "a"]
_terms = st.lists(
    st.builds(
        Term,
        text=st.sampled_from(_WORDS),
        entity=st.sampled_from(["CUSTOM", "PROJECT"]),
        case_sensitive=st.booleans(),
        whole_word=st.booleans(),
        replacement=st.sampled_from(["", "", "Kiwi", "Kiwi Ltd"]),
    ),
    min_size=1,
    max_size=5,
)
_pieces = st.sampled_from(
    [*_WORDS, *(w.upper() for w in _WORDS), " ", " ", ".", "_", "-", "x", "[CUSTOM_1234]", "Kiwi", "\n"]
)
_DICTIONARY = Policy(layers=frozenset({"dictionary"}))


@given(_terms, st.lists(_pieces, max_size=14).map("".join))
def test_no_dictionary_term_survives_redaction_under_its_own_matching_options(terms: list[Term], text: str) -> None:
    detection = Detection("none")
    detection.use_terms(tuple(terms))
    redaction = redact(text, detection.text(text, _DICTIONARY), Session("a", b"k" * 32))
    hidden = {at for r in redaction.replacements for at in range(r.finding.start, r.finding.end)}
    for term in terms:
        # An oracle of its own: for these words the options mean just this.
        pattern = re.escape(term.text)
        if term.whole_word:
            pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
        for match in re.finditer(f"(?={pattern})", text, 0 if term.case_sensitive else re.IGNORECASE):
            assert hidden.issuperset(range(match.start(), match.start() + len(term.text)))
