"""Tables in a text: which cells stand in the column under a word.

Lines whose fields are set apart by "|" and the like, tabs, ";", "," or two blanks, rows of an HTML table, and what an
SQL statement inserts. A table is its first line and those behind it that have as many fields; it is read once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

Cell = tuple[int, int]

#: Longer lines are no headers, and longer headings say too much to be one.
_LINE, _HEADING = 4_000, 64
_SEPARATORS = ("|", "│", "║", "\t", ";", ",", "  ")
_QUOTED = {mark: re.compile(rf'(?:"[^"]*"|[^{re.escape(mark)}"])*+') for mark in ("\t", ";", ",")}
_WIDE = re.compile(r"\S+(?: \S+)*")
# "|---|:--:|", "+----+----+", "==== ====", and fields that are all empty.
_RULE = re.compile(r"[ \t]*[|+:=\-\u2500-\u257f][ \t|+:=\-\u2500-\u257f]*\r?")
# A heading names something. It assigns nothing and is no sentence; a dot behind a short word abbreviates it.
_NO_HEADING = re.compile(r"[=:{}<>]|(?:[!?]|[^\W\d]{5}\.|(?<![.\w])[A-Z]{2,4}\.) +\S")
_TAG = re.compile(r"<(/?)(table|TABLE|[Tt][RrHhDd])\b[^<>]{0,500}>")
# What an SQL statement inserts: (names) VALUES (…), (…). A quote inside a string is written twice.
_INSERTION = ("VALUES", "values")
_OPENING = re.compile(r"\s{0,40}(?=\()")
_NAMES = re.compile(r"\(([^()'\"]{1,2000})\)\s{0,40}$")
_TUPLE = re.compile(r"\s{0,40},?\s{0,40}\(((?:'[^']*'|[^()'])*+)\)")
_LITERAL = re.compile(r"(?:'[^']*'|[^,'])+")


class Columns:
    """The tables of one text, asked for words in the order of their ends.

    Tables in HTML and SQL are known once `mark` was called, for which such `MARKS` in the text are the sign.
    """

    #: In lower case; "<th" is found in "<thead", too.
    MARKS = ("<th", "<td", "insert into")

    def __init__(self, text: str) -> None:
        self._text = text
        self._line = (0, -1)
        self._until = 0
        self._headings: Sequence[Cell] = ()
        self._rows: Sequence[Sequence[Cell]] = ()
        self._marked: list[Cell] | None = None
        self._below: dict[Cell, list[Cell]] = {}
        self._given: set[tuple[int, int]] = set()

    def mark(self) -> None:
        """Reads the tables in HTML and SQL, the first time."""
        if self._marked is None:
            self._below = {cell: below for table in _marked(self._text) for cell, below in table}
            self._marked = sorted(self._below)

    def under(self, start: int, end: int, what: int) -> Iterator[Cell]:
        """The cells in the column whose heading holds the word at [start, end), once for each `what`."""
        heading, cells = self._column(start, end)
        if (heading, what) not in self._given:
            self._given.add((heading, what))
            yield from cells

    def _column(self, start: int, end: int) -> tuple[int, Iterable[Cell]]:
        if self._marked:
            place = bisect_right(self._marked, (start, len(self._text))) - 1
            if place >= 0 and end <= self._marked[place][1]:
                return place, self._below[self._marked[place]]
        if end > self._line[1]:
            self._read(start, end)
        if self._line[0] <= start:
            for column, (left, right) in enumerate(self._headings):
                if left <= start and end <= right:
                    return ~left, (row[column] for row in self._rows)
        return ~end, ()

    def _read(self, start: int, end: int) -> None:
        """Takes the line of [start, end) for the header of a table, if it can be one."""
        text = self._text
        begin = text.rfind("\n", max(0, self._line[1]), start) + 1 or max(0, self._line[1])
        stop = text.find("\n", end)
        self._line = (begin, len(text) if stop < 0 else stop)
        self._headings = self._rows = ()
        if begin < self._until or stop < 0 or stop - begin > _LINE:
            return
        for mark in _SEPARATORS:
            if text.find(mark, begin, stop) < 0:
                continue
            cells = _cells(text, begin, stop, mark)
            rows, until = _rows(text, stop, mark, len(cells)) if len(cells) > 1 else ([], 0)
            if rows:
                # What is no heading has no extent, so that its column is kept.
                self._headings = [cell if _is_heading(text, *cell) else (0, 0) for cell in cells]
                self._rows, self._until = rows, until
                return


def _is_heading(text: str, start: int, end: int) -> bool:
    return end - start <= _HEADING and _NO_HEADING.search(text, start, end) is None


def _rows(text: str, stop: int, mark: str, count: int) -> tuple[list[list[Cell]], int]:
    """The lines behind `stop` that have `count` fields, and where they end."""
    rows: list[list[Cell]] = []
    while 0 <= stop < len(text) - 1:
        begin = stop + 1
        stop = text.find("\n", begin)
        end = len(text) if stop < 0 else stop
        if end - begin > _LINE:
            break
        if _RULE.fullmatch(text, begin, end):
            continue
        cells = _cells(text, begin, end, mark)
        if len(cells) > count and mark == ",":
            cells = _joined(text, cells)
        if len(cells) != count:
            return rows, begin
        rows.append(cells)
    return rows, len(text) if stop < 0 else stop


def _joined(text: str, cells: list[Cell]) -> list[Cell]:
    """The fields of a line in which nobody quoted what has a comma and a blank itself: "March 5, 1980"."""
    out = cells[:1]
    for start, end in cells[1:]:
        if text[start : start + 1] == " ":
            out[-1] = (out[-1][0], end)
        else:
            out.append((start, end))
    return out


def _cells(text: str, begin: int, end: int, mark: str) -> list[Cell]:
    if mark == "  ":
        return [match.span() for match in _WIDE.finditer(text, begin, end)]
    if mark in _QUOTED and text.find('"', begin, end) >= 0:
        quoted = []
        while begin <= end:
            match = _QUOTED[mark].match(text, begin, end)
            stop = match.end() if match else begin
            if stop < end and text[stop] != mark:  # a quote that nothing closes
                return []
            quoted.append((begin, stop))
            begin = stop + 1
        return quoted
    cells = []
    while (stop := text.find(mark, begin, end)) >= 0:
        cells.append((begin, stop))
        begin = stop + 1
    return [*cells, (begin, end)]


def _marked(text: str) -> Iterator[list[tuple[Cell, list[Cell]]]]:
    """Headings and the cells below them, for tables in HTML and in SQL."""
    if "</t" in text or "</T" in text:
        for table in _html(text):
            yield _columns(table)
    for word in _INSERTION:
        place = text.find(word)
        while place >= 0:
            names = None
            if text[place - 1 : place] in (")", " ", "\n") and (opening := _OPENING.match(text, place + len(word))):
                left = text.rfind("(", max(0, place - _LINE), place)
                names = _NAMES.match(text, left, place) if left >= 0 else None
            if names and opening:
                rows = [_cells(text, *names.span(1), ",")]
                end = opening.end()
                while row := _TUPLE.match(text, end):
                    rows.append([cell.span() for cell in _LITERAL.finditer(text, *row.span(1))])
                    end = row.end()
                yield _columns(rows)
            place = text.find(word, place + len(word))


def _html(text: str) -> Iterator[list[list[Cell]]]:
    table: list[list[Cell]] = []
    begin = -1
    for tag in _TAG.finditer(text):
        name = tag[2].lower()
        if begin >= 0 and table:
            table[-1].append((begin, tag.start()))
        begin = -1
        if name == "table":
            yield table
            table = []
        elif name == "tr" and not tag[1]:
            table.append([])
        elif not tag[1] and name != "tr":
            begin = tag.end()
    yield table


def _columns(table: list[list[Cell]]) -> list[tuple[Cell, list[Cell]]]:
    if len(table) < 2:
        return []
    head, *body = table
    return [
        (cell, [row[place] for row in body if len(row) == len(head)])
        for place, cell in enumerate(head)
        if cell[1] - cell[0] <= 2 * _HEADING  # with tags
    ]
