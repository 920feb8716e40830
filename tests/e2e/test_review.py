"""Requests wait until somebody has looked at them: nothing leaves that was not let go, and only as it was let go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import anthropic
import openai
import pytest

from app.events import Forgotten
from app.pipeline.draft import Changes, Place
from app.pipeline.terms import Term
from app.proxy import review as module
from app.proxy.api.operation import ROOT
from app.proxy.guard import HEADER
from app.proxy.review import Verdict, Waiting
from app.store.access import new_token
from tests.e2e.conftest import EMAIL, NAME, PROSE, Running, hidden, launched
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.e2e.test_sockets import RESPONSES, asked, connected, create, echo, said
from tests.fake_socket import FakeSocket
from tests.fakes import PATIENCE, FakeUpstream

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
SEND, REFUSE, AS_IS = Verdict("send"), Verdict("refuse"), Verdict("as-is")
WORD = "copper kettle"


@asynccontextmanager
async def _reviewed(running: Running, **more: object) -> AsyncIterator[None]:
    settings = running.app.settings
    given = {"review": "all", **{name.replace("_", "-"): value for name, value in more.items()}}
    before = {name: getattr(settings.current, name.replace("-", "_")) for name in given}
    settings.update(given)
    try:
        yield
    finally:
        settings.update(before)


async def waiting(running: Running, count: int = 1) -> Waiting:
    """The latest request that waits, once so many do."""
    await running.until(lambda: len(running.app.review.waiting) == count)
    return running.app.review.waiting[-1]


def place(item: Waiting, text: str) -> Place:
    """The last place where `text` stands in what is new in the request."""
    passage = [p for p in item.draft.passages() if text in p.text][-1]
    at = passage.text.rindex(text)
    return Place(passage.part, at, at + len(text))


def off(item: Waiting, text: str) -> frozenset[Place]:
    """The places of the findings that hold `text`."""
    found = item.draft.found.items()
    return frozenset(Place(n, f.start, f.end) for n, own in found for f in own if text in f.value)


CALLS = ("gpt", "gpt-stream", "claude", "claude-stream")


@pytest.fixture(params=CALLS)
def call(
    request: pytest.FixtureRequest, gpt: openai.AsyncOpenAI, claude: anthropic.AsyncAnthropic
) -> Callable[[str], Awaitable[str]]:
    """Asks the way that official clients do, and gives the answer's text."""
    kind, _, streaming = request.param.partition("-")

    async def say(text: str) -> str:
        messages: Any = [{"role": "user", "content": text}]
        if kind == "gpt" and streaming:
            stream = await gpt.chat.completions.create(model="fake", messages=messages, stream=True)
            return "".join([c.choices[0].delta.content or "" async for c in stream if c.choices])
        if kind == "gpt":
            whole = await gpt.chat.completions.create(model="fake", messages=messages)
            return whole.choices[0].message.content or ""
        if streaming:
            async with claude.messages.stream(model="fake", max_tokens=9, messages=messages) as events:
                return "".join([piece async for piece in events.text_stream])
        message = await claude.messages.create(model="fake", max_tokens=9, messages=messages)
        return "".join(block.text for block in message.content if block.type == "text")

    return say


def last_text(upstream: FakeUpstream) -> str:
    content = upstream.last.json()["messages"][-1]["content"]
    assert isinstance(content, str)
    return content


async def test_a_client_waits_until_its_request_is_sent(
    running: Running, upstream: FakeUpstream, call: Callable[[str], Awaitable[str]]
) -> None:
    async with _reviewed(running):
        asking = asyncio.ensure_future(call(PROSE))
        item = await waiting(running)
        assert upstream.received == [] and not asking.done()
        assert NAME not in "".join(p.redaction.text for p in item.draft.passages())
        running.app.review.decide(item.id, SEND)
        answer = await asking
        assert NAME in answer and EMAIL in answer
    hidden(PROSE, last_text(upstream))
    assert item.exchange.reviewed == "sent"


