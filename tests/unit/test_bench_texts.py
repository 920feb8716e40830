"""What detection is timed on."""

from __future__ import annotations

import ast
import json

from app.bench.texts import texts


def test_texts_are_as_long_as_asked_and_the_same_in_every_run() -> None:
    made = texts(20_000)
    assert made.keys() == {"python", "json", "log", "prose"}
    assert {len(text) for text in made.values()} == {20_000}
    assert texts(20_000) == made


def test_texts_are_what_they_are_called() -> None:
    made = texts(20_000)
    python = made["python"]
    ast.parse(python[: python.rfind("\n\n")])
    assert [json.loads(line) for line in made["json"].splitlines()[:-1]]
