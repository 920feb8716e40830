"""The manual page, from what the command line itself knows: python -m tools.man_page"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from app import __version__
from app.arguments import parser
from app.errors import Exit
from app.settings import DECLARED

PAGE = Path(__file__).resolve().parents[1] / "packaging" / "linux" / "anonamoose.1"
_EXITS = {
    Exit.OK: "All went well.",
    Exit.FAILURE: "It failed in a way that has no number of its own.",
    Exit.USAGE: "The command line cannot be read.",
    Exit.DATA: "Input is not what it should be.",
    Exit.NO_INPUT: "A file is not there.",
    Exit.UNAVAILABLE: "A port is taken, or a layer of detection cannot run.",
    Exit.CANNOT_CREATE: "The data folder cannot be written.",
    Exit.CONFIG: "A setting, a settings file or a key does not fit.",
}


def page() -> str:
    """The page in man(7)."""
    top = parser()
    return "\n".join(
        (
            f'.TH ANONAMOOSE 1 "" "Anonamoose {__version__}" "User Commands"',
            ".SH NAME",
            "anonamoose \\- keeps personal data out of requests to LLM APIs",
            ".SH SYNOPSIS",
            ".B anonamoose\n.RI [ COMMAND ]\n.RI [ OPTION ...]",
            ".SH DESCRIPTION",
            _text(top.description or ""),
            "Without a command it shows a tray icon and runs the proxy; where nothing can be shown, the proxy alone.",
            ".SH COMMANDS",
            *_commands(top),
            ".SH SETTINGS",
            "A flag wins over the variable, the variable over what is stored.",
            *_settings(),
            ".SH EXIT STATUS",
            *(f".TP\n.B {code.value}\n{_text(words)}" for code, words in _EXITS.items()),
            ".SH FILES",
            ".TP\n.I ~/.local/share/anonamoose\nThe data folder: settings, the sealed vault, models.",
            ".SH SEE ALSO",
            "The documentation in /usr/share/doc/anonamoose.",
            "",
        )
    )


def _commands(of: argparse.ArgumentParser, before: str = "") -> Iterator[str]:
    for action in of._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        words = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, command in action.choices.items():
            whole = f"{before} {name}".strip()
            shown = "".join(f" {_name(argument)}" for argument in command._actions if _is_operand(argument))
            yield f".TP\n.B {_text(whole)}{_text(shown)}\n{_sentence(words.get(name, ''))}"
            yield from _options(command)
            yield from _commands(command, whole)


def _is_operand(argument: argparse.Action) -> bool:
    return not argument.option_strings and not isinstance(argument, argparse._SubParsersAction)


def _name(argument: argparse.Action) -> str:
    name = str(argument.metavar or argument.dest).upper()
    return f"[{name}]" if argument.nargs in ("?", "*") else f"{name}..." if argument.nargs == "+" else name


def _options(command: argparse.ArgumentParser) -> Iterator[str]:
    """Those that are no settings."""
    known = {f"--{name}" for name in DECLARED} | {"-h"}
    rows = [one for one in command._actions if one.option_strings and not known & set(one.option_strings)]
    if rows:
        yield ".RS"
        for one in rows:
            value = f" {_name(one)}" if one.nargs != 0 and one.metavar else ""
            yield f".TP\n.B {_text(', '.join(one.option_strings) + value)}\n{_sentence(one.help or '')}"
        yield ".RE"


def _settings() -> Iterator[str]:
    group = ""
    for row in DECLARED.values():
        if row.option.group != group:
            group = row.option.group
            yield f".SS {_text(group)}"
        flag = f"--[no-]{row.name}" if row.kind is bool else f"--{row.name} {'|'.join(row.choices) or 'X'}"
        unit = f" [{row.option.unit}]" if row.option.unit else ""
        yield f".TP\n.BR {_text(flag).replace(' ', chr(92) + ' ')}\n{_sentence(row.option.help + unit)}"
        yield f"Variable: {_text(row.variable)}."


def _sentence(words: str) -> str:
    words = words.replace("%%", "%").strip()
    return _text(words[:1].upper() + words[1:] + ("" if words.endswith((".", "!")) else ".")) if words else ""


def _text(words: str) -> str:
    words = words.replace("\\", "\\e").replace("-", "\\-")
    return "\\&" + words if words.startswith((".", "'")) else words


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
