"""The expressions that placeholders are found with."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from app.pipeline.placeholder import NOT_IN_KEY, PARTS, SPELLINGS, Style

_SEPARATOR = r"[\s_\-\\]{0,3}"
#: A number as it may have become: with white space inside.
_NUMBER = re.compile(r"\d(?<!\d\d)(?:\s?\d){3,8}(?!\d)")
_ANY_NUMBER = re.compile(r"\d(?<!\d\d)(?:\s?\d){0,8}(?!\d)")
# JSON may write the characters for private use as escapes, which JSON in a string escapes in turn.
_PRIVATE = r"(?:\ue000|\\{1,8}u[eE]000)(?P<private>[0-9a-f]{16})(?:\ue001|\\{1,8}u[eE]001)"
_PRIVATE_PARTIAL = (
    r"(?:\\{1,8}(?:u(?:[eE](?:0(?:00?)?)?)?)?|(?:\ue000|\\{1,8}u[eE]000)"
    r"(?:[0-9a-f]{0,15}|[0-9a-f]{16}(?:\\{1,8}(?:u(?:[eE](?:0(?:00?)?)?)?)?)?))"
)
#: Brackets a model may have changed ours into, each with its partner. Ours come first.
BRACKETS = {
    "[": "]",
    "\\[": "\\]",
    "(": ")",
    "<": ">",
    "{": "}",
    "【": "】",
    "&#91;": "&#93;",
    "&lt;": "&gt;",
    "%5b": "%5d",
    "\\u005b": "\\u005d",
}
#: What a label may be followed by: see `placeholder.relatives`.
_RELATIVE = rf"(?:{_SEPARATOR}(?:{'|'.join(PARTS)}))?(?:{_SEPARATOR}[{SPELLINGS}])?"
DOUBLED = {"[[": "]]", "\\[\\[": "\\]\\]"}


class Expressions(NamedTuple):
    """What a set of labels and stand-ins is found with."""

    labels: dict[str, str]  # by what is left of them without separators
    words: BytesAhoCorasick  # the last word of each label, lowered
    number: re.Pattern[str]
    label_at_end: re.Pattern[str]
    fixed: re.Pattern[str] | None
    private: re.Pattern[str] | None  # `fixed` and the characters for private use
    hint: re.Pattern[str]  # the first character of a number, or something fixed: no sighting is without
    partial: re.Pattern[str]  # the end of a text that more text could turn into a sighting, or make longer


def _prefixes(pieces: Sequence[str]) -> str:
    """A pattern for every non-empty prefix of a sequence of patterns."""
    return "".join(f"(?:{piece}" for piece in pieces) + ")?" * (len(pieces) - 1) + ")"


def _pieces(label: str) -> list[str]:
    """A label's pattern, in pieces; the underscore may have become anything like it."""
    return [_SEPARATOR if char == "_" else re.escape(char) for char in label]


@lru_cache(maxsize=256)
def compiled(labels: frozenset[str], fixed: frozenset[str], styles: frozenset[Style], relatives: bool) -> Expressions:
    """Shared, since compiling costs a millisecond."""
    ordered = sorted(labels, key=lambda label: (-len(label), label))
    whole = "|".join("".join(_pieces(label)) for label in ordered) or r"(?!)"
    if relatives:
        whole = f"(?:{whole}){_RELATIVE}"
    words = sorted({NOT_IN_KEY.sub(" ", label).split()[-1].lower() for label in ordered})
    # What the user chose is found as it is; of two that begin alike, the longer.
    stand_ins = sorted(fixed, key=lambda token: (-len(token), token))
    chosen = "|".join(map(re.escape, stand_ins))
    pua = [_PRIVATE] if "pua" in styles else []
    branches = [_prefixes([*map(re.escape, token[:-1])]) for token in stand_ins if len(token) > 1]
    branches += [_PRIVATE_PARTIAL] if pua else []
    initials = {token[0] for token in stand_ins} | set("\ue000\\" if pua else "")
    if ordered:
        brackets = {**BRACKETS, **DOUBLED} if "double" in styles else BRACKETS
        opening = "|".join(map(re.escape, sorted(brackets, key=len, reverse=True)))
        closing = "|".join(_prefixes([*map(re.escape, token[:-1])]) for token in brackets.values() if len(token) > 1)
        initials |= {first[0] for first in (*brackets, *ordered)}
        number = rf"(?:{whole}){_SEPARATOR}(?:(?:\d\s?){{1,9}}\s{{0,2}}(?:{closing})?)?"
        body = "|".join([_prefixes(_pieces(label)) for label in ordered] + [number])
        branches += [
            "(?i:" + "|".join(_prefixes([*map(re.escape, token)]) for token in brackets) + ")",
            rf"(?i:(?:{opening})\s{{0,2}}(?:{body})?)",
            rf"(?<![A-Za-z0-9_])(?i:{body})",
        ]
    return Expressions(
        {NOT_IN_KEY.sub("", label): label for label in reversed(ordered)},
        BytesAhoCorasick([word.encode() for word in words], implementation=Implementation.DFA),
        _ANY_NUMBER if "ordinal" in styles else _NUMBER,
        re.compile(rf"(?i:(?P<label>{whole})){_SEPARATOR}\Z"),
        re.compile(chosen) if chosen else None,
        re.compile("|".join(filter(None, [chosen, *pua]))) if pua else None,
        re.compile("|".join(filter(None, [r"\d", chosen, *pua]))),
        # Most characters can begin none of the branches: they are passed over without a try of each.
        re.compile(f"(?i:(?=[{''.join(map(re.escape, sorted(initials)))}]))(?:{'|'.join(branches)})\\Z")
        if branches
        else re.compile(r"(?!)"),
    )
