"""A heading announces the cells below it, however the table is written."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detectors.columns import Columns
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.policy import Policy
from app.pipeline.span import resolve

DETECTOR = PatternsDetector()
VALUES = ["123456782", "876543210"]


def hidden(text: str) -> list[str]:
    return [text[span.start : span.end] for span in resolve(DETECTOR.detect(text, Policy()))]


TABLES = {
    "Markdown": "| Name | TFN | Note |\n|------|----:|---|\n| Bob | 123456782 | a |\n| Al | 876543210 | b |\n",
    "Markdown in bold": "|**TFN**|Name|\n|:--|--|\n|123456782|Bob|\n|876543210|Al|",
    "psql": " name | tfn       \n------+-----------\n Bob  | 123456782\n Al   | 876543210\n(2 rows)\n",
    "mysql": "+---+-----------+\n| n | tfn       |\n+---+-----------+\n"
    "| B | 123456782 |\n| A | 876543210 |\n+---+-----------+",
    "CSV": "name,Tax File Number,city\nBob,123456782,Perth\nAl,876543210,Hobart\n",
    "CSV with quotes": '"Name","TFN"\n"Smith, Bob","123456782"\n"Jones, ""Al""","876543210"\n',
    "CSV of a spreadsheet": "name;tfn\r\nBob;123456782\r\nAl;876543210\r\n",
    "CSV with blanks": "Name, TFN\nBob, 123456782\nAl, 876543210",
    "TSV": "Name\tTFN\tDate\nBob\t123456782\t2020\nAl\t876543210\t2021\n",
    "wide blanks": "Name        TFN        Start\nBob Smith   123456782  2020\nAl Jones    876543210  2021\n",
    "HTML": "<table><tr><th>Name</th><th>TFN</th></tr>\n<tr><td>Bob</td><td>123456782</td></tr>"
    "<tr><td>Al</td><td>876543210</td></tr></table>",
    "HTML over lines": "<table>\n<thead>\n<tr>\n <th scope='col'><b>TFN</b></th>\n <th>Name</th>\n</tr>\n</thead>\n"
    "<tr>\n <td>123456782</td>\n <td>Bob</td>\n</tr>\n<tr>\n <td>876543210</td>\n <td>Al</td></tr></table>",
    "SQL": "INSERT INTO people (name, tfn) VALUES\n ('O''Neil (Bob)', '123456782'),\n ('Al', 876543210);",
}


@pytest.mark.parametrize("name", TABLES)
def test_a_heading_announces_its_column(name: str) -> None:
    assert hidden(TABLES[name]) == VALUES


def test_every_column_has_its_own_heading() -> None:
    text = "tfn,bsb,account,dob,imei\n123456782,062-000,12345678,1980-01-31,490154203237518\n"
    assert hidden(text) == ["123456782", "062-000", "12345678", "1980-01-31", "490154203237518"]


def below(text: str) -> list[str]:
    """The cells below the first "tfn" of `text`."""
    columns = Columns(text)
    columns.mark()
    start = text.lower().index("tfn")
    return [text[left:right].strip() for left, right in columns.under(start, start + 3, 0)]


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("name,tfn\nBob,1\nAl,2\n3,4,5\n6,7", ["1", "2"]),
        ("name,tfn\nBob 1\n", []),
        ("tfn,name\n\nBob,1\n", []),
        ("tfn\n1\n", []),
        ("A sentence on the TFN. It has commas, too\nBob,1\n", []),
        ("tfn = f(a, b)\nx(1, 2)\n", []),
        ('"tfn,name\nBob,1\n', []),
        ("<table><tr><th>TFN</th></tr></table><table><tr><td>1</td></tr></table>", []),
        ("<tr><td>TFN<td>name</tr><tr><td>1<td>Bob</tr><tr><td>2</tr>", ["1"]),
        ("(tfn, name) values (x, '1')", ["x"]),
        ("d(tfn).values (1)", []),
    ],
)
def test_a_column_ends_with_its_table(text: str, cells: list[str]) -> None:
    assert below(text) == cells


def test_a_heading_gives_its_column_once() -> None:
    text = "tfn tfn,x\n1,2\n"
    columns = Columns(text)
    assert [list(columns.under(0, 3, 0)), list(columns.under(4, 7, 0)), list(columns.under(4, 7, 1))] == [
        [(10, 11)],
        [],
        [(10, 11)],
    ]


_cells = st.text("ab ,;\"'|\n1-", max_size=6)


@given(st.lists(st.tuples(_cells, st.sampled_from([*VALUES, "", "x"]), _cells), min_size=1, max_size=5), st.booleans())
def test_what_a_csv_writer_writes_is_read(rows: list[tuple[str, str, str]], quoted: bool) -> None:
    rows = [(a.replace("\n", " "), value, b.replace("\n", " ")) for a, value, b in rows]
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\n")
    writer.writerows([("left", "tfn", "right"), *rows])
    assert [value for value in hidden(out.getvalue()) if value in VALUES] == [
        row[1] for row in rows if row[1] in VALUES
    ]


# fmt: off
PIECES = ["tfn", "|", ",", ";", "\t", "  ", "\n", "--", '"', "<td>", "</td>", "<tr>", "<table>", "insert into x (",
          ") values (", "'", "(", ")", "1", "=", "é"]
HOSTILE = ["tfn,", "tfn|", "tfn,\n", "tfn|1\n", "tfn  x\n", "<td>tfn", "<tr><td>tfn", "<th", "(tfn) values ", '"tfn,',
           "insert into (tfn) values (1),", "insert into (tfn) values ('", '"",tfn\n', "-|", "- \n", "tfn tfn|x\n1|1\n"]
# fmt: on


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_any_text_is_survived_and_cells_lie_behind_their_heading(text: str) -> None:
    columns = Columns(text)
    columns.mark()
    place = text.find("tfn")
    while place >= 0:
        for left, right in columns.under(place, place + 3, 0):
            assert place + 3 <= left <= right <= len(text)
        place = text.find("tfn", place + 1)


@pytest.mark.parametrize("piece", HOSTILE, ids=repr)
def test_hostile_tables_are_got_through(piece: str) -> None:
    """Reading a table once per word, or looking back from each line, would need hours."""
    text = piece * (200_000 // len(piece))
    assert all(0 <= span.start < span.end <= len(text) for span in DETECTOR.detect(text, Policy()))
