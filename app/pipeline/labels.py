"""What stands before a value in JSON as a form's label does: its key, or what is beside it in a pair."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from app.pipeline.fhir import element
from app.pipeline.json_text import Pairs

if TYPE_CHECKING:
    from app.pipeline.fields import Leaf

#: Keys whose values are whole texts. Any other key says what its value is, as a form's label does.
_TEXT_KEYS = frozenset(
    "content text input output arguments description instructions prompt system thinking delta data "
    "partial_json title context message summary body value default examples enum const".split()
)
#: What parts the words of a key. Single letters joined by dots or "_" are one word, an abbreviation.
_WORD_EDGE = re.compile(
    r"(?P<initials>(?<![A-Za-z0-9])[A-Za-z](?:[._][A-Za-z](?![A-Za-z0-9]))+)|[_\-.\s]+|(?<=[a-z0-9])(?=[A-Z])"
)
#: Of `{"field": "TFN", "value": "123 456 782"}`: keys that say that a value follows, and that a label does.
_OF_VALUES = frozenset("value val content text answer response data reply contents a number display".split())
#: Of those, the ones that say nothing of themselves: what holds them may.
_OF_ANYTHING = frozenset("value val number display example answer".split())
_OF_LABELS = (
    "label", "field", "name", "question", "q", "key", "title", "header", "heading", "column", "property", "attribute",
)  # fmt: skip
#: These say what something is where nothing better does.
_OF_KINDS = ("type", "code", "kind", "system", "id")
#: In a thing that a label or a kind is, these describe it: `"type": {"coding": [{"display": "Passport number"}]}`.
_OF_THINGS = ("text", "display", "label", "name", "description", "coding", "code", "value")
_DEPTH = 4
#: Longer ones are texts, and say for themselves what they hold.
_LABEL, _VALUE = 48, 64
#: The longest question that a turn may end with, and the longest answer that is read with it.
_QUESTION, _ANSWER = 160, 240
_ASKS = re.compile(
    r"(?i:(?<![a-z])(?:please|pls|what|which|give|provide|enter|confirm|verify|send|tell|share|need|require)(?![a-z]))"
)
_SENTENCE = re.compile(r"[.!?]\s+(?=\S)|\n+(?=\S)")
#: What a model says is no answer to what it is asked for: it has no identifiers of its own.
_MODELS = frozenset(["assistant", "model"])


def label(key: str) -> str:
    """What a form would print before the value of `key`; "" where the value is a text of its own."""
    if key.endswith("\n"):
        return key
    return "" if key in _TEXT_KEYS or not key else f"{_WORD_EDGE.sub(_or_blank, key[:48])}: "


def _or_blank(edge: re.Match[str]) -> str:
    return edge["initials"] or " "


def named(key: str, value: str, owners: Sequence[Pairs], path: str = "") -> str:
    """The key that says what `value` is: its own, or, in a pair of label and value, the label.

    Under a key like "value" that has no label beside it, it is the key of the object, which `path` ends with.
    """
    if of_resource := element(key, owners, path):
        return of_resource
    if not owners or len(value) > _VALUE or key.lower() not in _OF_VALUES | _OF_ANYTHING:
        return key
    beside = {name.lower(): member for name, member in owners[-1]}
    told = _told(beside, _OF_LABELS)
    if not told and key.lower() in _OF_ANYTHING:
        holder = path.rpartition(".")[0].rpartition(".")[2]
        # Things in a list are told apart by what they are.
        told = _told(beside, _OF_KINDS) if holder.endswith("[]") or not holder else holder
        told = told or holder.removesuffix("[]")
    return told or key


def _said(member: object) -> str:
    """What a member says: a string, or what describes the thing that it is."""
    for _ in range(_DEPTH):
        if isinstance(member, Pairs):
            inner = {name.lower(): value for name, value in member}
            member = next((inner[name] for name in _OF_THINGS if inner.get(name)), "")
        elif isinstance(member, list):
            member = member[0] if member else ""
    return member if isinstance(member, str) else ""


def _told(beside: Mapping[str, object], names: Iterable[str]) -> str:
    found = (_said(beside[name]) for name in names if name in beside)
    # A URN is told by its number; its first letters are also those of a record.
    telling = (said for said in found if not said.startswith("urn:"))
    return next((said for said in telling if 0 < len(said) <= _LABEL and "\n" not in said), "")


def answering(found: Iterable[Leaf]) -> Iterator[Leaf]:
    """Leaves of a conversation; the `key` of a short text behind one that asks is the question, with a line break."""
    asked = ""
    for leaf in found:
        if leaf.key not in _TEXT_KEYS:
            yield leaf
            continue
        is_answer = asked and len(leaf.value) <= _ANSWER and not _is_models(leaf.owners)
        yield leaf._replace(key=asked) if is_answer else leaf
        asked = _question(leaf.value) or (asked if is_answer and not any(map(str.isdigit, leaf.value)) else "")


def _is_models(owners: Sequence[Pairs]) -> bool:
    return any(name == "role" and value in _MODELS for owner in owners[-4:] for name, value in owner)


def _question(text: str) -> str:
    """What `text` asks at its end, with a line break; "" if nothing."""
    tail = text[-2 * _QUESTION :].rstrip()
    begins = [match.end() for match in _SENTENCE.finditer(tail)]
    # What is asked may be explained: "What is your TFN? I need it for the form."
    said = [tail[begin:end].rstrip() for begin, end in zip([0, *begins], [*begins, len(tail)], strict=True)][-3:]
    asking = [one for one in said if one.rstrip("\"'*_)").endswith("?")] or [one for one in said if _ASKS.search(one)]
    return f"{asking[-1]}\n" if asking and len(asking[-1]) <= _QUESTION else ""
