"""Messages of HL7 version 2: which fields are hidden, which stay, and what is no message."""

from __future__ import annotations

import json
import re

import pytest

from app.pipeline.detectors.names import NamesDetector
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.engine import Engine
from app.pipeline.fields import Fields
from app.pipeline.forms import names_in
from app.pipeline.patterns.hl7 import SEGMENTS
from app.pipeline.policy import Policy
from app.pipeline.recognition import Recognition
from app.pipeline.redaction import redact
from app.pipeline.restore import restore
from app.pipeline.session import Session

ENGINE = Engine({"patterns": PatternsDetector(), "names": NamesDetector()}, ["PERSON"])
PATTERNS = Policy(layers=frozenset(["patterns"]))
HEADER = "MSH|^~\\&|ADT1|MCM|LABADT|MCM|198808181126|SECURITY|ADT^A01|MSG00001|P|2.5.1\r"


def found(text: str, policy: Policy = PATTERNS) -> list[tuple[str, str]]:
    return [(span.entity, text[span.start : span.end]) for span in ENGINE.spans(text, policy)]


def segment(name: str, **fields: str) -> str:
    """A segment with these fields, called "f5" and so on; a counted one has its number."""
    last = max([1, *(int(key[1:]) for key in fields)])
    values = [fields.get(f"f{number}", "") for number in range(1, last + 1)]
    if SEGMENTS[name].counted:
        values[0] = "1"
    return "|".join([name, *values])


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (segment("PID", f2="998877"), [("MEDICAL_RECORD_NUMBER", "998877")]),
        (
            segment("PID", f3="A77^5^M11^ADT1^MR^MCM~078051120^^^USSSA^SS~X12^^^DMV^DL"),
            [("MEDICAL_RECORD_NUMBER", "A77"), ("US_SSN", "078051120"), ("US_DRIVER_LICENSE", "X12")],
        ),
        (segment("PID", f3="ZAC5361^^^NZMOH"), [("NZ_NHI", "ZAC5361")]),
        (segment("PID", f3="0491570006^^^H"), [("MEDICAL_RECORD_NUMBER", "0491570006")]),
        (segment("PID", f3="AB123456C^^^H"), [("UK_NINO", "AB123456C")]),
        (segment("PID", f3="AB123456C^^^H^MR"), [("MEDICAL_RECORD_NUMBER", "AB123456C")]),
        (segment("PID", f3="9434765919^^^NHS"), [("UK_NHS", "9434765919")]),
        (segment("PID", f5="JONES^WILLIAM^A^III^DR"), [("PERSON", "JONES^WILLIAM^A")]),
        (segment("PID", f5="Doe^Jane~Roe^Jane^^^^^M"), [("PERSON", "Doe^Jane"), ("PERSON", "Roe^Jane")]),
        (segment("PID", f5="^Cher"), [("PERSON", "Cher")]),
        (segment("PID", f6="Maiden^^^^^^M", f9="AKA^Al"), [("PERSON", "Maiden"), ("PERSON", "AKA^Al")]),
        (segment("PID", f7="19610704"), [("DATE_OF_BIRTH", "19610704")]),
        (segment("PID", f7="196107041230+1200^D"), [("DATE_OF_BIRTH", "196107041230+1200")]),
        (
            segment("PID", f11="1200 N ELM STREET^Apt 2^GREENSBORO^NC^27401^USA^H~PO Box 1^^Gore"),
            [("ADDRESS", "1200 N ELM STREET^Apt 2^GREENSBORO^NC^27401"), ("ADDRESS", "PO Box 1^^Gore")],
        ),
        (segment("PID", f13="(919)379-1212~5551234"), [("PHONE_NUMBER", "(919)379-1212"), ("PHONE_NUMBER", "5551234")]),
        (
            segment("PID", f13="^PRN^PH^jane@example.com^64^9^5550123^12^call late"),
            [("EMAIL_ADDRESS", "jane@example.com"), ("PHONE_NUMBER", "64^9^5550123^12")],
        ),
        (segment("PID", f14="09^5550123"), [("PHONE_NUMBER", "09^5550123")]),
        (segment("PID", f13="^NET^X.400^jane@example.com"), [("EMAIL_ADDRESS", "jane@example.com")]),
        (segment("PID", f18="P123^2^M10"), [("ACCOUNT_NUMBER", "P123")]),
        (segment("PID", f19="078051120"), [("US_SSN", "078051120")]),
        (segment("PID", f20="9-87654^NC^20300101"), [("US_DRIVER_LICENSE", "9-87654")]),
        (segment("PID", f21="M44^^^H"), [("MEDICAL_RECORD_NUMBER", "M44")]),
        (segment("PID", f23="Oamaru", f29="20240501"), [("LOCATION", "Oamaru"), ("DATE", "20240501")]),
        (segment("NK1", f2="JONES^BARBARA", f3="WIFE"), [("PERSON", "JONES^BARBARA")]),
        (segment("NK1", f16="19600101", f37="078051120"), [("DATE_OF_BIRTH", "19600101"), ("US_SSN", "078051120")]),
        (
            segment("GT1", f3="Roe^Rick", f8="19510202", f12="078051120", f19="E9"),
            [("PERSON", "Roe^Rick"), ("DATE_OF_BIRTH", "19510202"), ("US_SSN", "078051120"), ("ID_NUMBER", "E9")],
        ),
        (
            segment("IN1", f16="Roe^Rick", f18="19510202", f19="1 A St^^Gore", f36="POL1", f49="M1"),
            [("PERSON", "Roe^Rick"), ("DATE_OF_BIRTH", "19510202"), ("ADDRESS", "1 A St^^Gore"),
             ("HEALTH_PLAN_NUMBER", "POL1"), ("HEALTH_PLAN_NUMBER", "M1")],
        ),
        (segment("IN2", f2="078051120", f61="M^^X"), [("US_SSN", "078051120"), ("HEALTH_PLAN_NUMBER", "M")]),
        (
            segment("PV1", f7="004777^LEBAUER^SIDNEY^J.~12^Wu^Li", f19="V1"),
            [("ID_NUMBER", "004777"), ("PERSON", "LEBAUER^SIDNEY^J."), ("ID_NUMBER", "12"), ("PERSON", "Wu^Li"),
             ("MEDICAL_RECORD_NUMBER", "V1")],
        ),
        (segment("PV1", f8="^LEBAUER"), [("PERSON", "LEBAUER")]),
        (segment("PV1", f9="LEBAUER"), [("PERSON", "LEBAUER")]),
        (segment("PV1", f17="1234567893^Wu^Li^^^^^^^^^^NPI"), [("US_NPI", "1234567893"), ("PERSON", "Wu^Li")]),
        (segment("ORC", f1="RE", f12="77^WONG^MEI"), [("ID_NUMBER", "77"), ("PERSON", "WONG^MEI")]),
        (segment("OBR", f16="77^WONG^MEI"), [("ID_NUMBER", "77"), ("PERSON", "WONG^MEI")]),
        (segment("OBR", f32="77&WONG&MEI^2024"), [("ID_NUMBER", "77"), ("PERSON", "WONG&MEI")]),
        (segment("OBX", f2="XPN", f5="Doe^Jane"), [("PERSON", "Doe^Jane")]),
        (segment("OBX", f2="ST", f5="jane@example.com"), [("EMAIL_ADDRESS", "jane@example.com")]),
        (segment("NTE", f3="call jane@example.com"), [("EMAIL_ADDRESS", "jane@example.com")]),
        (segment("MRG", f1="OLD1^^^H", f7="Doe^J"), [("MEDICAL_RECORD_NUMBER", "OLD1"), ("PERSON", "Doe^J")]),
        (segment("DG1", f16="5^Wu^Li"), [("ID_NUMBER", "5"), ("PERSON", "Wu^Li")]),
        (segment("SCH", f12="5^Wu^Li", f13="5550123"), [("ID_NUMBER", "5"), ("PERSON", "Wu^Li"),
                                                        ("PHONE_NUMBER", "5550123")]),
        (segment("TXA", f9="5^Wu^Li"), [("ID_NUMBER", "5"), ("PERSON", "Wu^Li")]),
        (segment("FT1", f20="5^Wu^Li"), [("ID_NUMBER", "5"), ("PERSON", "Wu^Li")]),
        (segment("AL1", f3="^PENICILLIN", f5="Rash"), []),
        (segment("PID", f5='""', f7='""', f11='""'), []),
        (segment("PID", f5="[PERSON_1234]", f7="[BIRTHDATE_4821]"), [("_LITERAL", "")]),
    ],
)  # fmt: skip
def test_a_personal_field_is_hidden_whole(line: str, expected: list[tuple[str, str]]) -> None:
    got = [one for one in found(HEADER + line) if "[" not in one[1]]
    assert got == [one for one in expected if one[1]]


