"""Token and keys in a real keyring: kept there, locked, gone."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.credentials import master_key
from app.errors import Exit, UserError
from app.keychain import ACCESS_TOKEN, Keychain
from app.provider_keys import ProviderKeys
from tests.commands import run_here
from tests.secret_service import LEAKY, SecretService

KEY = "sk-example-0123456789"
URL = "https://api.example.com/v1"


@pytest.fixture
def service(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[SecretService]:
    for name in [name for name in os.environ if name.startswith("ANONA")]:
        monkeypatch.delenv(name)
    with SecretService(tmp_path_factory.mktemp("home"), monkeypatch) as service:
        yield service


def uses(folder: Path) -> list[Callable[[], object]]:
    """Everything that is ever asked of a keyring."""
    keychain = Keychain(folder)
    keys = ProviderKeys(keychain)
    return [
        lambda: keychain.get(ACCESS_TOKEN),
        lambda: keychain.put(ACCESS_TOKEN, "another"),
        lambda: keychain.remove(ACCESS_TOKEN),
        lambda: keys.get("openai"),
        lambda: keys.put("openai", KEY, URL),
        lambda: keys.confirm("openai", URL),
        lambda: keys.remove("openai"),
        lambda: master_key(folder / "vault.key", {}),
    ]


def test_it_keeps_token_keys_and_vault_key_apart_and_lets_them_go(tmp_path: Path, service: SecretService) -> None:
    keychain = Keychain(tmp_path)
    keys = ProviderKeys(keychain)
    assert keychain.put(ACCESS_TOKEN, "anon_token") == "the system keyring"
    assert keys.put("openai", KEY, URL) == "the system keyring"
    vault = master_key(tmp_path / "vault.key", {})
    assert keychain.get(ACCESS_TOKEN) == "anon_token" and master_key(tmp_path / "vault.key", {}) == vault
    kept = keys.get("openai")
    assert kept is not None and kept.secret == KEY and kept.is_for(URL)
    keychain.put(ACCESS_TOKEN, "anon_other")
    assert keychain.get(ACCESS_TOKEN) == "anon_other"
    assert keys.remove("openai") and keys.get("openai") is None and not keys.remove("openai")
    assert keychain.get(ACCESS_TOKEN) == "anon_other" and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("trouble", ["lock", "die"])
@LEAKY
def test_what_it_does_not_give_is_told_and_goes_nowhere_else(
    tmp_path: Path, service: SecretService, trouble: str
) -> None:
    for use in uses(tmp_path)[:2]:
        use()
    getattr(service, trouble)()
    for use in uses(tmp_path):
        with pytest.raises(UserError, match="is locked" if trouble == "lock" else "does not answer") as caught:
            use()
        assert caught.value.code is Exit.CONFIG and caught.value.hint and KEY not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("trouble", ["lock", "die"])
@LEAKY
def test_commands_say_it_in_a_sentence(
    tmp_path: Path,
    service: SecretService,
    trouble: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ANONAMOOSE_VAULT_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))
    commands = (("key", "set", "openai"), ("key", "list"), ("token", "show"))
    for command in commands:
        assert run_here(*command, "--data-dir", tmp_path) == Exit.OK
    said = capsys.readouterr()
    assert "kept in the system keyring" in said.err and KEY not in said.out + said.err
    getattr(service, trouble)()
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))
    for command in (*commands, ("key", "remove", "openai"), ("token", "rotate")):
        assert run_here(*command, "--data-dir", tmp_path) == Exit.CONFIG, command
        said = capsys.readouterr()
        assert said.out == "" and "Traceback" not in said.err and KEY not in said.err
        assert ("The system keyring is locked." if trouble == "lock" else "does not answer") in said.err
    assert not (tmp_path / "keys.json").exists()


def test_an_app_that_cannot_open_its_vault_says_why(tmp_path: Path, service: SecretService) -> None:
    assert run_here("token", "show", "--data-dir", tmp_path) == Exit.OK
    service.lock()
    program = "from app.cli import main; raise SystemExit(main())"
    ended = subprocess.run(
        [sys.executable, "-c", program, "serve", "--data-dir", str(tmp_path), "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == Exit.CONFIG
    assert ended.stderr.strip().splitlines()[-2:] == [
        "anonamoose: The system keyring is locked.",
        "anonamoose: Unlock it and start Anonamoose again.",
    ]
