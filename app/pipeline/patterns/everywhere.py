"""Rows for what looks alike in every country: addresses on networks, cards and bank accounts."""

from __future__ import annotations

import ipaddress
import re

from stdnum import numdb

from app.pipeline.patterns import checksums
from app.pipeline.patterns.pattern import (
    CHECKED,
    COMMON,
    SHAPED,
    WORD,
    Pattern,
    Validator,
    alone,
    exact,
    grouped,
    identifier,
    near,
    wild,
)

# E-mail (RFC 5321, with the characters people use): the domain is matched from "@", then the local part before it.
# An ASCII top-level domain ends at the first other script, which Chinese writes without a blank.
_LABEL = r"[^\W_](?:[\w\-]{0,61}[^\W_])?"
_HOST = rf"(?:{_LABEL}\.){{1,10}}(?:[A-Za-z]{{2,24}}(?![A-Za-z0-9_@])|[^\W\d_]{{2,24}}(?![\w@]))"
_EMAIL_LOCAL = re.compile(r"[\w.+%\-](?<![\w.+%\-].)[\w.+%\-]*(?:(?<=[oOdD])'[\w.+%\-]+)?$")
_FILE_ENDING = re.compile(r"(?i:css|gif|html|ico|jpe?g|jsx?|json|pdf|png|svg|tsx?|txt|webp|xml|ya?ml)")


def _email(value: str) -> bool:
    """No address of a server (`git@host`), no picture (`icon@2x.png`)."""
    local, _, domain = value.replace("%40", "@").partition("@")
    return local.lower() != "git" and not _FILE_ENDING.fullmatch(domain.rpartition(".")[2])


# Between a user's name and the host of a URL stands a password (RFC 3986), which the layer for secrets hides.
_USERINFO = re.compile(r"://[^\s/@:\"'<>`]{0,44}:[^\s/\"'<>`]{0,44}$")

