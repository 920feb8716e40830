"""Words that announce a value in more than one country."""

from __future__ import annotations

PASSPORT = (
    "passport",
    "travel document",
    "travel doc",
    "ppt no",
    "ppt number",
    "ppt #",
    "document no",
    "document number",
)

LICENCE = (
    "licence", "license no", "license number", "license id", "license #", "driver license", "drivers license",
    "driver's license", "driving license", "driver number", "dl", "d/l", "lic no", "lic num", "lic number", "lic #",
    "lic nr", "driver lic", "drivers lic", "driver's lic", "driving lic", "license card", "operator license", "oln",
    "state id",
)  # fmt: skip

ACCOUNT = ("account", "acct", "acc", "a/c", "accnt")
