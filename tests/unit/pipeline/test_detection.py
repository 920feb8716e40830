from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.detection import Detection
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.fields import Fields
from app.pipeline.json_text import UnreadableJson
from app.pipeline.outline import decode, encode, redact_body
from app.pipeline.policy import Policy
from app.pipeline.session import Session
from app.pipeline.terms import Term

DICTIONARY = Policy(layers=frozenset({"dictionary"}))
FIELDS = Fields(identifiers=("model",), opening="messages")


@pytest.fixture
def detection() -> Detection:
    made = Detection("no such model")
    made.use_terms((Term("Zephyrine", "PROJECT"), Term("Quokka", replacement="Kiwi")))
    return made


def body(*messages: tuple[str, str], **more: Any) -> bytes:
    return json.dumps({"messages": [{"role": r, "content": c} for r, c in messages], **more}).encode()


def test_a_layer_that_cannot_run_is_told_and_refused(detection: Detection) -> None:
    failures = detection.load(["dictionary", "ner"])
    assert failures.keys() == {"ner"} and failures["ner"].endswith(".")
    with pytest.raises(DetectorUnavailable):
        detection.text("Zephyrine", Policy(layers=frozenset({"dictionary", "ner"})))
    assert len(detection.text("Zephyrine", DICTIONARY)) == 1


def test_every_layer_but_the_model_runs_without_one(detection: Detection) -> None:
    assert detection.load(["dictionary", "patterns", "names"]) == {}
    found = detection.text("Zephyrine writes to kiri@example.com", Policy(layers=frozenset({"dictionary", "patterns"})))
    assert [finding.entity for finding in found] == ["PROJECT", "EMAIL_ADDRESS"]


def test_terms_take_effect_at_once(detection: Detection) -> None:
    assert len(detection.text("Zephyrine Numbat", DICTIONARY)) == 1
    detection.use_terms((Term("Numbat"),))
    assert [finding.value for finding in detection.text("Zephyrine Numbat", DICTIONARY)] == ["Numbat"]
    detection.use_terms(())
    assert detection.text("Zephyrine Numbat", DICTIONARY) == []


def test_placeholders_of_terms_are_literals(detection: Detection) -> None:
    found = detection.text("[PROJECT_1234] Kiwi [WALLABY_1234]", DICTIONARY)
    assert [(f.value, f.source) for f in found] == [("[PROJECT_1234]", "literal"), ("Kiwi", "literal")]


def sent(detection: Detection, raw: bytes, session: Session | None = None) -> bytes:
    """What goes out for a body of which nothing was sent before."""
    opened = detection.outline(1, raw, FIELDS)
    found = detection.findings(1, range(len(opened.parts)), DICTIONARY)
    session = session or Session("a", b"k" * 32)
    return encode(redact_body(decode(raw), opened.parts, found, session, quoting=False).text)


def test_a_body_tells_its_model(detection: Detection) -> None:
    assert detection.outline(1, body(("user", "hi"), model="m", stream=True), FIELDS).model == "m"
    assert detection.outline(2, b'{"stream": "true", "model": 7}', FIELDS).model == ""


def test_a_conversation_keeps_its_opening_and_another_has_another(detection: Detection) -> None:
    def opening(raw: bytes) -> bytes:
        return detection.outline(1, raw, FIELDS).opening

    first = opening(body(("system", "be kind"), ("user", "hi")))
    assert opening(body(("system", "be brief"), ("user", "hi"), ("assistant", "hello"), ("user", "bye"))) == first
    assert opening(body(("user", "hi!"))) != first
    assert opening(b'{"messages": [{"role": "user", "content": ["hi", ""]}]}') != first
    assert opening(b'{"messages": [{"role": "user", "content": "\\ud800"}]}') != first


@pytest.mark.parametrize("raw", [b"", b'"x"', b"{", b"nonsense", b"\xff\xfe{}", b"7"])
def test_what_is_neither_object_nor_array_is_unreadable(detection: Detection, raw: bytes) -> None:
    with pytest.raises(UnreadableJson):
        detection.outline(1, raw, FIELDS)


def test_what_was_not_opened_is_refused(detection: Detection) -> None:
    with pytest.raises(DetectorUnavailable):
        detection.findings(7, [], DICTIONARY)


def test_every_place_of_a_term_is_hidden_alike(detection: Detection) -> None:
    raw = body(("user", "Zephyrine"), ("user", "a Zephyrine"), ("user", '{"x": "Zephyrine"}'))
    out = sent(detection, raw)
    tokens = {word for word in out.decode().replace('"', " ").replace("\\", " ").split() if "PROJECT" in word}
    assert b"Zephyrine" not in out and len(tokens) == 1 and out.count(tokens.pop().encode()) == 3


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("inside", [b"", b"\xff", b"\\u00e9 \\ud83d\\ude00", "é😀".encode(), b'\\" \\\\ \\/'])
def test_all_but_what_is_hidden_goes_on_byte_for_byte(detection: Detection, mark: bytes, inside: bytes) -> None:
    raw = mark + b'{ "a" : "' + inside + b" Zephyrine " + inside + b'" , "n": 1.50}\n'
    before, after = raw.split(b"Zephyrine")
    out = sent(detection, raw)
    assert out.startswith(before + b"[PROJECT_") and out.endswith(b"]" + after)


@pytest.mark.parametrize("raw", [b"", "é😀".encode(), b"\xff\xfe\x80", b"a\xc3", bytes(range(256))])
def test_any_bytes_come_back(raw: bytes) -> None:
    assert encode(decode(raw)) == raw


def test_what_is_opened_hides_what_it_holds(detection: Detection) -> None:
    opened = detection.outline(1, body(("user", "Zephyrine"), user="Zephyrine"), FIELDS)
    found = detection.findings(1, range(len(opened.parts)), DICTIONARY)
    assert "Zephyrine" not in repr(opened) + repr(found) + repr(detection)


def test_findings_are_remembered_within_the_memory_they_may_take() -> None:
    limit = 20_000
    detection = Detection("no such model", cache=limit)
    detection.use_terms((Term("Zephyrine", "PROJECT"),))
    for number in range(200):
        messages = ("user", f"Zephyrine and {number}"), ("user", "x" * number * 100)
        _, found = detection.open(number, body(*messages), FIELDS, DICTIONARY, [number - 1])
        assert sum(map(len, found.values())) == 1
        assert 0 < detection._cache.size <= limit
    assert len(detection._cache) < 40
