"""United States rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import (
    CHECKED,
    GENERIC,
    alone,
    exact,
    grouped,
    has_digits,
    identifier,
    loose,
    near,
    wild,
)

# A letter of the beneficiary identifier, S L O I B and Z aside.
_L = "[AC-HJKMNP-RT-Y]"
_LN = "[0-9AC-HJKMNP-RT-Y]"

ROWS = (
    # With spaces it looks like too much else.
    *identifier(
        "US_SSN",
        ("ssn", "social security", "social sec", "soc sec", "soc security", "ss #", "ss number"),
        "ssa.gov; python-stdnum us.ssn",
        alone("123-45-6789", grouped(3, 2, 4, spaces=False), checksums.ssn),
        near("123456789", loose(3, 2, 4)),
    ),
    # As people say it: "her social is …".
    *identifier("US_SSN", ("social",), "ssa.gov", near("123456789", loose(3, 2, 4), reach=10)),
    # As a key this may be anything, so the check decides.
    *identifier("US_SSN", ("ssn", "ss"), "ssa.gov", near("123456782", loose(3, 2, 4), checksums.ssn)),
    *identifier(
        "US_ITIN",
        ("itin", "tin", "tax id", "taxpayer id", "taxpayer identification", "individual taxpayer"),
        "irs.gov",
        alone("900-70-0000", grouped(3, 2, 4, spaces=False), checksums.itin),
        near("900700000", wild(r"9[0-9]{2}[ \-.]?[0-9]{2}[ \-.]?[0-9]{4}")),
    ),
    # For a child that is being adopted.
    *identifier(
        "US_ATIN",
        ("atin", "adoption taxpayer"),
        "irs.gov; python-stdnum us.atin",
        alone("900-93-0000", grouped(3, 2, 4, spaces=False), checksums.atin),
        near("900930000", wild(r"9[0-9]{2}[ \-.]?[0-9]{2}[ \-.]?[0-9]{4}")),
    ),
    *identifier(
        "US_PTIN", ("ptin", "preparer tax"), "irs.gov; python-stdnum us.ptin", near("P01234567", wild("(?i:P)[0-9]{8}"))
    ),
    *identifier(
        "US_EIN",
        (
            "ein",
            "fein",
            "employer identification",
            "employer id",
            "employer id number",
            "federal tax id",
            "tax id",
            "tin",
        ),
        "irs.gov; python-stdnum us.ein",
        near("04-2103594", wild(r"[0-9]{2}[ \-]?[0-9]{7}"), checksums.ein),
    ),
    *identifier(
        "US_MBI",
        ("mbi", "medicare"),
        "CMS, Understanding the Medicare Beneficiary Identifier",
        alone(
            "1EG4-TE5-MK73",
            exact("[1-9]", f"{_L}{_LN}[0-9]-?{_L}{_LN}[0-9]-?{_L}{_L}[0-9]{{2}}"),
            score=CHECKED,
        ),
        near("1eg4te5mk73", wild(f"(?i:[1-9]{_L}{_LN}[0-9][ \\-]?{_L}{_LN}[0-9][ \\-]?{_L}{_L}[0-9]{{2}})")),
    ),
    *identifier(
        "US_NPI",
        ("npi", "national provider"),
        "CMS; python-stdnum luhn",
        near("1234567893", wild(r"[12][0-9]{2}[ \-]?[0-9]{3}[ \-]?[0-9]{4}")),
    ),
    *identifier(
        "US_DEA", ("dea",), "DEA Diversion Control", near("AP5836727", wild(r"(?i:[A-Z][A-Z9])[ \-]?[0-9]{7}"))
    ),
    *identifier(
        "US_PASSPORT",
        words.PASSPORT,
        "travel.state.gov",
        near("C12345678", wild(r"(?i:[A-Z])[0-9]{8}|[0-9]{9}")),
    ),
    *identifier(
        "US_BANK_ROUTING",
        ("aba", "rtn", "routing", "transit number", "rt #", "rt number"),
        "American Bankers Association; python-stdnum us.rtn",
        near(
            "111000025",
            wild(r"[0-9]{4}[ \-]?[0-9]{4}[ \-]?[0-9]|[0-9]{3}[ \-][0-9]{3}[ \-][0-9]{3}"),
            checksums.routing,
        ),
    ),
    *identifier(
        "US_BANK_NUMBER", words.ACCOUNT, "Microsoft Presidio", near("1234567890", wild(r"[0-9]{6,17}"), score=GENERIC)
    ),
    # State formats differ from one to nineteen characters; Washington's mixes letters freely.
    *identifier(
        "US_DRIVER_LICENSE",
        words.LICENCE,
        "ntsi.com (formats of the states)",
        near(
            "D1234567",
            wild(r"[A-Z]{0,3}-?[0-9](?:[ \-]?[0-9]){4,16}[A-Z]{0,2}|[A-Z][A-Z0-9*]{11}"),
            has_digits(3),
            score=GENERIC,
        ),
    ),
    *identifier(
        "US_ZIP_CODE",
        ("zip", "zipcode", "zip code", "postal code"),
        "USPS",
        near("90210-1234", wild("[0-9]{5}(?:-[0-9]{4})?"), reach=12),
    ),
)
