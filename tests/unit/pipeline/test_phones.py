"""Telephone numbers, mostly from the ranges that regulators keep free for fiction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detectors import phones
from app.pipeline.policy import Policy

EVERYWHERE = Policy()


def found(text: str, *regions: str) -> list[str]:
    return [text[start:end] for start, end in phones.find(text, Policy(regions=frozenset(regions)))]


NUMBERS = [
    "0491 570 006",
    "0491570006",
    "0491-570-006",
    "(02) 5550 1234",
    "02 5550 1234",
    "+61 491 570 006",
    "+61491570006",
    "+61 2 5550 1234",
    "+61 (0)2 5550 1234",
    "0011 61 491 570 006",
    "1300 975 707",
    "1800 160 401",
    "021 123 4567",
    "(09) 300 1234",
    "+64 21 123 4567",
    "0800 835 555",
    "020 7946 0958",
    "+44 20 7946 0958",
    "+44 (0)20 7946 0958",
    "07700 900123",
    "+44 7700 900123",
    "01632 960123",
    "0044 20 7946 0958",
    "(202) 555-0123",
    "202-555-0123",
    "202.555.0123",
    "202 555 0123",
    "1-202-555-0123",
    "+1 202 555 0123",
    "+1 (202) 555-0123",
    "011 44 20 7946 0958",
    "0491\u00a0570\u00a0006",
    "+49 30 23125 000",
    "(+61) 491 570 006",
    "+61-491-570-006",
    "+61 (0)491 570 006",
    "0061 491 570 006",
    "(07) 7010 1234",
    "1300-975-707",
    "1800 16 04 01",
    "027 555 9038",
    "0275559038",
    "0064 9 555 5042",
    "(020) 7946 0958",
    "(01632) 960123",
    "0115 496 0123",
    "0191 498 0123",
    "029 2018 0123",
    "0808 157 0123",
    "0044 (0)113 496 0123",
    "(202)-555-0123",
    "202 - 555 - 0123",
    "555-555-0123",
    "800-555-0199",
    "001 202 555 0123",
    "202-555-0123 x12",
    "202-555-0123x12",
    "(02) 5550 1234 ext. 12",
    "020 7946 0958, extension 1204",
    "020 7946 0958 (ext 12)",
    "+12025550123;ext=12",
]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "frame", ["{}", "Ring {} today", "tel:{}", "({})", "<td>{}</td>", '{{"phone": "{}"}}', "a,{},b"]
)
def test_a_number_is_found_and_nothing_around_it(number: str, frame: str) -> None:
    assert found(frame.format(number)) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "order 2015417761",
        "at 1700000000 seconds",
        "id 1800672678",
        "2024-01-05 12:30:45",
        "05/01/2024 0830",
        "10.0.0.1 and 192.168.100.200",
        "3.14159265358979",
        "0.1234567890",
        "ISBN 0-451-45052-3, ISBN 0451450523, ISBN 978-0-306-40615-7",
        "urn:isbn:0451450523",
        "12345-6789",
        "0123456789",
        "0000000000",
        "x0491570006",
        "0491570006x",
        "49157000612345678901234567890",
        "deadbeef0491570006cafe",
        "$0491570006",
        "/var/0491570006",
        "np.arange(6) + 98172488",
        "Decimal('+35236450.6')",
        "10-20-30",
        "v20.7946.0958",
        "01234568",
        "+00000001234567",
        "0000 11 22 33 44 55 66",
        "13 11 14",
        "1700000000123",
        "build 20240105123045",
        "1Z 999 AA1 01 2345 6784",
        "AUD 12,345,678.90",
        "202-555-01234",
        "202-555-0123x12y",
        "0x0491570006",
        "3 x 12345678",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert found(text) == []


def test_ten_bare_digits_need_a_word() -> None:
    assert found("mobile: 2025550123") == ["2025550123"]
    assert found("cell phone number is 2025550123") == ["2025550123"]
    assert found("ring 2025550123") == ["2025550123"]
    assert found("my new number is 2025550123") == ["2025550123"]
    assert found("order: 2025550123") == []
    assert found("order number 2025550123") == []
    assert found("a string 2025550123") == []


@pytest.mark.parametrize(
    "number",
    [
        "09 123 4567",
        "13 11 14",
        "131114",
        "+64 (0)9 123 4567",
        "9012 3456",
        "555-0123",
        "91827364",
        "2025550123",
        "0000 11 22 33",
    ],
)
def test_behind_a_word_a_number_need_not_be_assigned(number: str) -> None:
    assert found(f"Ph: {number}") == [number]
    if number != "2025550123":
        assert found(f"It is {number}") == []


@pytest.mark.parametrize(
    "text", ["call 2019-2024", "phone 20240105", "tel 2024-01-05 12", "fax 10.0.0.1", "ph 00000000"]
)
def test_a_word_alone_makes_no_number(text: str) -> None:
    assert found(text) == []


def test_numbers_behind_one_another() -> None:
    assert found("0491 570 006 0491 570 156") == ["0491 570 006", "0491 570 156"]
    assert found("0491 570 006, 0491 570 156") == ["0491 570 006", "0491 570 156"]
    assert found("(202) 555-0123 202-555-0124") == ["(202) 555-0123", "202-555-0124"]


def test_the_policy_chooses_the_plans() -> None:
    assert found("0491 570 006", "AU") == ["0491 570 006"]
    assert found("0491 570 006", "US") == []
    assert found("202-555-0123", "NZ") == []
    assert found("+1 202-555-0123", "NZ") == ["+1 202-555-0123"]


@given(st.text(alphabet="0123456789+()-. \u00a0,:;x#=\n٣", max_size=60))
def test_spans_lie_in_the_text_in_order(text: str) -> None:
    last = 0
    for start, end in phones.find(text, EVERYWHERE):
        assert last <= start < end <= len(text)
        assert text[start] in "+(0123456789"
        assert text[end - 1].isdigit() or text[end - 1] == ")"
        assert not text[end : end + 1].isdigit()
        last = end
