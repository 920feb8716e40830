"""Names in the columns of a table that are headed "surname", "given names" and the like, whatever they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.pipeline.detectors.columns import Columns
from app.pipeline.detectors.name_lists import NOT_SURNAMES, STOP, key

# Where the heading ends; most of what has such an ending is none, which the letters before tell.
_ENDS = re.compile(
    r"(?:[Nn]ame|NAME)s?(?![A-Za-z])|(?<![A-Za-z_.])(?:[Ll]ast|LAST|[Gg]iven|GIVEN)(?=[ \t\"']{0,4}[,;|\t])"
)
_HEADING = re.compile(
    r"(?:(?:first|last|given|family|full|middle|maiden|sur|fore|preferred|legal|patient|customer|client|employee|contact"
    r"|applicant|student|tenant|member|person)s?[ _\-]?|(?<![a-z])[fl])\Z",
    re.IGNORECASE,
)
_NAME = r"(?:[^\W\d_]+(?:['’\-][^\W\d_]+)*|[^\W\d_]\.)"
_CELL = re.compile(
    rf"(?:<[a-z][^<>]{{0,80}}>)?[ \t\r\"'`*]{{0,8}}(?P<name>{_NAME}(?:,? {_NAME}){{0,3}})[ \t\r\"'`*]{{0,8}}(?:</[a-z]+>)?"
)
_MARKS = ("<th", "<TH", "<td", "VALUES", "values")


def find(text: str) -> Iterator[tuple[int, int]]:
    """Where such names start and end."""
    columns: Columns | None = None
    for ends in _ENDS.finditer(text):
        begin = ends.start()
        if ends.group()[0] in "Nn":
            before = _HEADING.search(text, max(0, begin - 16), begin)
            if before is None:
                continue
            begin = before.start()
        if columns is None:
            columns = Columns(text)
            if any(mark in text for mark in _MARKS):
                columns.mark()
        for left, right in columns.under(begin, ends.end(), 0):
            cell = _CELL.fullmatch(text, left, right)
            if cell and _is_name(cell["name"]):
                yield cell.span("name")


def _is_name(said: str) -> bool:
    words = [key(word) for word in re.split(r"[ ,]+", said)]
    return said[0].isupper() and STOP.isdisjoint(words) and NOT_SURNAMES.isdisjoint(words)
