"""Australian rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import GENERIC, alone, exact, grouped, has_digits, identifier, loose, near, wild

_PROVIDER = (
    "provider number", "provider #", "provider id", "medicare provider", "prov number", "prov #",
)  # fmt: skip

ROWS = (
    # The oldest have eight digits.
    *identifier(
        "AU_TFN",
        ("tfn", "tax file", "tax number"),
        "ATO; python-stdnum au.tfn",
        alone("123 456 782", grouped(3, 3, 3), checksums.tfn),
        near("123456782", loose(3, 3, 3)),
        near("12345678", loose(3, 3, 2)),
    ),
    *identifier(
        "AU_ABN",
        ("abn", "business number"),
        "abr.business.gov.au; python-stdnum au.abn",
        alone("51 824 753 556", grouped(2, 3, 3, 3), checksums.abn),
        near("51824753556", loose(2, 3, 3, 3)),
    ),
    *identifier(
        "AU_ACN",
        ("acn", "arbn", "company number"),
        "ASIC; python-stdnum au.acn",
        alone("004 085 616", grouped(3, 3, 3, dashes=False), checksums.acn),
        near("004085616", loose(3, 3, 3)),
    ),
    # The person on the card stands behind as "/1", " 1" or "-1".
    *identifier(
        "AU_MEDICARE",
        ("medicare", "mcare", "m/care"),
        "NEHTA HI conformance profile 1.4",
        alone("2123 45670 1", grouped(4, 5, 1, tail=r"(?:[ \-/]?[1-9])?"), checksums.medicare),
        near("2123456701", wild(r"[0-9]{4}[ \u00a0\-.]?[0-9]{5}[ \u00a0\-.]?[0-9](?:[ \-/]?[0-9])?")),
    ),
    # The prefix makes the bare number telling, too.
    *identifier(
        "AU_IHI",
        ("ihi", "hpi-i", "hpi-o", "hpii", "hpio", "healthcare identifier"),
        "HL7 Australia; developer.digitalhealth.gov.au",
        alone("8003 6081 6669 0503", grouped(4, 4, 4, 4), checksums.healthcare_identifier),
        alone("8003608166690503", exact("[8]", "0036[012][0-9]{10}"), checksums.healthcare_identifier),
        near("8003608166690504", loose(4, 4, 4, 4)),
    ),
    # The rule for the letter is not published.
    *identifier(
        "AU_CRN",
        ("crn", "customer reference", "customer ref", "centrelink"),
        "servicesaustralia.gov.au",
        near("123 456 789A", wild(r"[0-9]{3}[ \-]?[0-9]{3}[ \-]?[0-9]{3}[ \-]?(?i:[A-Z])")),
    ),
    # State, war code, number, and a letter for dependants.
    *identifier(
        "AU_DVA",
        (
            "dva",
            "veteran affairs",
            "vet affairs",
            "veteran card",
            "veteran file",
            "veteran number",
            "veteran id",
            "veteran pension",
            "vea file",
            "vea number",
            "repat number",
            "gold card",
            "white card",
            "orange card",
        ),
        "METeOR 339130",
        near("NX123456A", wild(r"(?i:[NVQWST][A-Z ]{0,3}[0-9]{1,6}[A-Z]?)"), has_digits(2)),
    ),
    # Six digits, the place of practice, a check character.
    *identifier(
        "AU_PROVIDER_NUMBER",
        _PROVIDER,
        "docs.claiming.com.au",
        near("2447781L", wild(r"(?i:[0-9]{5,6}[ ]?[0-9A-HJ-NP-RT-Y][ABFHJKLTWXY])")),
    ),
    # One letter or two, and seven digits.
    *identifier(
        "AU_PASSPORT",
        words.PASSPORT,
        "Microsoft Purview",
        near("PA1234567", wild(r"(?i:[A-Z]{1,2})[ ]?[0-9]{7}")),
    ),
    # New South Wales, Tasmania six to eight characters, South Australia six, Western Australia seven digits, the others
    # up to ten; no state publishes a check.
    *identifier(
        "AU_DRIVER_LICENCE",
        words.LICENCE,
        "apidocs.frankiefinancial.com",
        near(
            "12345678",
            wild(r"[A-Z]{0,2}[0-9][0-9A-Z]{4,8}|[A-Z]{0,2}[0-9](?:[ \-]?[0-9]){4,11}"),
            has_digits(4),
            score=GENERIC,
        ),
    ),
    # Bank, state and branch, perhaps with the account number directly behind.
    *identifier(
        "AU_BSB",
        ("bsb", "branch number", "bank state branch"),
        "AusPayNet",
        near("062-000", wild(r"[0-9]{3}[ \-]?[0-9]{3}(?:[ ,/]{1,3}[0-9]{3}[ \-]?[0-9]{3,7})?")),
    ),
    *identifier(
        "AU_BANK_ACCOUNT",
        words.ACCOUNT,
        "AusPayNet",
        near("12345678", wild(r"[0-9](?:[ \-]?[0-9]){5,9}"), has_digits(6), score=GENERIC),
        near("062-000 12345678", wild(r"[0-9]{3}-[0-9]{3}[ ,/]{1,3}[0-9]{6,10}")),
    ),
    *identifier(
        "AU_POSTCODE",
        ("postcode", "p/code", "post code", "postal code"),
        "Australia Post",
        near("2000", wild("[0-9]{4}"), checksums.au_postcode, reach=10),
    ),
)
