"""Rows for identifiers that look alike in every country."""

from __future__ import annotations

import ipaddress
import re

from stdnum import numdb

from app.pipeline.patterns import checksums
from app.pipeline.patterns.pattern import CHECKED, COMMON, SHAPED, WORD, Pattern, exact, grouped, has_digits, near, wild

# E-mail (RFC 5321, with the characters people use): the domain is matched from "@", then the local part before it.
# An ASCII top-level domain ends at the first other script, which Chinese writes without a blank.
_LABEL = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_EMAIL = re.compile(rf"@(?:{_LABEL}\.){{1,10}}(?:[A-Za-z]{{2,24}}(?![A-Za-z0-9_@])|[^\W\d_]{{2,24}}(?![\w@]))")
_EMAIL_LOCAL = re.compile(r"[\w.+%\-](?<![\w.+%\-].)[\w.+%\-]*(?:(?<=[oOdD])'[\w.+%\-]+)?$")
_FILE_ENDING = re.compile(r"(?i:css|gif|html|ico|jpe?g|jsx?|json|pdf|png|svg|tsx?|txt|webp|xml|ya?ml)")


def _email(value: str) -> bool:
    local, _, domain = value.partition("@")
    # `git@host` addresses a server, `icon@2x.png` a picture.
    return local.lower() != "git" and not _FILE_ENDING.fullmatch(domain.rpartition(".")[2])


# A URL counts only with a user and a password in it (RFC 3986 userinfo).
_URL = re.compile(r"://[^\s/@:\"'<>`]{0,128}:[^\s/@\"'<>`]{1,256}@[^\s\"'<>`\\]{0,1024}[^\s\"'<>`\\.,;:!?)\]}]")
_SCHEME = re.compile(r"[A-Za-z](?<![A-Za-z0-9+.\-].)[A-Za-z0-9+.\-]*$")

# IPv4, from its first dot. Four numbers are also what versions and object identifiers look like.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(
    rf"\.(?:{_OCTET}\.){{2}}{_OCTET}(?![{WORD}])(?!\.[0-9])(?!-(?:[A-Za-z]|[0-9](?![0-9.])))(?![+~^][A-Za-z0-9])"
)
_IPV4_FIRST = re.compile(rf"(?<![{WORD}.~^])(?<![A-Za-z_]-)(?<![^0-9][0-9]:){_OCTET}$")
_VERSION = re.compile(
    r"(?:(?<![\w/.\-])[A-Za-z][\w\-]*/|\w[=<>~!]=|(?i:(?<![a-z])(?:v|ver|vers|version|release|rev|build|firmware"
    r"|section|clause)[0-9]*[\"']?[ \t]{0,3}[:=]?[ \t]{0,3}[\"']?|oid\w{0,32}[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?))$"
)
# IPv6 (RFC 4291), from its first colon: written in full, or with one "::".
_HEX = "[0-9A-Fa-f]{1,4}"
_IPV6 = re.compile(
    rf":(?:(?:{_HEX}:){{6}}{_HEX}|(?:{_HEX}:){{0,6}}:(?:{_HEX}:){{0,6}}(?:{_HEX}|{_OCTET}(?:\.{_OCTET}){{3}}))"
    rf"(?![{WORD}:])(?!\.[0-9])"
)
_IPV6_FIRST = re.compile(rf"(?<![{WORD}:.])[0-9A-Fa-f]{{0,4}}$")


# RFC 1918 and RFC 3927.
_PRIVATE = re.compile(r"(?:10|192\.168|169\.254|172\.(?:1[6-9]|2[0-9]|3[01]))\.")


def _ipv4(value: str) -> bool:
    # "This host", loopback and masks are nobody's.
    return not value.startswith(("0.", "127.", "255.255.")) and not _private_ipv4(value)


def _private_ipv4(value: str) -> bool:
    return _PRIVATE.match(value) is not None


def _ipv6(value: str) -> bool:
    # `ab::cd` is a C++ name; an address that short and without a digit does not occur.
    if len(value) < 7 or not any(char.isdigit() for char in value):
        return False
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


_MAC_FIRST = re.compile(rf"[0-9A-Fa-f](?<![{WORD}:\-].)[0-9A-Fa-f]$")


def _mac(value: str) -> bool:
    return len(set(re.sub(r"[^0-9a-f]", "", value.lower()))) > 1


# IBAN (ISO 13616). python-stdnum ships the SWIFT registry; from it comes each country's length, without which the
# words behind an IBAN would read as one more group.
_IBAN_COUNTRIES: dict[int, list[str]] = {}
for _, _country, _high, _properties, _children in numdb.get("iban").prefixes:
    _size = sum(int(part) for part in re.findall(r"([0-9]+)!", _properties.get("bban", "")))
    _IBAN_COUNTRIES.setdefault(_size, []).append(_country)


def _iban_forms(code: str) -> str:
    """Every country's form; `code` is how a country code is written, with {0} and {1} for its letters."""
    forms = []
    for size, countries in sorted(_IBAN_COUNTRIES.items()):
        codes = "|".join(code.format(*country) for country in sorted(countries))
        forms.append(f"(?:{codes})[0-9]{{2}}(?:[ \u00a0\\-]?[0-9A-Z]){{{size}}}")
    return "|".join(forms)


