"""Elements of FHIR resources, and postcodes that two countries share."""

from __future__ import annotations

import json

import pytest

from app.pipeline.detectors.names import NamesDetector
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.engine import Engine
from app.pipeline.fields import Fields
from app.pipeline.policy import Policy

ENGINE = Engine({"patterns": PatternsDetector(), "names": NamesDetector()}, ["PERSON"])
POLICY = Policy(layers=frozenset(["patterns", "names"]))


def found(tree: object) -> list[tuple[str, str]]:
    return [(one.entity, one.value) for one in ENGINE.findings_in_json(json.dumps(tree), Fields(), POLICY)]


def coded(code: str) -> dict[str, object]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": code}]}


@pytest.mark.parametrize(
    ("element", "expected"),
    [
        (
            {"name": [{"use": "official", "family": "du Marché", "given": ["Zorblax", "Q."]}]},
            [("PERSON", "du Marché"), ("PERSON", "Zorblax"), ("PERSON", "Q.")],
        ),
        ({"contact": [{"name": {"family": "Windsor"}}]}, [("PERSON", "Windsor")]),
        ({"name": [{"text": "zorblax of oz"}]}, [("PERSON", "zorblax of oz")]),
        ({"birthDate": "1974-12-25"}, [("DATE_OF_BIRTH", "1974-12-25")]),
        ({"identifier": [{"type": coded("MR"), "value": "12345"}]}, [("MEDICAL_RECORD_NUMBER", "12345")]),
        ({"identifier": [{"type": coded("SS"), "value": "078051120"}]}, [("US_SSN", "078051120")]),
        ({"identifier": [{"system": "urn:oid:1.2.36", "value": "12345"}]}, [("ID_NUMBER", "12345")]),
        (
            {"identifier": [{"system": "http://hl7.org/fhir/sid/us-ssn", "value": "078051120"}]},
            [("US_SSN", "078051120")],
        ),
        ({"identifier": [{"type": {"text": "TFN"}, "value": "123456782"}]}, [("AU_TFN", "123456782")]),
        ({"telecom": [{"system": "phone", "value": "(03) 5555 6473"}]}, [("PHONE_NUMBER", "(03) 5555 6473")]),
        ({"telecom": [{"system": "email", "value": "p@example.com"}]}, [("EMAIL_ADDRESS", "p@example.com")]),
        (
            {"address": [{"line": ["1 Xyz"], "city": "Wellington", "district": "Te Aro", "postalCode": "6011"}]},
            [("ADDRESS", "1 Xyz"), ("ADDRESS", "Wellington"), ("ADDRESS", "Te Aro"), ("NZ_POSTCODE", "6011")],
        ),
        ({"address": [{"postalCode": "6011", "country": "NZ"}]}, [("NZ_POSTCODE", "6011")]),
        ({"address": [{"postalCode": "3999", "country": "AU"}]}, [("AU_POSTCODE", "3999")]),
        ({"address": [{"postalCode": "3999"}]}, [("AU_POSTCODE", "3999")]),
        ({"identifier": [{"type": coded("XX"), "system": "urn:oid:1", "value": "12345"}]}, []),
        ({"address": [{"country": "NZ", "state": "WGN", "use": "home"}], "gender": "female"}, []),
        ({"maritalStatus": {"coding": [{"code": "M", "display": "Married"}]}}, []),
    ],
)  # fmt: skip
def test_an_element_is_hidden_whole(element: dict[str, object], expected: list[tuple[str, str]]) -> None:
    assert found({"resourceType": "Patient", **element}) == expected
    entry = [{"fullUrl": "urn:uuid:a", "resource": {"resourceType": "Patient", **element}}]
    assert found({"resourceType": "Bundle", "entry": entry}) == expected


def test_in_a_block_of_code() -> None:
    resource = {
        "resourceType": "Patient",
        "name": [{"family": "du Marché", "given": ["Zorblax", "[PERSON_1234]"]}],
        "address": [{"line": ["1 Xyz", "Unit b"], "city": "Oz", "postalCode": "6011", "country": "NZ"}],
    }
    policy = Policy(layers=frozenset(["patterns"]))
    for indent in (None, 2):
        text = f"Look:\n```json\n{json.dumps(resource, indent=indent, ensure_ascii=False)}\n```\n"
        told = [(one.entity, one.value) for one in ENGINE.findings(text, policy) if one.source != "literal"]
        assert told == [
            ("PERSON", "du Marché"), ("PERSON", "Zorblax"), ("ADDRESS", "1 Xyz"), ("ADDRESS", "Unit b"),
            ("ADDRESS", "Oz"), ("NZ_POSTCODE", "6011"),
        ]  # fmt: skip
        assert ENGINE.findings(text.replace("Patient", "Font"), policy)[0].value != "du Marché"


@pytest.mark.parametrize(
    "tree",
    [
        {"name": [{"family": "sans-serif", "given": ["x"]}], "address": [{"city": "Helvetica"}]},
        {"resourceType": "Organization", "address": [{"city": "Oz"}]},
        {"resourceType": "Organization", "identifier": [{"system": "urn:a", "value": "12345"}]},
        {"resourceType": "Observation", "code": {"text": "Glucose"}, "valueQuantity": {"value": 12345, "unit": "mg"}},
        {"resourceType": "Patient", "font": {"family": "mono"}, "menu": {"city": "x"}, "count": [{"value": "12345"}]},
        {"resourceType": "Patient", "name": [{"family": "", "given": []}]},
        {"resourceType": "Patient", "address": [{"city": " ", "postalCode": ""}]},
    ],
)  # fmt: skip
def test_what_is_no_element_of_a_person_is_left_alone(tree: object) -> None:
    assert found(tree) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postcode: 6011, New Zealand", "NZ_POSTCODE"),
        ("Lambton Quay, Wellington, postcode 6011", "NZ_POSTCODE"),
        ("12 High St, NZ. Postcode 1010", "NZ_POSTCODE"),
        ("postcode: 2000, NSW", "AU_POSTCODE"),
        ("moved from Auckland to Sydney, postcode 2000", "AU_POSTCODE"),
        ("postcode: 2000", "AU_POSTCODE"),
        ("postcode: 2000\n" + "." * 200 + "NZ", "AU_POSTCODE"),
    ],
)
def test_what_is_around_tells_whose_postcode_it_is(text: str, expected: str) -> None:
    policy = Policy(layers=frozenset(["patterns"]))
    assert [one.entity for one in ENGINE.findings(text, policy) if one.value.isdigit()] == [expected]
