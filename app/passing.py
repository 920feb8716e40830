"""Endpoints whose bodies the user lets go on unread."""

from __future__ import annotations

import re
from functools import lru_cache

_PATTERN = re.compile(r"(?P<method>[A-Z]+) (?P<path>/[^\s,]*)")
#: A step back or an escaped one: where such a path leads is for its provider to say.
_STEPS_BACK = re.compile(r"(?:\.|%2e){2}|%2f|%5c|\\", re.I)


@lru_cache(maxsize=8)
def parse_passing(text: str) -> re.Pattern[str]:
    """What fits `METHOD /path` of the endpoints in `text`, from `POST /v1/skills*, PUT /v1/containers/*/files`.

    `*` stands for anything. Raises ValueError with a sentence for the user.
    """
    fits = []
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        found = _PATTERN.fullmatch(part)
        if found is None:
            raise ValueError("It must be a list such as POST /v1/skills*, each a method and a path.")
        fits.append(".*".join(map(re.escape, part.split("*"))))
    return re.compile("|".join(fits) if fits else r"(?!)")


def passes(text: str, method: str, path: str) -> bool:
    """Whether the endpoints in `text` are those of this request."""
    return bool(parse_passing(text).fullmatch(f"{method} {path}")) and not _STEPS_BACK.search(path)
