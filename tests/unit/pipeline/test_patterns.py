"""The pattern layer: what each identifier looks like, what only resembles one, and what it costs."""

from __future__ import annotations

import pytest

from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.patterns import checksums
from app.pipeline.patterns.pattern import COMMON, SHAPED
from app.pipeline.policy import Policy
from app.pipeline.span import resolve

DETECTOR = PatternsDetector()


def found(text: str, *regions: str) -> list[tuple[str, str]]:
    """Entity and value of each span after overlaps are settled."""
    spans = resolve(DETECTOR.detect(text, Policy(regions=frozenset(regions))))
    return [(span.entity, text[span.start : span.end]) for span in spans]


#: Entity, and values that are found in any surroundings: published samples, test cards, reserved ranges.
ALONE = {
    "EMAIL_ADDRESS": [
        "jane.doe@example.com",
        "j+tag@mail.example.co.uk",
        "o'brien@example.org",
        "müller@exämple.de",
        "UPPER@EXAMPLE.COM",
        "x" * 80 + "@example.com",
    ],
    "CREDIT_CARD": [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111111111111111",
        "5555 5555 5555 4444",
        "2223 0031 2200 3222",
        "3782 822463 10005",
        "378282246310005",
        "3056 930902 5904",
        "6011 1111 1111 1117",
    ],
    "IBAN_CODE": [
        "GB82 WEST 1234 5698 7654 32",
        "GB82WEST12345698765432",
        "DE89 3704 0044 0532 0130 00",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO93 8601 1117 947",
    ],
    "IP_ADDRESS": ["203.0.113.7", "10.0.0.1", "2001:db8::8a2e:370:7334", "fe80::1234", "::ffff:203.0.113.7",
                   "2001:0db8:85a3:0000:0000:8a2e:0370:7334"],
    "MAC_ADDRESS": ["00:1A:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E"],
    "AU_TFN": ["123 456 782", "123-456-782", "123\u00a0456\u00a0782"],
    "AU_ABN": ["51 824 753 556"],
    "AU_ACN": ["004 085 616"],
    "AU_MEDICARE": ["2123 45670 1", "2123 45670 1/2", "2123 45670 1 2", "2123-45670-1"],
    "AU_IHI": ["8003 6081 6669 0503", "8003608166690503"],
    "NZ_IRD": ["49-091-850", "136-410-132"],
    "NZ_NHI": ["ZAC5361", "ZBN77VL"],
    "NZ_BANK_ACCOUNT": ["01-0242-0100194-00", "01 0242 0100194 00", "01-0242-0100194-000"],
    "UK_NHS": ["943 476 5919", "943-476-5919"],
    "UK_NINO": ["AB 12 34 56 C", "AB123456C", "QQ 12 34 56 C"],
    "UK_POSTCODE": ["SW1A 1AA", "M1 1AE", "EC1A 1BB"],
    "UK_DRIVING_LICENCE": ["MORGA657054SM9IJ", "MORGA 657054 SM9IJ", "LEE99657054SM9IJ"],
    "UK_BANK_ACCOUNT": ["12-34-56 12345678"],
    "US_SSN": ["123-45-6789", "078-05-1120"],
    "US_ITIN": ["900-70-0000", "912-50-3456"],
    "US_MBI": ["1EG4-TE5-MK73", "1EG4TE5MK73"],
}  # fmt: skip