# A date as people write it, perhaps with the time a database adds.
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = wild(
    r"(?i:[12][0-9]{3}([/.\-])[0-9]{1,2}\1[0-9]{1,2}(?:[T ][0-9]{2}:[0-9:.]{2,15}(?:Z|[+\-][0-9]{2}:?[0-9]{2})?)?"
    r"|[0-9]{1,2} ?[/.\-] ?[0-9]{1,2} ?[/.\-] ?(?:[0-9]{4}|[0-9]{2})"
    r"|(?:19|20)[0-9]{6}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?[ \-./]{{0,2}}(?:of )?{_MONTH}[ \-./,]{{0,2}}(?:[0-9]{{4}}|[0-9]{{2}})"
    rf"|{_MONTH}[ .]{{0,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?,? [0-9]{{4}})"
)


def _date(value: str) -> bool:
    parts = [int(part) for part in re.findall(r"[0-9]+", value.partition(":")[0])]
    if len(parts) == 1:  # 19800131
        parts = [parts[0] // 10000, parts[0] // 100 % 100, parts[0] % 100]
    day, month = (parts[1], parts[2]) if parts[0] > 31 else (parts[0], parts[1])
    if len(parts) == 2:  # the month is a word
        return 1 <= min(parts) <= 31
    return 1 <= min(day, month) <= 12 and max(day, month) <= 31


_BIRTH = ("dob", "d.o.b", "d.o.b.", "date of birth", "birth date", "birthdate", "birthday", "born")
_CARD = ("card", "card number", "card no", "credit card", "debit card", "visa", "mastercard", "amex", "pan")
_RECORD = (
    "mrn", "medical record", "medical record number", "patient id", "patient no", "patient number", "chart no",
    "chart number", "hospital no", "hospital number", "health record", "ur no", "ur number", "urn", "unit record",
)  # fmt: skip
# "urn:isbn:0451450523" is a name after RFC 8141, "URN, see RFC 8141" talks about one.
_URN = re.compile(r"(?:(?i:urn:[a-z0-9][a-z0-9\-]*:[^\s]*)|(?:RFC|ISO|PEP)[ \-]?)$")

ROWS = (
    Pattern("EMAIL_ADDRESS", _EMAIL, CHECKED, _email, prefilter="@", before=_EMAIL_LOCAL),
    Pattern("URL", _URL, CHECKED + 0.05, prefilter="://", before=_SCHEME),
    Pattern("IP_ADDRESS", _IPV4, SHAPED, _ipv4, prefilter=".", before=_IPV4_FIRST, not_after=_VERSION),
    Pattern("IP_ADDRESS", _IPV4, COMMON, _private_ipv4, prefilter=".", before=_IPV4_FIRST, not_after=_VERSION),
    Pattern("IP_ADDRESS", _IPV6, SHAPED, _ipv6, prefilter=":", before=_IPV6_FIRST),
    Pattern(
        "MAC_ADDRESS",
        re.compile(rf":(?:[0-9A-Fa-f]{{2}}:){{4}}[0-9A-Fa-f]{{2}}(?![{WORD}:])"),
        SHAPED,
        _mac,
        prefilter=":",
        before=_MAC_FIRST,
    ),
    Pattern(
        "MAC_ADDRESS",
        re.compile(rf"-(?:[0-9A-Fa-f]{{2}}-){{4}}[0-9A-Fa-f]{{2}}(?![{WORD}\-])"),
        SHAPED,
        _mac,
        prefilter="-",
        before=_MAC_FIRST,
    ),
    near("MAC_ADDRESS", "", ("mac", "mac address"), wild(r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"), _mac),
    # Payment cards: 4-4-4-4, American Express 4-6-5, Diners 4-6-4, nineteen digits, or in one run.
    Pattern("CREDIT_CARD", grouped(4, 4, 4, 4), CHECKED, checksums.card),
    Pattern("CREDIT_CARD", grouped(4, 6, 5), CHECKED, checksums.card),
    Pattern("CREDIT_CARD", grouped(4, 6, 4), CHECKED, checksums.card),
    Pattern("CREDIT_CARD", grouped(4, 4, 4, 4, 3), CHECKED, checksums.card),
    Pattern("CREDIT_CARD", exact("[2-6]", "[0-9]{14,15}"), CHECKED, checksums.bare_card),
    near("CREDIT_CARD", "", _CARD, wild(r"[2-6](?:[ \u00a0\-]?[0-9]){12,18}"), checksums.issuer),
    Pattern("IBAN_CODE", exact("[A-Z]", _iban_forms("(?<={0}){1}")), CHECKED, checksums.iban, context=("iban",)),
    near("IBAN_CODE", "", ("iban",), wild(f"(?i:{_iban_forms('{0}{1}')})")),
    near("DATE_OF_BIRTH", "", _BIRTH, _DATE, _date),
    near(
        "MEDICAL_RECORD_NUMBER",
        "",
        _RECORD,
        wild(r"(?:[A-Z]{1,4}-?)?[0-9](?:-?[0-9A-Z]){3,14}"),
        has_digits(4),
        not_after=_URN,
    ),
)
