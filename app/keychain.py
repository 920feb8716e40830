"""Secrets by name: in the OS keyring or, where there is none, in a file that only the user can read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.errors import Exit, StorageError, UserError

_SERVICE = "anonamoose"
_FILE = "keys.json"
#: The name of the access token.
ACCESS_TOKEN = "access-token"  # noqa: S105  a name


class Keychain:
    """The secrets of one data folder. Every method blocks, perhaps on a prompt of the keyring. All raise UserError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = folder / _FILE

    def __repr__(self) -> str:
        return "<Keychain>"

    def get(self, name: str) -> str | None:
        """The secret called `name`, None if there is none. What is in the file goes before the keyring."""
        kept = self._read().get(name)
        if kept is not None:
            return kept
        import keyring  # takes a while to look for a backend: only when it is needed

        with _told():
            return keyring.get_password(_SERVICE, self._account(name)) or None
        return None

    def put(self, name: str, secret: str) -> str:
        """Keeps `secret`; returns where, in words for the user."""
        import keyring

        account = self._account(name)
        with _told():
            keyring.set_password(_SERVICE, account, secret)
            if keyring.get_password(_SERVICE, account) == secret:
                self._drop(name)
                return "the system keyring"
        self._write({**self._read(), name: secret})
        return f"the file {self._file}"

    def remove(self, name: str) -> bool:
        """Forgets the secret called `name`; whether there was one."""
        import keyring

        had = self._drop(name)
        account = self._account(name)
        with _told():
            if keyring.get_password(_SERVICE, account) is not None:
                keyring.delete_password(_SERVICE, account)
                return True
        return had

    def _account(self, name: str) -> str:
        return f"{name}:{self._folder.resolve()}"

    def _drop(self, name: str) -> bool:
        kept = self._read()
        if name not in kept:
            return False
        self._write({other: secret for other, secret in kept.items() if other != name})
        return True

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            return {str(name): str(secret) for name, secret in kept.items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, AttributeError):
            # None: the error's own words may quote what is in the file.
            raise StorageError(
                f"The file {self._file} cannot be read.",
                "Mend its permissions, or move it away and set the keys again.",
            ) from None

    def _write(self, kept: dict[str, str]) -> None:
        part = self._file.with_suffix(".part")
        try:
            part.unlink(missing_ok=True)
            descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                json.dump(kept, stream)
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(self._file)
        except OSError as error:
            raise StorageError(
                f"The file {self._file} cannot be written.", "Free some space, or mend the folder's permissions."
            ) from error


@contextmanager
def _told() -> Iterator[None]:
    """Passes where there is no keyring; raises UserError where there is one that does not answer."""
    from keyring.errors import KeyringError, KeyringLocked, NoKeyringError

    try:
        yield
    except NoKeyringError:
        pass
    except KeyringLocked:
        raise UserError("The system keyring is locked.", "Unlock it and try again.", code=Exit.CONFIG) from None
    except KeyringError as error:
        raise UserError(
            f"The system keyring does not answer ({type(error).__name__}).", "Mend it and try again.", code=Exit.CONFIG
        ) from None
