"""What is sent: made up, the same in every run, and no two alike, so that nothing was seen before."""

from __future__ import annotations

import json
import random
from typing import Any

#: Characters of a prompt, of a conversation, of its messages, of a long text.
_PROMPT, _CONVERSATION, _MESSAGE, _LONG = 300, 40_000, 1_600, 2_000_000
_MODEL = "fake"

_FIRST = "Priya Oliver Mei Tomasz Amara Hugo Ingrid Rafael Aroha Declan Yusuf Hannah".split()
_LAST = "Raman Whitfield Tanaka Kowalski Okafor Lindqvist Haugen Moreau Ngata Brannigan Demir Feldman".split()
_PLACES = "Wollongong Hamilton Leeds Portland Dunedin Geelong Bristol Tucson".split()
_SENTENCES = (
    "The minutes of meeting {n} were sent round on Tuesday, and nobody has asked for a change so far.",
    "Before the next release we want to see how the import copes with {n} rows that have no date.",
    "It helps to read the log from the bottom: the first error is the cause, the rest only follow from it.",
    "Please keep the tone friendly and the answer short; a table of {n} lines is the most anybody will read.",
    "def total(rows): return sum(row['amount'] for row in rows if row['year'] > {n})",
    "The team in {place} moved to the new building, and the old one is let until the end of the lease.",
    "A cache that is never cleared is a leak with a better name, as version {n} has taught us.",
)
_PERSONAL = (
    "{first} {last} asked to be called back on 0412 {n} 678 before noon.",
    "Send the invoice to {first}.{last}@example.com and a copy to accounts{n}@example.com.",
    "The card that {first} {last} paid with is 4111 1111 1111 1111, and the server was 192.0.2.{byte}.",
)


def prose(random: random.Random, length: int) -> str:
    """Prose of exactly `length` characters, with something personal in the second sentence and every 20th after it."""
    parts: list[str] = []
    size = 0
    while size < length:
        rows = _PERSONAL if len(parts) % 20 == 1 else _SENTENCES
        parts.append(
            random.choice(rows).format(
                n=random.randint(100, 999),
                byte=random.randint(1, 254),
                first=random.choice(_FIRST),
                last=random.choice(_LAST),
                place=random.choice(_PLACES),
            )
        )
        size += len(parts[-1]) + 1
    return " ".join(parts)[:length]


def _chat(messages: list[dict[str, str]], model: str = _MODEL, **more: Any) -> bytes:
    return json.dumps({"model": model, "messages": messages, **more}, ensure_ascii=False).encode()


class Samples:
    """Bodies of chat completions. Each call makes one that was never sent before."""

    def __init__(self) -> None:
        self._random = random.Random(20_260_101)  # noqa: S311  nothing secret is made of it

    def prompt(self) -> bytes:
        """One message of 300 characters."""
        return _chat([self._message("user", _PROMPT)])

    def stream(self, model: str = _MODEL) -> bytes:
        """The same, to be answered by a stream."""
        return _chat([self._message("user", _PROMPT)], model, stream=True)

    def conversation(self) -> bytes:
        """40 KB in 25 messages."""
        roles = ["user", "assistant"] * (_CONVERSATION // _MESSAGE // 2) + ["user"]
        return _chat([self._message(role, _CONVERSATION // len(roles)) for role in roles])

    def next_turn(self, body: bytes, answer: bytes) -> bytes:
        """The conversation of `body` after `answer`, with another question."""
        said = json.loads(answer)["choices"][0]["message"]
        return _chat([*json.loads(body)["messages"], said, self._message("user", _PROMPT)])

    def long(self) -> bytes:
        """One message of 2 MB."""
        return _chat([self._message("user", _LONG)])

    def _message(self, role: str, length: int) -> dict[str, str]:
        return {"role": role, "content": prose(self._random, length)}
