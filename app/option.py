"""What a declaration of a setting consists of, and how a value is made to fit it."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from app.errors import SettingError

PREFIX = "ANONAMOOSE_"


@dataclass(frozen=True, slots=True)
class Option:
    """What is known about one setting besides its name, type and default."""

    help: str
    group: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    zero: str = ""  # what 0 stands for, where that is no amount
    restart: bool = False
    stored: bool = True  # False: makes no sense in the settings file
    own: bool = False  # a session or a request may have its own
    check: typing.Callable[[Any], object] | None = None


def option(default: Any, help: str, group: str, **more: Any) -> Any:
    """A dataclass field that carries its `Option`."""
    return field(default=default, metadata={"option": Option(help, group, **more)})


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting as forms, flags and documentation need it."""

    name: str  # with dashes, as in flags
    attribute: str  # with underscores, as in `Settings`
    kind: type
    choices: tuple[str, ...]
    default: Any
    option: Option

    @property
    def variable(self) -> str:
        return PREFIX + self.attribute.upper()


def declared(settings: type) -> Iterator[Declared]:
    """All settings of a dataclass made of options, in the order of their declaration."""
    hints = typing.get_type_hints(settings)
    for item in dataclasses.fields(settings):
        hint = hints[item.name]
        choices = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
        kind = str if choices else hint
        assert isinstance(kind, type) and not isinstance(kind, types.GenericAlias)
        yield Declared(item.name.replace("_", "-"), item.name, kind, choices, item.default, item.metadata["option"])


_KINDS = {int: "a whole number", float: "a number", str: "a text"}
_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def parse_flag(text: str) -> bool:
    """A boolean from the words people use for one; raises ValueError."""
    word = text.strip().lower()
    if word not in _TRUE + _FALSE:
        raise ValueError("It must be on or off.")
    return word in _TRUE


def coerce(row: Declared, value: object) -> Any:
    """`value`, text or typed, as the setting's own type; raises SettingError when it cannot be."""
    # A password in a URL is refused, and not to be repeated on a terminal then.
    title = f"The setting {row.name} cannot be {'what was given' if '@' in str(value) else repr(value)}."
    try:
        if row.kind is bool:
            result: Any = value if isinstance(value, bool) else parse_flag(str(value))
        elif row.kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError("It must be a whole number.")
        elif row.kind in (int, float) and isinstance(value, bool):
            raise ValueError("It must be a number.")
        elif row.kind is str and not isinstance(value, str):
            raise ValueError("It must be a text.")
        else:
            result = row.kind(value)
    except (ValueError, TypeError) as error:
        said = str(error) if str(error).startswith("It must") else f"It must be {_KINDS.get(row.kind, 'a path')}."
        raise SettingError(row.name, title, said) from None
    low, high = row.option.low, row.option.high
    if row.choices and result not in row.choices:
        raise SettingError(row.name, title, f"It must be one of {', '.join(row.choices)}.")
    # Written this way round, it refuses what is not a number at all, too.
    if (low is not None and not result >= low) or (high is not None and not result <= high):
        raise SettingError(row.name, title, f"It must lie between {low} and {high}.")
    if row.option.check is not None:
        try:
            row.option.check(result)
        except ValueError as error:
            raise SettingError(row.name, title, str(error)) from None
    return result
