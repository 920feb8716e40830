"""Files and numbers in bodies: what is redacted inside, what is told, what is refused."""

from __future__ import annotations

import base64
import itertools
import json
import re
from typing import Any

import aiohttp
import anthropic
import openai
import pytest

from tests import answers
from tests.e2e.conftest import CARD, EMAIL, NAME, PROSE, Running
from tests.e2e.dialects import BOTH, CLAUDE, GPT, Dialect
from tests.fakes import PLACEHOLDER, FakeUpstream
from tests.files import MP3, PNG, WAV, b64, data_url, pdf, word

CSV = f"name,mail\r\n{NAME},{EMAIL}\r\n"
LETTER = pdf(f"Dear {NAME},", f"write to {EMAIL}")


def block(dialect: Dialect, data: bytes, media: str) -> dict[str, Any]:
    """A file in a message."""
    if dialect is CLAUDE:
        kind = "image" if media.startswith("image") else "document"
        return {"type": kind, "source": {"type": "base64", "media_type": media, "data": b64(data)}}
    if media.startswith("image"):
        return {"type": "image_url", "image_url": {"url": data_url(media, data)}}
    if media.startswith("audio"):
        return {"type": "input_audio", "input_audio": {"data": b64(data), "format": media.partition("/")[2]}}
    return {"type": "file", "file": {"filename": "a", "file_data": data_url(media, data)}}


async def asked(
    http: aiohttp.ClientSession, running: Running, dialect: Dialect, blocks: list[Any], **headers: str
) -> tuple[aiohttp.ClientResponse, bytes]:
    body = {"model": "fake", "messages": [{"role": "user", "content": blocks}], "max_tokens": 9}
    async with http.post(running.origin + dialect.path, json=body, headers=headers) as response:
        return response, await response.read()


