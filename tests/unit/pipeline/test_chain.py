from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.chain import chain_of, kept_in, kept_until
from app.pipeline.json_text import parse


def tree(value: Any) -> Any:
    return parse(json.dumps(value))


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({"id": "resp_1"}, {"previous_response_id": "resp_1"}),
        ({"event_type": "interaction.created", "interaction": {"id": "v1_a"}}, {"previous_interaction_id": "v1_a"}),
        ({"response": "Hi", "context": [1, 20, 3]}, {"prompt": "Go on", "context": [1, 20, 3]}),
    ],
)
def test_a_body_goes_on_with_what_an_answer_is_called(answer: Any, body: Any) -> None:
    assert kept_in(tree(answer)) == set(chain_of(tree(body), "").previous) != set()


@pytest.mark.parametrize("key", ["cachedContent", "cached_content"])
@pytest.mark.parametrize("name", ["cachedContents/0wr3k4", "projects/p-1/locations/l/cachedContents/0wr3k4"])
def test_a_body_may_be_about_something_that_is_kept(key: str, name: str) -> None:
    chain = chain_of(tree({key: name}), "contents")
    assert (chain.previous, chain.items) == ((), ("0wr3k4",))
    assert kept_in(tree({"name": name, "displayName": "A/b"})) == {"0wr3k4"}


@pytest.mark.parametrize("value", [[], ["a"], [1, "a"], 7, None, {"x": 1}, True])
def test_what_is_neither_an_id_nor_tokens_names_nothing(value: Any) -> None:
    assert chain_of(tree({"context": value}), "").previous == ()
    assert kept_in(tree({"context": value, "id": value})) == set()


def test_a_text_is_no_tokens() -> None:
    assert chain_of(tree({"context": "A report"}), "").previous == ()
    assert kept_in(tree({"context": "A report"})) == set()


def test_other_tokens_are_of_another_conversation() -> None:
    assert kept_in(tree({"context": [1, 2]})) != kept_in(tree({"context": [12]}))


@pytest.mark.parametrize("name", ["Zoë", "a", "Some/thing", "a/b c", "/x", ""])
def test_a_name_that_is_no_resources_names_nothing(name: str) -> None:
    assert kept_in(tree({"name": name})) == set()


@pytest.mark.parametrize(
    ("answer", "until"),
    [
        ({"object": "file", "expires_at": 1_800_000_000}, 1_800_000_000),
        ({"name": "files/a", "expirationTime": "2027-01-15T08:00:00Z"}, 1_800_000_000),
        ({"file": {"name": "files/a", "expirationTime": "2027-01-15T08:00:00.123456789Z"}}, 1_800_000_000.123456),
        ({"name": "cachedContents/a", "expireTime": "2027-01-15T09:00:00+01:00"}, 1_800_000_000),
        ({"object": "response", "store": False}, 1.0),
        ({"type": "response.created", "response": {"id": "resp_1", "store": False}}, 1.0),
        ({"object": "response", "store": True}, 0.0),
        ({"object": "batch", "expires_at": 1_800_000_000}, 0.0),
        ({"object": "file", "expires_at": None}, 0.0),
        ({"object": "file", "expires_at": 10**400}, 0.0),
        ({"object": "file", "expires_at": -5}, 0.0),
        ({"expireTime": "soon"}, 0.0),
        ({"expireTime": "9999-99-99T00:00:00Z"}, 0.0),
        ([], 0.0),
        ("text", 0.0),
    ],
)
def test_until_when_it_is_kept(answer: Any, until: float) -> None:
    assert kept_until(tree(answer)) == until
