"""Values before the word that names them: "123456782 is my TFN", "AB12 CDE (her rego)", a caption under its value."""

from __future__ import annotations

import re
from enum import Enum

#: The widest gap between a value and its word, and how many words may stand in it.
WIDEST, _WORDS = 80, 7

_TOKEN = re.compile(r"[^\W\d_][\w'’\-]*|\n|[^\w\s]+")
# What says that the word behind names the value before.
_LINKS = frozenset(
    "is was are be been being as for matches match equals means that's thats that’s it's it’s belongs listed".split()
)
_SIGNS = frozenset(("-", "–", "—", "→", "->", "<-", "←", "=", "=>", "<=", "~", "*", "**", "--"))
_REMARKS = frozenset((":", "#", "//", "/*", "<!--", "--"))
_OWNERS = frozenset(
    "my your his her their our old new current previous the a an this that that's thats that’s it's it’s is".split()
)
_POINTS = frozenset("that that's thats that’s this it's it’s thats its ^".split())
_ASKED = re.compile(r"(?<![A-Za-z])(?i:is|was|are)[ \t]+[\"'`*]{0,3}\Z")
# What a number behind these counts or names is no one's.
_THING = re.compile(
    r"(?<![A-Za-z])(?i:version|ver|v|release|build|invoice|order|ticket|case|issue|pr|bug|commit|error|code|status|port"
    r"|room|line|page|step|chapter|section|figure|table|receipt|tracking|parcel|task|job|pid|row|item)"
    r"(?i:[ ](?:no|num|number|id))?[ .:#\-]{1,3}\Z"
)
_NAMED = re.compile(r"(?:PR|ISSUE|BUG|TICKET|RFC|ISO|PEP)[ \-]")
_CLOSED = re.compile(r"[^0-9\n)\]]{0,16}[)\]]")
_CLOSING = "\"'`*_~’”"
# A remark at the end of a line of code.
_REMARK = re.compile(r"[\"'`);,]{0,4}[ \t]{0,8}(?://|#|--|/\*|<!--)[ \t]{0,4}(?:[A-Za-z'’]{1,16} ){0,2}")
# The cell before: the value stands in a cell of its own, and so does the word.
_CELL = re.compile(
    r"[\"'`*_]{0,4}(?:[ \t]{0,16}(?:[|│║\t;]|</t[dh]>\s{0,16}<t[dh][^<>]{0,80}>)[ \t]{0,16}"
    r"|[ .\u00b7\u2026\-\u2500]{3,80}+)"
    r"[\"'`*_]{0,4}(?:[A-Za-z'’]{1,16} ){0,2}"
)
_FIELD = re.compile(r"[\"']?,[ ]?[\"']?(?:[A-Za-z'’]{1,16} ){0,2}")
# In a message of HL7 a component before: "12345^^^HOSPITAL^MR".
_COMPONENT = re.compile(r"\^{1,4}(?:[\w.&]{1,40}\^)?")
# The attribute before: `value="123456782" type="text" name="`.
_ATTRIBUTE = re.compile(
    r"[\"'](?: (?:class|type)=[\"'][a-z \-]{0,24}[\"']){0,2} (?:name|id|label|title|aria-label|placeholder)=[\"']"
    r"(?:[A-Za-z]{1,16}[ _\-]){0,2}"
)
_NOUN = "(?i:[ _\\-.]{0,2}(?:no|num|number|nr|id|code|card|details|file|ref|reference|identifier|#)){0,2}"
_CELL_ENDS = re.compile(rf"{_NOUN}[\"'`*_ \t]{{0,16}}(?:[|│║\t;]|</t|\r?\n|\Z)")
_CELL_BEGINS = re.compile(r"(?:\A|[\n|│║\t;>])[ \t\"'`*_]{0,16}\Z")
_FIELD_BEGINS = re.compile("(?:\\A|\n)[\"']?\\Z")
# Nothing behind the word but its line's end, and perhaps what makes it the name of a number.
_ENDS = re.compile(rf"{_NOUN}[^\w\n]{{0,12}}(?:\n|\Z)")
_RULED = re.compile(
    r"[ \t*_`]{0,8}\r?\n(?:[ \t]{0,16}(?:[\-_=\u2500.]{3,80}[ \t]*)?\r?\n)?"
    r"[ \t*_(\[]{0,16}(?:[A-Za-z']{1,12} ){0,2}\Z"
)
_BLANK = re.compile(r"(?:\A|\n)[ \t]*(?:[\-_=\u2500.]{3,80}[ \t]*)?(?:\n|\A)?[ \t*_`>\[]{0,8}\Z")
_NO_NUMBER = frozenset(("number of", "lot of", "total of"))


# "`062-000` / `12345678` (BSB / account)": how far the brackets are looked for, and what parts labels and values alike.
_BRACKET = 48
_PARTED = tuple(map(re.compile, (r" +[/|&+] +|, +| +and +", r"[/|,&]")))
_PAIRED = re.compile(r"(?<![A-Za-z0-9])[A-Z]{0,5}[0-9](?:[A-Z0-9 \-./]{0,40}[A-Z0-9])?(?=[ \"'`*]{0,4}\Z)")

