"""Commands that ask the running app: what they print, what they change in it, and what they say where they cannot."""

from __future__ import annotations

import asyncio
import io
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import aiohttp
import pytest
from pytest_asyncio import fixture

from app import __version__
from app.errors import Exit
from app.keychain import ACCESS_TOKEN, Keychain
from app.proxy.guard import VARIABLE
from app.state import Protection
from app.store.access import Scope, new_token
from tests.commands import run_here
from tests.e2e.conftest import EMAIL, NAME, PROSE, Running, assert_hidden
from tests.e2e.dialects import GPT
from tests.e2e.test_review import WORD, _reviewed, last_text, waiting
from tests.fakes import PLACEHOLDER, FakeUpstream


class Shell:
    """Types commands, of which none may end in an error."""

    def __init__(self, running: Running) -> None:
        self.where = ("--data-dir", running.app.settings.paths.root, "--host", "127.0.0.1", "--port", running.port)

    async def __call__(self, *words: object) -> str:
        status, out, err = await asyncio.to_thread(_typed, *words, *self.where)
        assert status == Exit.OK, err
        return out

    async def fails(self, *words: object, code: Exit, says: str) -> None:
        status, out, err = await asyncio.to_thread(_typed, *words, *self.where)
        assert (status, out) == (code, "") and says in err, err


