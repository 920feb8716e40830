"""Where sessions are kept: in the vault's own file, or in a store that replicas share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.changes import Noted, unnoted
from app.credentials import master_key, vault_password
from app.paths import Paths
from app.settings import Settings
from app.store.session_list import SessionList
from app.store.sessions import Listing, Sessions
from app.store.shared.link import Link
from app.store.shared.session_list import SharedList
from app.store.shared.vault import SharedVault
from app.store.unlocking import Store, keys
from app.store.vault import Vault


@asynccontextmanager
async def sessions(
    settings: Settings, paths: Paths, store: Store, noted: Noted = unnoted
) -> AsyncIterator[tuple[Sessions, Listing]]:
    """The sessions that the settings mean, until this is left; `noted` is told of their changes. Raises UserError."""
    if settings.vault_url:
        async with shared(settings, paths) as vault:
            yield vault, SharedList(vault.shelf)
    else:
        kept = settings.session_ttl, settings.kept_ttl, settings.cached_sessions
        own = await asyncio.to_thread(Vault, store.database, store.seal, *kept, noted)
        yield own, SessionList(store.database, own)


@asynccontextmanager
async def shared(settings: Settings, paths: Paths) -> AsyncIterator[SharedVault]:
    """The vault at the setting vault-url, until this is left. Raises UserError."""
    master = await asyncio.to_thread(master_key, paths.key)
    link = Link(settings.vault_url, vault_password())
    try:
        kept = settings.session_ttl, settings.kept_ttl, settings.cached_sessions
        yield await SharedVault(link, master.key, *kept, lambda: keys(paths)).prove()
    finally:
        await link.close()