async def test_a_refusal_is_final(
    running: Running, upstream: FakeUpstream, call: Callable[[str], Awaitable[str]]
) -> None:
    async with _reviewed(running):
        asking = asyncio.ensure_future(call(PROSE))
        item = await waiting(running)
        running.app.review.decide(item.id, REFUSE)
        with pytest.raises((openai.PermissionDeniedError, anthropic.PermissionDeniedError)) as told:
            await asking
        assert "nothing was sent" in str(told.value)
    assert upstream.received == [] and running.app.review.waiting == ()
    assert (item.exchange.outcome, item.exchange.code) == ("refused", "review_refused")


async def test_a_span_that_is_clicked_off_goes_as_it_is(
    running: Running,
    upstream: FakeUpstream,
    call: Callable[[str], Awaitable[str]],
    plain_is_meant: set[str],
) -> None:
    plain_is_meant.add("upstream")
    async with _reviewed(running):
        asking = asyncio.ensure_future(call(PROSE))
        item = await waiting(running)
        running.app.review.decide(item.id, Verdict("send", Changes(off=off(item, NAME))))
        assert EMAIL in await asking
    sent = last_text(upstream)
    assert NAME in sent and EMAIL not in sent
    assert "PERSON" not in item.exchange.entities and item.exchange.entities["EMAIL_ADDRESS"] == 1
    assert item.exchange.sent is not None and NAME in item.exchange.sent.text


async def test_selected_text_is_hidden_wherever_it_stands_and_comes_back(
    running: Running, upstream: FakeUpstream, call: Callable[[str], Awaitable[str]]
) -> None:
    text = f"Is the {WORD} late? The {WORD} was due."
    async with _reviewed(running):
        asking = asyncio.ensure_future(call(text))
        item = await waiting(running)
        changes = Changes(hidden=frozenset([place(item, WORD)]))
        assert WORD not in "".join(p.redaction.text for p in item.draft.passages(changes))
        running.app.review.decide(item.id, Verdict("send", changes))
        assert WORD in await asking
        assert list(hidden(text, last_text(upstream)).values()) == [WORD]
        first = upstream.last.placeholders
        # Hidden again, it has the same placeholder; for good, it belongs in the dictionary.
        asking = asyncio.ensure_future(call(text))
        item = await waiting(running)
        running.app.review.decide(item.id, Verdict("send", Changes(hidden=frozenset([place(item, WORD)]))))
        await asking
    assert upstream.last.placeholders == first


@pytest.mark.parametrize("is_off", [False, True])
async def test_what_the_dictionary_hid_is_counted_once_and_only_if_it_stays_hidden(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, is_off: bool
) -> None:
    app = running.app
    ids = await app.terms.add([Term("Wobblequist"), Term("Nimblethorpe")])
    try:
        async with _reviewed(running):
            text = f"Wobblequist, WOBBLEQUIST and Nimblethorpe of the {WORD}."
            asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body(text)))
            item = await waiting(running)
            clicked = off(item, "Nimblethorpe") if is_off else frozenset()
            changes = Changes(off=clicked, hidden=frozenset([place(item, WORD)]))
            app.review.decide(item.id, Verdict("send", changes))
            assert (await asking).status == 200
        async with asyncio.timeout(PATIENCE):
            while not app.use.get(ids[0]).hits:  # noqa: ASYNC110  (it is counted behind the answer)
                await asyncio.sleep(0.01)
        assert [app.use.get(id).hits for id in ids] == [2, 0 if is_off else 1]
    finally:
        await app.terms.remove(ids)
    app.use.forget()


