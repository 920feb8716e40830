from __future__ import annotations

from collections.abc import Callable

import pytest

from app.pipeline.detection import known_entities
from app.pipeline.operators import (
    PRESETS,
    Preset,
    check_operators,
    check_thresholds,
    listed,
    parse_operators,
    parse_thresholds,
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("", ()),
        (" , ;", ()),
        ("CREDIT_CARD=block", (("CREDIT_CARD", "block"),)),
        (" credit_card = Block ;url=keep,", (("CREDIT_CARD", "block"), ("URL", "keep"))),
        ("PERSON=keep, PERSON=mask", (("PERSON", "mask"),)),
        ("CARD=mask, EMAIL=keep", (("CREDIT_CARD", "mask"), ("EMAIL_ADDRESS", "keep"))),
        ("PROJECT_OSPREY=block", (("PROJECT_OSPREY", "block"),)),
    ],
)
def test_operators_are_read_as_people_write_them(text: str, meant: tuple[tuple[str, str], ...]) -> None:
    assert parse_operators(text) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [("", ()), ("PERSON=0.7;LOCATION=1", (("LOCATION", 1.0), ("PERSON", 0.7))), ("phone=0", (("PHONE_NUMBER", 0.0),))],
)
def test_thresholds_are_read_likewise(text: str, meant: tuple[tuple[str, float], ...]) -> None:
    assert parse_thresholds(text) == meant


@pytest.mark.parametrize("check", [check_operators, check_thresholds])
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("canary", "It takes pairs such as "),
        ("=0.5", "It takes pairs such as "),
        ("A canary=0.5", "It takes pairs such as "),
        ("ÄÖ=0.5", "It takes pairs such as "),
        ("LITERAL=0.5", "It takes pairs such as "),
        ("CREDITCARD=0.5", "CREDIT_CARD is probably meant"),
        ("SSN=0.5", "US_SSN is probably meant"),
        ("tfn=0.5", "AU_TFN is probably meant"),
        ("PERSONS=0.5", "PERSON is probably meant"),
        ("PERSON", "It takes pairs such as "),
    ],
)
def test_what_names_no_entity_is_told_of_and_not_quoted(check: Callable[[str], None], text: str, said: str) -> None:
    text = text if check is check_thresholds else text.replace("0.5", "block")
    with pytest.raises(ValueError, match=said) as caught:
        check(text)
    assert str(caught.value).endswith(".") and "canary" not in str(caught.value)


@pytest.mark.parametrize("value", ["", "canary", "blocked", "0.5"])
def test_an_operator_is_one_of_four(value: str) -> None:
    with pytest.raises(ValueError, match=r"one of replace, mask, keep, block\.$"):
        parse_operators(f"PERSON={value}")


@pytest.mark.parametrize("value", ["", "canary", "1.01", "-0.1", "nan", "inf"])
def test_a_threshold_is_a_score(value: str) -> None:
    with pytest.raises(ValueError, match=r"a number from 0 to 1\.$"):
        parse_thresholds(f"PERSON={value}")


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
def test_presets_speak_of_what_there_is(preset: Preset) -> None:
    operators, thresholds = parse_operators(preset.operators), parse_thresholds(preset.thresholds)
    assert {entity for entity, _ in (*operators, *thresholds)} <= known_entities()


def test_counts_are_told_in_words() -> None:
    assert listed({"PERSON": 1}) == "1 PERSON"
    assert listed({"URL": 1, "CREDIT_CARD": 2, "PERSON": 3}) == "2 CREDIT_CARD, 3 PERSON and 1 URL"


@pytest.mark.parametrize("text", ["", "CREDIT_CARD=0.5", "EMAIL=0.5", "PROJECT_OSPREY=0.5", "CUSTOM=0.5"])
def test_entities_and_types_of_the_dictionary_are_names(text: str) -> None:
    check_thresholds(text)
    check_operators(text.replace("0.5", "mask"))
