"""Answers that are looked through for what the model made up: hidden from the tool, and sent back as it was."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from app.pipeline.detectors import DetectorUnavailable
from app.proxy.told import told
from app.worker import Worker
from tests import answers
from tests.e2e.conftest import NAME, PROSE, Running, launched
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.e2e.test_sockets import asked, connected, create, deltas, placeholders, response, said, until
from tests.fake_socket import FakeSocket, Peer
from tests.fakes import FakeUpstream, Received, Reply
from tests.native_talks import Contents, ContentsInArray, OllamaChat
from tests.talks import Chat, Item, Messages, Provider, Responses
from tests.talks import said as body_said

SCAN = {"x-anonamoose-scan-replies": "true"}
MAIL, IBAN = "mira.holt@example.org", "GB82 WEST 1234 5698 7654 32"
MADE_UP = f"Ask {MAIL}, or pay to {IBAN}.\n\nThat was {MAIL}, and "
TALKS: tuple[type[Provider], ...] = (Messages, Chat, Responses, Contents, ContentsInArray, OllamaChat)

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
talks = pytest.mark.parametrize("kind", TALKS)


class Inventive:
    """A provider that puts what it made up in its thoughts, its text and what it calls tools with."""

    def __init__(self, kind: type[Provider]) -> None:
        class Made(kind):  # type: ignore[valid-type,misc]
            def arguments(self, tokens: Any) -> Item:
                return {**super().arguments(tokens), "to": MAIL, "about": f"{MAIL}: {' '.join(tokens)}"}

            def reply(self, text: str, tokens: Any, before: bytes, streaming: bool) -> Reply:
                made: Reply = super().reply(MADE_UP + text, tokens, before, streaming)
                return made

        self.talk: Provider = Made()


async def _turn(
    running: Running, http: aiohttp.ClientSession, talk: Provider, items: list[Item], streaming: bool
) -> tuple[str, list[Item]]:
    async with http.post(
        running.origin + talk.target(streaming),
        data=talk.body(items, streaming),
        headers={**SCAN, "Content-Type": "application/json"},
    ) as got:
        wire = await got.read()
        assert got.status == 200, wire
    return wire.decode(), talk.heard(wire, streaming)


@talks
async def test_what_the_model_made_up_is_hidden_and_goes_back_as_it_was(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, kind: type[Provider]
) -> None:
    talk = Inventive(kind).talk
    upstream.answer = talk.answer
    items = [talk.user(PROSE)]
    for streaming in (True, False, True):
        wire, heard = await _turn(running, http, talk, items, streaming)
        kept = json.dumps(heard)
        assert MAIL not in kept and IBAN not in kept and MAIL not in wire and IBAN not in wire
        assert "[EMAIL_" in kept and "[IBAN_" in kept and NAME in kept
        items += [*heard, talk.user(f"Go on, {NAME}.")]
        assert list(running.app.exchanges)[-1].invented.keys() == {"EMAIL_ADDRESS", "IBAN_CODE"}
    first, second, third = (body_said(received.body) for received in upstream.received)
    # Whatever is signed was accepted, or the status would have been 400.
    assert second.startswith(first) and third.startswith(second)
    assert MAIL.encode() in second and IBAN.encode() in second


@both
async def test_the_answer_is_the_same_however_it_comes(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    text = f"{MADE_UP}x\n\n" + f"A long line with {MAIL} in it. " * 150 + "end"
    headers = {**SCAN, "x-anonamoose-session": "same"}
    upstream.answer = lambda r: answers.body(dialect.whole(text))
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE), headers=headers) as got:
        whole = dialect.text(await got.read())
    assert MAIL not in whole and whole.count("[EMAIL_") == 152
    for size in (1, 3, 7, 4000):
        upstream.answer = lambda r, size=size: dialect.stream(text, size)  # type: ignore[misc]
        body = dialect.body(PROSE, stream=True)
        async with http.post(running.origin + dialect.path, json=body, headers=headers) as got:
            assert dialect.streamed(await got.read()) == whole


async def test_nothing_is_hidden_where_nobody_asks(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda r: GPT.stream(MADE_UP)
    async with http.post(running.origin + GPT.path, json=GPT.body(PROSE, stream=True)) as got:
        assert GPT.streamed(await got.read()) == MADE_UP


async def test_an_answer_in_which_nothing_is_found_keeps_every_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    wire = b": hello\n\n" + answers.encode(answers.chat_events("All is well.\n\nNothing {of} it [is] here."))
    upstream.answer = lambda r: answers.stream(wire, 7)
    async with http.post(running.origin + GPT.path, json=GPT.body(PROSE, stream=True), headers=SCAN) as got:
        assert await got.read() == wire


async def test_a_paragraph_goes_out_while_the_next_one_is_written(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    go_on = asyncio.Event()
    pieces = [answers.encode([event]) for event in answers.chat_events(MADE_UP)]
    upstream.answer = lambda r: Reply(200, answers.SSE, [*pieces[:-4], go_on, *pieces[-4:]], "chunked")
    async with http.post(running.origin + GPT.path, json=GPT.body(PROSE, stream=True), headers=SCAN) as got:
        wire = b""
        while "pay to [IBAN_" not in GPT.streamed(wire):
            wire += await got.content.readany()
        assert "That was" not in GPT.streamed(wire)
        go_on.set()
        wire += await got.read()
    assert MAIL not in GPT.streamed(wire) and GPT.streamed(wire).endswith("and ")


@both
async def test_what_the_user_said_is_put_back_and_not_hidden_again(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    def answer(received: Received) -> Reply:
        return answers.body(dialect.whole(f"For {received.placeholders[0]}, who is {NAME}: {MAIL}"))

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(f"I am {NAME}."), headers=SCAN) as got:
        text = dialect.text(await got.read())
    assert text.startswith(f"For {NAME}, who is {NAME}: [EMAIL_")


@both
async def test_who_wants_placeholders_gets_what_was_made_up_as_such_too(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = lambda r: answers.body(dialect.whole(f"{r.placeholders[0]} has {MAIL}"))
    headers = {**SCAN, "x-anonamoose-hydrate": "false"}
    async with http.post(running.origin + dialect.path, json=dialect.body(f"I am {NAME}."), headers=headers) as got:
        text = dialect.text(await got.read())
    assert text.startswith("[PERSON_") and MAIL not in text and NAME not in text


@both
@pytest.mark.parametrize("streaming", [False, True])
async def test_an_entity_that_must_not_pass_ends_the_answer(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, streaming: bool
) -> None:
    text = f"First.\n\n{MADE_UP}"
    upstream.answer = lambda r: dialect.stream(text) if streaming else answers.body(dialect.whole(text))
    headers = {**SCAN, "x-anonamoose-operators": "IBAN_CODE=block"}
    body = dialect.body("Hello", stream=streaming)
    async with http.post(running.origin + dialect.path, json=body, headers=headers) as got:
        wire = await got.read()
        assert got.status == (200 if streaming else 403)
    assert IBAN.encode() not in wire and b"The answer holds 1 IBAN_CODE" in wire
    assert not streaming or dialect.streamed(wire) == "First.\n\n"
    exchange = list(running.app.exchanges)[-1]
    assert (exchange.outcome, exchange.code) == ("failed", "entity_blocked")


@both
async def test_a_mask_is_a_mask_and_what_is_kept_stays(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = lambda r: answers.body(dialect.whole(f"{MAIL} {IBAN}"))
    headers = {**SCAN, "x-anonamoose-operators": "IBAN_CODE=keep, EMAIL_ADDRESS=mask"}
    async with http.post(running.origin + dialect.path, json=dialect.body("Hello"), headers=headers) as got:
        assert dialect.text(await got.read()) == f"[EMAIL] {IBAN}"
        assert got.headers["x-anonamoose-notice"] == "1 EMAIL_ADDRESS of the model's own hidden from the tool."


@both
@pytest.mark.parametrize("streaming", [False, True])
async def test_where_detection_cannot_run_nothing_passes(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    streaming: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def broken(*_: object) -> None:
        raise DetectorUnavailable("It broke.")

    monkeypatch.setattr(Worker, "leaves", broken)
    upstream.answer = lambda r: dialect.stream(MADE_UP) if streaming else answers.body(dialect.whole(MADE_UP))
    body = dialect.body("Hello", stream=streaming)
    async with http.post(running.origin + dialect.path, json=body, headers=SCAN) as got:
        wire = await got.read()
    assert b"Detection cannot run" in wire and MAIL.encode() not in wire and b"Ask" not in wire


async def test_what_came_before_a_stream_broke_off_is_looked_through(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    wire = answers.encode(answers.chat_events(f"Ask {MAIL} about it")[:-2])
    upstream.answer = lambda r: Reply(200, answers.SSE, [wire], "chunked", "cut")
    async with http.post(running.origin + GPT.path, json=GPT.body("Hello", stream=True), headers=SCAN) as got:
        wire = await got.read()
    assert MAIL not in GPT.streamed(wire) and "[EMAIL_" in GPT.streamed(wire)


async def test_over_a_websocket_too(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    async def script(peer: Peer) -> None:
        for number in range(2):
            text = await peer.text()
            peer.send(*response(f"resp_scan_{number:04}", f"{MADE_UP}{placeholders(text)[0]}"))
        await peer.closed()

    upstream.answer = FakeSocket(script)
    async with connected(http, running, headers=SCAN) as socket:
        await socket.send_json(create(f"I am {NAME}."))
        events = await until(socket, "response.completed")
        assert deltas(events) == said(events[-1])
        assert MAIL not in json.dumps(events) and said(events[-1]).endswith(NAME) and "[EMAIL_" in said(events[-1])
        assert said(await asked(socket, create(f"I am {NAME}."))) == said(events[-1])
    assert next(iter(running.app.exchanges)).invented == {"EMAIL_ADDRESS": 1, "IBAN_CODE": 1}


async def test_a_websocket_closes_on_what_must_not_pass(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def script(peer: Peer) -> None:
        await peer.text()
        peer.send(*response("resp_scan_block", MADE_UP))
        await peer.closed()

    upstream.answer = FakeSocket(script)
    headers = {**SCAN, "x-anonamoose-operators": "IBAN_CODE=block"}
    async with connected(http, running, headers=headers) as socket:
        await socket.send_json(create("Hello"))
        events = await until(socket, "error")
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
    assert IBAN not in json.dumps(events) and "IBAN_CODE" in json.dumps(events[-1])


async def test_what_was_made_up_goes_back_as_it_was_after_a_restart(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    talk = Inventive(Chat).talk
    upstream.answer = talk.answer
    items = [talk.user(PROSE)]
    for streaming in (True, False):
        async with launched(tmp_path, upstream, ner=False, scan_replies=True) as own:
            await own.protected()
            async with http.post(own.origin + talk.target(streaming), data=talk.body(items, streaming)) as got:
                wire = await got.read()
            heard = talk.heard(wire, streaming)
            assert MAIL not in json.dumps(heard) and "[EMAIL_" in json.dumps(heard)
            items += [*heard, talk.user("Go on.")]
            assert told(list(own.app.exchanges)[-1])["invented"] == 2
    first, second = (body_said(received.body) for received in upstream.received)
    assert second.startswith(first) and MAIL.encode() in second
