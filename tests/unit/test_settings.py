from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from app.errors import Exit, SettingError
from app.option import PREFIX, Declared, coerce, parse_flag
from app.settings import DECLARED, Settings

EVERY = pytest.mark.parametrize("row", list(DECLARED.values()), ids=list(DECLARED))


@EVERY
def test_every_setting_says_what_it_is(row: Declared) -> None:
    assert row.option.help[0].isupper() and row.option.help.endswith(".") and "  " not in row.option.help
    assert row.option.group in {
        "Proxy",
        "Review",
        "Protection",
        "Detection",
        "Models",
        "Sessions",
        "Audit",
        "Application",
    }
    assert row.variable == PREFIX + row.attribute.upper() and row.name == row.attribute.replace("_", "-")


@EVERY
def test_every_default_is_one_that_could_be_set(row: Declared) -> None:
    assert coerce(row, row.default) == coerce(row, str(row.default)) == row.default
    assert getattr(Settings(), row.attribute) == row.default


@EVERY
def test_every_limit_is_enforced(row: Declared) -> None:
    low, high = row.option.low, row.option.high
    assert (row.kind in (int, float)) == (low is not None) == (high is not None)
    if low is None or high is None:
        return
    for inside in (low, high):
        assert coerce(row, inside) == coerce(row, str(inside)) == inside
    for outside in (low - 1, high + 1, "nan", "inf", "-inf", float("nan"), float("inf"), "", "x", None, True, [1]):
        with pytest.raises(SettingError) as caught:
            coerce(row, outside)
        assert caught.value.name == row.name and caught.value.hint.startswith("It must ")
        assert caught.value.code is Exit.CONFIG


@EVERY
def test_every_setting_refuses_what_is_of_another_kind(row: Declared) -> None:
    with pytest.raises(SettingError) as caught:
        coerce(row, {"a": 1})
    assert row.name in str(caught.value)


def test_every_declared_name_is_its_own() -> None:
    assert len(DECLARED) == len(dataclasses.fields(Settings)) == len({row.variable for row in DECLARED.values()})


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [
        ("port", "8080", 8080),
        ("port", 8080.0, 8080),
        ("ner-threshold", "0.7", 0.7),
        ("ner-threshold", 0.7, 0.7),
        ("protection", "no", False),
        ("protection", " ON ", True),
        ("protection", False, False),
        ("when-off", "refuse", "refuse"),
        ("data-dir", "/x/y", Path("/x/y")),
        ("locale", "en-NZ, au", "en-NZ, au"),
        ("openai-upstream", "http://localhost:1234/base", "http://localhost:1234/base"),
    ],
)
def test_values_are_read_from_text_and_from_json(name: str, value: object, meant: object) -> None:
    read = coerce(DECLARED[name], value)
    assert read == meant and type(read) is type(meant)


@pytest.mark.parametrize(
    ("name", "value", "hint"),
    [
        ("port", 80.5, "It must be a whole number."),
        ("port", "80.0", "It must be a whole number."),
        ("port", 65536, "It must lie between 0 and 65535."),
        ("port", True, "It must be a number."),
        ("protection", "perhaps", "It must be on or off."),
        ("protection", 2, "It must be on or off."),
        ("when-off", "maybe", "It must be one of pass, refuse."),
        ("host", 7, "It must be a text."),
        ("host", None, "It must be a text."),
        ("locale", "Atlantis", "“Atlantis” is not a region; known are AU, NZ, UK, US."),
        ("openai-upstream", "api.openai.com", "It must be a URL such as https://api.example.com, without /v1."),
        ("openai-upstream", "ftp://example.com", "It must be a URL such as https://api.example.com, without /v1."),
        (
            "openai-upstream",
            "https://example.com?x=1",
            "It must be a URL such as https://api.example.com, without /v1.",
        ),
        ("openai-upstream", "https://", "It must be a URL such as https://api.example.com, without /v1."),
        ("openai-upstream", "https://me:pass@example.com", "It must not hold a user name or password."),
        ("openai-upstream", "http://[half", "It must be a URL such as https://api.example.com, without /v1."),
        (
            "openai-upstream",
            "http://example.com:port",
            "It must be a URL such as https://api.example.com, without /v1.",
        ),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_a_reason(name: str, value: object, hint: str) -> None:
    with pytest.raises(SettingError) as caught:
        coerce(DECLARED[name], value)
    assert caught.value.hint == hint
    assert caught.value.title.startswith(f"The setting {name} cannot be")


def test_a_password_in_a_url_is_not_repeated() -> None:
    with pytest.raises(SettingError) as caught:
        coerce(DECLARED["openai-upstream"], "https://me:hunter2@example.com")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("word", ["1", "true", "YES", " on "])
def test_words_for_yes(word: str) -> None:
    assert parse_flag(word) is True


@pytest.mark.parametrize("word", ["0", "False", "no", "OFF"])
def test_words_for_no(word: str) -> None:
    assert parse_flag(word) is False


@pytest.mark.parametrize("word", ["", "2", "ja", "truee"])
def test_words_for_neither(word: str) -> None:
    with pytest.raises(ValueError, match="on or off"):
        parse_flag(word)


def test_settings_are_immutable_and_make_a_policy() -> None:
    settings = Settings()
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.port = 1  # type: ignore[misc]
    changed: Any = dataclasses.replace(settings, locale="nz,GB", ner=False, names=False, ner_threshold=0.9)
    assert changed.policy.layers == {"dictionary", "secrets", "patterns"}
    assert changed.policy.regions == {"NZ", "UK"} and changed.policy.ner_threshold == 0.9
    assert settings.policy.layers == {"dictionary", "secrets", "ner", "patterns", "names"}
