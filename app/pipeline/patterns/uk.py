"""United Kingdom rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import CHECKED, SHAPED, Pattern, exact, grouped, loose, near, wild

_NHS = ("nhs", "nhs no", "nhs number", "chi", "chi number", "h&c")
_NINO = ("nino", "ni no", "ni number", "national insurance", "national insurance number")
_UTR = ("utr", "unique taxpayer", "unique taxpayer reference")
_SORT_CODE = ("sort code", "sortcode", "s/c")

# HMRC NIM39110: no D F I Q U V, the second letter not O, seven pairs never issued. QQ is HMRC's own sample.
_NINO_DIGITS = r"[ \u00a0]?[0-9]{2}[ \u00a0]?[0-9]{2}[ \u00a0]?[0-9]{2}[ \u00a0]?[A-D]"
_NINO_PAIR = r"[A-CEGHJ-NPR-TW-Z](?<!BG)(?<!GB)(?<!KN)(?<!NK)(?<!NT)(?<!TN)(?<!ZZ)(?<![DFIQUV].)|(?<=Q)Q"
# Five letters of the surname padded with 9, birth date, initials, 9 or a digit, two letters, perhaps an issue number.
_DRIVER = r"(?:[A-Z]{4}|[A-Z]{3}9|[A-Z]{2}99|[A-Z]999|9999)[ ]?[0-9]{6}[ ]?[A-Z9]{2}[ ]?[0-9][A-Z]{2}(?:[ ]?[0-9]{2})?"

ROWS = (
    # NHS number "943 476 5919"; Scottish CHI and Northern Irish H&C numbers have the same check.
    Pattern("UK_NHS", grouped(3, 3, 4), CHECKED, checksums.nhs, "UK", _NHS),
    near("UK_NHS", "UK", _NHS, loose(3, 3, 4)),
    # National Insurance number "AB 12 34 56 C".
    Pattern("UK_NINO", exact("[A-Z]", f"(?:{_NINO_PAIR}){_NINO_DIGITS}"), SHAPED, None, "UK", _NINO),
    near("UK_NINO", "UK", _NINO, wild(r"(?i:[A-Z]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}(?:[ ]?[A-DFMP])?)")),
    # Unique taxpayer reference "12345 67895", in accounts with a K behind.
    near("UK_UTR", "UK", _UTR, wild(r"[0-9]{5}[ \u00a0\-]?[0-9]{5}[Kk]?")),
    # Postcode "SW1A 1AA" (BS 7666), with its space.
    Pattern(
        "UK_POSTCODE",
        exact("[A-Z]", r"[A-Z]?[0-9][A-Z0-9]?[ \u00a0][0-9][ABD-HJLNP-UW-Z]{2}"),
        SHAPED,
        checksums.postcode,
        "UK",
    ),
    near(
        "UK_POSTCODE",
        "UK",
        ("postcode", "post code"),
        wild(r"(?i:[A-Z]{1,2}[0-9][A-Z0-9]?[ \u00a0]?[0-9][ABD-HJLNP-UW-Z]{2})"),
        checksums.postcode,
    ),
    # Driver number "MORGA657054SM9IJ"; Northern Ireland's has eight digits.
    Pattern("UK_DRIVING_LICENCE", exact("[A-Z]", _DRIVER), CHECKED, checksums.driving_licence, "UK", words.LICENCE),
    near("UK_DRIVING_LICENCE", "UK", words.LICENCE, wild(rf"(?i:[A-Z]{_DRIVER})|[0-9]{{8}}")),
    near("UK_PASSPORT", "UK", words.PASSPORT, loose(3, 3, 3)),
    # Sort code "12-34-56". The modulus tables change several times a year, so nothing is verified.
    near(
        "UK_SORT_CODE",
        "UK",
        _SORT_CODE,
        wild(r"[0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}(?:[ ,/|]{1,3}[0-9]{8})?"),
    ),
    Pattern("UK_BANK_ACCOUNT", exact("[0-9]", r"[0-9]-[0-9]{2}-[0-9]{2}[ ,/]{1,2}[0-9]{8}"), SHAPED, None, "UK"),
    near("UK_BANK_ACCOUNT", "UK", words.ACCOUNT, loose(4, 4)),
)
