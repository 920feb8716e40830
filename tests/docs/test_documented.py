"""Nothing that a user can set, ask, type or click is undocumented."""

from __future__ import annotations

import ast
import dataclasses
import re
import shlex
from collections.abc import Iterator

import pytest

from app.arguments import parser
from app.clients import CLIENTS
from app.pipeline.detection import known_entities
from app.pipeline.operators import OPERATORS, PRESETS
from app.pipeline.patterns import ALL
from app.proxy.api.operation import ROOT as API
from app.proxy.api.operations import OPERATIONS
from app.proxy.providers import BY_DIALECT
from app.settings import Settings
from app.ui.term_kinds import PAGES as TERM_PAGES
from tests.docs.pages import DOCS, ROOT, Page
from tools.command_tree import commands

_ACTION = {"QAction", "QPushButton", "QCheckBox", "QMenu", "_action", "addAction", "_button"}

#: The last heading of tables that tell what does the same as a window.
_WITHOUT = "Without a window"


def page(name: str) -> Page:
    return Page(DOCS / name)


def test_every_setting_is_documented() -> None:
    rows = page("settings.md").text
    for field in dataclasses.fields(Settings):
        name = field.name.replace("_", "-")
        assert f"| `--{name}` | `ANONAMOOSE_{field.name.upper()}` |" in rows, name
    for name in PRESETS:
        assert f"| `{name}` |" in rows


def test_every_operator_is_documented() -> None:
    assert all(re.search(rf"\b{name}\b", page("settings.md").text) for name in OPERATORS)


def test_every_entity_is_documented() -> None:
    text = page("entities.md").text
    assert all(f"\n| `{entity}` |" in text for entity in known_entities())
    rows = page("identifiers.md").text
    assert all(f"\n| `{row.entity}` | {row.region or 'all'} |" in rows for row in ALL)


def test_every_endpoint_is_documented() -> None:
    text = page("endpoints.md").text
    for provider in BY_DIALECT.values():
        for endpoint in provider.endpoints:
            assert f"| `{endpoint.method} {endpoint.path}` |" in text
    managed = page("api.md").text
    assert all(f"### {operation.method} {API}{operation.path}\n" in managed for operation in OPERATIONS)


def test_every_command_is_documented() -> None:
    commanded = page("commands.md")
    every = list(commands(parser()))
    assert len(every) > 30
    for command in every:
        assert command.name.replace(" ", "-") in commanded.anchors and command.words
        assert all(option.words for option in command.options), command.name
    in_short = Page(ROOT / "README.md").quoted
    for name in {command.name.split()[0] for command in every} - {"tray"}:
        assert any(name in quoted.split() for quoted in in_short), f"README.md does not name {name}"


def test_every_tool_is_documented() -> None:
    assert all(f"### {client.name}\n" in page("connect.md").text for client in CLIENTS)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _actions() -> Iterator[tuple[str, str]]:
    """The words on what can be chosen in windows and menus, and the module they are in."""
    for path in sorted((ROOT / "app" / "ui").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                name, given = _called(node), node.args[0]
                if isinstance(given, ast.Call) and _called(given) == "tr":
                    given = given.args[0]
                said = given.value if isinstance(given, ast.Constant) else None
                if name in _ACTION and isinstance(said, str) and said:
                    yield path.name, said.replace("&", "").rstrip("…")


@pytest.mark.parametrize(("module", "words"), sorted(set(_actions())))
def test_every_action_of_a_window_is_documented(module: str, words: str) -> None:
    said = " ".join(page("windows.md").text.split())
    assert re.search(rf"(?<!\w){re.escape(words)}(?!\w)", said), f"docs/windows.md does not tell of “{words}”, {module}"


def _ways() -> Iterator[tuple[str, str, list[str]]]:
    """What each row of docs/windows.md is about, what it says of doing without a window, and the code in that."""
    for headings, *rows in page("windows.md").tables:
        if headings[-1].content == _WITHOUT:
            for cells in rows:
                code = [one.content for one in cells[-1].children or () if one.type == "code_inline"]
                yield cells[0].content, cells[-1].content, code


@pytest.mark.parametrize("words", sorted({words for _, words in _actions()}))
def test_every_action_of_a_window_can_be_had_without(words: str) -> None:
    named = rf"(?<!\w){re.escape(words)}(?!\w)"
    assert any(re.search(named, about) and told for about, told, _ in _ways()), words


@pytest.mark.parametrize(("about", "told", "code"), list(_ways()), ids=lambda given: str(given)[:40])
def test_a_way_without_a_window_is_one(about: str, told: str, code: list[str]) -> None:
    assert code or told.startswith(("of the window alone", "see there")), about
    asked = {f"{operation.method} {API}{operation.path}" for operation in OPERATIONS}
    for one in code:
        if one.startswith("anonamoose "):
            parser().parse_args(shlex.split(one)[1:])  # ends the test where there is no such command
        elif not one.startswith("--"):
            assert one in asked


def test_actions_are_found() -> None:
    found = {words for _, words in _actions()}
    assert {"Forget everything", "Never redact", "Send once as it is", "Resume", "Match case"} <= found
    told = page("windows.md").text
    assert all(page.tab.replace("&", "") in told for page in TERM_PAGES)
