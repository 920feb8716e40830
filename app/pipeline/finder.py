"""Finding placeholders in a text, exactly or as a model has changed them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from app.pipeline.placeholder import NOT_IN_KEY, PARTS, SPELLINGS, Style, private_of, render
from app.pipeline.whole_words import WholeWords

#: Every placeholder, with everything the tolerant tier puts up with around it, is shorter.
MAX_LENGTH = 96

_SEPARATOR = r"[\s_\-\\]{0,3}"
#: A number as it may have become: with white space inside. Starts with a class, so it scans fast.
_NUMBER = re.compile(r"\d(?<!\d\d)(?:\s?\d){3,8}(?!\d)")
_ANY_NUMBER = re.compile(r"\d(?<!\d\d)(?:\s?\d){0,8}(?!\d)")
_ENDS_IN_SEPARATORS = re.compile(NOT_IN_KEY.pattern + r"\Z")
# JSON may write the characters for private use as escapes, which JSON in a string escapes in turn.
_PRIVATE = r"(?:\ue000|\\{1,8}u[eE]000)(?P<private>[0-9a-f]{16})(?:\ue001|\\{1,8}u[eE]001)"
_PRIVATE_PARTIAL = (
    r"(?:\\{1,8}(?:u(?:[eE](?:0(?:00?)?)?)?)?|(?:\ue000|\\{1,8}u[eE]000)"
    r"(?:[0-9a-f]{0,15}|[0-9a-f]{16}(?:\\{1,8}(?:u(?:[eE](?:0(?:00?)?)?)?)?)?))"
)
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
#: What a label may be followed by: see `placeholder.relatives`.
_RELATIVE = rf"(?:{_SEPARATOR}(?:{'|'.join(PARTS)}))?(?:{_SEPARATOR}[{SPELLINGS}])?"
_RELATIVE_END = re.compile(rf"(?P<part>{'|'.join(PARTS)})?(?P<spelling>[{SPELLINGS}])?\Z")
#: A number of fewer digits than this counts only in brackets which nobody else puts around words.
_TELLING = 4
_OURS = frozenset(["[", "\\[", "【", "&#91;", "%5b", "\\u005b"])
_DOUBLED = {"[[": "]]", "\\[\\[": "\\]\\]"}
_CLOSING = {opening: re.compile(r"\s{0,2}" + re.escape(closing), re.I) for opening, closing in _BRACKETS.items()}
_BARE = re.compile(r"(?:\\{0,2}_|-)(\d{4,9})(?![A-Za-z0-9_])")


class _Patterns(NamedTuple):
    """What a set of labels and stand-ins is found with."""

    labels: dict[str, str]  # by what is left of them without separators
    number: re.Pattern[str]
    label_at_end: re.Pattern[str]
    fixed: re.Pattern[str]
    partial: re.Pattern[str]  # the end of a text that more text could turn into a sighting, or make longer


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


@lru_cache(maxsize=256)
def _compiled(labels: frozenset[str], fixed: frozenset[str], styles: frozenset[Style], relatives: bool) -> _Patterns:
    """Shared, since compiling costs a millisecond."""
    ordered = sorted(labels, key=lambda label: (-len(label), label))
    whole = "|".join("".join(_pieces(label)) for label in ordered) or r"(?!)"
    if relatives:
        whole = f"(?:{whole}){_RELATIVE}"
    stand_ins = sorted(fixed, key=lambda token: (-len(token), token))
    pua = [_PRIVATE] if "pua" in styles else []
    branches = [_prefixes(_escaped(token[:-1])) for token in stand_ins if len(token) > 1]
    branches += [_PRIVATE_PARTIAL] if pua else []
    if ordered:
        brackets = {**_BRACKETS, **_DOUBLED} if "double" in styles else _BRACKETS
        opening = "|".join(map(re.escape, sorted(brackets, key=len, reverse=True)))
        closing = "|".join(_prefixes(_escaped(token[:-1])) for token in brackets.values() if len(token) > 1)
        number = rf"(?:{whole}){_SEPARATOR}(?:(?:\d\s?){{1,9}}\s{{0,2}}(?:{closing})?)?"
        body = "|".join([_prefixes(_pieces(label)) for label in ordered] + [number])
        branches += [
            "(?i:" + "|".join(_prefixes(_escaped(token)) for token in brackets) + ")",
            rf"(?i:(?:{opening})\s{{0,2}}(?:{body})?)",
            rf"(?<![A-Za-z0-9_])(?i:{body})",
        ]
    return _Patterns(
        {NOT_IN_KEY.sub("", label): label for label in reversed(ordered)},
        _ANY_NUMBER if "ordinal" in styles else _NUMBER,
        re.compile(rf"(?i:(?P<label>{whole})){_SEPARATOR}\Z"),
        # What the user chose is found as it is; of two that begin alike, the longer.
        re.compile("|".join([*map(re.escape, stand_ins), *pua]) or r"(?!)"),
        re.compile("(?:" + ("|".join(branches) or r"(?!)") + r")\Z"),
    )


def _first(sighting: Sighting) -> tuple[int, int]:
    return sighting.start, -sighting.end


class Finder:
    """Finds placeholders with any of `labels`; `fixed` are the user's own stand-ins, `words` surrogates.

    Two tiers. Exact: `[PERSON_4821]`. Tolerant: other case, spaces or dashes for the underscore,
    escaped, encoded or changed brackets, and none at all where the underscore is left. The number
    is never guessed at. Stand-ins are matched exactly, surrogates as whole words.
    """

    def __init__(
        self,
        labels: Iterable[str],
        fixed: Iterable[str] = (),
        words: Iterable[str] = (),
        styles: Iterable[Style] = (),
        doubled: Collection[str] = (),
        *,
        relatives: bool = False,
    ) -> None:
        """`styles` are those, besides the default one, that are in use; `doubled` the numbers in two brackets.

        With `relatives`, all that a label may be followed by is found as well.
        """
        self._patterns = _compiled(frozenset(labels), frozenset(fixed), frozenset(styles), relatives)
        self._relatives = relatives
        self._keys = tuple(self._patterns.labels)
        self._tails = frozenset(key[-2:] for key in self._keys)
        self._words = WholeWords(words)
        self._doubled = doubled

    def find(self, text: str, left: str = "") -> list[Sighting]:
        """Sightings in `text`, disjoint, from left to right. `left` is the character before it.

        Of two that overlap, the one that begins first counts, then the longer one.
        """
        numbers = self._patterns.number.finditer(text) if self._keys else ()
        numbered = [seen for match in numbers if (seen := self._around(match, text, left))]
        numbered.sort(key=_first, reverse=True)
        out: list[Sighting] = []
        position = 0
        fixed = self._fixed_from(text, 0)
        word = self._word_from(text, 0, left)
        while True:
            while numbered and numbered[-1].start < position:
                numbered.pop()
            # Looked for anew: a sighting may have hidden one that begins behind it.
            if fixed and fixed.start < position:
                fixed = self._fixed_from(text, position)
            if word and word.start < position:
                word = self._word_from(text, position, left)
            candidates = [seen for seen in (fixed, numbered[-1] if numbered else None, word) if seen]
            if not candidates:
                return out
            out.append(min(candidates, key=_first))
            position = out[-1].end

    def _fixed_from(self, text: str, position: int) -> Sighting | None:
        match = self._patterns.fixed.search(text, position)
        if match is None:
            return None
        digits = match["private"] if "private" in match.re.groupindex else None
        return Sighting(*match.span(), private_of(digits) if digits else match.group())

    def _word_from(self, text: str, position: int, left: str) -> Sighting | None:
        span = self._words.find(text, position, left)
        return Sighting(*span, text[slice(*span)]) if span else None

    def _may_end(self, key: str) -> bool:
        """Whether a label may end `key`, which has no separators. Asked at every number, mostly in vain."""
        if self._is_end(key):
            return True
        if not self._relatives:
            return False
        shorter = key[:-1]
        has_part = key.endswith(PARTS) or shorter.endswith(PARTS)
        return self._is_end(shorter) if not has_part else any(self._is_end(key[:end]) for end in _ends(key))

    def _is_end(self, key: str) -> bool:
        return (key[-2:] in self._tails or key[-1:] in self._tails) and key.endswith(self._keys)

    def _label(self, key: str) -> str | None:
        """The label that is `key` without its separators."""
        label = self._patterns.labels.get(key)
        for end in _ends(key) if label is None and self._relatives else ():
            if root := self._patterns.labels.get(key[:end]):
                addition = _RELATIVE_END.match(key, end)
                return "_".join(filter(None, (root, *(addition.groups() if addition else ()))))
        return label

    def _around(self, number: re.Match[str], text: str, left: str) -> Sighting | None:
        """The sighting whose number this is, or None."""
        reach = max(0, number.start() - _REACH)
        window = text[reach : number.start()]
        if not self._may_end(NOT_IN_KEY.sub("", window).upper()):
            return None
        match = self._patterns.label_at_end.search(window)
        if match is None:
            return None
        label = self._label(NOT_IN_KEY.sub("", match["label"]).upper())
        if label is None:  # the pattern is more generous: to it, the Kelvin sign is a K
            return None
        digits = re.sub(r"\s", "", number.group())
        is_telling = len(digits) >= _TELLING
        if not is_telling and digits != number.group():
            return None
        before = window[: match.start()].rstrip()
        if match.start() - len(before) <= 2:
            folded = before[-8:].lower()
            for opening, closing in _CLOSING.items():
                after = closing.match(text, number.end()) if folded.endswith(opening) else None
                if after and (is_telling or opening in _OURS):
                    start, end = reach + len(before) - len(opening), after.end()
                    if (
                        digits in self._doubled
                        and opening + opening in _DOUBLED
                        and _is_between(text, start, end, opening)
                    ):
                        start, end = start - len(opening), end + len(opening)
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
        match = self._patterns.partial.search(before + text[floor:], len(before))
        partial = len(text) if match is None else floor + match.start() - len(before)
        return min(partial, self._words.held(text, floor, left))


def _ends(key: str) -> list[int]:
    """Where a label may end in `key`, if it has an addition."""
    ends = [len(key) - 1] if key[-1:] in SPELLINGS else []
    return ends + [end - len(part) for end in (len(key), *ends) for part in PARTS if key.endswith(part, 0, end)]


def _is_between(text: str, start: int, end: int, opening: str) -> bool:
    """Whether the brackets at both ends of `[start, end)` stand there twice."""
    size = len(opening)
    return start >= size and text[start - size : start] == opening and text[end - size : end] == text[end : end + size]
