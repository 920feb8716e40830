"""Offsets into a text, in bodies, answers and streams: what they point at stays what it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.fields import Fields
from app.pipeline.memo import Edit
from app.pipeline.outline import outline, redact_body
from app.pipeline.redaction import Finding
from app.pipeline.session import Session
from app.proxy.answer import restore_body
from app.proxy.offsets import Places, with_offsets
from app.proxy.providers import BY_DIALECT
from app.proxy.providers.base import Endpoint, Stream
from app.proxy.sse import Event, make
from app.proxy.stream import StreamRestorer

NAME = "Zoë Raman"


@pytest.fixture
def session() -> Session:
    session = Session("s", b"k" * 32)
    session.placeholder("PERSON", NAME)
    session.placeholder("LOCATION", "Ōtepoti")
    return session


def hidden(session: Session, text: str) -> str:
    return text.replace(NAME, session.placeholder("PERSON", NAME)).replace(
        "Ōtepoti", session.placeholder("LOCATION", "Ōtepoti")
    )


TEXT = f"In Ōtepoti, {NAME} met {NAME}."
#: Every boundary of a word in it.
WORDS = ["In", "Ōtepoti", NAME, "met", f"Ōtepoti, {NAME} met", f"{NAME}.", TEXT]


def place(text: str, part: str, unit: str = "characters") -> tuple[int, int]:
    start = text.index(part)
    if unit == "bytes":
        return len(text[:start].encode()), len(text[: start + len(part)].encode())
    return start, start + len(part)


def whole(answer: Any, dialect: str, session: Session) -> Any:
    body, _ = restore_body(json.dumps(answer).encode(), "utf-8", None, session, Places(dialect))
    return json.loads(body)


@pytest.mark.parametrize("part", WORDS)
def test_citations_of_an_answer_point_at_what_they_did(session: Session, part: str) -> None:
    came = hidden(session, TEXT)
    start, end = place(came, hidden(session, part))
    note = {"type": "url_citation", "title": NAME, "start_index": start, "end_index": end}
    content = {"type": "output_text", "annotations": [note, {"type": "file_citation", "index": end}], "text": came}
    chat = {"annotations": [{"url_citation": note}], "content": came}
    first, last = place(TEXT, part)
    for answer, path in (
        ({"output": [{"type": "reasoning"}, {"content": [{"text": "other"}, content]}]}, ["output", 1, "content", 1]),
        ({"response": {"output": [{"content": [content]}]}}, ["response", "output", 0, "content", 0]),
        ({"item": {"content": [content]}}, ["item", "content", 0]),
        ({"part": content}, ["part"]),
        ({"data": [{"content": [content]}]}, ["data", 0, "content", 0]),
        ({"choices": [{"message": {"content": "x"}}, {"message": chat}]}, ["choices", 1, "message"]),
        ({"content": [{"text": {"value": came, "annotations": [note]}}]}, ["content", 0, "text"]),
    ):
        found: Any = whole(answer, "openai", session)
        for step in path:
            found = found[step]
        text = found.get("text") or found.get("content") or found["value"]
        restored = found["annotations"][0].get("url_citation") or found["annotations"][0]
        assert text == TEXT and (restored["start_index"], restored["end_index"]) == (first, last)
        assert found["annotations"][-1].get("index", last) == last


@pytest.mark.parametrize("part", WORDS)
def test_grounding_is_told_in_bytes(session: Session, part: str) -> None:
    came = hidden(session, TEXT)
    start, end = place(came, hidden(session, part), "bytes")
    first, last = place(TEXT, part, "bytes")
    span, expected = {"startIndex": start, "endIndex": end}, {"startIndex": first, "endIndex": last}
    candidate = {
        "content": {
            "parts": [{"text": f"{NAME}?", "thought": True}, {"text": came}, {"inlineData": {}}, {"text": came}]
        },
        "groundingMetadata": {"groundingSupports": [{"segment": {**span, "partIndex": 3, "text": part}}]},
        "citationMetadata": {"citationSources": [span], "citations": [span, {"endIndex": end}]},
    }
    (found,) = whole({"candidates": [candidate]}, "gemini", session)["candidates"]
    assert found["groundingMetadata"]["groundingSupports"] == [{"segment": {**expected, "partIndex": 3, "text": part}}]
    assert found["citationMetadata"] == {"citationSources": [expected], "citations": [expected, {"endIndex": last}]}


def test_offsets_that_point_nowhere_stay(session: Session) -> None:
    came = hidden(session, TEXT)
    odd = [{"start_index": value} for value in (-1, 1.5, "7", None, True)]
    answer = {"output": [{"content": [{"annotations": odd, "text": came}, {"annotations": [{"start_index": 9}]}]}]}
    found = whole(answer, "openai", session)["output"][0]["content"]
    assert found == [{"annotations": odd, "text": TEXT}, {"annotations": [{"start_index": 9}]}]
    beyond = {"part": {"text": came, "annotations": [{"start_index": len(came) + 5}]}}
    assert whole(beyond, "openai", session)["part"]["annotations"][0]["start_index"] == len(TEXT) + 5


def test_all_else_keeps_its_bytes(session: Session) -> None:
    raw = '{ "x" : 1e3, "part": {"text":"%s", "annotations": [ {"start_index":%d , "y": -0.0}]}, "n": [1,2.50]}'
    came = hidden(session, TEXT)
    body, _ = restore_body((raw % (came, len(came))).encode(), "utf-8", None, session, Places("openai"))
    assert body.decode() == raw % (TEXT, len(TEXT))


def test_numbers_of_another_dialect_stay(session: Session) -> None:
    answer = {"part": {"text": hidden(session, TEXT), "annotations": [{"start_index": 40}]}}
    assert whole(answer, "ollama", session)["part"]["annotations"] == [{"start_index": 40}]


# -- streams


def _inject(path: str, index: Any, text: str, latest: str) -> Event:
    return make(json.dumps({**json.loads(latest), "delta": text}))


_RESPONSES = Stream(
    frozenset(["delta"]),
    lambda event: [(event.get("item_id"),)] if str(event.get("type")).endswith(".done") else [],
    _inject,
    channel=lambda leaf: (leaf.path, (leaf.owners[0].get("item_id"),)) if leaf.path == "delta" else None,
)


@pytest.mark.parametrize("size", [1, 4, 100])
@pytest.mark.parametrize("late", [True, False])
def test_a_streamed_annotation_points_into_its_own_channel(session: Session, size: int, late: bool) -> None:
    # The last one without its brackets: a digit could follow, so it is held.
    came = f"{hidden(session, TEXT)} {session.placeholder('PERSON', NAME)[1:-1]}"
    restorer = StreamRestorer(_RESPONSES, session, Places("openai"))

    def feed(**event: Any) -> list[Any]:
        return [json.loads(out.data or "") for out in restorer.feed(make(json.dumps(event)))]

    got = {"a": "", "b": ""}
    for at in range(0, len(came), size):
        for id, text in (("a", came), ("b", NAME)):
            for out in feed(type="delta", item_id=id, content_index=0, delta=text[at : at + size]):
                got[id] += out["delta"]
    if late:
        for out in feed(type="text.done", item_id="a", content_index=0, text=came)[:-1]:
            got["a"] += out["delta"]
    spans = [(*place(came, hidden(session, part)), *place(TEXT, part)) for part in WORDS]
    spans.append((len(hidden(session, TEXT)), len(came), len(TEXT), len(f"{TEXT} {NAME}")))
    for start, end, first, last in spans:
        note = {"start_index": start, "end_index": end, "index": end, "title": NAME}
        (out,) = feed(type="annotation.added", item_id="a", content_index=0, annotation_index=3, annotation=note)
        assert out["annotation"] == {"start_index": first, "end_index": last, "index": last, "title": NAME}
    (out,) = feed(type="annotation.added", item_id="c", content_index=0, annotation={"start_index": 30})
    assert out["annotation"] == {"start_index": 30}
    assert late is (got["a"] == f"{TEXT} {NAME}")


def test_a_streamed_chat_may_carry_annotations(session: Session) -> None:
    stream = BY_DIALECT["openai"].endpoint("POST", "/v1/chat/completions")
    assert stream is not None and stream.stream is not None
    restorer = StreamRestorer(stream.stream, session, Places("openai"))
    came = hidden(session, TEXT)
    for index, text in ((0, "nothing"), (1, came)):
        restorer.feed(make(json.dumps({"choices": [{"index": index, "delta": {"content": text}}]})))
    start, end = place(came, "met")
    notes = [{"type": "url_citation", "url_citation": {"start_index": start, "end_index": end}}]
    choices = [{"index": index, "delta": {"annotations": notes}} for index in (0, 1)]
    (out,) = restorer.feed(make(json.dumps({"choices": choices})))
    found = [choice["delta"]["annotations"][0]["url_citation"] for choice in json.loads(out.data or "")["choices"]]
    first, last = place(TEXT, "met")
    assert found == [{"start_index": start, "end_index": end}, {"start_index": first, "end_index": last}]


def test_streamed_grounding_points_into_what_was_said_not_thought(session: Session) -> None:
    text = "candidates[].content.parts[].text"
    spec = Stream(
        frozenset([text]),
        lambda event: [],
        _inject,
        channel=lambda leaf: (leaf.path, (leaf.owners[-1].get("thought"),)) if leaf.path == text else None,
    )
    restorer = StreamRestorer(spec, session, Places("gemini"))
    came = hidden(session, TEXT)
    for part in ({"text": f"{NAME}!", "thought": True}, {"text": came[:20]}, {"text": came[20:]}):
        restorer.feed(make(json.dumps({"candidates": [{"content": {"parts": [part]}}]})))
    start, end = place(came, "met", "bytes")
    grounding = {"groundingSupports": [{"segment": {"startIndex": start, "endIndex": end}}]}
    last = {"candidates": [{"index": 0, "content": {"parts": [{"text": ""}]}, "groundingMetadata": grounding}]}
    (out,) = restorer.feed(make(json.dumps(last)))
    segment = json.loads(out.data or "")["candidates"][0]["groundingMetadata"]["groundingSupports"][0]["segment"]
    assert (segment["startIndex"], segment["endIndex"]) == place(TEXT, "met", "bytes")


# -- documents of the request


def test_citations_of_documents_point_into_the_client_s_own(session: Session) -> None:
    token = session.placeholder("PERSON", NAME)
    places = Places("anthropic", ((), (Edit(3, 12, token),)))
    end = 3 + len(token)
    for number, wanted in ((0, (end, end + 4)), (1, (12, 16)), (2, (end, end + 4))):
        citation = {"document_index": number, "start_char_index": end, "end_char_index": end + 4, "cited_text": token}
        expected = {**citation, "start_char_index": wanted[0], "end_char_index": wanted[1], "cited_text": NAME}
        answer = json.dumps({"content": [{"text": token, "citations": [citation]}]}).encode()
        body, _ = restore_body(answer, "utf-8", None, session, places)
        assert json.loads(body)["content"] == [{"text": NAME, "citations": [expected]}]
        endpoint = BY_DIALECT["anthropic"].endpoint("POST", "/v1/messages")
        assert isinstance(endpoint, Endpoint) and endpoint.stream is not None
        delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": citation}}
        (out,) = StreamRestorer(endpoint.stream, session, places).feed(make(json.dumps(delta)))
        assert json.loads(out.data or "")["delta"]["citation"] == expected


def test_in_a_request_offsets_are_put_back(session: Session) -> None:
    fields = with_offsets(Fields(opening="messages"), "anthropic")
    documents = [
        {"type": "document", "source": {"type": "file", "file_id": "f"}},
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": f"By {NAME}, here"}},
    ]
    cited = [{"document_index": n, "start_char_index": 3, "end_char_index": 14, "cited_text": NAME} for n in (0, 1, 5)]
    body = {
        "messages": [
            {"role": "user", "content": [{"type": "tool_result", "content": documents}]},
            {"role": "assistant", "content": [{"type": "text", "text": "So", "citations": cited}]},
        ]
    }
    raw = json.dumps(body, ensure_ascii=False)
    opened, leaves, _ = outline(raw.encode(), fields)
    found = {
        n: [Finding(at, at + len(NAME), "PERSON", 1.0, "ner", NAME)] if (at := leaf.value.find(NAME)) >= 0 else []
        for n, leaf in enumerate(leaves)
    }
    redaction = redact_body(raw, opened.parts, found, session, quoting=False)
    token = session.placeholder("PERSON", NAME)
    sent = json.loads(redaction.text)["messages"][1]["content"]
    indices = [(c["start_char_index"], c["end_char_index"]) for c in sent[0]["citations"]]
    assert indices == [(3, 14), (3, 5 + len(token)), (3, 14)]
    assert [len(redaction.edits.get(n, ())) for n in opened.sources] == [0, 1] and opened.sources[0] == -1
    assert [f.value for f in redaction.findings] == [NAME] * 4
    places = Places("anthropic", [redaction.edits.get(n, ()) for n in opened.sources])
    answer = json.dumps({"content": sent}).encode()
    back, _ = restore_body(answer, "utf-8", None, session, places)
    assert json.loads(back)["content"] == body["messages"][1]["content"]
