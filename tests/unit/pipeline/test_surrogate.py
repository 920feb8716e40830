from __future__ import annotations

import hashlib
import ipaddress
import re
from datetime import date, datetime
from functools import partial

import pytest

from app.pipeline.patterns import ALL
from app.pipeline.surrogate import Draw, Surroundings, surrogates


def draw(value: str, attempt: int) -> Draw:
    return Draw(hashlib.sha512(f"{attempt}{value}".encode()).digest())


def _draw_from(seed: int, value: str, attempt: int) -> Draw:
    return draw(f"{seed} {value}", attempt)


def of(entity: str, value: str) -> str:
    found = surrogates(entity, value, draw, lambda token: True, lambda part: None)
    return found[-1][0] if found else ""


_NANP = r"\+1 \d{3}55501\d\d"


@pytest.mark.parametrize(
    ("entity", "value", "form"),
    [
        ("PERSON", "Alice", r"[A-Z][a-z]+"),
        ("PERSON", "alice martin", r"[a-z]+ [a-z]+"),
        ("PERSON", "ALICE MARTIN", r"[A-Z]+ [A-Z]+"),
        ("PERSON", "Dr. Alice J. O'Neil-Martin", r"Dr\. [A-Z][a-z]+ [A-Z]\. [A-Z]'[A-Z][a-z]+-[A-Z][a-z]+"),
        ("PERSON", "Ludwig van der Berg", r"[A-Z][a-z]+ van der [A-Z][a-z]+"),
        ("ORGANIZATION", "Globex", r"[A-Z][a-z]+"),
        ("ORGANIZATION", "Globex Widgets Pty Ltd", r"[A-Z][a-z]+ [A-Z][a-z]+ Ltd"),
        ("LOCATION", "Auckland", r"[A-Z][a-z]+"),
        ("EMAIL_ADDRESS", "alice@corp.example", r"[a-z]+\.[a-z]+@example\.(?:com|org|net)"),
        ("URL", "https://corp.example/a?b=c", r"https://www\.example\.(?:com|org|net)/[0-9a-f]{8}"),
        ("PHONE_NUMBER", "0412 345 678", r"0[2378](?:55|70) ?\d{3} \d{3}|0[2378]\d\d \d{3} \d{3}"),
        ("PHONE_NUMBER", "+61 2 9374 4000", r"\+61 [2378] (?:5550|7010) \d{4}"),
        ("PHONE_NUMBER", "(02) 9374 4000", r"\(0[2378]\) (?:5550|7010) \d{4}"),
        ("PHONE_NUMBER", "07911 123456", r"07700 900\d{3}"),
        ("PHONE_NUMBER", "+44 20 7946 0123", r"\+44 (?:16 3296 0|20 7946 0|19 1498 0|11 8496 0)\d{3}"),
        ("PHONE_NUMBER", "+1 (415) 555-2671", r"\+1 \(\d{3}\) 555-01\d\d"),
        ("PHONE_NUMBER", "415.555.2671", r"\d{3}\.555\.01\d\d"),
        ("PHONE_NUMBER", "+64 21 123 4567", _NANP),
        ("PHONE_NUMBER", "0049 30 123456", r"001 \d{3}55501\d\d"),
        ("CREDIT_CARD", "4111-1111-1111-1111", r"(?:\d{4}-){3}\d{4}"),
        ("IBAN_CODE", "DE89 3704 0044 0532 0130 00", r"DE00(?: \d{4}){4} \d\d"),
        ("US_SSN", "078-05-1120", r"9\d\d-00-\d{4}"),
        ("AU_TFN", "123 456 782", r"\d{3} \d{3} \d{3}"),
        ("UK_NHS", "943 476 5919", r"\d{3} \d{3} \d{4}"),
        ("MAC_ADDRESS", "3c:22:fb:aa:bb:cc", r"00:00:5e:00:53:[0-9a-f]{2}"),
        ("MAC_ADDRESS", "3C-22-FB-AA-BB-CC", r"00-00-5E-00-53-[0-9A-F]{2}"),
        ("CUSTOM", "Project-7 Falcon", r"[A-Z][a-z]{6}-\d [A-Z][a-z]{5}"),
    ],
)
def test_a_surrogate_has_the_form_of_its_value(entity: str, value: str, form: str) -> None:
    made = of(entity, value)
    assert re.fullmatch(form, made) and made != value
    assert of(entity, value) == made


