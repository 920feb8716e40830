"""Commands in the process of the tests, where starting one of their own would tell no more."""

from __future__ import annotations

import logging

from app.cli import main


def run_here(*arguments: object) -> int:
    """`anonamoose …`, to its end; returns its exit status. Logging is as it was afterwards."""
    root = logging.getLogger()
    handlers, before = list(root.handlers), {one: one.level for one in _loggers()}
    try:
        return main([*map(str, arguments)])
    finally:
        root.handlers[:] = handlers
        for one in _loggers():
            one.setLevel(before.get(one, logging.NOTSET))


def _loggers() -> list[logging.Logger]:
    root = logging.getLogger()
    return [root, *(one for one in root.manager.loggerDict.values() if isinstance(one, logging.Logger))]
