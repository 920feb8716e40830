"""Personal data in messages of HL7 version 2, by its position: which fields hold it, `patterns.hl7` tells.

A segment is known by its name and a separator: at the beginning of a line, behind a line break that is written as in
source code, or behind anything that is part of no word. The header (MSH) says which separators there are. Where none
was seen, the usual ones count, and a segment must look like one: it has components, or is numbered and mostly empty.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from app.pipeline.detectors.phones import ENTITY as PHONE
from app.pipeline.patterns.hl7 import BY_ID_TYPE, SEGMENTS, VALUE_TYPES, Field, Segment
from app.pipeline.policy import REGIONS, Policy
from app.pipeline.span import Span

#: Ids of which nothing but the position is known, and what the sender says the kind of. What the form or the check
#: digits of an id tell goes between.
PLACED, SAID = 0.65, 0.95

_Place = tuple[int, int]
_Value = tuple[int, int, str, float]

# Behind the name, which is rare, so that it is looked for first: nothing that it could be a part of stands before it.
_BEGIN = re.compile(
    rf"({'|'.join(SEGMENTS)})(?=[^\w\s])"
    r"(?:(?<![\w|^~&\\]...)|(?<=\\[rn]...)|(?<=\\x0[aAdD]...)|(?<=u000[aAdD]...))"
)
_END = re.compile(
    r"[\r\n\v\f\x1c]|<[Cc][Rr]>|&#(?:13|10|x[dDaA]);|\\x0[aAdD]|\\u000[aAdD]"
    r"|\\[rn](?=[\\\"'`\s]|\Z|[A-Z][A-Z0-9]{2}[^\w\s])"
)
# The separators; "&" and the backslash may be escaped as in JSON and XML.
_HEADER = re.compile(r"([^\w\s])((?:(?!\1)[^\w\s]){2,7}?(?:amp;|u0026)?)\1")
_NUMBER = re.compile(r"[ \t]*+(?:[0-9]{1,4}[ \t]*+)?")
_FOR_NOBODY = re.compile(r"\"\"|[\[<]{1,2}[A-Z][A-Z_]*_[0-9]+[\]>]{0,2}")
# Quotes, brackets and whatever else of source code may stand behind a message.
_BEHIND = " \t\"'`,;)+\\]}"
# Where what a quote has opened ends. An apostrophe also stands in names.
_CLOSES = {
    '"': re.compile(r"\\?\"(?=[\s,;:)+\]}]|\Z)"),
    "`": re.compile("`"),
    "'": re.compile(r"'(?=[,;)+\]}]|\s*\Z)"),
}
_PARTS = re.compile(r"[|^~&\r\n]")
#: Characters to either side of a finding that tell whether it stands among words.
_NEAR = 64
#: Of a segment without a header, so many fields must be there.
_FEW = 3


class _Marks(NamedTuple):
    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    sub: str = "&"


class _Found(NamedTuple):
    """A segment: what it is, its name, and its fields by their number."""

    segment: Segment
    name: str
    fields: dict[int, _Place]
    marks: _Marks


def find(text: str, policy: Policy) -> Iterator[_Value]:
    """Values as start, end, entity and score."""
    for found in _segments(text):
        for start, end, entity, score in _personal(text, found):
            yield start, end, _known_to(policy, entity), score


def without_alarms(text: str, spans: list[Span]) -> list[Span]:
    """`spans` without what is nobody's where a message has codes, and what other rules make of a personal field."""
    segments = list(_segments(text))
    places = [place for found in segments for place in _ruled(text, found)]
    if not places:
        return spans
    starts = [start for start, _ in places]
    own = [(start, end) for found in segments for start, end, *_ in _personal(text, found)]
    begins = [start for start, _ in own]

    def is_alarm(span: Span) -> bool:
        if span.source not in ("ner", "names", "patterns") or span.entity == "EMAIL_ADDRESS":
            return False
        if span.source == "patterns" and _is_among_words(text, span.start, span.end):
            return False
        place = places[bisect_right(starts, span.start) - 1]
        if not place[0] <= span.start < span.end <= place[1]:
            return False
        if span.source != "patterns" or span.entity == PHONE or span.start < (begins[0] if begins else span.end):
            return True
        return span.end > own[bisect_right(begins, span.start) - 1][1]

    return [span for span in spans if not is_alarm(span)]


def _is_among_words(text: str, start: int, end: int) -> bool:
    """Whether more stands in the component: somebody has written there what no code is."""
    before = _PARTS.split(text[max(0, start - _NEAR) : start])[-1]
    behind = _PARTS.split(text[end : end + _NEAR])[0]
    return (before.endswith(" ") and not before.isspace()) or (behind.startswith(" ") and not behind.isspace())


def _segments(text: str) -> Iterator[_Found]:
    marks = _Marks()
    begun: list[tuple[re.Match[str], _Marks]] = []
    for match in _BEGIN.finditer(text):
        if match[1] == "MSH":
            header = _HEADER.match(text, match.end())
            if header is None:
                continue
            marks = _marks(*header.groups())
        if text[match.end()] == marks.field:
            begun.append((match, marks))
        elif text[match.end()] == "|":
            begun.append((match, _Marks()))
    stops = [*(match.start() for match, _ in begun[1:]), len(text)]
    is_message = False
    quote = ""
    for (match, marks), stop in zip(begun, stops, strict=False):
        name, begin = match[1], match.end()
        before = text[match.start() - 1 : match.start()]
        if name == "MSH" or not (before.isalnum() or before.isspace()):
            quote = before  # behind a line break, which may be written out, the same goes on
        end = line.start() if (line := _END.search(text, begin, stop)) else stop
        if quote in _CLOSES and (closing := _CLOSES[quote].search(text, begin, end)):
            end = closing.start()
        end = begin + len(text[begin:end].rstrip(_BEHIND))
        places = _split(text, begin + len(marks.field), end, marks.field)
        if not _is_segment(text, name, places, marks, is_message):
            continue
        is_message = True
        first = 2 if name == "MSH" else 1
        yield _Found(SEGMENTS[name], name, dict(enumerate(places, first)), marks)


