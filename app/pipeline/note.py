"""A note to the model about placeholders, put behind the client's own system text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Literal

from app.pipeline.json_text import STRING, Pairs, escape, parse

#: Where a dialect has its system text: a message of that role, or a member of the body by that name.
Place = Literal["messages", "instructions", "system", "systemInstruction"]
#: Always the same bytes, so that what a provider caches stays good. Names no number: it could be one that was issued.
NOTE = (
    "Tokens of a type and a number in brackets, such as [PERSON_...] or [EMAIL_...], stand for real values that are "
    "hidden for privacy. Treat each as the actual value and copy it exactly; never translate, alter or explain it."
)
#: What names a context that the provider keeps: the system text is in it, and the API takes no other.
_KEPT = frozenset(["cachedContent", "cached_content"])
_OPENING, _CLOSING = "{[", "}]"
_TOKEN = re.compile(STRING.pattern + r"|[{}\[\]]|[^\s\"{}\[\],:]+", re.S)


def noted(text: str, place: Place) -> str:
    """The valid JSON body `text` with the note at its `place`; all else stays as it is.

    A body whose system text is of no known form, or kept by the provider, stays without one.
    """
    if text.lstrip("\ufeff \t\r\n")[:1] != "{":
        return text
    members = {key: (start, end) for key, start, end in _children(text, text.index("{"))}
    if not _KEPT.isdisjoint(members):
        return text
    if place == "messages":
        return _message(text, members)
    name = "system_instruction" if place == "systemInstruction" and "system_instruction" in members else str(place)
    start, end = members.get(name, (0, 0))
    if text[start:end] in ("", "null"):
        return _member(text, name, members)
    if place == "systemInstruction" and text[start] == "{":
        parts = {key: (begin, stop) for key, begin, stop in _children(text, start)}.get("parts")
        return _appended(text, *parts, {"text": NOTE}) if parts else text
    return _appended(text, start, end, {"type": "text", "text": NOTE})


def _appended(text: str, start: int, end: int, item: dict[str, str]) -> str:
    """The note at the end of the string or array at `[start, end)`."""
    if text[start] == '"':
        lead = "\\n\\n" if end - start > 2 else ""
        return f"{text[: end - 1]}{lead}{escape(NOTE)}{text[end - 1 :]}"
    if text[start] != "[":
        return text
    comma = ", " if text[start + 1 : end - 1].strip() else ""
    return f"{text[: end - 1]}{comma}{_dumped(item)}{text[end - 1 :]}"


def _member(text: str, name: str, members: dict[str, tuple[int, int]]) -> str:
    value: object = {"parts": [{"text": NOTE}]} if name.startswith("system") and name != "system" else NOTE
    if name in members:
        start, end = members[name]
        return text[:start] + _dumped(value) + text[end:]
    start = text.index("{") + 1
    return f"{text[:start]}{_dumped(name)}: {_dumped(value)}{', ' if members else ''}{text[start:]}"


def _message(text: str, members: dict[str, tuple[int, int]]) -> str:
    """The note as a message of its own behind those of the system that lead."""
    start, end = members.get("messages", (0, 0))
    if text[start:end][:1] != "[":
        return text
    leading = 0
    at = start + 1
    item = _dumped({"role": "system", "content": NOTE})
    for _, begin, stop in _children(text, start):
        message = parse(text[begin:stop])
        if not isinstance(message, Pairs) or message.get("role") not in ("system", "developer"):
            item = item if leading else f"{item}, "
            break
        leading, at = leading + 1, stop
    return f"{text[:at]}{', ' if leading else ''}{item}{text[at:]}"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _children(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Key ("" in an array) and place of each value right inside the object or array that begins at `start`."""
    is_object = text[start] == "{"
    position = _blank(text, start + 1)
    while text[position] not in _CLOSING:
        key = ""
        if is_object:
            end = _end(text, position)
            key = str(parse(text[position:end]))
            position = _blank(text, text.index(":", end) + 1)
        end = _end(text, position)
        yield key, position, end
        position = _blank(text, end)
        if text[position] == ",":
            position = _blank(text, position + 1)


def _blank(text: str, position: int) -> int:
    while text[position] in " \t\r\n":
        position += 1
    return position


def _end(text: str, start: int) -> int:
    """Where the value ends that begins at `start`."""
    depth = 0
    for match in _TOKEN.finditer(text, start):
        mark = match.group()
        if mark in _OPENING:
            depth += 1
        elif mark in _CLOSING:
            depth -= 1
        if depth == 0:
            return match.end()
    raise AssertionError("the text is not valid JSON")
