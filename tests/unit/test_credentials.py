from __future__ import annotations

import base64
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringError, KeyringLocked, PasswordSetError

from app.credentials import NEXT_VARIABLE, PASSWORD_VARIABLE, VARIABLE, MasterKey, master_key, stage_key, vault_password
from app.errors import Exit, KeyMismatch, StorageError, UserError
from tests.secret_service import SecretService

KEY = bytes(range(32))
TEXT = base64.b64encode(KEY).decode()


class Memory(KeyringBackend):
    """A keyring that works; `error` is what it raises, on reading and on writing or only then."""

    priority = 1

    def __init__(self, error: Exception | None = None, *, writing: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.error = error
        self.only_writing = writing

    def get_password(self, service: str, username: str) -> str | None:
        if self.error and not self.only_writing:
            raise self.error
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        if self.error:
            raise self.error
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def _no_real_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    yield
    keyring.set_keyring(before)


@pytest.fixture
def memory() -> Memory:
    made = Memory()
    keyring.set_keyring(made)
    return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "vault.key"


def test_the_variable_goes_before_everything(file: Path, memory: Memory) -> None:
    file.write_text(base64.b64encode(b"f" * 32).decode())
    assert master_key(file, {VARIABLE: f" {TEXT}\n"}) == MasterKey(KEY, f"the variable {VARIABLE}")
    assert memory.kept == {}


def test_the_real_environment_counts_where_none_is_given(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, TEXT)
    assert master_key(file).key == KEY


@pytest.mark.parametrize("bad", ["x", "hunter2hunter2", TEXT[:-4], TEXT + TEXT, "é" * 44, TEXT.replace("A", "?")])
def test_a_key_that_is_none_is_refused_and_not_repeated(file: Path, memory: Memory, bad: str) -> None:
    for place in ("variable", "file", "keyring"):
        environ = {VARIABLE: bad} if place == "variable" else {}
        if place == "file":
            file.write_text(bad, encoding="utf-8")
        elif place == "keyring":
            file.unlink()
            memory.kept["anonamoose", f"vault:{file.parent.resolve()}"] = bad
        with pytest.raises(UserError) as caught:
            master_key(file, environ)
        assert bad not in str(caught.value) or len(bad) == 1
        assert caught.value.code in (Exit.CONFIG, Exit.CANNOT_CREATE)


def test_a_file_goes_before_the_keyring(file: Path, memory: Memory) -> None:
    file.write_text(TEXT)
    assert master_key(file, {VARIABLE: ""}) == MasterKey(KEY, f"the file {file}")
    assert memory.kept == {}


def test_a_file_that_cannot_be_read_is_told(file: Path) -> None:
    file.mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        master_key(file, {})


def test_the_first_start_puts_a_new_key_into_the_keyring(file: Path, memory: Memory) -> None:
    first = master_key(file, {})
    assert first.kept == "the system keyring" and len(first.key) == 32
    assert master_key(file, {}) == first and not file.exists()
    assert list(memory.kept) == [("anonamoose", f"vault:{file.parent.resolve()}")]


def test_every_data_folder_has_a_key_of_its_own(tmp_path: Path, memory: Memory) -> None:
    assert master_key(tmp_path / "a" / "vault.key", {}).key != master_key(tmp_path / "b" / "vault.key", {}).key


def test_a_vault_whose_key_the_keyring_has_lost_gets_no_other(file: Path, memory: Memory) -> None:
    (file.parent / "vault.sqlite3").touch()
    with pytest.raises(KeyMismatch, match="is not in the system keyring"):
        master_key(file, {})
    assert memory.kept == {} and not file.exists()


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_without_a_keyring_the_key_is_kept_in_a_file(file: Path, backend: type[KeyringBackend]) -> None:
    keyring.set_keyring(backend())
    first = master_key(file, {})
    assert first.kept == f"the file {file}" and base64.b64decode(file.read_text()) == first.key
    assert master_key(file, {}) == first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_only_the_user_may_read_the_file(file: Path) -> None:
    before = os.umask(0)
    try:
        master_key(file, {})
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_start_without_the_keyring_leaves_no_key_that_hides_the_right_one(file: Path, memory: Memory) -> None:
    right = master_key(file, {})
    (file.parent / "vault.sqlite3").touch()
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(KeyMismatch, match="no system keyring answers") as caught:
        master_key(file, {})
    assert VARIABLE in caught.value.hint and not file.exists()
    keyring.set_keyring(memory)
    assert master_key(file, {}) == right


@pytest.mark.parametrize("writing", [False, True])
def test_a_locked_keyring_is_an_error_and_no_reason_for_another_key(file: Path, writing: bool) -> None:
    keyring.set_keyring(Memory(KeyringLocked("locked"), writing=writing))
    with pytest.raises(UserError, match="The system keyring is locked") as caught:
        master_key(file, {})
    assert caught.value.code is Exit.CONFIG and not file.exists()


@pytest.mark.parametrize("error", [InitError("x"), PasswordSetError("x"), KeyringError("x")])
@pytest.mark.parametrize("writing", [False, True])
def test_a_keyring_that_does_not_answer_is_told(file: Path, error: KeyringError, writing: bool) -> None:
    keyring.set_keyring(Memory(error, writing=writing))
    with pytest.raises(UserError, match=f"does not answer \\({type(error).__name__}\\)") as caught:
        master_key(file, {})
    assert caught.value.code is Exit.CONFIG and not file.exists()


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"):
        master_key(tmp_path / "none" / "vault.key", {})


def test_the_repr_tells_no_key() -> None:
    assert repr(MasterKey(KEY, "here")) == "MasterKey(kept='here')"


@pytest.fixture
def secret_service(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with SecretService(tmp_path_factory.mktemp("home"), monkeypatch):
        yield


@pytest.mark.usefixtures("secret_service")
def test_a_real_keyring_keeps_the_key(file: Path) -> None:
    first = master_key(file, {})
    assert first.kept == "the system keyring" and not file.exists()
    assert master_key(file, {}) == first
    assert master_key(file.parent / "other" / "vault.key", {}).key != first.key


def test_a_file_may_hold_what_a_variable_would(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(f"{TEXT}\n")
    environ = {f"{VARIABLE}_FILE": str(secret), f"{PASSWORD_VARIABLE}_FILE": str(secret)}
    assert master_key(tmp_path / "vault.key", environ) == MasterKey(KEY, f"the variable {VARIABLE}")
    assert vault_password(environ) == TEXT and vault_password({}) == ""
    assert vault_password({**environ, PASSWORD_VARIABLE: "word"}) == "word", "the variable goes before"
    with pytest.raises(UserError, match=NEXT_VARIABLE):
        stage_key(tmp_path / "vault.key", environ)
    secret.unlink()
    with pytest.raises(StorageError, match="_FILE"):
        master_key(tmp_path / "vault.key", environ)
    assert not list(tmp_path.iterdir())
