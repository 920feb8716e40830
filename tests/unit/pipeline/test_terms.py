"""What makes a term usable."""

from __future__ import annotations

import pytest

from app.pipeline.terms import Term, check


@pytest.mark.parametrize(
    "term",
    [
        Term("Blue Heron"),
        Term("x" * 500),
        Term("é", entity="PROJECT_NAME"),
        Term("x", entity="A1"),
        Term("Blue Heron", replacement="Project Ålesund (2)"),
        Term("Blue Heron", replacement="R" * 64),
        Term("Blue Heron", replacement="[internal]"),
        Term("C++", case_sensitive=True, whole_word=False, enabled=False),
        Term("Acme", "", kind="allowed"),
        Term("Acme", "ORGANIZATION", kind="allowed"),
        Term(r"EMP-(\d{5})", "EMPLOYEE", kind="pattern", first_group=True),
    ],
)
def test_good(term: Term) -> None:
    check(term)


@pytest.mark.parametrize(
    ("term", "sentence"),
    [
        (Term(""), "at least one visible"),
        (Term(" \n\t"), "at least one visible"),
        (Term("\u200b\u00ad"), "at least one visible"),
        (Term("x" * 501), "at most 500"),
        (Term("x" * 501, kind="pattern"), "A pattern can have at most 500"),
        (Term(" ", kind="allowed"), "An allowed value needs at least one visible"),
        (Term("x", "any", kind="allowed"), "not a type"),
        (Term("x", "", kind="pattern"), "not a type"),
        (Term("x", kind="allowed", replacement="y"), "An allowed value has no replacement"),
        (Term("x", kind="pattern", replacement="y"), "A pattern has no replacement"),
        (Term("(x", kind="pattern"), "cannot be read"),
        (Term("x", kind="pattern", first_group=True), "no group"),
        (Term("a\ud800"), "half a character"),
        (Term("x", entity=""), "not a type"),
        (Term("x", entity="C"), "not a type"),
        (Term("x", entity="custom"), "not a type"),
        (Term("x", entity="1CUSTOM"), "not a type"),
        (Term("x", entity="CUSTOM\n"), "not a type"),
        (Term("x", entity="C" * 33), "not a type"),
        (Term("x", replacement="R" * 65), "at most 64"),
        (Term("x", replacement="a\nb"), "printable"),
        (Term("x", replacement="a\u2028b"), "printable"),
        (Term("x", replacement="a\u200bb"), "printable"),
        (Term("x", replacement="a\ud800"), "printable"),
        (Term("x", replacement=" a"), "start or end"),
        (Term("x", replacement="a'b"), "quotation"),
        (Term("x", replacement='a"b'), "quotation"),
        (Term("x", replacement="a’b"), "quotation"),
        (Term("x", replacement="a\\b"), "backslash"),
        (Term("x", replacement="[PERSON_1]"), "placeholder"),
        (Term("x", replacement="the [us_ssn_12] one"), "placeholder"),
        (Term("heron", replacement="Blue Heron"), "contain the term"),
        (Term("Jose\u0301", replacement="JOSÉ"), "contain the term"),
    ],
)
def test_bad(term: Term, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        check(term)
