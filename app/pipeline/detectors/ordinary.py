"""What a model takes for a name although it is none: words of a label, countries, everyday words."""

from __future__ import annotations

import re
from functools import cache

from app.pipeline.detectors.gate import gate
from app.pipeline.detectors.name_lists import NATIONS, STOP, Lists, key, lists
from app.pipeline.patterns import ALL, places

_WORD = re.compile(r"[^\W\d_]+")
#: An abbreviation with its full stops is one word.
_DOTTED = re.compile(r"(?<![^\W_])[A-Za-z](?:\.[A-Za-z])+(?![^\W_])")
_NEAR = 24
#: Joins two words of one label: "Nat. Insurance", "a/c no", "VIN/chassis".
_GAP = r"(?:[./'’]?[ \t\u00a0]?|[-/ ]{1,3})"
_BEFORE, _BEHIND = re.compile(rf"([^\W\d_]+){_GAP}\Z"), re.compile(rf"{_GAP}([^\W\d_]+)")
#: Words of labels besides those of the patterns.
_MORE = frozenset("no num number nr lic acct account dept department office services right".split())
#: What labels a field or is an authority, and is no name by itself either.
_FIELDS = frozenset(
    """tel ph fax mob email dob cvv sku qty seq pw ip mac pt rn incl nbsp bearer authorization authorisation ethernet
    ato hmrc dvla irs acc msd hipaa gdpr""".split()
)
_SMALL = frozenset("of and the for s".split())
_SHORT_NAMES = frozenset("mac nat pat reg vic".split())
_NATIONS = frozenset("us uk usa nz eu uae aus aust new united kingdom states".split()) | NATIONS


@cache
def _labels() -> frozenset[str]:
    words = {word for row in ALL for context in row.context for word in _WORD.findall(context)}
    return frozenset(words | {f"{word}s" for word in words if len(word) > 3} | _MORE | _FIELDS) - _SMALL


def is_no_name(text: str, start: int, end: int, entity: str) -> bool:
    """Whether [start, end) of `text`, which a model calls a name of kind `entity`, is certainly none."""
    words = _words(text, start, end)
    if not words:
        return False
    is_label = all(word in _labels() or word in _SMALL or word in _NATIONS for word in words)
    if is_label and len(words) == 1:
        # "Iris" and "Bank" are somebody's name, too, which begins with a capital.
        is_label = (words[0] in _alone() or _is_in_label(text, start, end)) and not (
            entity == "PERSON" and text[start:end].istitle() and _is_listed(words[0])
        )
    if is_label:
        return True
    # Some of the other words that are never looked for as names are somebody's all the same.
    if all(word in (NATIONS if entity == "PERSON" else STOP) for word in words):
        return True
    if entity != "PERSON" and _is_public(text[start:end]):
        return True
    return _is_everyday(text[start:end], words, entity)


def _words(text: str, start: int, end: int) -> list[str]:
    """In small letters; of an abbreviation that reaches out of the span, the whole."""
    left = max(0, start - _NEAR)
    near = text[left : end + _NEAR]
    found: list[str] = []
    at = start - left
    for dotted in _DOTTED.finditer(near):
        if dotted.end() <= start - left or dotted.start() >= end - left:
            continue
        found += _WORD.findall(near[at : max(at, dotted.start())])
        found.append(dotted.group().replace(".", ""))
        at = dotted.end()
    found += _WORD.findall(near[at : max(at, end - left)])
    return [word.lower() for word in found]


def _is_in_label(text: str, start: int, end: int) -> bool:
    """Whether a word of a label stands beside it: "UR no", "Social Security", where it could be a name by itself."""
    before = _BEFORE.search(text[max(0, start - _NEAR) : start])
    behind = _BEHIND.match(text[end : end + _NEAR])
    return any(near is not None and near[1].lower() in _labels() for near in (before, behind))


@cache
def _alone() -> frozenset[str]:
    """What announces an identifier by itself: "TFN", "Medicare"."""
    return frozenset(context for row in ALL for context in row.context) - _SHORT_NAMES | _FIELDS


def _is_public(name: str) -> bool:
    """Countries, and the states of a large one, tell of nobody. A town does."""
    folded = name.lower().replace(".", "")
    if folded in ("us", "uk", "usa", "nz", "eu", "uae") or re.fullmatch(places.COUNTRY, name):
        return True
    return folded in places.AU_STATES or (folded in places.US_STATES and len(folded) > 2)


def _is_everyday(name: str, words: list[str], entity: str) -> bool:
    """A word in small letters that is nobody's name; of places and firms a single one, which is not like a name."""
    if not name.islower() or not all(word in _labels() or gate().is_common(word) for word in words):
        return False
    if entity != "PERSON":
        return len(words) == 1
    return not any(map(_is_listed, words))


def _is_listed(word: str) -> bool:
    known: Lists = lists()
    name = key(word)
    return any(name in some for some in (known.first, known.ambiguous, known.surnames, known.word_surnames))
