"""Australian rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import CHECKED, Pattern, exact, grouped, has_digits, loose, near, wild

_TFN = ("tfn", "tax file", "tax file number", "tax file no")
_ABN = ("abn", "australian business number", "business number")
_ACN = ("acn", "arbn", "company number")
_MEDICARE = ("medicare", "medicare no", "medicare number", "medicare card")
_IHI = ("ihi", "hpi-i", "hpi-o", "hpii", "hpio", "healthcare identifier")
_CRN = ("crn", "customer reference", "customer reference number", "centrelink")

ROWS = (
    # Tax file number "123 456 782"; the oldest have eight digits.
    Pattern("AU_TFN", grouped(3, 3, 3), CHECKED, checksums.tfn, "AU", _TFN),
    near("AU_TFN", "AU", _TFN, wild(r"[0-9]{3}[ \u00a0.\-]?[0-9]{3}[ \u00a0.\-]?[0-9]{2,3}")),
    # Business number "51 824 753 556", company number "004 085 616" (abr.business.gov.au, asic.gov.au).
    Pattern("AU_ABN", grouped(2, 3, 3, 3), CHECKED, checksums.abn, "AU", _ABN),
    near("AU_ABN", "AU", _ABN, loose(2, 3, 3, 3)),
    Pattern("AU_ACN", grouped(3, 3, 3, dashes=False), CHECKED, checksums.acn, "AU", _ACN),
    near("AU_ACN", "AU", _ACN, loose(3, 3, 3)),
    # Medicare card "2123 45670 1", the person on it as "/1", " 1" or "-1".
    Pattern(
        "AU_MEDICARE",
        grouped(4, 5, 1, tail=r"(?:[ \-/]?[1-9])?"),
        CHECKED,
        checksums.medicare,
        "AU",
        _MEDICARE,
    ),
    near(
        "AU_MEDICARE",
        "AU",
        _MEDICARE,
        wild(r"[0-9]{4}[ \u00a0\-]?[0-9]{5}[ \u00a0\-]?[0-9](?:[ \-/]?[0-9])?"),
    ),
    # Individual healthcare identifier "8003 6012 3456 7890": the prefix makes the bare number telling too.
    Pattern("AU_IHI", grouped(4, 4, 4, 4), CHECKED, checksums.healthcare_identifier, "AU", _IHI),
    Pattern("AU_IHI", exact("[8]", "0036[012][0-9]{10}"), CHECKED, checksums.healthcare_identifier, "AU", _IHI),
    near("AU_IHI", "AU", _IHI, loose(4, 4, 4, 4)),
    # Centrelink reference "123 456 789A": the rule for the letter is not published.
    near("AU_CRN", "AU", _CRN, wild(r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}[ ]?(?i:[A-Z])")),
    near("AU_PASSPORT", "AU", words.PASSPORT, wild(r"(?i:[A-Z]{1,2})[ ]?[0-9]{7}")),
    # Six to ten characters, by state; no state publishes a check.
    near(
        "AU_DRIVER_LICENCE",
        "AU",
        words.LICENCE,
        wild(r"[A-Z]{0,2}[0-9][0-9A-Z]{4,8}|[A-Z]{0,2}[0-9](?:[ \-]?[0-9]){4,11}"),
        has_digits(4),
    ),
    # Bank, state and branch "062-000", perhaps with the account number directly behind.
    near(
        "AU_BSB",
        "AU",
        ("bsb", "bsb no", "bsb number"),
        wild(r"[0-9]{3}[ \-]?[0-9]{3}(?:[ ,/|]{1,3}[0-9]{6,10})?"),
    ),
    near("AU_BANK_ACCOUNT", "AU", words.ACCOUNT, wild(r"[0-9](?:[ \-]?[0-9]){5,16}"), has_digits(6)),
)
