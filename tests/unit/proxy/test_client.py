from __future__ import annotations

import pytest

from app.proxy.client import ANYBODY, Client
from app.proxy.controls import controls, named
from app.proxy.refusal import Refusal
from app.settings import Settings

LIMITED = Client("codex", "key:codex:*")


@pytest.mark.parametrize(
    ("session", "asked", "found"),
    [
        ("key:codex:*", "", ""),
        ("key:codex:*", "a", "key:codex:a"),
        ("key:codex:*", "key:codex:a", "key:codex:a"),
        ("key:codex:*", "key:other:a", "key:codex:key:other:a"),
        ("key:codex:*", "key:codex", "key:codex:key:codex"),
        ("team-*", "team-a", "team-a"),
        ("team-*", "a", "team-a"),
        ("work", "", "work"),
        ("work", "work", "work"),
    ],
)
def test_a_local_key_has_sessions_of_its_own(session: str, asked: str, found: str) -> None:
    assert Client("codex", session).place(asked) == found


@pytest.mark.parametrize(
    ("client", "asked"),
    [
        (Client("codex", "work"), "other"),
        (Client("codex", "work"), "work2"),
        (Client("codex", "work"), "key:codex:a"),
        (ANYBODY, "key:codex:a"),
        (ANYBODY, "key:"),
        (LIMITED, "x" * 128),
    ],
)
def test_a_session_of_somebody_else_is_refused(client: Client, asked: str) -> None:
    with pytest.raises(Refusal) as caught:
        named({"x-anonamoose-session": asked}, {}, client)
    assert caught.value.status in (400, 403)


def test_without_a_local_key_sessions_are_called_what_they_are_called() -> None:
    assert [ANYBODY.place(name) for name in ("", "a", "monkey:a", "KEY:a")] == ["", "a", "monkey:a", "KEY:a"]
    assert ANYBODY.space == "" and LIMITED.space == "key:codex:" and Client("a", "work").space == ""


def test_what_holds_for_a_key_holds_and_may_only_be_tightened() -> None:
    client = Client("codex", "work", {"images": "block", "operators": "PERSON=mask"})
    settings = Settings()
    assert controls({}, settings, client=client).policy.images == "block"
    assert controls({"x-anonamoose-audio": "block"}, settings, client=client).policy.audio == "block"
    for header in ({"x-anonamoose-images": "allow"}, {"x-anonamoose-redact": "off"}, {"x-anonamoose-ner": "off"}):
        with pytest.raises(Refusal) as caught:
            controls(header, settings, client=client)
        assert caught.value.code == "policy_locked"
        assert controls(header, settings)


def test_the_token_is_no_option() -> None:
    assert controls({"X-Anonamoose-Token": "anything"}, Settings()) == controls({}, Settings())
    with pytest.raises(Refusal):
        controls({}, Settings(), {"token": "anything"})


def test_a_providers_key_is_hidden_from_repr() -> None:
    assert "sk-fake" not in repr(Client("codex", "work", {}, "sk-fake"))
