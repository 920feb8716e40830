"""Postal addresses, each as one span: unit, number and street or box, town, state, postal code, country.

One expression finds the digits an address can hang on: a number before a word, the number of a box, a postal code.
From there the rest is read with bounded steps, so the time taken is linear. A street that no town and no postal code
follows must be written like one, as "3 Point Turn" and "500 GB Hard Drive" are no addresses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from enum import IntEnum
from typing import NamedTuple

from app.pipeline.detectors.localities import LINE, NAME, SEPARATOR, UNIT, UNIT_WORD, WORD, around, behind
from app.pipeline.patterns import places
from app.pipeline.policy import Policy
from app.pipeline.span import Span

ENTITY = "ADDRESS"
SCORE = 0.75

_RANGE = r"[A-Za-z]?(?:[ ]?[-–/&][ ]?[0-9]{1,5}[A-Za-z]?){0,2}"
_LETTER = "A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_ANCHOR = re.compile(
    "[0-9](?<![0-9_.\\-+$£€%&=@].)(?:(?<![A-Za-z].)|(?<=\\\\[nrt].))(?<![0-9]:.)(?:"
    f"(?=[0-9]{{0,4}}{_RANGE},?[ \u00a0]{{1,2}}([{_LETTER}]|[0-9]{{1,3}}(?:st|nd|rd|th)\\b))"
    "|(?<=[xXgGdDbB#.][ \u00a0].)"
    "|(?<=[A-Za-z,][ \u00a0\n].)(?=[0-9]{3,4}(?![0-9A-Za-z]))"
    "|(?<=[A-Z0-9][ \u00a0].)(?=[A-Z]{2}(?![A-Za-z0-9]))"
    ")"
)
_AHEAD = re.compile(f"[{_LETTER}]+")
_KINDS = places.STREETS | places.STREETS_OR_WORDS | places.RARE_STREETS | {"route", "rte"}
_CODE_AHEAD = re.compile(
    r"[A-Z](?<=[A-Z]{2}),? [0-9]{4,5}(?![0-9A-Za-z])|[0-9][A-Z]{2}(?<=[0-9A-Z] [0-9][A-Z]{2})(?!\w)"
)
_BLANKS = frozenset(" \u00a0\n")
_BEFORE_BOX = frozenset("xXgGdDbB#.")
_NUMBER = re.compile(rf"([0-9]{{1,5}}{_RANGE}),?[ \u00a0]{{1,2}}")
_NAME_WORD = re.compile(rf"(?:[0-9]{{1,3}}(?:st|nd|rd|th)(?![^\W_])|{WORD})")
_BLANK = re.compile("[ \u00a0]{1,2}")
#: Streets whose kind comes first: "Avenue of the Americas", "Avenue B", "County Road 12", "Route 9".
_KIND_FIRST = re.compile(
    rf"(?:Avenue|Ave\.?) (?:of the {WORD}(?: {WORD})?|[A-Z](?![\w']))"
    r"|(?:(?:State|County|US|U\.S\.|Old|Great|Rural|Farm to Market|Ranch) ){0,2}"
    r"(?:Highway|Hwy\.?|Route|Rte\.?) [0-9]{1,4}[A-Z]?(?![\w\-])"
    r"|(?:County|State|Township|Ranch) (?:Road|Rd\.?) [0-9]{1,4}[A-Z]?(?![\w\-])"
)
_UNIT_WORD = re.compile(UNIT_WORD)
_UNITS_BEFORE = re.compile(rf"(?<![\w#/.\-])(?:{UNIT}(?:{SEPARATOR}|[ ]?/[ ]?|[ ][-–][ ])){{1,3}}\Z")
_UNIT_WORD_BEFORE = re.compile(rf"(?<![\w#/.\-]){UNIT_WORD}#?\Z")
_UNITS_BEHIND = re.compile(rf"(?:{SEPARATOR}{UNIT}){{1,2}}")
#: "B/" and "4/" before the number.
_UNIT_ALONE = re.compile(r"(?<![\w.\-/])(?:[A-Za-z]{1,2}[0-9]{0,4}|[0-9]{1,4}[A-Za-z]?)[ ]?/[ ]?\Z")
_HOUSE_BEFORE = re.compile(rf"({NAME})(?:,[ \u00a0]?|{LINE})\Z")
_BOX = re.compile(
    r"(?<![\w.])(?:(?P<sure>(?i:(?:G\.? ?)?P\.? ?O\.? ?Box|Post(?:al| Office) Box|(?:Private|Locked)(?: Mail)? Bag"
    r"|Community Mail Bag))|(?:(?:PSC|CMR|Unit) [0-9]{1,5},? )?(?i:Box)"
    r"|Mail Bag|RMB|RSD|CMB|PMB|R\.?D\.?)(?:[ ](?:No\.?|#))?[ \u00a0]?#?\Z"
)
_BOX_NUMBER = re.compile(r"[0-9]{1,6}(?:[ \-][0-9]{3})?[A-Z]?(?!\w)(?![.,:/\-][0-9])")
#: What precedes an address whose kind of street is a common word.
_CUE = re.compile(
    r"(?i:\b(?:at|to|from|near|address|addr|home|residence|residing|lives?|lived|living|located|deliver|delivery"
    r"|street|location|property|premises|of|is|in|on)[ \u00a0:\"'=>]{1,4}|[\n>:|\"(][ \t]*|\A\s*)\Z"
)
#: What precedes an address written in lower case.
_STRONG_CUE = re.compile(
    r"(?i:\b(?:address(?: is)?|addr|(?:liv|resid|stay)(?:es?|s|ed|ing)? (?:at|in)|moved to|home (?:is|at)|house at"
    r"|(?:deliver|ship|post|send|mail)(?:s|ed|ing)?(?: it)? to)[ \u00a0:\"'=]{1,4})\Z"
)
_LAST_WORD = re.compile(rf"({WORD})[ \u00a0]{{1,2}}\Z")
_SINCE = re.compile(r"(?i:\b(?:in|since|by|of|from|early|late|until|before|after|the|during|circa|around)[ \u00a0])\Z")
_YEAR = re.compile("(?:19|20)[0-9]{2}")


#: Between an address and a place that belongs to it.
_JOINTS = {
    (ENTITY, "LOCATION"): re.compile(rf",? |,|{LINE}"),
    ("LOCATION", ENTITY): re.compile(rf", ?|,{LINE}"),
}


class _Grade(IntEnum):
    """How much of a street its kind makes."""

    NONE = 0  # no kind: only a postal code behind a state or a British one tells
    RARE = 1  # only a postal code tells
    WORD = 2  # a town or the words before tell as well
    SURE = 3


class _Street(NamedTuple):
    end: int
    grade: _Grade
    in_lower_case: bool = False
    is_measure: bool = False  # whether nothing in its name is a name


def find(text: str, policy: Policy) -> Iterator[tuple[int, int]]:
    """Start and end of each address, in order and disjoint."""
    done = 0
    for anchor in _ANCHOR.finditer(text):
        at = anchor.start()
        if at < done:
            continue
        span = None
        if text[at - 2 : at - 1] in _BEFORE_BOX:
            span = _box(text, at, done)
        if span is None and anchor[1] and _may_be_street(text, at, anchor[1]):
            span = _street_address(text, at, done)
        if span is None and text[at + 1 : at + 3].isalnum() and text[at - 1 : at] in _BLANKS:
            span = around(text, at, done, policy)
        if span and span[0] >= done:
            yield span
            done = span[1]


def _may_be_street(text: str, at: int, initial: str) -> bool:
    """Whether a look at the name of the street whose number is at `at` is worth its time."""
    if not _KINDS.isdisjoint(_AHEAD.findall(text[at : at + 64].lower())):
        return True
    return initial.isupper() and _CODE_AHEAD.search(text, at, at + 120) is not None


def with_places(text: str, spans: Sequence[Span]) -> list[Span]:
    """`spans`, sorted and disjoint, with the place that the model saw right beside an address made a part of it.

    A town that no code follows, and that is no word the tables know, only the model can tell from what comes next.
    """
    out: list[Span] = []
    for span in spans:
        last = out[-1] if out else span
        entities = (last.entity, span.entity)
        joint = _JOINTS.get(entities)
        if joint and "ner" in (last.source, span.source) and joint.fullmatch(text, last.end, span.start):
            address = last if last.entity == ENTITY else span
            out[-1] = replace(address, start=last.start, end=span.end)
        else:
            out.append(span)
    return out


def _street_address(text: str, at: int, floor: int) -> tuple[int, int] | None:
    number = _NUMBER.match(text, at)
    street = _street(text, number.end()) if number else None
    if number is None or street is None:
        return None
    kind = street.end
    abbreviated = kind + (text[kind : kind + 1] == ".")
    if units := _UNITS_BEHIND.match(text, abbreviated):
        kind = abbreviated = units.end()
    end, sure = behind(text, abbreviated, street.in_lower_case, strict=street.grade is _Grade.NONE)
    if not sure and street.grade <= _Grade.RARE:
        return None
    start = _start(text, at, floor)
    if end == abbreviated:
        end = kind
    if start is None:
        return None
    if not sure and not _is_likely(text, at, number.group(1), street, end > street.end or start < at):
        return None
    return _house(text, start, floor), end


def _street(text: str, at: int) -> _Street | None:
    """The street whose name begins at `at`."""
    if kind_first := _KIND_FIRST.match(text, at):
        return _Street(kind_first.end(), _Grade.SURE)
    words: list[re.Match[str]] = []
    position = at
    while len(words) < 7 and (word := _NAME_WORD.match(text, position)):
        words.append(word)
        if word.group().endswith(".") and len(word.group()) > 5:
            break
        blank = _BLANK.match(text, word.end())
        if blank is None:
            break
        position = blank.end()
    kinds = [word.group().rstrip(".").lower() for word in words]
    known = [places.is_street(kind) for kind in kinds]
    last = next((index for index in range(1, len(words)) if known[index]), 0)
    if not last:
        while words and _UNIT_WORD.fullmatch(words[-1].group()):
            del words[-1]
        named = 0 < len(words) <= 4 and not any(word.group()[0].islower() for word in words)
        return _Street(words[-1].end(), _Grade.NONE) if named and kinds[0] not in places.NO_STARTS else None
    if kinds[last] == "st":  # a saint, if another kind follows: "Mount St Helens Road"
        last = next((n for n in range(last + 1, min(last + 4, len(words))) if known[n] and kinds[n] != "st"), last)
    names = [words[n].group() for n in range(last) if kinds[n] not in places.SMALL]
    lower = any(name[0].islower() for name in names)
    if lower and any(kind in places.NO_PLACES or kind in places.SMALL for kind in kinds[:last]):
        return None
    is_measure = all(kinds[n] in places.NO_NAMES for n in range(last))
    grade = _Grade.SURE if kinds[last] in places.STREETS else _Grade.WORD
    if kinds[last] in places.RARE_STREETS:
        grade = _Grade.RARE
    while last + 1 < len(words) and not words[last].group().endswith(","):
        follows = kinds[last + 1]
        if follows not in places.DIRECTIONS and not (known[last + 1] and follows != "st"):
            break
        if words[last + 1].group()[0].islower() != lower:
            break
        last += 1
    end = words[last].end()
    if words[last].group().endswith("."):
        end -= 1
    if text[end : end + 1] in ("_", "(", "=", "[") or text[end : end + 2] in ("::", "->"):
        return None
    return _Street(end, grade, lower, is_measure)


def _start(text: str, at: int, floor: int) -> int | None:
    """Where the address begins whose street number is at `at`; None where that is a part of something else."""
    before = _UNITS_BEFORE.search(text, max(floor, at - 60), at)
    before = before or _UNIT_WORD_BEFORE.search(text, max(floor, at - 16), at)  # "Unit 4/12 Wattle St"
    if before is None and text[at - 1 : at] == "/":
        before = _UNIT_ALONE.search(text, max(floor, at - 8), at)
        return before.start() if before else None
    if before:
        return before.start()
    return at - 1 if text[at - 1 : at] == "#" and at > floor else at


def _house(text: str, start: int, floor: int) -> int:
    """Where the name of the house before the number begins; `start` if there is none."""
    house = _HOUSE_BEFORE.search(text, max(floor, start - 60), start)
    words = house.group(1).split() if house else []
    if house is None or words[-1].lower() not in places.HOUSES:
        return start
    begin = house.start()
    for word in words[:-1]:
        if word.lower() not in places.NO_STARTS:
            break
        begin += len(word) + 1
    return begin


def _is_likely(text: str, at: int, number: str, street: _Street, evident: bool) -> bool:
    """Whether a street without a postal code is one; it is `evident` where a unit or a town is with it."""
    if street.is_measure and not evident:
        return False
    before = text[max(0, at - 32) : at]
    word = _LAST_WORD.search(before)
    if word and word.group(1).rstrip(".").lower() in places.COUNTERS:
        return False
    if _YEAR.fullmatch(number) and (_SINCE.search(before) or not evident):
        return False
    if street.in_lower_case:
        return street.grade is _Grade.SURE and _STRONG_CUE.search(before) is not None
    return street.grade is _Grade.SURE or evident or _CUE.search(before) is not None


def _box(text: str, at: int, floor: int) -> tuple[int, int] | None:
    box = _BOX.search(text, max(floor, at - 24), at)
    number = _BOX_NUMBER.match(text, at)
    if box is None or number is None:
        return None
    end, sure = behind(text, number.end())
    return (box.start(), end) if sure or box["sure"] else None
