"""Telephone numbers: a cheap expression proposes, `phonenumbers` decides.

`phonenumbers.PhoneNumberMatcher` finds the same numbers at a hundredth of the speed, and calls much of a
log file a number. Ten bare digits without a leading 0 or + are left alone unless a word like "mobile"
stands before: they are what identifiers and times in seconds look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import phonenumbers

from app.pipeline.patterns.pattern import WORD
from app.pipeline.policy import REGIONS, Policy

ENTITY = "PHONE_NUMBER"
SCORE = 0.75

# Never behind a word, a path, an amount, a fraction; behind "digit, blank" it would be a part of a row of numbers,
# behind "digit:" of a time. A "+" starts a number wherever it is no sum.
_NUMBER = (
    f"[+(0-9](?<![{WORD}.+\\-/#@&%$€£~*\u2011].){{guard}}"
    f"(?:[ \u00a0.\\-\u2010-\u2015()]{{{{0,3}}}}[0-9]){{{{6,16}}}}(?![{WORD}])(?!\\.[0-9])"
)
_CANDIDATE = re.compile(_NUMBER.format(guard="(?:(?<=\\+)(?=[0-9(])|(?<=[0-9(])(?<![0-9][ \u00a0(:].))"))
# Directly behind a number the blank only separates.
_NEXT = re.compile(_NUMBER.format(guard=""))

# Dates, fractions, addresses, ZIP+4, and scores like 10-20-30.
_OTHER = re.compile(
    r"[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}(?![0-9])|[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:19|20)[0-9]{2}(?![0-9])"
    r"|(?:[0-9]{1,3}\.){3}[0-9]{1,3}$|\+?[0-9]+\.[0-9]+$|[0-9]{1,2}-[0-9]{1,2}-[0-9]{1,2}$|[0-9]{5}-[0-9]{4}$"
)
# Book numbers start with 0, too.
_BOOK = re.compile(r"(?i:is[bs]n|doi)[^0-9\n]{0,16}$")
# Groupings that are telephone numbers without a leading 0: US 3-3-4, Australian 1300 and 1800.
_GROUPED = {
    "US": re.compile(r"(?:1[ .\-\u2011]?)?(?:\([0-9]{3}\) ?|[0-9]{3}[ .\-\u2011])[0-9]{3}[ .\-\u2011][0-9]{4}$"),
    "AU": re.compile(r"1[38]00[ .\-][0-9]{3}[ .\-][0-9]{3}$"),
}
_KEYWORD = re.compile(
    r"(?i:(?<![a-z])(?:phones?|ph|tel|telephone|mobile|mob|cell|cellphone|fax|call|sms|whatsapp|contact|hotline"
    r"|landline|dial)(?:[ _-]?(?:number|no|num))?(?![a-z])[^0-9\n]{0,20})$"
)
# National numbers by shape, to spare most calls of the library.
_NATIONAL = {
    "AU": re.compile(r"0[23478][0-9]{8}$|1[38]00[0-9]{6}$"),
    "NZ": re.compile(r"0[2-9][0-9]{7,9}$|0[58]0[08][0-9]{5,7}$"),
    "UK": re.compile(r"0[1235789][0-9]{8,9}$"),
    "US": re.compile(r"1?[2-9][0-9]{2}[2-9][0-9]{6}$"),
}
_NO_DIGIT = re.compile("[^0-9]+")
_INTERNATIONAL = re.compile(r"\+|0011|011|00")
# Ofcom's numbers for drama that the library knows to be unassigned; people try a tool with them.
_DRAMA = re.compile(r"(?:\+44|0044|001144|01144|0)(?:1632960|7700900|3069990|8081570)[0-9]{3}$")


def find(text: str, policy: Policy) -> Iterator[tuple[int, int]]:
    """Start and end of each telephone number, in order."""
    regions = tuple(region for region in REGIONS if policy.covers(region))
    match = _CANDIDATE.search(text)
    while match:
        start, candidate = match.start(), match.group()
        if candidate[0] == "(" and candidate.count("(") > candidate.count(")"):  # a number in brackets
            start, candidate = start + 1, candidate[1:]
        size = _accepted(text, start, candidate, regions)
        if not size:
            match = _CANDIDATE.search(text, match.end())
            continue
        end = start + size
        yield start, end
        match = _NEXT.match(text, end + 1) or _CANDIDATE.search(text, end)


def _accepted(text: str, start: int, found: str, regions: tuple[str, ...]) -> int:
    """How many characters of the candidate are a number; 0 if none."""
    part = found
    # It may have run on into the number behind: try it without its last groups.
    for _ in range(4):
        if _is_written(part, text, start, regions) and _is_number(part, regions):
            return len(part)
        part = part.rpartition(" ")[0]
        if len(part) < 8:
            break
    return 0


def _is_written(part: str, text: str, start: int, regions: tuple[str, ...]) -> bool:
    """Whether people write telephone numbers like this, here."""
    if part.count("(") != part.count(")") or "  " in part or _OTHER.match(part):
        return False
    if _INTERNATIONAL.match(part):
        return part[0] == "+" or not _BOOK.search(text, max(0, start - 24), start)
    if "." in part and (" " in part or "-" in part):
        return False
    if part.lstrip("(")[0] == "0":
        return not _BOOK.search(text, max(0, start - 24), start)
    if any(region in regions and form.match(part) for region, form in _GROUPED.items()):
        return True
    return part.isdigit() and _KEYWORD.search(text, max(0, start - 48), start) is not None


def _is_number(found: str, regions: tuple[str, ...]) -> bool:
    number = _NO_DIGIT.sub("", found)
    if not 8 <= len(number) <= 17:
        return False
    if found.isdigit() and number[0] == "0" and len(number) < 9:
        return False
    # 0123456789 and 0000000000 are fillers.
    if number[-9:] in "01234567890123456789" or len(set(number[-7:])) == 1:
        return False
    return _is_valid(("+" if found.startswith("+") else "") + _without_trunk(found, number), regions)


def _without_trunk(found: str, number: str) -> str:
    # "+44 (0)20 …": the zero is only dialled inside the country.
    return _NO_DIGIT.sub("", found.replace("(0)", "", 1)) if found.startswith("+") else number


@lru_cache(maxsize=4096)
def _is_valid(number: str, regions: tuple[str, ...]) -> bool:
    prefix = _INTERNATIONAL.match(number)
    if _DRAMA.match(number) and (prefix or "UK" in regions):
        return True
    if prefix and _parses("+" + number[prefix.end() :], None):
        return True
    return any(
        _NATIONAL[region].match(number) and _parses(number, "GB" if region == "UK" else region) for region in regions
    )


def _parses(number: str, region: str | None) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    if region is None:
        return phonenumbers.is_valid_number(parsed)
    return phonenumbers.is_valid_number_for_region(parsed, region)
