from __future__ import annotations

import itertools

import pytest

from app.pipeline.span import LAYERS, Span, resolve


def span(start: int, end: int, source: str = "ner", score: float = 0.9, entity: str = "", own: str = "") -> Span:
    return Span(start, end, entity or source.upper(), score, source, own)


@pytest.mark.parametrize(("start", "end"), [(3, 3), (4, 3), (-1, 2)])
def test_a_span_has_at_least_one_character(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=r"not a span: \[-?\d, \d\)"):
        span(start, end)


def test_nothing_resolves_to_nothing() -> None:
    assert resolve([]) == []


def test_spans_that_only_touch_stay_apart() -> None:
    assert resolve([span(3, 5), span(0, 3)]) == [span(0, 3), span(3, 5)]


def test_spans_that_overlap_become_their_union() -> None:
    assert resolve([span(0, 5), span(4, 9, "patterns")]) == [span(0, 9, "ner")]


def test_a_chain_of_overlaps_is_one_span() -> None:
    assert resolve([span(0, 3, "names"), span(2, 6, "patterns"), span(5, 9, "names")]) == [span(0, 9, "patterns")]


@pytest.mark.parametrize(("stronger", "weaker"), list(itertools.pairwise(LAYERS)))
def test_the_layers_have_an_order(stronger: str, weaker: str) -> None:
    assert resolve([span(0, 9, weaker, 1.0), span(0, 9, stronger, 0.1)]) == [span(0, 9, stronger, 0.1)]


@pytest.mark.parametrize(("stronger", "weaker"), [("dictionary", "ner"), ("dictionary", "names"), ("ner", "literal")])
def test_neither_the_dictionary_nor_a_literal_asks_for_the_length(stronger: str, weaker: str) -> None:
    assert resolve([span(0, 9, weaker, 1.0), span(3, 4, stronger, 0.1)]) == [span(0, 9, stronger, 0.1)]


def test_a_town_does_not_name_the_address_it_is_in() -> None:
    town, address = span(14, 21, "ner", 1.0, "LOCATION"), span(0, 21, "patterns", 0.75, "ADDRESS")
    assert resolve([town, address]) == [address]
    beyond = span(14, 46, "ner", 1.0, "LOCATION")
    assert resolve([beyond, address]) == [span(0, 46, "patterns", 0.75, "ADDRESS")]
    email, person = span(0, 20, "patterns", 0.85, "EMAIL_ADDRESS"), span(0, 8, "names", 0.6, "PERSON")
    assert resolve([email, person]) == [email]


def test_the_length_then_the_score_then_the_place_decides() -> None:
    assert resolve([span(0, 9, score=0.5, entity="A"), span(3, 4, score=0.6, entity="B")])[0].entity == "A"
    assert resolve([span(0, 4, score=0.5, entity="A"), span(3, 7, score=0.6, entity="B")])[0].entity == "B"
    assert resolve([span(0, 4, entity="A"), span(3, 9, entity="B")])[0].entity == "B"
    assert resolve([span(0, 4, entity="B"), span(2, 6, entity="A")])[0].entity == "B"
    assert resolve([span(0, 4, entity="B"), span(0, 4, entity="A")])[0].entity == "A"


def test_an_unheard_of_layer_is_the_weakest() -> None:
    assert resolve([span(0, 4, "new", 1.0), span(0, 4, "literal", 0.1)])[0].source == "literal"


def test_a_stand_in_survives_only_where_the_union_is_the_term_alone() -> None:
    term = span(2, 6, "dictionary", own="Acme")
    assert resolve([term, span(3, 5)]) == [term]
    assert resolve([term, span(3, 7)]) == [span(2, 7, "dictionary")]


def test_what_looks_like_a_placeholder_is_hidden_where_anything_was_found_in_it() -> None:
    literal = span(0, 13, "literal", 1.0, "LITERAL", "[PHONE_5550134]")
    phone = span(6, 13, "patterns", 0.6, "PHONE_NUMBER")
    assert resolve([literal]) == [literal]
    assert resolve([literal, phone]) == [span(0, 13, "patterns", 0.6, "PHONE_NUMBER")]
