"""Where a regular expression could divide a text between its repeats in many ways, and so try them all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

# Private to `re`, and without types; what they hold has not changed since there was another name for them.
sre: Any = import_module("re._constants")
parser: Any = import_module("re._parser")

#: Two repeats of up to so many characters each are tried in a moment; what can grow with the text is not.
SHORT = 64
_MANY = 1_000_000
_CHARACTERS = frozenset(map(chr, [*range(0x180), 0x301, 0x3B1, 0x430, 0x661, 0x2003, 0x2011, 0x2013, 0x4E00, 0x1F600]))
_CATEGORIES = {
    sre.CATEGORY_DIGIT: re.compile(r"\d"),
    sre.CATEGORY_NOT_DIGIT: re.compile(r"\D"),
    sre.CATEGORY_SPACE: re.compile(r"\s"),
    sre.CATEGORY_NOT_SPACE: re.compile(r"\S"),
    sre.CATEGORY_WORD: re.compile(r"\w"),
    sre.CATEGORY_NOT_WORD: re.compile(r"\W"),
}
_REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT)
_EMPTY = (sre.AT, sre.ASSERT, sre.ASSERT_NOT)


def ambiguities(pattern: re.Pattern[str]) -> list[str]:
    """Sentences about long repeats that can take each other's characters; empty for an expression in linear time."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    return list(_in_sequence(list(tree), pattern.flags))


def _in_sequence(items: list[Any], flags: int) -> Iterator[str]:
    for place, (kind, value) in enumerate(items):
        if kind in _REPEATS:
            yield from _in_sequence(list(value[2]), flags)
            if value[1] <= 1:
                continue
            body = list(value[2])
            # (x*)*: whatever the body ends with could as well be what the next round begins with.
            if _longest(body) > 1 and value[1] * _longest(body) > SHORT and _is_loose(body, flags):
                yield f"a repeat in a repeat: {{{value[0]},{value[1]}}} of {body}"
            if value[1] > SHORT:
                yield from _neighbour(_all(body, flags), items[place + 1 :], flags)
        elif kind is sre.SUBPATTERN:
            yield from _in_sequence(list(value[3]), (flags | value[1]) & ~value[2])
        elif kind is sre.BRANCH:
            for branch in value[1]:
                yield from _in_sequence(list(branch), flags)
        elif kind in (sre.ASSERT, sre.ASSERT_NOT):
            yield from _in_sequence(list(value[1]), flags)


def _neighbour(taken: frozenset[str], rest: list[Any], flags: int) -> Iterator[str]:
    """A long repeat of some of the characters of the one before it, with nothing certain between them."""
    for kind, value in rest:
        if kind in _EMPTY:
            continue
        if kind in _REPEATS and value[1] > SHORT and taken & _first(list(value[2]), flags):
            yield f"a repeat beside a repeat: {{{value[0]},{value[1]}}} of {value[2]}"
            return
        if not _can_be_empty([(kind, value)]) and not taken & _first([(kind, value)], flags):
            return
    return


def _is_loose(body: list[Any], flags: int) -> bool:
    """Whether rounds of `body` can be cut apart elsewhere: not where each begins or ends with what is nowhere else."""
    while len(body) == 1 and body[0][0] is sre.SUBPATTERN:
        body = list(body[0][1][3])
    body = [item for item in body if item[0] not in _EMPTY]
    low, high = _widths(body)
    if low == high:
        return False
    if len(body) == 1 and body[0][0] is sre.BRANCH:
        branches = [list(branch) for branch in body[0][1][1]]
        firsts = [_first(branch, flags) for branch in branches]
        apart = sum(map(len, firsts)) == len(frozenset().union(*firsts))
        return not apart or any(_is_loose(branch, flags) for branch in branches)
    starts = _first(body, flags)
    for place in range(1, len(body) + 1):
        head, rest = body[:place], body[place:]
        least, most = _widths(head)
        # Behind such a head nothing can be taken for the start of another round.
        if least and not starts & _all(rest, flags) and (least == most or not _can_be_empty(rest)):
            return False
    tail = body[-1:]
    return _widths(tail) != (1, 1) or bool(_all(tail, flags) & _all(body[:-1], flags))


def _widths(items: list[Any]) -> tuple[int, int]:
    """How many characters `items` match at least and at most."""
    low = high = 0
    for kind, value in items:
        if kind in _EMPTY:
            continue
        if kind in _REPEATS:
            least, most = _widths(list(value[2]))
            least, most = least * int(value[0]), most * min(int(value[1]), _MANY)
        elif kind is sre.SUBPATTERN:
            least, most = _widths(list(value[3]))
        elif kind is sre.BRANCH:
            branches = [_widths(list(branch)) for branch in value[1]]
            least, most = min(low for low, _ in branches), max(high for _, high in branches)
        elif kind is sre.GROUPREF:
            least, most = 0, SHORT
        else:
            least = most = 1
        low, high = low + least, min(high + most, _MANY)
    return low, high


def _longest(items: list[Any]) -> int:
    return _widths(items)[1]


def _can_be_empty(items: list[Any]) -> bool:
    return _widths(items)[0] == 0


def _all(items: list[Any], flags: int) -> frozenset[str]:
    """Every character that can be in what `items` match."""
    return frozenset().union(*(_characters(kind, value, flags) for kind, value in items))


def _first(items: list[Any], flags: int) -> frozenset[str]:
    """Every character that what `items` match can begin with."""
    out: frozenset[str] = frozenset()
    for kind, value in items:
        if kind in _EMPTY:
            continue
        if kind in _REPEATS:
            out |= _first(list(value[2]), flags)
        elif kind is sre.SUBPATTERN:
            out |= _first(list(value[3]), (flags | value[1]) & ~value[2])
        elif kind is sre.BRANCH:
            out = out.union(*(_first(list(branch), flags) for branch in value[1]))
        else:
            out |= _characters(kind, value, flags)
        if not _can_be_empty([(kind, value)]):
            break
    return out


def _characters(kind: Any, value: Any, flags: int) -> frozenset[str]:
    if kind in _EMPTY:
        return frozenset()
    if kind in _REPEATS:
        return _all(list(value[2]), flags)
    if kind is sre.SUBPATTERN:
        return _all(list(value[3]), (flags | value[1]) & ~value[2])
    if kind is sre.BRANCH:
        return frozenset().union(*(_all(list(branch), flags) for branch in value[1]))
    if kind is sre.ANY:
        return _CHARACTERS if flags & re.DOTALL else _CHARACTERS - {"\n"}
    if kind is sre.IN:
        negated = value[0][0] is sre.NEGATE
        found = frozenset().union(
            *(_characters(part[0], part[1], flags) for part in value if part[0] is not sre.NEGATE)
        )
        return _CHARACTERS - found if negated else found
    if kind is sre.CATEGORY:
        return frozenset(char for char in _CHARACTERS if _CATEGORIES[value].match(char))
    if kind is sre.GROUPREF:
        return _CHARACTERS
    if kind is sre.RANGE:
        found = frozenset(char for char in _CHARACTERS if value[0] <= ord(char) <= value[1])
    elif kind is sre.NOT_LITERAL:
        return _CHARACTERS - _characters(sre.LITERAL, value, flags)
    else:
        assert kind is sre.LITERAL, kind
        found = frozenset([chr(value)]) & _CHARACTERS
    return found | {char.swapcase() for char in found} if flags & re.IGNORECASE else found
