"""Values beside a word: how it may be written, where the value may stand, and what announces nothing."""

from __future__ import annotations

import pytest

from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.engine import Engine
from app.pipeline.policy import Policy, parse_regions

ENGINE = Engine({"patterns": PatternsDetector()}, ["PERSON"])


def hidden(text: str, locale: str = "") -> list[str]:
    """The values found in `text`, which may be JSON, in order."""
    policy = Policy(layers=frozenset({"patterns"}), regions=parse_regions(locale))
    return [finding.value for finding in ENGINE.findings_in_leaf(text, "", policy)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("My tax-file no. is 123456782", "123456782"),
        ("medicare # 2123456701", "2123456701"),
        ("nhs num 9434765919", "9434765919"),
        ("S.S.N. 123456789", "123456789"),
        ("her social is 123456789", "123456789"),
        ("social: 123 45 6789", "123 45 6789"),
        ("d.o.b.: 5.5.1980", "5.5.1980"),
        ("driver’s license D1234567", "D1234567"),
        ("His DL# is D1234567", "D1234567"),
        ("TAXFILENUMBER 123456782", "123456782"),
        ("export EMPLOYEE_SSN=123456789", "123456789"),
        ('patient.setNhsNumber("9434765919")', "9434765919"),
        ("WHERE ssn = '123456789'", "123456789"),
        ("TFN=123456782&x=1", "123456782"),
        ("SSN：123456789", "123456789"),
        ("<TaxFileNumber>123456782</TaxFileNumber>", "123456782"),
        ("IBAN/DE89370400440532013000", "DE89370400440532013000"),
        ("IBAN/de89370400440532013001", "de89370400440532013001"),
        ("Q: What is your SSN?\nA: 123456789", "123456789"),
        ("SWIFT: DEUTDEFF", "DEUTDEFF"),
        ("BIC CHASUS33XXX", "CHASUS33XXX"),
        ("NINO: ab-12-34-56-c", "ab-12-34-56-c"),
        ("The temporary reference number is 11 A1 11 11", "11 A1 11 11"),
        ("tfn[0] = 123456782", "123456782"),
        ("dob = date(1980, 1, 31)", "1980, 1, 31"),
        ("VAT no. 980 7806 84", "980 7806 84"),
        ("CHI 0101806000", "0101806000"),
        ("routing # 021-000-021", "021-000-021"),
        ("IMEI 49-015420-323751-8", "49-015420-323751-8"),
        ("Centrelink CRN 123-456-789-A", "123-456-789-A"),
        ("DVA file number NX123456A", "NX123456A"),
        ("Provider No: 2447781L", "2447781L"),
        ("Postal Code: 6011", "6011"),
        ("ZIP code 90210-1234", "90210-1234"),
    ],
)
def test_a_word_is_understood_as_people_write_it(text: str, value: str) -> None:
    assert hidden(text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("123 456 789 (TFN)", "123 456 789"),
        ("[123456782 (tax file number)]", "123456782"),
        ("123456782 is my tax file number", "123456782"),
        ("123456789 is Kim's SSN", "123456789"),
        ("I gave them 123456782 as my TFN last week", "123456782"),
        ("123456789 – SSN", "123456789"),
        ("123456789 SSN", "123456789"),
        ("AB123456 is her national insurance number", "AB123456"),
    ],
)
def test_a_value_may_stand_before_its_word(text: str, value: str) -> None:
    assert hidden(text) == [value]


def test_a_word_names_what_follows_it_rather_than_what_was_before() -> None:
    assert hidden("IRD 49091850 TFN 12345678") == ["49091850", "12345678"]
    policy = Policy(layers=frozenset({"patterns"}))
    found = ENGINE.findings("IRD 49091850 TFN pending", policy)
    assert [(finding.entity, finding.value) for finding in found] == [("NZ_IRD", "49091850")]


@pytest.mark.parametrize(
    "text",
    [
        "### Tax file number\n\n123456782\n",
        "TFN\n===\n123456782",
        "**TFN**\n\n- 123456782",
        "Tax file number\n    123456782",
        '<label for="tfn">Tax file number</label>\n   <input class="col-6" maxlength="11" value="123456782">',
        '<tr><th scope="row" class="col-4">TFN</th><td class="value" colspan="2">123456782</td></tr>',
    ],
)
def test_a_heading_and_tags_may_stand_between(text: str) -> None:
    assert hidden(text) == ["123456782"]


@pytest.mark.parametrize(
    "text",
    [
        "TFNs:\n- 123456782\n- 876543210\n",
        "tfns:\n  - '123456782'\n  - '876543210'\n",
        "tfn IN ('123456782', '876543210')",
        "TFN\n123456782\n876543210",
        "TFN 123456782 and 876543210",
    ],
)
def test_a_list_is_hidden_to_its_end(text: str) -> None:
    assert hidden(text) == ["123456782", "876543210"]


