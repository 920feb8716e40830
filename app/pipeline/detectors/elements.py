"""Elements of FHIR resources: names and parts of an address, whatever they look like.

JSON comes leaf by leaf, each behind its label. In a text around JSON, say a block of code, the keys tell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.pipeline.fhir import HOME, HUMAN, PERSONS

_SCORE = 0.75
# A leaf with its label and nothing else (see `fhir`).
_ELEMENT = re.compile(
    rf"(?:(?P<human>{HUMAN})|{HOME}) [a-z]{{2,10}}(?: name)?: [ ]*(?P<value>[^\s\[](?:[^\n]{{0,120}}[^\s])?)\s*\Z"
)
# A resource about a person, in a text; its elements, one string or several.
_RESOURCE = re.compile(rf'"resourceType"\s{{0,8}}:\s{{0,8}}"(?:{"|".join(sorted(PERSONS))})"')
_MEMBER = re.compile(r'"(?:(family|given)|line|city|district)"\s{0,8}:\s{0,8}(?=["\[])(\[)?')
_STRING = re.compile(r'[\s,]{0,40}"([^"\n]{0,120})"')
_VALUE = re.compile(r"[^\s\[].*", re.DOTALL)


def find(text: str) -> Iterator[tuple[int, int, str, float]]:
    """Values as start, end, entity and score."""
    if (element := _ELEMENT.match(text)) and not element["value"].isdigit():
        yield *element.span("value"), "PERSON" if element["human"] else "ADDRESS", _SCORE
    for member in _MEMBER.finditer(text) if _RESOURCE.search(text) else ():
        string = _STRING.match(text, member.end())
        while string:
            if _VALUE.match(text, *string.span(1)):
                yield *string.span(1), "PERSON" if member[1] else "ADDRESS", _SCORE
            string = _STRING.match(text, string.end()) if member[2] else None
