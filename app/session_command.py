"""`anonamoose session`: what a named session has its own way."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from app.errors import Exit, UserError
from app.settings import OWN
from app.settings_store import SettingsStore
from app.text_command import check_name, vault_of


def change(settings: SettingsStore, session: str, changes: Sequence[str]) -> int:
    """Gives `session` its own settings, each written `preset=coding`; an empty value takes one back.

    Raises UserError; then nothing has changed.
    """
    check_name(session)
    asked = dict(_read(change) for change in changes)
    settings.current.with_own({name: value for name, value in asked.items() if value})
    asyncio.run(_change(settings, session, asked))
    return Exit.OK


async def _change(settings: SettingsStore, session: str, asked: dict[str, str]) -> None:
    async with vault_of(settings) as (vault, _):
        own = {**await vault.options.of(session), **asked}
        await vault.options.change(session, {name: value for name, value in own.items() if value})


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
    asyncio.run(_clear(settings, session))
    return Exit.OK


async def _clear(settings: SettingsStore, session: str) -> None:
    async with vault_of(settings) as (vault, _):
        await vault.options.change(session, {})


def show(settings: SettingsStore) -> int:
    """Prints all sessions that have something their own way."""
    for session, options in asyncio.run(_all(settings)).items():
        print(session, *(f'{name}="{value}"' for name, value in sorted(options.items())))
    return Exit.OK


async def _all(settings: SettingsStore) -> dict[str, dict[str, str]]:
    async with vault_of(settings) as (vault, _):
        return await vault.options.all()
