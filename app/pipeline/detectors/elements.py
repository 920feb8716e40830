"""Values that are a whole element of a FHIR resource: a name or a part of an address, whatever they look like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.pipeline.fhir import HOME, HUMAN

_SCORE = 0.75
# A leaf with its label and nothing else (see `fhir`).
_ELEMENT = re.compile(
    rf"(?:(?P<human>{HUMAN})|{HOME}) [a-z]{{2,10}}(?: name)?: [ ]*(?P<value>[^\s\[](?:[^\n]{{0,120}}[^\s])?)\s*\Z"
)


def find(text: str) -> Iterator[tuple[int, int, str, float]]:
    """The value that `text` is made of besides its label, as start, end, entity and score."""
    if (element := _ELEMENT.match(text)) and not element["value"].isdigit():
        yield *element.span("value"), "PERSON" if element["human"] else "ADDRESS", _SCORE
