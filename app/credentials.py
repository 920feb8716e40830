"""The master key of the vault: from a variable, the OS keyring, or a file only the user can read."""

from __future__ import annotations

import base64
import binascii
import os
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from app.errors import Exit, KeyMismatch, StorageError, UserError
from app.keyrings import SERVICE, answering
from app.placing import put

VARIABLE = "ANONAMOOSE_VAULT_KEY"
#: Where a rotation finds the next key while the variable gives the present one: only the user can change that.
NEXT_VARIABLE = "ANONAMOOSE_NEW_VAULT_KEY"
#: What lets us into the store of a shared vault.
PASSWORD_VARIABLE = "ANONAMOOSE_VAULT_PASSWORD"  # noqa: S105  a name
#: What lets us through the proxy that the setting upstream-proxy names.
PROXY_PASSWORD_VARIABLE = "ANONAMOOSE_UPSTREAM_PROXY_PASSWORD"  # noqa: S105
#: At the end of any of these names: the variable names a file that holds it, as a container's secrets are.
_IN_FILE = "_FILE"
_SIZE = 32


@dataclass(frozen=True, slots=True)
class MasterKey:
    """The key (hidden from repr) and, in words for the user, where it is kept."""

    key: bytes = field(repr=False)
    kept: str


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != _SIZE:
        raise KeyMismatch(
            f"The vault key in {where} is not one: it must be {_SIZE} bytes in base64.",
            "Make one with: openssl rand -base64 32",
        )
    return key


