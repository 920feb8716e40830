"""United Kingdom rows."""

from __future__ import annotations

from app.pipeline.patterns import checksums, words
from app.pipeline.patterns.pattern import (
    GAP,
    GENERIC,
    SHAPED,
    alone,
    exact,
    grouped,
    has_digits,
    identifier,
    loose,
    near,
    wild,
)

# No D F I Q U V, the second letter not O, seven pairs never issued. QQ is the tax office's own sample.
_NINO_DIGITS = r"[ \u00a0]?[0-9]{2}[ \u00a0]?[0-9]{2}[ \u00a0]?[0-9]{2}[ \u00a0]?[A-D]"
_NINO_PAIR = r"[A-CEGHJ-NPR-TW-Z](?<!BG)(?<!GB)(?<!KN)(?<!NK)(?<!NT)(?<!TN)(?<!ZZ)(?<![DFIQUV].)|(?<=Q)Q"
# Five letters of the surname padded with 9, birth date, initials, 9 or a digit, two letters, perhaps an issue number.
_DRIVER = r"(?:[A-Z]{4}|[A-Z]{3}9|[A-Z]{2}99|[A-Z]999|9999)[ ]?[0-9]{6}[ ]?[A-Z9]{2}[ ]?[0-9][A-Z]{2}(?:[ ]?[0-9]{2})?"
_VAT = r"[0-9]{3}[ \-]?[0-9]{4}[ \-]?[0-9]{2}(?:[ \-]?[0-9]{3})?"

ROWS = (
    # Northern Irish H&C numbers have the same form and check.
    *identifier(
        "UK_NHS",
        ("nhs", "h&c"),
        "datadictionary.nhs.uk; python-stdnum gb.nhs",
        alone("943 476 5919", grouped(3, 3, 4), checksums.nhs),
        near("9434765910", loose(3, 3, 4)),
    ),
    # Scotland: a birth date and four digits.
    *identifier(
        "UK_CHI",
        ("chi", "community health index"),
        "datadictionary.nhs.uk",
        near("0101806000", wild(f"[0-9]{{6}}{GAP}[0-9]{{4}}|[0-9]{{3}}{GAP}[0-9]{{3}}{GAP}[0-9]{{4}}"), checksums.chi),
    ),
    *identifier(
        "UK_NINO",
        (
            "nino",
            "ni number",
            "ni #",
            "n.i",
            "national insurance",
            "nat ins",
            "nat insurance",
            "insurance number",
        ),
        "HMRC NIM39110",
        alone("AB 12 34 56 C", exact("[A-Z]", f"(?:{_NINO_PAIR}){_NINO_DIGITS}"), score=SHAPED),
        near(
            "ab123456",
            wild(r"(?i:[A-Z]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}(?:[ \-]?[A-DFMP])?)"),
        ),
    ),
    # What the tax office gives those who have no NINO yet.
    *identifier(
        "UK_TRN",
        ("trn", "temporary reference number", "nino", "national insurance"),
        "HMRC NIM39110",
        near("11 A1 11 11", wild(r"(?i:[0-9]{2}[ ]?[A-Z][ ]?[0-9][ ]?[0-9]{2}[ ]?[0-9]{2})")),
    ),
    # In accounts with a K behind.
    *identifier(
        "UK_UTR",
        ("utr", "unique taxpayer", "tax reference", "tax ref", "self assessment"),
        "HMRC; python-stdnum gb.utr",
        near("19558 39661", wild(r"[0-9]{5}[ \u00a0\-]?[0-9]{5}[Kk]?")),
    ),
    *identifier(
        "UK_VAT",
        ("vat",),
        "HMRC; python-stdnum gb.vat",
        alone("GB980780684", exact("G", f"B[ ]?{_VAT}"), checksums.vat),
        near("980 7806 84", wild(f"(?:(?i:GB)[ ]?)?{_VAT}"), checksums.vat),
        near("GB980780685", wild(f"(?i:GB)[ ]?{_VAT}")),
    ),
    # With its space.
    *identifier(
        "UK_POSTCODE",
        ("postcode", "p/code", "post code"),
        "BS 7666; Royal Mail's postcode areas",
        alone(
            "SW1A 1AA",
            exact("[A-Z]", r"[A-Z]?[0-9][A-Z0-9]?[ \u00a0][0-9][ABD-HJLNP-UW-Z]{2}"),
            checksums.uk_postcode,
            SHAPED,
        ),
        near(
            "sw1a1aa",
            wild(r"(?i:[A-Z]{1,2}[0-9][A-Z0-9]?[ \u00a0]?[0-9][ABD-HJLNP-UW-Z]{2})"),
            checksums.uk_postcode,
        ),
    ),
    # Northern Ireland's has eight digits.
    *identifier(
        "UK_DRIVING_LICENCE",
        words.LICENCE,
        "ukdriving.org.uk",
        alone("MORGA657054SM9IJ", exact("[A-Z]", _DRIVER), checksums.driving_licence),
        near("morga657054sm9ij", wild(rf"(?i:[A-Z]{_DRIVER})")),
        near("12345678", wild("[0-9]{8}")),
    ),
    *identifier("UK_PASSPORT", words.PASSPORT, "HM Passport Office", near("123456789", loose(3, 3, 3))),
    # The modulus tables change several times a year, so nothing is verified.
    *identifier(
        "UK_SORT_CODE",
        ("sort code", "s/c", "sortcode", "srt code", "sort number"),
        "vocalink.com (modulus checking)",
        near("12-34-56", wild(r"[0-9]{2}[ \-]?[0-9]{2}[ \-]?[0-9]{2}(?:[ ,/]{1,3}[0-9]{8})?")),
    ),
    *identifier(
        "UK_BANK_ACCOUNT",
        words.ACCOUNT,
        "vocalink.com (modulus checking)",
        alone("12-34-56 12345678", exact("[0-9]", r"[0-9]-[0-9]{2}-[0-9]{2}[ ,/]{1,2}[0-9]{8}"), score=SHAPED),
        near("12345678", loose(4, 4), has_digits(8), score=GENERIC),
    ),
)
