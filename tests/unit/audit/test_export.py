"""The trail as a file for others."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from app.audit import export

ROWS: list[dict[str, Any]] = [
    {"number": 1, "time": "2026-03-01T00:00:00.000Z", "kind": "started", "version": "0.1.0", "terms": 3},
    {
        "number": 2,
        "time": "2026-03-01T00:00:01.000Z",
        "kind": "exchange",
        "client": '=HYPERLINK("x")',
        "upstream": "-groq",
        "values": 2,
        "spans": [["PERSON", "ner", 0.9, "replace", 2]],
    },
]


def test_lines_of_json_say_everything() -> None:
    assert [json.loads(line) for line in export.lines(ROWS, "jsonl")] == ROWS


def test_a_table_says_everything_too() -> None:
    read = list(csv.DictReader(io.StringIO("".join(export.lines(ROWS, "csv")), newline="")))
    assert [row["number"] for row in read] == ["1", "2"]
    assert json.loads(read[0]["more"]) == {"version": "0.1.0", "terms": 3}
    assert json.loads(read[1]["more"]) == {"spans": [["PERSON", "ner", 0.9, "replace", 2]]}
    assert (read[1]["values"], read[0]["values"]) == ("2", "")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_is_a_formula(sign: str) -> None:
    assert export.cell(f"{sign}1+1") == f"'{sign}1+1"
    line = "".join(export.lines([{"client": f"{sign}cmd|' /C calc'!A0", "upstream": f"{sign}a"}], "csv"))
    for row in csv.reader(io.StringIO(line, newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)


@pytest.mark.parametrize("value", ["OpenAI", "", "a=b", "'quoted", -3, -0.5, 7])
def test_what_is_no_formula_stays_as_it_is(value: object) -> None:
    assert export.cell(value) == str(value)