#: Entity, keyword, values that are found behind it and are nothing without.
ANNOUNCED = [
    ("AU_TFN", "TFN", ["123456782", "123456789", "12345678"]),
    ("AU_TFN", "Tax File Number", ["123 456 789"]),
    ("AU_ABN", "ABN", ["51824753556"]),
    ("AU_ACN", "ACN", ["004085616"]),
    ("AU_MEDICARE", "Medicare", ["2123456701", "2123456711"]),
    ("AU_IHI", "IHI", ["8003608166690504"]),
    ("AU_CRN", "Centrelink CRN", ["123 456 789A", "123456789A"]),
    ("AU_PASSPORT", "Passport", ["N1234567", "PA1234567"]),
    ("AU_BSB", "BSB", ["062-000", "062000"]),
    ("NZ_IRD", "IRD", ["49091850", "136410132", "49 091 850"]),
    ("NZ_NHI", "NHI", ["ZZZ0044", "zac5361"]),
    ("NZ_PASSPORT", "passport", ["LN123456"]),
    ("NZ_DRIVER_LICENCE", "driver licence", ["DA123456"]),
    ("UK_NHS", "NHS number", ["9434765919", "943 476 5910"]),
    ("UK_NINO", "National Insurance", ["ab123456c", "AB123456"]),
    ("UK_UTR", "UTR", ["1955839661", "19558 39661"]),
    ("UK_SORT_CODE", "sort code", ["12-34-56", "123456"]),
    ("UK_PASSPORT", "passport", ["123456789"]),
    ("UK_DRIVING_LICENCE", "driving licence", ["morga657054sm9ij"]),
    ("US_SSN", "SSN", ["123456789", "123 45 6789"]),
    ("US_EIN", "EIN", ["04-2103594", "042103594"]),
    ("US_NPI", "NPI", ["1234567893"]),
    ("US_DEA", "DEA", ["AP5836727", "AP5836728"]),
    ("US_PASSPORT", "passport", ["C12345678"]),
    ("US_BANK_ROUTING", "routing number", ["111000025"]),
    ("US_DRIVER_LICENSE", "driver's license", ["D1234567", "S123-4567-8901"]),
    ("MEDICAL_RECORD_NUMBER", "MRN", ["1234567", "A-123456"]),
    ("MEDICAL_RECORD_NUMBER", "URN", ["1234567"]),
    ("DATE_OF_BIRTH", "DOB", ["31/01/1980", "1980-01-31", "31 January 1980", "Jan 31, 1980", "1st of May 1980"]),
    ("DATE_OF_BIRTH", "birthday", ["19800131", "31-Jan-80"]),
    ("DATE_OF_BIRTH", "born", ["1980-01-31T00:00:00Z", "31.1.80"]),
    ("MAC_ADDRESS", "mac", ["001a.2b3c.4d5e"]),
    ("CREDIT_CARD", "card number", ["4111 1111 1111 1112", "30569309025904"]),
    ("IBAN_CODE", "IBAN", ["GB83 WEST 1234 5698 7654 32", "gb82 west 1234 5698 7654 32"]),
]  # fmt: skip
#: Entities whose values several countries share; the word decides that it is hidden, not always its name.
_SHARED = {"AU_PASSPORT", "NZ_PASSPORT", "UK_PASSPORT", "US_PASSPORT", "NZ_DRIVER_LICENCE", "US_DRIVER_LICENSE",
           "UK_DRIVING_LICENCE", "AU_DRIVER_LICENCE"}  # fmt: skip

FRAMES = ["{}", "It is {}.", "({})", '{{"value": "{}"}}', "<td>{}</td>", "a: {}, b", "x\n{}\ny", "| {} |", "é {} 日本"]
GAPS = ["{} {}", "{}: {}", '"{}": "{}"', "{} is {}", "**{}:** {}", "{} (current): {}", "<td>{}</td><td>{}</td>",
        "{}\n{}", "| {} | {} |", "{} no. {}", "user_{}='{}'", "{}#{}"]  # fmt: skip


@pytest.mark.parametrize("frame", FRAMES)
@pytest.mark.parametrize(("entity", "value"), [(entity, value) for entity in ALONE for value in ALONE[entity]])
def test_format_check_and_grouping_suffice(entity: str, value: str, frame: str) -> None:
    assert found(frame.format(value)) == [(entity, value)]


@pytest.mark.parametrize("gap", GAPS)
@pytest.mark.parametrize(
    ("entity", "word", "value"), [(entity, word, value) for entity, word, values in ANNOUNCED for value in values]
)
def test_a_word_before_the_value_suffices(entity: str, word: str, value: str, gap: str) -> None:
    spans = found(gap.format(word, value))
    assert [covered for _, covered in spans] == [value]
    if entity in _SHARED:
        spans = found(gap.format(word, value), entity[:2])
    assert spans == [(entity, value)]


