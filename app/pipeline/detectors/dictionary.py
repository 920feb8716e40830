"""The user's own terms: whatever is listed is found, in every way it can be written.

For each enabled term and each text, every place where the folded term occurs in the folded text and the
term's own options hold is covered. All occurrences are looked for, not the leftmost longest: a long term
whose boundary fails must not hide a short one inside it. The same holds for the text with its escapes
undone, twice, since code and tool output carry JSON in JSON, URLs, HTML and terminal colours, and for what
is in it in Base64.
"""

from __future__ import annotations

from collections.abc import Iterable
from unicodedata import category

from app.pipeline.detectors.lexicon import Lexicon
from app.pipeline.disguises import packed
from app.pipeline.escapes import escapes
from app.pipeline.fold import Folded, keep_case
from app.pipeline.policy import Policy
from app.pipeline.span import Span
from app.pipeline.terms import Term
from app.pipeline.views import View, views

#: Escapes are undone once for JSON in a text, twice for JSON in that JSON; and in what stands in Base64.
_STEPS = ((escapes, escapes), (packed, escapes))
#: Han, kana, Hangul, Thai, Lao, Myanmar, Khmer: written without spaces, so a word may end anywhere.
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0x9FFF),
    (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFF66, 0xFF9D), (0x20000, 0x3FFFF),
)  # fmt: skip
#: Vowels and final consonants of a Hangul syllable: a cut before one would be inside the syllable.
_SYLLABLE_REST = ((0x1160, 0x11FF), (0xD7B0, 0xD7FF))
#: Invisible, but between words by their own definition, or by being where two files were joined.
_SEPARATORS = frozenset("\u200b\ufeff")
_ASCII_WORD = bytes(chr(code).isalnum() for code in range(128))
#: How much around an escape is looked at again, besides the longest term: room for spaces within it.
_ROOM = 128


class DictionaryDetector:
    """Finds terms that are enabled, each under its own options. Terms that fold to nothing are ignored."""

    name = "dictionary"

    def __init__(self, terms: Iterable[Term] = ()) -> None:
        self._lexicon = Lexicon()
        self.change = self._lexicon.change
        self.build = self._lexicon.build
        self.change((), terms)

    @property
    def entities(self) -> frozenset[str]:
        """Types that may appear in a redacted text."""
        return frozenset(self._lexicon.entities)

    @property
    def replacements(self) -> frozenset[str]:
        """Stand-ins that may appear in a redacted text."""
        return frozenset(self._lexicon.replacements)

    def detect(self, text: str, policy: Policy) -> list[Span]:
        """One span per occurrence, score 1.0, sorted; overlaps are left to `span.resolve`.

        A span carries the term's own replacement only where the text has the term letter for letter: from
        any other writing the original could not be restored.
        """
        if not self._lexicon:
            return []
        found = {(start, end): term for start, end, term in self._occurrences(text)}
        for steps in _STEPS:
            for view in views(text, self._lexicon.longest + _ROOM, *steps):
                for start, end, term in self._occurrences(view.text, view):
                    found.setdefault((start, end), term)
        spans = []
        for (start, end), term in sorted(found.items(), key=lambda item: item[0]):
            own = term.replacement if text[start:end] == term.text else ""
            spans.append(Span(start, end, term.entity, 1.0, self.name, own))
        return spans

    def _occurrences(self, text: str, view: View | None = None) -> list[tuple[int, int, Term]]:
        """Where terms occur in `text`; if that is the text of a `view`, as indices into the original."""
        folded = Folded(text)
        hits = self._lexicon.hits(folded.data)
        if not hits:
            return []
        import numpy as np

        columns = np.array([hit[1:] for hit in hits], dtype=np.int64)
        starts, ends = folded.spans(columns[:, 0], columns[:, 1])
        out = []
        for (entries, left, right), start, end in zip(hits, starts.tolist(), ends.tolist(), strict=True):
            whole: bool | None = None
            chosen: Term | None = None
            surface = text[start:end]
            for term, cased in entries:
                if term.whole_word:
                    if whole is None:
                        whole = _is_start(folded.data, left, text, start) and _is_end(folded.data, right, text, end)
                    if not whole:
                        continue
                # "In", not equal: the surface has whole characters, the term may end before a mark.
                if cased and cased not in keep_case(surface):
                    continue
                if chosen is None or surface == term.text:
                    chosen = term
            if chosen is not None:
                if view is not None:
                    start, end = view.origin(start, end)
                out.append((start, end, chosen))
        return out


def _in(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= ord(char) <= high for low, high in ranges)


def _is_cut(data: bytes, at: int) -> bool:
    """Whether a word may start or end at byte `at` of a folded text.

    `_` separates words, unlike in `\\b`: a name in an identifier is still a name.
    """
    if at == 0 or at == len(data):
        return True
    left, right = data[at - 1], data[at]
    if (left < 128 and not _ASCII_WORD[left]) or (right < 128 and not _ASCII_WORD[right]):
        return True
    if left < 128 and right < 128:
        return False
    start = at - 1
    while start and data[start] & 0xC0 == 0x80:
        start -= 1
    width = 1 if right < 0x80 else 2 if right < 0xE0 else 3 if right < 0xF0 else 4
    before = data[start:at].decode("utf-8", "surrogatepass")
    after = data[at : at + width].decode("utf-8", "surrogatepass")
    return _is_boundary(before, after)


def _is_boundary(before: str, after: str) -> bool:
    """The same for two characters of which at least one is not ASCII."""
    mark = category(after)[0] == "M"
    if not (before.isalnum() or category(before)[0] == "M") or not (after.isalnum() or mark):
        return True
    if mark or _in(after, _SYLLABLE_REST):
        return False
    return _in(before, _UNSPACED) or _in(after, _UNSPACED)


def _is_start(data: bytes, at: int, text: str, start: int) -> bool:
    """Whether a word starts at byte `at` of the folded `text`, which is its character `start`."""
    return _is_cut(data, at) or text[start - 1 : start] in _SEPARATORS


def _is_end(data: bytes, at: int, text: str, end: int) -> bool:
    return _is_cut(data, at) or text[end : end + 1] in _SEPARATORS
