"""Values before the word that names them: "123456782 is my TFN", "AB12 CDE (her rego)", a caption under its value."""

from __future__ import annotations

import re

#: The widest gap between a value and its word, and how many words may stand in it.
WIDEST, _WORDS = 80, 7

_TOKEN = re.compile(r"[^\W\d_][\w'’\-]*|\n|[^\w\s]+")
# What says that the word behind names the value before.
_LINKS = frozenset(
    "is was are be been being as for matches match equals means that's thats that’s it's it’s goes belongs listed".split()
)
_SIGNS = frozenset(("-", "–", "—", "→", "->", "<-", "←", "=", "=>", "<=", "~", "*", "**", "--"))
_REMARKS = frozenset((":", "#", "//", "/*", "<!--", "--"))
_OWNERS = frozenset("my your ur his her their our the a an this that that's thats that’s it's it’s is i.e ie".split())
_POINTS = frozenset("that that's thats that’s this it's it’s thats its ^".split())
_ASKED = re.compile(r"(?<![A-Za-z])(?i:is|was|are)[ \t]+[\"'`*]{0,3}\Z")
_CLOSED = re.compile(r"[^0-9\n)\]]{0,16}[)\]]")
_CLOSING = "\"'`*_’”"
# Nothing behind the word but its line's end, and perhaps what makes it the name of a number.
_ENDS = re.compile(
    r"(?i:[ _\-.]{0,2}(?:no|num|number|nr|id|code|card|details|#))?[^\w\n]{0,12}(?:\n|\Z)"
)
_RULED = re.compile(r"[ \t*_`]{0,8}\r?\n(?:[ \t]{0,16}[\-_=\u2500.]{3,80}[ \t]*\r?\n)?[ \t*_(\[]{0,16}\Z")
_BLANK = re.compile(r"(?:\A|\n)[ \t]*(?:[\-_=\u2500.]{3,80}[ \t]*)?(?:\n|\A)?[ \t*_`>\[]{0,8}\Z")
_NO_NUMBER = frozenset(("number of", "lot of", "total of"))


def names(text: str, begin: int, stop: int, start: int, end: int) -> bool:
    """Whether the word at [start, end) names the value at [begin, stop) before it."""
    gap = text[stop:start]
    if _RULED.fullmatch(gap):
        return _ENDS.match(text, end) is not None and _BLANK.search(text, max(0, begin - 120), begin) is not None
    tokens = _TOKEN.findall(gap.lstrip(_CLOSING))
    words = [token.lower() for token in tokens if token[0].isalpha()]
    if not tokens or len(words) > _WORDS or text[end : end + 1] in ("s", "S"):
        return False
    signs = [token for token in tokens if not token[0].isalpha()]
    first = tokens[0]
    if first in ("(", "["):
        return len(signs) == 1 and _OWNERS.issuperset(words[:-1]) and _CLOSED.match(text, end) is not None
    if first in _REMARKS and len(tokens) == 1:
        return _ENDS.match(text, end) is not None
    if "\n" in tokens or first in (".", "...", "!", "…"):
        # "123456782\nuser: that's my TFN"
        told = tokens[tokens.index("\n") + 1 :] if "\n" in tokens else tokens[1:]
        if len(told) > 2 and told[1] == ":":
            told = told[2:]
        signs = [token for token in told if not token[0].isalpha()]
        return not signs and len(told) > 1 and told[0].lower() in _POINTS
    if first in _SIGNS:
        return len(signs) == 1 and len(words) <= 4
    if signs and (first != "," or len(signs) > 1):
        return False
    if not words or " ".join(words[-2:]) in _NO_NUMBER:
        return False
    if not _LINKS.isdisjoint(words[:4]):
        return True
    return words[0] in _OWNERS and len(words) <= 3 and _ASKED.search(text, max(0, begin - 12), begin) is not None
