"""JSON as text that is edited in place: what it says, and where in the original each string stands."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

#: Every string token of valid JSON, keys included, in document order.
STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.S)
_ESCAPE = re.compile(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.S)
_SURROGATE = re.compile("[\ud800-\udfff]")
#: How deep arrays and objects may be nested. Python's own parser gives up somewhere past 900.
MAX_DEPTH = 500


class UnreadableJson(ValueError):
    """The text is not JSON, or nested deeper than `MAX_DEPTH`. Never quotes the text."""


class Pairs(list[tuple[str, Any]]):
    """An object's members in order, duplicates included."""

    def get(self, key: str) -> Any:
        """The value of `key` if it is there once, else None."""
        found, times = None, 0
        for name, value in self:
            if name == key:
                found = value
                times += 1
        return found if times == 1 else None


def parse(text: str) -> Any:
    """The tree of `text`: Pairs, lists, strings, numbers, bools, None.

    Raises UnreadableJson.
    """
    try:
        tree = _DECODER.decode(text)
    except RecursionError:
        raise UnreadableJson(f"it is nested more than {MAX_DEPTH} levels deep") from None
    except ValueError:
        raise UnreadableJson("it is not valid JSON") from None
    if _too_deep(tree):
        raise UnreadableJson(f"it is nested more than {MAX_DEPTH} levels deep")
    return tree


def _number(digits: str) -> int | float:
    """int() refuses more than 4,300 digits; nobody here needs the exact value of so many."""
    return int(digits) if len(digits) < 20 else float(digits)


# Made once: each takes longer to make than to use on a short text.
_DECODER = json.JSONDecoder(object_pairs_hook=Pairs, parse_int=_number)
_ENCODER = json.JSONEncoder(ensure_ascii=False)
#: What stands between quotes as it is.
_PLAIN = re.compile('[^"\\\\\x00-\x1f\ud800-\udfff]*')


def _too_deep(tree: Any) -> bool:
    level = [tree]
    for _ in range(MAX_DEPTH):
        following: list[Any] = []
        for node in level:
            if isinstance(node, Pairs):
                following += [value for _, value in node if isinstance(value, list)]
            elif isinstance(node, list):
                following += [value for value in node if isinstance(value, list)]
        if not following:
            return False
        level = following
    return True


def tokens(text: str, *, digits: int = 0) -> Iterator[re.Match[str]]:
    """The string tokens of valid JSON, in the order in which a walk over its tree meets them.

    With `digits` those of whole numbers as well, where they have as many or more: see `is_whole`.
    """
    return (_or_numbers(digits) if digits else STRING).finditer(text)


@lru_cache(maxsize=8)
def _or_numbers(digits: int) -> re.Pattern[str]:
    return re.compile(rf"{STRING.pattern}|(?<![\d.eE+-])-?\d{{{digits},19}}(?![\d.eE])", re.S)


def is_whole(value: object, digits: int) -> bool:
    """Whether `parse` made `value` of a whole number with so many digits or more."""
    return isinstance(value, int) and not isinstance(value, bool) and (digits == 1 or abs(value) >= 10 ** (digits - 1))


class Offsets:
    """From indices into a decoded string to indices into the text that holds its token."""

    def __init__(self, token: str, start: int) -> None:
        """`token` is the string with its quotes, `start` where it stands in the text."""
        self._start = start + 1
        self._decoded: list[int] = []  # index in the decoded string just after each escape
        self._shift: list[int] = []  # raw minus decoded index from there on
        if "\\" in token:
            shift = 0
            for match in _ESCAPE.finditer(token):
                raw_end = match.end() - 1
                shift += match.end() - match.start() - 1
                self._decoded.append(raw_end - shift)
                self._shift.append(shift)

    def __getitem__(self, index: int) -> int:
        at = bisect_right(self._decoded, index) - 1
        return self._start + index + (self._shift[at] if at >= 0 else 0)

    def end(self, index: int) -> int:
        """Where the character before decoded `index` ends."""
        return self[index]

    def index(self, place: int) -> int:
        """The inverse: the index in the decoded string of what stands at `place`."""
        raw = place - self._start
        at = bisect_right(range(len(self._decoded)), raw, key=lambda n: self._decoded[n] + self._shift[n]) - 1
        return raw - (self._shift[at] if at >= 0 else 0)


def spliced(text: str, edits: Iterable[tuple[int, int, str]]) -> str:
    """`text` with each `[start, end)` replaced; they are disjoint, in any order."""
    parts: list[str] = []
    position = 0
    for start, end, new in sorted(edits):
        parts += (text[position:start], new)
        position = end
    return "".join([*parts, text[position:]])


def dump(value: object) -> str:
    """`value` as JSON, non-ASCII as it is, lone surrogates as escapes."""
    return _SURROGATE.sub(lambda match: f"\\u{ord(match.group()):04x}", _ENCODER.encode(value))


def encode(value: str) -> str:
    """`value` as a JSON string token, non-ASCII as it is, lone surrogates as escapes."""
    return f'"{value}"' if _PLAIN.fullmatch(value) else dump(value)


def decode(token: str) -> str:
    """What a string token of valid JSON says."""
    value = token[1:-1] if "\\" not in token else parse(token)
    assert isinstance(value, str)
    return value


def escape(value: str) -> str:
    """`value` as it stands between the quotes of a JSON string."""
    return encode(value)[1:-1]


def looks_like_json(text: str) -> bool:
    """Whether `text` begins as an object or array does; cheap, says nothing of the rest."""
    head = text[:64].lstrip()
    return head[:1] in ("{", "[")
