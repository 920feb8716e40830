"""What users copy has to be right: every snippet reads as what it is, and leads to the app."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import tomllib

import pytest

from app.clients import CLIENTS, ORIGIN, Client, Snippet, client_called, client_named, client_of
from app.clients.environment import command, environment, started_by
from app.proxy.route import route
from app.running_app import origin
from app.settings import Settings

ELSEWHERE = "http://localhost:3055"
SNIPPETS = [pytest.param(s, id=f"{c.id}-{i}") for c in CLIENTS for i, s in enumerate(c.snippets)]


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_is_of_its_language(snippet: Snippet) -> None:
    text = snippet.at(ELSEWHERE)
    match snippet.language:
        case "python":
            ast.parse(text)
        case "json":
            json.loads(text)
        case "toml":
            tomllib.loads(text)
        case "sh":
            shell = shutil.which("sh")
            assert shell is None or subprocess.run([shell, "-n"], input=text, text=True, check=False).returncode == 0
        case "js":
            _check_script(text)
        case "yaml":
            assert all(re.fullmatch(r" *(?:- )?[\w-]+:(?: \S.*)?| *- \S+", line) for line in text.splitlines())


def _check_script(text: str) -> None:
    node = shutil.which("node")
    if node:  # reads it, runs nothing
        done = subprocess.run([node, "--input-type=module", "--check"], input=text, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_a_snippet_leads_to_the_app_wherever_that_is(snippet: Snippet) -> None:
    text = snippet.at(ELSEWHERE)
    assert ELSEWHERE in text or "anonamoose run --" in text
    assert ":3000" not in text


def test_tools_have_names_of_their_own_and_say_what_they_cover() -> None:
    assert len({client.id for client in CLIENTS}) == len({client.name for client in CLIENTS}) == len(CLIENTS)
    for client in CLIENTS:
        assert re.fullmatch(r"[a-z0-9-]+", client.id)
        assert client.covers.endswith(".") and (not client.limits or client.limits.endswith("."))
        assert client.snippets or "cannot be protected" in client.covers


@pytest.mark.parametrize(
    ("agent", "id"),
    [
        ("claude-cli/2.1.197 (external, cli)", "claude-code"),
        ("OpenAI/Python 3.54.0", "openai-python"),
        ("AsyncOpenAI/Python", "openai-python"),
        ("OpenAI/JS 6.49.0", "openai-node"),
        ("Anthropic/Python 2.12.0", "anthropic"),
        ("codex_cli_rs/0.169.0 (Debian 12)", "codex"),
        ("codex_exec/0.169.0", "codex"),
        ("ollama-python/0.6.3", "ollama"),
        ("curl/8.5.0", None),
        ("", None),
    ],
)
def test_a_tool_is_known_by_its_user_agent(agent: str, id: str | None) -> None:
    found = client_of(agent)
    assert (found.id if found else None) == id


def test_no_two_tools_claim_one_user_agent() -> None:
    for client in CLIENTS:
        for agent in client.agents:
            assert [other.id for other in CLIENTS if other.sends(agent)] == [client.id]


def test_a_name_is_found_in_any_case() -> None:
    assert client_named("Claude-Code") is client_named("claude-code") is not None
    assert client_named("nobody") is None


@pytest.mark.parametrize(
    ("program", "id"),
    [
        ("claude", "claude-code"),
        ("/usr/local/bin/claude", "claude-code"),
        ("Claude.EXE", "claude-code"),
        ("codex.cmd", "codex"),
        ("claude.py", None),
        ("python3.11", None),
    ],
)
def test_a_program_is_known_by_its_name(program: str, id: str | None) -> None:
    client: Client | None = started_by(program)
    assert (client.id if client else None) == id


def test_a_program_gets_base_urls_and_keeps_what_else_it_has() -> None:
    own = {"HOME": "/home/jo", "OPENAI_BASE_URL": "https://api.openai.com/v1", "NO_PROXY": "intranet, localhost"}
    given = environment("python3", f"{ELSEWHERE}/s/work", own)
    assert given["HOME"] == "/home/jo"
    assert given["OPENAI_BASE_URL"] == f"{ELSEWHERE}/s/work/v1"
    assert given["ANTHROPIC_BASE_URL"] == f"{ELSEWHERE}/s/work"
    assert given["NO_PROXY"] == "intranet,localhost,127.0.0.1,::1"
    assert "COPILOT_PROVIDER_TYPE" not in given
    assert environment("copilot", ELSEWHERE, {})["COPILOT_PROVIDER_BASE_URL"] == f"{ELSEWHERE}/v1"


def test_codex_hears_it_as_an_argument_before_its_own() -> None:
    whole = command(["codex", "exec", "hello"], ELSEWHERE)
    assert whole == ["codex", "-c", f'openai_base_url="{ELSEWHERE}/v1"', "exec", "hello"]
    assert command(["claude", "-p", "hello"], ELSEWHERE) == ["claude", "-p", "hello"]


@pytest.mark.parametrize(
    ("variable", "path", "provider"),
    [
        ("OPENAI_BASE_URL", "/chat/completions", "openai"),
        ("ANTHROPIC_BASE_URL", "/v1/messages", "anthropic"),
        ("GOOGLE_GEMINI_BASE_URL", "/v1beta/models/gemini-3:generateContent", "gemini"),
        ("OLLAMA_HOST", "/api/chat", "ollama"),
    ],
)
def test_every_variable_leads_to_its_provider(variable: str, path: str, provider: str) -> None:
    base = environment("python3", ORIGIN, {})[variable]
    found = route("POST", (base + path).removeprefix(ORIGIN), {})
    assert found is not None and found.provider.name == provider and found.endpoint is not None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", "http://localhost:3000"),
        ("127.0.0.1", "http://127.0.0.1:3000"),
        ("0.0.0.0", "http://localhost:3000"),
        ("::1", "http://[::1]:3000"),
    ],
)
def test_the_app_is_reached_where_it_listens(host: str, expected: str) -> None:
    assert origin(Settings(host=host)) == expected


@pytest.mark.parametrize(
    ("label", "id"),
    [
        ("aider", "aider"),
        ("Aider-laptop", "aider"),
        ("claude-code", "claude-code"),
        ("Claude_Code.work", "claude-code"),
        ("claude", "claude-code"),
        ("openai-for-python", "openai-python"),
        ("aiders", None),
        ("my-aider", None),
        ("laptop", None),
        ("", None),
    ],
)
def test_a_local_key_says_whose_it_is_by_its_label(label: str, id: str | None) -> None:
    found = client_called(label)
    assert (found.id if found else None) == id


def test_no_two_tools_have_a_name_in_common() -> None:
    names = [name for client in CLIENTS for name in client.names]
    assert len(names) == len(set(names))
