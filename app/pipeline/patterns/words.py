"""Words that announce a value in more than one country."""

from __future__ import annotations

PASSPORT = ("passport", "passport no", "passport number", "travel document")

LICENCE = (
    "licence", "licence no", "licence number", "license no", "license number", "dl", "dl no", "dl number", "d/l",
    "driver licence", "drivers licence", "driver's licence", "driving licence", "driver number",
    "driver license", "drivers license", "driver's license", "driving license",
)  # fmt: skip

ACCOUNT = (
    "account", "account no", "account number", "bank account", "checking account", "savings account", "acct",
    "acct no", "acc", "acc no", "a/c",
)  # fmt: skip
