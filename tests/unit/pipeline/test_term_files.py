"""Dictionaries as files: what is written is read again, and what cannot be read is said without quoting it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.term_files import Format, read, write
from app.pipeline.terms import Term

ROWS = [
    Term("Project Osprey", "PROJECT", replacement="the project"),
    Term('A "quoted", text\nof two lines'),
    Term("blue-heron-17", "SECRET", case_sensitive=True, whole_word=False, enabled=False),
    Term("=1+1"),
    Term("Acme", "", kind="allowed"),
    Term("Acme", "PERSON", True, kind="allowed"),
    Term(r"EMP-(\d{5})", "EMPLOYEE", kind="pattern", first_group=True),
]


@pytest.mark.parametrize("format", ["csv", "json"])
def test_what_is_written_is_read_again(format: Format) -> None:
    assert read(write(ROWS, format), format) == ROWS
    assert read(write([], format), format) == []


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf"]), min_size=1, max_size=9).map(lambda t: f"x{t}")


@given(st.lists(st.builds(Term, TEXT, case_sensitive=st.booleans(), whole_word=st.booleans())))
def test_any_texts_are_read_again(terms: list[Term]) -> None:
    assert read(write(terms, "csv"), "csv") == terms
    assert read(write(terms, "json"), "json") == terms


def test_a_list_of_texts() -> None:
    assert read("Osprey\r\n\r\nBlue Heron\r\n", "csv") == [Term("Osprey"), Term("Blue Heron")]
    assert read('["Osprey"]', "json", "allowed") == [Term("Osprey", "", kind="allowed")]


def test_columns_in_any_order_and_spelling() -> None:
    file = "\ufeffWhole Word,Text,Entity\nno,Osprey,PROJECT\n,Kestrel,\n"
    assert read(file, "csv") == [Term("Osprey", "PROJECT", whole_word=False), Term("Kestrel")]


@pytest.mark.parametrize(
    ("text", "format", "sentence"),
    [
        ("kind,value\nterm,Canary", "csv", "The first line must name the columns"),
        ("text,colour\nCanary,red", "csv", "Entry 1: It has a column that is none of"),
        ("text,enabled\nok,on\nCanary,maybe", "csv", "Entry 2: enabled takes yes or no"),
        ("text,kind\nCanary,word", "csv", "Entry 1: Its kind is none of"),
        ("text,replacement\nCanary,the Canary", "csv", "Entry 1: A replacement cannot contain"),
        ("text,kind\n(Canary,pattern", "csv", "Entry 1: The pattern cannot be read"),
        ("text,entity\n,PERSON", "csv", "Entry 1: A term needs"),
        ('text\n"Canary', "csv", "no CSV"),
        ("Canary", "json", "no JSON"),
        ('{"text": "Canary"}', "json", "a list of objects"),
        ('[["Canary"]]', "json", "a list of objects"),
        ('[{"text": 7}]', "json", "text takes a text"),
        ("[" * 100_000, "json", "no JSON"),
    ],
)
def test_what_cannot_be_read(text: str, format: Format, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as caught:
        read(text, format)
    assert "Canary" not in str(caught.value)


def test_json_of_one_s_own() -> None:
    assert read(json.dumps([{"text": "a", "enabled": False, "replacement": None}]), "json") == [
        Term("a", enabled=False)
    ]