def _marks(field: str, said: str) -> _Marks:
    marks = said.replace("\\\\", "\\")
    if marks.endswith("amp;"):
        return _Marks(field, marks[0], marks[1], "&amp;")
    if marks.endswith("u0026"):
        return _Marks(field, marks[0], marks[1], "\\u0026")
    return _Marks(field, marks[0], marks[1], marks[3] if len(marks) > 3 else "&")


def _is_segment(text: str, name: str, places: list[_Place], marks: _Marks, is_message: bool) -> bool:
    if name == "MSH":
        return True
    if not places or (SEGMENTS[name].counted and not _NUMBER.fullmatch(text, *places[0])):
        return False
    if is_message:
        return True
    start, end = places[0][0], places[-1][1]
    has_components = text.find(marks.component, start, end) >= 0
    is_sparse = SEGMENTS[name].counted and sum(left == right for left, right in places) > 1
    return len(places) > _FEW and (has_components or is_sparse)


def _split(text: str, start: int, end: int, mark: str) -> list[_Place]:
    places = []
    while (stop := text.find(mark, start, end)) >= 0:
        places.append((start, stop))
        start = stop + len(mark)
    if start <= end:
        places.append((start, end))
    return places


def _personal(text: str, found: _Found) -> Iterator[_Value]:
    for number, place in found.fields.items():
        if kind := _kind(text, found, number):
            yield from _values(text, place, kind, found.marks)


def _kind(text: str, found: _Found, number: int) -> Field | None:
    """What is personal in a field, None if nothing."""
    if found.name == "OBX" and number == 5:
        return VALUE_TYPES.get(_value_type(text, found))
    return found.segment.personal.get(number)


def _value_type(text: str, found: _Found) -> str:
    start, end = found.fields.get(2, (0, 0))
    return text[start:end].strip()


def _ruled(text: str, found: _Found) -> Iterator[_Place]:
    """Runs of fields of which the positions tell all."""
    is_coded = found.name == "OBX" and _value_type(text, found) in VALUE_TYPES
    run: _Place | None = None
    for number, (start, end) in found.fields.items():
        kind = _kind(text, found, number)
        is_text = number in found.segment.text and not (is_coded and number == 5)
        if is_text or number > found.segment.size or (kind and kind.type == "XTN"):
            if run:
                yield run
            run = None
        else:
            run = (run[0] if run else start, end)
    if run:
        yield run


def _values(text: str, field: _Place, kind: Field, marks: _Marks) -> Iterator[_Value]:
    for start, end in _split(text, *field, marks.repetition):
        parts = _split(text, start, end, marks.component)
        for place, entity, score in _READ[kind.type](text, parts, kind.entity, marks):
            if (value := _whole(text, place)) is not None:
                yield *value, entity, score


_Reading = Iterator[tuple[list[_Place], str, float]]


def _name(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    yield parts[:3], entity, SAID


def _person(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    said = text[slice(*parts[0])]
    if len(parts) < 2 and said and not any(map(str.isdigit, said)):
        yield parts, "PERSON", SAID
        return
    yield _id_as(text, parts, 12, entity)
    yield parts[1:4], "PERSON", SAID


def _observer(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    yield from _person(text, _split(text, *parts[0], marks.sub), entity, marks)


def _id(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    yield _id_as(text, parts, 4, entity)


def _id_as(text: str, parts: list[_Place], place: int, entity: str) -> tuple[list[_Place], str, float]:
    """The id before the others of its `parts`, of which the one at `place` may say what type it has."""
    said = BY_ID_TYPE.get(text[slice(*parts[place])].strip()) if place < len(parts) else None
    return parts[:1], said or entity, SAID if said else PLACED


def _address(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    yield parts[:5], entity, SAID
    yield parts[7:10], entity, SAID


def _phone(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    """A number may be in several components; the second and third hold codes, the fourth an e-mail address."""
    run: list[_Place] = []
    for number, (start, end) in enumerate(parts, 1):
        said = text[start:end]
        is_code = number in (2, 3) and any(map(str.isalpha, said))
        if any(map(str.isdigit, said)) and not is_code and number != 4 and "@" not in said:
            run.append((start, end))
            continue
        yield run, entity, SAID
        run = []
        if "@" in said or number == 4:
            yield [(start, end)], "EMAIL_ADDRESS", SAID
        elif number == 1:
            yield [(start, end)], entity, SAID
    yield run, entity, SAID


def _first(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    yield parts[:1], entity, SAID


def _text(text: str, parts: list[_Place], entity: str, marks: _Marks) -> _Reading:
    yield parts, entity, SAID


_READ = {
    "XPN": _name, "XCN": _person, "NDL": _observer, "CX": _id, "XAD": _address, "XTN": _phone, "TS": _first,
    "DLN": _first, "ST": _text,
}  # fmt: skip


def _whole(text: str, parts: list[_Place]) -> _Place | None:
    """From the first to the last of the `parts` that say something."""
    said = []
    for start, end in parts:
        value = text[start:end]
        bare = value.strip()
        if bare and not _FOR_NOBODY.fullmatch(bare):
            start += len(value) - len(value.lstrip())
            said.append((start, start + len(bare)))
    return (said[0][0], said[-1][1]) if said else None


def _known_to(policy: Policy, entity: str) -> str:
    region = entity.partition("_")[0]
    return "ID_NUMBER" if region in REGIONS and not policy.covers(region) else entity
