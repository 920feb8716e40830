"""A long request in which much was hidden."""

from __future__ import annotations

import json
import re

from app.pipeline.redaction import Finding, Redaction, replaced

_VALUE = "jane{:05}@example.com"
_VALUES = re.compile(r"jane(\d{5})@example\.com")


def long_body(size: int, spans: int, messages: int) -> Redaction:
    """A conversation of `size` characters in which so many addresses were hidden, no two alike."""
    each, room = spans // messages, size // spans - len(_VALUE.format(0)) - 2
    words = ("The quick brown fox jumps over the lazy dog.\n" * (room // 45 + 1))[:room]
    turns = []
    for number in range(messages):
        values = (_VALUE.format(number * each + at) for at in range(each))
        content = "".join(f"{words} {value} " for value in values)
        turns.append({"role": ("user", "assistant")[number % 2], "content": content})
    text = json.dumps({"model": "small", "messages": turns})
    found = list(_VALUES.finditer(text))
    findings = [Finding(*match.span(), "EMAIL_ADDRESS", 1.0, "patterns", match[0]) for match in found]
    return replaced(text, findings, [f"[EMAIL_{match[1]}]" for match in found])
