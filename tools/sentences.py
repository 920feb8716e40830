"""What the windows say, gathered: from their own source, from declarations, and from what the core may tell them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.clients import CLIENTS
from app.example import TITLES
from app.settings import DECLARED
from app.ui.setting_row import title

ROOT = Path(__file__).resolve().parents[1]
#: Of the core, what no window shows: the management API, commands, measuring.
_UNSEEN = ("app/ui/", "app/proxy/api/", "app/bench/", "app/evaluation/", "app/cli")
#: Modules of the core whose sentences are shown as they are: why an exchange ended so, what is to be told of a term.
_TELLING = (
    "app/pipeline/expression.py",
    "app/pipeline/term_plan.py",
    "app/proxy/answers.py",
    "app/proxy/forward.py",
    "app/proxy/link.py",
    "app/proxy/notices.py",
    "app/proxy/socket.py",
    "app/proxy/upstream.py",
)
#: Whose message it is: the roles and fields that are met most.
_LABELS = ("user", "assistant", "system", "tool", "answer", "document", "whole request", "whole answer", "text")


@dataclass(slots=True)
class Sentence:
    """A text, where it is said, and whether it counts."""

    text: str
    counts: bool = False
    places: list[str] = field(default_factory=list)


def sentences() -> list[Sentence]:
    """All there are, each once."""
    found: dict[str, Sentence] = {}
    for place, text, counts in (*_windows(), *_declared(), *_core()):
        if text:
            sentence = found.setdefault(text, Sentence(text))
            sentence.counts |= counts
            if place not in sentence.places:
                sentence.places.append(place)
    return list(found.values())


def _windows() -> Iterator[tuple[str, str, bool]]:
    for path in sorted((ROOT / "app" / "ui").glob("*.py")):
        for call in _calls(path):
            if (name := _name(call)) in ("tr", "later", "counted") and call.args:
                counts = name == "counted" or any(word.arg == "counts" for word in call.keywords)
                for text in _literals(call.args[0]):
                    yield path.relative_to(ROOT).as_posix(), text, counts


def _declared() -> Iterator[tuple[str, str, bool]]:
    for row in DECLARED.values():
        option = row.option
        for text in (title(row.name), option.help, option.group, option.unit, option.zero, *row.choices):
            yield "app/settings.py", text, False
    for choice in DECLARED["preset"].choices:
        yield "app/settings.py", choice.capitalize(), False
    for client in CLIENTS:
        for text in (client.name, client.group, client.covers, client.limits, *(s.where for s in client.snippets)):
            yield "app/clients", text, False
    for text in TITLES:
        yield "app/example.py", text, False
    yield "app/keychain.py", "the system keyring", False
    for text in _LABELS:
        yield "app/proxy/sections.py", text, False


def _core() -> Iterator[tuple[str, str, bool]]:
    for path in sorted((ROOT / "app").rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(_UNSEEN) or place.endswith("_command.py"):
            continue
        for call in _calls(path):
            said = [text for argument in call.args for text in _literals(argument) if _is_sentence(text)]
            if _name(call) == "Refusal" and said and len(said) == len(call.args) - 2:
                yield place, f"Anonamoose: {' '.join(said)}", False
            elif _name(call).endswith(("Error", "PortTaken", "KeyMismatch", "Unreachable")):
                yield from ((place, text, False) for text in said)
        if place in _TELLING:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, (ast.Assign, ast.Return, ast.IfExp, ast.Tuple, ast.Call)):
                    yield from ((place, text, False) for text in _sentences_in(node))


def _sentences_in(node: ast.AST) -> Iterator[str]:
    for part in ast.iter_child_nodes(node):
        if isinstance(part, ast.expr):
            yield from filter(_is_sentence, _literals(part))


def _calls(path: Path) -> Iterator[ast.Call]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _literals(node: ast.expr) -> Iterator[str]:
    """The texts that `node` may be, of those that stand there."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _literals(value)


def _is_sentence(text: str) -> bool:
    return text[:1].isupper() and " " in text and text.endswith((".", "!", "?"))
