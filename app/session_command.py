"""`anonamoose session`: which there are, and what a named one has its own way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from app.audit.noting import noting
from app.errors import Exit, UserError
from app.settings import OWN
from app.settings_store import SettingsStore
from app.store.audit import utc
from app.store.database import Database
from app.store.options import SessionOptions
from app.store.sealing import Seal
from app.store.session_list import SessionList, Stored
from app.store.vault import Vault
from app.text_command import check_name, opened


def change(settings: SettingsStore, session: str, changes: Sequence[str]) -> int:
    """Gives `session` its own settings, each written `preset=coding`; an empty value takes one back.

    Raises UserError; then nothing has changed.
    """
    check_name(session)
    asked = dict(_read(change) for change in changes)
    settings.current.with_own({name: value for name, value in asked.items() if value})
    with opened(settings) as (database, seal), noting(settings, database, seal) as notes:
        asyncio.run(_change(SessionOptions(database, seal, notes.note), session, asked))
    return Exit.OK


async def _change(options: SessionOptions, session: str, asked: dict[str, str]) -> None:
    own = {**await options.of(session), **asked}
    await options.change(session, {name: value for name, value in own.items() if value})


def _read(change: str) -> tuple[str, str]:
    name, equals, value = (part.strip() for part in change.partition("="))
    if not equals or name not in OWN:
        raise UserError(
            f"“{change}” is nothing that a session can have its own way.",
            f"It takes NAME=VALUE with one of {', '.join(OWN)}.",
            code=Exit.USAGE,
        )
    return name, value


def clear(settings: SettingsStore, session: str) -> int:
    """Forgets what `session` has its own way. Its placeholders stay."""
    check_name(session)
    with opened(settings) as (database, seal), noting(settings, database, seal) as notes:
        asyncio.run(SessionOptions(database, seal, notes.note).change(session, {}))
    return Exit.OK


def stored(settings: SettingsStore) -> int:
    """Prints all sessions that are kept: name, number of placeholders, last use, and when they are deleted."""
    with opened(settings) as (database, seal):
        for session in asyncio.run(_all(_list(settings, database, seal))):
            print(session.name, session.values, utc(session.used), utc(session.ends), sep="\t")
    return Exit.OK


def placeholders(settings: SettingsStore, session: str) -> int:
    """Prints the placeholders of `session`, and none of its values."""
    check_name(session)
    with opened(settings) as (database, seal):
        found = asyncio.run(_list(settings, database, seal).get(session))
    if found is None:
        raise UserError("There is no session of this name.", "See: anonamoose session all.", code=Exit.USAGE)
    for entry in found.entries:
        print(entry.placeholder)
    return Exit.OK


def _list(settings: SettingsStore, database: Database, seal: Seal) -> SessionList:
    now = settings.current
    return SessionList(database, Vault(database, seal, now.session_ttl, now.kept_ttl))


async def _all(sessions: SessionList) -> list[Stored]:
    return await sessions.page(0, await sessions.count())


def show(settings: SettingsStore) -> int:
    """Prints all sessions that have something their own way."""
    with opened(settings) as (database, seal):
        for session, options in asyncio.run(SessionOptions(database, seal).all()).items():
            print(session, *(f'{name}="{value}"' for name, value in sorted(options.items())))
    return Exit.OK
