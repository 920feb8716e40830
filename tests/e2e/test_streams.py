"""Streams as providers, gateways and networks really deliver them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import aiohttp
import anthropic
import openai
import pytest

from app.proxy.sections import sections
from tests import answers
from tests.e2e.conftest import NAME, PROSE, Running, launched
from tests.e2e.dialects import BOTH, CLAUDE, GPT, Dialect
from tests.fakes import PATIENCE, FakeUpstream, HangUp, Received, Reply

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
_PLAIN = (("Content-Type", "text/plain"),)


def _name(received: Received) -> str:
    """The placeholder of NAME, which comes first in PROSE."""
    return received.placeholders[0]


_MANNERS: dict[str, Callable[[bytes], Reply]] = {
    "an event to a write": lambda wire: answers.stream(wire),
    "a byte to a write": lambda wire: answers.stream(wire, 1),
    "seven bytes to a write": lambda wire: answers.stream(wire, 7),
    "all at once": lambda wire: answers.stream(wire, len(wire)),
    "carriage returns": lambda wire: answers.stream(wire.replace(b"\n", b"\r\n"), 5),
    "only carriage returns": lambda wire: answers.stream(wire.replace(b"\n", b"\r"), 5),
    "a byte order mark": lambda wire: answers.stream(b"\xef\xbb\xbf" + wire, 5),
    "no content type": lambda wire: answers.stream(wire, headers=()),
    "another content type": lambda wire: answers.stream(wire, headers=_PLAIN),
    "the connection's end": lambda wire: Reply(200, answers.SSE, [wire], "close"),
    "a known length": lambda wire: Reply(200, answers.SSE, [wire], "length"),
    "no blank line at the end": lambda wire: answers.stream(wire.rstrip(b"\n"), 50),
    "comments and other fields": lambda wire: answers.stream(
        b": OPENROUTER PROCESSING\n\nretry: 3000\nid: 7\n\n" + wire.replace(b"data:", b": hm\nid: 1\ndata:"), 11
    ),
}


@both
@pytest.mark.parametrize("manner", _MANNERS)
async def test_however_a_stream_comes_its_text_is_the_same(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, manner: str
) -> None:
    upstream.answer = lambda r: _MANNERS[manner](answers.encode(dialect.events(f"Dear {_name(r)}, hello {_name(r)}")))
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        assert got.status == 200
        wire = await got.read()
    assert dialect.streamed(wire) == f"Dear {NAME}, hello {NAME}"


@both
@pytest.mark.parametrize("cut", [1, 13, 4096])
async def test_a_stream_without_placeholders_keeps_every_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, cut: int
) -> None:
    text = 'Straße [brackets] {"a": [1]} PERSON_12 [PERSON_] [OTHER_4821] \\ud83d 東京 &#91; 12:30 \u2028 end['
    wire = b": hello\r\n\r\n" + answers.encode(dialect.events(text, 3)) + b"event: x\ndata: not json {\n\n:\n\n"
    upstream.answer = lambda _: answers.stream(wire, cut)
    async with http.post(running.origin + dialect.path, json=dialect.body("Hello", stream=True)) as got:
        assert await got.read() == wire
    upstream.answer = lambda _: answers.stream(answers.encode(dialect.events("Nothing of it.", 3)), cut)
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        assert await got.read() == answers.encode(dialect.events("Nothing of it.", 3))


@both
async def test_nothing_waits_for_the_end(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    """Text is there when it comes, and a ping is not held up by a placeholder that has only begun."""
    gate = asyncio.Event()

    def answer(received: Received) -> Reply:
        events = dialect.events(f"Dear {_name(received)}", size=7)
        half = 3 if dialect is GPT else 5  # up to "Dear [P", and the beginning of what follows
        return Reply(
            200,
            answers.SSE,
            [answers.encode(events[:half]), b": still here\n\n", gate, answers.encode(events[half:])],
            "chunked",
        )

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        early = b""
        async with asyncio.timeout(PATIENCE):
            while b": still here" not in early:
                early += await got.content.readany()
        assert dialect.streamed(early) == "Dear "
        gate.set()
        assert dialect.streamed(early + await got.read()) == f"Dear {NAME}"


@both
@pytest.mark.parametrize("ending", ["reset", "cut"])
async def test_a_stream_that_breaks_off_says_so_after_what_was_held(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    ending: Literal["reset", "cut"],
) -> None:
    gate = asyncio.Event()

    def answer(received: Received) -> Reply:
        begun = answers.encode(dialect.events(f"Dear {_name(received)}")[:-3])
        return Reply(200, answers.SSE, [begun, b'data: {"half', gate], "chunked", ending)

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        early = await got.content.readany()
        gate.set()
        wire = early + await got.read()
    assert dialect.streamed(wire) == f"Dear {NAME}"
    last = wire.rstrip(b"\n").rpartition(b"\n\n")[2]
    assert last.startswith(b"event: error\n") == (dialect is CLAUDE)
    assert "broke off" in dialect.error(last.partition(b"data: ")[2])
    (exchange,) = running.app.exchanges
    assert exchange.outcome == "failed" and exchange.reason == "The provider's answer broke off."


async def test_the_clients_see_a_stream_that_breaks_off(
    gpt: openai.AsyncOpenAI, claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    upstream.answer = lambda _: Reply(
        200, answers.SSE, [answers.encode(answers.chat_events("Hi")[:2])], "chunked", "cut"
    )
    stream = await gpt.chat.completions.create(model="fake", messages=[{"role": "user", "content": PROSE}], stream=True)
    with pytest.raises(openai.APIError, match="broke off"):
        [chunk async for chunk in stream]
    also = answers.encode(answers.message_events("Hi")[:4])
    upstream.answer = lambda _: Reply(200, answers.SSE, [also], "chunked", "cut")
    events = await claude.messages.create(
        model="fake", max_tokens=9, messages=[{"role": "user", "content": PROSE}], stream=True
    )
    with pytest.raises(anthropic.APIError, match="broke off"):
        [event async for event in events]


@both
async def test_an_answer_that_breaks_off_is_an_error(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = lambda _: Reply(chunks=[b'{"choices": ['], ending="cut")
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE)) as got:
        assert got.status == 502
        assert "broke off" in dialect.error(await got.read())


@both
@pytest.mark.parametrize("streaming", [False, True])
async def test_a_provider_that_hangs_up_is_unreachable(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, streaming: bool
) -> None:
    upstream.answer = lambda _: HangUp()
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=streaming)) as got:
        assert got.status == 502 and "x-should-retry" not in got.headers
        assert "127.0.0.1 cannot be reached" in dialect.error(await got.read())


@both
async def test_a_provider_that_does_not_listen_is_unreachable(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    async with FakeUpstream(answers.echo) as gone:
        nowhere = gone.origin
    flags = {"openai_upstream": nowhere, "anthropic_upstream": nowhere, "ner": False}
    async with (
        launched(tmp_path, upstream, **flags) as app,
        http.post(app.origin + dialect.path, json=dialect.body(PROSE)) as got,
    ):
        assert got.status == 502
        assert "cannot be reached" in dialect.error(await got.read())


@both
@pytest.mark.parametrize("streaming", [False, True])
async def test_what_is_no_json_is_restored_as_text(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, streaming: bool
) -> None:
    page = (("Content-Type", "text/html; charset=latin-1"), ("x-request-id", "req_1"))
    upstream.answer = lambda r: Reply(502, page, [f"<h1>Größe {_name(r)}</h1>".encode("latin-1")])
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=streaming)) as got:
        assert (got.status, got.headers["x-request-id"]) == (502, "req_1")
        assert (await got.read()).decode("latin-1") == f"<h1>Größe {NAME}</h1>"


@both
@pytest.mark.parametrize(
    "raw", [b"", b"\x00\xff\xfe", b"[PERSON_", b"[" * 5000, b"null", b'{"a": "\xff"}', b'"\\ud800"'], ids=repr
)
async def test_odd_answers_keep_every_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, raw: bytes
) -> None:
    upstream.answer = lambda _: Reply(chunks=[raw])
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE)) as got:
        assert got.status == 200 and await got.read() == raw


@both
async def test_a_whole_answer_to_a_streaming_request_is_restored(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = lambda r: answers.body(dialect.whole(f"Dear {_name(r)}"))
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        assert dialect.text(await got.read()) == f"Dear {NAME}"


@both
async def test_a_redirection_is_the_clients_affair(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    elsewhere = (("Location", "https://elsewhere.example.com/v1"), ("Content-Type", "application/json"))
    upstream.answer = lambda _: Reply(307, elsewhere, [b"{}"])
    url = running.origin + dialect.path
    async with http.post(url, json=dialect.body(PROSE), allow_redirects=False) as got:
        assert (got.status, got.headers["Location"]) == (307, "https://elsewhere.example.com/v1")
    assert len(upstream.received) == 1


@both
@pytest.mark.parametrize("when", ["in the stream", "before the answer"])
async def test_a_client_that_goes_away_takes_its_request_with_it(
    running: Running, upstream: FakeUpstream, dialect: Dialect, when: str
) -> None:
    gate = asyncio.Event()

    async def answer(received: Received) -> Reply:
        if when == "before the answer":
            await received.gone.wait()
        return answers.halting(dialect.events("Dear you"), gate, 3)

    upstream.answer = answer
    async with aiohttp.ClientSession() as client:
        asking = asyncio.create_task(_ask(client, running.origin + dialect.path, dialect.body(PROSE, stream=True)))
        received = await upstream.arrived()
        if when == "in the stream":
            got = await asking
            await got.content.readany()
            got.close()
        else:
            asking.cancel()
    async with asyncio.timeout(PATIENCE):
        await received.gone.wait()
    await running.until(lambda: all(exchange.outcome == "aborted" for exchange in running.app.exchanges))


@both
async def test_a_client_that_goes_away_at_the_end_has_had_its_answer(
    running: Running, upstream: FakeUpstream, dialect: Dialect
) -> None:
    events = dialect.events("Dear you")
    never = asyncio.Event()
    upstream.answer = lambda _: answers.halting(events, never, len(events))  # the connection stays open
    async with aiohttp.ClientSession() as client:
        got = await _ask(client, running.origin + dialect.path, dialect.body(PROSE, stream=True))
        async with asyncio.timeout(PATIENCE):
            await got.content.readuntil(b"[DONE]\n\n" if dialect is GPT else b'"message_stop"}\n\n')
        got.close()
        received = await upstream.arrived()
    async with asyncio.timeout(PATIENCE):
        await received.gone.wait()
    await running.until(lambda: all(exchange.total_ms for exchange in running.app.exchanges))
    assert [(exchange.outcome, exchange.reason) for exchange in running.app.exchanges] == [("done", "")]


async def _ask(client: aiohttp.ClientSession, url: str, body: object) -> aiohttp.ClientResponse:
    return await client.post(url, json=body)


@both
async def test_unfinished_placeholders_and_wrong_numbers_stay(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    said: list[str] = []

    def answer(received: Received) -> Reply:
        token = _name(received)
        wrong = re.sub(r"\d+", lambda match: str(int(match.group()) + 1), token)
        said.append(f"{wrong} and {token[:-3]}")
        return dialect.stream(said[-1])

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        assert dialect.streamed(await got.read()) == said[0]


@both
async def test_what_a_model_makes_of_a_placeholder_is_restored(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    def answer(received: Received) -> Reply:
        label, number = _name(received)[1:-1].rsplit("_", 1)
        forms = [
            f"[{label.lower()}_{number}]",
            f"**[{label}_{number}]**'s",
            f"\\[{label}\\_{number}\\]",
            f"({label} {number})",
            f"{label}_{number}",
            f"[{label}-{number}]",
            f"&#91;{label}_{number}&#93;",
        ]
        return dialect.stream(" | ".join(forms), size=1)

    upstream.answer = answer
    async with http.post(running.origin + dialect.path, json=dialect.body(PROSE, stream=True)) as got:
        text = dialect.streamed(await got.read())
    assert text.split(" | ") == [NAME, f"**{NAME}**'s", *[NAME] * 5]


@both
async def test_the_inspector_sees_the_four_texts(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = lambda r: dialect.stream(f"Dear {_name(r)}")
    raw = dialect.raw(PROSE, stream=True)
    async with http.post(running.origin + dialect.path, data=raw) as got:
        await got.read()
    (exchange,) = running.app.exchanges
    await running.until(lambda: exchange.outcome != "open" and bool(exchange.total_ms))
    assert exchange.sent is not None
    assert (exchange.sent.original, exchange.sent.text) == (raw.decode(), upstream.only.body.decode())
    assert (exchange.came_back, exchange.got) == (f"Dear {_name(upstream.only)}", f"Dear {NAME}")
    *messages, _, answer = sections(exchange)
    assert "".join(section.theirs for section in messages).count(_name(upstream.only)) == 1
    assert [(answer.value(mark), answer.placeholder(mark)) for mark in answer.marks] == [(NAME, _name(upstream.only))]
    assert (exchange.outcome, exchange.status, exchange.restored, exchange.redactions) == ("done", 200, 1, 5)
    assert exchange.model == "fake" and exchange.stream and json.loads(raw)["model"] == "fake"
