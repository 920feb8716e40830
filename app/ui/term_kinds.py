"""The pages of the dictionary in words: what each is about, and what its table shows."""

from __future__ import annotations

from dataclasses import dataclass

from app.pipeline.terms import Kind


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
    """One kind of entry. `consequence` follows "It" or "They" when some are to be removed."""

    kind: Kind
    tab: str
    noun: str
    about: str
    empty: str
    prompt: str
    consequence: str
    columns: tuple[Column, ...]


_CASE = Column("case_sensitive", "Match case", "Only in the same case.", is_check=True)
#: What the app itself knows of a term.
USE = (
    Column("hits", "Hits", "How often it was hidden since it was added.", is_read=True),
    Column("last", "Last hit", "When it was last hidden.", is_read=True),
)
TERMS = Page(
    "term",
    "&Terms",
    "term",
    "Terms are hidden wherever they occur, however they are spaced or accented. They are kept sealed.",
    "No terms yet: add the first one above.",
    "Term to hide, e.g. Project Osprey",
    "will no longer be hidden in requests.",
    (
        Column("enabled", "On", "Whether the term is looked for.", is_check=True),
        Column("text", "Term", "What to look for."),
        Column("entity", "Type", "What it is redacted as, such as CUSTOM or PERSON."),
        Column("replacement", "Replacement", "Your own stand-in. Empty: a placeholder such as [CUSTOM_1]."),
        _CASE,
        Column("whole_word", "Whole word", "Only between word boundaries, not inside other words.", is_check=True),
    ),
)
ALLOWED = Page(
    "allowed",
    "A&llowed",
    "value",
    "These values are never hidden, unless a term hides them. Each stands for a whole value: "
    "that “Jane” is allowed does not show “Jane Doe”.",
    "Nothing is allowed yet: add what was hidden in vain.",
    "Value to leave alone, e.g. support@example.com",
    "may be hidden in requests again.",
    (
        Column("enabled", "On", "Whether the value is allowed.", is_check=True),
        Column("text", "Value", "What is never hidden."),
        Column("entity", "Only as", "The type it is allowed as. Empty: whatever it is taken for."),
        _CASE,
    ),
)
PATTERNS = Page(
    "pattern",
    "&Patterns",
    "pattern",
    "What matches one of these regular expressions is hidden, unless it is allowed.",
    "No patterns yet: add the first one above.",
    r"Regular expression, e.g. EMP-\d{5}",
    "will no longer be looked for in requests.",
    (
        Column("enabled", "On", "Whether the pattern is looked for.", is_check=True),
        Column("text", "Pattern", "A regular expression, as Python writes them."),
        Column("entity", "Type", "What matches are redacted as, such as EMPLOYEE_ID."),
        _CASE,
        Column("first_group", "Group 1 only", "Hides only the first group, ( ), of each match.", is_check=True),
    ),
)
PAGES = (TERMS, ALLOWED, PATTERNS)
