"""Placeholders: how they look, and how they are recognised after a model has handled them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
#: Every placeholder, with everything the tolerant tier puts up with around it, is shorter.
MAX_LENGTH = 96

_LABEL_MAX = 32
_SEPARATOR = r"[\s_\-\\]{0,3}"
#: A number as it may have become: with white space inside. Starts with a class, so it scans fast.
_NUMBER = re.compile(r"\d(?<!\d\d)(?:\s?\d){3,8}(?!\d)")
_NOT_IN_KEY = re.compile(r"[\s_\-\\]+")
_ENDS_IN_SEPARATORS = re.compile(_NOT_IN_KEY.pattern + r"\Z")
_TOKEN = re.compile(r"\[(?P<label>[A-Z][A-Z0-9_]*)_(?P<number>\d{4,9})\]")
#: How far left of the number a label and its bracket can begin.
_REACH = 64
#: Brackets a model may have changed ours into, each with its partner. Ours come first.
_BRACKETS = {
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
_CLOSING = {opening: re.compile(r"\s{0,2}" + re.escape(closing), re.I) for opening, closing in _BRACKETS.items()}
_BARE = re.compile(r"(?:\\{0,2}_|-)(\d{4,9})(?![A-Za-z0-9_])")


def label_of(entity: str) -> str:
    """The word that stands for `entity` in a placeholder; at most 32 of `[A-Z0-9_]`."""
    return SHORT.get(entity, entity)[:_LABEL_MAX]


def entity_of(label: str) -> str:
    """The entity that `label` stands for, as far as it tells."""
    return _LONG.get(label, label)


def render(label: str, number: int | str) -> str:
    """`[LABEL_NUMBER]`: ASCII, no quote, no backslash, no white space, legal in JSON and Markdown."""
    return f"[{label}_{number}]"


def identity(token: str) -> tuple[str, str]:
    """Label and number of a generated placeholder without what tolerance leaves out, else ("", token).

    Two labels may be alike but for separators; then a sighting's label is one of them, whichever.
    """
    match = _TOKEN.fullmatch(token)
    return (_NOT_IN_KEY.sub("", match["label"]), match["number"]) if match else ("", token)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something at `[start, end)` that reads as the placeholder `token`, exactly or tolerably."""

    start: int
    end: int
    token: str


def _prefixes(pieces: Sequence[str]) -> str:
    """A pattern for every non-empty prefix of a sequence of patterns."""
    return "".join(f"(?:{piece}" for piece in pieces) + ")?" * (len(pieces) - 1) + ")"


def _pieces(label: str) -> list[str]:
    """A label's pattern, in pieces; the underscore may have become anything like it."""
    return [_SEPARATOR if char == "_" else re.escape(char) for char in label]


def _escaped(token: str) -> list[str]:
    return [re.escape(char) for char in token]


def _compile_partial(labels: Sequence[str], whole: str, fixed: Sequence[str]) -> re.Pattern[str]:
    """A pattern for the end of a text that more text could turn into a sighting, or make longer."""
    opening = "|".join(map(re.escape, sorted(_BRACKETS, key=len, reverse=True)))
    branches = [_prefixes(_escaped(token[:-1])) for token in fixed if len(token) > 1]
    if labels:
        closing = "|".join(_prefixes(_escaped(token[:-1])) for token in _BRACKETS.values() if len(token) > 1)
        number = rf"(?:{whole}){_SEPARATOR}(?:(?:\d\s?){{1,9}}\s{{0,2}}(?:{closing})?)?"
        body = "|".join([_prefixes(_pieces(label)) for label in labels] + [number])
        branches += [
            "(?i:" + "|".join(_prefixes(_escaped(token)) for token in _BRACKETS) + ")",
            rf"(?i:(?:{opening})\s{{0,2}}(?:{body})?)",
            rf"(?<![A-Za-z0-9_])(?i:{body})",
        ]
    return re.compile("(?:" + ("|".join(branches) or r"(?!)") + r")\Z")


def _first(sighting: Sighting) -> tuple[int, int]:
    return sighting.start, -sighting.end


