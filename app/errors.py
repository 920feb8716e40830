"""Errors a person reads: what happened in one sentence, and what to do about it in another."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """Exit codes of the command line, from sysexits(3) where it has a word for the case."""

    OK = 0
    FAILURE = 1
    USAGE = 2
    DATA = 65  # input that cannot be read as what it should be
    NO_INPUT = 66  # a file that is not there
    UNAVAILABLE = 69  # a port is taken, a layer cannot run
    CANNOT_CREATE = 73  # the data folder cannot be written
    CONFIG = 78  # a setting, a settings file or a key that does not fit


class UserError(Exception):
    """A failure whose cause the user can remove.

    `title` says what happened, `hint` what to do next, `code` is the exit status when the command
    line ends because of it. Neither ever holds text that a user wanted hidden.
    """

    code: Exit = Exit.FAILURE

    def __init__(self, title: str, hint: str = "", *, code: Exit | None = None) -> None:
        super().__init__(f"{title} {hint}".strip())
        self.title = title
        self.hint = hint
        if code is not None:
            self.code = code


class SettingError(UserError):
    """A setting has a value it cannot take. `name` is the setting."""

    code = Exit.CONFIG

    def __init__(self, name: str, title: str, hint: str = "") -> None:
        super().__init__(title, hint)
        self.name = name


class StorageError(UserError):
    """The data folder or a file in it cannot be read or written."""

    code = Exit.CANNOT_CREATE


class Unreachable(StorageError):
    """What is kept elsewhere cannot be had just now; later it may be."""

    code = Exit.UNAVAILABLE


class KeyMismatch(UserError):
    """The vault was written with another key than the one at hand."""

    code = Exit.CONFIG


class PortTaken(UserError):
    """Another program listens where the proxy wants to: at `port`. `free` is one that it could have, 0 for none."""

    code = Exit.UNAVAILABLE

    def __init__(self, title: str, hint: str = "", *, port: int = 0, free: int = 0) -> None:
        super().__init__(title, hint)
        self.port = port
        self.free = free
