"""Dictionaries as files: CSV, as spreadsheets write it, and JSON."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal

from app.pipeline.cells import meant, neutral
from app.pipeline.decoding import utf_text
from app.pipeline.terms import KINDS, Kind, Term, check, check_number

Format = Literal["csv", "json"]
#: Columns, and keys of objects. Only the text has to be there.
COLUMNS = ("kind", "text", "entity", "case_sensitive", "whole_word", "replacement", "enabled", "first_group")
_DEFAULTS = {field.name: field.default for field in dataclasses.fields(Term)}
_YES, _NO = frozenset(["true", "yes", "on", "1", "x"]), frozenset(["false", "no", "off", "0"])


def write(terms: Iterable[Term], format: Format) -> str:
    """A file that `read` makes the same terms of. No cell of it is a formula to a spreadsheet."""
    rows = [{name: getattr(term, name) for name in COLUMNS} for term in terms]
    if format == "json":
        return json.dumps(rows, ensure_ascii=False, indent=2) + "\n"
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow(str(value).lower() if isinstance(value, bool) else neutral(value) for value in row.values())
    return file.getvalue()


def read(text: str, format: Format, kind: Kind = "term") -> list[Term]:
    """The terms in a file, each checked; those that do not say what they are, are of this `kind`.

    CSV without a line of headings is a list of texts. Raises ValueError with a sentence for the user, which tells
    the number of the entry and quotes no text.
    """
    return terms_of(rows(text, format), kind)


def rows(text: str, format: Format) -> Iterable[Mapping[str, Any]]:
    """The entries of a file one by one, unchecked. Raises ValueError, also while they are being read."""
    return _json(text) if format == "json" else _csv(text)


def decoded(raw: bytes) -> str:
    """The text of a file in UTF-8, or in UTF-16 that says so. Raises ValueError with a sentence for the user."""
    return utf_text(
        raw,
        "The file is not in UTF-8: save it as “CSV UTF-8”, or as JSON.",
        "The file is no text: choose one in CSV or JSON.",
    )


def terms_of(rows: Iterable[Mapping[str, Any]], kind: Kind = "term") -> list[Term]:
    """The terms that `rows` tell by the names of COLUMNS, as `read`."""
    rows = list(rows)
    check_number(len(rows))
    terms = []
    for number, row in enumerate(rows, 1):
        try:
            terms.append(term_of(row, kind))
        except ValueError as error:
            raise ValueError(f"Entry {number}: {error}") from None
    return terms


def _json(text: str) -> list[Mapping[str, Any]]:
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("The file is no JSON.") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict | str) for row in rows):
        raise ValueError("The file must hold a list of objects, or of texts.")
    return [{"text": row} if isinstance(row, str) else row for row in rows]


def _csv(text: str) -> Iterator[Mapping[str, Any]]:
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    headings: list[str] | None = None
    try:
        for row in filter(any, lines):
            if headings is None:
                headings = [cell.strip().lower().replace(" ", "_") for cell in row]
                if "text" in headings:
                    continue
                headings = []
            if headings:
                yield dict(zip(headings, map(meant, row), strict=False))
            elif len(row) > 1:
                raise ValueError(f"The first line must name the columns: text, and any of {', '.join(COLUMNS)}.")
            else:
                yield {"text": meant(row[0])}
    except csv.Error:
        raise ValueError("The file is no CSV.") from None


def term_of(row: Mapping[str, Any], kind: Kind = "term") -> Term:
    """The term that one entry tells, checked. Raises ValueError with a sentence for the user."""
    unknown = [name for name in row if name not in COLUMNS]
    if unknown:
        raise ValueError(f"It has a column that is none of {', '.join(COLUMNS)}.")
    given: dict[str, Any] = {
        name: _value(name, value) for name, value in row.items() if value is not None and value != ""
    }
    named = given.setdefault("kind", kind)
    if named not in KINDS:
        raise ValueError(f"Its kind is none of {', '.join(KINDS)}.")
    if named == "allowed":
        given.setdefault("entity", "")
    term = Term(**{"text": "", **given})
    check(term)
    return term


def _value(name: str, value: object) -> object:
    if isinstance(_DEFAULTS[name], bool):
        word = str(value).strip().lower()
        if word not in _YES | _NO:
            raise ValueError(f"{name} takes yes or no.")
        return word in _YES
    if not isinstance(value, str):
        raise ValueError(f"{name} takes a text.")
    return value if name in ("text", "replacement") else value.strip()