def test_a_name_is_known_as_it_is_spoken() -> None:
    assert names_in("JONES^WILLIAM^A") == ["WILLIAM", "A", "JONES"]


def test_other_regions_have_no_entity_of_theirs() -> None:
    policy = Policy(layers=frozenset(["patterns"]), regions=frozenset(["NZ"]))
    assert found(HEADER + segment("PID", f19="078051120"), policy) == [("ID_NUMBER", "078051120")]


def test_a_patient_is_known_in_free_text_too() -> None:
    session = Session("a", b"k" * 32)
    text = (
        HEADER + segment("PID", f5="QUIXANO^ALONSO") + "\r" + segment("OBX", f2="TX", f5="alonso quixano, Mr Quixano")
    )
    findings = ENGINE.findings(text, PATTERNS)
    recognition = Recognition(session, findings, PATTERNS)
    sent = redact(text, recognition.findings(text, findings), session, among=recognition.known).text
    assert "quixano" not in sent.lower() and "alonso" not in sent.lower()
    numbers = {part.rpartition("_")[2] for part in re.findall(r"\[(PERSON\w*)\]", sent)}
    assert len(numbers) == 1
    assert restore(sent, session, escaping=False) == text


PLAIN = "PID|1||77^^^H^MR||Doe^Jane||19610704"
HIDDEN = [("MEDICAL_RECORD_NUMBER", "77"), ("PERSON", "Doe^Jane"), ("DATE_OF_BIRTH", "19610704")]


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        HEADER + PLAIN,
        HEADER.replace("\r", "\n") + PLAIN + "\nPV1|1|I",
        f"\x0b{HEADER}{PLAIN}\r\x1c\r",
        f"```\n{HEADER}\n{PLAIN}\n```\nWhat is it?",
        f"> {PLAIN}\n",
        f"09:14 INFO received {PLAIN}\n",
        HEADER.replace("\r", "\\r") + PLAIN + "\\rPV1|1|I",
        HEADER.replace("\r", "\\\\r") + PLAIN + "\\\\nPV1|1|I",
        HEADER.replace("\r", "\\u000d") + PLAIN + "\\x0dPV1|1|I",
        HEADER.replace("\r", "&#13;").replace("&|", "&amp;|") + PLAIN + "&#13;PV1|1|I",
        HEADER.replace("\r", "<CR>") + PLAIN + "<CR>PV1|1|I",
        f'message = "{PLAIN}\\r"\n',
        f'message = ("{HEADER[:-1]}\\r"\n   "{PLAIN}")\n',
        f"send('{PLAIN}')",
        f'Why is "{PLAIN}" refused?',
        f"Why is `{PLAIN}` refused?",
        PLAIN + '"},',
        (HEADER + PLAIN).replace("|", "#").replace("^", "$"),
        (HEADER + PLAIN).replace("|", "*").replace("^", ":"),
        HEADER.replace("|", "#") + "\n" + HEADER + PLAIN,
    ],
)
def test_wherever_a_message_stands(text: str) -> None:
    entities = [(entity, value.replace("$", "^").replace(":", "^")) for entity, value in found(text)]
    assert entities == HIDDEN


