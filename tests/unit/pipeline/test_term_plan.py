"""What an import would change, and which terms would be met too often."""

from __future__ import annotations

import pytest

from app.pipeline.term_files import decoded
from app.pipeline.term_plan import Traffic, changes, often, plan
from app.pipeline.terms import Term


def test_each_entry_has_its_fate() -> None:
    known = {4: Term("Osprey"), 7: Term("Kestrel", "PROJECT")}
    rows = [
        {"text": "Osprey"},
        {"text": "Kestrel"},
        {"text": "Quoll"},
        {"text": "Quoll"},
        {"text": "Quoll", "entity": "PROJECT"},
        {"text": " "},
        {"text": "Osprey", "kind": "allowed"},
    ]
    planned = list(plan(rows, known, "term", Traffic([])))
    assert [row.fate for row in planned] == ["same", "changed", "new", "same", "refused", "refused", "new"]
    new, changed = changes(planned, known.get)
    assert new == [Term("Quoll"), Term("Osprey", "", kind="allowed")]
    assert changed == {7: Term("Kestrel")}
    assert changes(planned, lambda _: None)[1] == {}  # gone meanwhile


@pytest.mark.parametrize(
    ("term", "number"),
    [
        (Term("will"), 2),
        (Term("ill", whole_word=False), 2),
        (Term("ill"), 0),
        (Term("Jane Roe"), 1),
        (Term("Roe Jane"), 0),
        (Term("%"), 0),
    ],
)
def test_matches_in_texts_are_counted(term: Term, number: int) -> None:
    assert Traffic(["Will Jane Roe write?", "I WILL."]).matches(term) == number


def test_what_would_be_met_too_often_is_told() -> None:
    traffic = Traffic(["Will you?"])
    assert often(Term("Will"), traffic) == "Would match 1 time in the requests that are kept. It is a common word."
    assert often(Term("ab", whole_word=False), traffic) == "So few letters stand inside many words."
    assert often(Term("Will", case_sensitive=True), Traffic([])) == ""
    assert often(Term("Qqosprey"), traffic) == often(Term("will", "", kind="allowed"), traffic) == ""


@pytest.mark.parametrize("raw", ["Zoë".encode(), "Zoë".encode("utf-16"), b"\xef\xbb\xbf" + "Zoë".encode()])
def test_a_file_is_read_in_its_encoding(raw: bytes) -> None:
    assert decoded(raw) == "Zoë"
