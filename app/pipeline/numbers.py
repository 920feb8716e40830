"""JSON numbers that are somebody's identifier: a card number that a database keeps as an integer.

A placeholder is a string. Where the number stands in JSON inside a string it is a piece of text, and is replaced
like any other. Where it stands in the body itself it becomes a JSON string, which every place for free-form values
takes, or the request is refused, as the policy says. Far more numbers are ids, times and seeds, a tenth of which
would pass a card's check digit, so what the number's key says comes first.
"""

from __future__ import annotations

import re

from app.pipeline.labels import label
from app.pipeline.redaction import Finding

#: Shorter numbers identify nobody by themselves.
DIGITS = 9
_CANDIDATE = re.compile(rf"[0-9]{{{DIGITS},19}}")
#: The last word of keys whose numbers count, measure or point at something, whatever the words before it.
_TECHNICAL = frozenset(
    "id ids uid pk ref key seed nonce hash checksum version rev revision time timestamp ts epoch at date datetime "
    "ms us ns sec secs seconds millis created updated modified expires expiry exp iat nbf size bytes length len "
    "count total offset index start end cursor position tokens amount cents price max min maximum minimum limit "
    "score".split()
)
#: Their keywords ("account", "license") announce ids of every kind.
_VAGUE = frozenset(
    "ACCOUNT_NUMBER US_BANK_NUMBER AU_BANK_ACCOUNT UK_BANK_ACCOUNT NZ_BANK_ACCOUNT US_DRIVER_LICENSE "
    "AU_DRIVER_LICENCE UK_DRIVING_LICENCE NZ_DRIVER_LICENCE".split()
)
#: Found by their own form, or behind words ("call", "contact", "card", "device") that also name other things.
_BY_FORM = frozenset(
    "CREDIT_CARD AU_IHI PHONE_NUMBER HEALTH_PLAN_NUMBER CERTIFICATE_NUMBER ID_NUMBER DEVICE_ID BIOMETRIC_ID".split()
)


def may_identify(digits: str) -> bool:
    """Whether a number, as it is written, is long enough to be looked at."""
    return _CANDIDATE.fullmatch(digits) is not None


def identifies(finding: Finding, key: str) -> bool:
    """Whether `finding`, made in a number under `key`, is more than a coincidence."""
    if finding.source == "dictionary":
        return True
    if finding.entity in _BY_FORM and is_technical(key):
        return False
    return finding.entity not in _VAGUE


def is_technical(key: str) -> bool:
    """Whether numbers under `key` count, measure or point at something."""
    words = label(key).lower().rstrip(": ").split()
    return bool(words) and words[-1] in _TECHNICAL
