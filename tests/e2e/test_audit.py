"""The audit trail of the real app: what it says of exchanges however they end, and what it never holds."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from html import unescape
from pathlib import Path
from typing import Any

import aiohttp
import anthropic
import openai
import pytest
import pytest_asyncio

from app.audit import export, page
from app.audit.figures import figures
from app.credentials import master_key
from app.events import ExchangeFinished
from app.pipeline.terms import Term
from app.state import Protection
from app.store.access import new_token
from app.store.audit_chain import Verdict
from app.store.audit_reading import EVER, AuditReader
from app.store.database import Database
from app.store.sealing import Seal
from tests import answers
from tests.commands import run_here
from tests.e2e import test_sockets as sockets
from tests.e2e.conftest import CANARIES, EMAIL, NAME, PROSE, Running, assert_hidden, launched
from tests.fake_socket import FakeSocket
from tests.fakes import FakeUpstream, Received, Reply
from tests.files import PNG, data_url

Row = dict[str, Any]
Told = Callable[[int], Awaitable[list[Row]]]
SESSION = "priya.raman-at-example"
CHAT = "/v1/chat/completions"
#: For an app of a test's own: nothing that takes long to load.
QUICK = {"ner": False, "names": False}


def reader(running: Running) -> AuditReader:
    return AuditReader(running.app.settings.paths.audit)


async def ended(running: Running, count: int) -> None:
    await running.until(lambda: sum(isinstance(event, ExchangeFinished) for event in running.events) >= count)
    await running.app.trail.flush()


@pytest_asyncio.fixture(loop_scope="session")
async def told(running: Running) -> Told:
    """Waits for that many exchanges to end, and tells what the trail says of them."""
    await running.app.trail.flush()
    latest = reader(running).recent(1)
    last = latest[0]["number"] if latest else 0

    async def rows(count: int) -> list[Row]:
        await ended(running, count)
        found = [row for row in reader(running).of(kinds=["exchange"]) if row["number"] > last]
        assert len(found) == count
        return found

    return rows


def chat(text: object, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": text}], **more}


async def test_openais_client(running: Running, gpt: openai.AsyncOpenAI, told: Told) -> None:
    client = gpt.with_options(default_headers={"x-anonamoose-session": SESSION, "x-anonamoose-locale": "AU"})
    await client.chat.completions.create(model="gpt-4o-mini", messages=[{"role": "user", "content": PROSE}])
    (row,) = await told(1)
    (exchange,) = running.app.exchanges
    assert (row["client"], row["method"], row["endpoint"]) == ("AsyncOpenAI", "POST", CHAT)
    assert (row["provider"], row["upstream"], row["model"]) == ("openai", "", "gpt-4o-mini")
    assert (row["outcome"], row["status"], row["code"], row["sent"], row["read"]) == ("done", 200, "", "yes", "all")
    assert (row["in"], row["out"]) == (exchange.request_bytes, exchange.response_bytes)
    assert row["values"] == exchange.redactions == sum(span[4] for span in row["spans"])
    assert {span[0] for span in row["spans"]} == set(exchange.entities)
    assert {span[3] for span in row["spans"]} == {"replace"}
    assert all(0 < span[2] <= 1 for span in row["spans"])
    assert row["policy"]["preset"] == "balanced" and row["policy"]["locale"] == ["AU"]
    assert row["added_ms"] > 0 and row["upstream_ms"] > 0
    assert re.fullmatch("[0-9a-f]{16}", row["session"]) and row["session"] != exchange.session
    assert re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", row["time"])


async def test_anthropics_client_streams_and_goes_on_in_its_session(
    running: Running, upstream: FakeUpstream, claude: anthropic.AsyncAnthropic, told: Told
) -> None:
    upstream.answer = lambda _: answers.stream(answers.encode(answers.message_events("Dear you.")))
    said: list[anthropic.types.MessageParam] = [{"role": "user", "content": PROSE}]
    for _ in range(2):
        async with claude.messages.stream(model="claude-sonnet-latest", max_tokens=9, messages=said) as stream:
            await stream.get_final_message()
        said += [{"role": "assistant", "content": "Dear you."}, {"role": "user", "content": "Go on."}]
    first, second = await told(2)
    assert (first["client"], first["model"], first["stream"]) == ("AsyncAnthropic", "claude-sonnet-latest", True)
    assert first["session"] == second["session"]
    assert {span[1] for span in second["spans"]} == {"memo"} != {span[1] for span in first["spans"]}


async def test_refused_passed_partly_read_and_unknown(
    running: Running, http: aiohttp.ClientSession, told: Told, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")
    picture = [{"type": "image_url", "image_url": {"url": data_url("image/png", PNG)}}]
    asked: list[tuple[str, Any, dict[str, str]]] = [
        (CHAT, chat(PROSE), {"operators": "EMAIL_ADDRESS=block"}),
        (CHAT, chat(PROSE), {"redact": "false"}),
        (CHAT, chat(picture), {}),
        (f"/v1/{EMAIL}/of?who={NAME}", {"a": "b"}, {}),
        (CHAT, chat(PROSE), {"operators": "EMAIL_ADDRESS=mask"}),
        (CHAT, chat(PROSE), {"nonsense": NAME}),
    ]
    for path, body, options in asked:
        headers = {f"x-anonamoose-{name}": value for name, value in options.items()}
        async with http.post(running.origin + path, json=body, headers=headers) as got:
            await got.read()
    blocked, passed, pictured, unknown, masked, invalid = await told(6)
    assert (blocked["outcome"], blocked["code"], blocked["sent"]) == ("refused", "entity_blocked", "no")
    assert [(span[0], span[3], span[4]) for span in blocked["spans"]] == [("EMAIL_ADDRESS", "block", 1)]
    assert (passed["outcome"], passed["read"], passed["why"]) == ("passed", "unread", "asked")
    assert (pictured["read"], pictured["attached"]) == ("part", {"image": 1})
    assert (unknown["endpoint"], unknown["read"]) == ("other", "all")
    assert [span[3] for span in masked["spans"] if span[0] == "EMAIL_ADDRESS"] == ["mask"]
    assert (invalid["code"], invalid["policy"], invalid["spans"]) == ("unknown_option", {}, [])


async def test_a_client_that_goes_away_and_a_provider_that_does(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, told: Told
) -> None:
    async def never(received: Received) -> Reply:
        await received.gone.wait()
        return Reply()

    upstream.answer = never
    asking = asyncio.create_task(http.post(running.origin + CHAT, json=chat(PROSE)))
    await upstream.arrived()
    asking.cancel()
    await ended(running, 1)
    wire = answers.encode(answers.chat_events("Dear you."))
    upstream.answer = lambda _: Reply(headers=answers.SSE, chunks=[wire[:60]], ending="cut")
    async with http.post(running.origin + CHAT, json=chat(PROSE, stream=True)) as got:
        await got.read()
    gone, broken = await told(2)
    assert (gone["outcome"], gone["sent"], gone["status"]) == ("aborted", "yes", 0)
    assert (broken["outcome"], broken["code"]) == ("failed", "upstream_broke_off")


async def test_each_turn_of_a_socket(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, told: Told
) -> None:
    upstream.answer = FakeSocket(sockets.echo)
    async with sockets.connected(http, running) as socket:
        await sockets.asked(socket, sockets.create(PROSE))
        await sockets.asked(socket, sockets.create("Nothing."))
        await socket.send_str("{")
        await sockets.until(socket, "error")
    first, second, broken = await told(3)
    assert (first["method"], first["endpoint"], first["outcome"], first["read"]) == (
        "WS",
        "/v1/responses",
        "done",
        "all",
    )
    assert first["values"] > 0 == second["values"] and first["upstream_ms"] > 0
    assert (broken["code"], broken["sent"]) == ("unreadable_frame", "no")


def disguises(value: str) -> set[bytes]:
    """`value` as it might stand in a file."""
    plain = {value, value.lower(), value.upper(), value.replace(" ", "")}
    found = {text.encode() for text in plain} | {text.encode("utf-16-le") for text in plain}
    found |= {text.encode().hex().encode() for text in plain}
    for text in plain:
        for shift in range(3):
            code = base64.b64encode(b" " * shift + text.encode())
            found.add(code[4 if shift else 0 : -4])
    return {spelling for spelling in found if len(spelling) > 5}


async def test_no_value_is_anywhere_in_it(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    told: Told,
    plain_is_meant: set[str],
) -> None:
    plain_is_meant.add("upstream")  # in a header, a path and the name of a model, which are the client's own affair
    upstream.answer = lambda _: answers.body(answers.chat(f"Dear {NAME}, {EMAIL}."))
    name, quoted = NAME.replace(" ", "."), NAME.replace(" ", "%20")
    headers = {"User-Agent": f"{name}/1.0 ({EMAIL})", "x-anonamoose-session": name, "x-who": NAME, "Cookie": EMAIL}
    for path in (CHAT, f"/s/{name}{CHAT}", f"/v1/{quoted}", f"/v1/responses/{name}", f"/v1/files/{quoted}/content"):
        body = {**chat(" ".join(CANARIES)), "model": f"gpt-4o-{name}", "user": EMAIL, NAME: EMAIL}
        async with http.post(running.origin + path + f"?who={quoted}", json=body, headers=headers) as got:
            await got.read()
    rows = await told(5)
    assert {row["client"][:6] for row in rows} == {"other#"}
    assert {row["model"][:7] for row in rows if row["model"]} == {"gpt-4o…"}
    found = reader(running)
    written = "".join(line for format in ("jsonl", "csv") for line in export.lines(found.of(), format))
    written += page.html(figures(found, EVER, Verdict(1, 1, 1)))
    raw = written.encode() + b"".join(p.read_bytes() for p in running.app.settings.paths.root.glob("audit*"))
    for number, canary in enumerate((*CANARIES, name, quoted, SESSION)):
        for spelling in disguises(canary):
            if spelling in raw:
                pytest.fail(f"canary {number} was found in the trail")
    assert_hidden(raw, "the trail")


async def test_settings_terms_and_the_start_are_told_without_their_words(
    upstream: FakeUpstream, tmp_path: Path
) -> None:
    async with launched(tmp_path, upstream, **QUICK) as running:
        app = running.app
        app.settings.set("upstreams", f"{NAME.split()[0]}=https://example.com")
        app.settings.set("when-off", "refuse")
        (id,) = await app.terms.add([Term(NAME)])
        await app.terms.remove([id])
        app.settings.set("audit", False)
        app.settings.set("when-off", "pass")
        app.settings.set("audit", True)
    rows = list(reader(running).of(kinds=["started", "setting", "dictionary", "stopped"]))
    assert rows[0]["kind"] == "started" and rows[0]["terms"] == 0 and "ner" in rows[0]["settings"]
    assert rows[0]["policy"]["layers"] == ["dictionary", "secrets", "patterns"]
    said = [(row["name"], row.get("to")) for row in rows if row["kind"] == "setting"]
    assert said == [("upstreams", None), ("when-off", "refuse"), ("audit", False), ("audit", True)]
    terms = [(row["terms"], row["changed"], row["removed"]) for row in rows if row["kind"] == "dictionary"]
    assert terms == [(1, 1, 0), (0, 0, 1)]
    assert rows[-1]["kind"] == "stopped"
    assert_hidden(repr(rows), "the trail")
    assert NAME.split()[0] not in repr(rows)


async def test_required_and_not_to_be_written_it_lets_nothing_out(
    upstream: FakeUpstream, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    (tmp_path / "audit.sqlite3").mkdir()
    async with launched(tmp_path, upstream, audit_required=True, **QUICK) as running:
        async with http.post(running.origin + CHAT, json=chat("Hello.")) as got:
            assert got.status == 403 and (await got.json())["error"]["code"] == "audit_unavailable"
        assert not upstream.received
        assert running.app.state.protection is Protection.BROKEN and running.app.health()["audit"] == "failing"
        (tmp_path / "audit.sqlite3").rmdir()
        async with http.post(running.origin + CHAT, json=chat("Hello.")) as got:
            assert got.status == 200
        assert running.app.state.protection is not Protection.BROKEN and running.app.health()["audit"] == "on"
        await ended(running, 2)
        opened, refused, sent = reader(running).of(kinds=["opened", "exchange"])
    assert opened["number"] < sent["number"] and opened["exchange"] == sent["exchange"]
    assert (refused["code"], sent["outcome"]) == ("audit_unavailable", "done")


async def test_not_required_and_not_to_be_written_it_warns_and_makes_up_for_it(
    upstream: FakeUpstream, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    (tmp_path / "audit.sqlite3").mkdir()
    async with launched(tmp_path, upstream, **QUICK) as running:
        async with http.post(running.origin + CHAT, json=chat("Hello.")) as got:
            assert got.status == 200
        await ended(running, 1)
        assert running.app.state.audit and running.app.state.protection is not Protection.BROKEN
        (tmp_path / "audit.sqlite3").rmdir()
        await running.app.trail.flush()
        assert not running.app.state.audit
        kinds = [row["kind"] for row in reader(running).of()]
    assert kinds.count("exchange") == 1 and kinds[0] == "started"


def cells(text: str, heading: str) -> dict[str, str]:
    """The first two columns of the table under `heading`."""
    section = text.split(f"<h2>{heading}</h2>", 1)[1].split("<h2>", 1)[0]
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td>", section)
    return {unescape(name): unescape(value) for name, value in rows}


async def test_the_report_says_what_happened(
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    tmp_path: Path,
    plain_is_meant: set[str],
    capfd: pytest.CaptureFixture[str],
) -> None:
    plain_is_meant.add("upstream")
    root, out = tmp_path / "data", tmp_path / "report.html"
    async with launched(root, upstream, **QUICK) as running:
        for options in ({}, {"operators": "EMAIL_ADDRESS=block"}, {"redact": "false"}, {}):
            headers = {f"x-anonamoose-{name}": value for name, value in options.items()}
            body = chat(f"Mail {EMAIL}.")
            async with http.post(running.origin + CHAT, json=body, headers=headers) as got:
                await got.read()
        running.app.settings.set("when-off", "refuse")
        await ended(running, 4)
        exchanges = list(running.app.exchanges)

    def command(*arguments: object) -> int:
        return run_here("audit", *arguments, "--data-dir", root)

    assert await asyncio.to_thread(command, "report", "--output", out) == 0
    text = out.read_text(encoding="utf-8")
    assert "http" not in text and "<script" not in text and "@page" in text
    assert f"{sum(e.redactions for e in exchanges) + 1:,}" == cells(text, "In all")["values dealt with in requests"]
    assert cells(text, "In all")["exchanges"] == "4"
    assert cells(text, "Values by entity") == {"EMAIL_ADDRESS": "3"}
    assert cells(text, "What was done with them") == {"replace": "2", "block": "1"}
    assert cells(text, "Refused and failed") == {"entity_blocked": "1"}
    coverage = cells(text, "Coverage")
    assert (coverage["sent on"], coverage["of these, read in full"], coverage["sent unread"]) == ("3", "2", "1")
    assert coverage["refused by Anonamoose"] == "1" and "66.7%" in text
    assert "when-off; to refuse" in text.replace("name ", "") and "none was changed" in text
    assert_hidden(text, "the report")

    assert await asyncio.to_thread(command, "verify") == 0
    assert "intact" in capfd.readouterr().out
    assert await asyncio.to_thread(command, "export", "--format", "csv", "--output", out) == 0
    assert len(out.read_text(encoding="utf-8").splitlines()) == len(list(AuditReader(root / "audit.sqlite3").of())) + 1
    assert await asyncio.to_thread(command, "report", "--to", "2020-01-01", "--output", out) == 0
    assert cells(out.read_text(encoding="utf-8"), "In all")["exchanges"] == "0"
    assert await asyncio.to_thread(command, "export", "--from", "yesterday") == 2
    break_row(root, 2)
    assert await asyncio.to_thread(command, "verify") == 65
    assert "broken at row 2" in capfd.readouterr().err


def break_row(root: Path, number: int) -> None:
    """Changes a row as somebody would who may write the file."""
    with closing(sqlite3.connect(root / "audit.sqlite3")) as connection:
        connection.execute("DROP TRIGGER entry_changed")
        connection.execute("UPDATE entry SET said = '{}' WHERE number = ?", (number,))
        connection.commit()


async def test_it_is_intact_after_all_that(running: Running) -> None:
    await running.app.trail.flush()
    paths = running.app.settings.paths
    vault = Database(paths.database)
    try:
        verdict = reader(running).verify(vault, Seal(master_key(paths.key).key))
    finally:
        vault.close()
    assert verdict.is_intact and verdict.rows


async def test_the_last_days_as_command_and_as_operation(
    running: Running, http: aiohttp.ClientSession, told: Told, capfd: pytest.CaptureFixture[str]
) -> None:
    async with http.post(running.origin + CHAT, json=chat(PROSE), headers={"User-Agent": "insomnia/1.0"}) as response:
        assert response.status == 200
    (row,) = await told(1)
    folder = running.app.settings.paths.root
    capfd.readouterr()
    assert run_here("stats", "--format", "json", "--days", "2", "--data-dir", folder) == 0
    printed = json.loads(capfd.readouterr().out)
    assert printed["tools"]["insomnia"] == 1
    assert printed["values"] >= row["values"] > 0 and len(printed["days"]) == 2
    assert run_here("stats", "--data-dir", folder) == 0
    assert "Values by entity" in capfd.readouterr().out
    token = new_token()
    await running.app.access.accept(token)
    headers = {"X-Anonamoose-Token": token}
    async with http.get(running.origin + "/api/v1/stats/history?days=2", headers=headers) as response:
        assert response.status == 200
        assert await response.json() == printed
