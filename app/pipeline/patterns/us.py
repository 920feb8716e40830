"""United States rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import (
    CHECKED,
    Pattern,
    exact,
    grouped,
    has_digits,
    loose,
    near,
    wild,
)

_SSN = ("ssn", "ssn no", "social security", "social security number", "social security no")
_ITIN = ("itin", "atin", "taxpayer id", "taxpayer identification", "individual taxpayer")
_EIN = (
    "ein",
    "fein",
    "employer identification",
    "employer identification number",
    "employer id",
    "federal tax id",
)
_MBI = ("mbi", "medicare beneficiary", "medicare number", "medicare id", "medicare")
_NPI = ("npi", "npi no", "npi number", "national provider", "national provider identifier")
_DEA = ("dea", "dea no", "dea number", "dea registration")
_ROUTING = ("aba", "rtn", "routing", "routing no", "routing number", "routing transit number")

# A letter of the beneficiary identifier, S L O I B and Z aside.
_L = "[AC-HJKMNP-RT-Y]"
_LN = "[0-9AC-HJKMNP-RT-Y]"

ROWS = (
    # Social security number "123-45-6789". With spaces it looks like too much else.
    Pattern("US_SSN", grouped(3, 2, 4, spaces=False), CHECKED, checksums.ssn, "US", _SSN),
    near("US_SSN", "US", _SSN, loose(3, 2, 4)),
    Pattern("US_ITIN", grouped(3, 2, 4, spaces=False), CHECKED, checksums.itin, "US", _ITIN),
    near("US_ITIN", "US", _ITIN, loose(3, 2, 4), lambda value: value.startswith("9")),
    near("US_EIN", "US", _EIN, wild(r"[0-9]{2}[ \-]?[0-9]{7}"), checksums.ein),
    # Medicare beneficiary identifier "1EG4-TE5-MK73" (CMS).
    Pattern(
        "US_MBI",
        exact("[1-9]", f"{_L}{_LN}[0-9]-?{_L}{_LN}[0-9]-?{_L}{_L}[0-9]{{2}}"),
        CHECKED,
        None,
        "US",
        _MBI,
    ),
    near("US_MBI", "US", _MBI, wild(f"(?i:[1-9]{_L}{_LN}[0-9][ \\-]?{_L}{_LN}[0-9][ \\-]?{_L}{_L}[0-9]{{2}})")),
    near("US_NPI", "US", _NPI, wild(r"[12][0-9]{9}")),
    near("US_DEA", "US", _DEA, wild(r"(?i:[A-Z][A-Z9])[0-9]{7}")),
    near("US_PASSPORT", "US", words.PASSPORT, wild(r"(?i:[A-Z])[0-9]{8}|[0-9]{9}")),
    # Federal Reserve prefixes 00–12, 21–32, 61–72 and 80.
    near("US_BANK_ROUTING", "US", _ROUTING, wild(r"(?:0[0-9]|1[0-2]|2[1-9]|3[0-2]|6[1-9]|7[0-2]|80)[0-9]{7}")),
    near("US_BANK_NUMBER", "US", words.ACCOUNT, wild(r"[0-9]{6,17}")),
    # State formats differ from one to nineteen characters; Washington's mixes letters freely.
    near(
        "US_DRIVER_LICENSE",
        "US",
        words.LICENCE,
        wild(r"[A-Z]{0,3}-?[0-9](?:[ \-]?[0-9]){4,14}[A-Z]{0,2}|[A-Z][A-Z0-9*]{11}"),
        has_digits(3),
    ),
)
