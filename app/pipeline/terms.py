"""Terms: the values a user wants hidden wherever they occur, or never; and patterns of such values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal, get_args

from app.pipeline.expression import check_expression, warning
from app.pipeline.fold import fold

MAX_TEXT = 500
MAX_REPLACEMENT = 64
#: Entries of a dictionary: while more are made ready, requests would wait for minutes.
MAX_TERMS = 200_000
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{1,31}")
#: The shape of generated placeholders, whatever the case: a model may change it, and restoring looks for both.
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_[0-9]+\]", re.IGNORECASE)
#: Would need escaping in JSON and shells, or come back from a model in another form.
_UNSAFE = frozenset("\"'`\\“”„‟‘’‚‛«»")


#: A term is hidden. An allowed value never is, unless a term hides it. A pattern is a regular expression whose
#: matches are hidden.
Kind = Literal["term", "allowed", "pattern"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NAMES: dict[Kind, str] = {"term": "A term", "allowed": "An allowed value", "pattern": "A pattern"}


def check_number(count: int) -> None:
    """Raises ValueError, with a sentence for the user, for more entries than a dictionary can have."""
    if count > MAX_TERMS:
        raise ValueError(f"A dictionary can have {MAX_TERMS:,} entries, and not {count:,}.")


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the dictionary.

    `text` is what to look for, `entity` the type it is redacted as; of an allowed value it is the only type it
    is allowed as, empty for all. `replacement`, which only terms have, is the user's own stand-in; empty means a
    generated placeholder. `whole_word` asks for a word boundary at both ends of a term, `case_sensitive` for the
    same case; other differences of writing never matter (see `fold`), except to patterns. `first_group` hides
    of each match of a pattern the first group alone.
    """

    text: str = field(repr=False)
    entity: str = "CUSTOM"
    case_sensitive: bool = False
    whole_word: bool = True
    replacement: str = ""
    enabled: bool = True
    kind: Kind = "term"
    first_group: bool = False


def check(term: Term) -> None:
    """Raises ValueError, with a sentence for the user, when `term` cannot be used."""
    name = NAMES[term.kind]
    if len(term.text) > MAX_TEXT:
        raise ValueError(f"{name} can have at most {MAX_TEXT} characters; this one has {len(term.text)}.")
    folded = fold(term.text)
    if not folded:
        raise ValueError(f"{name} needs at least one visible character.")
    if any("\ud800" <= char <= "\udfff" for char in term.text):
        raise ValueError("The text contains half a character; type it again instead of pasting it.")
    if not _ENTITY.fullmatch(term.entity) and (term.entity or term.kind != "allowed"):
        raise ValueError(
            f"“{term.entity}” is not a type: use 2 to 32 capital letters, digits and underscores, "
            "starting with a letter, such as CUSTOM or PROJECT_NAME."
        )
    if term.replacement and term.kind != "term":
        raise ValueError(f"{name} has no replacement: only a term can have one.")
    if term.replacement:
        _check_replacement(term.replacement, folded)
    if term.kind == "pattern":
        check_expression(term.text, case_sensitive=term.case_sensitive, first_group=term.first_group)


def caution(term: Term) -> str:
    """What to tell the user about a term that can be used; mostly empty."""
    if term.kind != "pattern":
        return ""
    return warning(term.text, case_sensitive=term.case_sensitive, first_group=term.first_group)


def _check_replacement(replacement: str, folded_term: bytes) -> None:
    if len(replacement) > MAX_REPLACEMENT:
        raise ValueError(f"A replacement can have at most {MAX_REPLACEMENT} characters.")
    if not replacement.isprintable():
        raise ValueError("A replacement can only contain printable characters on one line.")
    if replacement != replacement.strip():
        raise ValueError("A replacement cannot start or end with a space.")
    if not _UNSAFE.isdisjoint(replacement):
        raise ValueError("A replacement cannot contain quotation marks or backslashes.")
    if _PLACEHOLDER.search(replacement):
        raise ValueError("A replacement cannot look like a generated placeholder such as [PERSON_1].")
    if folded_term in fold(replacement):
        raise ValueError("A replacement cannot contain the term it hides.")
