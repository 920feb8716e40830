"""What stands before a value in JSON as a form's label does: its key, or what is beside it in a pair."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.pipeline.json_text import Pairs

#: Keys whose values are whole texts. Any other key says what its value is, as a form's label does.
_TEXT_KEYS = frozenset(
    "content text input output arguments description instructions prompt system thinking delta data "
    "partial_json title context message summary body value default examples enum const".split()
)
_WORD_EDGE = re.compile(r"[_\-.\s]+|(?<=[a-z0-9])(?=[A-Z])")
#: Of `{"field": "TFN", "value": "123 456 782"}`: keys that say that a value follows, and that a label does.
_OF_VALUES = frozenset("value val content text answer response data reply contents".split())
_OF_LABELS = (
    "label", "field", "name", "question", "key", "title", "header", "heading", "column", "property", "attribute",
)  # fmt: skip
#: Longer ones are texts, and say for themselves what they hold.
_LABEL, _VALUE = 48, 64


def label(key: str) -> str:
    """What a form would print before the value of `key`; "" where the value is a text of its own."""
    return "" if key in _TEXT_KEYS or not key else f"{_WORD_EDGE.sub(' ', key[:48])}: "


def named(key: str, value: str, owners: Sequence[Pairs]) -> str:
    """The key that says what `value` is: its own, or, in a pair of label and value, the label."""
    if not owners or len(value) > _VALUE or key.lower() not in _OF_VALUES:
        return key
    beside = {name.lower(): member for name, member in owners[-1] if isinstance(member, str)}
    found = (beside[name] for name in _OF_LABELS if name in beside)
    return next((said for said in found if 0 < len(said) <= _LABEL and "\n" not in said), key)