def test_several_messages_each_have_their_separators() -> None:
    text = "MSH#$%\\&#A#B\rPID#1####Doe$Jane%Roe$Jane\r\rMSH|^~\\&|A|B\rPID|1||||Wu^Li~Wu^Lee\r"
    assert [value for _, value in found(text)] == ["Doe$Jane", "Roe$Jane", "Wu^Li", "Wu^Lee"]


def test_in_json() -> None:
    text = json.dumps({"hl7": HEADER + PLAIN + "\r", "escaped": "a"})
    told = [(one.entity, one.value) for one in ENGINE.findings_in_json(text, Fields(), PATTERNS)]
    assert told == HIDDEN


@pytest.mark.parametrize(
    "text",
    [
        "PID|USER|COMMAND\n1|root|init\n",
        "PID|12|nginx|running\n",
        "PID|12|nginx||running|4",
        "| PID | 1 | Doe^Jane |\n|-----|---|----|\n",
        "ps aux | grep PID | awk '{print $2}'",
        "name|PID|1||77||Doe^Jane\n",
        "SPID|1||77^^^H||Doe^Jane||",
        "PID: 1||77^^^H||Doe^Jane",
        "PID|pid of the process||77^^^H||Doe^Jane",
        "ORC|human|warrior|level 4|x",
        "MRG|a|b|c|d|e|f|g",
        "MSH|key|value|other",
        "MSH||||||",
        "MSH: a market index",
        "id|segment\n1|PV1\n2|OBX\n",
        "PID|1",
        "PID|",
        "PID",
    ],
)
def test_what_is_no_message_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_what_a_code_looks_like_does_not_count() -> None:
    coded = [
        segment("OBR", f3="4111111111111111", f4="8867-4^Jane Smith score^LN"),
        segment("OBX", f2="CE", f3="8867-4^Jane Smith index^LN", f5="X1^Dr Jane Smith's sign"),
        segment("DG1", f3="I20^Angina", f4="Jane Smith syndrome"),
        segment("PD1", f1="A", f7="Y"),
    ]
    text = HEADER + "\r".join(coded)
    assert found(text, Policy(layers=frozenset(["patterns", "names"]))) == []


def test_what_somebody_wrote_where_a_code_belongs_is_hidden() -> None:
    said = "Ring 0412 345 678, TFN 123 456 782"
    for line in (segment("OBR", f4=f"8867-4^{said}^LN"), segment("OBX", f2="CE", f5=f"X1^{said}")):
        assert found(HEADER + line) == [("PHONE_NUMBER", "0412 345 678"), ("AU_TFN", "123 456 782")]


@pytest.mark.parametrize(
    "line", [segment("NTE", f3="Seen by Dr Jane Smith"), segment("OBX", f2="TX", f5="Dr Jane Smith")]
)
def test_free_text_is_read_as_before(line: str) -> None:
    assert [entity for entity, _ in found(HEADER + line, Policy(layers=frozenset(["patterns", "names"])))] == ["PERSON"]


def test_what_is_too_long_for_its_segment_is_read_as_before() -> None:
    text = HEADER + segment("AL1", f7="jane@example.com", f8="Dr Jane Smith")
    entities = [entity for entity, _ in found(text, Policy(layers=frozenset(["patterns", "names"])))]
    assert entities == ["EMAIL_ADDRESS", "PERSON"]
