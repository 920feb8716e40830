"""Texts made to hold detection up: every layer but the model takes time in proportion to their length.

Time itself is not asserted, as it depends on the machine. Three things are, which do not, or hardly: that no expression
can divide a text between its repeats in many ways; that twice the text makes twice the calls, not four times as many;
and that a process gets through every text that may use ten times the CPU it needs for the worst of them. What is
quadratic needs thirty times as much and more. `python -m tools.hostile` measures, with longer texts.
"""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.detectors import Detector
from app.pipeline.detectors.dictionary import DictionaryDetector
from app.pipeline.detectors.names import NamesDetector
from app.pipeline.detectors.patterns import PatternsDetector
from app.pipeline.detectors.secrets import SecretsDetector
from app.pipeline.engine import Engine
from app.pipeline.patterns import ALL
from app.pipeline.patterns.secrets import ENTITIES, TOKENS
from app.pipeline.policy import SWITCHABLE, Policy
from tests.backtracking import ambiguities
from tools.hostile import PIECES, TERMS, layers, text_of

POLICY = Policy(layers=frozenset(SWITCHABLE) - {"ner"})
_MODULES = (
    "finder", "fold", "json_text", "whole_words", "detectors.announced", "detectors.below", "detectors.dictionary",
    "detectors.elements", "detectors.hl7", "detectors.name_columns", "detectors.names",
    "detectors.patterns", "detectors.phones", "detectors.postcodes", "detectors.private_keys", "detectors.secrets",
    "detectors.stated", "patterns.checksums", "patterns.everywhere", "patterns.secret_values",
)  # fmt: skip


def _expressions() -> dict[str, re.Pattern[str]]:
    """Every expression that a text meets, by where it is."""
    found: dict[str, re.Pattern[str]] = {}
    for number, row in enumerate(ALL):
        for name in ("regex", "before", "not_after"):
            found[f"{row.entity} {number} {name}"] = getattr(row, name)
    for token in TOKENS:
        found[f"{token.literals[0]} regex"] = token.regex
        found |= {f"{token.literals[0]} before": token.before} if token.before else {}
    for name in _MODULES:
        module = importlib.import_module(f"app.pipeline.{name}")
        found |= {f"{name}.{key}": value for key, value in vars(module).items() if isinstance(value, re.Pattern)}
    return {name: expression for name, expression in found.items() if expression is not None}


_EXPRESSIONS = _expressions()


@pytest.mark.parametrize("name", _EXPRESSIONS)
def test_no_expression_divides_a_text_in_many_ways(name: str) -> None:
    assert ambiguities(_EXPRESSIONS[name]) == []


@pytest.mark.parametrize(
    "expression",
    ["(a*)*b", "a*a*b", r"[\w.]{1,300}\.?[a-z]{1,300}!", "(?:[a-z]+[.a])+!", r"(\s*\d+)*!", r"(?i:\w+)(?:-?[a-z]+)*!",
     "(?:a+|[ab]+)*!", "BEGIN[^!]*!?[a-z]*END"],
)  # fmt: skip
def test_expressions_that_do_are_told(expression: str) -> None:
    assert ambiguities(re.compile(expression))


@pytest.mark.parametrize(
    "expression",
    [
        r"(?:[a-z]+\.)+!",
        r"[a-z]+[0-9]+",
        r"(?:\r?\n[a-z]{1,80})*!",
        "(?:a|b|c)*!",
        r"[^@]+@[^@]+",
        r'"[^"\\]*(?:\\.[^"\\]*)*"',
        "a{3}" * 9,
    ],
)
def test_expressions_that_do_not_are_left_alone(expression: str) -> None:
    assert ambiguities(re.compile(expression)) == []


def _calls(work: Callable[[str], object], text: str) -> int:
    """How many functions `work` calls, of Python and of C."""
    count = 0

    def note(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work(text)
    finally:
        sys.setprofile(before)
    return count


_LOOK = {name: look for name, look in layers().items() if name != "all"}


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("layer", _LOOK)
def test_twice_the_text_makes_twice_the_calls(layer: str, piece: str) -> None:
    _LOOK[layer](text_of(PIECES[piece], 3_000))  # whatever is remembered is remembered now
    first, second, third = (_calls(_LOOK[layer], text_of(PIECES[piece], size)) for size in (4_500, 9_000, 18_000))
    # Of what was added: the beginning of a text may be another matter, as a value may end where it can be no longer.
    assert third - second <= 3 * max(0, second - first) + 1_000


def test_all_layers_get_through_all_of_them() -> None:
    work = [sys.executable, "-c", "from tools.hostile import survive; survive(150_000, seconds=8)"]
    done = subprocess.run(work, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout.splitlines()[-1:]}: {done.stderr or -done.returncode}"


_DETECTORS: list[Detector] = [DictionaryDetector(TERMS), SecretsDetector(), PatternsDetector(), NamesDetector()]
_ENGINE = Engine({one.name: one for one in _DETECTORS}, [row.entity for row in ALL] + list(ENTITIES))
_TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(st.one_of(st.sampled_from([*PIECES.values()]), st.text(max_size=4)), max_size=16).map("".join),
)


@given(_TEXTS)
def test_any_text_gives_the_same_spans_within_it_every_time(text: str) -> None:
    for detector in _DETECTORS:
        spans = list(detector.detect(text, POLICY))
        assert all(0 <= span.start < span.end <= len(text) and span.source == detector.name for span in spans)
        assert spans == list(detector.detect(text, POLICY))
    for first, second in zip(spans := _ENGINE.spans(text, POLICY), spans[1:], strict=False):
        assert first.end <= second.start