async def test_the_official_client_sends_a_text_file(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    file = {"type": "file", "file": {"filename": "people.csv", "file_data": data_url("text/csv", CSV)}}
    messages: Any = [{"role": "user", "content": [{"type": "text", "text": "Who is in it?"}, file]}]
    upstream.answer = lambda r: answers.body(answers.chat(f"It lists {' and '.join(_placeholders(r.body))}."))
    answer = await gpt.chat.completions.create(model="gpt-fake", messages=messages)
    sent = upstream.only.json()["messages"][0]["content"][1]["file"]["file_data"]
    head, _, payload = sent.partition(",")
    text = base64.b64decode(payload).decode()
    assert head == "data:text/csv;base64"
    assert PLACEHOLDER.sub("*", text) == "name,mail\r\n*,*\r\n"
    assert answer.choices[0].message.content == f"It lists {NAME} and {EMAIL}."


def _placeholders(body: bytes) -> list[str]:
    found: list[str] = []
    for payload in re.findall(rb"[A-Za-z0-9+/]{24,}={0,2}", body):
        found += PLACEHOLDER.findall(base64.b64decode(payload).decode("latin-1"))
    return found


async def test_a_conversation_about_a_text_file_keeps_its_bytes(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    document = block(CLAUDE, CSV.encode(), "text/plain")
    messages: list[Any] = [{"role": "user", "content": [document, {"type": "text", "text": "Who is in it?"}]}]
    upstream.answer = lambda r: answers.body(answers.message(f"It lists {_placeholders(r.body)[0]}."))
    for _ in range(3):
        answer = await claude.messages.create(model="claude-fake", max_tokens=9, messages=messages)
        assert answer.content[0].type == "text" and answer.content[0].text == f"It lists {NAME}."
        messages += [
            {"role": "assistant", "content": answer.content[0].text},
            {"role": "user", "content": f"And where is {NAME}?"},
        ]
    turns = [received.json()["messages"] for received in upstream.received]
    for shorter, longer in itertools.pairwise(turns):
        assert longer[: len(shorter)] == shorter
    bodies = [received.body[: received.body.rindex(b"}]")] for received in upstream.received]
    assert all(longer.startswith(shorter) for shorter, longer in itertools.pairwise(bodies))


async def test_a_text_file_in_an_answer_is_restored(
    http: aiohttp.ClientSession, running: Running, upstream: FakeUpstream
) -> None:
    upstream.answer = lambda r: answers.body({"echo": r.json()["messages"][0]["content"]})
    blocks = [block(GPT, CSV.encode(), "text/csv"), {"type": "text", "text": NAME}]
    body = {"model": "fake", "messages": [{"role": "user", "content": blocks}]}
    async with http.post(running.app.base_url + "/chat/completions", json=body) as response:
        assert await response.json() == {"echo": blocks}


@pytest.mark.parametrize(
    ("data", "media", "setting", "notice"),
    [
        (PNG, "image/png", "images", "1 image left unread."),
        (MP3, "audio/mp3", "audio", "1 recording left unread."),
        (WAV, "audio/wav", "audio", "1 recording left unread."),
        (LETTER, "application/pdf", "documents", "A document (PDF) left; 1 EMAIL_ADDRESS, 1 PERSON was found in it."),
        (word(NAME), "application/octet-stream", "documents", "A document (Word) left; 1 PERSON was found in it."),
        (pdf(), "application/pdf", "documents", "A document (PDF) left, and could not be read."),
    ],
    ids=["image", "mp3", "wav", "pdf", "word", "scan"],
)
@pytest.mark.parametrize("dialect", BOTH, ids=str)
async def test_what_cannot_be_redacted_goes_by_its_kind(
    http: aiohttp.ClientSession,
    running: Running,
    upstream: FakeUpstream,
    caplog: pytest.LogCaptureFixture,
    dialect: Dialect,
    data: bytes,
    media: str,
    setting: str,
    notice: str,
) -> None:
    blocks = [block(dialect, data, media), {"type": "text", "text": NAME}]
    warned, _ = await asked(http, running, dialect, blocks)
    assert warned.status == 200 and warned.headers["x-anonamoose-notice"] == notice
    assert upstream.only.json()["messages"][0]["content"][0] == blocks[0]
    (exchange,) = running.app.exchanges
    assert exchange.notices == (notice,) and f" {notice}" in caplog.text
    allowed, _ = await asked(http, running, dialect, blocks, **{f"x-anonamoose-{setting}": "allow"})
    assert allowed.status == 200 and "x-anonamoose-notice" not in allowed.headers
    blocked, error = await asked(http, running, dialect, blocks, **{f"x-anonamoose-{setting}": "block"})
    assert blocked.status == 403 and blocked.headers["x-should-retry"] == "false"
    assert f"change the setting {setting}." in dialect.error(error)
    assert len(upstream.received) == 2


async def test_the_settings_hold_where_a_request_says_nothing(
    http: aiohttp.ClientSession, running: Running, upstream: FakeUpstream
) -> None:
    running.app.settings.set("images", "block")
    try:
        response, _ = await asked(http, running, GPT, [block(GPT, PNG, "image/png")])
        assert response.status == 403 and not upstream.received
    finally:
        running.app.settings.set("images", "warn")
    # The address of a picture is text, and text files can be redacted.
    address = {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}
    headers = {f"x-anonamoose-{name}": "block" for name in ("images", "documents", "audio")}
    response, _ = await asked(http, running, GPT, [address, block(GPT, CSV.encode(), "text/csv")], **headers)
    assert response.status == 200 and "x-anonamoose-notice" not in response.headers


async def test_several_notices(http: aiohttp.ClientSession, running: Running, upstream: FakeUpstream) -> None:
    blocks = [block(GPT, PNG, "image/png")] * 2 + [block(GPT, LETTER, "application/pdf")] * 8
    response, _ = await asked(http, running, GPT, blocks)
    notice = response.headers["x-anonamoose-notice"]
    assert notice.startswith("A document (PDF) left; 1 EMAIL_ADDRESS, 1 PERSON was found in it. ")
    assert notice.endswith(" 2 further documents left. 2 images left unread.")


async def test_an_undeclared_body_is_looked_through(
    http: aiohttp.ClientSession, running: Running, upstream: FakeUpstream
) -> None:
    body = {"picture": b64(PNG * 9), "letter": b64(PROSE * 3), "url": data_url("image/png", PNG)}
    upstream.answer = lambda r: answers.body(r.json())
    async with http.post(running.app.base_url + "/odd", json=body) as response:
        assert response.headers["x-anonamoose-notice"] == "2 images left unread."
        assert await response.json(content_type=None) == body
    sent = upstream.only.json()
    assert sent["picture"] == body["picture"] and sent["letter"] != body["letter"]
    async with http.post(
        running.app.base_url + "/odd", json=body, headers={"x-anonamoose-images": "block"}
    ) as response:
        assert response.status == 403


async def test_broken_base64_is_no_way_around(
    http: aiohttp.ClientSession, running: Running, upstream: FakeUpstream
) -> None:
    whole = data_url("text/plain", PROSE + "!" * (-len(PROSE) % 3))
    spaced = PROSE.replace(" ", "%20")
    for url in (whole[:-1], whole + "A", f"data:text/plain;base64,{PROSE}", f"data:text/plain,{spaced}"):
        response, _ = await asked(http, running, GPT, [{"type": "file", "file": {"file_data": url}}])
        assert response.status == 200 and response.headers["x-anonamoose-redactions"] == "5"


@pytest.mark.parametrize("policy", ["replace", "refuse", "allow"])
async def test_a_number_goes_by_its_policy(
    http: aiohttp.ClientSession, running: Running, upstream: FakeUpstream, policy: str, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")
    number = int(CARD.replace(" ", ""))
    body = {
        "model": "fake",
        "max_tokens": 9,
        "seed": number,
        "messages": [
            {"role": "user", "content": "Look it up."},
            {"role": "assistant", "content": [answers.tool_use("toolu_1", "pay", {"card": number, "id": number})]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "done"}]},
        ],
    }
    headers = {"anthropic-version": "2023-06-01", "x-anonamoose-numbers": policy}
    async with http.post(f"{running.origin}/v1/messages", json=body, headers=headers) as response:
        if policy == "refuse":
            assert response.status == 403 and not upstream.received
            assert "x-anonamoose-numbers" in CLAUDE.error(await response.read())
            return
        assert response.status == 200
        text = CLAUDE.text(await response.read())
    sent = upstream.only.json()
    input = sent["messages"][1]["content"][0]["input"]
    assert sent["seed"] == input["id"] == number
    if policy == "allow":
        assert json.dumps(sent) == json.dumps(body)
    else:
        assert PLACEHOLDER.fullmatch(input["card"]) and str(number) in text
