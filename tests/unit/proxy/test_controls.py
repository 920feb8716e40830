from __future__ import annotations

import dataclasses

import pytest
from multidict import CIMultiDict

from app.pipeline.operators import PRESETS
from app.pipeline.policy import SWITCHABLE, Policy
from app.proxy.controls import controls
from app.proxy.refusal import Refusal
from app.settings import Settings

SETTINGS = Settings(secrets=False, ner=False, patterns=False, names=False, locale="AU", ner_threshold=0.7)
POLICY = Policy(layers=frozenset({"dictionary"}), regions=frozenset({"AU"}), ner_threshold=0.7)
MASKING = dataclasses.replace(SETTINGS, placeholders="mask")


def test_without_headers_the_settings_hold() -> None:
    asked = controls({}, SETTINGS)
    assert (asked.session, asked.redact, asked.hydrate, asked.policy) == ("", True, True, POLICY)


def test_headers_change_one_request() -> None:
    asked = controls(
        {
            "x-anonamoose-session": "team:a.1_2-3",
            "x-anonamoose-redact": "off",
            "x-anonamoose-hydrate": "0",
            "x-anonamoose-locale": "NZ,en-GB",
        },
        SETTINGS,
    )
    assert (asked.session, asked.redact, asked.hydrate) == ("team:a.1_2-3", False, False)
    assert asked.policy == Policy(POLICY.layers, frozenset({"NZ", "UK"}), 0.7)


def test_an_option_that_is_there_twice_has_one_value() -> None:
    same = CIMultiDict([("x-anonamoose-redact", "off"), ("X-Anonamoose-Redact", "off")])
    assert not controls(same, SETTINGS).redact
    for values in (("on", "off"), ("off", "on")):
        with pytest.raises(Refusal) as refused:
            controls(CIMultiDict(("x-anonamoose-redact", value) for value in values), SETTINGS)
        assert (refused.value.status, refused.value.code) == (400, "invalid_header")


def test_what_may_pass_is_asked_for_by_request() -> None:
    asked = {"images": "block", "documents": "allow", "audio": "block", "numbers": "refuse"}
    found = controls({f"X-Anonamoose-{name}": value for name, value in asked.items()}, SETTINGS).policy
    assert {name: getattr(found, name) for name in asked} == asked and found.layers == POLICY.layers
    assert controls({}, SETTINGS, {"images": "block"}).policy.images == "block"


def test_an_empty_locale_means_all_regions() -> None:
    assert controls({"x-anonamoose-locale": ""}, SETTINGS).policy.regions == frozenset()


def test_a_header_chooses_how_placeholders_look_then_the_path_then_the_settings() -> None:
    header = {"x-anonamoose-placeholders": " Ordinal "}
    assert controls({}, SETTINGS).placeholders == "default"
    assert controls({}, MASKING).placeholders == "mask"
    assert controls({}, MASKING, {"placeholders": "pua"}).placeholders == "pua"
    assert controls(header, MASKING, {"placeholders": "pua"}).placeholders == "ordinal"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("session", "a b"),
        ("session", "a" * 129),
        ("session", "é"),
        ("session", "a\n"),
        ("locale", "canary"),
        ("redact", "canary"),
        ("redact", ""),
        ("hydrate", "2"),
        ("placeholders", "canary"),
        ("placeholders", ""),
        ("images", "canary"),
        ("documents", "on"),
        ("audio", ""),
        ("numbers", "block"),
        ("preset", "canary"),
        ("operators", "canary"),
        ("operators", "CANARY=canary"),
        ("thresholds", "PERSON=canary"),
        ("ner-threshold", "canary"),
        ("names", "canary"),
    ],
)
def test_a_value_that_cannot_be_is_refused_and_not_quoted(name: str, value: str) -> None:
    with pytest.raises(Refusal) as caught:
        controls({f"x-anonamoose-{name}": value}, SETTINGS)
    assert (caught.value.status, caught.value.code) == (400, "invalid_header")
    assert f"x-anonamoose-{name}" in caught.value.message and "has a value it cannot have." in caught.value.message
    assert "canary" not in caught.value.message
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_a_preset_is_what_the_rest_begins_with() -> None:
    coding = controls({}, Settings(), {"preset": "coding"}).policy
    assert coding == Settings(preset="coding").policy and coding.ner_threshold == PRESETS["coding"].ner_threshold
    sure = controls({"x-anonamoose-preset": "Strict"}, SETTINGS).policy
    assert (sure.ner_threshold, sure.layers, sure.regions) == (0.7, POLICY.layers, POLICY.regions)