@pytest.mark.parametrize(
    ("entity", "value"),
    [
        (entity, value)
        for entity, _, values in ANNOUNCED
        for value in values
        if entity not in ("MAC_ADDRESS", "DATE_OF_BIRTH") or "." not in value
    ],
)
def test_without_the_word_it_is_just_a_number(entity: str, value: str) -> None:
    assert entity not in [name for name, _ in found(f"It says {value} here")]


HARMLESS = [
    "123e4567-e89b-12d3-a456-426614174000",
    "urn:uuid:123e4567-e89b-12d3-a456-426614174000",
    "urn:isbn:0451450523",
    "URN as specified in RFC 4122",
    "return 12345678",
    "turn 1234567; burn 1234567",
    "commit 1234567890abcdef1234567890abcdef12345678",
    "d41d8cd98f00b204e9800998ecf8427e",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "Zm9vYmFyMTIzNDU2Nzg5MDEyMzQ1Njc4OTA=",
    "v1.2.3.4, version 1.2.3.4, pkg==1.2.3.4, Chrome/126.0.6478.127",
    '{"v8": "12.9.202.28", "version": "1.2.3.4"}',
    "127.0.0.1 0.0.0.0 ::1 :: 255.255.255.0 1.2.3.4.5",
    "std::vector a::b x[::2] y[1:2:3] fe::ad ab::cd",
    "2024-01-05T12:30:45.123456Z 20240105123045",
    "1700000000 1700000000000 1700000000000000",
    "localhost:8080 port 54321",
    "order 123456789, invoice 20240105-001",
    "ISBN 978-0-306-40615-7",
    "$1,234.56 €123456789 123 456 789 012",
    "1 234 567 890 people",
    "3.14159265358979323846",
    "0x7fffffffffff #112233 123-456",
    "/2023/123 456 782",
    "EXTENSION_OID_KEY_USAGE = '2.5.29.15'",
    "@app.route @pytest.mark.parametrize user@host a@b",
    "git@github.com:owner/name.git icon@2x.png",
    "https://example.com/path?id=123456789",
    "account_id = 1; passport.use(strategy, 42)",
    "licensed 2019-2024; license: Apache-2.0; License (2019)",
    "ssn = None; card = 7; born in 1980",
    "RFC2822 PEP3333 CVE2024 UTF8 SHA256 CMP0134 PLC0415",
    "1990 1991 1992 1993 1994 5100 5200 5300 5400",
    "XX1 1AA A1 2B",
    "1:2:3:4:5:6::7:8:9",
    "package 1.2.5.1-2, release 3.3.2.4",
    "00:00:00:00:00:00 12:34:56 12:34:56:78",
    "TFN one of: 4 forms, then 123456789",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize("left", ["1", "a", "_", "1.", "#", "$", "/", "-", "+"])
@pytest.mark.parametrize("value", ["123 456 782", "51 824 753 556", "4111 1111 1111 1111", "943 476 5919"])
def test_never_a_part_of_a_longer_value(left: str, value: str) -> None:
    """Neither in front nor behind; telephone numbers have rules of their own."""
    assert [name for name, _ in found(left + value) if name != "PHONE_NUMBER"] == []
    if left in "1a_-":
        assert [name for name, _ in found(value + left + "1") if name != "PHONE_NUMBER"] == []


def test_a_word_reaches_over_one_line_break_and_forty_characters() -> None:
    assert found("TFN " + "of " * 13 + "123456782")
    assert not found("TFN " + "of " * 14 + "123456782")
    assert found("TFN " + "." * 120 + " 123456782")
    assert found("TFN\n123456782")
    assert not found("TFN here\n\n123456782")
    assert not found("TFN 7 123456782")
    assert not found("123456782 tfns")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("IBAN SE45 5000 0000 0583 9825 7466 from us", "SE45 5000 0000 0583 9825 7466"),
        ("iban se45 5000 0000 0583 9825 7467 from us", "se45 5000 0000 0583 9825 7467"),
        ("account 1234 5678 9012 3450 here", "1234 5678 9012 3450"),
        ("licence 123 456 789 012 VIC", "123 456 789 012"),
        ("born 5 May 1980 in Leeds", "5 May 1980"),
        ("NINO AB 12 34 56 and more", "AB 12 34 56"),
        ("EIN 04-2103594, 00-1234567", "04-2103594"),
        ("MRN 1234567 AND 7654321", "1234567"),
    ],
)
def test_the_whole_value_and_nothing_but_the_value(text: str, value: str) -> None:
    assert [covered for _, covered in found(text)] == [value]


