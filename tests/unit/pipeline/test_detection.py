from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.detection import Detection, decode, encode
from app.pipeline.detectors import DetectorUnavailable
from app.pipeline.fields import Fields
from app.pipeline.json_text import UnreadableJson
from app.pipeline.policy import Policy
from app.pipeline.redaction import redact
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


def test_a_body_tells_what_routes_it(detection: Detection) -> None:
    scan = detection.body(body(("user", "hi"), model="m", stream=True), FIELDS, DICTIONARY)
    assert (scan.model, scan.stream, scan.findings) == ("m", True, ())
    plain = detection.body(b'{"stream": "true", "model": 7}', FIELDS, DICTIONARY)
    assert (plain.model, plain.stream) == ("", False)


def test_a_conversation_keeps_its_opening_and_another_has_another(detection: Detection) -> None:
    def opening(raw: bytes) -> bytes:
        return detection.body(raw, FIELDS, DICTIONARY).opening

    first = opening(body(("system", "be kind"), ("user", "hi")))
    assert opening(body(("system", "be brief"), ("user", "hi"), ("assistant", "hello"), ("user", "bye"))) == first
    assert opening(body(("user", "hi!"))) != first
    assert opening(b'{"messages": [{"role": "user", "content": ["hi", ""]}]}') != first
    assert opening(b'{"messages": [{"role": "user", "content": "\\ud800"}]}') != first


@pytest.mark.parametrize("raw", [b"", b"[]", b'"x"', b"{", b"nonsense", b"\xff\xfe{}", b"7"])
def test_what_is_no_json_object_is_unreadable(detection: Detection, raw: bytes) -> None:
    with pytest.raises(UnreadableJson):
        detection.body(raw, FIELDS, DICTIONARY)


def test_a_byte_order_mark_moves_nothing(detection: Detection) -> None:
    raw = b"\xef\xbb\xbf" + body(("user", "hi Zephyrine"))
    scan = detection.body(raw, FIELDS, DICTIONARY)
    (finding,) = scan.findings
    assert decode(raw)[finding.start : finding.end] == finding.value == "Zephyrine"


@pytest.mark.parametrize("raw", [b"", "é😀".encode(), b"\xff\xfe\x80", b"a\xc3", bytes(range(256))])
def test_any_bytes_come_back(raw: bytes) -> None:
    assert encode(decode(raw)) == raw


def test_bytes_that_are_no_utf_8_go_on_as_they_came(detection: Detection) -> None:
    raw = b'{"a": "\xff Zephyrine \x80"}'
    scan = detection.body(raw, FIELDS, DICTIONARY)
    redaction = redact(decode(raw), scan.findings, Session("a", b"k" * 32))
    sent = encode(redaction.text)
    assert sent.startswith(b'{"a": "\xff [PROJECT_') and sent.endswith(b'] \x80"}')


def test_a_scan_hides_what_it_found(detection: Detection) -> None:
    assert "Zephyrine" not in repr(detection.body(body(("user", "Zephyrine")), FIELDS, DICTIONARY))
