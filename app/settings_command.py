"""`anonamoose settings`: what is stored, and changing it. A running app takes it over within a second."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from app.audit.noting import noting
from app.errors import Exit, UserError
from app.events import EventBus
from app.settings import DECLARED
from app.settings_store import SettingsStore
from app.text_command import opened


def run(settings: SettingsStore, bus: EventBus, options: argparse.Namespace) -> int:
    """Does what the command line says. Raises UserError; then nothing has changed."""
    if options.action in ("list", "get"):
        return _show(settings, options.name if options.action == "get" else list(DECLARED))
    if options.action == "set":
        changes = dict(_read(change) for change in options.changes)
    else:
        changes = {name: DECLARED[name].default for name in map(_known, options.name)}
    with opened(settings) as (database, seal), noting(settings, database, seal) as notes:
        notes.settings(bus, settings)
        settings.update(changes)
    return _show(settings, list(changes))


def _show(settings: SettingsStore, names: Sequence[str]) -> int:
    """One line for each: its name, its value, and where that comes from."""
    for name in map(_known, names):
        value = getattr(settings.current, DECLARED[name].attribute)
        shown = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
        print(name, shown, settings.origin(name), sep="\t")
    return Exit.OK


def _read(change: str) -> tuple[str, object]:
    name, equals, value = (part.strip() for part in change.partition("="))
    if not equals:
        raise UserError(f"“{change}” is no change of a setting.", "It takes NAME=VALUE.", code=Exit.USAGE)
    return _known(name), value


def _known(name: str) -> str:
    if name not in DECLARED:
        raise UserError(f"There is no setting called “{name}”.", "See: anonamoose settings list.", code=Exit.USAGE)
    return name
