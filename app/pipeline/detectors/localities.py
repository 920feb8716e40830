"""The second half of an address: town, state, postal code and country, on one line or on several.

The postal code makes sure. Read from the left, behind a street, everything up to it belongs to the address; read
from the right, from a code that stands by itself, what precedes it is a town if it is written like one. All steps
are bounded, so that reading every place of a text takes time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.pipeline.patterns import checksums, places
from app.pipeline.policy import Policy

#: A word of letters, with apostrophes and hyphens in it, or initials; perhaps abbreviated.
WORD = r"(?:(?:[^\W\d_]\.){2,8}|[^\W\d_](?:[^\W\d_]|[\u0300-\u036f]|['’‘\-](?=[^\W\d_])){0,39}\.?)"
#: A line break, as it is or as in the source of a string or a page.
LINE = r"[ \t]{0,8},?[ \t]{0,8}(?:\r?\n|(?:\\r)?\\n|<br ?/?>(?:\r?\n)?)[ \t]{0,16}"
#: In the source of a string, the letter of an escape is no part of the word behind it.
_ESCAPED = r"(?<=\\[nrt])"
#: Between the parts of an address: a line break, a comma, or just a blank.
SEPARATOR = rf"(?:{LINE}|,[ \u00a0]{{0,3}}|[ \u00a0]{{1,2}})"
_SMALL = "|".join(sorted(places.SMALL | {"and", "&"}))
_CAPITAL = rf"(?![a-zß-öø-ÿ]){WORD}"
#: The name of a town or a house: capitalised words, with small ones between, and nothing that it is a part of.
NAME = rf"(?:(?<![\w.@/\\\-'’#$])|{_ESCAPED}){_CAPITAL}(?: (?:(?:{_SMALL}) ){{0,2}}{_CAPITAL}){{0,4}}"

#: What a building is divided into.
UNIT_WORD = (
    r"(?i:unit|flat|apartment|apt|suite|ste|level|lvl|floor|fl|shop|lot|room|rm|villa|townhouse|block|blk|building|bldg"
    r"|tower|wing|studio|penthouse|office|factory|warehouse|house)\.?[ \u00a0]?"
)
UNIT = (
    rf"(?:{UNIT_WORD}(?:#?[0-9]{{1,5}}[A-Za-z]?(?:[-/][0-9A-Za-z]{{1,4}})?|(?<=[ .])[A-Z][0-9]{{0,4}})(?!\w)"
    r"|[Uu][0-9]{1,4}[A-Za-z]?(?!\w)|#[ ]?[0-9]{1,5}[A-Za-z]?(?:-[0-9A-Z]{1,5})?(?!\w)"
    r"|(?i:(?:[0-9]{1,2}(?:st|nd|rd|th)|(?:lower |upper )?ground|first|second|third|fourth|fifth|top) floor(?: flat)?"
    r"|basement(?: flat)?|penthouse|R\.?D\.? ?[0-9]{1,2})(?!\w))"
)

_WORD = re.compile(WORD)
_SEPARATOR = re.compile(SEPARATOR)
_CODE_END = r"(?![0-9A-Za-z_%])(?![.,:/\-][0-9])"
_CODE = re.compile(rf"[0-9]{{4}}(?:[0-9](?:-[0-9]{{4}})?)?{_CODE_END}")
_UK = re.compile(r"(?i:[A-Z]{1,2}[0-9][0-9A-Z]?[ \u00a0]?[0-9][ABD-HJLNP-UW-Z]{2})(?![0-9A-Za-z_])")
_UK_INWARD = re.compile(r"[0-9][ABD-HJLNP-UW-Z]{2}(?![0-9A-Za-z_])")
_UK_OUTWARD = re.compile(rf"(?:(?<![0-9A-Za-z_.\-/])|{_ESCAPED})[A-Z]{{1,2}}[0-9][0-9A-Z]?[ \u00a0]\Z")
_COUNTRY = re.compile(places.COUNTRY)
#: What a town is followed by where no postal code makes sure that it is one.
_CLOSE = re.compile(
    r"[ \u00a0]{0,3}(?:[,.;:!?)\]}\"'’”<\r\n|]|\\n|\Z)"
    r"|[ \u00a0](?:[-–—(]|(?:in|on|at|for|by|after|before|from|to|until|since|with|when|as)\b)"
)
#: A postcode right behind a street.
_LONE_CODE = re.compile(rf"(?!19|20)[0-9]{{4}}{_CODE_END}(?={_CLOSE.pattern})")
_JOINED = re.compile(rf" {WORD}")
_PART_OF_MORE = re.compile(r"[\w.@/\\\-'’#$]")
_UNIT_AT_END = re.compile(rf"(?<![\w#/.\-]){UNIT}\Z")
_NAME_AT_END = re.compile(rf"{NAME}\Z")
_NUMBERED = re.compile(rf"(?<![\w.\-/$£€])[0-9]{{1,5}}[A-Za-z]?(?:[-–/][0-9]{{1,5}}[A-Za-z]?)?[ \u00a0]{NAME}\Z")
#: What ends a part of an address, read from the right.
_MARKS = (",", "\n", "\\n", "\\r", "<br>", "<br/>", "<br />")
_BLANKS = " \t\u00a0,\r\n"
#: Lines or parts between commas, and words in one of them.
_PARTS, _WORDS = 6, 5
_LONGEST = 160
_LAST_WORD = re.compile(r"(?:[^\W\d_]\.?|[\u0300-\u036f])+\Z")
#: Last words of what stands before a code that needs no street.
_LAST_WORDS = frozenset(
    name.rpartition(" ")[2] for table in (places.AU_STATES, places.US_STATES, places.NZ_TOWNS) for name in table
)


def behind(text: str, at: int, in_lower_case: bool = False, strict: bool = False) -> tuple[int, bool]:
    """Where the address whose street ends at `at` ends, and whether a postal code makes that sure.

    `in_lower_case` says that the street is, so that towns may be; `strict` that a row of digits is no code
    without its state.
    """
    end = position = at
    parts = words = 0
    town = comma = False
    capital = True
    while parts < _PARTS and (separator := _SEPARATOR.match(text, position)):
        first, position = position == at, separator.end()
        if separator.group().strip(" \u00a0"):
            parts, words, capital = parts + 1, 0, True
            comma = separator.group()[0] == "," and separator.group()[-1] in ", \u00a0"
        apart = comma and not words
        if code := _code(text, position, town and not strict and (capital or in_lower_case), apart):
            return _country(text, code), True
        if first and (lone := _LONE_CODE.match(text, position)):
            return lone.end(), False
        if state := _state(text, position):
            end, position, town = state, state + (text[state : state + 1] == "."), True
            continue
        word = _WORD.match(text, position)
        if word is None or words == _WORDS or _plain(word.group()) in places.NO_PLACES:
            break
        words, position = words + 1, word.end()
        stop = position - word.group().endswith(".")
        if _plain(word.group()) not in places.SMALL:
            town, capital = True, capital and not word.group()[0].islower()
            # One town, and behind that a county.
            listed = parts > 1 and text[stop : stop + 1] == ","
            if comma and capital and parts <= 2 and not listed and _CLOSE.match(text, stop):
                end = stop
    return (_country(text, end) if end > at else end), False


def _plain(word: str) -> str:
    return word.replace(".", "").lower()


def _code(text: str, at: int, town: bool, apart: bool) -> int:
    """Where a postal code, perhaps behind its state, ends that begins at `at`; 0 if none does.

    Digits alone are one behind a `town`, but what looks like a year is none where it stands `apart`.
    """
    if (uk := _UK.match(text, at)) and checksums.uk_postcode(uk.group()):
        return uk.end()
    if digits := _CODE.match(text, at):
        return digits.end() if town and not (apart and _is_year(digits.group())) else 0
    for end in _state_ends(text, at):
        separator = _SEPARATOR.match(text, end)
        digits = _CODE.match(text, separator.end()) if separator else None
        if digits and _goes_with(text[at:end], digits.group()[:5]):
            return digits.end()
    return 0


def _goes_with(state: str, code: str) -> bool:
    """Whether this state may have this code; in capitals it is one, even if somebody mistyped the code."""
    known = places.AU_STATES if len(code) == 4 else places.US_STATES
    is_name = state.isupper() or (len(state) > 3 and state[0].isupper())
    return places.belongs(_plain(state), code) or (is_name and _plain(state) in known)


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")


def _state_ends(text: str, at: int) -> Iterator[int]:
    """Where states may end, of one to three words, that begin at `at`."""
    match = _WORD.match(text, at)
    for _ in range(3):
        if match is None:
            return
        end = match.end()
        if _plain(text[at:end]) in places.AU_STATES or _plain(text[at:end]) in places.US_STATES:
            yield end
        match = _JOINED.match(text, end)


def _state(text: str, at: int) -> int:
    """Where a state without postal code ends: its name, or its abbreviation in capitals; 0 if there is none."""
    for end in _state_ends(text, at):
        name = text[at:end]
        if name.isupper() or (len(name) > 3 and name[0].isupper()):
            stop = end - (name.endswith(".") and name.count(".") == 1)
            if _CLOSE.match(text, stop):
                return stop
    return 0


def _country(text: str, at: int) -> int:
    separator = _SEPARATOR.match(text, at)
    country = _COUNTRY.match(text, separator.end()) if separator else None
    return country.end() if country else at


def around(text: str, at: int, floor: int, policy: Policy) -> tuple[int, int] | None:
    """The place whose postal code, or the second half of it, begins at `at`; it begins at `floor` or later."""
    low = max(floor, at - _LONGEST)
    if policy.covers("UK") and (inward := _UK_INWARD.match(text, at)):
        outward = _UK_OUTWARD.search(text, max(floor, at - 5), at)
        if outward is None or not checksums.uk_postcode(outward.group()):
            return None
        start, end = _before(text, outward.start(), low), inward.end()
        return (start, _country(text, end)) if start < outward.start() else None
    digits = _CODE.match(text, at)
    state = _before_code(text, low, at, digits.group()[:5], policy) if digits else None
    if digits is None or state is None:
        return None
    start = _before(text, state, low)
    if start == state and _plain(text[start:at].strip()) not in places.NZ_TOWNS:
        return None
    return start, _country(text, digits.end())


def _before_code(text: str, low: int, at: int, code: str, policy: Policy) -> int | None:
    """Where the state, or a town of New Zealand, begins that stands before this postal code."""
    stop = at
    while stop > max(low, at - 2) and text[stop - 1] in " \u00a0,":
        stop -= 1
    last = _LAST_WORD.search(text, max(low, stop - 24), stop)
    if last is None or _plain(last.group()) not in _LAST_WORDS:
        return None
    region = "AU" if len(code) == 4 else "US"
    towns = len(code) == 4 and policy.covers("NZ") and not _is_year(code) and "," not in text[stop:at]
    for start in [match.start() for match in _WORD.finditer(text, max(low, stop - 32), stop)][-3:]:
        name = text[start:stop]
        if (start and _PART_OF_MORE.match(text, start - 1, start)) or name[0].islower():
            continue
        if towns and _plain(name) in places.NZ_TOWNS:
            return start
        is_name = name.isupper() or len(name) > 2
        if is_name and policy.covers(region) and places.belongs(_plain(name), code):
            return start
    return None


def _before(text: str, at: int, low: int) -> int:
    """Where the town before `at` begins, or the house or street before that; `at` itself if there is none."""
    start = stop = at
    for _ in range(2 * _PARTS):  # between "\\r" and "\\n" is a part, too
        while stop > low and text[stop - 1] in _BLANKS:
            stop -= 1
        cut, mark = max((text.rfind(mark, low, stop), mark) for mark in _MARKS)
        begin = low if cut < 0 else cut + len(mark)
        if begin == stop and cut >= 0:
            stop = cut
            continue
        if start < at and (unit := _UNIT_AT_END.search(text, max(begin, stop - 16), stop)):
            return unit.start()
        if not (text[stop - 1].isalpha() or text[stop - 1] == "."):
            break
        if numbered := _NUMBERED.search(text, max(begin, stop - 60), stop):
            return numbered.start()
        name = _name_at_end(text, begin, stop)
        if name is None:
            break
        kind = _plain(text[name:stop].rpartition(" ")[2])
        if start == at or kind in places.HOUSES or places.is_street(kind):
            start = name
        if cut < 0 or text[begin:name].strip(_BLANKS):
            break
        stop = cut
    return start


def _name_at_end(text: str, begin: int, stop: int) -> int | None:
    """Where the capitalised name that ends at `stop` begins, without words that only lead up to it."""
    match = _NAME_AT_END.search(text, max(begin, stop - 60), stop)
    start = match.start() if match else stop
    while (word := _WORD.match(text, start, stop)) and _plain(word.group()) in places.NO_STARTS:
        start = word.end() + 1
    return start if start < stop else None