@pytest.mark.parametrize(
    ("entity", "value"),
    [
        ("PERSON", "東京\n太郎"),
        ("PERSON", "J."),
        ("PERSON", 'Alice "Al" Martin'),
        ("PERSON", "A" * 70),
        ("ORGANIZATION", "\u2003"),
        ("CUSTOM", "東京"),
        ("CUSTOM", "X1"),
        ("CUSTOM", "a\\bcdef"),
        ("IP_ADDRESS", "300.1.2.3"),
        ("US_SSN", "1120"),
        ("MAC_ADDRESS", "3c22"),
        ("DATE_OF_BIRTH", "1.2.80"),
        ("DATE_OF_BIRTH", "31/02/1980"),
        ("DATE_OF_BIRTH", "soon"),
        ("LITERAL", "[PERSON_1234]"),
    ],
)
def test_what_cannot_be_imitated_gets_none(entity: str, value: str) -> None:
    assert of(entity, value) == ""


@pytest.mark.parametrize(
    ("entity", "value"),
    [
        ("CREDIT_CARD", "4111 1111 1111 1111"),
        ("AU_TFN", "123 456 782"),
        ("UK_NHS", "943 476 5919"),
        ("NZ_IRD", "49-091-850"),
        ("IBAN_CODE", "GB82 WEST 1234 5698 7654 32"),
    ],
)
def test_numbers_fail_the_check_of_those_that_are_issued(entity: str, value: str) -> None:
    checks = [row.validator for row in ALL if row.entity == entity and row.validator is not None]
    assert any(check(value) for check in checks)
    for number in range(40):
        ((made, _),) = surrogates(entity, value, partial(_draw_from, number), lambda token: True, lambda part: None)
        assert not any(check(made) for check in checks)


@pytest.mark.parametrize("value", ["10.1.2.3", "10.1.0.0/16", "fe80::1", "2a02:8070::1"])
def test_addresses_come_from_what_is_reserved_for_documentation(value: str) -> None:
    nets = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
    reserved = [ipaddress.ip_network(net) for net in nets]
    made, _, size = of("IP_ADDRESS", value).partition("/")
    assert any(ipaddress.ip_address(made) in net for net in reserved) and size == value.partition("/")[2]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("1980-01-31", "%Y-%m-%d"),
        ("31/01/1980", "%d/%m/%Y"),
        ("01/31/1980", "%m/%d/%Y"),
        ("31.01.1980", "%d.%m.%Y"),
        ("31 January 1980", "%d %B %Y"),
        ("Jan 31, 1980", "%b %d, %Y"),
        ("1980-01-31T10:00:00Z", "%Y-%m-%dT10:00:00Z"),
    ],
)
def test_dates_move_together_and_keep_their_notation(value: str, written: str) -> None:
    moved = datetime.strptime(of("DATE_OF_BIRTH", value), written).date()
    iso = date.fromisoformat(of("DATE_OF_BIRTH", "1980-01-31"))
    assert moved == iso < date(1980, 1, 1)


def test_parts_of_a_name_are_known_from_then_on() -> None:
    found = surrogates("PERSON", "Alice Martin", draw, lambda token: True, lambda part: None)
    (first, alice), (last, martin), (whole, both) = found
    assert (alice, martin, both) == ("Alice", "Martin", "Alice Martin") and whole == f"{first} {last}"
    known = {"Alice": first}
    again = surrogates("PERSON", "Alice Berg", draw, lambda token: True, known.get)
    assert again[-1][0].startswith(f"{first} ") and [value for _, value in again] == ["Berg", "Alice Berg"]


def test_what_is_in_use_is_not_taken() -> None:
    first = of("LOCATION", "Auckland")
    found = surrogates("LOCATION", "Auckland", draw, lambda token: token != first, lambda part: None)
    assert found[0][0] not in ("", first)
    assert surrogates("LOCATION", "Auckland", draw, lambda token: False, lambda part: None) == []
    assert surrogates("PERSON", "Alice", draw, lambda token: False, lambda part: None) == []


def test_surroundings_hold_words_in_any_case_and_parts_of_them() -> None:
    around = Surroundings(["Dear Greta KESTGART,", "yours"])
    assert around.hold("greta kestgart") and around.hold("Greta") and around.hold("Kestgart")
    assert not around.hold("Kestgart Greta") and not around.hold("Gret")
