"""Secrets by name: in the OS keyring or, where there is none, in a file that only the user can read."""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager
from pathlib import Path

from app.errors import StorageError
from app.keyrings import SERVICE, answering
from app.placing import put

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

        with _answering():
            return keyring.get_password(SERVICE, self._account(name)) or None
        return None

    def put(self, name: str, secret: str) -> str:
        """Keeps `secret`; returns where, in words for the user."""
        import keyring

        account = self._account(name)
        with _answering():
            keyring.set_password(SERVICE, account, secret)
            if keyring.get_password(SERVICE, account) == secret:
                self._drop(name)
                return "the system keyring"
        self._write({**self._read(), name: secret})
        return f"the file {self._file}"

    def remove(self, name: str) -> bool:
        """Forgets the secret called `name`; whether there was one."""
        import keyring

        had = self._drop(name)
        account = self._account(name)
        with _answering():
            if keyring.get_password(SERVICE, account) is not None:
                keyring.delete_password(SERVICE, account)
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
            put(part, self._file)
        except OSError as error:
            raise StorageError(
                f"The file {self._file} cannot be written.", "Free some space, or mend the folder's permissions."
            ) from error


def _answering() -> AbstractContextManager[None]:
    return answering("Unlock it and try again.", "Mend it and try again.")
