"""Settings as flags, and what is said to who has mistyped."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence
from typing import NoReturn

from app.errors import Exit
from app.option import Declared


class Parser(argparse.ArgumentParser):
    """A parser whose errors are two lines like all others: what is wrong, and where to read on."""

    def __init__(self, *arguments: object, **more: object) -> None:
        # No abbreviations: "panic --all" would be read as one of "--allowed-hosts" before its command sees it.
        super().__init__(*arguments, **{"allow_abbrev": False, **more})  # type: ignore[arg-type]

    def error(self, message: str) -> NoReturn:
        """Ends the process with what is wrong."""
        said = message[:1].upper() + message[1:] + "." * (message[-1] not in "?.")
        self.exit(Exit.USAGE, f"anonamoose: {said}\nanonamoose: See: {self.prog} --help\n")

    def _check_value(self, action: argparse.Action, value: str) -> None:
        if isinstance(action, argparse._SubParsersAction) and value not in action.choices:
            near = difflib.get_close_matches(value, action.choices, 1)
            meant = f"; did you mean “{near[0]}”?" if near else f": it takes {', '.join(action.choices)}"
            raise argparse.ArgumentError(None, f"there is no “{value}”{meant}")
        super()._check_value(action, value)


def add_settings(
    parser: argparse.ArgumentParser, rows: Sequence[Declared], default: object = argparse.SUPPRESS
) -> None:
    """Gives `parser` a flag for each row; one that is not given has `default`.

    For a command's own parser that is SUPPRESS: what stands before the command would be lost otherwise.
    """
    group = parser.add_argument_group("settings", "A flag wins over the variable, the variable over what is stored.")
    for row in rows:
        unit = f" [{row.option.unit}]" if row.option.unit else ""
        words = f"{row.option.help}{unit} ({row.variable}, default: {_shown(row.default)})".replace("%", "%%")
        if row.kind is bool:
            group.add_argument(
                f"--{row.name}", dest=row.attribute, action=argparse.BooleanOptionalAction, default=default, help=words
            )
        else:
            group.add_argument(
                f"--{row.name}", dest=row.attribute, choices=row.choices or None, metavar=None if row.choices else "X",
                default=default, help=words,
            )  # fmt: skip


def positive(text: str) -> int:
    """A whole number of 1 or more. Raises what argparse tells."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("it takes 1 or more")
    return number


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "on" if default else "off"
    return str(default) if default != "" else "none"
