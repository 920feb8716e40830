"""Check digits and structure rules that python-stdnum lacks, or has with rules we cannot use.

Every function takes the text as written and answers whether it can be a value. What python-stdnum
checks well is only wrapped, to strip separators and to refuse degenerate numbers.
"""

from __future__ import annotations

import re

from stdnum import bic as _bic
from stdnum import iban as _iban
from stdnum import luhn as _luhn
from stdnum.au import abn as _abn
from stdnum.au import acn as _acn
from stdnum.au import tfn as _tfn
from stdnum.exceptions import InvalidComponent, ValidationError
from stdnum.gb import nhs as _nhs
from stdnum.gb import vat as _vat
from stdnum.nz import bankaccount as _bankaccount
from stdnum.nz import ird as _ird
from stdnum.us import ein as _ein
from stdnum.us import rtn as _rtn
from stdnum.us import ssn as _ssn

_OTHER = re.compile(r"[^0-9]+")


def digits(text: str) -> str:
    """Only the ASCII digits of `text`."""
    return _OTHER.sub("", text)


def _repeats(number: str) -> bool:
    """Whether it is one group of three over and over, such as the white of "255 255 255"."""
    return number == number[:3] * 3


def _weighted(number: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False))


# Everywhere ---------------------------------------------------------------------------------------------------------

# ISO/IEC 7812 issuer ranges: Visa, Mastercard (both series), Amex, Diners, JCB, and the shared 50 and 56–69.
_ISSUER = re.compile(r"4|5|6|3[4-9]|30[0-5]|2(?:22[1-9]|2[3-9]|[3-6]|7[01]|720)")


def issuer(text: str) -> bool:
    """Whether a card network issues numbers that start and are as long as this one."""
    number = digits(text)
    return 13 <= len(number) <= 19 and _ISSUER.match(number) is not None


def card(text: str) -> bool:
    """Payment card: issuer range and Luhn (ISO/IEC 7812)."""
    number = digits(text)
    return issuer(number) and len(set(number)) > 1 and _luhn.is_valid(number)


def bare_card(text: str) -> bool:
    """A card written in one run: only lengths that are not also those of timestamps and database keys."""
    number = digits(text)
    usual = number[:2] in ("34", "37") if len(number) == 15 else len(number) == 16 and number[0] in "2456"
    return usual and card(number)


def iban(text: str) -> bool:
    """IBAN: ISO 7064 mod 97-10 and the country's structure (ISO 13616), for either case."""
    return _iban.is_valid(text.replace("\u00a0", " "), check_country=False)


def bic(text: str) -> bool:
    """Bank identifier (ISO 9362): four letters, a country's code, a place, perhaps a branch, in capitals."""
    return text.isupper() and _bic.is_valid(text)


# What letters count as in a vehicle's number: a digit's worth, without I, O and Q.
_VIN = dict(
    zip(
        "0123456789ABCDEFGHJKLMNPRSTUVWXYZ", [*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)], strict=True
    )
)


def vin(text: str) -> bool:
    """Vehicle identification number with North America's check digit (49 CFR 565.15), which others need not have."""
    total = sum(
        _VIN[char] * weight
        for char, weight in zip(text, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)
    )
    # The last four are always digits; a number without letters is none.
    letters = sum(char.isalpha() for char in text)
    return letters > 2 and text[-4:].isdigit() and text[8] == "0123456789X"[total % 11]


def over_89(text: str) -> bool:
    """An age from 90 to 119, which HIPAA counts as identifying."""
    return 90 <= int(text) <= 119


# Australia ----------------------------------------------------------------------------------------------------------


def tfn(text: str) -> bool:
    """Tax file number, nine digits. Older ones have eight; their weights are not published."""
    number = digits(text)
    return len(number) == 9 and not _repeats(number) and _tfn.is_valid(number)


def abn(text: str) -> bool:
    """Australian business number, mod 89."""
    return _abn.is_valid(digits(text))


def acn(text: str) -> bool:
    """Australian company number, mod 10."""
    number = digits(text)
    return not _repeats(number) and _acn.is_valid(number)


def medicare(text: str) -> bool:
    """Medicare card: eight digits from 2–6, check digit, issue number, perhaps a person's number.

    The weights 1, 3, 7, 9 over the first eight give the ninth (NEHTA HI conformance 1.4).
    """
    number = digits(text)
    if len(number) not in (10, 11) or number[0] not in "23456" or number[9] == "0":
        return False
    return _weighted(number[:8], (1, 3, 7, 9) * 2) % 10 == int(number[8])


def healthcare_identifier(text: str) -> bool:
    """IHI, HPI-I and HPI-O: prefix 800360, 800361 or 800362 and Luhn (HL7 Australia)."""
    number = digits(text)
    return len(number) == 16 and number[:6] in ("800360", "800361", "800362") and _luhn.is_valid(number)


# Australia Post: the ranges that states and territories use.
_AU_POSTCODES = ((200, 299), (800, 999), (1000, 9999))


def au_postcode(text: str) -> bool:
    """Australian postcode: in a range that Australia Post uses."""
    return any(low <= int(text) <= high for low, high in _AU_POSTCODES)


# New Zealand --------------------------------------------------------------------------------------------------------


def ird(text: str) -> bool:
    """Inland Revenue number: range, and mod 11 with two sets of weights."""
    return _ird.is_valid(digits(text))


_NHI_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
# Words that stand in front of four digits in technical text.
_NOT_NHI = re.compile("AES|CMP|CVE|DIN|ERR|NGC|PEP|PL[CERW]|RFC|RSA|SHA|SQL|UTC|UTF|VAT")


