"""Two bodies that are redacted by turns in one session: each value gets one placeholder, and all come back."""

from __future__ import annotations

import json
import re
from itertools import zip_longest

from app.pipeline.fields import Fields
from app.pipeline.known import Known
from app.pipeline.outline import outline, redacting_body
from app.pipeline.redaction import Finding, Redaction
from app.pipeline.session import Session
from app.pipeline.steps import Steps

_VALUES = re.compile(r"jane\d+@example\.com")
_TOKENS = re.compile(r"\[EMAIL_\d+\]")


def work(body: str, session: Session) -> Steps[Redaction]:
    opened, leaves, _ = outline(body.encode(), Fields())
    found = {
        number: tuple(Finding(*m.span(), "EMAIL_ADDRESS", 1.0, "patterns", m[0]) for m in _VALUES.finditer(leaf.value))
        for number, leaf in enumerate(leaves)
    }
    among: Known | None = None
    return redacting_body(body, opened.parts, found, session, quoting=False, style="default", masked=(), among=among)


def test_by_turns() -> None:
    session = Session("a", bytes(32))
    bodies = [
        json.dumps({"input": [f"Write to jane{n}@example.com." for n in numbers]})
        for numbers in (range(40), range(39, -1, -1))
    ]
    results: list[Redaction] = []

    def kept(steps: Steps[Redaction]) -> Steps[None]:
        results.append((yield from steps))

    for _ in zip_longest(*(kept(work(body, session)) for body in bodies)):
        pass
    assert len(results) == 2
    texts = {result.original: result.text for result in results}
    for body in bodies:
        assert not _VALUES.search(texts[body])
        back = _TOKENS.sub(lambda token: session.value(token[0]) or "", texts[body])
        assert back == body
    assert len({token for text in texts.values() for token in _TOKENS.findall(text)}) == 40
