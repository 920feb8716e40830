"""Names in the columns of a table that are headed "surname", "given names" and the like, whatever they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.pipeline.detectors.columns import Columns
from app.pipeline.detectors.name_lists import NOT_SURNAMES, STOP, key

# Where a heading ends, each looked for by letters that are always there, which is quick. Whether it is one of these
# headings the letters before "name" tell; "last" and "given" stand alone.
_NAME_ENDS = (re.compile(r"ame(?<=[Nn]ame)s?(?![A-Za-z])"), re.compile("NAMES?(?![A-Za-z])"))
_ALONE = r"(?=[ \t\"']{0,4}[,;|\t])"
_ALONE_ENDS = (
    re.compile(rf"ast(?<=[Ll]ast)(?<![A-Za-z_.]....){_ALONE}"),
    re.compile(rf"iven(?<=[Gg]iven)(?<![A-Za-z_.].....){_ALONE}"),
    re.compile(rf"LAST(?<![A-Za-z_.]....){_ALONE}"),
)
_HEADING = re.compile(
    r"(?:(?:first|last|given|family|full|middle|maiden|sur|fore|preferred|legal|patient|customer|client|employee|contact"
    r"|applicant|student|tenant|member|person)s?[ _\-]?|(?<![a-z])[fl])names?\Z",
    re.IGNORECASE,
)
_NAME = r"(?:[^\W\d_]+(?:['’\-][^\W\d_]+)*|[^\W\d_]\.)"
_CELL = re.compile(
    rf"(?:<[a-z][^<>]{{0,80}}>)?[ \t\r\"'`*]{{0,8}}"
    rf"(?P<name>{_NAME}(?:,? {_NAME}){{0,3}})[ \t\r\"'`*]{{0,8}}(?:</[a-z]+>)?"
)
_MARKS = ("<th", "<TH", "<td", "VALUES", "values")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where such names start and end."""
    headings = sorted(_headings(text), key=lambda place: place[1])
    columns = Columns(text)
    if headings and any(mark in text for mark in _MARKS):
        columns.mark()
    for place, (start, end) in enumerate(headings):
        # In a form of two columns the value stands beside its label; another such heading makes it a table.
        if text.startswith("  ", end) and not any(
            "\n" not in text[min(start, other[0]) : max(end, other[1])]
            for other in (*headings[max(0, place - 1) : place], *headings[place + 1 : place + 2])
        ):
            continue
        for left, right in columns.under(start, end, 0):
            cell = _CELL.fullmatch(text, left, right)
            if cell and _is_name(cell["name"]):
                yield cell.span("name")


def _headings(text: str) -> Iterator[tuple[int, int]]:
    for ends in _NAME_ENDS:
        for match in ends.finditer(text):
            before = _HEADING.search(text, max(0, match.start() - 17), match.end())
            if before:
                yield before.start(), match.end()
    for ends in _ALONE_ENDS:
        for match in ends.finditer(text):
            yield match.end() - len("given" if match.group() == "iven" else "last"), match.end()


def _is_name(said: str) -> bool:
    words = [key(word) for word in re.split(r"[ ,]+", said)]
    return said[0].isupper() and STOP.isdisjoint(words) and NOT_SURNAMES.isdisjoint(words)