# IPv4, from its first dot. Four numbers are also what versions and object identifiers look like.
_OCTET = r"(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_IPV4 = re.compile(
    rf"\.(?:{_OCTET}\.){{2}}{_OCTET}(?![{WORD}])(?!\.[0-9])(?!-(?:[A-Za-z]|[0-9](?![0-9.])))(?![+~^][A-Za-z0-9])"
)
_IPV4_FIRST = re.compile(rf"(?<![{WORD}.~^])(?<![A-Za-z_]-)(?<![^0-9][0-9]:){_OCTET}$")
_VERSION = re.compile(
    r"(?:(?<![\w/.\-])[A-Za-z][\w\-]*/|\w[=<>~!]=|(?i:(?<![a-z])(?:v|ver|vers|version|release|rev|build|firmware"
    r"|section|clause)[0-9]*[\"']?[ \t]{0,3}[:=]?[ \t]{0,3}[\"']?|oid\w{0,32}[\"']?[ \t]{0,3}[:=][ \t]{0,3}[\"']?)"
    # "Which build is that? Mine says …", "from version 1.2.3.4 to …", as long as no host is spoken of.
    r"|(?i:(?<![a-z])(?:version|release|build|firmware|upgrade[ds]?|downgrade[ds]?)s?(?![a-z])"
    r"(?:(?!(?<![a-z])(?:ip|address|host|server|client|node|at|on)(?![a-z]))[^\n]){0,40}))$"
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
    """No "this host", loopback or mask: they are nobody's."""
    return not value.startswith(("0.", "127.", "255.255.")) and not _private_ipv4(value)


def _private_ipv4(value: str) -> bool:
    """RFC 1918, RFC 3927"""
    return _PRIVATE.match(value) is not None


def _ipv6(value: str) -> bool:
    """RFC 4291: no loopback, and nothing private."""
    address = _ipv6_address(value)
    return address is not None and not _is_private_ipv6(address)


def _private_ipv6(value: str) -> bool:
    """RFC 4193 and RFC 4291: unique local, link-local, or a private IPv4 address in it."""
    address = _ipv6_address(value)
    return address is not None and _is_private_ipv6(address)


def _is_private_ipv6(address: ipaddress.IPv6Address) -> bool:
    if address.ipv4_mapped is not None:
        return _private_ipv4(str(address.ipv4_mapped))
    return address.is_link_local or address.is_site_local or address in _UNIQUE_LOCAL


_UNIQUE_LOCAL = ipaddress.IPv6Network("fc00::/7")


def _ipv6_address(value: str) -> ipaddress.IPv6Address | None:
    # `ab::cd` is a C++ name; an address that short and without a digit does not occur.
    if len(value) < 7 or not any(char.isdigit() for char in value):
        return None
    try:
        address = ipaddress.IPv6Address(value)
    except ValueError:
        return None
    return None if address.is_loopback or address.is_unspecified else address


_MAC_FIRST = re.compile(rf"[0-9A-Fa-f](?<![{WORD}:\-].)[0-9A-Fa-f]$")


def _mac(value: str) -> bool:
    """Not one digit throughout."""
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


def _card_and_code(text: str) -> bool:
    """Issuer range and Luhn (ISO/IEC 7812); behind it may stand its security code."""
    return checksums.card(checksums.digits(text)[:16])


_CARD = ("card", "cc", "visa", "mastercard", "amex", "american express", "pan")


def _around(
    sample: str,
    regex: str | re.Pattern[str],
    before: re.Pattern[str],
    validator: Validator | None = None,
    score: float = SHAPED,
    not_after: re.Pattern[str] | None = None,
    prefilter: str = "",
    look_back: int = 4,
) -> Pattern:
    """A form that is found from the rare character in its middle, with which `regex` starts."""
    compiled = re.compile(regex)
    rare = prefilter or compiled.pattern.lstrip("\\")[0]
    return Pattern(
        "", compiled, score, validator, sample,
        prefilter=rare, before=before, look_back=look_back, not_after=not_after,
    )  # fmt: skip


ROWS = (
    *identifier(
        "EMAIL_ADDRESS",
        (),
        "RFC 5321",
        _around("jane@example.com", f"@{_HOST}", _EMAIL_LOCAL, _email, CHECKED, _USERINFO, look_back=255),
        # As it stands in the query of a URL.
        _around("jane%40example.com", f"%40{_HOST}", _EMAIL_LOCAL, _email, CHECKED, prefilter="%40", look_back=255),
    ),
    *identifier(
        "IP_ADDRESS",
        (),
        "RFC 791, RFC 4291",
        _around("203.0.113.7", _IPV4, _IPV4_FIRST, _ipv4, not_after=_VERSION),
        _around("192.168.1.7", _IPV4, _IPV4_FIRST, _private_ipv4, COMMON, _VERSION),
        _around("2001:db8::8a2e:370:7334", _IPV6, _IPV6_FIRST, _ipv6),
        _around("fd12:3456:789a::1", _IPV6, _IPV6_FIRST, _private_ipv6, COMMON),
    ),
    *identifier(
        "MAC_ADDRESS",
        ("mac",),
        "IEEE 802",
        _around("00:1A:2b:3c:4d:5e", rf":(?:[0-9A-Fa-f]{{2}}:){{4}}[0-9A-Fa-f]{{2}}(?![{WORD}:])", _MAC_FIRST, _mac),
        _around("00-1A-2B-3C-4D-5E", rf"-(?:[0-9A-Fa-f]{{2}}-){{4}}[0-9A-Fa-f]{{2}}(?![{WORD}\-])", _MAC_FIRST, _mac),
        near("001a.2b3c.4d5e", wild(r"(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}"), _mac),
    ),
    # 4-4-4-4, American Express 4-6-5, Diners 4-6-4, nineteen digits, or in one run.
    *identifier(
        "CREDIT_CARD",
        _CARD,
        "ISO/IEC 7812; python-stdnum luhn",
        # With the code behind it: it is as secret, and the sixteen may be a part of nineteen with a slip in them.
        alone("4111 1111 1111 1111", grouped(4, 4, 4, 4, tail="(?:[ \u00a0][0-9]{3}(?![0-9]))?"), _card_and_code),
        alone("3782 822463 10005", grouped(4, 6, 5), checksums.card),
        alone("3056 930902 5904", grouped(4, 6, 4), checksums.card),
        alone("6205 5000 0000 0000 004", grouped(4, 4, 4, 4, 3), checksums.card),
        alone("4111111111111111", exact("[2-6]", "[0-9]{14,15}"), checksums.bare_card),
        near("4111 1111 1111 1112", wild(r"[2-6](?:[ \u00a0.\-]?[0-9]){12,18}"), checksums.issuer),
    ),
    *identifier(
        "IBAN_CODE",
        ("iban",),
        "ISO 13616; python-stdnum iban",
        alone("GB82 WEST 1234 5698 7654 32", exact("[A-Z]", _iban_forms("(?<={0}){1}")), checksums.iban),
        near("gb82 west 1234 5698 7654 33", wild(f"(?i:{_iban_forms('{0}{1}')})")),
    ),
    *identifier(
        "BIC_CODE",
        ("bic", "swift"),
        "ISO 9362; python-stdnum bic",
        near(
            "DEUTDEFF",
            wild("[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"),
            checksums.bic,
            reach=16,
            wordlike=True,
            not_after=re.compile("[Ss]wift $"),  # a language, a singer
        ),
    ),
)