class Finder:
    """Finds placeholders with any of `labels`; `fixed` are the user's own stand-ins.

    Two tiers. Exact: `[PERSON_4821]`. Tolerant: other case, spaces or dashes for the underscore,
    escaped, encoded or changed brackets, and none at all where the underscore is left. The number
    is never guessed at. Stand-ins are matched exactly.
    """

    def __init__(self, labels: Iterable[str], fixed: Iterable[str] = ()) -> None:
        ordered = sorted(set(labels), key=lambda label: (-len(label), label))
        self._labels = {_NOT_IN_KEY.sub("", label): label for label in reversed(ordered)}
        self._keys = tuple(self._labels)
        whole = "|".join("".join(_pieces(label)) for label in ordered) or r"(?!)"
        self._label_at_end = re.compile(rf"(?i:(?P<label>{whole})){_SEPARATOR}\Z")
        stand_ins = sorted(set(fixed), key=lambda token: (-len(token), token))
        self._fixed = re.compile("|".join(map(re.escape, stand_ins)) or r"(?!)")
        self._partial = _compile_partial(ordered, whole, stand_ins)

    def find(self, text: str, left: str = "") -> list[Sighting]:
        """Sightings in `text`, disjoint, from left to right. `left` is the character before it.

        Of two that overlap, the one that begins first counts, then the longer one.
        """
        labelled = [self._around(match, text, left) for match in (_NUMBER.finditer(text) if self._keys else ())]
        out: list[Sighting] = []
        position = 0
        fixed = self._fixed.search(text)
        for sighting in sorted(filter(None, labelled), key=_first):
            while fixed and _first(Sighting(*fixed.span(), "")) <= _first(sighting):
                out.append(Sighting(*fixed.span(), fixed.group()))
                position = fixed.end()
                fixed = self._fixed.search(text, position)
            if sighting.start >= position:
                out.append(sighting)
                position = sighting.end
                if fixed and fixed.start() < position:
                    # Looked for anew: it may have hidden one that begins behind this sighting.
                    fixed = self._fixed.search(text, position)
        while fixed:
            out.append(Sighting(*fixed.span(), fixed.group()))
            fixed = self._fixed.search(text, fixed.end())
        return out

    def _around(self, number: re.Match[str], text: str, left: str) -> Sighting | None:
        """The sighting whose number this is, or None."""
        reach = max(0, number.start() - _REACH)
        window = text[reach : number.start()]
        if not _NOT_IN_KEY.sub("", window).upper().endswith(self._keys):
            return None
        match = self._label_at_end.search(window)
        if match is None:
            return None
        label = self._labels.get(_NOT_IN_KEY.sub("", match["label"]).upper())
        if label is None:  # the pattern is more generous: to it, the Kelvin sign is a K
            return None
        before = window[: match.start()].rstrip()
        if match.start() - len(before) <= 2:
            folded = before[-8:].lower()
            for opening, closing in _CLOSING.items():
                after = closing.match(text, number.end()) if folded.endswith(opening) else None
                if after:
                    start, end = reach + len(before) - len(opening), after.end()
                    digits = re.sub(r"\s", "", number.group())
                    return Sighting(start, end, render(label, digits))
        start = reach + match.start()
        previous = text[start - 1] if start else left
        # A label may end with a separator of its own, and then have taken the one before the number.
        core = start + len(_ENDS_IN_SEPARATORS.sub("", match["label"]))
        bare = _BARE.match(text, reach + match.end("label")) or _BARE.match(text, core)
        if bare is None or previous.isalnum() or previous == "_":
            return None
        return Sighting(start, bare.end(), render(label, bare[1]))

    def held(self, text: str, left: str = "") -> int:
        """Index from which `text` must wait for more, because a sighting may begin there.

        `len(text)` when nothing has to wait. Fewer than `MAX_LENGTH` characters ever wait.
        """
        floor = max(0, len(text) - MAX_LENGTH + 1)
        before = text[floor - 1] if floor else left
        match = self._partial.search(before + text[floor:], len(before))
        return len(text) if match is None else floor + match.start() - len(before)


@lru_cache(maxsize=256)
def finder(labels: frozenset[str], fixed: frozenset[str] = frozenset()) -> Finder:
    """A shared `Finder`; compiling one costs a millisecond."""
    return Finder(labels, fixed)
