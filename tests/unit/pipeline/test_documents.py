"""Texts in base64, attachments and numbers in a body, through outline, detection and redaction."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from app.pipeline.detection import Detection
from app.pipeline.fields import Fields
from app.pipeline.outline import decode, encode, redact_body
from app.pipeline.policy import Policy
from app.pipeline.redaction import Redaction
from app.pipeline.session import Session
from app.pipeline.terms import Term
from tests.files import PNG, UNKNOWN, b64, data_url, pdf, word

FIELDS = Fields(
    identifiers=("messages[].role", "seed", "messages[].id"),
    binary=("messages[].file", "messages[].source.data"),
    opening="messages",
)
POLICY = Policy(layers=frozenset({"dictionary", "patterns"}))
NAME = "Zephyrine"
CARD, TFN = 4111111111111111, 123456782


@pytest.fixture
def detection() -> Detection:
    made = Detection("none")
    made.use_terms((Term(NAME), Term("900000000001", "CUSTOM")))
    return made


def sent(
    detection: Detection, body: Any, session: Session | None = None, policy: Policy = POLICY, fields: Fields = FIELDS
) -> tuple[Any, Redaction]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    session = Session("s", b"k" * 32) if session is None else session
    opened = detection.outline(1, raw, fields)
    fresh = [n for n, p in enumerate(opened.parts) if not p.is_history or session.recall(p.digest) is None]
    found = detection.findings(1, fresh, policy)
    redaction = redact_body(decode(raw), opened.parts, found, session, quoting=False)
    return json.loads(encode(redaction.text)), redaction


def said(file: str, **more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "file": file, **more}]}


def test_a_text_in_base64_is_redacted_where_it_stands(detection: Detection) -> None:
    for media in ("text/plain", "text/csv;charset=utf-8", "application/json"):
        body, redaction = sent(detection, said(data_url(media, f"name,{NAME}\n")))
        file = body["messages"][0]["file"]
        head, _, payload = file.partition(",")
        assert head == f"data:{media};base64" and NAME.encode() not in base64.b64decode(payload)
        assert [f.value for f in redaction.findings] == [NAME] and redaction.replacements == ()
        (inside,) = redaction.inside
        assert inside.original == f"name,{NAME}\n" and inside.text == f"name,{inside.replacements[0].placeholder}\n"
        assert NAME not in repr(redaction)


def test_nothing_to_hide_leaves_every_byte(detection: Detection) -> None:
    raw = json.dumps(said(b64("nothing to see, move on").rstrip("=") + "\r\n")).encode()
    assert encode(sent(detection, raw)[1].text) == raw


def test_json_in_it_is_read_as_json(detection: Detection) -> None:
    inner = json.dumps({"a": f"{NAME} \u00e9", "card": CARD})
    _, redaction = sent(detection, said(data_url("application/json", inner)))
    assert [f.entity for f in redaction.findings] == ["CUSTOM", "CREDIT_CARD"]
    assert "\\u00e9" in redaction.inside[0].text


def test_a_conversation_that_is_sent_again_keeps_its_bytes(detection: Detection) -> None:
    session = Session("s", b"k" * 32)
    first = said(data_url("text/plain", f"about {NAME}"))
    before, _ = sent(detection, first, session)
    detection.use_terms(())  # what is looked for has changed: what was sent has not
    first["messages"] += [{"role": "assistant", "content": "ok"}, {"role": "user", "content": "go on"}]
    after, again = sent(detection, first, session)
    assert after["messages"][0] == before["messages"][0] and before != first
    assert [f.source for f in again.findings] == ["memo"]


def outlined(detection: Detection, body: Any, fields: Fields = FIELDS) -> list[tuple[str, str]]:
    opened = detection.outline(1, json.dumps(body).encode(), fields)
    return [(a.format, a.medium) for a in opened.attachments]


def test_what_cannot_be_redacted_is_attached(detection: Detection) -> None:
    files = [PNG, pdf("x"), UNKNOWN]
    body = {"messages": [{"role": "user", "source": {"media_type": "image/x", "data": b64(file)}} for file in files]}
    assert outlined(detection, body) == [("PNG", "image"), ("PDF", "document"), ("", "image")]
    assert json.dumps(sent(detection, body)[0]) == json.dumps(body)


def test_undeclared_bodies_are_looked_through_for_files(detection: Detection) -> None:
    generic = Fields(generic=True)
    long = f"{NAME} and others. " * 20
    body = {"a": data_url("image/png", PNG), "b": b64(PNG * 9), "c": b64(UNKNOWN * 9), "d": b64(long), "e": NAME}
    assert outlined(detection, body, generic) == [("PNG", "image")] * 2
    redacted, redaction = sent(detection, body, fields=generic)
    assert [redacted[key] == body[key] for key in "abcde"] == [True, True, True, False, False]
    assert len(redaction.findings) == 21


def test_of_documents_is_told_what_was_in_them(detection: Detection) -> None:
    files = [
        pdf(f"{NAME}, {NAME}", "zoe@example.com"),
        word("nobody"),
        pdf(),
        pdf(f"{NAME}, {NAME}", "zoe@example.com"),
    ]
    body = {"messages": [{"role": "user", "file": b64(file)} for file in files]}
    for _ in range(2):  # the second time from memory
        detection.outline(1, json.dumps(body).encode(), FIELDS)
        reports = detection.reports(1, POLICY)
        assert [report.format for report in reports] == ["PDF", "Word", "PDF", "PDF"]
        assert [report.entities for report in reports] == [
            {"CUSTOM": 2, "EMAIL_ADDRESS": 1}, {}, None, {"CUSTOM": 2, "EMAIL_ADDRESS": 1},
        ]  # fmt: skip
        assert detection.findings(1, [], POLICY) == {}


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("card", CARD),
        ("value", CARD),
        ("pan", 4111111111111111),
        ("tfn", TFN),
        ("taxFileNumber", TFN),
        ("ssn", 219099999),
        ("nhs_number", 9434765919),
        ("phone", 412345678),
        ("mobile_number", 61412345678),
        ("anything", 900000000001),
    ],
)
def test_a_number_that_identifies_somebody_becomes_a_string(detection: Detection, key: str, number: int) -> None:
    body, redaction = sent(detection, {"input": {key: number, "n": [1, number]}})
    (finding, *_) = redaction.findings
    assert finding.value == str(number) and body["input"][key] == redaction.replacements[0].placeholder
    assert body["input"]["n"][0] == 1


@pytest.mark.parametrize(
    ("key", "number"),
    [
        ("seed", CARD),
        ("id", CARD),
        ("card_id", CARD),
        ("contact_id", 412345678),
        ("callId", 61412345678),
        ("created_at", 1700000000000),
        ("time", 1700000000),
        ("timestamp", 1700000000000000),
        ("ts", 1700000000000000000),
        ("n", 1700000000000),
        ("n", 1700000000000000),
        ("n", 1700000000000000000),
        ("value", TFN),
        ("phone", 12345678),
        ("account", 123456789),
        ("license", 123456789),
        ("tfn", 12345678.5),
        ("card", -4111111111111111),
        ("card", 4.1e15),
        ("value", 4111111111111112),
        ("order", 5500000000000000001),
    ],
)
def test_other_numbers_do_not(detection: Detection, key: str, number: float) -> None:
    raw = json.dumps({"input": {key: number}}).encode()
    assert encode(sent(detection, raw)[1].text) == raw


def test_of_long_documents_the_model_reads_the_beginning(detection: Detection) -> None:
    body = {"messages": [{"role": "user", "file": b64(word(*[f"{NAME}, zoe@example.com"] * 2_000))}]}
    detection.outline(1, json.dumps(body).encode(), FIELDS)
    (report,) = detection.reports(1, POLICY)
    assert report.entities == {"CUSTOM": 2_000, "EMAIL_ADDRESS": 2_000} and not report.whole


def test_numbers_of_the_protocol_are_left_alone(detection: Detection) -> None:
    body = {"seed": CARD, "messages": [{"role": "user", "id": CARD, "card": CARD}]}
    redacted, _ = sent(detection, body)
    assert redacted["seed"] == redacted["messages"][0]["id"] == CARD != redacted["messages"][0]["card"]


def test_in_a_text_a_number_is_a_piece_of_it(detection: Detection) -> None:
    body, redaction = sent(detection, {"text": json.dumps({"card": CARD, "at": 1700000000000})})
    assert body["text"] == f'{{"card": {redaction.replacements[0].placeholder}, "at": 1700000000000}}'


def test_the_policy_may_let_numbers_pass(detection: Detection) -> None:
    body = {"card": CARD, "text": json.dumps({"card": CARD})}
    policy = Policy(layers=POLICY.layers, numbers="allow")
    assert sent(detection, body, policy=policy)[0] == body


def test_a_number_is_no_text_of_the_same_digits(detection: Detection) -> None:
    detection.use_terms((Term(NAME), Term("4111")))
    session = Session("s", b"k" * 32)
    session.placeholder("CUSTOM", "4111")
    messages = [{"role": "user", "input": {"n": "4111 1111 1111 1111", "m": CARD}}, {"role": "user", "m": str(CARD)}]
    sent(detection, {"messages": messages}, session)
    messages += [{"role": "assistant", "content": "ok"}, {"role": "user", "input": {"m": CARD}}]
    body, redaction = sent(detection, {"messages": messages}, session)
    assert str(CARD) not in json.dumps(body) and len(redaction.findings) >= 4


def test_a_number_is_remembered_like_a_text(detection: Detection) -> None:
    session = Session("s", b"k" * 32)
    messages: list[dict[str, Any]] = [{"role": "user", "input": {"tfn": TFN}}]
    first, _ = sent(detection, {"messages": messages}, session)
    messages += [{"role": "assistant", "content": "ok"}, {"role": "user", "content": "go on"}]
    second, redaction = sent(detection, {"messages": messages}, session)
    assert second["messages"][0] == first["messages"][0] and redaction.findings[0].entity == "AU_TFN"
