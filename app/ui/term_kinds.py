"""The pages of the dictionary in words: what each is about, and what its table shows."""

from __future__ import annotations

from dataclasses import dataclass

from app.pipeline.terms import Kind
from app.ui.language import later


@dataclass(frozen=True, slots=True)
class Column:
    """An attribute of `Term`, its heading, and what it means. `is_check` is a yes or no, `is_read` cannot be edited."""

    attribute: str
    heading: str
    tip: str
    is_check: bool = False
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of entry, and the sentences about it: each is translated where it is shown."""

    kind: Kind
    tab: str
    name: str
    names: str
    #: How many there are, and the question whether to remove so many with what comes of it: for `counted`.
    number: str
    removes: str
    consequence: str
    reading: str
    searches: str
    adds: str
    to_add: str
    each_line: str
    file: str
    about: str
    empty: str
    prompt: str
    columns: tuple[Column, ...]


_CASE = Column("case_sensitive", later("Match case"), later("Only in the same case."), is_check=True)
#: What the app itself knows of a term.
USE = (
    Column("hits", later("Hits"), later("How often it was hidden since it was added."), is_read=True),
    Column("last", later("Last hit"), later("When it was last hidden."), is_read=True),
)
TERMS = Page(
    kind="term",
    tab=later("&Terms"),
    name=later("Term"),
    names=later("Terms"),
    number=later("{n} term(s)", counts=True),
    removes=later("Remove {n} term(s)?", counts=True),
    consequence=later("(It/They) will no longer be hidden in requests.", counts=True),
    reading=later("Reading the terms…"),
    searches=later("Searches terms"),
    adds=later("Add terms — Anonamoose"),
    to_add=later("Terms to add"),
    each_line=later("One term a line, or a table with headings"),
    file="terms.csv",
    about=later("Terms are hidden wherever they occur, however they are spaced or accented. They are kept sealed."),
    empty=later("No terms yet: add the first one above."),
    prompt=later("Term to hide, e.g. Project Osprey"),
    columns=(
        Column("enabled", later("On"), later("Whether the term is looked for."), is_check=True),
        Column("text", later("Term"), later("What to look for.")),
        Column("entity", later("Type"), later("What it is redacted as, such as CUSTOM or PERSON.")),
        Column(
            "replacement", later("Replacement"), later("Your own stand-in. Empty: a placeholder such as [CUSTOM_1].")
        ),
        _CASE,
        Column(
            "whole_word",
            later("Whole word"),
            later("Only between word boundaries, not inside other words."),
            is_check=True,
        ),
    ),
)
ALLOWED = Page(
    kind="allowed",
    tab=later("A&llowed"),
    name=later("Value"),
    names=later("Values"),
    number=later("{n} value(s)", counts=True),
    removes=later("Remove {n} value(s)?", counts=True),
    consequence=later("(It/They) may be hidden in requests again.", counts=True),
    reading=later("Reading the values…"),
    searches=later("Searches values"),
    adds=later("Add values — Anonamoose"),
    to_add=later("Values to add"),
    each_line=later("One value a line, or a table with headings"),
    file="values.csv",
    about=later(
        "These values are never hidden, unless a term hides them. Each stands for a whole value: "
        "that “Jane” is allowed does not show “Jane Doe”."
    ),
    empty=later("Nothing is allowed yet: add what was hidden in vain."),
    prompt=later("Value to leave alone, e.g. support@example.com"),
    columns=(
        Column("enabled", later("On"), later("Whether the value is allowed."), is_check=True),
        Column("text", later("Value"), later("What is never hidden.")),
        Column("entity", later("Only as"), later("The type it is allowed as. Empty: whatever it is taken for.")),
        _CASE,
    ),
)
PATTERNS = Page(
    kind="pattern",
    tab=later("&Patterns"),
    name=later("Pattern"),
    names=later("Patterns"),
    number=later("{n} pattern(s)", counts=True),
    removes=later("Remove {n} pattern(s)?", counts=True),
    consequence=later("(It/They) will no longer be looked for in requests.", counts=True),
    reading=later("Reading the patterns…"),
    searches=later("Searches patterns"),
    adds=later("Add patterns — Anonamoose"),
    to_add=later("Patterns to add"),
    each_line=later("One pattern a line, or a table with headings"),
    file="patterns.csv",
    about=later("What matches one of these regular expressions is hidden, unless it is allowed."),
    empty=later("No patterns yet: add the first one above."),
    prompt=later(r"Regular expression, e.g. EMP-\d{5}"),
    columns=(
        Column("enabled", later("On"), later("Whether the pattern is looked for."), is_check=True),
        Column("text", later("Pattern"), later("A regular expression, as Python writes them.")),
        Column("entity", later("Type"), later("What matches are redacted as, such as EMPLOYEE_ID.")),
        _CASE,
        Column(
            "first_group",
            later("Group 1 only"),
            later("Hides only the first group, ( ), of each match."),
            is_check=True,
        ),
    ),
)
PAGES = (TERMS, ALLOWED, PATTERNS)
