"""Citations through the official clients: where they point, in answers, in streams, and when they are sent back."""

from __future__ import annotations

import itertools
import json
from typing import Any

import anthropic
import openai
import pytest

from tests import answers
from tests.e2e.conftest import EMAIL, NAME
from tests.fakes import FakeUpstream, Received, Reply
from tests.files import b64

DOCUMENT = f"Minutes. {NAME} was there, and so was {EMAIL}. The rest had left."
OTHER = {"type": "document", "source": {"type": "url", "url": "https://example.com/a.pdf"}}
PARTS = ("Minutes.", NAME, "was there", EMAIL, "The rest had left.")


def sources() -> list[dict[str, Any]]:
    """The same document as a text and in base64."""
    plain = {"type": "text", "media_type": "text/plain", "data": DOCUMENT}
    packed = {"type": "base64", "media_type": "text/plain", "data": b64(DOCUMENT)}
    return [{"type": "document", "source": source, "citations": {"enabled": True}} for source in (plain, packed)]


def cited(received: Received) -> list[dict[str, Any]]:
    """Every part of both documents, cited as the provider sees it."""
    document = received.json()["messages"][0]["content"][0]["source"]["data"]
    name, email = received.placeholders[:2]
    out = []
    for number in (0, 2):
        for part in (PARTS[0], name, PARTS[2], email, PARTS[4]):
            start = document.index(part)
            out.append(
                {
                    "type": "char_location",
                    "document_index": number,
                    "document_title": None,
                    "file_id": None,
                    "start_char_index": start,
                    "end_char_index": start + len(part),
                    "cited_text": part,
                }
            )
    return out


def sorted_json(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def answer(received: Received) -> Reply:
    block = {"type": "text", "text": f"So says {received.placeholders[0]}.", "citations": cited(received)}
    if not received.json().get("stream"):
        return answers.body(answers.message(block))
    events = answers.message_events(block)
    at = next(n for n, event in enumerate(events) if isinstance(event, dict) and event["type"] == "content_block_stop")
    for citation in cited(received):
        delta = {"type": "citations_delta", "citation": citation}
        events.insert(at, {"type": "content_block_delta", "index": 0, "delta": delta})
    start: Any = events[1]
    start["content_block"]["citations"] = []
    return answers.stream(answers.encode(events))


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
async def test_citations_point_into_the_document_that_was_given(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, streams: bool
) -> None:
    upstream.answer = answer
    plain, packed = sources()
    messages: list[Any] = [{"role": "user", "content": [plain, OTHER, packed, {"type": "text", "text": "Who?"}]}]
    for _ in range(2):
        if streams:
            async with claude.messages.stream(model="claude-fake", max_tokens=9, messages=messages) as stream:
                message: anthropic.types.Message = await stream.get_final_message()
        else:
            message = await claude.messages.create(model="claude-fake", max_tokens=9, messages=messages)
        (block,) = message.content
        assert block.type == "text" and block.text == f"So says {NAME}." and block.citations is not None
        assert sorted(citation.cited_text for citation in block.citations) == sorted(PARTS * 2)
        for citation in block.citations:
            assert citation.type == "char_location"
            assert DOCUMENT[citation.start_char_index : citation.end_char_index] == citation.cited_text
        messages.append({"role": "assistant", "content": [block.model_dump(exclude_none=True)]})
        messages.append({"role": "user", "content": "Go on."})
    first, second = (received.json()["messages"] for received in upstream.received)
    assert second[: len(first)] == first
    # What goes back is what came: the provider's own offsets.
    back = second[1]["content"][0]["citations"]
    came = [{key: value for key, value in one.items() if value is not None} for one in cited(upstream.received[0])]
    assert sorted(map(sorted_json, back)) == sorted(map(sorted_json, came))
    bodies = [received.body for received in upstream.received]
    for shorter, longer in itertools.pairwise(bodies):
        assert longer.startswith(shorter[: shorter.rindex(b"Who?")])


@pytest.mark.parametrize("size", [3, 400])
async def test_annotations_of_a_chat_point_into_its_text(
    gpt: openai.AsyncOpenAI, upstream: FakeUpstream, size: int
) -> None:
    def annotated(received: Received) -> tuple[str, list[dict[str, Any]]]:
        name = received.placeholders[0]
        text = f"As {name} says, {name} is here."
        spans = [(text.index(part), text.index(part) + len(part)) for part in (name, "says", "is here.")]
        notes = [
            {"start_index": start, "end_index": end, "title": name, "url": "https://x.example.com"}
            for start, end in spans
        ]
        return text, [{"type": "url_citation", "url_citation": note} for note in notes]

    def scripted(received: Received) -> Reply:
        text, notes = annotated(received)
        if received.json().get("stream"):
            events = answers.chat_events(text, size=size)
            events.insert(-3, answers.chunk(0, {"annotations": notes}))
            return answers.stream(answers.encode(events))
        whole = answers.chat(text)
        whole["choices"][0]["message"] = {"annotations": notes, **whole["choices"][0]["message"]}
        return answers.body(whole)

    upstream.answer = scripted
    asked: Any = [{"role": "user", "content": f"Where is {NAME}?"}]
    expected = f"As {NAME} says, {NAME} is here."
    whole = await gpt.chat.completions.create(model="gpt-fake", messages=asked)
    message = whole.choices[0].message
    assert message.content == expected and message.annotations is not None
    found = [note.url_citation for note in message.annotations]
    assert [expected[note.start_index : note.end_index] for note in found] == [NAME, "says", "is here."]
    chunks = [c async for c in await gpt.chat.completions.create(model="gpt-fake", messages=asked, stream=True)]
    deltas = [chunk.choices[0].delta for chunk in chunks if chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == expected
    (notes,) = [extra["annotations"] for delta in deltas if (extra := delta.model_extra)]
    citations = [note["url_citation"] for note in notes]
    assert [expected[n["start_index"] : n["end_index"]] for n in citations] == [NAME, "says", "is here."]
    assert {note["title"] for note in citations} == {NAME}
    # Sent back, they are the provider's own again.
    asked += [message.model_dump(exclude_none=True), {"role": "user", "content": "Go on."}]
    await gpt.chat.completions.create(model="gpt-fake", messages=asked)
    sent = upstream.last.json()["messages"][1]
    assert (sent["content"], sent["annotations"]) == annotated(upstream.received[0])