_NUMBERED = re.compile(r"(?i:[ _\-.]?card)?(?i:[ _\-.]{0,2}(?:no|num|number|nr|id|code|#))?[\s.\"'`*]*")


class Gap(Enum):
    """What stands between a value and a word that may name it."""

    NONE = 0
    STATED = 1  # the word names the value
    ASKED = 2  # it does behind a verb: "is 123456782 your TFN?"
    CAPTION = 3  # it does if the value has the line above to itself
    CELL = 4  # it does if the value begins its cell
    FIELD = 5  # it does if the value begins its line
    PLACED = 6  # nothing: "93-year-old", "123456789 SSN"


def gap(text: str, stop: int, start: int, end: int) -> Gap:
    """What stands between a value that ends at `stop` and the word at [start, end)."""
    between = text[stop:start]
    if between in ("", " ", "-"):
        return Gap.PLACED
    if _RULED.fullmatch(between):
        return Gap.CAPTION if _ENDS.match(text, end) else Gap.NONE
    if (_CELL.fullmatch(between) or _FIELD.fullmatch(between)) and _CELL_ENDS.match(text, end):
        return Gap.FIELD if between.lstrip("\"'")[:1] == "," else Gap.CELL
    if between[0] == "^" and _COMPONENT.fullmatch(between):
        return Gap.STATED
    if between[0] in "\"'" and _ATTRIBUTE.fullmatch(between):
        return Gap.STATED
    if _REMARK.fullmatch(between) and _ENDS.match(text, end):
        return Gap.STATED
    tokens = _TOKEN.findall(between.lstrip(_CLOSING))
    words = [token.lower() for token in tokens if token[0].isalpha()]
    if not tokens or len(words) > _WORDS or text[end : end + 1] in ("s", "S"):
        return Gap.NONE
    return _told(text, tokens, words, end)


def _told(text: str, tokens: list[str], words: list[str], end: int) -> Gap:
    first = tokens[0]
    signs = len(tokens) - len(words)
    is_stated = False
    if first in ("(", "["):
        is_stated = signs == 1 and _OWNERS.issuperset(words[:-1]) and _CLOSED.match(text, end) is not None
    elif first in _REMARKS and signs == 1 and len(words) <= 2:
        is_stated = _ENDS.match(text, end) is not None
    elif "\n" in tokens or first in (".", "...", "!", "…"):
        # "123456782\nuser: that's my TFN"
        told = tokens[tokens.index("\n") + 1 :] if "\n" in tokens else tokens[1:]
        told = told[2:] if told[1:2] == [":"] else told
        is_stated = len(told) > 1 and told[0].lower() in _POINTS and all(token[0].isalpha() for token in told)
    elif first in _SIGNS:
        is_stated = signs == 1 and len(words) <= 4
    elif (signs == 0 or (signs == 1 and first == ",")) and words and " ".join(words[-2:]) not in _NO_NUMBER:
        is_stated = not _LINKS.isdisjoint(words[:4])
        if not is_stated and words[0] in _OWNERS and len(words) <= 3:
            return Gap.ASKED
    return Gap.STATED if is_stated else Gap.NONE


def paired(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The value that has the place before the brackets which the word at [start, end) has in them."""
    opening = text.rfind("(", max(0, start - _BRACKET), start)
    closing = text.find(")", end, end + _BRACKET) if opening >= 0 else -1
    for mark in _PARTED if closing >= 0 else ():
        labels = _parts(mark, text, opening + 1, closing)
        if len(labels) > 1:
            first = max(0, opening - WIDEST)
            first = max(first, text.rfind("\n", first, opening) + 1)
            values = _parts(mark, text, first, opening)[-len(labels) :]
            for place, (left, right) in enumerate(labels):
                if left <= start and _NUMBERED.fullmatch(text, end, right) and len(values) == len(labels):
                    value = _PAIRED.search(text, *values[place])
                    return value.span() if value else None
            break
    return None


def _parts(mark: re.Pattern[str], text: str, begin: int, end: int) -> list[tuple[int, int]]:
    marks = [match.span() for match in mark.finditer(text, begin, end)]
    return list(zip([begin, *(right for _, right in marks)], [*(left for left, _ in marks), end], strict=True))


def is_thing(text: str, begin: int, after: int = 0) -> bool:
    """Whether the number at `begin` counts or names something that is nobody's: "invoice 10023456", "PR 12345".

    What stands before `after` is not asked.
    """
    return _THING.search(text, max(after, begin - 24), begin) is not None or _NAMED.match(text, begin) is not None


def begins(text: str, begin: int, between: Gap) -> bool:
    """Whether a value may begin at `begin`, with that between it and its word."""
    if is_thing(text, begin):
        return False
    if between is Gap.ASKED:
        return _ASKED.search(text, max(0, begin - 12), begin) is not None
    if between in (Gap.CELL, Gap.FIELD):
        starts = _CELL_BEGINS if between is Gap.CELL else _FIELD_BEGINS
        return starts.search(text, max(0, begin - 24), begin) is not None
    return between is Gap.STATED or _BLANK.search(text, max(0, begin - 120), begin) is not None
