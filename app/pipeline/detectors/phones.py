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
    f"[+(0-9](?<![{WORD}.+\\-/#@&%$€£~*\u2011].){{guard}}(?:(?<=\\()\\+)?"
    f"(?:(?:[ \u00a0.\\-\u2010-\u2015()]{{{{0,3}}}}[0-9]){{{{6,16}}}}|(?<=1)3(?:[ \\-]?[0-9]{{{{2}}}}){{{{2}}}})"
    f"(?:(?![{WORD}])|(?=x[0-9]{{{{1,6}}}}(?![{WORD}])))(?!\\.[0-9])"
)
_CANDIDATE = re.compile(_NUMBER.format(guard="(?:(?<=\\+)(?=[0-9(])|(?<=[0-9(])(?<![0-9][ \u00a0(:].))"))
# Directly behind a number the blank only separates.
_NEXT = re.compile(_NUMBER.format(guard=""))

_DATE = re.compile(
    r"[0-9]{4}[-/.][0-9]{2}[-/.][0-9]{2}(?![0-9])|[0-9]{1,2}[/.-][0-9]{1,2}[/.-](?:19|20)[0-9]{2}(?![0-9])"
    r"|(?:19|20)[0-9]{2}[ -](?:19|20)[0-9]{2}(?![0-9])|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])[0-3][0-9](?![0-9])"
)
# Addresses, fractions, scores like 10-20-30, ZIP+4.
_OTHER = re.compile(
    r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}$|\+?[0-9]+\.[0-9]+$|[0-9]{1,2}-[0-9]{1,2}-[0-9]{1,2}$|[0-9]{5}-[0-9]{4}$"
)
# Book numbers start with 0, too.
_BOOK = re.compile(r"(?i:is[bs]n|doi)[^0-9\n]{0,16}$")
# Groupings that are telephone numbers without a leading 0: US 3-3-4, Australian 1300 and 1800.
_GROUPED = {
    "US": re.compile(
        r"(?:1[ .\-\u2011]?)?(?:\([0-9]{3}\)[ \-]?|[0-9]{3}(?:[ .\-\u2011]| - ))[0-9]{3}(?:[ .\-\u2011]| - )[0-9]{4}$"
    ),
    "AU": re.compile(r"1[38]00(?:([ .\-])[0-9]{3}\1[0-9]{3}|([ .\-])[0-9]{2}\2[0-9]{2}\2[0-9]{2})$"),
}
# A number without its area code, an Australian one of six digits.
_LOCAL = re.compile(r"[1-9][0-9]{2,3}[ \-][0-9]{4}$|13[ \-]?[0-9]{2}[ \-]?[0-9]{2}$")
_KEYWORD = re.compile(
    r"(?:(?<![a-z])(?:phones?|ph|tel|telephone|mobile|mob|cell|cellphone|fax|call|sms|whatsapp|contact|hotline"
    r"|landline|dial|ring|pager|(?:my|his|her|our|your|their)(?: new| own| direct)?(?= number))"
    r"(?:[ _-]?(?:number|no|num))?(?![a-z])[^0-9\n]{0,20})$"
)
# One of these is in whatever the expression matches, and hardly ever in front of other numbers.
_KEYWORD_PARTS = (
    "ph",
    "tel",
    "mob",
    "cell",
    "fax",
    "call",
    "sms",
    "contact",
    "hotline",
    "landline",
    "dial",
    "ring",
    "page",
    " number",
    "whatsapp",
)
# What follows a number inside a firm.
_EXTENSION = re.compile(
    r"(?:,?[ \u00a0]?(?i:extension|extn?\.?|x)[ \u00a0.:]{0,2}|;ext=|[ ]#)[0-9]{1,6}(?![0-9A-Za-z_])"
    r"|[ ]\((?i:extension|extn?\.?|x)[ .:]{0,2}[0-9]{1,6}\)"
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
# Numbers kept free for fiction that the library knows to be unassigned; people try a tool with them.
_DRAMA = {
    "UK": re.compile(
        r"(?:\+44|0044|001144|01144|0)(?:(?:1632960|7700900|3069990|8081570)[0-9]{3}"
        r"|(?:11[3-8]496|1[2-6]1496|191498|207946|289649|292018)[0-9]{4})$"
    ),
    "US": re.compile(r"(?:(?:\+|0011|00)?1)?[2-9][0-9]{2}55501[0-9]{2}$"),
}


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
        if extension := _EXTENSION.match(text, end):
            end = extension.end()
        yield start, end
        match = _NEXT.match(text, end + 1) or _CANDIDATE.search(text, end)


def _accepted(text: str, start: int, found: str, regions: tuple[str, ...]) -> int:
    """How many characters of the candidate are a number; 0 if none."""
    if _DATE.match(found) or ("+" not in found[:2] and _BOOK.search(text, max(0, start - 24), start)):
        return 0
    # It may have run on into the number behind: try it without its last groups.
    parts = [found]
    while (shorter := parts[-1].rpartition(" ")[0]) and len(shorter) >= 7:
        parts.append(shorter)
    for part in parts:
        if _is_written(part, regions) and _is_plausible(part) and _is_valid(_digits(part), regions):
            return len(part)
    # Behind "phone" a number need not be assigned, nor have an area code: people mistype, and leave it out.
    before = text[max(0, start - 48) : start].lower()
    if any(part in before for part in _KEYWORD_PARTS) and _KEYWORD.search(before):
        for part in parts:
            if _LOCAL.match(part) or (_is_plausible(part) and (part.isdigit() or _is_written(part, regions))):
                return len(part)
    return 0


def _is_written(part: str, regions: tuple[str, ...]) -> bool:
    """Whether people write telephone numbers like this without saying so."""
    if part.count("(") != part.count(")") or "  " in part or _OTHER.match(part):
        return False
    if part.lstrip("(")[0] == "+":
        return True
    if "." in part and (" " in part or "-" in part):
        return False
    if part.lstrip("(")[0] == "0":
        return True
    return any(region in regions and form.match(part) for region, form in _GROUPED.items())


def _is_plausible(part: str) -> bool:
    number = _digits(part)
    if not (9 if part.isdigit() and number[0] == "0" else 8) <= len(number.lstrip("+")) <= 17:
        return False
    # 0123456789 and 0000000000 are fillers.
    return number[-9:] not in "01234567890123456789" and len(set(number[-7:])) > 1


def _digits(part: str) -> str:
    """The digits, with the "+" if there is one; in "+44 (0)20 …" the zero is only dialled inside the country."""
    if part.lstrip("(")[0] == "+":
        return "+" + _NO_DIGIT.sub("", part.replace("(0)", "", 1))
    return _NO_DIGIT.sub("", part)


@lru_cache(maxsize=4096)
def _is_valid(number: str, regions: tuple[str, ...]) -> bool:
    prefix = _INTERNATIONAL.match(number)
    if any(form.match(number) and (prefix or region in regions) for region, form in _DRAMA.items()):
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