@pytest.mark.parametrize(
    "text",
    [
        "100000 accounts were created",
        "12345678 accounts",
        "the social network has 100000000 users",
        "acc += 100000",
        '"account": "", "count": 12345678',
        "TFN: , reference: 123456782",
        "passport_number: null\nnotes: 'see 123456789'",
        "a-slug-of-tfn-123456782",
        "account: 3fa85f64-5717-4562-b3fc-2c963f66afa6",
        "account: 12345678-1234-1234-1234-123456789012",
        "taste of a good account. -- Watts, 1674-1748",
        "Swift LANGUAGE",
        "the postcode lookup takes 2000 ms",
        "unzip 12345 bytes",
        "registration opened 2024-01-05",
        "policy 2023-2024",
        "requires AccountId of max: 1536",
        "member shape, 2000 claims",
        "chi-squared 12.3456789012",
        "Mozilla/5.0 Chrome/120.0.6099.109 Safari/537.36",
    ],
)
def test_what_only_resembles_an_announcement_is_left_alone(text: str) -> None:
    assert hidden(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("TFN 123 456 782 999 is odd", "123 456 782 999"),
        ("account 1234-5678-9012-3456-7890", "1234-5678-9012-3456-7890"),
        ("SSN 123-45-6789", "123-45-6789"),
    ],
)
def test_a_longer_number_is_hidden_as_a_whole(text: str, value: str) -> None:
    assert hidden(text) == [value]


@pytest.mark.parametrize(
    "text", ["SSN 123-45-67890", "SSN 1123-45-6789", "TFN 123456782.5", "TFN 123456782-1", "BSB 062-0001"]
)
def test_or_not_at_all(text: str) -> None:
    assert hidden(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("aged 93", ["93"]),
        ("a 92-year-old woman", ["92"]),
        ("93 y/o male", ["93"]),
        ("94yo F", ["94"]),
        ("97 y.o.", ["97"]),
        ("Age: 101", ["101"]),
        ("she is 95 years old", ["95"]),
        ("aged 89, a 45-year-old, 88 y/o", []),
        ("max-age=100; cache_age: 95", []),
        ("90 years ago, aged 90 days", []),
        ("page 93, image 92, pages 90-99, ages 90-99", []),
        ("aged 90 and over; aged 90+", []),
        ("193 years old, 1.93 years old", []),
    ],
)
def test_ages_over_89(text: str, values: list[str]) -> None:
    assert hidden(text) == values


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Admitted on 12 March 2024, discharged 15/03/2024", ["12 March 2024", "15/03/2024"]),
        ("Date of death: 2024-01-05", ["2024-01-05"]),
        ('{"admissionDate": "2024-01-05T10:00:00Z"}', ["2024-01-05T10:00:00Z"]),
        ("appointment on March 5, 2024 at 10am", ["March 5, 2024"]),
        ("Date of service: 03/05/2024 - 03/07/2024", ["03/05/2024", "03/07/2024"]),
        ("released 2024-01-05, deadline 2024-01-06", []),
        ("discharge 12.5 mAh, admission control v1.30.2", []),
        ("Member ID: XYZ123456789", ["XYZ123456789"]),
        ("Policy number 12-3456-789", ["12-3456-789"]),
        ("Claim #: 2024-001234", ["2024-001234"]),
        ("Hosp No: H123456", ["H123456"]),
        ("UR number 0123456", ["0123456"]),
        ("rego ABC123", ["ABC123"]),
        ("Number plate: AB12 CDE", ["AB12 CDE"]),
        ("the plate tectonics of 1912, plate 96", []),
        ("Serial no. C02XG0FDJG5J", ["C02XG0FDJG5J"]),
        ("S/N: 4F-2A-99871", ["4F-2A-99871"]),
        ("AHPRA MED0001234567", ["MED0001234567"]),
        ("fingerprint ID: FP-0012345", ["FP-0012345"]),
        ("employee id E123456", ["E123456"]),
        ("https://example.com/?email=jane%40example.com&x=1", ["jane%40example.com"]),
        ("VIN: WVWZZZ1JZXW000001, then 1G4AH59H45G118341 alone", ["WVWZZZ1JZXW000001", "1G4AH59H45G118341"]),
    ],
)
def test_what_safe_harbor_lists(text: str, values: list[str]) -> None:
    assert hidden(text) == values


@pytest.mark.parametrize(
    "text",
    [
        '{"v8": "12.9.202.28"}',
        '{"engines": {"v": "12.9.202.28"}, "version": "1.2.3.4", "fileVersion": "1.2.3.4"}',
        "from version 1.2.3.4 to 1.2.3.5",
        "which build is that? mine says 1.2.3.4",
        "upgraded 1.2.3.4",
        "requests==1.2.3.4 v1.2.3.4",
        "AppleWebKit/537.36.1.2",
    ],
)
def test_versions_are_no_addresses(text: str) -> None:
    assert hidden(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "the server at 203.0.113.7",
        "version of the host 203.0.113.7",
        '{"ip": "203.0.113.7"}',
        "upgrade the node 203.0.113.7",
    ],
)
def test_addresses_are(text: str) -> None:
    assert hidden(text) == ["203.0.113.7"]


TEXT = "TFN 12345678, SSN 123-45-6789, IRD 49-091-850, NINO AB123456C, DOB 1980-01-31"


@pytest.mark.parametrize(
    ("locale", "count"),
    [("", 5), ("none", 5), ("AU", 2), ("nz", 2), ("en-GB", 2), ("US", 2), ("AU,NZ", 3), ("AU,NZ,UK,US", 5)],
)
def test_the_regions_of_a_request_choose(locale: str, count: int) -> None:
    assert len(hidden(TEXT, locale)) == count
