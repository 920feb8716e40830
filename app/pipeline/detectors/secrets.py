"""The secrets layer: credentials known by their issuer's form, by their armour, or by the word before them.

One Aho-Corasick pass finds everything a credential can begin with or be announced by; only there does anything else
run, and it looks ahead a bounded number of characters. So a text without such words costs that one pass, and a text
full of them stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import BytesAhoCorasick, Implementation

from app.pipeline.detectors import announced, private_keys
from app.pipeline.patterns.secret_values import is_filler, is_template
from app.pipeline.patterns.secrets import API_KEY, PASSWORD, PRIVATE_KEY, TOKENS, Secret
from app.pipeline.policy import Policy
from app.pipeline.span import Span

#: A form that only its issuer uses; a value by the form of what surrounds it; a value by the word before it.
_OWN_FORM, _SURROUNDED, _ANNOUNCED = 0.95, 0.9, 0.8
# One byte per character, so that byte offsets are string offsets.
_LOWER = bytes(byte + 32 if 0x41 <= byte <= 0x5A else byte for byte in range(256))
_LOOK_BACK = 40
# Behind an escape a word starts, too: "\nghp_…", "%3Dghp_…", "\u003dghp_…".
_ESCAPE = re.compile(r"(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})\Z")
# Twilio's key; its prefix alone would be found in every "task" and "desk".
_TWILIO = re.compile(r"SK[0-9a-f]{32}(?![A-Za-z0-9_])")


class SecretsDetector:
    """Layer "secrets": tokens, keys, passwords."""

    name = "secrets"

    def detect(self, text: str, policy: Policy) -> Iterable[Span]:
        """Spans of what is secret: the value, never its name, its quotes or the scheme before it."""
        return [Span(*found, self.name) for found in _found(text)]


def _found(text: str) -> Iterator[tuple[int, int, str, float]]:
    """Start, end, entity and score."""
    tables = _tables()
    lowered = text.encode("latin-1", "replace").translate(_LOWER)
    armour = private_keys.Reader(text)
    words: list[tuple[int, int, str]] = []
    reached = dict.fromkeys(range(len(TOKENS)), 0)
    for index, start, end in tables.automaton.find_matches_as_indexes(lowered, overlapping=True):
        meaning = tables.meanings[index]
        if isinstance(meaning, str):
            words.append((start, end, meaning))
        elif meaning is None:
            if block := armour.block(start):
                yield *block, PRIVATE_KEY, _OWN_FORM
        else:
            for row in meaning:
                if start >= reached[row] and (span := _token(text, start, TOKENS[row])):
                    reached[row] = span[1]
                    yield *span, TOKENS[row].entity, _SURROUNDED if TOKENS[row].is_surrounded else _OWN_FORM
    for start, end, entity in announced.find(text, words):
        yield start, end, entity, _ANNOUNCED
    for match in _TWILIO.finditer(text):
        if _is_start(text, match.start()):
            yield *match.span(), API_KEY, _OWN_FORM


def _token(text: str, at: int, row: Secret) -> tuple[int, int] | None:
    """The credential of this row whose literal stands at `at`."""
    start = at
    if row.before is not None:
        before = row.before.search(text, max(0, at - _LOOK_BACK), at)
        if before is None:
            return None
        start = before.start()
    if not row.is_surrounded and not _is_start(text, start):
        return None
    match = row.regex.match(text, at)
    if match is None:
        return None
    start, end = match.span("value") if row.is_surrounded else (start, match.end())
    value = text[start:end]
    if row.entity == API_KEY and is_filler(value):
        return None
    if row.entity == PASSWORD and is_template(value):
        return None
    if row.validator is not None and not row.validator(value):
        return None
    return start, end


def _is_start(text: str, at: int) -> bool:
    before = text[at - 1 : at]
    if not before.isascii() or not (before.isalnum() or before == "_"):
        return True
    return _ESCAPE.search(text, max(0, at - 6), at) is not None


class _Tables(NamedTuple):
    automaton: BytesAhoCorasick
    #: By the automaton's index: rows of `TOKENS`, the entity that a word announces, or None for armour.
    meanings: list[tuple[int, ...] | str | None]


@cache
def _tables() -> _Tables:
    meanings: dict[str, tuple[int, ...] | str | None] = {private_keys.BEGIN: None, **announced.WORDS}
    by_literal: dict[str, tuple[int, ...]] = {}
    for number, row in enumerate(TOKENS):
        for literal in row.literals:
            by_literal[literal] = (*by_literal.get(literal, ()), number)
    meanings |= by_literal
    words = [word.encode() for word in meanings]
    # Few words: a table for all of it is four times as quick as the default, and built in a millisecond.
    return _Tables(BytesAhoCorasick(words, implementation=Implementation.DFA), list(meanings.values()))
