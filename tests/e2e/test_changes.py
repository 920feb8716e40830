"""Who was turned away, and who has changed what: rows of the audit trail that quote nobody."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.audit.figures import figures
from app.audit.page import html
from app.errors import Exit
from app.store.access import Scope
from app.store.audit_chain import Verdict
from app.store.audit_reading import EVER, AuditReader
from tests.commands import run_here
from tests.e2e.conftest import EMAIL, NAME, PHONE, launched
from tests.fakes import FakeUpstream

Row = dict[str, Any]
Capture = pytest.CaptureFixture[str]
QUICK = {"ner": False, "names": False}
#: What an attacker says of themselves.
MARKER = "zq-marker-zq"


def rows(root: Path, *kinds: str) -> list[Row]:
    return list(AuditReader(root / "audit.sqlite3").of(kinds=kinds))


def told(root: Path) -> list[tuple[str, str, int]]:
    return [(row["by"], row["what"], row["count"]) for row in rows(root, "change")]


async def test_each_way_to_be_turned_away_is_told(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with launched(tmp_path, upstream, **QUICK) as running, aiohttp.ClientSession() as http:
        await running.protected()
        chat, manage = f"{running.origin}/v1/chat/completions?{MARKER}", f"{running.origin}/api/v1/sessions/{MARKER}"
        asked: list[tuple[str, dict[str, str]]] = [
            (chat, {"Host": f"{MARKER}.example"}),
            (chat, {"Origin": f"https://{MARKER}.example"}),
            (manage, {"Origin": f"https://{MARKER}.example"}),
            (manage, {}),
            (manage, {"X-Anonamoose-Token": MARKER}),
            (chat, {"Authorization": "Bearer anon-" + "z" * 43, "User-Agent": MARKER}),
            (chat, {"X-Key": "anon-" + "z" * 43, "User-Agent": MARKER}),
        ]
        for url, headers in asked * 3:
            async with http.post(url, headers=headers, json={"model": MARKER}) as response:
                assert response.status in (401, 403, 421)
        with socket.create_connection(("127.0.0.1", running.port)) as raw:
            raw.sendall(f"GET /{MARKER} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n".encode())
            assert await asyncio.to_thread(raw.recv, 4096)
    assert not upstream.received
    sums: dict[tuple[str, str], int] = {}
    for row in rows(tmp_path, "refusal"):
        assert row.keys() == {"number", "time", "kind", "code", "area", "count"}
        key = row["code"], row["area"]
        sums[key] = sums.get(key, 0) + row["count"]
    assert sums == {
        ("foreign_host", "provider"): 3,
        ("foreign_origin", "provider"): 3,
        ("foreign_origin", "management"): 3,
        ("token_required", "management"): 6,
        ("unknown_local_key", "provider"): 3,
        ("key_astray", "provider"): 3,
        ("unreadable_request", "unknown"): 1,
    }
    assert len(rows(tmp_path, "refusal")) == 13  # the first of each, and one for those that followed
    assert not rows(tmp_path, "exchange")
    reader = AuditReader(tmp_path / "audit.sqlite3")
    report = html(figures(reader, EVER, Verdict(1, 1, 1)))
    assert "<td>foreign_origin</td><td>6</td>" in report
    assert MARKER not in report and MARKER not in json.dumps(list(reader.of()))


async def test_what_is_outside_of_a_known_keys_scope_is_told_with_its_label(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with launched(tmp_path, upstream, **QUICK) as running, aiohttp.ClientSession() as http:
        await running.protected()
        key = await running.app.access.add("codex", Scope(upstreams=("anthropic",)))
        async with http.post(
            f"{running.origin}/v1/chat/completions", headers={"Authorization": f"Bearer {key}"}, json={}
        ) as response:
            assert response.status == 403
    (row,) = rows(tmp_path, "exchange")
    assert (row["client"], row["code"]) == ("codex", "outside_scope")
    assert told(tmp_path) == [("app", "local-key-added", 1)]


async def test_what_the_api_and_the_app_change_is_told(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with launched(tmp_path, upstream, **QUICK) as running, aiohttp.ClientSession() as http:
        await running.protected()
        token = "anon_" + "t" * 43
        await running.app.access.accept(token)
        await running.app.access.accept(token)  # nothing new
        http.headers["X-Anonamoose-Token"] = token
        api = f"{running.origin}/api/v1"
        for name in ("a", "b", "c"):
            async with http.post(f"{api}/redact", json={"text": "To x@example.com", "sessionId": name}) as response:
                assert response.status == 200
        async with http.delete(f"{api}/sessions/a") as response:
            assert response.status == 200
        async with http.delete(f"{api}/sessions") as response:
            assert (await response.json())["deletedCount"] == 2
        async with http.delete(f"{api}/sessions") as response:
            assert (await response.json())["deletedCount"] == 0
        async with http.put(f"{api}/settings", json={"settings": {"system-note": True}}) as response:
            assert response.status == 200
        async with http.post(f"{api}/dictionary", json={"entries": [{"term": NAME}]}) as response:
            assert response.status == 200
    assert told(tmp_path) == [
        ("app", "access-token", 1),
        ("api", "session-deleted", 1),
        ("api", "session-deleted", 2),
    ]
    assert [(row["by"], row["name"]) for row in rows(tmp_path, "setting")] == [("api", "system-note")]
    assert [(row["by"], row["changed"]) for row in rows(tmp_path, "dictionary")] == [("api", 1)]
    assert NAME not in json.dumps(rows(tmp_path))


def test_what_commands_change_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    def run(*arguments: str, given: str = "") -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        assert run_here(*arguments, "--data-dir", str(tmp_path)) == 0
        return capfd.readouterr().out

    run("token", "show")
    run("token", "rotate")
    run("local-key", "add", "codex")
    run("local-key", "revoke", "codex")
    run("key", "set", "openai", given="sk-fake-value")
    run("key", "remove", "openai")
    run("session", "set", "mine", "preset=coding")
    run("session", "clear", "mine")
    run("dictionary", "add", NAME)
    run("dictionary", "remove", NAME)
    run("redact", "--session", "mine", "--no-ner", given="To x@example.com")
    run("purge", "--session", "mine")
    run("rotate")
    assert told(tmp_path) == [
        ("command", what, 1)
        for what in (
            "access-token",
            "access-token",
            "local-key-added",
            "local-key-revoked",
            "provider-key-set",
            "provider-key-removed",
            "session-options",
            "session-options",
            "session-deleted",
            "vault-key",
        )
    ]
    said = [(row["by"], row["terms"], row["changed"], row["removed"]) for row in rows(tmp_path, "dictionary")]
    assert said == [("command", 1, 1, 0), ("command", 0, 0, 1)]
    assert not any(word in json.dumps(rows(tmp_path)) for word in (NAME, "sk-fake", "codex", "mine"))
    assert "intact" in run("audit", "verify")
    run("panic", "--yes")
    assert [(row["kind"], row["by"]) for row in rows(tmp_path)] == [("cleared", "command")]
    assert "intact" in run("audit", "verify")


async def test_what_a_command_changes_while_the_app_runs_is_told_once(tmp_path: Path, upstream: FakeUpstream) -> None:
    async with launched(tmp_path, upstream, **QUICK) as running:
        await running.protected()
        more = "--data-dir", tmp_path
        assert await asyncio.to_thread(run_here, "dictionary", "add", NAME, *more) == 0
        await running.until(lambda: len(running.app.terms) == 1)
        assert await asyncio.to_thread(run_here, "settings", "set", "preset=strict", "system-note=on", *more) == 0
        await running.until(lambda: running.app.settings.current.preset == "strict")
        assert running.app.settings.current.system_note
        assert await asyncio.to_thread(run_here, "settings", "reset", "system-note", *more) == 0
        await running.until(lambda: not running.app.settings.current.system_note)
    assert [(row["by"], row["changed"]) for row in rows(tmp_path, "dictionary")] == [("command", 1)]
    said = [(row["by"], row["name"], row["to"]) for row in rows(tmp_path, "setting")]
    assert said == [
        ("command", "preset", "strict"),
        ("command", "system-note", True),
        ("command", "system-note", False),
    ]


async def test_forgetting_everything_by_a_command_is_told_by_the_running_app(
    tmp_path: Path, upstream: FakeUpstream
) -> None:
    async with launched(tmp_path, upstream, **QUICK) as running:
        await running.protected()
        assert await asyncio.to_thread(run_here, "panic", "--yes", "--data-dir", tmp_path) == 0
    assert [(row["kind"], row.get("by")) for row in rows(tmp_path)] == [("cleared", "command"), ("stopped", None)]


def test_what_is_kept_is_told_without_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture) -> None:
    def run(*arguments: str, given: str = "", status: int = 0) -> str:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        assert run_here(*arguments, "--data-dir", str(tmp_path)) == status
        return capfd.readouterr().out

    assert run("session", "all") == ""
    run("redact", "--session", "mine", "--no-ner", given=f"To {EMAIL} and {PHONE}")
    (line,) = run("session", "all").splitlines()
    assert line.split("\t")[:2] == ["mine", "2"]
    shown = run("session", "show", "mine")
    assert shown.count("[EMAIL_") == 1 and shown.count("[PHONE_") == 1
    assert json.loads(run("storage", "--json"))["kept"]["entry"] == 2
    assert "2\tplaceholders" in run("storage")
    run("session", "delete", "mine")
    assert run("session", "all") == ""
    run("session", "show", "mine", status=Exit.USAGE)
    (row,) = map(json.loads, run("audit", "list", "--kind", "change").splitlines())
    assert (row["what"], row["by"]) == ("session-deleted", "command")
    assert "\nport\t3000\tdefault\n" in "\n" + run("settings", "list")
    assert run("settings", "set", "audit-days=90", "system-note=on") == (
        "audit-days\t90\tstored\nsystem-note\ton\tstored\n"
    )
    run("settings", "set", "audit-days=30", "preset=wrong", status=Exit.CONFIG)
    run("settings", "set", "audit-days", status=Exit.USAGE)
    run("settings", "get", "no-such", status=Exit.USAGE)
    assert run("settings", "get", "audit-days") == "audit-days\t90\tstored\n"
    assert run("settings", "reset", "audit-days") == "audit-days\t365\tdefault\n"
