from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest

from app import access_command
from app.arguments import parser
from app.errors import Exit, UserError
from app.settings_store import SettingsStore
from app.store.access import OURS
from tests.unit.test_credentials import Memory

Run = Callable[..., str]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def memory() -> Iterator[Memory]:
    before, made = keyring.get_keyring(), Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def run(tmp_path: Path, memory: Memory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command with `given` on its standard input; returns what it printed there where scripts read it."""

    def run(*arguments: str, given: str = "", stdin: io.StringIO | None = None) -> str:
        monkeypatch.setattr(sys, "stdin", stdin or io.StringIO(given))
        options = parser().parse_args([*arguments, "--data-dir", str(tmp_path)])
        assert access_command.run(SettingsStore(vars(options), environ={}), options) == Exit.OK
        return capsys.readouterr().out

    return run


def secrets(memory: Memory) -> dict[str, str]:
    """What is kept, but for the vault's own key."""
    return {account.rpartition(":")[0]: kept for (_, account), kept in memory.kept.items() if account[:6] != "vault:"}


def test_a_token_is_made_once_and_rotated(run: Run, memory: Memory) -> None:
    first = run("token", "show")
    assert OURS.fullmatch(first.strip()) and first.startswith("anon_")
    assert run("token", "show") == first and secrets(memory) == {"access-token": first.strip()}
    second = run("token", "rotate")
    assert second != first and run("token", "show") == second and secrets(memory) == {"access-token": second.strip()}


def test_a_providers_key_comes_from_standard_input_and_is_never_shown(run: Run, memory: Memory) -> None:
    run("key", "set", "openai", given="sk-fake-1\n")
    run("key", "set", "groq", "--upstreams", "groq=https://api.groq.com/openai", given="  gsk-fake\r\nmore")
    assert secrets(memory) == {
        "provider:openai": "sk-fake-1 https://api.openai.com",
        "provider:u/groq": "gsk-fake https://api.groq.com",
    }
    listed = run("key", "list", "--upstreams", "groq=https://api.groq.com/openai")
    assert [line.split("\t") for line in listed.splitlines()] == [
        ["openai", "set", "https://api.openai.com"],
        ["anthropic", "-"],
        ["gemini", "-"],
        ["ollama", "-"],
        ["u/groq", "set", "https://api.groq.com"],
    ]
    run("key", "set", "openai", given="sk-fake-2")
    assert secrets(memory)["provider:openai"] == "sk-fake-2 https://api.openai.com"
    run("key", "remove", "openai")
    assert secrets(memory) == {"provider:u/groq": "gsk-fake https://api.groq.com"}


def test_a_providers_key_is_asked_for_at_a_terminal(run: Run, memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("getpass.getpass", lambda prompt: "sk-fake" if prompt == "Key of anthropic: " else "")
    run("key", "set", "anthropic", stdin=Terminal())
    assert secrets(memory) == {"provider:anthropic": "sk-fake https://api.anthropic.com"}


def test_an_upstream_called_like_a_provider_has_a_key_of_its_own(run: Run, memory: Memory) -> None:
    upstreams = ("--upstreams", "openai=https://other.example.com")
    run("key", "set", "openai", *upstreams, given="one")
    run("key", "set", "u/openai", *upstreams, given="two")
    assert secrets(memory) == {
        "provider:openai": "one https://api.openai.com",
        "provider:u/openai": "two https://other.example.com",
    }


def test_where_a_key_may_be_sent_is_confirmed(run: Run, memory: Memory) -> None:
    before, after = ("--upstreams", "x=https://one.example.com/a"), ("--upstreams", "x=https://two.example.com:8443")
    run("key", "set", "x", *before, given="sk-fake")
    assert "u/x\tset\thttps://one.example.com" in run("key", "list", "--upstreams", "x=https://ONE.example.com:443/b")
    assert "u/x\tnot sent\thttps://one.example.com → https://two.example.com:8443" in run("key", "list", *after)
    run("key", "confirm", "x", *after)
    assert secrets(memory) == {"provider:u/x": "sk-fake https://two.example.com:8443"}
    run("key", "confirm", "x", "http://[::1]:9000/v1", *after)
    assert secrets(memory) == {"provider:u/x": "sk-fake http://[::1]:9000"}
    for wrong in ("ftp://a", "two.example.com", "https://user:pass@two.example.com"):
        with pytest.raises(UserError, match="no place"):
            run("key", "confirm", "x", wrong, *after)
    with pytest.raises(UserError, match="no key of openai"):
        run("key", "confirm", "openai")


@pytest.mark.parametrize("given", ["", "\n", "a b", 'a"b', "a\\b", "ä", "a\tb", "x" * 4097, "anon-" + "a" * 43])
def test_what_is_no_key_is_refused_and_not_repeated(run: Run, memory: Memory, given: str) -> None:
    with pytest.raises(UserError) as caught:
        run("key", "set", "openai", given=given)
    assert caught.value.code is Exit.USAGE and secrets(memory) == {}
    assert len(given.strip()) < 4 or given.strip() not in str(caught.value)


@pytest.mark.parametrize("name", ["", "mistral", "u/", "u/mistral", "../openai", "OpenAI"])
def test_an_unknown_provider_is_refused(run: Run, name: str) -> None:
    for action in (("key", "set", name), ("key", "remove", name), ("local-key", "add", "tool", "--provider", name)):
        with pytest.raises(UserError, match="no provider"):
            run(*action, given="sk-fake")


def test_removing_a_key_that_is_not_there_is_told(run: Run) -> None:
    with pytest.raises(UserError, match="no key of gemini"):
        run("key", "remove", "gemini")


def test_local_keys_are_made_listed_and_revoked(run: Run, memory: Memory, tmp_path: Path) -> None:
    first = run("local-key", "add", "codex", "--provider", "openai", "--session", "work:*", "--set", "preset=strict")
    second = run("local-key", "add", "any")
    over = run("local-key", "add", "over", "--days", "0.0000001")
    assert all(OURS.fullmatch(key.strip()) and key.startswith("anon-") for key in (first, second, over))
    rows = [line.split("\t") for line in run("local-key", "list").splitlines()]
    assert rows[0] == ["any", "any provider; never used"]
    assert rows[1] == ["codex", 'openai; session work:*; preset="strict"; never used']
    assert rows[2][0] == "over" and "; over since 2" in rows[2][1]
    run("local-key", "revoke", "codex")
    assert [line.split("\t")[0] for line in run("local-key", "list").splitlines()] == ["any", "over"]
    assert secrets(memory) == {}, "local keys are nowhere but with their tools"
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert not any(key.strip().encode() in stored for key in (first, second, over))


@pytest.mark.parametrize(
    "more",
    [
        ("--set", "preset=wrong"),
        ("--set", "preset"),
        ("--set", "preset="),
        ("--set", "port=1"),
        ("--set", "client-policy=any"),
        ("--days", "0"),
        ("--days", "-1"),
        ("--days", "nan"),
        ("--days", "inf"),
        ("--days", "1e9"),
        ("--session", "key:x"),
        ("--session", "a b"),
    ],
)
def test_what_a_local_key_cannot_have_is_refused_and_none_is_made(run: Run, more: tuple[str, str]) -> None:
    with pytest.raises(UserError):
        run("local-key", "add", "tool", *more)
    assert run("local-key", "list") == ""


def test_the_vault_opens_after_a_token_was_made_first(run: Run, memory: Memory, tmp_path: Path) -> None:
    """A file without a key of its own would be taken for one whose key is lost."""
    run("token", "show")
    assert [account[:6] for _, account in memory.kept] == ["vault:", "access"]
    run("token", "show")
