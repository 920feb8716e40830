"""SECURITY.md names tests that there are."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from app.settings import DECLARED

_ROOT = Path(__file__).resolve().parents[2]
_PAGE = (_ROOT / "SECURITY.md").read_text(encoding="utf-8")
_NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", _PAGE)))


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its first two lines."""
    section = _PAGE.split(f"## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


@pytest.mark.parametrize("name", _NAMED)
def test_a_named_test_is_there(name: str) -> None:
    path, _, function = name.partition("::")
    assert (_ROOT / path).exists()
    if function:
        tree = ast.parse((_ROOT / path).read_text(encoding="utf-8"))
        assert function in {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }


@pytest.mark.parametrize("heading", ["What Anonamoose promises", "Threats"])
def test_each_promise_and_each_threat_names_a_test(heading: str) -> None:
    rows = _rows(heading)
    assert rows
    assert not [row[0] for row in rows if not re.search(r"`tests/", row[-1])]


def test_limits_are_those_of_the_settings() -> None:
    named = {}
    for _, limit, _ in _rows("Limits"):
        if found := re.match(r"`([a-z-]+)`, (\d+)", limit):
            named[found[1]] = int(found[2])
    assert named.keys() >= {"body-limit", "max-requests", "max-sockets", "cached-sessions", "cache-memory"}
    assert named == {name: DECLARED[name].default for name in named}
