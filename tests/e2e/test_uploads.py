"""Forms, files, batches and what comes back as lines or as text."""

from __future__ import annotations

import base64
import json
from typing import Any

import aiohttp
import anthropic
import openai
import pytest

from tests import answers
from tests.e2e.conftest import AWKWARD, EMAIL, NAME, PHONE, PROSE, Running, hidden
from tests.e2e.dialects import CLAUDE, GPT
from tests.fakes import FakeUpstream, Received, Reply

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
