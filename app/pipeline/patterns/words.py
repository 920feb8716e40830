"""Words that announce a value in more than one country."""

from __future__ import annotations

PASSPORT = (
    "passport",
    "travel document",
    "travel doc",
    "ppt number",
    "ppt #",
    "document number",
)

LICENCE = (
    "licence", "license number", "license id", "license #", "driver license", "drivers license",
    "driver's license", "driving license", "driver number", "dl", "d/l", "lic number", "lic #",
    "driver lic", "drivers lic", "driver's lic", "driving lic", "license card", "operator license", "oln",
    "dln", "cdl",
    "state id",
)  # fmt: skip

ACCOUNT = ("account", "acct", "acc", "a/c", "accnt")
