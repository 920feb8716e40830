"""Where a name ends in running text, and when what looks like one is a piece of code."""

from __future__ import annotations

import re
import unicodedata

#: Initials before a surname that was found without them: "J. Smith", "J.R.R. Tolkien".
_INITIALS = re.compile(r"(?:(?<![\w.])|(?<=[\s(]))(?:[^\W\d_a-z]\.[ \t\u00a0-]?){1,4}\Z")
_POSSESSIVE = re.compile(r"['’][sS]?$")
_TITLE = re.compile(r"(?:^|\W)(?:mr|mrs|ms|mx|dr|prof|rev|st|sr|jr|hon|capt|lt|sgt|col|gen)\.$", re.IGNORECASE)
_PATH = re.compile(r"://|^[~.]{0,2}/|^[A-Za-z]:\\|/.*/|/[^/]*\.\w+$")
#: Words that a model may draw into a name, but that neither begin nor end one. In lower case only.
_SMALL = "a|an|and|as|at|by|for|from|in|is|of|on|or|the|to|was|with"
_SMALL_HEAD = re.compile(rf"(?:{_SMALL})(?:\s+|$)")
_SMALL_TAIL = re.compile(rf"(?:^|\s+)(?:{_SMALL})$")
#: Characters to each side of a span that are looked at when judging whether it lies in code.
_NEAR = 64


def whole_words(text: str, start: int, end: int, reached: int) -> tuple[int, int]:
    """The piece [start, end) without the punctuation around it, grown to the words it touches.

    Nothing left of `reached` is taken in. Empty (start == end) when there is nothing but punctuation.
    """
    start, end = max(start, reached), max(end, reached)
    while start < end and not text[start].isalnum():
        start += 1
    while end > start and not _glue(text[end - 1]):
        end -= 1
    return (start, end) if start == end else _widened(text, start, end, reached)


def without_possessive(text: str, start: int, end: int) -> int:
    """The end of a name that ends at `end`, its possessive left out."""
    possessive = _POSSESSIVE.search(text[max(start, end - 2) : end])
    return end if possessive is None else end - len(possessive.group())


def without_small_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The name without "and", "of" and the like at either end; empty when it is nothing else."""
    while head := _SMALL_HEAD.match(text, start, end):
        start = head.end()
    # No small word has six letters: "^" can only match where the name starts.
    while tail := _SMALL_TAIL.search(text[max(start, end - 6) : end]):
        end -= len(tail.group())
    return start, end


def in_code(text: str, start: int, end: int) -> bool:
    """Whether a span of one word is a piece of an identifier, call, path, address, handle or tag.

    A value (`name=Alice`) is not: only what stands left of "=" is. Several words never are.
    """
    if any(char.isspace() for char in text[start:end]):
        return False
    left, right = text[max(0, start - _NEAR) : start], text[end : end + _NEAR]
    before, after = left[-1:], right[:1]
    if before in tuple("_@#") or after in tuple("_@(="):
        return True
    if before == "." and len(left) > 1 and (left[-2].isalnum() or left[-2] in "_)]") and _TITLE.search(left) is None:
        return True
    # "Smith.She" is a missing space, "Smith.com" is not.
    if after == "." and len(right) > 1 and (right[1].islower() or right[1].isdigit() or right[1] == "_"):
        return True
    if "/" in (before, after) or "\\" in (before, after):
        token = (re.split(r"[\s\"'<>]", left)[-1]) + text[start:end] + re.split(r"[\s\"'<>]", right)[0]
        return _PATH.search(token) is not None
    return False


def attached(char: str) -> bool:
    """Whether `char` belongs to the letter before it: accents, joiners and the like."""
    return unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf")


def _widened(text: str, start: int, end: int, reached: int) -> tuple[int, int]:
    """The span grown to the words it touches, over apostrophes, and over hyphens before capitals."""
    while True:
        while start > reached and _same_word(text[start - 1], text[start]) and not _escaped(text, start - 1):
            start -= 1
        before = text[max(reached, start - 2) : start]
        if len(before) < 2 or not before[0].isalpha() or not _bridge(before[1], text[start]):
            break
        start -= 2
    while not text[start].isalnum():
        start += 1
    initials = _INITIALS.search(text[max(reached, start - 12) : start])
    if initials is not None:
        start -= len(initials.group())
    while True:
        while end < len(text) and _same_word(text[end - 1], text[end]):
            end += 1
        after = text[end : end + 2]
        if len(after) < 2 or not after[1].isalpha() or not _bridge(after[0], after[1]):
            return start, end
        end += 2


def _bridge(mark: str, following: str) -> bool:
    return mark in "'’" or (mark in "-‐‑" and following.isupper())


def _escaped(text: str, index: int) -> bool:
    """Whether the letter at `index` is the tail of an escape: strings in code read "Dear\\nAlice"."""
    return text[index] in "nrt" and text[max(0, index - 1) : index] == "\\"


def _glue(char: str) -> bool:
    """Letters, digits and what attaches to them: combining marks, joiners."""
    return char.isalnum() or attached(char)


def _same_word(left: str, right: str) -> bool:
    # Chinese characters stand for themselves: there, nothing but the model knows where a word ends.
    return _glue(left) and _glue(right) and not _ideograph(left) and not _ideograph(right)


def _ideograph(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or "\U00020000" <= char <= "\U0003ffff"
