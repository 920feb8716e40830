from __future__ import annotations

import pytest

from app.pipeline.policy import Policy
from app.proxy.controls import controls
from app.proxy.refusal import Refusal

POLICY = Policy(layers=frozenset({"dictionary"}), regions=frozenset({"AU"}), ner_threshold=0.7)


def test_without_headers_the_settings_hold() -> None:
    asked = controls({}, POLICY)
    assert (asked.session, asked.redact, asked.hydrate, asked.policy) == ("", True, True, POLICY)


def test_headers_change_one_request() -> None:
    asked = controls(
        {
            "x-anonamoose-session": "team:a.1_2-3",
            "x-anonamoose-redact": "off",
            "x-anonamoose-hydrate": "0",
            "x-anonamoose-locale": "NZ,en-GB",
        },
        POLICY,
    )
    assert (asked.session, asked.redact, asked.hydrate) == ("team:a.1_2-3", False, False)
    assert asked.policy == Policy(POLICY.layers, frozenset({"NZ", "UK"}), 0.7)


def test_what_may_pass_is_asked_for_by_request() -> None:
    asked = {"images": "block", "documents": "allow", "audio": "block", "numbers": "refuse"}
    found = controls({f"X-Anonamoose-{name}": value for name, value in asked.items()}, POLICY).policy
    assert {name: getattr(found, name) for name in asked} == asked and found.layers == POLICY.layers
    assert controls({}, POLICY, {"images": "block"}).policy.images == "block"


def test_an_empty_locale_means_all_regions() -> None:
    assert controls({"x-anonamoose-locale": ""}, POLICY).policy.regions == frozenset()


def test_a_header_chooses_how_placeholders_look_then_the_path_then_the_settings() -> None:
    header = {"x-anonamoose-placeholders": " Ordinal "}
    assert controls({}, POLICY).placeholders == "default"
    assert controls({}, POLICY, None, "mask").placeholders == "mask"
    assert controls({}, POLICY, {"placeholders": "pua"}, "mask").placeholders == "pua"
    assert controls(header, POLICY, {"placeholders": "pua"}, "mask").placeholders == "ordinal"


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
    ],
)
def test_a_value_that_cannot_be_is_refused_and_not_quoted(name: str, value: str) -> None:
    with pytest.raises(Refusal) as caught:
        controls({f"x-anonamoose-{name}": value}, POLICY)
    assert (caught.value.status, caught.value.code) == (400, "invalid_header")
    assert f"x-anonamoose-{name}" in caught.value.message and "has a value it cannot have." in caught.value.message
    assert "canary" not in caught.value.message
    assert caught.value.__context__ is None or caught.value.__suppress_context__
