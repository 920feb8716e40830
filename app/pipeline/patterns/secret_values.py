"""Whether a value can be a secret at all: no name, no template, no placeholder, no word."""

from __future__ import annotations

import re

_TEMPLATE = re.compile(
    r"\$[{(]|\{\{|#\{|%\(|%[sdv]\Z|\*{3}|\.{3}|…|\A(?:\$\w|<.*>\Z|\{.*\}\Z|\[.*\]\Z|%\w+%\Z|[xX]{4}|@[\w.-]+\Z)"
)
_PLACEHOLDER = re.compile(
    r"(?i)(?:your|enter|insert|replace|paste|changeme|(?:my|the|some|any|add|put|use|not|no|new|old|change)[_\-.])"
    r"|.*(?:placeholder|change_?-?me|redacted|example|dummy|sample|fake|here|todo|xxxx|0000|[_-]?value|[_-]?string)\Z"
)
# What documentation fills a form with: one character again and again, or a row of them.
_FILLER = re.compile(
    r"(?i:([x*.0_\-])\1\1\1\1\1|(?:abc|123|xyz){3}|123456789|abcdefgh|your_|example_)|(?:YOUR|your)[A-Z_-]|\.\.\."
)
# `settings.SECRET`, `Config::key`, `options?.token`.
_REFERENCE = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|::|->|\?\.)[A-Za-z_$][\w$]*)+\Z")
_IDENTIFIER = re.compile(r"[A-Za-z_][\w\-]*\Z")
#: Words from which code makes the names of such variables, and tests their values.
_OF_CODE = frozenset("pass password passwd passphrase pwd user username secret token auth login field test key".split())
_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_WORDS = re.compile(r"[A-Z]?[a-z]{3,}")
_CAPITALS = re.compile(r"[A-Z]{3,}")
# "build-20240101", "oauth2".
_NUMBERED = re.compile(r"[^0-9]+[0-9][0-9._\-]*\Z")
_DIGITS = re.compile("[0-9]+")
_HEX = re.compile("[0-9a-f]+|[0-9A-F]+")
_DATE = re.compile(r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}")


def is_template(value: str) -> bool:
    """Whether `value` only says where a secret would stand: `${PASSWORD}`, `<password>`, `****`."""
    return _TEMPLATE.search(value) is not None


def is_filler(token: str) -> bool:
    """Whether a token has its issuer's form, but was typed by an author of documentation."""
    return _FILLER.search(token) is not None


def is_identifier(value: str) -> bool:
    """Whether `value` could be a name in code."""
    return _IDENTIFIER.match(value) is not None


def is_password(value: str) -> bool:
    """Whether `value` is what people choose for a password, of those that no word and no name in code can be."""
    if len(value) < 6 or _refers(value) or (is_identifier(value) and _is_of_code(value)):
        return False
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    special = len(value) - letters - digits - sum(map(value.count, "_-./:"))
    return digits == len(value) or (letters > 0 and digits + special > 0) or (digits > 0 and special > 0)


def is_strong(value: str) -> bool:
    """Whether `value` can hardly be anything but a password: of three kinds of characters."""
    special = any(not char.isalnum() and char not in "_-./:+=" for char in value)
    kinds = (any(map(str.islower, value)), any(map(str.isupper, value)), any(map(str.isdigit, value)), special)
    return len(value) >= 8 and sum(kinds) >= 3 and kinds[2] and is_password(value)


def is_telling(value: str) -> bool:
    """Whether nobody writes `value` but as a password, so that no sign need stand between it and the word for one."""
    if is_strong(value) and any(not char.isalnum() and char not in "_-./:+='’" for char in value[1:]):
        return True
    if len(value) < 10 or _HEX.fullmatch(value) or value.isupper() or not value.isalnum() or not value.isascii():
        return False
    runs = len(_DIGITS.findall(value))
    is_mixed = runs > 2 or (runs > 1 and 2 * len(_WORDS.sub("", value)) > len(value))
    return is_mixed and not _NUMBERED.match(value) and is_random(value, 10)


def is_random(value: str, least: int) -> bool:
    """Whether chance made `value`, of `least` characters or more: digits among letters, hardly a word."""
    if len(value) < least or len(set(value)) < 7 or _refers(value) or _FILLER.search(value):
        return False
    digits = sum(map(str.isdigit, value))
    words = _WORDS if any(map(str.islower, value)) else _CAPITALS
    rest = len(words.sub("", value))
    if digits == 0:
        return len(value) >= 20 and rest * 2 > len(value) and not value.islower() and not value.isupper()
    if not any(map(str.isalpha, value)) or _DATE.match(value):
        return False
    if rest * 2 > len(value):
        return True
    if _NUMBERED.match(value) or _is_of_code(value):
        return False
    # Letters of one case look like words, but words are not interrupted by digits again and again.
    return rest >= 10 or digits * 6 >= len(value) or (len(value) >= 20 and len(_DIGITS.findall(value)) > 1)


def _is_of_code(value: str) -> bool:
    return not _OF_CODE.isdisjoint(part.lower() for part in _PART.findall(value))


def _refers(value: str) -> bool:
    """Whether `value` stands for a secret, or says where one is."""
    return bool(is_template(value) or _REFERENCE.match(value) or "://" in value or _PLACEHOLDER.match(value))
