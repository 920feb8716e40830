"""The commands as the command line itself knows them, for the manual page and the documentation."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """`flags` as they are written, with the word for a value where there is one."""

    flags: str
    words: str


@dataclass(frozen=True, slots=True)
class Command:
    """`name` is all of it ("audit export"), `operands` are as in a synopsis; options that are settings go by name."""

    name: str
    words: str
    operands: tuple[str, ...]
    about: tuple[Option, ...]
    options: tuple[Option, ...]
    settings: tuple[str, ...]


def commands(of: argparse.ArgumentParser, before: str = "") -> Iterator[Command]:
    """All commands below a parser, each before its own."""
    for action in of._actions:
        if not isinstance(action, argparse._SubParsersAction):
            continue
        words = {choice.dest: choice.help or "" for choice in action._choices_actions}
        for name, command in action.choices.items():
            whole = f"{before} {name}".strip()
            yield _command(command, whole, words.get(name, ""))
            yield from commands(command, whole)


def _command(command: argparse.ArgumentParser, name: str, words: str) -> Command:
    groups = [group._group_actions for group in command._action_groups if group.title == "settings"]
    settings = [one for group in groups for one in group]
    actions = [one for one in command._actions if not isinstance(one, argparse._SubParsersAction)]
    operands = [one for one in actions if not one.option_strings]
    options = [one for one in actions if one.option_strings and one not in settings and one.dest != "help"]
    return Command(
        name,
        sentence(words),
        tuple(map(_name, operands)),
        tuple(Option(_name(one), sentence(one.help or "")) for one in operands if one.help),
        tuple(Option(_flags(one), sentence(one.help or "")) for one in options),
        tuple(one.option_strings[0][2:] for one in settings),
    )


def _flags(option: argparse.Action) -> str:
    return ", ".join(option.option_strings) + (f" {_name(option)}" if option.nargs != 0 and option.metavar else "")


def _name(argument: argparse.Action) -> str:
    name = str(argument.metavar or argument.dest).upper()
    return f"[{name}]" if argument.nargs in ("?", "*") else f"{name}..." if argument.nargs == "+" else name


def sentence(words: str) -> str:
    """What a help text says, as a sentence."""
    words = words.replace("%%", "%").strip()
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!")) else ".") if words else ""