def _typed(*words: object) -> tuple[int, str, str]:
    """Exit status, output and errors of a command in this process: none of them is seen by anybody else."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = run_here(*words)
    return status, out.getvalue(), err.getvalue()


@fixture(loop_scope="session")
async def shell(running: Running) -> AsyncIterator[Shell]:
    yield Shell(running)
    running.app.pause_protection(0)


async def _ask(http: aiohttp.ClientSession, running: Running, text: str) -> int:
    async with http.post(running.origin + GPT.path, json=GPT.body(text)) as got:
        await got.read()
        return got.status


async def test_pause_resume_and_status(running: Running, shell: Shell) -> None:
    assert "Protection is on: requests are redacted." in await shell("status")
    assert re.match(
        r"Protection is paused until [\d -]*\d\d:\d\d(:\d\d)?: requests leave as they are\.", await shell("pause")
    )
    assert 14 * 60 < running.app.state.paused <= 15 * 60
    await shell("pause", 60)
    assert 59 * 60 < running.app.state.paused <= 60 * 60
    assert "until the app is started again" in await shell("pause", "--until-restart")
    assert running.app.state.paused == float("inf")
    told = json.loads(await shell("status", "--json"))
    assert (told["protection"], told["paused"], told["waiting"], told["review"]) == ("off", "restart", 0, "off")
    assert (told["version"], told["newer"]) == (__version__, "")
    assert told["baseUrl"].endswith(f":{running.port}/v1") and "names" in told["layers"]
    assert "Protection is on" in await shell("resume")
    assert running.app.state.protection is Protection.ON
    assert "Protection is on" in await shell("resume")


async def test_what_is_no_pause_is_not_resumed(running: Running, shell: Shell) -> None:
    running.app.settings.set("protection", False)
    try:
        await shell.fails("resume", code=Exit.USAGE, says="Protection is off, which is no pause.")
        await shell.fails("pause", code=Exit.USAGE, says="Protection is off, which is no pause.")
        assert "Protection is off: requests leave as they are." in await shell("status")
    finally:
        running.app.settings.set("protection", True)
    await shell.fails("pause", 5000, code=Exit.USAGE, says="A pause lasts at most 1666 minutes.")


async def test_a_request_is_looked_at_changed_and_sent(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, shell: Shell, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")
    async with _reviewed(running):
        asking = asyncio.ensure_future(_ask(http, running, f"{PROSE} Mind the {WORD}, the {WORD}."))
        item = await waiting(running)
        (line,) = (await shell("review", "list")).splitlines()
        assert line.split("\t")[0] == str(item.id)
        assert "1 waiting" in await shell("status")
        shown = await shell("review", "show", item.id)
        assert_hidden(shown, "what review show prints")
        found = {at: row.split() for row in shown.splitlines() if (at := row[:4].strip()).isdigit()}
        person = next(number for number, row in found.items() if row[2] == "PERSON")
        assert NAME in await shell("review", "show", item.id, "--originals")
        hide = ("review", "hide", item.id)
        await shell.fails(*hide, "no such words", code=Exit.USAGE, says="does not stand in what is new")
        await shell.fails(*hide, WORD, "--off", 99, code=Exit.USAGE, says="no number 99")
        await shell.fails("review", "send", item.id, "--as-is", code=Exit.USAGE, says="review-as-is")
        assert not asking.done()
        assert await shell(*hide, WORD, "--off", person) == "Sent.\n"
        assert await asking == 200
        sent = last_text(upstream)
        assert NAME in sent and EMAIL not in sent and WORD not in sent
        await shell.fails("review", "send", item.id, code=Exit.NO_INPUT, says="There is no such request in review.")


async def test_a_request_is_sent_as_it_was_redacted_or_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, shell: Shell
) -> None:
    async with _reviewed(running):
        asking = asyncio.ensure_future(_ask(http, running, PROSE))
        await shell("review", "send", (await waiting(running)).id)
        assert await asking == 200
        asking = asyncio.ensure_future(_ask(http, running, PROSE))
        assert "nothing was sent" in await shell("review", "refuse", (await waiting(running)).id)
        assert await asking == 403
        assert await shell("review", "list") == ""
    assert len(upstream.received) == 1


async def test_exchanges_are_listed_shown_and_forgotten(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, shell: Shell
) -> None:
    assert await _ask(http, running, PROSE) == 200
    assert await _ask(http, running, "Mind the kettle.") == 200
    first, second = [exchange.id for exchange in running.app.exchanges]
    listed = (await shell("exchanges", "list")).splitlines()
    assert [line.split("\t")[0] for line in listed] == [f"{second}", f"{first}"]
    searched = ("--search", "WRITE TO [PERSON")
    chosen: tuple[object, ...]
    for chosen in (searched, ("--type", "person"), ("--limit", 9, "--type", "EMAIL_ADDRESS")):
        assert (await shell("exchanges", "list", *chosen)).split("\t")[0] == str(first)
    for chosen in (("--search", NAME), ("--tool", "nobody"), ("--session", "none"), ("--outcome", "refused")):
        assert await shell("exchanges", "list", *chosen) == ""  # what did not leave is not searched
    shown = await shell("exchanges", "show", first)
    assert_hidden(shown, "what exchanges show prints")
    assert PLACEHOLDER.search(shown) and "(sent)" in shown and "(came back)" in shown
    told = json.loads(await shell("exchanges", "show", first, "--originals", "--json"))
    assert told["texts"][0]["original"] == PROSE
    assert NAME in [span["original"] for span in told["texts"][0]["spans"]]
    for span in told["texts"][0]["spans"]:
        assert told["texts"][0]["redacted"][span["start"] : span["end"]] == span["tokenized"]
    await shell.fails("exchanges", "show", 999_999, code=Exit.NO_INPUT, says="There is no such exchange.")
    await shell("exchanges", "forget")
    assert not [one for one in running.app.exchanges if one.id in (first, second)]


async def test_originals_are_not_shown_where_the_settings_forbid_it(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, shell: Shell
) -> None:
    async with _reviewed(running, show_originals=False):
        asking = asyncio.ensure_future(_ask(http, running, PROSE))
        item = await waiting(running)
        for noun in ("review", "exchanges"):
            says = "Originals are not shown. See the setting show-originals."
            await shell.fails(noun, "show", item.id, "--originals", code=Exit.USAGE, says=says)
        assert_hidden(await shell("exchanges", "show", item.id), "what exchanges show prints")
        await shell("review", "send", item.id)
        assert await asking == 200


def latest(running: Running) -> int:
    """The id of the latest exchange."""
    return max((one.id for one in running.app.tally.latest), default=0)


@pytest.mark.parametrize("sent", [{"User-Agent": "claude-cli/2.1"}, {"User-Agent": "node", "label": "Claude_Code"}])
async def test_connecting_waits_for_the_tools_own_request(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, shell: Shell, sent: dict[str, str]
) -> None:
    headers = {"User-Agent": sent["User-Agent"]}
    if label := sent.get("label"):
        headers["Authorization"] = f"Bearer {await running.app.access.add(label, Scope())}"
        running.app.provider_keys.put("openai", "sk-provider", upstream.origin)
    looked = latest(running)
    asking = asyncio.ensure_future(shell("connect", "claude-code", "--wait"))
    try:
        while not asking.done():  # the one that comes before it looks for the first time does not count
            for more in ({"User-Agent": "other/1"}, headers):
                async with http.post(running.origin + GPT.path, json=GPT.body(PROSE), headers=more) as got:
                    assert got.status == 200, await got.text()
        said = await asking
    finally:
        if label:
            await running.app.access.revoke(label)
            running.app.provider_keys.remove("openai")
    assert latest(running) > looked
    assert re.match(rf"A request of {label or 'claude-cli/2.1'} has arrived\. \d values hidden\.", said)


@pytest.mark.parametrize(
    "words", [("status",), ("pause",), ("resume",), ("review", "list"), ("exchanges", "list")], ids=" ".join
)
def test_where_no_app_runs(tmp_path: Path, words: tuple[str, ...]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        port = taken.getsockname()[1]
        status, out, err = _typed(*words, "--data-dir", tmp_path, "--host", "127.0.0.1", "--port", port)
    assert (status, out) == (Exit.UNAVAILABLE, "")
    assert f"Anonamoose does not answer at http://127.0.0.1:{port}." in err
    assert not Keychain(tmp_path).get(ACCESS_TOKEN)


async def test_whoever_else_answers_is_not_told_the_token(running: Running, tmp_path: Path) -> None:
    Keychain(tmp_path).put(ACCESS_TOKEN, new_token())
    shell = Shell(running)
    shell.where = ("--data-dir", tmp_path, *shell.where[2:])
    await shell.fails("status", code=Exit.UNAVAILABLE, says="does not run with the data folder")
    assert not (tmp_path / "vault.sqlite3").exists()


async def test_a_token_that_is_not_taken(running: Running, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, new_token())
    await shell.fails("status", code=Exit.CONFIG, says="does not take the access token")
    monkeypatch.delenv(VARIABLE)
    running.app.keychain.put(ACCESS_TOKEN, new_token())  # which the vault does not know
    assert "Protection is on" in await shell("status")
