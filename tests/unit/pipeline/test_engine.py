from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.engine import Engine
from app.pipeline.fields import Fields
from app.pipeline.json_text import UnreadableJson
from app.pipeline.policy import Policy
from app.pipeline.redaction import redact
from app.pipeline.session import Session
from app.pipeline.span import Span
from app.pipeline.terms import Term
from tests.property.texts import POLICY, Needles, engine

ALICE = Needles([Term("Alice", "PERSON")])


class Broken:
    name = "ner"

    def detect(self, text: str, policy: Policy) -> list[Span]:
        raise DetectorUnavailable("The model is not there.")


class Listening:
    """Finds nothing and remembers what it was shown."""

    name = "ner"

    def __init__(self) -> None:
        self.shown: list[str] = []

    def detect(self, text: str, policy: Policy) -> list[Span]:
        self.shown.append(text)
        return []


def in_json(body: Any, find: Engine, fields: Fields | None = None) -> list[tuple[str, str]]:
    """What lies where findings are, and the value each stands for."""
    text = body if isinstance(body, str) else json.dumps(body)
    return [(text[f.start : f.end], f.value) for f in find.findings_in_json(text, fields or Fields(), POLICY)]


def test_only_the_layers_of_the_policy_look() -> None:
    find = Engine({"dictionary": ALICE, "ner": Broken()}, ["PERSON"])
    policy = Policy(layers=frozenset({"dictionary"}))
    assert [span.entity for span in find.spans("Alice", policy)] == ["PERSON"]
    assert find.spans("Alice", Policy(layers=frozenset())) == []
    with pytest.raises(DetectorUnavailable):
        find.spans("Alice", POLICY)


def test_a_layer_that_was_never_loaded_does_not_look() -> None:
    assert Engine({}, []).spans("Alice", POLICY) == []


def test_literals_are_found_whatever_the_layers() -> None:
    find = Engine({}, ["EMAIL_ADDRESS"], ["Acme"])
    spans = find.spans("(email 1234) Acme [LITERAL_1234] [PERSON_1234]", Policy(layers=frozenset()))
    assert [(span.source, span.replacement) for span in spans] == [
        ("literal", "[EMAIL_1234]"),
        ("literal", "Acme"),
        ("literal", "[LITERAL_1234]"),
    ]


@pytest.mark.parametrize("text", ["xPERSON_1234", "PERSON_1234y", "xPERSON_1234y", "xxPERSON_1234-PERSON_5678y"])
def test_what_only_hiding_its_neighbour_makes_a_literal_is_one(text: str) -> None:
    find = Engine({"dictionary": Needles([Term("x"), Term("y")])}, ["PERSON"])
    literal = [text[span.start : span.end] for span in find.spans(text, POLICY) if span.source == "literal"]
    assert literal == [part.strip("xy") for part in text.split("-")]


def test_far_from_what_is_hidden_nothing_becomes_a_literal() -> None:
    find = Engine({"dictionary": Needles([Term("x")])}, ["PERSON"])
    text = "x" + "a" * 200 + "PERSON_1234" + "b" * 200 + "x"
    assert [span.source for span in find.spans(text, POLICY)] == ["dictionary", "dictionary"]


def test_findings_in_a_plain_text_hold_what_is_there() -> None:
    (finding,) = engine([Term("Alice")]).findings('{"a": "Alice"}', POLICY)
    assert (finding.start, finding.end, finding.value) == (7, 12, "Alice")


def test_in_json_a_value_is_what_the_string_means() -> None:
    find = engine([Term('A"l\nice é😀'), Term("Bob")])
    text = '{"k": "x\\u0041\\"l\\nice \\u00e9\\ud83d\\ude00y", "Bob": "Bob"}'
    assert in_json(text, find) == [('\\u0041\\"l\\nice \\u00e9\\ud83d\\ude00', 'A"l\nice é😀'), ("Bob", "Bob")]


@pytest.mark.parametrize("depth", [1, 2, 3, 4])
def test_json_in_strings_is_read_as_deeply_as_it_goes(depth: int) -> None:
    body: object = 'say "Alice"'
    for _ in range(depth):
        body = json.dumps({"a": body})
    find = engine([Term('"Alice"')])
    ((_, value),) = in_json({"arguments": body}, find)
    assert value == '"Alice"'
    session = Session("a", b"k" * 32)
    text = json.dumps({"arguments": body})
    redacted = redact(text, find.findings_in_json(text, Fields(), POLICY), session).text
    for _ in range(depth):
        redacted = json.loads(redacted)
        redacted = redacted["arguments" if "arguments" in redacted else "a"]
    assert json.loads(redacted)["a"].startswith("say [CUSTOM_")


def test_a_text_that_only_begins_like_json_is_plain() -> None:
    assert in_json({"a": '{"Alice": Alice'}, Engine({"dictionary": ALICE}, ["PERSON"])) == [("Alice", "Alice")] * 2


def test_keys_are_no_text_in_json_but_all_is_in_plain_text() -> None:
    assert in_json({"Alice": 1}, Engine({"dictionary": ALICE}, ["PERSON"])) == []
    assert len(engine([Term("Alice")]).findings('{"Alice": 1}', POLICY)) == 1


def test_a_key_says_what_its_value_is() -> None:
    listening = Listening()
    body = {"homePhone": "1", "tax_file-number": "2", "content": "3", "a": ["4"], "k" * 60: "5"}
    in_json(body, Engine({"ner": listening}, []))
    assert listening.shown == ["home Phone: 1", "tax file number: 2", "3", "a: 4", "k" * 48 + ": 5"]


def test_what_is_found_in_the_key_is_not_hidden_and_what_reaches_over_it_is_cut() -> None:
    find = engine([Term("name"), Term("name: Al", replacement="Kiwi")])
    assert in_json({"name": "Alice"}, find) == [("Al", "Al")]
    session = Session("a", b"k" * 32)
    text = '{"name": "Alice"}'
    result = redact(text, find.findings_in_json(text, Fields(), POLICY), session)
    assert json.loads(result.text).keys() == {"name"}


def test_an_unreadable_body_raises() -> None:
    with pytest.raises(UnreadableJson):
        in_json("{", engine())


def test_opaque_fields_are_not_shown_to_detectors() -> None:
    listening = Listening()
    in_json({"id": "call_1", "text": "t"}, Engine({"ner": listening}, []), Fields(identifiers=("id",)))
    assert listening.shown == ["t"]
