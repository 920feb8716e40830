from __future__ import annotations

import pytest

from app.pipeline.policy import REGIONS, SWITCHABLE, Policy, parse_regions
from app.pipeline.span import Span, resolve


def test_a_policy_is_a_cache_key() -> None:
    assert Policy() == Policy() and hash(Policy()) == hash(Policy())
    assert Policy(regions=frozenset({"NZ"})) != Policy()
    assert Policy().layers == frozenset(SWITCHABLE)


@pytest.mark.parametrize(
    ("regions", "region", "covered"),
    [("", "NZ", True), ("NZ", "NZ", True), ("NZ", "AU", False), ("NZ", "", True), ("NZ,AU", "AU", True)],
)
def test_rows_of_a_region_apply_when_it_is_chosen_or_none_is(regions: str, region: str, covered: bool) -> None:
    assert Policy(regions=parse_regions(regions)).covers(region) is covered


@pytest.mark.parametrize(
    ("text", "regions"),
    [
        ("", set()),
        ("all", set()),
        ("none", set()),
        ("NZ", {"NZ"}),
        ("nz, au", {"NZ", "AU"}),
        ("en-GB", {"UK"}),
        ("en_nz;en-US", {"NZ", "US"}),
        (" uk ,, ", {"UK"}),
    ],
)
def test_regions_are_read_as_people_write_them(text: str, regions: set[str]) -> None:
    assert parse_regions(text) == regions


def test_an_unknown_region_is_named_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="“Atlantis” is not a region; known are AU, NZ, UK, US"):
        parse_regions("NZ, Atlantis")


def span(entity: str, score: float, source: str = "patterns") -> Span:
    return Span(0, 4, entity, score, source)


KEEPING = Policy(
    operators=(("URL", "keep"), ("PERSON", "mask"), ("CREDIT_CARD", "block")),
    thresholds=(("LOCATION", 0.8), ("PHONE_NUMBER", 0.2)),
)


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        (span("AU_TFN", 0.01), True),
        (span("LITERAL", 0.1, "literal"), True),
        (span("LOCATION", 0.8, "ner"), True),
        (span("LOCATION", 0.79, "ner"), False),
        (span("LOCATION", 0.79, "dictionary"), True),
        (span("PHONE_NUMBER", 0.2), True),
        (span("PHONE_NUMBER", 0.19), False),
        (span("URL", 1.0), False),
        (span("URL", 1.0, "dictionary"), True),
        (span("PERSON", 0.6), True),
        (span("CREDIT_CARD", 0.6), True),
    ],
)
def test_what_counts(found: Span, counts: bool) -> None:
    assert KEEPING.counted([found]) == ([found] if counts else [])


def test_of_what_overlaps_the_strictest_operator_decides() -> None:
    name, card = Span(0, 9, "ORGANIZATION", 1.0, "ner"), Span(4, 12, "CREDIT_CARD", 0.5, "patterns")
    term = Span(0, 12, "CUSTOM", 1.0, "dictionary", "x")
    url = Span(2, 3, "URL", 1.0, "dictionary")
    for spans in ([name, card, term, url], [url, term, card, name]):
        assert [(s.start, s.end, s.entity) for s in resolve(spans, KEEPING.weight)] == [(0, 12, "CREDIT_CARD")]
        assert resolve(spans, Policy().weight) == [term]
    person = Span(0, 4, "PERSON", 0.5, "names")
    assert resolve([person, name, url], KEEPING.weight) == [Span(0, 9, "PERSON", 0.5, "names")]


def test_what_is_masked_and_what_is_blocked() -> None:
    assert KEEPING.masked == {"PERSON"} and Policy().masked == frozenset()
    assert KEEPING.blocked({"PERSON": 1, "CREDIT_CARD": 2, "URL": 3}) == {"CREDIT_CARD": 2}
    assert Policy().blocked({"CREDIT_CARD": 2}) == {}


@pytest.mark.parametrize(
    ("laxer", "stricter"),
    [
        (Policy(layers=frozenset({"ner"})), Policy()),
        (Policy(regions=frozenset({"AU"})), Policy()),
        (Policy(regions=frozenset({"AU"})), Policy(regions=frozenset({"NZ", "AU"}))),
        (Policy(ner_threshold=0.6), Policy()),
        (Policy(images="allow"), Policy()),
        (Policy(), Policy(documents="block")),
        (Policy(audio="warn"), Policy(audio="block")),
        (Policy(numbers="allow"), Policy(numbers="replace")),
        (Policy(numbers="replace"), Policy(numbers="refuse")),
        (Policy(operators=(("URL", "keep"),)), Policy()),
        (Policy(), Policy(operators=(("URL", "mask"),))),
        (Policy(operators=(("URL", "mask"),)), Policy(operators=(("URL", "block"),))),
        (Policy(thresholds=(("URL", 0.6),)), Policy()),
        (Policy(thresholds=(("URL", 0.6),)), Policy(thresholds=(("URL", 0.55),))),
    ],
)
def test_which_policy_lets_more_through(laxer: Policy, stricter: Policy) -> None:
    assert laxer.relaxes(stricter) and not stricter.relaxes(laxer)
    assert not laxer.relaxes(laxer)


def test_all_regions_by_name_are_no_fewer_than_all() -> None:
    assert not Policy(regions=frozenset(REGIONS)).relaxes(Policy())


def test_what_is_stricter_in_one_thing_and_laxer_in_another_relaxes() -> None:
    assert Policy(numbers="refuse", images="allow").relaxes(Policy())
