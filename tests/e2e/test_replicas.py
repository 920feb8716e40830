"""Several replicas, each a process of its own, that share their sessions in a real Redis or Valkey."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from app.credentials import PASSWORD_VARIABLE, VARIABLE
from tests import answers
from tests.e2e.conftest import EMAIL, NAME, PHONE, PROSE, assert_hidden
from tests.e2e.dialects import GPT
from tests.e2e.test_command_line import Serving, run, serving
from tests.e2e.test_vault import SESSION, post, refusal
from tests.fakes import FakeUpstream, Received, Reply
from tests.responses_answers import item, response
from tests.stores import PASSWORD, StoreServer, files

pytest.importorskip("redis", reason="The client of Redis is not installed: pip install anonamoose[redis]")

ENVIRON = {VARIABLE: base64.b64encode(b"k" * 32).decode(), PASSWORD_VARIABLE: PASSWORD}


FLAGS = "--placeholders", "ordinal"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    with StoreServer(tmp_path_factory.mktemp("store")) as running:
        yield running


def started(store: StoreServer, upstream: FakeUpstream, folder: Path) -> AbstractAsyncContextManager[Serving]:
    """A replica with a data folder of its own."""
    return serving(folder, upstream, "--vault-url", store.url, *FLAGS, environ=ENVIRON)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def replicas(
    store: StoreServer, _upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[list[Serving]]:
    async with AsyncExitStack() as stack:
        starts = (started(store, _upstream, tmp_path_factory.mktemp("replica")) for _ in range(3))
        yield list(await asyncio.gather(*map(stack.enter_async_context, starts)))


@pytest.fixture(autouse=True)
def _repeated(upstream: FakeUpstream) -> None:
    upstream.answer = repeat


def repeat(received: Received) -> Reply:
    """Says what it was told last."""
    return answers.body(answers.chat(received.json()["messages"][-1]["content"]))


def person(number: int) -> str:
    return f"person.{number}@example.com"


async def test_one_value_has_one_placeholder_whoever_hides_it(
    replicas: list[Serving], upstream: FakeUpstream, http: aiohttp.ClientSession, store: StoreServer
) -> None:
    texts = [f"Write to {person(number)} and {person(number + 1)}." for number in range(8)]
    asked = [(replica, text) for text in texts for replica in replicas]
    answered = await asyncio.gather(*(post(http, one.origin, text, session="parallel") for one, text in asked))
    for (_, text), answer in zip(asked, answered, strict=True):
        assert answer["choices"][0]["message"]["content"] == text, "each gets its own values back"
    # Ordinal ones, so that each replica would have taken the next number for its own.
    sent = {tuple(re.findall(rb"\[EMAIL_\d+\]", one.body)) for one in upstream.received}
    assert len(upstream.received) == len(asked) and len(sent) == len(texts)
    assert len({token for pair in sent for token in pair}) == len(texts) + 1
    assert b"person." not in upstream.wire and b"person." not in files(store.folder)


async def test_a_conversation_goes_on_at_any_replica(
    replicas: list[Serving], upstream: FakeUpstream, http: aiohttp.ClientSession, store: StoreServer
) -> None:
    first = await post(http, replicas[0].origin)
    said = first["choices"][0]["message"]
    sent = json.loads(upstream.last.body)["messages"]
    talk = [*GPT.body(PROSE)["messages"], said, {"role": "user", "content": f"And {NAME}?"}]
    await replicas[0].says("restored")
    await post(http, replicas[1].origin, messages=talk)
    again = json.loads(upstream.last.body)["messages"]
    assert again[0] == sent[0], "what was sent is sent again"
    assert set(upstream.last.placeholders) <= {*upstream.received[0].placeholders}
    assert_hidden(files(store.folder), "the files of the store")


async def test_what_a_provider_keeps_is_known_to_all(
    replicas: list[Serving], upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def ask(replica: Serving, **more: Any) -> Any:
        async with http.post(f"{replica.origin}/v1/responses", json={"model": "fake", **more}) as got:
            assert got.status == 200
            return await got.json()

    upstream.answer = lambda _: answers.body(response([item("message", 0, "Hello.")], id="resp_1"))
    await ask(replicas[0], input=f"I am {EMAIL}.")
    (token,) = re.findall(rb"\[EMAIL_\d+\]", upstream.last.body)
    upstream.answer = lambda _: answers.body(response([item("message", 0, f"You are {token.decode()}.")], id="resp_2"))
    answer = await ask(replicas[1], input="Who am I?", previous_response_id="resp_1")
    assert EMAIL in json.dumps(answer)


async def test_a_replica_that_is_killed_amid_a_stream_takes_nothing_with_it(
    replicas: list[Serving], upstream: FakeUpstream, http: aiohttp.ClientSession, store: StoreServer, tmp_path: Path
) -> None:
    gate = asyncio.Event()
    upstream.answer = lambda _: answers.halting(answers.chat_events("Wait for it. " * 20), gate, after=9)
    body = GPT.body(f"Mail {person(99)} and {EMAIL}.", stream=True)
    async with (
        started(store, upstream, tmp_path) as replica,
        http.post(replica.origin + GPT.path, json=body, headers={SESSION: "killed"}) as got,
    ):
        await got.content.readany()
        tokens = re.findall(rb"\[EMAIL_\d+\]", upstream.last.body)
        replica.process.kill()
        with pytest.raises(aiohttp.ClientError):
            await got.read()
    gate.set()
    upstream.answer = repeat
    answer = await post(http, replicas[1].origin, f"Did you mail {EMAIL}?", session="killed")
    assert EMAIL in json.dumps(answer) and tokens[1] in upstream.last.body


async def test_while_the_store_is_gone_nothing_is_sent_and_then_all_goes_on(
    replicas: list[Serving], upstream: FakeUpstream, http: aiohttp.ClientSession, store: StoreServer
) -> None:
    await post(http, replicas[0].origin, f"Mail {EMAIL}.", session="gone")
    (token,) = re.findall(rb"\[EMAIL_\d+\]", upstream.last.body)
    store.stop(kill=True)
    for replica in replicas:
        answer = await post(http, replica.origin, f"Mail {EMAIL} and {PHONE}.", session="gone", status=503)
        assert refusal(answer) == "vault_unavailable" and "nothing was sent" in json.dumps(answer).lower()
        assert PASSWORD not in json.dumps(answer)
    assert len(upstream.received) == 1
    store.start()
    for replica in replicas:
        answer = await post(http, replica.origin, f"Mail {EMAIL} and {PHONE}.", session="gone")
        assert EMAIL in json.dumps(answer) and PHONE in json.dumps(answer) and token in upstream.last.body


async def test_commands_work_on_what_is_shared(store: StoreServer, tmp_path: Path) -> None:
    def told(number: int, *arguments: str, input: bytes = b"") -> bytes:
        environ = {**ENVIRON, "ANONAMOOSE_DATA_DIR": str(tmp_path / f"{number}"), "ANONAMOOSE_VAULT_URL": store.url}
        done = run(*arguments, input=input, environ=environ)
        assert PASSWORD.encode() not in done.stdout + done.stderr
        return done.stdout + done.stderr

    text = f"Mail {EMAIL}.".encode()
    redacted = told(0, "redact", "-", "--session", "talk", "--no-ner", input=text)
    assert EMAIL.encode() not in redacted
    assert told(1, "restore", "-", "--session", "talk", input=redacted) == text
    assert b"cannot be replaced" in told(1, "rotate")
    told(1, "session", "set", "talk", "locale=AU")
    assert b'locale="AU"' in told(0, "session", "list")
    assert b"1 session deleted" in told(1, "purge", "--session", "talk")
    assert EMAIL.encode() not in told(0, "restore", "-", "--session", "talk", input=redacted)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("redis://:secret@127.0.0.1:1", b"ANONAMOOSE_VAULT_PASSWORD"),
        ("https://example.com", b"It must be a URL"),
        ("redis://127.0.0.1:1", b"does not do as it is asked"),
    ],
)
def test_what_leads_nowhere_is_told_at_the_start(tmp_path: Path, url: str, said: bytes) -> None:
    done = run("serve", "--data-dir", tmp_path, "--port", "0", "--no-ner", "--vault-url", url, environ=ENVIRON)
    assert done.returncode and said in done.stderr and b"secret" not in done.stderr
