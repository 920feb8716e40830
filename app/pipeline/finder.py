"""Finding placeholders in a text, exactly or as a model has changed them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from app.pipeline.expressions import BRACKETS, DOUBLED, compiled
from app.pipeline.lowered import lowered
from app.pipeline.placeholder import NOT_IN_KEY, PARTS, SPELLINGS, Style, private_of, render
from app.pipeline.whole_words import WholeWords

#: Every placeholder, with everything the tolerant tier puts up with around it, is shorter.
MAX_LENGTH = 96

_ENDS_IN_SEPARATORS = re.compile(NOT_IN_KEY.pattern + r"\Z")
#: How far left of the number a label and its bracket can begin.
_REACH = 64
_RELATIVE_END = re.compile(rf"(?P<part>{'|'.join(PARTS)})?(?P<spelling>[{SPELLINGS}])?\Z")
#: What there can be from the last word of a label to its number, roughly: whatever a label ends with, an addition.
_TO_NUMBER = re.compile(
    rf"[\s_\-\\]{{0,{_REACH}}}(?:(?i:{'|'.join(PARTS)})[\s_\-\\]{{0,3}})?(?:(?i:[{SPELLINGS}])[\s_\-\\]{{0,3}})?(?=\d)"
)
#: A sign that there may be characters for private use.
_PRIVATE_SIGNS = ("\ue000", "ue000", "uE000")
#: A number of fewer digits than this counts only in brackets which nobody else puts around words.
_TELLING = 4
_OURS = frozenset(["[", "\\[", "【", "&#91;", "%5b", "\\u005b"])
_CLOSING = {opening: re.compile(r"\s{0,2}" + re.escape(closing), re.I) for opening, closing in BRACKETS.items()}
_BARE = re.compile(r"(?:\\{0,2}_|-)(\d{4,9})(?![A-Za-z0-9_])")


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something at `[start, end)` that reads as the placeholder `token`, exactly or tolerably."""

    start: int
    end: int
    token: str


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
        self._patterns = compiled(frozenset(labels), frozenset(fixed), frozenset(styles), relatives)
        self._relatives = relatives
        self._keys = tuple(self._patterns.labels)
        self._words = WholeWords(words)
        self._has_words = bool(self._words)
        self._doubled = doubled

    def find(self, text: str, left: str = "") -> list[Sighting]:
        """Sightings in `text`, disjoint, from left to right. `left` is the character before it.

        Of two that overlap, the one that begins first counts, then the longer one.
        """
        numbered = sorted(self._numbered(text, left), key=_first, reverse=True)
        out: list[Sighting] = []
        position = 0
        pattern = self._fixed(text)
        fixed = _from(pattern, text, 0)
        word = self._word_from(text, 0, left)
        while fixed or numbered or word:
            while numbered and numbered[-1].start < position:
                numbered.pop()
            # Looked for anew: a sighting may have hidden one that begins behind it.
            if fixed and fixed.start < position:
                fixed = _from(pattern, text, position)
            if word and word.start < position:
                word = self._word_from(text, position, left)
            candidates = [seen for seen in (fixed, numbered[-1] if numbered else None, word) if seen]
            if not candidates:
                break
            out.append(min(candidates, key=_first))
            position = out[-1].end
        return out

    def is_clear(self, text: str, left: str = "") -> bool:
        """Whether there is nothing to find in `text`, whatever follows; quicker than to look for it. False: perhaps."""
        if self._patterns.hint.search(text) or (self._has_words and self._words.may_begin(text)):
            return False
        return self.held(text, left) == len(text)

    def is_blind_to(self, text: str) -> bool:
        """Whether nothing is found in any part of `text`, whatever stands around that."""
        pattern = self._fixed(text)
        return not (self._has_words or self._starts(text) or (pattern and pattern.search(text)))

    def _starts(self, text: str) -> set[int]:
        """Where numbers begin behind something like the end of a label: in prose and logs, few of all numbers."""
        ends = {end for _, _, end in self._patterns.words.find_matches_as_indexes(lowered(text), overlapping=True)}
        return {ahead.end() for end in ends if (ahead := _TO_NUMBER.match(text, end))}

    def _numbered(self, text: str, left: str) -> Iterator[Sighting]:
        reached = 0
        for start in sorted(self._starts(text)):
            number = self._patterns.number.match(text, start) if start >= reached else None
            if number and (seen := self._around(number, text, left)):
                reached = number.end()  # else another may begin within its digits: [X 1234 7420]
                yield seen

    def _fixed(self, text: str) -> re.Pattern[str] | None:
        """What is to be found as it is, as far as `text` can have it."""
        has_private = self._patterns.private and any(sign in text for sign in _PRIVATE_SIGNS)
        return self._patterns.private if has_private else self._patterns.fixed

    def _word_from(self, text: str, position: int, left: str) -> Sighting | None:
        span = self._words.find(text, position, left)
        return Sighting(*span, text[slice(*span)]) if span else None

    def _may_end(self, key: str) -> bool:
        """Whether a label may end `key`, which has no separators. Mostly it does not: "id 7"."""
        ends = [len(key), *_ends(key)] if self._relatives else [len(key)]
        return any(key.endswith(self._keys, 0, end) for end in ends)

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
                        and opening + opening in DOUBLED
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
        size = len(text)
        if (floor := size - MAX_LENGTH + 1) > 0:
            match = self._patterns.partial.search(text, floor)
            partial = match.start() if match else size
        else:
            floor, before = 0, len(left)
            match = self._patterns.partial.search(left + text, before)
            partial = match.start() - before if match else size
        return min(partial, self._words.held(text, floor, left)) if self._has_words else partial


def _from(pattern: re.Pattern[str] | None, text: str, position: int) -> Sighting | None:
    """The first sighting of a `pattern` of what is found as it is, at or behind `position`."""
    match = pattern.search(text, position) if pattern else None
    if match is None:
        return None
    digits = match["private"] if "private" in match.re.groupindex else None
    return Sighting(*match.span(), private_of(digits) if digits else match.group())


def _ends(key: str) -> list[int]:
    """Where a label may end in `key`, if it has an addition."""
    ends = [len(key) - 1] if key[-1:] in SPELLINGS else []
    return ends + [end - len(part) for end in (len(key), *ends) for part in PARTS if key.endswith(part, 0, end)]


def _is_between(text: str, start: int, end: int, opening: str) -> bool:
    """Whether the brackets at both ends of `[start, end)` stand there twice."""
    size = len(opening)
    return start >= size and text[start - size : start] == opening and text[end - size : end] == text[end : end + size]
