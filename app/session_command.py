"""`anonamoose session`: which there are, and what a named one has its own way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from app.audit.noting import noting
from app.errors import Exit, UserError
from app.settings import OWN
from app.settings_store import SettingsStore
from app.store.audit import utc
from app.store.opening import sessions
from app.store.session_list import Stored
from app.store.sessions import Listing, Sessions
from app.text_command import check_name, unlocked

T = TypeVar("T")


def change(settings: SettingsStore, session: str, changes: Sequence[str]) -> int:
    """Gives `session` its own settings, each written `preset=coding`; an empty value takes one back.

    Raises UserError; then nothing has changed.
    """
    check_name(session)
    asked = dict(_read(change) for change in changes)
    settings.current.with_own({name: value for name, value in asked.items() if value})

    async def work(vault: Sessions, _: Listing) -> None:
        own = {**await vault.options.of(session), **asked}
        await vault.options.change(session, {name: value for name, value in own.items() if value})

    _with(settings, work)
    return Exit.OK


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
    _with(settings, lambda vault, _: vault.options.change(session, {}))
    return Exit.OK


def stored(settings: SettingsStore) -> int:
    """Prints all sessions that are kept: name, number of placeholders, last use, and when they are deleted."""

    async def work(_: Sessions, listing: Listing) -> list[Stored]:
        return await listing.page(0, await listing.count())

    for session in _with(settings, work):
        print(session.name, session.values, utc(session.used), utc(session.ends), sep="\t")
    return Exit.OK


def placeholders(settings: SettingsStore, session: str) -> int:
    """Prints the placeholders of `session`, and none of its values."""
    check_name(session)
    found = _with(settings, lambda _, listing: listing.get(session))
    if found is None:
        raise UserError("There is no session of this name.", "See: anonamoose session all.", code=Exit.USAGE)
    for entry in found.entries:
        print(entry.placeholder)
    return Exit.OK


def show(settings: SettingsStore) -> int:
    """Prints all sessions that have something their own way."""
    for session, options in _with(settings, lambda vault, _: vault.options.all()).items():
        print(session, *(f'{name}="{value}"' for name, value in sorted(options.items())))
    return Exit.OK


def _with(settings: SettingsStore, work: Callable[[Sessions, Listing], Coroutine[Any, Any, T]]) -> T:
    """What `work` does with the sessions that the settings mean. Changes are written to the trail."""
    with unlocked(settings) as store, noting(settings, store.database, store.seal) as notes:

        async def run() -> T:
            async with sessions(settings.current, settings.paths, store, notes.note) as (vault, listing):
                return await work(vault, listing)

        return asyncio.run(run())
