"""Several replicas, each a process of its own, that share their sessions in a real Redis or Valkey."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from app.credentials import NEXT_VARIABLE, PASSWORD_VARIABLE, VARIABLE
from tests import answers
from tests.e2e.conftest import EMAIL, NAME, PHONE, PROSE, assert_hidden
from tests.e2e.dialects import GPT
from tests.e2e.test_command_line import Serving, run, serving
from tests.e2e.test_vault import SESSION, post, refusal
from tests.fakes import PATIENCE, FakeUpstream, Received, Reply
from tests.responses_answers import item, response
from tests.stores import PASSWORD, StoreServer, files

pytest.importorskip("redis", reason="The client of Redis is not installed: pip install anonamoose[redis]")

ENVIRON = {VARIABLE: base64.b64encode(b"k" * 32).decode(), PASSWORD_VARIABLE: PASSWORD}
NEXT = base64.b64encode(b"n" * 32).decode()
HEALTH = Path(__file__).parents[2] / "packaging" / "docker" / "health.py"

FLAGS = "--placeholders", "ordinal"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreServer]:
    with StoreServer(tmp_path_factory.mktemp("store")) as running:
        yield running


def started(
    store: StoreServer, upstream: FakeUpstream, folder: Path, **environ: str
) -> AbstractAsyncContextManager[Serving]:
    """A replica with a data folder of its own."""
    return serving(folder, upstream, "--vault-url", store.url, *FLAGS, environ=ENVIRON | environ)


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


async def ready(http: aiohttp.ClientSession, replica: Serving, status: int) -> Any:
    """What /ready answers as soon as it answers with that status."""
    async with asyncio.timeout(PATIENCE):
        while True:
            async with http.get(f"{replica.origin}/ready") as got:
                if got.status == status:
                    return await got.json()
            await asyncio.sleep(0.05)


async def healthy(replica: Serving, *flags: str) -> bool:
    """What its container would say of it."""
    environ = {"ANONAMOOSE_PORT": replica.origin.rpartition(":")[2]}
    asked = await asyncio.create_subprocess_exec(sys.executable, "-I", HEALTH, *flags, env=environ, stderr=DEVNULL)
    return await asked.wait() == 0


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
    for replica in replicas:
        assert await ready(http, replica, 503) == {"ready": False, "protection": "broken", "vault": "gone"}
        async with http.get(f"{replica.origin}/health") as got:  # it lives, and another would do no better
            assert got.status == 200 and "does not do as it is asked" in (await got.json())["reason"]
        assert [await healthy(replica, *flags) for flags in ((), ("--ready",))] == [True, False]
    store.start()
    for replica in replicas:
        assert (await ready(http, replica, 200))["vault"] == "ok" and await healthy(replica, "--ready")
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
    told(1, "session", "set", "talk", "locale=AU")
    assert b'locale="AU"' in told(0, "session", "list")
    assert b"1 session deleted" in told(1, "purge", "--session", "talk")
    assert EMAIL.encode() not in told(0, "restore", "-", "--session", "talk", input=redacted)


async def test_the_key_is_replaced_while_replicas_run(
    upstream: FakeUpstream, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    folders = [tmp_path / name for name in ("one", "other", "blind")]
    text = f"Mail {EMAIL}."
    with StoreServer(tmp_path) as store:
        known = {NEXT_VARIABLE: NEXT}
        async with (
            started(store, upstream, folders[0], **known) as one,
            started(store, upstream, folders[1], **known) as other,
            started(store, upstream, folders[2]) as blind,
        ):
            for replica in (one, other, blind):
                await post(http, replica.origin, text, session="talk")
            sent = upstream.last.body
            environ = ENVIRON | known | {"ANONAMOOSE_DATA_DIR": str(folders[0]), "ANONAMOOSE_VAULT_URL": store.url}
            done = await asyncio.to_thread(run, "rotate", environ=environ)
            assert done.returncode == 0 and b"has a new key" in done.stderr
            for replica in (one, other):
                assert EMAIL in json.dumps(await post(http, replica.origin, text, session="talk"))
                assert upstream.last.body == sent
            count = len(upstream.received)
            answer = await post(http, blind.origin, text, session="talk", status=503)
            assert refusal(answer) == "vault_unavailable" and "sealed with another key" in json.dumps(answer)
            assert len(upstream.received) == count
            assert (await ready(http, blind, 503))["vault"] == "gone"
            await other.says("the vault has a new key")
        # From now on the new key alone is given, also to the folder in which nobody has asked for it.
        for folder in folders[:2]:
            async with started(store, upstream, folder, **{VARIABLE: NEXT}) as again:
                await post(http, again.origin, text, session="talk")
                assert upstream.last.body == sent


async def test_after_everything_is_forgotten_it_goes_on(
    upstream: FakeUpstream, http: aiohttp.ClientSession, tmp_path: Path
) -> None:
    """By a command while a replica runs, and by one while none does; each time the vault gets another key."""
    keys = [ENVIRON[VARIABLE], NEXT, base64.b64encode(b"o" * 32).decode()]
    folder, text = tmp_path / "one", f"Mail {EMAIL}."
    where = {**ENVIRON, "ANONAMOOSE_DATA_DIR": str(folder)}
    with StoreServer(tmp_path) as store:
        where["ANONAMOOSE_VAULT_URL"] = store.url

        async def told(*arguments: str, **keys: str) -> bytes:
            done = await asyncio.to_thread(run, *arguments, environ=where | keys)
            assert done.returncode == 0, done.stderr
            return done.stdout + done.stderr

        async with started(store, upstream, folder, **{NEXT_VARIABLE: NEXT}) as replica:
            await post(http, replica.origin, text, session="before")
            refused = await asyncio.to_thread(run, "panic", "--yes", environ=where)
            assert refused.returncode and NEXT_VARIABLE.encode() in refused.stderr
            assert b"before" in await told("session", "all"), "and nothing is gone"
            assert b"is forgotten" in await told("panic", "--yes", **{NEXT_VARIABLE: NEXT})
            assert EMAIL in json.dumps(await post(http, replica.origin, text, session="after"))
        known = await told("session", "all", **{VARIABLE: keys[1]})
        assert b"after" in known and b"before" not in known
        await told("panic", "--yes", **{VARIABLE: keys[1], NEXT_VARIABLE: keys[2]})
        assert b"after" not in await told("session", "all", **{VARIABLE: keys[2]})
        async with started(store, upstream, folder, **{VARIABLE: keys[2]}) as again:
            assert EMAIL in json.dumps(await post(http, again.origin, text, session="again"))


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