@both
async def test_the_next_turn_goes_on_with_the_same_bytes(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    dialect: Dialect,
    plain_is_meant: set[str],
) -> None:
    plain_is_meant.add("upstream")
    url = running.origin + dialect.path
    body = dialect.body(f"{PROSE} Mind the {WORD}.")
    async with _reviewed(running):
        asking = asyncio.ensure_future(http.post(url, json=body))
        item = await waiting(running)
        changes = Changes(off=off(item, NAME), hidden=frozenset([place(item, WORD)]))
        running.app.review.decide(item.id, Verdict("send", changes))
        answer = dialect.text(await (await asking).read())
        first = upstream.last.json()["messages"]
        assert NAME in first[0]["content"] and WORD not in first[0]["content"]
        said = [{"role": "assistant", "content": answer}, {"role": "user", "content": f"And now {NAME}?"}]
        body["messages"] += said
        asking = asyncio.ensure_future(http.post(url, json=body))
        item = await waiting(running)
        # What went before is no question any more; the name is hidden again where it is new.
        assert [p.text for p in item.draft.passages()] == [f"And now {NAME}?"]
        running.app.review.decide(item.id, SEND)
        assert (await asking).status == 200
    second = upstream.last.json()["messages"]
    assert second[0] == first[0]
    assert NAME not in second[2]["content"]


@both
async def test_as_it_is_only_where_the_settings_say_so(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")
    async with _reviewed(running):
        asking = asyncio.ensure_future(http.post(running.origin + dialect.path, json=dialect.body(PROSE)))
        item = await waiting(running)
        with pytest.raises(ValueError, match="review-as-is"):
            running.app.review.decide(item.id, AS_IS)
        assert not asking.done() and upstream.received == []
        async with _reviewed(running, review_as_is=True):
            running.app.review.decide(item.id, AS_IS)
            assert (await asking).status == 200
    assert last_text(upstream) == PROSE


@both
async def test_what_nobody_looks_at_is_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    async with _reviewed(running, review_timeout=1):
        got = await http.post(running.origin + dialect.path, json=dialect.body(PROSE))
        assert (got.status, got.headers["x-should-retry"]) == (403, "false")
        assert "in time" in dialect.error(await got.read())
    assert upstream.received == []


async def test_or_is_sent_redacted_where_the_settings_say_so(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with _reviewed(running, review_timeout=1, review_on_timeout="send"):
        assert (await http.post(running.origin + GPT.path, json=GPT.body(PROSE))).status == 200
    hidden(PROSE, last_text(upstream))


async def test_after_a_sleep_nothing_leaves(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_STEP", 0.05)
    async with _reviewed(running, review_on_timeout="send"):
        asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body(PROSE)))
        await waiting(running)
        wall = running.app.review._wall
        monkeypatch.setattr(running.app.review, "_wall", lambda: wall() + 3600)
        got = await asking
        assert got.status == 403 and "slept" in GPT.error(await got.read())
    assert upstream.received == []


async def test_a_client_that_goes_away_is_dropped(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with _reviewed(running):
        asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body(PROSE)))
        item = await waiting(running)
        asking.cancel()
        await running.until(lambda: running.app.review.waiting == ())
        with pytest.raises(KeyError):
            running.app.review.decide(item.id, SEND)
        await running.until(lambda: item.exchange.outcome == "aborted")
    assert upstream.received == []


async def test_quitting_refuses_what_waits(tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    async with launched(tmp_path, upstream, review="all", ner=False) as running:
        await running.protected()
        asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body(PROSE)))
        await waiting(running)
    got = await asking
    assert got.status == 403 and "stops" in GPT.error(await got.read())
    assert upstream.received == []


async def test_forgetting_everything_refuses_what_waits(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with _reviewed(running):
        asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body(PROSE)))
        await waiting(running)
        running.app.bus.publish(Forgotten())
        assert (await asking).status == 403
    assert upstream.received == []


