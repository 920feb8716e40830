"""Settings as flags of a command."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.option import Declared


def add_settings(parser: argparse.ArgumentParser, rows: Sequence[Declared]) -> None:
    """Lets `parser` take these settings."""
    group = parser.add_argument_group("settings", "A flag wins over the variable, the variable over what is stored.")
    for row in rows:
        unit = f" [{row.option.unit}]" if row.option.unit else ""
        words = f"{row.option.help}{unit} ({row.variable}, default: {_shown(row.default)})".replace("%", "%%")
        if row.kind is bool:
            group.add_argument(
                f"--{row.name}", dest=row.attribute, action=argparse.BooleanOptionalAction, default=None, help=words
            )
        else:
            group.add_argument(
                f"--{row.name}", dest=row.attribute, choices=row.choices or None, metavar=None if row.choices else "X",
                help=words,
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
