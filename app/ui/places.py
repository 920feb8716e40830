"""A text as a text view holds it: in UTF-16, with long lines cut, and every place found again."""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

#: Longer lines are cut where they are shown: a text view lays out a line as a whole.
LINE = 2_000
_LONG = re.compile(rf"[^\n]{{{LINE},}}")
#: What a text view would make a line end of, or half a character.
_ODD = re.compile("[\r\u2028\u2029\x00\ufdd0\ufdd1\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Places:
    """`shown` is the original with line breaks in long lines. Places are those of the original or of the view."""

    shown: str
    _breaks: tuple[int, ...]
    _wide: tuple[int, ...]

    def there(self, place: int) -> int:
        """Where in the view the original's `place` is."""
        return place + bisect_right(self._breaks, place) + bisect_left(self._wide, place)

    def back(self, place: int) -> int:
        """The inverse; what lies between two places is the former."""
        size = len(self.shown) - len(self._breaks)
        return max(0, bisect_right(range(size + 1), place, key=self.there) - 1)


def places(text: str) -> Places:
    """How `text` is shown."""
    clean = _ODD.sub(lambda odd: " " if odd.group() in "\r\u2028\u2029" else "\ufffd", text)
    wide = () if clean.isascii() else tuple(match.start() for match in re.finditer("[\U00010000-\U0010ffff]", clean))
    breaks: list[int] = []
    for line in _LONG.finditer(clean):
        start, end = line.span()
        while end - start > LINE:
            blank = clean.rfind(" ", start + LINE // 2, start + LINE)
            start = blank + 1 if blank >= 0 else start + LINE
            breaks.append(start)
    if not breaks:
        return Places(clean, (), wide)
    edges = [0, *breaks, len(clean)]
    shown = "\n".join(clean[a:b] for a, b in itertools.pairwise(edges))
    return Places(shown, tuple(breaks), wide)
