"""Code in the documentation is code: it can be read, and the commands in it are ours as they are."""

from __future__ import annotations

import argparse
import configparser
import json
import re
import shlex
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from app.arguments import parser
from app.settings import DECLARED
from tests.docs.pages import PAGES, ROOT, Block, Page

#: Options of other programs that sentences name.
_FOREIGN = {"--add-host", "--help"}
_OURS = ("anonamoose", ".venv/bin/anonamoose")
_TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))


def _shell(text: str) -> None:
    if bash := shutil.which("bash"):
        read = subprocess.run([bash, "-n"], input=text, capture_output=True, text=True, check=False)
        assert read.returncode == 0, read.stderr
    for line in text.replace("\\\n", " ").splitlines():
        for words in _simple(line):
            _command(words)


def _simple(line: str) -> Iterator[list[str]]:
    """The simple commands of a line of shell, without redirections; quotes that span lines are left alone."""
    try:
        tokens = list(shlex.shlex(line, posix=True, punctuation_chars=True))
        words = shlex.split(line, comments=True)
    except ValueError:
        return
    if not set(tokens) & {"|", "&&", "||", ";", "(", ")"}:
        cut = next((i for i, word in enumerate(words) if word in (">", "<", ">>")), len(words))
        yield words[:cut]


def _command(words: list[str]) -> None:
    while words and (words[0] == "sudo" or re.fullmatch(r"[A-Z_]+=.*", words[0])):
        words = words[1:]
    if words and words[0] in _OURS:
        _ours(words[1:])
    elif words and words[0] == "make":
        _make(words[1:])


def _ours(words: list[str]) -> None:
    try:
        parser().parse_args(words)
    except SystemExit as end:
        if end.code:
            raise AssertionError(f"anonamoose {shlex.join(words)} is not understood") from None


def _make(words: list[str]) -> None:
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            assert word in _TARGETS, f"make {word}"
        elif name == "ARGS" and "run" in words:
            _ours(shlex.split(value))


def _ini(text: str) -> None:
    configparser.RawConfigParser(strict=False).read_string(text if text.startswith("[") else f"[all]\n{text}")


def _script(text: str) -> None:
    if node := shutil.which("node"):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "snippet.mjs")
            file.write_text(text, encoding="utf-8")
            read = subprocess.run([node, "--check", file], capture_output=True, text=True, check=False)
        assert read.returncode == 0, read.stderr


def _python(text: str) -> None:
    compile(text, "snippet", "exec")


_READERS: dict[str, Callable[[str], object]] = {
    "bash": _shell,
    "sh": _shell,
    "js": _script,
    "python": _python,
    "json": json.loads,
    "toml": tomllib.loads,
    "yaml": yaml.safe_load,
    "ini": _ini,
}
#: Pictures made of letters, what a program prints, settings that a window asks for.
_PLAIN = {"", "text"}
_BLOCKS = [(page, block) for page in PAGES for block in page.code]


@pytest.mark.parametrize(("page", "block"), _BLOCKS, ids=[f"{page}:{block.line}" for page, block in _BLOCKS])
def test_a_block_is_what_it_says(page: Page, block: Block) -> None:
    if block.language not in _PLAIN:
        assert block.language in _READERS, f"{page}: nothing reads {block.language!r}"
        _READERS[block.language](block.text)
    elif any(line.split()[:1] == ["anonamoose"] for line in block.text.splitlines()):
        _shell(block.text)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sh", "anonamoose serve --porrt 3"),
        ("sh", "make runn"),
        ("sh", 'make run ARGS="serv"'),
        ("sh", "if true; then"),
        ("python", "print("),
        ("json", "{'a': 1}"),
        ("toml", "a ="),
        ("yaml", "a: [1"),
        ("ini", "nothing"),
    ],
)
def test_what_is_wrong_is_noticed(language: str, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises((AssertionError, SyntaxError, ValueError, yaml.YAMLError, configparser.Error)):
        _READERS[language](text)


def _tree() -> dict[str, set[str]]:
    """Each command, "audit export", with its options."""
    found: dict[str, set[str]] = {}

    def look(of: argparse.ArgumentParser, name: str) -> None:
        found[name] = {option for action in of._actions for option in action.option_strings}
        for action in of._actions:
            if isinstance(action, argparse._SubParsersAction):
                for word, below in action.choices.items():
                    look(below, f"{name} {word}".strip())

    look(parser(), "")
    return found


_TREE = _tree()
_OPTIONS = set().union(*_TREE.values()) | _FOREIGN


def unknown(quoted: str) -> str:
    """What of a command or option that a sentence quotes there is not, "" if all is well."""
    words = quoted.split()
    if words[0].startswith("--") and words[0] != "--":
        option = words[0].partition("=")[0].rstrip(",")
        return "" if option in _OPTIONS or re.search("[A-Z…]", option) else option
    if words[0] not in _OURS or words[1:2] == ["COMMAND"]:
        return ""
    name = ""
    rest = words[1:]
    while rest and rest[0] in _OPTIONS:  # a setting, with its value, may stand before the command
        rest = rest[2:]
    for word in rest:
        if f"{name} {word}".strip() in _TREE:
            name = f"{name} {word}".strip()
        elif word == "--":
            break
        elif word.startswith("--"):
            option = word.partition("=")[0]
            if option not in _TREE[name]:
                return f"{name} {option}"
        elif not name:
            return word
    return ""


@pytest.mark.parametrize("page", [page for page in PAGES if "tools" not in page.path.parts], ids=repr)
def test_commands_in_sentences_are_ours(page: Page) -> None:
    assert not [found for quoted in page.quoted if quoted.strip() and (found := unknown(quoted))]


def test_a_command_that_there_is_not_is_noticed() -> None:
    assert unknown("anonamoose redcat") == "redcat"
    assert unknown("anonamoose audit export --fromat csv") == "audit export --fromat"
    assert unknown("--keep-text") == "--keep-text"
    assert not unknown("anonamoose session set NAME preset=coding") and not unknown(f"--{next(iter(DECLARED))}")
