"""Forms, files, batches and what comes back as lines or as text."""

from __future__ import annotations

import asyncio
import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import aiohttp
import anthropic
import openai
import pytest

from tests import answers
from tests.e2e.conftest import AWKWARD, EMAIL, NAME, PHONE, PROSE, Running, hidden, launched
from tests.e2e.dialects import CLAUDE, GPT
from tests.fakes import PATIENCE, PLACEHOLDER, FakeUpstream, Received, Reply

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
FILE = {"id": "file-abc12345", "object": "file", "bytes": 1, "created_at": 1, "filename": "x", "purpose": "batch"}


def text(body: str, media: str = "text/plain") -> Reply:
    return Reply(200, (("Content-Type", media),), [body.encode()])


def lines(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def parts(received: Received) -> list[bytes]:
    """What stands between the boundaries, heads included."""
    boundary = (received.header("Content-Type") or "").partition("boundary=")[2].encode()
    assert received.header("Content-Length") == str(len(received.body))
    return received.body.split(b"--" + boundary)[1:-1]


async def test_a_text_file_is_redacted_and_comes_back(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    upstream.answer = lambda _: answers.body(FILE)
    sent = f"{PROSE}\r\nSecond line.\n"
    made = await gpt.files.create(file=(f"{NAME}.txt", sent.encode(), "text/plain"), purpose="assistants")
    received = upstream.only
    purpose, file = parts(received)
    assert purpose.endswith(b'name="purpose"\r\n\r\nassistants\r\n')
    head, _, content = file.partition(b"\r\n\r\n")
    assert NAME.encode() not in head and b".txt" in head and b"PERSON" in head
    stored = content.removesuffix(b"\r\n").decode()
    assert len(hidden(sent, stored)) == 5
    upstream.answer = lambda _: text(stored)
    back = await gpt.files.content(made.id)
    assert back.text == sent


async def test_an_unchanged_form_keeps_its_bytes(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = lambda _: answers.body(FILE)
    head = 'Content-Disposition: form-data; name="{}"\r\n\r\n'
    body = f"--b\r\n{head.format('purpose')}batch\r\n--b\r\n{head.format('note')}nothing here \r\n--b--\r\n".encode()
    headers = {"Content-Type": 'multipart/form-data; boundary="b"'}
    async with http.post(f"{running.origin}/v1/files", data=body, headers=headers) as got:
        assert got.status == 200
    assert upstream.only.body == body


@pytest.mark.parametrize(
    "part",
    [
        b'filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n' + f"Zoë and {PROSE}".encode("latin-1"),
        b'filename="a.txt"\r\nContent-Type: text/plain; charset=utf-16\r\n\r\n' + PROSE.encode("utf-16"),
        b'filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n' + PROSE.encode("utf-16-be"),
        b'filename="a.txt"\r\nContent-Length: %d\r\n\r\n' % len(PROSE) + PROSE.encode(),
        b"filename=\"a.txt\"; filename*=UTF-8''" + NAME.replace(" ", "%20").encode() + b".txt\r\n\r\nx",
        b"filename=" + EMAIL.encode() + b"\r\n\r\nx",
        b'filename="' + NAME.encode() + b'/a.txt"\r\n\r\nx',
        b'filename="a.' + NAME.encode() + b'"\r\n\r\nx',
    ],
    ids=("latin-1", "utf-16", "unmarked", "length", "extended", "bare", "folder", "ending"),
)
async def test_what_a_part_says_in_other_ways_is_redacted(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, part: bytes
) -> None:
    upstream.answer = lambda _: answers.body(FILE)
    body = b'--b\r\nContent-Disposition: form-data; name="file"; ' + part + b"\r\n--b--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    async with http.post(f"{running.origin}/v1/files", data=body, headers=headers) as got:
        assert got.status == 200
    assert upstream.only.body != body
    for charset in ("utf-8", "utf-16-le", "utf-16-be"):
        assert NAME.encode(charset) not in upstream.only.body and EMAIL.encode(charset) not in upstream.only.body


async def test_the_lines_of_a_batch_are_redacted_as_the_requests_they_are(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    upstream.answer = lambda _: answers.body(FILE)

    def line(number: int, said: str) -> dict[str, Any]:
        message = {"role": "user", "content": said}
        body = {"model": "gpt-fake", "messages": [message], "temperature": 1.50}
        return {
            "custom_id": f"row-{number}" if number == 1 else EMAIL,
            "method": "POST",
            "url": "/v1/chat/completions",
            "body": body,
        }

    raw = lines(line(1, PROSE), line(2, AWKWARD)).replace("1.5", "1.50").replace("\n", "\r\n") + "\n"
    made = await gpt.files.create(file=("requests.jsonl", raw.encode()), purpose="batch")
    _, file = parts(upstream.only)
    content = file.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n").decode()
    first, second, rest = content.split("\r\n", 2)
    assert "1.50" in first and rest == "\n"
    one, two = json.loads(first), json.loads(second)
    assert (one["custom_id"], one["body"]["model"]) == ("row-1", "gpt-fake")
    values = hidden(PROSE, one["body"]["messages"][0]["content"])
    placeholder = two["body"]["messages"][0]["content"]

    batch: dict[str, Any] = {
        "id": "batch_abc12345",
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "input_file_id": made.id,
    }
    batch |= {"completion_window": "24h", "created_at": 1, "status": "completed", "output_file_id": "file-out12345"}
    upstream.answer = lambda _: answers.body(batch)
    created = await gpt.batches.create(
        input_file_id=made.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"for": NAME}
    )
    assert upstream.last.json()["metadata"]["for"] != NAME
    done = await gpt.batches.retrieve(created.id)
    replies = lines(
        {"custom_id": "row-1", "response": {"body": answers.chat(" ".join(values))}},
        {
            "custom_id": two["custom_id"],
            "response": {"body": answers.chat(None, calls=[("c", "f", json.dumps({"a": placeholder}))])},
        },
    )
    upstream.answer = lambda _: text(replies, "application/octet-stream")
    output = await gpt.files.content(done.output_file_id or "")
    rows = [json.loads(row) for row in output.text.splitlines()]
    assert [row["custom_id"] for row in rows] == ["row-1", EMAIL]
    assert rows[0]["response"]["body"]["choices"][0]["message"]["content"] == " ".join(values.values())
    arguments = rows[1]["response"]["body"]["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments) == {"a": AWKWARD}


async def test_a_picture_goes_with_a_notice_and_what_nobody_knows_stays(
    running: Running, gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    upstream.answer = lambda _: answers.body({"created": 1, "data": [{"url": "https://example.com/x.png"}]})
    await gpt.images.edit(image=("me.png", PNG), prompt=f"{NAME} in the snow", model="image-fake")
    assert PNG in upstream.only.body and NAME.encode() not in upstream.only.body
    assert list(running.app.exchanges)[-1].notices == ("1 image left unread.",)
    with pytest.raises(openai.PermissionDeniedError, match="does not know; nothing was sent"):
        await gpt.files.create(file=("x.bin", b"\x00\x01\xfe\xff" * 50), purpose="user_data")
    with pytest.raises(openai.PermissionDeniedError, match="nothing was sent"):
        await gpt.images.edit(image=("me.png", PNG), prompt="x", extra_headers={"x-anonamoose-images": "block"})
    assert len(upstream.received) == 1


async def test_what_nobody_knows_leaves_where_the_user_lets_it(tmp_path: Path, upstream: FakeUpstream) -> None:
    flags = {"binary_bodies": "allow", "pass_endpoints": "POST /v1/skills*"}
    odd = b"\x00\x01\xfe\xff" * 50
    upstream.answer = lambda _: answers.body(FILE)
    async with launched(tmp_path, upstream, **flags) as running:
        await running.protected()
        async with openai.AsyncOpenAI(base_url=running.app.base_url, api_key="sk-fake") as gpt:
            await gpt.files.create(file=("x.bin", odd), purpose="user_data")
            assert odd in upstream.last.body
            await gpt.post("/skills/skill_1", content=odd, cast_to=object)
            assert upstream.last.body == odd
            for path in ("/skills/%2e%2e/chat", "/other"):
                with pytest.raises(openai.BadRequestError, match="nothing was sent"):
                    await gpt.post(path, content=odd, cast_to=object)
    assert len(upstream.received) == 2


@pytest.mark.parametrize("charset", ["latin-1", "utf-16"])
async def test_a_file_comes_back_in_its_charset(gpt: openai.AsyncOpenAI, upstream: FakeUpstream, charset: str) -> None:
    sent = f"£5. {PROSE}\r\n".encode(charset)
    upstream.answer = lambda _: answers.body(FILE)
    made = await gpt.files.create(file=("a.csv", sent, "text/csv"), purpose="user_data")
    (stored,) = (
        part.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n")
        for part in parts(upstream.only)
        if b"filename" in part.partition(b"\r\n\r\n")[0]
    )
    assert len(PLACEHOLDER.findall(stored.decode(charset))) >= 5
    for back, expected in ((stored, sent), (PNG, PNG)):
        upstream.answer = lambda _: Reply(200, (("Content-Type", "application/octet-stream"),), [back])  # noqa: B023
        assert (await gpt.files.content(made.id)).content == expected


async def test_a_charset_without_the_placeholders_letters(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    file = ("a.csv", f"Zoë, {PROSE}".encode("latin-1"), "text/csv")
    with pytest.raises(openai.PermissionDeniedError, match="charset"):
        await gpt.files.create(file=file, purpose="user_data", extra_headers={"x-anonamoose-placeholders": "pua"})
    assert not upstream.received


async def test_token_ids_in_a_batch_are_refused(gpt: openai.AsyncOpenAI, upstream: FakeUpstream) -> None:
    def line(url: str, body: dict[str, Any]) -> dict[str, Any]:
        return {"custom_id": "a", "method": "POST", "url": url, "body": body}

    rows = lines(
        line("/v1/chat/completions", {"messages": [{"role": "user", "content": NAME}]}),
        line("/v1/embeddings", {"model": "m", "input": [[1, 2, 3]]}),
    )
    with pytest.raises(openai.PermissionDeniedError, match="token ids"):
        await gpt.files.create(file=("b.jsonl", rows.encode()), purpose="batch")
    assert not upstream.received


async def test_a_plain_form_is_redacted(running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"a=x%20y&to={quote_plus(NAME)}&b=1+2&&{quote_plus(EMAIL)}"
    async with http.post(f"{running.origin}/v1/x/y", data=body, headers=headers) as got:
        assert got.status == 200
    first, to, *others, last = upstream.only.body.decode().split("&")
    assert (first, others) == ("a=x%20y", ["b=1+2", ""])
    assert to.startswith("to=%5BPERSON_") and last.startswith("%5BEMAIL_")


async def test_a_transcription_is_given_a_prompt_and_comes_back_as_text(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream
) -> None:
    def answer(received: Received) -> Reply:
        (placeholder,) = received.placeholders
        return text(f"1\n00:00:00,000 --> 00:00:01,000\nThis is {placeholder}.\n")

    upstream.answer = answer
    sound = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(40)
    heard = await gpt.audio.transcriptions.create(
        file=("call.wav", sound), model="whisper-fake", prompt=f"A call with {NAME}", response_format="srt"
    )
    assert str(heard) == f"1\n00:00:00,000 --> 00:00:01,000\nThis is {NAME}.\n"
    assert sound in upstream.only.body


async def test_a_batch_of_messages_and_its_results(
    running: Running, claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    counts = {"processing": 0, "succeeded": 1, "errored": 0, "canceled": 0, "expired": 0}
    batch: dict[str, Any] = {
        "id": "msgbatch_abc12345",
        "type": "message_batch",
        "processing_status": "ended",
        "request_counts": counts,
    }
    batch |= {"created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z", "ended_at": None}
    batch |= {"results_url": "https://api.example.com/v1/messages/batches/msgbatch_abc12345/results"}
    upstream.answer = lambda _: answers.body(batch)
    message: Any = {
        "model": "claude-fake",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": f"{NAME}, {PHONE}"}],
    }
    made = await claude.messages.batches.create(requests=[{"custom_id": "mine-1", "params": message}])
    sent = upstream.only.json()["requests"][0]
    values = hidden(f"{NAME}, {PHONE}", sent["params"]["messages"][0]["content"])
    assert (sent["custom_id"], sent["params"]["model"]) == ("mine-1", "claude-fake")
    assert made.results_url == f"{running.origin}/v1/messages/batches/msgbatch_abc12345/results"

    def answer(received: Received) -> Reply:
        if not received.target.endswith("/results"):
            return answers.body(batch)
        result = {"type": "succeeded", "message": answers.message(" ".join(values))}
        return text(lines({"custom_id": "mine-1", "result": result}), "application/x-jsonl")

    upstream.answer = answer
    results = [row async for row in await claude.messages.batches.results(made.id)]
    (row,) = results
    assert row.custom_id == "mine-1" and row.result.type == "succeeded"
    (block,) = row.result.message.content
    assert block.type == "text" and block.text == " ".join(values.values())


async def test_results_come_line_by_line(upstream: FakeUpstream, claude: anthropic.AsyncAnthropic) -> None:
    counts = {"processing": 0, "succeeded": 3, "errored": 0, "canceled": 0, "expired": 0}
    batch: dict[str, Any] = {"id": "msgbatch_gate12", "type": "message_batch", "processing_status": "ended"}
    batch |= {"request_counts": counts, "created_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-02T00:00:00Z"}
    batch |= {"results_url": "https://api.example.com/v1/messages/batches/msgbatch_gate12/results"}
    upstream.answer = lambda _: answers.body(batch)
    params: Any = {"model": "m", "max_tokens": 9, "messages": [{"role": "user", "content": f"{NAME}, {PHONE}"}]}
    made = await claude.messages.batches.create(requests=[{"custom_id": "a", "params": params}])
    said = upstream.only.json()["requests"][0]["params"]["messages"][0]["content"]
    gate = asyncio.Event()
    rows = [
        lines({"custom_id": str(n), "result": {"type": "succeeded", "message": answers.message(said)}}).encode()
        for n in range(3)
    ]

    def answer(received: Received) -> Reply:
        if not received.target.endswith("/results"):
            return answers.body(batch)
        pieces: list[bytes | asyncio.Event] = [rows[0], rows[1], gate, rows[2]]
        return Reply(200, (("Content-Type", "application/x-jsonl"),), pieces, "chunked")

    upstream.answer = answer
    got = []
    async with asyncio.timeout(PATIENCE):
        async for row in await claude.messages.batches.results(made.id):
            gate.set()  # the last comes only after the first has arrived; the client holds back up to 64 bytes
            assert row.result.type == "succeeded"
            (block,) = row.result.message.content
            assert block.type == "text"
            got.append(block.text)
    assert got == [f"{NAME}, {PHONE}"] * 3


async def test_text_and_lines_are_bodies_too(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    for media, body in (("text/plain", PROSE), ("application/jsonl", lines({"a": PROSE}, {"b": [NAME]}))):
        upstream.answer = lambda r: text(r.body.decode())
        async with http.post(f"{running.origin}/v1/x/y", data=body.encode(), headers={"Content-Type": media}) as got:
            assert (got.status, await got.text()) == (200, body)
        assert len(upstream.last.placeholders) == 5


@pytest.mark.parametrize("dialect", [GPT, CLAUDE], ids=str)
async def test_a_form_cut_short_is_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, dialect: Any
) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n' + PROSE.encode()
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    if dialect is CLAUDE:
        headers["anthropic-version"] = "2023-06-01"
    async with http.post(f"{running.origin}/v1/files", data=body, headers=headers) as got:
        assert (got.status, got.headers["x-should-retry"]) == (400, "false")
        assert "nothing was sent" in dialect.error(await got.read())
    assert not upstream.wire
