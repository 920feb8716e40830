"""Rows for days and ages that a word says to be somebody's (HIPAA, Safe Harbor)."""

from __future__ import annotations

import re

from app.pipeline.patterns import checksums
from app.pipeline.patterns.pattern import identifier, near, wild

# As people write it, perhaps with the time a database adds.
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
_DATE = wild(
    r"(?i:[12][0-9]{3}([/.\-])[0-9]{1,2}\1[0-9]{1,2}(?:[T ][0-9]{2}:[0-9:.]{2,15}(?:Z|[+\-][0-9]{2}:?[0-9]{2})?)?"
    r"|[0-9]{1,2} ?[/.\-] ?[0-9]{1,2} ?[/.\-] ?(?:[0-9]{4}|[0-9]{2})"
    r"|(?:19|20)[0-9]{6}"
    r"|[12][0-9]{3}, ?[0-9]{1,2}, ?[0-9]{1,2}"
    r"|[0-9]{1,2} [0-9]{1,2} (?:19|20)[0-9]{2}"
    rf"|[0-9]{{1,2}}(?:st|nd|rd|th)?[ \-./]{{0,2}}(?:of )?{_MONTH}[ \-./,]{{0,2}}(?:[0-9]{{4}}|[0-9]{{2}})"
    rf"|[0-9]{{4}}[ \-./]{_MONTH}[ \-./][0-9]{{1,2}}"
    rf"|{_MONTH}[ .\-]{{0,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?[,\-]? ?[0-9]{{4}})"
)


def _date(value: str) -> bool:
    """A day that there is."""
    parts = [int(part) for part in re.findall(r"[0-9]+", value.partition(":")[0])]
    if len(parts) == 1:  # 19800131
        parts = [parts[0] // 10000, parts[0] // 100 % 100, parts[0] % 100]
    day, month = (parts[1], parts[2]) if parts[0] > 31 else (parts[0], parts[1])
    if len(parts) == 2:  # the month is a word
        return 1 <= min(parts) <= 31
    return 1 <= min(day, month) <= 12 and max(day, month) <= 31


_BIRTH = (
    "dob",
    "d/o/b",
    "date of birth",
    "birth date",
    "birthdate",
    "birth dt",
    "birthday",
    "bday",
    "b-day",
    "b'day",
    "born",
)
_EVENT = (
    "date of death", "death date", "died", "deceased", "passed away", "dod",
    "date of admission", "admission", "admitted", "adm date", "doa", "date of discharge", "discharge", "discharged",
    "date of service", "service date", "dos", "appointment", "appt", "date of visit", "visit date",
    "date of procedure", "procedure date", "date of surgery", "surgery date", "surgery on",
    "date of injury", "injury date",
    "date of onset", "date of diagnosis", "diagnosed",
)  # fmt: skip

# What follows an age is no other unit, and no group of ages.
_AGE = wild(
    r"(?:9[0-9]|1[01][0-9])(?![+\-])(?! ?(?i:days?|weeks?|months?|hours?|hrs?|minutes?|mins?|seconds?|secs?|ms"
    r"|s|%|percent|[kmg]i?b)\b)(?! (?i:and|or) (?i:over|older|above|up|more))"
)
# "Cache-Control: max-age=90" and "Age" as a response's header measure seconds.
_NO_AGE = re.compile(r"(?i:(?:max|min|avg|average|mean|median|cache|session|over|under)[\W_]{0,2}age\W{0,4})$")
_YEARS = ("year old", "years old", "yr old", "yrs old", "years of age", "yrs of age", "y/o", "yo")
_HIPAA = "45 CFR 164.514(b)(2)(i)(C)"

ROWS = (
    *identifier("DATE_OF_BIRTH", _BIRTH, _HIPAA, near("31/01/1980", _DATE, _date)),
    *identifier("DATE", _EVENT, _HIPAA, near("31/01/2024", _DATE, _date)),
    *identifier("AGE", ("age", "aged"), _HIPAA, near("93", _AGE, checksums.over_89, reach=12, not_after=_NO_AGE)),
    *identifier(
        "AGE",
        _YEARS,
        _HIPAA,
        near("93", re.compile(r"(?<![A-Za-z0-9.,:/\-])(?:9[0-9]|1[01][0-9])"), checksums.over_89, unit=True),
    ),
)
