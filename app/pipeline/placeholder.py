"""Placeholders: how they look. How they are recognised after a model has handled them, is for `finder` to know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, get_args

#: How placeholders look. `default` is `[PERSON_4821]`, `ordinal` `[PERSON_1]`, `double` `[[PERSON_4821]]`, `angle`
#: `<PERSON_4821>`; `surrogate` is another value of the same form; `pua` 16 hexadecimal digits between two characters
#: for private use. `mask` is `[PERSON]` for everybody, which nothing can restore.
Style = Literal["default", "ordinal", "double", "angle", "surrogate", "mask", "pua"]
#: All styles by their name.
STYLES: dict[str, Style] = {style: style for style in get_args(Style)}

#: Which of a person's names a value is; "" for all of them.
Part = Literal["", "FIRST", "MIDDLE", "LAST"]
PARTS: tuple[Part, ...] = ("FIRST", "MIDDLE", "LAST")
#: What tells several spellings of the same from each other; the first has none of them.
SPELLINGS = "BCDEFGHIJKLMNOPQRSTUVWXYZ"
#: Short labels where the entity's own name would cost the model tokens and tell it no more.
SHORT = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "ORGANIZATION": "ORG",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
    "MAC_ADDRESS": "MAC",
    "MEDICAL_RECORD_NUMBER": "RECORD",
    "DATE_OF_BIRTH": "BIRTHDATE",
}
_LONG = {short: entity for entity, short in SHORT.items()}
#: The entity of text that already looked like a placeholder when the user sent it.
LITERAL = "LITERAL"
_LABEL_MAX = 32
_FRAGMENT_MAX = _LABEL_MAX + 16
_BRACKETS_OF: dict[str, tuple[str, str]] = {"double": ("[[", "]]"), "angle": ("<", ">")}
#: What tolerance leaves out of a label.
NOT_IN_KEY = re.compile(r"[\s_\-\\]+")
_TOKEN = re.compile(r"(?:\[\[?|<)(?P<label>[A-Z][A-Z0-9_]*)_(?P<number>\d{1,9})(?:\]\]?|>)")
_MASK = re.compile(r"\[(?P<label>[A-Z][A-Z0-9_]*)\]")
_PRIVATE = re.compile("\ue000[0-9a-f]{16}\ue001")
#: The end of a placeholder that was cut off: its label is whole, and some of its number is there.
_FRAGMENT = re.compile(r"(?:\[\[?|<)(?P<label>[A-Z][A-Z0-9_]*)_(?P<digits>\d{1,9})\]?\Z")
#: A stand-in with this end would run into the bracket of a placeholder that follows it.
_OPEN_END = re.compile(r"[\[<][^\]>]*\Z")


def label_of(entity: str) -> str:
    """The word that stands for `entity` in a placeholder; at most 32 of `[A-Z0-9_]`."""
    return SHORT.get(entity, entity)[:_LABEL_MAX]


def entity_of(label: str) -> str:
    """The entity that `label` stands for, as far as it tells."""
    return _LONG.get(label, label)


def render(label: str, number: int | str, style: Style = "default") -> str:
    """`[LABEL_NUMBER]`: ASCII, no quote, no backslash, no white space, legal in JSON and Markdown."""
    opening, closing = _BRACKETS_OF.get(style, ("[", "]"))
    return f"{opening}{label}_{number}{closing}"


def relatives(token: str, part: Part) -> Iterator[str]:
    """Placeholders with the number of `token`, for a part of what it stands for, or another spelling of it.

    `[PERSON_4821]` is Jane Doe, `[PERSON_LAST_4821]` "Doe", `[PERSON_LAST_B_4821]` "DOE", `[PERSON_B_4821]`
    "jane_doe". So a model sees that they are one person, and which name it is; one that leaves the
    addition out says the full name. None where `token` has no number, or too long a label.
    """
    named = parts(token)
    if named is None:
        return
    label, number = named
    at = token.index(label)
    for letter in ("", *SPELLINGS):
        related = "_".join(filter(None, (label, part, letter)))
        if related != label and len(related) <= _LABEL_MAX:
            yield token[:at] + token[at:].replace(f"{label}_{number}", f"{related}_{number}")


def mask(entity: str) -> str:
    """What stands for every value of `entity` that is not to come back."""
    return f"[{label_of(entity)}]"


def label_of_mask(token: str) -> str:
    """The label that `mask` has left of a value, "" for any other text."""
    match = _MASK.fullmatch(token)
    return match["label"] if match and parts(token) is None else ""


def private(digest: bytes) -> str:
    """A placeholder in characters for private use, from at least 8 bytes."""
    return private_of(digest[:8].hex())


def private_of(digits: str) -> str:
    """The same, from its 16 hexadecimal digits."""
    return f"\ue000{digits}\ue001"


def is_private(token: str) -> bool:
    return _PRIVATE.fullmatch(token) is not None


def is_generated(token: str) -> bool:
    """Whether `token` looks like no surrogate and no stand-in of the user's."""
    return parts(token) is not None or is_private(token)


def parts(token: str) -> tuple[str, str] | None:
    """Label and number of a placeholder that has them."""
    match = _TOKEN.fullmatch(token)
    return (match["label"], match["number"]) if match else None


def identity(token: str) -> tuple[str, str]:
    """Label and number of a generated placeholder without what tolerance leaves out, else ("", token).

    Two labels may be alike but for separators; then a sighting's label is one of them, whichever.
    """
    found = parts(token)
    return (NOT_IN_KEY.sub("", found[0]), found[1]) if found else ("", token)


def is_doubled(token: str) -> bool:
    """Whether a numbered placeholder has two brackets on either side."""
    return token.startswith("[[") and parts(token) is not None


def fragment(text: str) -> tuple[int, tuple[str, str]] | None:
    """Where the end of `text` cuts off a placeholder, and the identity of what is left of it."""
    match = _FRAGMENT.search(text, max(0, len(text) - _FRAGMENT_MAX))
    return (match.start(), (NOT_IN_KEY.sub("", match["label"]), match["digits"])) if match else None


def can_stand_in(replacement: str) -> bool:
    """Whether what the user wants to stand for a value leaves its neighbours readable."""
    return _OPEN_END.search(replacement) is None