def test_a_list_behind_a_word_is_covered_to_its_end() -> None:
    text = "TFNs: 123456782, 876543210 and 111222333; then 123456782 more"
    assert [covered for _, covered in found(text)] == ["123456782", "876543210", "111222333"]


@pytest.mark.parametrize("word", ["tax file number", "TAX_FILE_NUMBER", "tax-file-number", "taxFileNumber",
                                  "taxfilenumber", "myTfn", "user_tfn", "TFNs"])  # fmt: skip
def test_a_word_is_recognised_in_every_spelling(word: str) -> None:
    assert found(f"{word}: 123456789") == [("AU_TFN", "123456789")]


@pytest.mark.parametrize("word", ["tfnx", "xtfn", "urns2", "Turn", "turn"])
def test_a_part_of_a_word_is_none(word: str) -> None:
    assert found(f"{word}: 123456789") == []


def test_a_policy_for_one_region_leaves_the_others_alone() -> None:
    text = "TFN 123 456 782, SSN 123-45-6789, IRD 49-091-850, NINO AB123456C, mail jane@example.com"
    assert found(text, "UK") == [("UK_NINO", "AB123456C"), ("EMAIL_ADDRESS", "jane@example.com")]
    assert [name for name, _ in found(text, "AU", "NZ")] == ["AU_TFN", "NZ_IRD", "EMAIL_ADDRESS"]
    assert len(found(text)) == 5


def test_the_word_names_what_several_checks_accept() -> None:
    """The same nine digits pass as tax file and company number: the word before decides."""
    number = "211 486 761"
    assert checksums.tfn(number)
    assert checksums.acn(number)
    assert found(f"TFN {number}") == [("AU_TFN", number)]
    assert found(f"ACN {number}") == [("AU_ACN", number)]


@pytest.mark.parametrize("value", ["0491 570 006", "123-45-6789", "203.0.113.7", "4111 1111 1111 1111", "AB123456C"])
def test_scripts_without_blanks_may_touch_a_value(value: str) -> None:
    assert [covered for _, covered in found(f"号码{value}号码")] == [value]


def test_every_span_is_of_this_layer() -> None:
    for span in DETECTOR.detect("TFN 123 456 782, 0491 570 006, jane@example.com", Policy()):
        assert span.source == DETECTOR.name == "patterns"
        assert 0 < span.score <= 1


@pytest.mark.parametrize(
    ("address", "score"),
    [
        ("10.0.0.1", COMMON),
        ("192.168.7.21", COMMON),
        ("169.254.1.2", COMMON),
        ("172.16.0.1", COMMON),
        ("fd12:3456:789a::1", COMMON),
        ("fe80::1234:5678", COMMON),
        ("::ffff:192.168.1.7", COMMON),
        ("2001:db8::8a2e:370:7334", SHAPED),
        ("::ffff:203.0.113.7", SHAPED),
        ("172.31.255.1", COMMON),
        ("172.15.0.1", SHAPED),
        ("172.32.0.1", SHAPED),
        ("100.0.0.1", SHAPED),
        ("192.169.0.1", SHAPED),
        ("203.0.113.7", SHAPED),
    ],
)
def test_an_address_that_many_networks_have_tells_less(address: str, score: float) -> None:
    assert {span.score for span in DETECTOR.detect(f"at {address}.", Policy())} == {score}
