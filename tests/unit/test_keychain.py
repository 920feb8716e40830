from __future__ import annotations

import json
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail, null
from keyring.errors import InitError, KeyringError, KeyringLocked

from app.errors import Exit, StorageError, UserError
from app.keychain import Keychain
from tests.unit.test_credentials import Memory

SECRET = "sk-fake-0123456789"


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


def test_a_keyring_keeps_it_and_no_file_is_made(tmp_path: Path, memory: Memory) -> None:
    keychain = Keychain(tmp_path)
    assert keychain.get("provider:openai") is None
    assert keychain.put("provider:openai", SECRET) == "the system keyring"
    assert memory.kept == {("anonamoose", f"provider:openai:{tmp_path.resolve()}"): SECRET}
    assert Keychain(tmp_path).get("provider:openai") == SECRET and list(tmp_path.iterdir()) == []
    assert Keychain(tmp_path / "other").get("provider:openai") is None
    assert keychain.remove("provider:openai") and not keychain.remove("provider:openai") and memory.kept == {}


@pytest.mark.parametrize("backend", [fail.Keyring, null.Keyring])
def test_without_a_keyring_a_file_that_only_the_user_can_read_keeps_it(tmp_path: Path, backend: type) -> None:
    keyring.set_keyring(backend())
    keychain = Keychain(tmp_path)
    assert keychain.put("a", SECRET) == f"the file {tmp_path / 'keys.json'}"
    keychain.put("b", "other")
    assert (keychain.get("a"), keychain.get("b"), keychain.get("c")) == (SECRET, "other", None)
    assert keychain.remove("a") and not keychain.remove("a") and keychain.get("a") is None and keychain.get("b")
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["keys.json"]


def test_what_a_file_kept_moves_to_the_keyring_when_it_is_set_anew(tmp_path: Path) -> None:
    keychain = Keychain(tmp_path)
    keychain.put("a", "old")
    memory = Memory()
    keyring.set_keyring(memory)
    assert keychain.get("a") == "old"
    keychain.put("a", SECRET)
    assert keychain.get("a") == SECRET and json.loads((tmp_path / "keys.json").read_text()) == {}


@pytest.mark.parametrize("error", [KeyringLocked(), InitError(), KeyringError("says sk-fake-0123456789")])
def test_a_keyring_that_does_not_answer_is_an_error_and_nothing_goes_into_a_file(
    tmp_path: Path, error: Exception
) -> None:
    keyring.set_keyring(Memory(error))
    keychain = Keychain(tmp_path)
    for work in (lambda: keychain.get("a"), lambda: keychain.put("a", SECRET), lambda: keychain.remove("a")):
        with pytest.raises(UserError) as caught:
            work()
        assert caught.value.code is Exit.CONFIG and SECRET not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", ["{", "[]", '"sk-fake-0123456789"', "\udcff"])
def test_a_damaged_file_is_told_and_not_quoted(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys.json").write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(StorageError, match=r"keys\.json cannot be read") as caught:
        Keychain(tmp_path).get("a")
    assert SECRET not in str(caught.value) and caught.value.__suppress_context__


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"keys\.json cannot be written"):
        Keychain(tmp_path / "missing").put("a", SECRET)


def test_it_shows_nothing_of_what_it_keeps(tmp_path: Path) -> None:
    keychain = Keychain(tmp_path)
    keychain.put("a", SECRET)
    assert repr(keychain) == "<Keychain>"
