"""Words that announce a value in more than one country."""

from __future__ import annotations

PASSPORT = ("passport", "travel document", "travel doc")

LICENCE = (
    "licence", "license no", "license number", "license id", "license #", "driver license", "drivers license",
    "driver's license", "driving license", "driver number", "dl", "d/l",
)  # fmt: skip

ACCOUNT = ("account", "acct", "acc", "a/c")
