"""What happens to an entity: chosen by setting, session, path or header, and seen by what the provider got."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import anthropic
import openai
import pytest

from tests import answers
from tests.e2e import test_sockets as sockets
from tests.e2e.conftest import CARD, EMAIL, NAME, PROSE, Running, launched
from tests.e2e.dialects import BOTH, GPT, Dialect
from tests.e2e.test_attachments import asked, block
from tests.fake_socket import FakeSocket
from tests.fakes import PLACEHOLDER, FakeUpstream, Received, Reply
from tests.files import pdf

both = pytest.mark.parametrize("dialect", BOTH, ids=str)
OPERATORS = "x-anonamoose-operators"
#: An address in a private network: nobody's canary.
ADDRESS = "192.168.7.21"
TEXT = f"Ask {NAME} ({EMAIL}) about {ADDRESS}."


def said(received: Received) -> str:
    content = received.json()["messages"][-1]["content"]
    assert isinstance(content, str)
    return content


def echoed(received: Received) -> Reply:
    dialect = BOTH[answers.is_anthropic(received)]
    if received.json().get("stream"):
        return dialect.stream(said(received), 1)
    return answers.body(dialect.whole(said(received)))


async def _post(
    http: aiohttp.ClientSession, running: Running, path: str, body: dict[str, Any], **headers: str
) -> tuple[aiohttp.ClientResponse, bytes]:
    named = {f"x-anonamoose-{name}": value for name, value in headers.items()}
    async with http.post(running.origin + path, json=body, headers=named) as got:
        return got, await got.read()


async def test_openais_client_asks_for_a_mask_and_leaves_what_is_kept(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream, running: Running
) -> None:
    upstream.answer = echoed
    client = gpt.with_options(default_headers={OPERATORS: "PERSON=mask, IP_ADDRESS=keep"})
    whole = await client.chat.completions.create(model="fake", messages=[{"role": "user", "content": TEXT}])
    (mail,) = PLACEHOLDER.findall(said(upstream.last))
    assert said(upstream.last) == f"Ask [PERSON] ({mail}) about {ADDRESS}."
    assert whole.choices[0].message.content == f"Ask [PERSON] ({EMAIL}) about {ADDRESS}."
    stream = await client.chat.completions.create(
        model="fake", messages=[{"role": "user", "content": TEXT}], stream=True
    )
    text = "".join([chunk.choices[0].delta.content or "" async for chunk in stream if chunk.choices])
    assert text == whole.choices[0].message.content
    assert [exchange.redactions for exchange in running.app.exchanges] == [2, 2]


async def test_anthropics_client_asks_likewise(claude: anthropic.AsyncAnthropic, upstream: FakeUpstream) -> None:
    upstream.answer = echoed
    client = claude.with_options(default_headers={OPERATORS: "EMAIL=mask;PERSON=replace;IP_ADDRESS=keep"})
    messages: Any = [{"role": "user", "content": TEXT}]
    whole = await client.messages.create(model="fake", max_tokens=9, messages=messages)
    assert whole.content[0].type == "text"
    assert whole.content[0].text == f"Ask {NAME} ([EMAIL]) about {ADDRESS}."
    async with client.messages.stream(model="fake", max_tokens=9, messages=messages) as stream:
        assert await stream.get_final_text() == whole.content[0].text
    assert {said(received).count(ADDRESS) for received in upstream.received} == {1}


async def test_openais_client_is_told_what_blocks_its_request(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream, running: Running
) -> None:
    client = gpt.with_options(default_headers={OPERATORS: "CREDIT_CARD=block"})
    text = f"{PROSE} And again {CARD}."
    with pytest.raises(openai.PermissionDeniedError) as caught:
        await client.chat.completions.create(model="fake", messages=[{"role": "user", "content": text}])
    assert caught.value.code == "entity_blocked" and "2 CREDIT_CARD, which" in caught.value.message
    assert caught.value.response.headers["x-should-retry"] == "false" and not upstream.wire
    (exchange,) = running.app.exchanges
    assert (exchange.outcome, exchange.status, exchange.sent) == ("refused", 403, None)
    await client.chat.completions.create(model="fake", messages=[{"role": "user", "content": TEXT}])
    assert upstream.only.placeholders


async def test_anthropics_client_is_told_likewise(claude: anthropic.AsyncAnthropic, upstream: FakeUpstream) -> None:
    client = claude.with_options(default_headers={OPERATORS: "CARD=block, EMAIL_ADDRESS=block"})
    messages: Any = [{"role": "user", "content": [{"type": "text", "text": PROSE}]}]
    with pytest.raises(anthropic.PermissionDeniedError) as caught:
        await client.messages.create(model="fake", max_tokens=9, messages=messages)
    assert "1 CREDIT_CARD and 1 EMAIL_ADDRESS, which" in caught.value.message
    async with client.messages.stream(model="fake", max_tokens=9, messages=[{"role": "user", "content": "hi"}]) as s:
        assert await s.get_final_text() is not None
    assert len(upstream.received) == 1


@both
async def test_what_was_blocked_stays_so_in_the_history_of_the_next_turn(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = echoed
    turns = [f"I am {NAME}."]
    body = {**dialect.body(""), "messages": _messages(turns)}
    _, answer = await _post(http, running, dialect.path, body, operators="CREDIT_CARD=block")
    turns += [dialect.text(answer), f"My card is {CARD}."]
    for more in ([], ["Sorry.", "Forget it."]):
        body = {**dialect.body(""), "messages": _messages(turns + more)}
        got, answer = await _post(http, running, dialect.path, body, operators="CREDIT_CARD=block")
        assert got.status == 403 and "1 CREDIT_CARD" in dialect.error(answer)
    assert len(upstream.received) == 1
    # What has left as a placeholder is no news.
    got, _ = await _post(http, running, dialect.path, {**dialect.body(""), "messages": _messages(turns)})
    assert got.status == 200
    body = {**dialect.body(""), "messages": _messages([*turns, "Noted.", "Thanks."])}
    got, _ = await _post(http, running, dialect.path, body, operators="CREDIT_CARD=block")
    assert got.status == 200 and len(upstream.received) == 3


def _messages(turns: list[str]) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[at % 2], "content": text} for at, text in enumerate(turns)]


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "text", "text": "See."}, block(GPT, f"card {CARD}\n".encode(), "text/plain")],
        [block(GPT, pdf(f"card {CARD}"), "application/pdf")],
    ],
    ids=["text", "pdf"],
)
async def test_what_is_in_a_file_blocks_as_well(
    http: aiohttp.ClientSession, running: Running, upstream: FakeUpstream, blocks: list[Any]
) -> None:
    got, answer = await asked(http, running, GPT, blocks, **{OPERATORS: "CREDIT_CARD=block"})
    assert got.status == 403 and "1 CREDIT_CARD" in GPT.error(answer) and not upstream.wire


@pytest.mark.parametrize("operator", ["replace", "mask", "keep", "block"])
async def test_a_json_number_goes_by_its_entity(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, operator: str, plain_is_meant: set[str]
) -> None:
    body = {"model": "fake", "messages": [{"role": "user", "content": "hi"}], "metadata": {"card": 5500005555555559}}
    got, _ = await _post(http, running, GPT.path, body, operators=f"CREDIT_CARD={operator}")
    if operator == "block":
        assert got.status == 403 and not upstream.wire
        return
    sent = upstream.only.json()["metadata"]["card"]
    assert got.status == 200
    if operator == "replace":
        assert PLACEHOLDER.fullmatch(sent)
    else:
        assert sent == {"mask": "[CARD]", "keep": 5500005555555559}[operator]


async def test_a_word_of_the_dictionary_is_never_kept(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    got, _ = await _post(http, running, GPT.path, GPT.body("Blue Harbour Trust pays"), operators="CUSTOM=keep")
    assert got.status == 200 and PLACEHOLDER.fullmatch(said(upstream.last).removesuffix(" pays"))
    got, _ = await _post(http, running, GPT.path, GPT.body("Blue Harbour Trust pays"), operators="CUSTOM=block")
    assert got.status == 403 and len(upstream.received) == 1


@both
async def test_options_in_the_path_are_for_clients_without_headers(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = echoed
    path = f"/o/preset=coding,operators=EMAIL_ADDRESS=mask;PERSON=mask{dialect.path}"
    _, answer = await _post(http, running, path, dialect.body(TEXT))
    # In code, addresses of private networks are left alone.
    assert dialect.text(answer) == f"Ask [PERSON] ([EMAIL]) about {ADDRESS}." == said(upstream.only)
    _, answer = await _post(http, running, path.replace("mask", "block"), dialect.body(TEXT))
    assert "1 EMAIL_ADDRESS and 1 PERSON" in dialect.error(answer)
    _, answer = await _post(http, running, path.replace("operators", "operator"), dialect.body(TEXT))
    assert "option" in dialect.error(answer) and len(upstream.received) == 1


async def test_a_score_below_the_threshold_does_not_count(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    await _post(http, running, GPT.path, GPT.body(f"It is {ADDRESS}."), thresholds="IP_ADDRESS=0.99")
    assert said(upstream.last) == f"It is {ADDRESS}."
    await _post(http, running, GPT.path, GPT.body(f"Is it {ADDRESS}?"), thresholds="IP_ADDRESS=0.5")
    assert ADDRESS not in said(upstream.last)


async def test_a_layer_is_switched_by_request(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    await _post(http, running, GPT.path, GPT.body(f"{ADDRESS} it is."), patterns="off")
    assert said(upstream.last) == f"{ADDRESS} it is."


@asynccontextmanager
async def _of(running: Running, session: str, **options: str) -> AsyncIterator[None]:
    await running.app.vault.options.change(session, options)
    try:
        yield
    finally:
        await running.app.vault.options.change(session, {})


@both
async def test_a_session_has_options_of_its_own(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Dialect
) -> None:
    upstream.answer = echoed
    name = f"own-{dialect}"
    async with _of(running, name, operators="PERSON=mask, IP_ADDRESS=keep", preset="coding"):
        by_path = f"/s/{name}{dialect.path}"
        _, answer = await _post(http, running, by_path, dialect.body(TEXT))
        assert dialect.text(answer) == f"Ask [PERSON] ({EMAIL}) about {ADDRESS}."
        _, answer = await _post(http, running, dialect.path, dialect.body(TEXT), session=name)
        assert dialect.text(answer) == f"Ask [PERSON] ({EMAIL}) about {ADDRESS}."
        _, answer = await _post(http, running, dialect.path, dialect.body(TEXT), session="another")
        assert dialect.text(answer) == TEXT
        # The request's own go before.
        _, answer = await _post(http, running, by_path, dialect.body(f"So {TEXT}"), operators="PERSON=replace")
        assert dialect.text(answer) == f"So {TEXT}"
    _, answer = await _post(http, running, by_path, dialect.body(f"And {TEXT}"))
    assert dialect.text(answer) == f"And {TEXT}"


async def test_options_that_were_altered_refuse_the_request(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async with _of(running, "altered", preset="strict"):
        database = running.app._store.database
        await database.run(lambda connection: connection.execute("UPDATE own SET sealed = x'00'"))
        got, answer = await _post(http, running, GPT.path, GPT.body(PROSE), session="altered")
    assert got.status == 403 and "Nothing was sent." in GPT.error(answer) and not upstream.wire


async def test_the_settings_may_forbid_what_protects_less(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    locked = {"client_policy": "stricter", "operators": "PERSON=block", "ner": False}
    async with launched(tmp_path, upstream, **locked) as own:
        await own.protected()
        for headers in ({"redact": "false"}, {"operators": "PERSON=keep"}, {"preset": "coding"}, {"patterns": "off"}):
            got, answer = await _post(http, own, GPT.path, GPT.body(PROSE), **headers)
            assert got.status == 403 and "client-policy" in GPT.error(answer)
        got, answer = await _post(http, own, GPT.path, GPT.body(f"Is it {EMAIL}?"), operators="EMAIL=block")
        assert got.status == 403 and "1 EMAIL_ADDRESS" in GPT.error(answer)
        got, answer = await _post(http, own, GPT.path, GPT.body(PROSE))
        assert got.status == 403 and "1 PERSON" in GPT.error(answer) and not upstream.wire
        got, _ = await _post(http, own, GPT.path, GPT.body("hi"), operators="EMAIL=mask")
        assert got.status == 200


async def test_a_frame_of_a_websocket_is_blocked_alone(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = fake = FakeSocket(sockets.echo)
    async with sockets.connected(http, running, headers={OPERATORS: "CREDIT_CARD=block"}) as socket:
        error = await sockets.asked(socket, sockets.create(f"My card: {CARD}"))
        assert error["type"] == "error" and error["error"]["code"] == "entity_blocked"
        assert sockets.said(await sockets.asked(socket, sockets.create(f"My mail: {EMAIL}."))).endswith(f"{EMAIL}.")
    assert len(fake.peers[0].received) == 1
