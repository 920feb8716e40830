"""`anonamoose rotate`, `purge` and `panic`: another key for the vault, and the proof that things are gone from it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.audit import policies
from app.audit.noting import noting, write
from app.changes import asked_by
from app.credentials import NEXT_VARIABLE, VARIABLE, check_next_key, forget_key
from app.errors import Exit, StorageError, UserError
from app.keychain import ACCESS_TOKEN, Keychain
from app.lock import InstanceLock
from app.paths import Paths
from app.provider_keys import ProviderKeys
from app.settings_store import SettingsStore
from app.store import readings
from app.store.audit import AuditStore
from app.store.opening import shared
from app.store.removal import Removed, remains
from app.store.rotation import replace_key
from app.store.shared.shelf import Shelf
from app.store.unlocking import Store, unlock
from app.store.vault import Vault
from app.store.wiping import Wipes, wipe
from app.text_command import check_name
from app.upstreams import targets

#: How long the running app may take to forget (seconds).
_PATIENCE = 30.0
_STEP = 0.1
_WARNING = (
    "This deletes all sessions with their values, what they have their own way, all counts and the audit trail; "
    "placeholders in old "
    "conversations can never be restored."
)


def rotate(settings: SettingsStore) -> int:
    """Replaces the master key. Raises UserError; then the present one holds."""
    store = _unlocked(settings)
    try:
        with noting(settings, store.database, store.seal) as notes:
            asyncio.run(_replace_key(settings, store))
            notes.note("vault-key", 1)
    finally:
        store.database.close()
    _tell(f"The vault has a new key; it is in {store.kept}.")
    if VARIABLE in store.kept:
        _tell(f"Start Anonamoose with what {NEXT_VARIABLE} holds in {VARIABLE} from now on.")
    return Exit.OK


async def _replace_key(settings: SettingsStore, store: Store) -> None:
    async with _shelf(settings) as shelf:
        await replace_key(store, settings.paths, lambda connection: None, shelf)


@asynccontextmanager
async def _shelf(settings: SettingsStore) -> AsyncIterator[Shelf | None]:
    """Where sessions are shared, None where they are not."""
    if settings.current.vault_url:
        async with shared(settings.current, settings.paths) as vault:
            yield vault.shelf
    else:
        yield None


def purge(settings: SettingsStore, session: str) -> int:
    """Deletes a session, or all whose time is over, and looks whether anything of them is left."""
    if session:
        check_name(session)
    if settings.current.vault_url:
        removed = asyncio.run(_purge_shared(settings, session))
        _tell(f"{len(removed)} session{'s' * (len(removed) != 1)} deleted from the shared vault.")
        return Exit.OK
    store = _unlocked(settings)
    try:
        current = settings.current
        with noting(settings, store.database, store.seal) as notes:
            vault = Vault(store.database, store.seal, current.session_ttl, current.kept_ttl, noted=notes.note)
            removed = asyncio.run(vault.delete(session) if session else vault.purge())
        return _proved(removed, store)
    finally:
        store.database.close()


async def _purge_shared(settings: SettingsStore, session: str) -> Removed:
    async with shared(settings.current, settings.paths) as vault:
        return await (vault.delete(session) if session else vault.purge())


async def _empty_shared(settings: SettingsStore, everything: bool) -> None:
    async with shared(settings.current, settings.paths) as vault:
        await vault.delete_all()
        if everything:  # also whose key it is, as that key will be gone
            await vault.shelf.disown()


def panic(settings: SettingsStore, *, everything: bool, yes: bool) -> int:
    """Forgets everything, here and in the running app. With `everything`, dictionary, settings and key go as well."""
    if not yes:
        _confirm(everything)
    paths = settings.paths
    if settings.current.vault_url:
        if not everything:
            check_next_key()  # before anything is gone
        asyncio.run(_empty_shared(settings, everything))
    lock: InstanceLock | None = None
    try:
        lock = InstanceLock(paths.lock).acquire()
    except StorageError:
        raise
    except UserError:
        pass  # it runs, and will forget as well
    try:
        _wiped(settings, everything, is_running=lock is None)
        if everything:
            _forget_keys(settings)
            paths.settings.unlink(missing_ok=True)
            if lock is not None:
                _remove(paths)
    finally:
        if lock is not None:
            lock.release()
    _tell("Everything is forgotten.")
    return Exit.OK


def _wiped(settings: SettingsStore, everything: bool, *, is_running: bool) -> None:
    try:
        store = _unlocked(settings)
    except UserError as error:
        if not everything:
            raise UserError(
                f"{error.title} So the dictionary cannot be kept, and nothing was deleted.",
                f"{error.hint} Or delete it as well: anonamoose panic --all",
                code=error.code,
            ) from None
        if is_running:
            raise UserError(f"{error.title} Nothing was deleted.", "End Anonamoose, and try again.") from None
        return  # its files go
    try:
        removed = asyncio.run(_wipe(settings, store, everything, is_running))
        if not (everything or is_running) and settings.current.audit:  # else it is gone, or the running app tells it
            with asked_by("command"):
                write(settings, store.database, store.seal, [policies.cleared()])
        _proved(removed, store)
    finally:
        store.database.close()


async def _wipe(settings: SettingsStore, store: Store, everything: bool, is_running: bool) -> Removed:
    paths = settings.paths
    wipes = Wipes(store.database)
    if everything:
        removed = await wipe(store, paths, dictionary=True)
    else:
        async with _shelf(settings) as shelf:
            removed = await wipe(store, paths, shelf)
    if not is_running:
        readings.clear(paths.readings)
        if paths.audit.exists():
            trail = AuditStore(paths.audit, store.database, store.seal)
            try:
                await trail.clear()
            finally:
                trail.close()
    if is_running:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not await wipes.is_confirmed():  # noqa: ASYNC110  another process writes it
                    await asyncio.sleep(_STEP)
        except TimeoutError:
            raise UserError(
                "The vault is wiped, but the running app does not say that it has forgotten, too.",
                "End it: what it holds in memory goes with it.",
            ) from None
        _tell("The running app has forgotten as well.")
    return removed


def _forget_keys(settings: SettingsStore) -> None:
    keychain = Keychain(settings.paths.root)
    keychain.remove(ACCESS_TOKEN)
    for target in targets(settings.current.upstreams):
        ProviderKeys(keychain).remove(target)


def _remove(paths: Paths) -> None:
    """Removes the vault and its key, wherever that was put."""
    try:
        for file in (paths.database, paths.audit, paths.readings):
            for end in ("", "-wal", "-shm", "-journal"):
                file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
        forget_key(paths.key)
    except OSError as error:
        raise StorageError("The files of the vault cannot be removed.", "Mend the folder's permissions.") from error
    _tell("The vault, its key and the settings are removed.")


def _confirm(everything: bool) -> None:
    more = " The dictionary, the settings and all keys go as well." if everything else ""
    if not sys.stdin.isatty():
        raise UserError("This deletes what cannot be had back.", "Confirm it with --yes.", code=Exit.USAGE)
    print(f"{_WARNING}{more}", file=sys.stderr)
    if input("Forget everything? Type “forget”: ").strip().lower() != "forget":
        raise UserError("Nothing was deleted.")


def _proved(removed: Removed, store: Store) -> int:
    if not removed.marks:
        _tell("There is nothing to delete.")
        return Exit.OK
    size = f"{len(removed)} session{'s' * (len(removed) != 1)} with {removed.values:,} values ({removed.size:,} bytes)"
    if not removed.folded:
        raise UserError(
            f"{size} deleted, but another process reads the vault: what its log holds is still there, sealed.",
            "Run it again.",
        )
    left = remains(removed.marks, store.database.files)
    if left:
        raise UserError(f"{size} deleted, but {left:,} pieces of them are still in the files.", "Run it again.")
    _tell(f"{size} deleted. The files were searched for {len(removed.marks):,} pieces of them: none is left.")
    return Exit.OK


def _unlocked(settings: SettingsStore) -> Store:
    settings.paths.create()
    return unlock(settings.paths)


def _tell(words: str) -> None:
    print(words, file=sys.stderr)
