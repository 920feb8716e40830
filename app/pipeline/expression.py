"""Regular expressions that users type: read with sentences for what is wrong, and bound in time and memory.

Nothing about them can be taken for granted: they may be exponential, or quadratic on the long runs of letters
that encoded files are. So each is tried on such runs when it is entered, and whatever it is looked for in, the
search ends when its time is up.
"""

from __future__ import annotations

import math
import re
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import regex

#: Seconds that looking through a text may take: so many at any rate, and so many more for each character.
_SECONDS, _SECONDS_EACH = 1.0, 1e-6
#: What an expression is tried on when it is entered, and the seconds it has for that: what is linear takes a tenth.
_RUN, _RUN_SECONDS = 20_000, 0.3
_RUNS = ("a", "A", "0", " ", "é", "-", "_", ".", "/", "aB3", "a ", "a.", "a@", '"a":')
#: And on so many of its own letters.
_LETTERS = 16
#: Each repetition that is asked for at least so often is spelt out in memory; nested, they multiply.
_MOST_REPEATED = 20_000
_AT_LEAST = re.compile(r"\{(\d+)(?:,\d*)?\}")
#: Ordinary text. What hides more than half of it hides too much.
_ORDINARY = (
    "The meeting moved to Tuesday, 3 March. Please read section 4.2 first and tell the others.\n"
    "def total(items: list[int]) -> int:\n    return sum(items)  # in cents\n"
    '{"status": "ok", "count": 12, "path": "/srv/data/readme.txt"}\n'
)


class TooSlow(Exception):
    """Looking for the expression took longer than it may."""


class Expression:
    """One regular expression, in the syntax of Python's `re`."""

    def __init__(self, text: str, *, case_sensitive: bool, first_group: bool) -> None:
        """`first_group` takes of each match the first group alone. Raises ValueError, with a sentence for the user."""
        self._regex = _compiled(text, case_sensitive)
        if first_group and not self._regex.groups:
            raise ValueError("The pattern has no group: put the part to hide in parentheses.")
        self._first_group = first_group

    def places(self, text: str, seconds: float | None = None) -> list[tuple[int, int]]:
        """Start and end of each match, from left to right. Raises TooSlow.

        A match in which the first group has no part counts whole: that hides too much rather than too little.
        Few expressions that pass `check_expression` match nothing at some place; then end is start.
        """
        limit = _SECONDS + _SECONDS_EACH * len(text) if seconds is None else seconds
        found = []
        try:
            for match in self._regex.finditer(text, timeout=limit):
                start, end = match.span(1) if self._first_group else match.span()
                found.append((start, end) if 0 <= start < end else match.span())
        except (TimeoutError, MemoryError):
            raise TooSlow from None
        return found


def _compiled(text: str, case_sensitive: bool) -> regex.Pattern[str]:
    counts = [min(int(count[:9]), _MOST_REPEATED + 1) for count in _AT_LEAST.findall(text)]
    if math.prod(max(1, count) for count in counts) > _MOST_REPEATED:
        raise ValueError(f"The pattern asks for too many repetitions: multiplied, at most {_MOST_REPEATED:,}.")
    import regex  # 3 MB, for the few who have patterns

    flags = regex.VERSION0 if case_sensitive else regex.VERSION0 | regex.IGNORECASE | regex.FULLCASE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about what may mean something else one day
            return regex.compile(text, flags, cache_pattern=False)
    except regex.error as error:
        place = "" if error.pos is None else f" at character {min(error.pos, len(text)) + 1}"
        raise ValueError(f"The pattern cannot be read: {error.msg}{place}.") from None
    except (ValueError, TypeError, LookupError, OverflowError, RecursionError):
        raise ValueError("The pattern cannot be read.") from None


def check_expression(text: str, *, case_sensitive: bool, first_group: bool) -> None:
    """Raises ValueError, with a sentence for the user, when the expression cannot be used."""
    expression = Expression(text, case_sensitive=case_sensitive, first_group=first_group)
    letters = list(dict.fromkeys(char for char in text if char.isalnum()))
    for run in ("", *_RUNS, *letters[:_LETTERS]):
        try:
            places = expression.places(f"{run * (_RUN // len(run))}!\n" if run else _ORDINARY, _RUN_SECONDS)
        except TooSlow:
            long = f"a long run of “{run}”" if run else "any text"
            raise ValueError(
                f"The pattern takes too long on {long}. Limit its repetitions: [a-z]{{1,40}} instead of [a-z]+."
            ) from None
        if any(start == end for start, end in places):
            raise ValueError("The pattern matches empty text: let it ask for one character at least, + instead of *.")


def warning(text: str, *, case_sensitive: bool, first_group: bool) -> str:
    """What to tell the user about an expression that can be used; mostly empty."""
    places = Expression(text, case_sensitive=case_sensitive, first_group=first_group).places(_ORDINARY)
    hidden = sum(end - start for start, end in places)
    return "The pattern hides most of any text." if 2 * hidden > len(_ORDINARY) else ""
