"""Secrets on their way back: they stay placeholders where that is wanted, and are shown where a tool may send them."""

from __future__ import annotations

import json
from collections.abc import Iterator

import aiohttp
import pytest

from tests import answers
from tests.e2e.conftest import EMAIL, Running
from tests.fakes import FakeUpstream, Received, Reply
from tests.responses_answers import item, response

KEY = "sk-proj-Zq8Kd2Lx9Vb4Nm7Rt1Yw6Hs3Jf5Gc0Pa"
TEXT = f"Use {KEY} and write to {EMAIL}."
PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages", "responses": "/v1/responses"}
every = pytest.mark.parametrize("dialect", PATHS)
both = pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])


def body(dialect: str, streams: bool) -> dict[str, object]:
    said = {"input": TEXT} if dialect == "responses" else {"messages": [{"role": "user", "content": TEXT}]}
    return {"model": "fake", "stream": streams, **said, **({"max_tokens": 9} if dialect == "messages" else {})}


def calling(dialect: str, streams: bool, tool: str, command: str) -> answers.Data | list[answers.Data | str]:
    """An answer that calls `tool` with `command`."""
    arguments = json.dumps({"command": command})
    if dialect == "chat":
        call = ("call_1", tool, arguments)
        return answers.chat_tool_events([call]) if streams else answers.chat(None, calls=[call])
    if dialect == "messages":
        block = answers.tool_use("toolu_1", tool, {"command": command})
        return answers.message_events("I do.", block) if streams else answers.message("I do.", block)
    whole = response([{**item("function_call", 1, arguments), "name": tool}])
    return answers.response_events(whole) if streams else whole


def reply(made: answers.Data | list[answers.Data | str]) -> Reply:
    return answers.body(made) if isinstance(made, dict) else answers.stream(answers.encode(made))


async def ask(
    http: aiohttp.ClientSession, running: Running, dialect: str, streams: bool, status: int = 200, **headers: str
) -> str:
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.post(running.origin + PATHS[dialect], json=body(dialect, streams), headers=asked) as got:
        assert got.status == status
        return (await got.read()).decode()


def tokens(received: Received) -> tuple[str, str]:
    """The placeholders of the key and of the address."""
    key, address = received.placeholders
    return (key, address) if key.startswith("[API_KEY") else (address, key)


@pytest.fixture
def withheld(running: Running) -> Iterator[None]:
    running.app.settings.set("restore-secrets", False)
    yield
    running.app.settings.set("restore-secrets", True)


def joined(wire: str) -> str:
    """What the client can make of a stream: all strings in it, one behind the other."""
    found: list[str] = []

    def walk(tree: object) -> None:
        if isinstance(tree, str):
            found.append(tree)
        elif isinstance(tree, dict | list):
            for inner in tree.values() if isinstance(tree, dict) else tree:
                walk(inner)

    for line in wire.splitlines():
        data = line.removeprefix("data: ")
        if data.startswith("{"):
            walk(json.loads(data))
    return "".join(piece for piece in found if piece not in ("input_json_delta", "content_block_delta"))


@every
@both
async def test_secrets_stay_placeholders_and_the_rest_comes_back(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, withheld: None, dialect: str, streams: bool
) -> None:
    def answer(received: Received) -> Reply:
        key, address = tokens(received)
        return reply(calling(dialect, streams, "run", f"login {key} {address}"))

    upstream.answer = answer
    wire = await ask(http, running, dialect, streams)
    assert KEY not in joined(wire) + wire and EMAIL.split("@")[0] in joined(wire)
    key, _ = tokens(upstream.last)
    if not streams:
        assert f"login {key} {EMAIL}" in wire
    (exchange,) = running.app.exchanges
    assert exchange.exposed == () and exchange.got.count(KEY) == 0


async def test_a_placeholder_that_stayed_goes_out_again_as_it_was(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, withheld: None
) -> None:
    upstream.answer = lambda received: answers.body(answers.chat(f"I use {tokens(received)[0]}."))
    wire = await ask(http, running, "chat", False)
    said = json.loads(wire)["choices"][0]["message"]["content"]
    talk = [{"role": "user", "content": TEXT}, {"role": "assistant", "content": said}]
    talk.append({"role": "user", "content": "Go on."})
    async with http.post(running.origin + PATHS["chat"], json={"model": "fake", "messages": talk}) as got:
        assert got.status == 200
    assert upstream.last.json()["messages"][1]["content"] == said


async def test_one_request_may_keep_its_own(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda received: answers.body(answers.chat(f"I use {tokens(received)[0]}."))
    assert KEY in await ask(http, running, "chat", False)
    assert KEY not in await ask(http, running, "chat", False, x_anonamoose_restore_secrets="no")


async def test_where_clients_may_only_ask_for_more_they_cannot_have_them_back(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, withheld: None
) -> None:
    running.app.settings.set("client-policy", "stricter")
    try:
        wire = await ask(http, running, "chat", False, 403, x_anonamoose_restore_secrets="yes")
        assert "policy_locked" in wire and not upstream.received
    finally:
        running.app.settings.set("client-policy", "any")


@every
@both
@pytest.mark.parametrize(
    ("tool", "command", "is_shown"),
    [
        ("fetch_page", "look at {key}", True),
        ("httpGet", "{key}", True),
        ("browser.navigate", "{key}", True),
        ("bash", "curl -H 'Authorization: Bearer {key}' api.example.com", True),
        ("run", "https://example.com/?key={key}", True),
        ("bash", "echo {key} > .env", False),
        ("write_file", "{key}", False),
        ("fetch_page", "https://example.com/ {address}", False),
    ],
)
async def test_a_secret_that_a_tool_may_send_on_is_shown(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: str,
    streams: bool,
    tool: str,
    command: str,
    is_shown: bool,
) -> None:
    def answer(received: Received) -> Reply:
        key, address = tokens(received)
        return reply(calling(dialect, streams, tool, command.format(key=key, address=address)))

    upstream.answer = answer
    await ask(http, running, dialect, streams)
    (exchange,) = running.app.exchanges
    assert exchange.exposed == (("API_KEY",) if is_shown else ())


@both
async def test_a_secret_that_is_only_said_is_not(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, streams: bool
) -> None:
    def answer(received: Received) -> Reply:
        text = f"Do: curl https://example.com/?{tokens(received)[0]}"
        return reply(answers.chat_events(text) if streams else answers.chat(text))

    upstream.answer = answer
    assert KEY in await ask(http, running, "chat", streams) or streams
    (exchange,) = running.app.exchanges
    assert exchange.restored == 1 and exchange.exposed == ()
