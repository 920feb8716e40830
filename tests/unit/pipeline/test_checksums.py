"""Check digits, against published samples. A wrong digit must be refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.pipeline.patterns import checksums

Check = Callable[[str], bool]

VALID: list[tuple[Check, str]] = [
    (checksums.tfn, "123 456 782"),
    (checksums.abn, "51 824 753 556"),
    (checksums.acn, "004 085 616"),
    (checksums.medicare, "2123 45670 1"),
    (checksums.medicare, "2123 45670 1/2"),
    (checksums.healthcare_identifier, "8003 6081 6669 0503"),
    (checksums.ird, "49-091-850"),
    (checksums.ird, "136-410-132"),
    (checksums.nhi, "ZAC5361"),
    (checksums.nhi, "ZBN77VL"),
    (checksums.nhi, "ZSC21TN"),
    (checksums.nhi, "ZVB97XQ"),
    (checksums.nz_bank_account, "01-0242-0100194-00"),
    (checksums.nz_bank_account, "01-0242-0100194-000"),
    (checksums.nhs, "943 476 5919"),
    (checksums.ssn, "123-45-6789"),
    (checksums.ssn, "078-05-1120"),
    (checksums.itin, "900-70-0000"),
    (checksums.itin, "900-50-0000"),
    (checksums.ein, "04-2103594"),
    (checksums.npi, "1234567893"),
    (checksums.npi, "1558598797"),
    (checksums.dea, "AP5836727"),
    (checksums.card, "4111 1111 1111 1111"),
    (checksums.card, "3782 822463 10005"),
    (checksums.card, "5555555555554444"),
    (checksums.card, "2223003122003222"),
    (checksums.iban, "GB82 WEST 1234 5698 7654 32"),
    (checksums.iban, "DE89370400440532013000"),
    (checksums.atin, "900-93-0000"),
    (checksums.routing, "111000025"),
    (checksums.routing, "021000021"),
    (checksums.vat, "GB980780684"),
    (checksums.vat, "980 7806 84"),
    (checksums.chi, "010180 6000"),
    (checksums.vin, "1G4AH59H45G118341"),
    (checksums.vin, "1M8GDM9AXKP042788"),
    (checksums.bic, "DEUTDEFF"),
    (checksums.bic, "CHASUS33XXX"),
    (checksums.au_postcode, "0800"),
    (checksums.nz_postcode, "0110"),
    (checksums.over_89, "90"),
    (checksums.driving_licence, "MORGA657054SM9IJ"),
    (checksums.driving_licence, "MORGA 607055 SM9IJ"),
    (checksums.uk_postcode, "SW1A 1AA"),
    (checksums.uk_postcode, "M1 1AE"),
]

INVALID: list[tuple[Check, str]] = [
    (checksums.tfn, "000 000 000"),
    (checksums.tfn, "123 456 789"),
    (checksums.tfn, "12 345 678"),
    (checksums.medicare, "1123 45670 1"),
    (checksums.medicare, "2123 45670 0"),
    (checksums.medicare, "2123 4567"),
    (checksums.healthcare_identifier, "8003 6881 6669 0503"),
    (checksums.ird, "09-125-568"),
    (checksums.nhi, "RFC2822"),
    (checksums.nhi, "ZZZ0044"),
    (checksums.nz_bank_account, "99-0242-0100194-00"),
    (checksums.nz_bank_account, "01-0242-0100194"),
    (checksums.nhs, "000 000 0000"),
    (checksums.ssn, "000-12-3456"),
    (checksums.ssn, "666-12-3456"),
    (checksums.ssn, "900-12-3456"),
    (checksums.ssn, "123-00-4567"),
    (checksums.ssn, "123-45-0000"),
    (checksums.itin, "900-93-0000"),
    (checksums.itin, "900-89-0000"),
    (checksums.itin, "800-70-0000"),
    (checksums.ein, "00-1234567"),
    (checksums.tfn, "111 111 111"),
    (checksums.acn, "255 255 255"),
    (checksums.atin, "900-70-0000"),
    (checksums.routing, "111000026"),
    (checksums.routing, "990000025"),
    (checksums.routing, "000000000"),
    (checksums.vat, "GB980780685"),
    (checksums.vat, "GB000000000"),
    (checksums.chi, "321380 6000"),
    (checksums.vin, "WVWZZZ1JZXW000001"),
    (checksums.vin, "11111111111111111"),
    (checksums.bic, "deutdeff"),
    (checksums.bic, "SENTENCE"),
    (checksums.au_postcode, "0100"),
    (checksums.nz_postcode, "9999"),
    (checksums.over_89, "89"),
    (checksums.over_89, "120"),
    (checksums.npi, "3234567893"),
    (checksums.card, "0000 0000 0000 0000"),
    (checksums.card, "9111 1111 1111 1119"),
    (checksums.card, "4111 1111"),
    (checksums.bare_card, "30569309025904"),
    (checksums.driving_licence, "MORGA613054SM9IJ"),
    (checksums.driving_licence, "MORGA657324SM9IJ"),
    (checksums.uk_postcode, "XX1 1AA"),
]

#: Rules without a check digit: changing the last digit proves nothing.
_UNCHECKED = {
    checksums.ssn, checksums.itin, checksums.atin, checksums.ein, checksums.chi, checksums.bic, checksums.over_89,
    checksums.driving_licence, checksums.uk_postcode, checksums.au_postcode, checksums.nz_postcode,
}  # fmt: skip


def _name(value: object) -> str:
    return getattr(value, "__name__", str(value))


@pytest.mark.parametrize(("check", "text"), VALID, ids=_name)
def test_published_samples_are_valid(check: Check, text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(("check", "text"), INVALID, ids=_name)
def test_near_misses_are_not(check: Check, text: str) -> None:
    assert not check(text)


@pytest.mark.parametrize(("check", "text"), [pair for pair in VALID if pair[0] not in _UNCHECKED], ids=_name)
def test_a_changed_digit_is_noticed(check: Check, text: str) -> None:
    """Every single wrong digit that a checked position holds; Medicare's two last are not checked."""
    places = [place for place, char in enumerate(text) if char.isdigit()]
    if check is checksums.medicare:
        places = places[1:9]
    if check is checksums.nz_bank_account:
        places = places[6:13]
    if check is checksums.npi:
        places = places[1:]
    for place in places:
        other = str((int(text[place]) + 1) % 10)
        assert not check(text[:place] + other + text[place + 1 :]), place


def test_a_branch_that_no_register_knows_yet_is_fine() -> None:
    """Branch 9998 does not exist; the check digits are right."""
    passing = [f"02-9998-{account:07}-00" for account in range(100000, 100030)]
    assert sum(checksums.nz_bank_account(number) for number in passing) in (2, 3, 4)


@pytest.mark.parametrize("bank", ["09", "26", "28", "29"])
def test_both_readings_of_modulus_nine_count(bank: str) -> None:
    numbers = [f"{bank}-0000-{account:07}-00" for account in range(100, 400)]
    accepted = sum(checksums.nz_bank_account(number) for number in numbers)
    assert 0 < accepted < 100