def test_what_is_said_of_one_entity_leaves_the_others_as_they_are() -> None:
    settings = Settings(operators="CREDIT_CARD=block, URL=keep, PERSON=mask", thresholds="PERSON=0.7")
    in_session = {"operators": "PERSON=keep, IP_ADDRESS=keep", "thresholds": "LOCATION=0.8", "preset": "coding"}
    headers = {"x-anonamoose-operators": "URL=replace", "x-anonamoose-thresholds": "PERSON=0.9"}
    policy = controls(headers, settings, {"operators": "IP_ADDRESS=mask;URL=mask"}, in_session).policy
    assert dict(policy.operators) == {
        "CREDIT_CARD": "block", "PERSON": "keep", "IP_ADDRESS": "mask", "URL": "replace"
    }  # fmt: skip
    assert dict(policy.thresholds) == dict(Settings(preset="coding").policy.thresholds) | {
        "PERSON": 0.9, "LOCATION": 0.8
    }  # fmt: skip


@pytest.mark.parametrize("layer", SWITCHABLE)
def test_a_request_switches_layers(layer: str) -> None:
    policy = controls({f"x-anonamoose-{layer}": "off"}, Settings()).policy
    assert policy.layers == Settings().policy.layers - {layer}


def test_a_header_goes_before_the_path_and_the_path_before_the_session() -> None:
    header, path, session = {"x-anonamoose-locale": "NZ"}, {"locale": "UK"}, {"locale": "US"}
    assert controls(header, SETTINGS, path, session).policy.regions == {"NZ"}
    assert controls({}, SETTINGS, path, session).policy.regions == {"UK"}
    assert controls({}, SETTINGS, {}, session).policy.regions == {"US"}


@pytest.mark.parametrize("asked", [{"operator": "CARD=block"}, {"": ""}, {"port": "1"}, {"canary": "x"}])
def test_an_option_that_there_is_not_is_refused(asked: dict[str, str]) -> None:
    for headers, path in ((asked, {}), ({}, asked)):
        with pytest.raises(Refusal) as caught:
            controls({f"x-anonamoose-{name}": value for name, value in headers.items()}, SETTINGS, path)
        assert (caught.value.status, caught.value.code) == (400, "unknown_option")
        assert "canary" not in caught.value.message


LOCKED = Settings(client_policy="stricter", operators="CREDIT_CARD=block", placeholders="mask")


@pytest.mark.parametrize(
    "asked",
    [
        {"redact": "false"},
        {"operators": "CREDIT_CARD=mask"},
        {"operators": "PERSON=keep"},
        {"thresholds": "PERSON=0.9"},
        {"preset": "coding"},
        {"ner": "off"},
        {"ner-threshold": "0.9"},
        {"locale": "NZ"},
        {"images": "allow"},
        {"numbers": "allow"},
        {"placeholders": "default"},
    ],
    ids=str,
)
def test_where_only_stricter_requests_may_be_others_are_refused(asked: dict[str, str]) -> None:
    with pytest.raises(Refusal) as caught:
        controls({f"x-anonamoose-{name}": value for name, value in asked.items()}, LOCKED)
    assert (caught.value.status, caught.value.code) == (403, "policy_locked")
    assert controls({}, dataclasses.replace(LOCKED, client_policy="any"), asked)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"hydrate": "false", "session": "a"},
        {"operators": "PERSON=block"},
        {"preset": "strict"},
        {"ner-threshold": "0.4"},
        {"images": "block"},
    ],
    ids=str,
)
def test_where_only_stricter_requests_may_be_those_pass(asked: dict[str, str]) -> None:
    assert not controls({}, LOCKED, asked).policy.relaxes(LOCKED.policy)


def test_what_the_user_gave_a_session_may_be_laxer_than_the_settings() -> None:
    lax = {"preset": "coding"}
    assert controls({}, LOCKED, {"preset": "coding"}, lax).policy.ner_threshold == PRESETS["coding"].ner_threshold
    with pytest.raises(Refusal):
        controls({}, LOCKED, {"ner": "off"}, lax)
