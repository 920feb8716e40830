"""What is taken for the label of a value in JSON."""

from __future__ import annotations

import json

import pytest

from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.engine import Engine
from app.pipeline.fields import Fields, leaves
from app.pipeline.labels import label
from app.pipeline.policy import Policy


def keys(value: object) -> list[str]:
    return [leaf.key for leaf in leaves(json.dumps(value), Fields(), digits=7)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"ssn": "078-05-1120"}, ["ssn"]),
        ({"field": "TFN", "value": "123 456 782"}, ["field", "TFN"]),
        ({"value": "123 456 782", "Label": "Tax file number"}, ["Tax file number", "Label"]),
        ([{"question": "Your SSN?", "answer": "078051120"}], ["question", "Your SSN?"]),
        ({"name": "TFN", "value": 123456782}, ["name", "TFN"]),
        ({"field": "TFN", "sent": "123 456 782"}, ["field", "sent"]),
        ({"field": {"name": "TFN"}, "value": "123 456 782"}, ["name", "TFN"]),
        ({"type": {"coding": [{"display": "TFN"}]}, "value": "123 456 782"}, ["coding", "TFN"]),
        ([{"type": {"coding": [{"system": "x", "display": "TFN"}]}, "value": "1 2"}], ["system", "x", "TFN"]),
        ({"field": {"name": 7}, "value": "123 456 782"}, ["value"]),
        ({"field": [[[[["TFN"]]]]], "value": "123 456 782"}, ["field", "value"]),
        ({"field": "", "value": "123 456 782"}, ["field", "value"]),
        ({"title": "a" * 49, "text": "123 456 782"}, ["title", "text"]),
        ({"title": "two\nlines", "text": "123 456 782"}, ["title", "text"]),
        (
            {"title": "TFN", "text": "What a long text this is, which says for itself what is in it: nothing."},
            ["title", "text"],
        ),
        ({"role": "user", "content": "123 456 782"}, ["role", "content"]),
        (["123 456 782"], [""]),
    ],
)
def test_a_pair_of_label_and_value_is_read_as_key_and_value(value: object, expected: list[str]) -> None:
    assert keys(value) == expected


def test_what_a_label_announces_is_found() -> None:
    engine = Engine({"patterns": PatternsDetector()}, ["AU_TFN"])
    text = json.dumps(
        {"fields": [{"field": "TFN", "content": "123456782"}, {"field": "Order", "content": "123456782"}]}
    )
    (found,) = engine.findings_in_json(text, Fields(), Policy())
    assert (found.entity, found.value, found.start) == ("AU_TFN", "123456782", text.index("123456782"))


def test_the_label_of_a_text_is_none() -> None:
    assert (label("dateOfBirth"), label("content"), label("")) == ("date Of Birth: ", "", "")
