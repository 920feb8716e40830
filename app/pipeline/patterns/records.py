"""Rows for numbers that institutions give to people and things, each in a form of its own: the word decides."""

from __future__ import annotations

import re

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import GENERIC, alone, exact, has_digits, identifier, near, wild


def _numbers(*owners: str, also: tuple[str, ...] = ()) -> tuple[str, ...]:
    """ "Policy no", "policy number", …: the owner alone would also name the thing itself."""
    ends = ("number", "id", "identifier", "#")
    return tuple(f"{owner} {end}" for owner in owners for end in ends) + also


# Capitals before, between and behind digits; after a blank only more digits.
_RECORD = wild(r"(?!RFC|ISO|PEP)(?:[A-Z]{1,6}[ \-/]?)?[0-9](?:[\-/.]?[0-9A-Z]|[ ](?=[0-9]{3})[0-9]){3,24}")
_PLATE = wild(
    r"[A-Z]{2}[0-9]{2}[ \-]?[A-Z]{3}|[A-Z]{3}[ \-]?[0-9]{3,4}|[0-9][A-Z]{3}[ \-]?[0-9]{3}|[0-9]{3}[ \-]?[A-Z]{3}"
)
_SERIAL = wild(r"[A-Z0-9](?:[\-/.]?[A-Z0-9]){5,31}")
# "urn:isbn:0451450523" is a name after RFC 8141, "URN, see RFC 8141" talks about one.
_URN = re.compile(r"(?:(?i:urn:[a-z0-9][a-z0-9\-]*:[^\s]*)|(?:RFC|ISO|PEP)[ \-]?)$")


def _plate(value: str) -> bool:
    """Both letters and digits."""
    return any(char.isdigit() for char in value) and any(char.isalpha() for char in value)


def _serial(value: str) -> bool:
    """Both, and four digits."""
    return _plate(value) and sum(map(str.isdigit, value)) >= 4


_HIPAA = "45 CFR 164.514(b)(2)(i)"
_RECORD_WORDS = _numbers(
    "patient", "pt", "chart", "hospital", "hosp", "ur", "u.r", "mr", "health record", "med rec", "medical rec",
    "med record", "unit", "clinic", "patient file", "patient record", "case note", "case notes", "casenote", "emr",
    "ehr", "pas", "episode", "encounter", "admission", "visit",
    also=("mrn", "umrn", "urn", "medical record", "unit record", "med record", "record number"),
)  # fmt: skip
_PLAN_WORDS = _numbers(
    "member", "membership", "policy", "claim", "subscriber", "beneficiary", "insurance", "insured", "health plan",
    "health fund", "mem", "ins", "group", "fund", "medical aid", "plan", "policyholder", "policy holder", "cardholder",
    "insurance card", "insurance policy", "health insurance", "health card", "private health", "coverage", "cover",
    "enrollee", "recipient", "scheme", "contract", "dependant", "dependent", "hic", "rx", "insurer",
    # Who insures many in the four countries.
    "bupa", "medibank", "hcf", "nib", "ahm", "hbf", "southern cross", "axa", "vitality", "aetna", "cigna", "humana",
    "kaiser", "blue cross", "blue shield", "bcbs", "anthem", "uhc", "unitedhealthcare", "tricare", "medicaid",
    also=("medicaid", "hicn", "ndis"),
)  # fmt: skip
_ACCOUNT_WORDS = _numbers(
    "account", "acct", "acc", "a/c", "customer", "client", "cust", "customer account", "account ref", "acct ref",
    "billing account", "billing", "loyalty", "patron", "frequent flyer", "customer ref", "client ref",
    also=("customer acc", "account reference", "account ref", "acct ref", "customer code", "client code",
          "customer ref", "client ref", "subscriber account", "billing account", "customer account", "utility account"),
)  # fmt: skip
_CERTIFICATE_WORDS = _numbers(
    "certificate", "cert", "registration", "reg", "permit", "accreditation", "practitioner", "certification", "gmc",
    "nmc", "rego", "hcpc", "gdc", "wwcc", "bar", "medical council", "nursing council", "nursing registration",
    also=("ahpra", "nmc pin", "nursing registration"),
)  # fmt: skip
_DEVICE_WORDS = _numbers(
    "serial", "device", "implant", "ser", "equipment", "machine", "handset", "asset", "hardware",
    also=("s/n", "s/no", "s/nr", "serial code", "asset tag", "imsi", "iccid", "meid", "esn", "udi"),
)  # fmt: skip
_ID_WORDS = _numbers(
    "employee",
    "staff",
    "personnel",
    "badge",
    "student",
    "national",
    "identity",
    "id card",
    "emp",
    "payroll",
    also=("id number", "id #"),
)
_BIOMETRIC_WORDS = _numbers("biometric", "fingerprint", "voiceprint", "faceprint", "iris", "retina")
_PLATE_WORDS = (
    "rego", "number plate", "licence plate", "license plate", "lic plate", "registration", "plate", "vrm", "vrn",
    "tag number", "tag #", "vehicle tag", "vehicle reg", "car reg", "license tag", "reg number",
)  # fmt: skip