def nhi(text: str) -> bool:
    """National health index number (HISO 10046): AAANNNC mod 11, or AAANNAX mod 23."""
    value = text.upper()
    if _NOT_NHI.match(value):
        return False
    numbers = [_NHI_LETTERS.index(char) + 1 if char.isalpha() else int(char) for char in value]
    total = sum(number * weight for number, weight in zip(numbers, (7, 6, 5, 4, 3, 2), strict=False))
    if value[6].isalpha():
        return numbers[6] == 23 - total % 23
    return total % 11 != 0 and (11 - total % 11) % 10 == numbers[6]


# Banks whose products are reduced modulo 9. python-stdnum leaves a product of exactly 9 and turns its multiples to
# 0, others add its digits; the specification reads either way, so both count. (Weights over account and suffix.)
_DIGIT_SUM = {
    "09": ((0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 4, 3, 2, 0, 0, 1), 11),
    **dict.fromkeys(("26", "28", "29"), ((0, 0, 0, 0, 0, 0, 1, 3, 7, 1, 3, 7, 1, 3, 7, 1), 10)),
}


def nz_bank_account(text: str) -> bool:
    """Bank account 2-4-7-2 or 2-4-7-3: a known bank and its check digits.

    Branches open faster than a register ships, so a branch that python-stdnum does not know is fine.
    """
    number = digits(text)
    if len(number) not in (15, 16):
        return False
    number = _bankaccount.compact(number)
    try:
        _bankaccount.validate(number)
        return True
    except InvalidComponent:
        return "bank" in _bankaccount.info(number)
    except ValidationError:
        weights, modulus = _DIGIT_SUM.get(number[:2], ((), 0))
        products = (int(digit) * weight for digit, weight in zip(number, weights, strict=False))
        return modulus > 0 and sum((product - 1) % 9 + 1 if product else 0 for product in products) % modulus == 0


def nz_postcode(text: str) -> bool:
    """New Zealand postcode: 0110 to 9893."""
    return 110 <= int(text) <= 9893


# United Kingdom -----------------------------------------------------------------------------------------------------


def nhs(text: str) -> bool:
    """NHS number (and Scottish CHI number): mod 11."""
    number = digits(text)
    return len(set(number)) > 1 and _nhs.is_valid(number)


def chi(text: str) -> bool:
    """Scottish CHI number: it begins with a birth date, day first."""
    number = digits(text)
    return 1 <= int(number[:2]) <= 31 and 1 <= int(number[2:4]) <= 12


def vat(text: str) -> bool:
    """VAT number: mod 97, since 2010 also 55 more."""
    number = digits(text)
    return len(set(number)) > 1 and _vat.is_valid(number)


def driving_licence(text: str) -> bool:
    """Driver number: five letters of the surname padded with 9, birth date, initials, three more characters.

    The birth date is decade, month (50 more for women), day, last digit of the year.
    """
    value = re.sub(r"\s", "", text.upper())
    month, day = int(value[6:8]), int(value[8:10])
    return 1 <= (month - 50 if month > 50 else month) <= 12 and 1 <= day <= 31


# Royal Mail's postcode areas, the three of the Channel Islands and the Isle of Man among them.
_AREA = re.compile(
    "A[BL]|B[ABDHLNRSTX]?|C[ABFHMORTVW]|D[ADEGHLNTY]|E[CHNX]?|F[KY]|G[LUXY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]"
    "|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]|S[AEGKLMNOPRSTWY]?|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE"
)


def uk_postcode(text: str) -> bool:
    """UK postcode: the area is one of Royal Mail's."""
    return _AREA.fullmatch(re.split(r"[0-9]", text.upper(), maxsplit=1)[0]) is not None


# United States ------------------------------------------------------------------------------------------------------

# Printed in advertisements and leaflets, so never valid, and yet what people paste.
_PUBLISHED_SSN = frozenset(("078051120", "219099999", "457555462"))


def ssn(text: str) -> bool:
    """Social security number: ranges the administration never issues are refused."""
    number = digits(text)
    return number in _PUBLISHED_SSN or _ssn.is_valid(number)


def itin(text: str) -> bool:
    """Individual taxpayer number: 9xx, fourth and fifth digit 50–65, 70–88, 90–92 or 94–99 (IRS)."""
    number = digits(text)
    group = int(number[3:5]) if len(number) == 9 and number[0] == "9" else 0
    return 50 <= group <= 65 or 70 <= group <= 88 or (90 <= group <= 99 and group != 93)


def atin(text: str) -> bool:
    """Adoption taxpayer number: 9xx, fourth and fifth digit 93 (IRS)."""
    number = digits(text)
    return len(number) == 9 and number[0] == "9" and number[3:5] == "93"


def ein(text: str) -> bool:
    """Employer identification number: the first two digits name an IRS campus."""
    return _ein.is_valid(digits(text))


def routing(text: str) -> bool:
    """ABA routing number: weights 3, 7, 1, and a prefix of the Federal Reserve (00–12, 21–32, 61–72, 80)."""
    number = digits(text)
    district = int(number[:2])
    known = district <= 12 or 21 <= district <= 32 or 61 <= district <= 72 or district == 80
    return known and number.strip("0") != "" and _rtn.is_valid(number)


def npi(text: str) -> bool:
    """National provider identifier: ten digits from 1 or 2, Luhn with the prefix 80840 (CMS)."""
    number = digits(text)
    return len(number) == 10 and number[0] in "12" and _luhn.is_valid("80840" + number)


def dea(text: str) -> bool:
    """DEA registration: two letters (the second may be 9), seven digits.

    The last is (d1 + d3 + d5) + 2 (d2 + d4 + d6) modulo 10.
    """
    return len(text) == 9 and _weighted(text[2:8], (1, 2) * 3) % 10 == int(text[8])