def _given(environ: Mapping[str, str] | None, variable: str) -> str:
    """What the variable holds, or the file that its twin names; "" for neither. Raises StorageError."""
    environ = os.environ if environ is None else environ
    if environ.get(variable) or not environ.get(variable + _IN_FILE):
        return environ.get(variable, "")
    try:
        return Path(environ[variable + _IN_FILE]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(
            f"The file that {variable}{_IN_FILE} names cannot be read.", "Mend its permissions, or name another."
        ) from error


def vault_password(environ: Mapping[str, str] | None = None) -> str:
    """The password of the store of a shared vault, "" where it has none. Raises StorageError."""
    return _given(environ, PASSWORD_VARIABLE)


def proxy_password(environ: Mapping[str, str] | None = None) -> str:
    """The password of the proxy by which requests leave, "" where it wants none. Raises StorageError."""
    return _given(environ, PROXY_PASSWORD_VARIABLE)


def _encode(key: bytes) -> str:
    return base64.b64encode(key).decode()


def master_key(file: Path, environ: Mapping[str, str] | None = None) -> MasterKey:
    """The key of the vault whose folder holds `file`; makes one on the first start.

    In this order: the variable, the file if there is one, the OS keyring, and where no keyring
    exists a new file with mode 0600. A locked keyring is an error, never a reason to make another
    key. Blocks, perhaps on a prompt of the keyring: call it off the loop. Raises UserError.
    """
    if given := _given(environ, VARIABLE):
        return MasterKey(_decode(given, VARIABLE), f"the variable {VARIABLE}")
    if file.exists():
        return _from_file(file)
    with _answering():
        import keyring  # takes a while to look for a backend: only when it is needed

        account = _account(file)
        stored = keyring.get_password(SERVICE, account)
        if stored:
            return MasterKey(_decode(stored, "the system keyring"), "the system keyring")
        _refuse_another(file, "in the system keyring")
        key = os.urandom(_SIZE)
        if _keep(account, key):
            return MasterKey(key, "the system keyring")
    # Left behind, a key that fits nothing would hide the right one from every later start.
    _refuse_another(file, "at hand, and no system keyring answers")
    key = os.urandom(_SIZE)
    _write(file, key)
    return MasterKey(key, f"the file {file}")


def check_next_key(environ: Mapping[str, str] | None = None) -> None:
    """Raises UserError where another key cannot be had: the present one is given, and no next one."""
    if _given(environ, VARIABLE) and not _given(environ, NEXT_VARIABLE):
        raise UserError(
            f"The vault key is in the variable {VARIABLE}, which Anonamoose cannot change.",
            f"Give the new one in {NEXT_VARIABLE}; make it with: openssl rand -base64 32",
            code=Exit.CONFIG,
        )


def stage_key(file: Path, environ: Mapping[str, str] | None = None) -> bytes:
    """A new key, kept beside the one in use until `put_in_place`. Raises UserError."""
    check_next_key(environ)
    if given := _given(environ, VARIABLE) and _given(environ, NEXT_VARIABLE):
        return _decode(given, NEXT_VARIABLE)
    key = os.urandom(_SIZE)
    if file.exists():
        _next(file).unlink(missing_ok=True)
        _write(_next(file), key)
        return key
    with _answering():
        if _keep(_account(_next(file)), key):
            return key
    raise UserError("The system keyring did not keep the new key.", "Mend it, and try again.", code=Exit.CONFIG)


def staged_key(file: Path, environ: Mapping[str, str] | None = None) -> bytes | None:
    """What a rotation that broke off has staged, None when there is nothing."""
    if _given(environ, VARIABLE):
        given = _given(environ, NEXT_VARIABLE)
        return _decode(given, NEXT_VARIABLE) if given else None
    if file.exists():
        return _from_file(_next(file)).key if _next(file).exists() else None
    with _answering():
        import keyring

        stored = keyring.get_password(SERVICE, _account(_next(file)))
        return _decode(stored, "the system keyring") if stored else None
    return None


def put_in_place(file: Path, key: bytes, environ: Mapping[str, str] | None = None) -> None:
    """From now on the staged `key` is the key. Nothing happens where another is staged, or only the user can do it."""
    if _given(environ, VARIABLE) or staged_key(file, environ) != key:
        return
    if file.exists():
        try:
            put(_next(file), file)
            _settle(file.parent)
        except OSError as error:
            raise StorageError(f"The key file {file} cannot be written.", "Mend the folder's permissions.") from error
        return
    with _answering():
        import keyring

        if _keep(_account(file), key):
            keyring.delete_password(SERVICE, _account(_next(file)))


def forget_key(file: Path) -> None:
    """Removes the key wherever Anonamoose has put it. Raises UserError."""
    for path in (file, _next(file)):
        path.unlink(missing_ok=True)
    with _answering():
        import keyring

        for account in (_account(file), _account(_next(file))):
            if keyring.get_password(SERVICE, account):
                keyring.delete_password(SERVICE, account)


def _next(file: Path) -> Path:
    return file.with_name(f"{file.name}.next")


def _account(file: Path) -> str:
    """What the key is called in the keyring."""
    end = ":next" if file.suffix == ".next" else ""
    return f"vault:{file.parent.resolve()}{end}"


def _keep(account: str, key: bytes) -> bool:
    """Whether the keyring has kept `key`: there are some that forget."""
    import keyring

    keyring.set_password(SERVICE, account, _encode(key))
    return keyring.get_password(SERVICE, account) == _encode(key)


def _answering() -> AbstractContextManager[None]:
    return answering("Unlock it and start Anonamoose again.", f"Mend it, or give the vault key in {VARIABLE}.")


def _refuse_another(file: Path, where: str) -> None:
    """Raises KeyMismatch when there is a vault already: a new key would not open it."""
    if (file.parent / "vault.sqlite3").exists():
        raise KeyMismatch(
            f"The key of this vault is not {where}.",
            f"Give it in {VARIABLE}, or move vault.sqlite3 away to start with an empty vault.",
        )


def _from_file(file: Path) -> MasterKey:
    try:
        text = file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise StorageError(f"The key file {file} cannot be read.", "Mend its permissions.") from error
    return MasterKey(_decode(text, str(file)), f"the file {file}")


def _write(file: Path, key: bytes) -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(_encode(key) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        _settle(file.parent)
    except OSError as error:
        raise StorageError(f"The key file {file} cannot be written.", "Mend the folder's permissions.") from error


def _settle(folder: Path) -> None:
    """Lets the names in `folder` survive a power cut: the vault is about to depend on one."""
    if sys.platform != "win32":  # which cannot, and need not
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
