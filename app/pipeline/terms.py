"""Terms: the values a user wants hidden wherever they occur."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.pipeline.fold import fold

MAX_TEXT = 500
MAX_REPLACEMENT = 64
_ENTITY = re.compile(r"[A-Z][A-Z0-9_]{1,31}")
#: The shape of generated placeholders, whatever the case: a model may change it, and restoring looks for both.
_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_[0-9]+\]", re.IGNORECASE)
#: Would need escaping in JSON and shells, or come back from a model in another form.
_UNSAFE = frozenset("\"'`\\“”„‟‘’‚‛«»")


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of the dictionary.

    `text` is what to look for, `entity` the type it is redacted as. `replacement` is the user's own stand-in;
    empty means a generated placeholder. `whole_word` asks for a word boundary at both ends, `case_sensitive`
    for the same case; other differences of writing never matter (see `fold`).
    """

    text: str = field(repr=False)
    entity: str = "CUSTOM"
    case_sensitive: bool = False
    whole_word: bool = True
    replacement: str = ""
    enabled: bool = True


def check(term: Term) -> None:
    """Raises ValueError, with a sentence for the user, when `term` cannot be used."""
    if len(term.text) > MAX_TEXT:
        raise ValueError(f"A term can have at most {MAX_TEXT} characters; this one has {len(term.text)}.")
    folded = fold(term.text)
    if not folded:
        raise ValueError("A term needs at least one visible character.")
    if any("\ud800" <= char <= "\udfff" for char in term.text):
        raise ValueError("The term contains half a character; type it again instead of pasting it.")
    if not _ENTITY.fullmatch(term.entity):
        raise ValueError(
            f"“{term.entity}” is not a type: use 2 to 32 capital letters, digits and underscores, "
            "starting with a letter, such as CUSTOM or PROJECT_NAME."
        )
    if term.replacement:
        _check_replacement(term.replacement, folded)


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