ROWS = (
    *identifier(
        "MEDICAL_RECORD_NUMBER",
        _RECORD_WORDS,
        f"{_HIPAA}(H)",
        near("A-123456", _RECORD, has_digits(4), score=GENERIC, not_after=_URN),
    ),
    *identifier(
        "HEALTH_PLAN_NUMBER", _PLAN_WORDS, f"{_HIPAA}(I)", near("ABC123456789", _RECORD, has_digits(4), score=GENERIC)
    ),
    *identifier(
        "ACCOUNT_NUMBER",
        _ACCOUNT_WORDS,
        f"{_HIPAA}(J)",
        near("AC-123456", _RECORD, has_digits(4), score=GENERIC),
    ),
    # However a bank anywhere groups it; the rows of the regions are believed first.
    *identifier(
        "ACCOUNT_NUMBER",
        words.ACCOUNT,
        f"{_HIPAA}(J)",
        near("1234-5678-9012", wild(r"[0-9](?:[ \-]?[0-9]){5,33}"), has_digits(6), score=GENERIC - 0.01),
    ),
    *identifier(
        "CERTIFICATE_NUMBER",
        _CERTIFICATE_WORDS,
        f"{_HIPAA}(K)",
        near("MED0001234567", _RECORD, has_digits(4), score=GENERIC),
    ),
    *identifier(
        "VIN",
        ("vin", "chassis", "vehicle identification"),
        "49 CFR 565.15",
        alone("1G4AH59H45G118341", exact("[A-HJ-NPR-Z0-9]", "[A-HJ-NPR-Z0-9]{16}"), checksums.vin),
        near("WVWZZZ1JZXW000001", wild("(?i:[A-HJ-NPR-Z0-9]{17})"), has_digits(3)),
    ),
    *identifier(
        "LICENSE_PLATE",
        _PLATE_WORDS,
        f"{_HIPAA}(L)",
        near("AB12 CDE", wild(r"[A-Z0-9]{1,4}[ \-·]?[A-Z0-9]{2,5}"), _plate, score=GENERIC),
    ),
    # A register of a processor and a regular expression are called so, too.
    *identifier(
        "LICENSE_PLATE",
        ("reg",),
        f"{_HIPAA}(L)",
        near(
            "AB12 CDE",
            _PLATE,
            score=GENERIC,
        ),
    ),
    *identifier(
        "DEVICE_ID", _DEVICE_WORDS, f"{_HIPAA}(M)", near("C02XG0FDJG5J", _SERIAL, has_digits(4), score=GENERIC)
    ),
    # Certificates and zones have serials of digits alone.
    *identifier("DEVICE_ID", ("serial", "sn"), f"{_HIPAA}(M)", near("C02XG0FDJG5J", _SERIAL, _serial, score=GENERIC)),
    *identifier(
        "IMEI",
        ("imei",),
        "3GPP TS 23.003",
        near("490154203237518", wild(r"[0-9]{2}[ \-]?[0-9]{6}[ \-]?[0-9]{6}[ \-/]?[0-9]{1,2}")),
    ),
    *identifier(
        "BIOMETRIC_ID", _BIOMETRIC_WORDS, f"{_HIPAA}(P)", near("FP-123456", _RECORD, has_digits(4), score=GENERIC)
    ),
    *identifier("ID_NUMBER", _ID_WORDS, f"{_HIPAA}(R)", near("E-123456", _RECORD, has_digits(4), score=GENERIC)),
)
