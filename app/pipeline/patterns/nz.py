"""New Zealand rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import CHECKED, Pattern, exact, grouped, has_digits, near, wild

_IRD = ("ird", "ird no", "ird number", "inland revenue", "gst", "gst no", "gst number", "tax number")
_NHI = ("nhi", "nhi no", "nhi number", "national health index")

ROWS = (
    # Inland Revenue number "49-091-850" or "136-410-132".
    Pattern("NZ_IRD", grouped(2, 3, 3), CHECKED, checksums.ird, "NZ", _IRD),
    Pattern("NZ_IRD", grouped(3, 3, 3), CHECKED - 0.01, checksums.ird, "NZ", _IRD),
    near("NZ_IRD", "NZ", _IRD, wild(r"[0-9]{2,3}[ \u00a0.\-]?[0-9]{3}[ \u00a0.\-]?[0-9]{3}")),
    # National health index "ZAC5361", since 2019 also "ZBN77VL" (HISO 10046; no I and no O).
    Pattern(
        "NZ_NHI",
        exact("[A-HJ-NP-Z]", "[A-HJ-NP-Z]{2}[0-9]{2}(?:[0-9]{2}|[A-HJ-NP-Z]{2})"),
        CHECKED,
        checksums.nhi,
        "NZ",
        _NHI,
    ),
    near("NZ_NHI", "NZ", _NHI, wild(r"(?i:[A-HJ-NP-Z]{3}[0-9]{2}(?:[0-9]{2}|[A-HJ-NP-Z]{2}))")),
    # Bank, branch, account, suffix "01-0242-0100194-00" (Payments NZ; IRD withholding tax specification).
    Pattern("NZ_BANK_ACCOUNT", grouped(2, 4, 7, 2), CHECKED, checksums.nz_bank_account, "NZ", words.ACCOUNT),
    Pattern("NZ_BANK_ACCOUNT", grouped(2, 4, 7, 3), CHECKED, checksums.nz_bank_account, "NZ", words.ACCOUNT),
    near("NZ_BANK_ACCOUNT", "NZ", words.ACCOUNT, wild(r"[0-9]{2}[ \-]?[0-9]{4}[ \-]?[0-9]{7}[ \-]?[0-9]{2,3}")),
    near("NZ_PASSPORT", "NZ", words.PASSPORT, wild(r"(?i:[A-Z]{1,2})[ ]?[0-9]{6,7}"), has_digits(6)),
    near("NZ_DRIVER_LICENCE", "NZ", words.LICENCE, wild(r"(?i:[A-Z]{2})[ ]?[0-9]{6}")),
)
