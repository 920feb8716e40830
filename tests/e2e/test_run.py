"""`anonamoose run`: a program that knows nothing of the app talks through it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import Exit
from tests import answers
from tests.commands import run_here
from tests.e2e.conftest import EMAIL, NAME, PROSE, Running
from tests.e2e.test_command_line import _CLI, _ENVIRON
from tests.fakes import PATIENCE, FakeUpstream

#: Programs as their users have them: nothing in them names the app.
_GPT = """
import sys
from openai import OpenAI
said = OpenAI(api_key="k").chat.completions.create(model="gpt", messages=[{"role": "user", "content": sys.argv[1]}])
print(said.choices[0].message.content)
sys.exit(7)
"""
_CLAUDE = """
import sys
from anthropic import Anthropic
turn = {"role": "user", "content": sys.argv[1]}
print(Anthropic(api_key="k").messages.create(model="claude", max_tokens=9, messages=[turn]).content[0].text)
sys.exit(7)
"""


async def _run(*arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *_CLI, "run", *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_ENVIRON
    )
    async with asyncio.timeout(PATIENCE):
        said, told = await process.communicate()
    return process.returncode or 0, said.decode(), told.decode()


@pytest.mark.parametrize("program", [_GPT, _CLAUDE], ids=["openai", "anthropic"])
async def test_a_program_that_knows_nothing_of_it_is_protected(
    running: Running, upstream: FakeUpstream, program: str
) -> None:
    where = ("--host", "127.0.0.1", "--port", str(running.port))
    status, said, told = await _run(*where, "--session", "wrapped", "--", sys.executable, "-c", program, PROSE)
    assert (status, NAME in said, EMAIL in said) == (7, True, True), told
    assert upstream.only.placeholders
    assert next(e for e in reversed([*running.app.exchanges])).session == "wrapped"


async def test_nothing_is_started_where_no_app_is(unused_tcp_port: int, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    status, _, told = await _run("--port", str(unused_tcp_port), "--", "touch", str(mark))
    assert status == Exit.UNAVAILABLE and not mark.exists()
    assert f"does not answer at http://localhost:{unused_tcp_port}" in told


async def test_nothing_is_started_while_protection_is_off(running: Running, tmp_path: Path) -> None:
    mark = tmp_path / "started"
    await running.app.set_protection(False)
    try:
        where = ("--host", "127.0.0.1", "--port", str(running.port))
        status, _, told = await _run(*where, "--", "touch", str(mark))
    finally:
        await running.app.set_protection(True)
    assert status == Exit.UNAVAILABLE and not mark.exists()
    assert "Protection is off" in told


async def test_a_stranger_on_the_port_is_not_the_app(upstream: FakeUpstream, tmp_path: Path) -> None:
    upstream.answer = lambda _: answers.body({"status": "ok"})
    mark = tmp_path / "started"
    port = upstream.origin.rpartition(":")[2]
    status, _, _ = await _run("--host", "127.0.0.1", "--port", port, "--", "touch", str(mark))
    assert status == Exit.UNAVAILABLE and not mark.exists()


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("run",), Exit.USAGE),
        (("run", "--"), Exit.USAGE),
        (("run", "--session", "no/name", "--", "true"), Exit.USAGE),
        (("connect", "nobody"), Exit.USAGE),
    ],
)
def test_what_cannot_be_understood_is_said(
    arguments: tuple[str, ...], status: Exit, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_here(*_in(tmp_path, arguments)) == status
    assert capfd.readouterr().err.startswith("anonamoose: ")


def test_a_card_is_printed_for_the_port_that_is_set(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_here("connect", "--port", "3055", "--data-dir", tmp_path, "openai-python") == Exit.OK
    assert 'OpenAI(base_url="http://localhost:3055/v1")' in capfd.readouterr().out
    assert run_here("connect", "--json", "--data-dir", tmp_path) == Exit.OK
    cards = json.loads(capfd.readouterr().out)
    assert {"claude-code", "cursor"} <= {card["id"] for card in cards}


def _in(folder: Path, arguments: tuple[str, ...]) -> tuple[str, ...]:
    return (arguments[0], "--data-dir", str(folder), *arguments[1:])
