"""Sessions: one value is one placeholder, in every turn, across restarts, and for one client alone."""

from __future__ import annotations

import asyncio
import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import openai
import pytest

from app.credentials import master_key
from app.store.database import Database
from app.store.sealing import Seal
from app.store.vault import Vault
from tests import answers
from tests.e2e.conftest import EMAIL, NAME, PHONE, PROSE, Running, assert_hidden, hidden, launched
from tests.e2e.dialects import BOTH, CLAUDE, Dialect
from tests.fakes import PLACEHOLDER, FakeUpstream, Received, Reply

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
SESSION = "x-anonamoose-session"


def _conversation(dialect: Dialect, *turns: str) -> bytes:
    """A body whose messages come last, so that a longer conversation begins with the bytes of a shorter one."""
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(turns)]
    head = {"model": "fake", **({"max_tokens": 9} if dialect is CLAUDE else {})}
    return json.dumps({**head, "messages": messages}, ensure_ascii=False).encode()


async def _post(
    http: aiohttp.ClientSession, running: Running, dialect: Dialect, body: bytes, **headers: str
) -> tuple[str, str]:
    """The answer's text, and the session it belongs to."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    async with http.post(running.origin + dialect.path, data=body, headers=sent) as got:
        assert got.status == 200
        return dialect.text(await got.read()), got.headers[SESSION]


@both
async def test_a_longer_conversation_keeps_its_redacted_beginning_byte_for_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    turns = [f"I am {NAME}. {PROSE}"]
    sessions = set()
    for more in (f"And {EMAIL}?", f"Then call {PHONE}, or ask Zoë Bélanger in Auckland."):
        text, session = await _post(http, running, dialect, _conversation(dialect, *turns))
        sessions.add(session)
        turns += [text, more]
    _, session = await _post(http, running, dialect, _conversation(dialect, *turns))
    assert sessions == {session}  # found again by how the conversation begins
    bodies = [received.body for received in upstream.received]
    for shorter, longer in pairwise(bodies):
        assert longer.startswith(shorter.removesuffix(b"]}"))


@both
async def test_another_key_is_another_session(
    running: Running, upstream: FakeUpstream, dialect: Dialect, key: str
) -> None:
    body = _conversation(dialect, f"I am {NAME}.")
    sessions = []
    for header, value in (("Authorization", f"Bearer {key}"), ("Authorization", "Bearer b"), ("x-api-key", key)):
        async with aiohttp.ClientSession(headers={header: value}) as client:
            sessions.append((await _post(client, running, dialect, body))[1])
    assert len(set(sessions)) == 3
    tokens = [received.placeholders[0] for received in upstream.received]
    assert len(set(tokens)) > 1  # numbered under a key of each session's own


@both
async def test_one_sessions_placeholders_are_never_restored_in_anothers_answer(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    await _post(http, running, dialect, _conversation(dialect, f"I am {NAME}."), x_anonamoose_session="one")
    (theirs,) = upstream.last.placeholders

    def answer(received: Received) -> Reply:
        text = f"{theirs} met {received.placeholders[-1]}"
        return dialect.stream(text) if received.json().get("stream") else answers.body(dialect.whole(text))

    upstream.answer = answer
    for streaming in (False, True):
        body = json.loads(_conversation(dialect, f"Who is {theirs}? Mail {EMAIL}."))
        raw = json.dumps({**body, "stream": streaming}).encode()
        async with http.post(running.origin + dialect.path, data=raw, headers={SESSION: "other"}) as got:
            wire = await got.read()
        assert (dialect.streamed if streaming else dialect.text)(wire) == f"{theirs} met {EMAIL}"


@both
async def test_what_looks_like_a_placeholder_comes_back_as_it_was_written(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    named = {"x_anonamoose_session": f"literal-{dialect}"}
    await _post(http, running, dialect, _conversation(dialect, f"I am {NAME}."), **named)
    (token,) = upstream.last.placeholders
    upstream.answer = lambda r: answers.body(dialect.whole(r.json()["messages"][-1]["content"]))
    asked = f"What is {token}, and what [PERSON_1234]? I am {NAME}."
    text, _ = await _post(http, running, dialect, _conversation(dialect, asked), **named)
    assert text == asked


def _look_at_rest(folder: Path) -> None:
    files = {path.name: path for path in folder.iterdir()}
    assert {"vault.key", "vault.sqlite3"} <= set(files)
    for name, path in files.items():
        assert_hidden(path.read_bytes(), f"the file {name}")
        assert path.stat().st_mode & 0o077 == 0


@both
async def test_a_restart_keeps_every_placeholder(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    first = _conversation(dialect, PROSE)
    async with launched(tmp_path, upstream) as running:
        answer, session = await _post(http, running, dialect, first)
    _look_at_rest(tmp_path)
    async with launched(tmp_path, upstream) as running:
        again, session_again = await _post(http, running, dialect, _conversation(dialect, PROSE, answer, "Go on."))
        assert session_again == session
        assert upstream.last.body.startswith(upstream.received[0].body.removesuffix(b"]}"))
        # A session that only answers with what it learnt before the restart.
        old = upstream.received[0].placeholders[0]
        upstream.answer = lambda _: answers.body(dialect.whole(f"Dear {old}"))
        text, _ = await _post(http, running, dialect, first)
        assert text == f"Dear {NAME}"
    assert again.startswith("Noted: ")


async def test_in_fifty_requests_at_once_one_value_has_one_placeholder(
    running: Running, upstream: FakeUpstream, gpt: openai.AsyncOpenAI
) -> None:
    people = [f"person.{at}@example.com" for at in range(10)]

    async def ask(at: int) -> None:
        text = f"Number {at}: mail {people[at % 10]} and {EMAIL}, I am {NAME}."
        answer = await gpt.chat.completions.create(
            model="fake", messages=[{"role": "user", "content": text}], extra_headers={SESSION: "parallel"}
        )
        said = answer.choices[0].message.content or ""
        assert people[at % 10] in said and EMAIL in said and NAME in said
        assert not PLACEHOLDER.search(said)

    await asyncio.gather(*(ask(at) for at in range(50)))
    assert len(upstream.received) == 50
    tokens: dict[str, set[str]] = {}
    values: dict[str, set[str]] = {}
    for received in upstream.received:
        redacted = received.json()["messages"][0]["content"]
        at = int(redacted.removeprefix("Number ").partition(":")[0])
        original = f"Number {at}: mail {people[at % 10]} and {EMAIL}, I am {NAME}."
        for token, value in hidden(original, redacted).items():
            tokens.setdefault(value, set()).add(token)
            values.setdefault(token, set()).add(value)
    assert {NAME, EMAIL, *people} <= set(tokens)
    assert all(len(found) == 1 for found in (*tokens.values(), *values.values()))


@both
async def test_placeholders_are_saved_before_anything_leaves(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    """The provider looks into the vault file itself, by another connection, when the request arrives."""
    paths = running.app.settings.paths
    seen: list[dict[str, str | None]] = []

    async def look(received: Received) -> Reply:
        database = await asyncio.to_thread(Database, paths.database)
        try:
            seal = Seal(master_key(paths.key, environ={}).key)
            vault = await asyncio.to_thread(Vault, database, seal, 24)
            stored = await vault.session("saved-first")
            seen.append({token: stored.value(token) for token in received.placeholders})
        finally:
            await asyncio.to_thread(database.close)
        return answers.echo(received)

    upstream.answer = look
    texts = [f"{at}: I am {NAME}, mail number{at}@example.com." for at in range(8)]
    bodies = [_conversation(dialect, text) for text in texts]
    await asyncio.gather(*(_post(http, running, dialect, body, x_anonamoose_session="saved-first") for body in bodies))
    assert len(seen) == 8
    for found in seen:
        assert NAME in found.values() and None not in found.values() and len(found) == 2


async def test_the_two_dialects_do_not_share_a_session_by_chance(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    sessions = {(await _post(http, running, dialect, _conversation(dialect, PROSE)))[1] for dialect in BOTH}
    assert len(sessions) == 2
    named = {"x_anonamoose_session": "shared"}
    for dialect in BOTH:  # by name they do
        await _post(http, running, dialect, _conversation(dialect, PROSE), **named)
    assert upstream.received[-1].placeholders == upstream.received[-2].placeholders


@both
async def test_placeholders_a_client_was_shown_keep_their_meaning_when_it_quotes_them(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    named: Any = {"x_anonamoose_session": f"quoting-{dialect}", "x_anonamoose_hydrate": "false"}
    shown, _ = await _post(http, running, dialect, _conversation(dialect, PROSE), **named)
    first = upstream.last
    await _post(http, running, dialect, _conversation(dialect, PROSE, shown, f"Ask {NAME}."), **named)
    sent = upstream.last.json()["messages"]
    assert sent[1]["content"] == shown
    assert sent[2]["content"] == f"Ask {first.placeholders[0]}."
