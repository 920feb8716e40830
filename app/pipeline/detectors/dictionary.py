"""The user's own terms: whatever is listed is found, in every way it can be written.

For each enabled term and each text, every place where the folded term occurs in the folded text and the
term's own options hold is covered. All occurrences are looked for, not the leftmost longest: a long term
whose boundary fails must not hide a short one inside it. The same holds for the text with its escapes
undone, twice, since code and tool output carry JSON in JSON, URLs, HTML and terminal colours.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Iterable
from unicodedata import category

from app.pipeline.detectors.lexicon import Lexicon
from app.pipeline.fold import Folded, keep_case
from app.pipeline.policy import Policy
from app.pipeline.span import Span
from app.pipeline.terms import Term

#: How often escapes are undone: once for JSON in a text, twice for JSON in that JSON.
_DEPTH = 2
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
        found = {(start, end): term for start, end, term in self._occurrences(text, text, [])}
        view = text
        undone: list[_Edits] = []
        for _ in range(_DEPTH):
            view, edits = _unescape(view, self._lexicon.longest + _ROOM)
            if not edits:
                break
            undone = [edits, *undone]
            for start, end, term in self._occurrences(view, text, undone):
                found.setdefault((start, end), term)
        spans = []
        for (start, end), term in sorted(found.items(), key=lambda item: item[0]):
            own = term.replacement if text[start:end] == term.text else ""
            spans.append(Span(start, end, term.entity, 1.0, self.name, own))
        return spans

    def _occurrences(self, view: str, text: str, undone: list[_Edits]) -> list[tuple[int, int, Term]]:
        """Where terms occur in `view`, as indices into `text`, from which `undone` (last first) made it."""
        folded = Folded(view)
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
            surface = view[start:end]
            for term, cased in entries:
                if term.whole_word:
                    if whole is None:
                        whole = _is_start(folded.data, left, view, start) and _is_end(folded.data, right, view, end)
                    if not whole:
                        continue
                # "In", not equal: the surface has whole characters, the term may end before a mark.
                if cased and cased not in keep_case(surface):
                    continue
                if chosen is None or surface == term.text:
                    chosen = term
            if chosen is not None:
                for edits in undone:
                    start, end = edits.source(start, end)
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


def _is_start(data: bytes, at: int, view: str, start: int) -> bool:
    """Whether a word starts at byte `at` of the folded `view`, which is its character `start`."""
    return _is_cut(data, at) or view[start - 1 : start] in _SEPARATORS


def _is_end(data: bytes, at: int, view: str, end: int) -> bool:
    return _is_cut(data, at) or view[end : end + 1] in _SEPARATORS


_ESCAPE = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair of surrogates
    r"|\\u[0-9a-fA-F]{4}"
    r"|\\x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})*"  # bytes, as Python and shells print them
    r"|\\[0-3][0-7]{2}(?:\\[0-3][0-7]{2})*"  # bytes, as git prints file names
    r"|\\[nrtbfv\"'/\\]"
    r"|%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})*"
    r"|\+(?<=[\w.~*-]\+)(?=[\w.~*%-])"  # a space in a query string
    r"|&(?:\#[0-9]{1,7}|\#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});"
    r"|\x1b\[[0-9;:?]{0,64}[A-Za-z]"  # a terminal colour
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "v": "\v"}


def _undo(escape: str) -> str:
    """What one match of `_ESCAPE` stands for; never empty."""
    if escape[0] == "\x1b":
        return "\u200b"  # nothing is printed, but a word ends: a coloured "John" is preceded by an "m"
    if escape[0] == "+":
        return " "
    if escape[0] == "&":
        return html.unescape(escape) or "\u200b"
    if escape[0] == "%":
        return _decode(bytes.fromhex(escape.replace("%", "")))
    if escape[1] == "u":
        codes = bytes.fromhex(escape.replace("\\u", ""))
        return codes.decode("utf-16-be", "surrogatepass")
    if escape[1] == "x":
        return _decode(bytes.fromhex(escape.replace("\\x", "")))
    if escape[1].isdigit():
        return _decode(bytes(int(octal, 8) for octal in escape[1:].split("\\")))
    return _LETTERS.get(escape[1], escape[1])


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


class _Edits:
    """Where an unescaped text differs from its source; falsy when nowhere."""

    def __init__(self) -> None:
        # Edit i turned source[source_start[i]:source_end[i]] into view[view_start[i]:view_end[i]].
        self.view_start: list[int] = []
        self.view_end: list[int] = []
        self.source_start: list[int] = []
        self.source_end: list[int] = []

    def __bool__(self) -> bool:
        return bool(self.view_start)

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The place in the source that view[start:end] came from; an edit touched in part counts whole."""
        first = bisect_right(self.view_start, start) - 1
        if first >= 0:
            beyond = start - self.view_end[first]
            start = self.source_end[first] + beyond if beyond >= 0 else self.source_start[first]
        last = bisect_right(self.view_start, end - 1) - 1
        if last >= 0:
            end = self.source_end[last] + max(0, end - self.view_end[last])
        return start, end


#: A letter of one manuscript of 1429: no word may start or end where the text was cut, no term contains it.
_ELIDED = "\ua66e"


def _unescape(text: str, context: int) -> tuple[str, _Edits]:
    """`text` with one level of escapes undone, and the way back.

    Stretches further than `context` characters from an escape were looked at already; `_ELIDED` stands for each.
    """
    edits = _Edits()
    parts: list[str] = []
    done = length = 0

    def edit(start: int, end: int, plain: str) -> None:
        nonlocal done, length
        edits.view_start.append(length + start - done)
        length += start - done + len(plain)
        edits.view_end.append(length)
        edits.source_start.append(start)
        edits.source_end.append(end)
        parts.extend((text[done:start], plain))
        done = end

    for match in _ESCAPE.finditer(text):
        start, end = match.span()
        if start - done > 2 * context:
            edit(done + context if done else 0, start - context, _ELIDED)
        edit(start, end, _undo(match.group()))
    parts.append(text[done : done + context])
    return "".join(parts), edits