async def test_no_header_leads_around_it(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    headers = {"x-anonamoose-redact": "false"}
    async with _reviewed(running), http.post(running.origin + GPT.path, json=GPT.body(PROSE), headers=headers) as got:
        assert got.status == 403 and "review" in GPT.error(await got.read())
    assert upstream.received == []


@pytest.mark.parametrize(
    ("chosen", "waits"),
    [
        ("tool=example-agent", True),
        ("tool=Example-*", True),
        ("tool=other, session=review-me", True),
        ("session=review-*", True),
        ("tool=other, session=other", False),
        ("off", False),
    ],
)
async def test_of_whom(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, chosen: str, waits: bool
) -> None:
    headers = {"User-Agent": "example-agent/1.0", "x-anonamoose-session": "review-me"}
    async with _reviewed(running, review=chosen):
        asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body("Hello."), headers=headers))
        if waits:
            running.app.review.decide((await waiting(running)).id, SEND)
        assert (await asking).status == 200
        assert [exchange.reviewed for exchange in running.app.exchanges] == ["sent" if waits else ""]


async def test_no_more_than_so_many_wait(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 1)
    async with _reviewed(running):
        asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body("Hello.")))
        item = await waiting(running)
        async with http.post(running.origin + GPT.path, json=GPT.body("Hello.")) as got:
            assert (got.status, got.headers["x-should-retry"]) == (503, "true")
        running.app.review.decide(item.id, SEND)
        assert (await asking).status == 200
    assert len(upstream.received) == 1


async def test_over_rest(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")
    token = new_token()
    await running.app.access.accept(token)
    mine = {HEADER: token}
    root = f"{running.origin}{ROOT}/review"
    async with _reviewed(running):
        asking = asyncio.ensure_future(http.post(running.origin + GPT.path, json=GPT.body(f"{PROSE} Mind the {WORD}.")))
        item = await waiting(running)
        listed = await (await http.get(root, headers=mine)).json()
        assert [one["id"] for one in listed["waiting"]] == [item.id]
        one = await (await http.get(f"{root}/{item.id}", headers=mine)).text()
        assert NAME not in one and EMAIL not in one
        shown = await (await http.get(f"{root}/{item.id}?reveal=true", headers=mine)).json()
        (text,) = shown["texts"]
        assert text["original"].startswith(PROSE) and text["where"] == "user"
        start = text["original"].index(WORD)
        span = next(span for span in text["spans"] if text["original"][span["start"] : span["end"]] == NAME)
        body = {
            "decision": "send",
            "off": [{"text": text["text"], "start": span["start"], "end": span["end"]}],
            "hide": [{"text": text["text"], "start": start, "end": start + len(WORD)}],
        }
        wrong = {**body, "off": [{"text": text["text"], "start": 0, "end": 1}]}
        assert (await http.post(f"{root}/{item.id}", json=wrong, headers=mine)).status == 422
        assert (await http.post(f"{root}/{item.id}", json={"decision": "as-is"}, headers=mine)).status == 422
        assert not asking.done()
        assert (await http.post(f"{root}/{item.id}", json=body, headers=mine)).status == 200
        assert (await asking).status == 200
        assert (await http.get(f"{root}/{item.id}", headers=mine)).status == 404
    assert NAME in last_text(upstream) and EMAIL not in last_text(upstream) and WORD not in last_text(upstream)


async def test_a_turn_over_a_websocket_waits_as_well(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = FakeSocket(echo)
    async with _reviewed(running), connected(http, running, RESPONSES) as socket:
        asking = asyncio.ensure_future(asked(socket, create(PROSE)))
        item = await waiting(running)
        running.app.review.decide(item.id, SEND)
        answer = await asking
        assert NAME in said(answer)
        asking = asyncio.ensure_future(asked(socket, create(f"I am {NAME}.")))
        item = await waiting(running)
        running.app.review.decide(item.id, REFUSE)
        told = await asking
        assert (told["type"], told["status"]) == ("error", 403) and "refused" in told["error"]["message"]
        # A client that goes away takes what waits with it.
        await socket.send_json(create(f"Once more: {NAME}."))
        item = await waiting(running)
        await socket.close()
        await running.until(lambda: running.app.review.waiting == ())
    assert item.exchange.went == 0
