"""New Zealand rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import CHECKED, alone, exact, grouped, has_digits, identifier, loose, near, wild

_IRD_SOURCE = "Inland Revenue (RWT/NRWT specification); python-stdnum nz.ird"
_NHI = "[A-HJ-NP-Z]{2}[0-9]{2}(?:[0-9]{2}|[A-HJ-NP-Z]{2})"

ROWS = (
    # With spaces it is what a large number looks like.
    *identifier(
        "NZ_IRD",
        ("ird", "inland revenue"),
        _IRD_SOURCE,
        alone("49-091-850", grouped(2, 3, 3, spaces=False), checksums.ird),
        alone("136-410-132", grouped(3, 3, 3, spaces=False), checksums.ird, CHECKED - 0.01),
        near("49091850", loose(2, 3, 3)),
        near("136410132", loose(3, 3, 3)),
    ),
    # Words of other countries, too: here the check decides.
    *identifier(
        "NZ_IRD",
        ("gst", "tax number"),
        _IRD_SOURCE,
        near("49091850", loose(2, 3, 3), checksums.ird),
        near("136410132", loose(3, 3, 3), checksums.ird),
    ),
    # Old AAANNNC and, since 2019, AAANNAX; no I and no O.
    *identifier(
        "NZ_NHI",
        ("nhi", "national health index"),
        "HISO 10046",
        alone("ZAC5361", exact("[A-HJ-NP-Z]", _NHI), checksums.nhi),
        near("ZZZ0044", wild(f"(?i:[A-HJ-NP-Z]{_NHI})")),
    ),
    # Bank, branch, account, suffix.
    *identifier(
        "NZ_BANK_ACCOUNT",
        words.ACCOUNT,
        "Payments NZ; Inland Revenue (RWT/NRWT specification); python-stdnum nz.bankaccount",
        alone("01-0242-0100194-00", grouped(2, 4, 7, 2), checksums.nz_bank_account),
        alone("01-0242-0100194-000", grouped(2, 4, 7, 3), checksums.nz_bank_account),
        near("010242010019400", wild(r"[0-9]{2}[ \-]?[0-9]{4}[ \-]?[0-9]{7}[ \-]?[0-9]{2,3}")),
    ),
    *identifier(
        "NZ_PASSPORT",
        words.PASSPORT,
        "docs.frankieone.com",
        near("LN123456", wild(r"(?i:[A-Z]{1,2})[ ]?[0-9]{6,7}"), has_digits(6)),
    ),
    *identifier(
        "NZ_DRIVER_LICENCE",
        words.LICENCE,
        "Microsoft Purview",
        near("DA123456", wild(r"(?i:[A-Z]{2})[ ]?[0-9]{6}")),
    ),
    *identifier(
        "NZ_POSTCODE",
        ("postcode", "post code", "postal code"),
        "NZ Post",
        near("6011", wild("[0-9]{4}"), checksums.nz_postcode, reach=10),
    ),
)
