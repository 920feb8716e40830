from __future__ import annotations

import pytest

from app.pipeline.policy import SWITCHABLE, Policy, parse_regions


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
