"""Promises about Gemini's and Ollama's streams, in which no event says that a text has ended."""

from __future__ import annotations

import itertools
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.memo import digest
from app.pipeline.restore import restore
from app.pipeline.session import Session
from app.proxy.framing import BARE_SSE, JSON_ARRAY, NDJSON, Framing
from app.proxy.providers.base import Provider, Stream
from app.proxy.providers.gemini import GEMINI
from app.proxy.providers.ollama import OLLAMA
from app.proxy.sse import Event
from app.proxy.stream import StreamRestorer
from tests.property.texts import cut, cuts, sessions, texts, tokens_of

_CALL: dict[str, Any] = {"functionCall": {"name": "f", "args": {"a": 1}}}
#: What came one after the other: ("text" or "thought", what it says), or ("call", "").
Runs = list[tuple[str, str]]


def _stream(provider: Provider, path: str, media: str) -> Stream:
    endpoint = provider.endpoint("POST", path)
    assert endpoint is not None and endpoint.stream is not None
    stream = endpoint.stream.framed(media)
    assert stream is not None
    return stream


def _through(spec: Stream, session: Session, wire: list[bytes]) -> tuple[bytes, StreamRestorer]:
    """What the client gets for what came in these pieces."""
    restorer = StreamRestorer(spec, session)
    decoder = spec.framing.decoder()
    out = [made for piece in wire for event in decoder.feed(piece) for made in restorer.feed(event)]
    out += [made for event in decoder.flush() for made in restorer.feed(event, last=True)]
    return b"".join(event.raw for event in out + restorer.flush()), restorer


def _read(framing: Framing, wire: bytes) -> list[Any]:
    decoder = framing.decoder()
    events: list[Event] = decoder.feed(wire) + decoder.flush()
    assert b"".join(event.raw for event in events) == wire
    return [json.loads(event.data) for event in events if event.data is not None]


@st.composite
def _said(draw: st.DrawFn, session: Session) -> str:
    """A text, which perhaps ends in the middle of a placeholder."""
    token = draw(st.sampled_from(["", *tokens_of(session)]))
    end = draw(st.integers(0, len(token)))
    return draw(texts(session)) + token[:end]


@st.composite
def runs(draw: st.DrawFn, session: Session) -> Runs:
    drawn = draw(st.lists(st.sampled_from(["text", "thought", "call"]), min_size=1, max_size=5))
    kinds = [kind for kind, _ in itertools.groupby(drawn)]
    said = [(kind, "" if kind == "call" else draw(_said(session))) for kind in kinds]
    kept = [(kind, text) for kind, text in said if text or kind == "call"]
    # Two of a kind that have come together are one.
    return [(kind, "".join(text for _, text in of)) for kind, of in itertools.groupby(kept, lambda run: run[0])]


def _part(kind: str, text: str) -> dict[str, Any]:
    return _CALL if kind == "call" else {"text": text, **({"thought": True} if kind == "thought" else {})}


@st.composite
def answers(draw: st.DrawFn, said: Runs) -> list[dict[str, Any]]:
    """Events of one candidate, with one or more parts in each, whose end is told in the last, apart or not at all."""
    events: list[list[tuple[str, str]]] = []
    for kind, text in said:
        for piece in [text] if kind == "call" else cut(text, draw(cuts(text))):
            together = draw(st.booleans())
            if events and together:
                events[-1].append((kind, piece))
            else:
                events.append([(kind, piece)])
    made: list[dict[str, Any]] = [{"content": {"parts": [_part(*part) for part in parts]}} for parts in events]
    ending = draw(st.sampled_from(["in the last", "apart", "missing"]))
    if ending == "apart":
        made.append({"content": {"parts": []}, "finishReason": "STOP"})
    elif ending == "in the last" and made:
        made[-1]["finishReason"] = "STOP"
    return [{"candidates": [candidate]} for candidate in made]


def _heard(events: list[Any]) -> Runs:
    heard: Runs = []
    ended = False
    for event in events:
        (candidate,) = event["candidates"]
        for part in candidate["content"]["parts"]:
            assert not ended, "a candidate goes on after its end"
            kind = "call" if "functionCall" in part else "thought" if part.get("thought") else "text"
            if heard and heard[-1][0] == kind and kind != "call":
                heard[-1] = (kind, heard[-1][1] + part["text"])
            else:
                heard.append((kind, part.get("text", "")))
        ended = "finishReason" in candidate
    return heard


def _array(events: list[dict[str, Any]]) -> bytes:
    return b"[" + b"\n,\r\n".join(json.dumps(event).encode() for event in events) + b"\n]"


def _sse(events: list[dict[str, Any]]) -> bytes:
    return b"".join(b"data: " + json.dumps(event).encode() + b"\r\n\r\n" for event in events)


@given(st.data())
def test_output_does_not_depend_on_how_parts_were_cut_and_what_ended_stays_ended(data: st.DataObject) -> None:
    session = data.draw(sessions())
    said = data.draw(runs(session))
    events = data.draw(answers(said))
    framing = data.draw(st.sampled_from([BARE_SSE, JSON_ARRAY]))
    wire = _array(events) if framing is JSON_ARRAY else _sse(events)
    at = data.draw(st.just(list(range(1, len(wire)))) | st.lists(st.integers(0, len(wire)), max_size=9).map(sorted))
    spec = _stream(GEMINI, "/v1beta/models/m:streamGenerateContent", framing.media)
    out, _ = _through(spec, session, cut(wire, at))
    assert out == _through(spec, session, [wire])[0]
    # Where nobody says that the answer ended, it may have been cut off inside a placeholder.
    is_cut = not any("finishReason" in event["candidates"][0] for event in events)
    meant = [(kind, restore(text, session)) for kind, text in said[:-1]]
    meant += [(kind, restore(text, session, cut=is_cut)) for kind, text in said[-1:]]
    assert _heard(_read(framing, out)) == meant
    if framing is JSON_ARRAY:
        assert json.loads(out) == _read(framing, out)


@given(st.data())
def test_what_a_client_keeps_goes_back_as_it_came_in_pieces_and_joined(data: st.DataObject) -> None:
    session = data.draw(sessions())
    token = data.draw(st.sampled_from(tokens_of(session) or ["x"]))
    text = f"{data.draw(st.text('ab. ', max_size=5))}{token}{data.draw(st.text('ab. ', max_size=5))}"
    wire = _sse(
        [{"candidates": [{"content": {"parts": [{"text": piece}]}}]} for piece in cut(text, data.draw(cuts(text)))]
    )
    spec = _stream(GEMINI, "/v1beta/models/m:streamGenerateContent", "text/event-stream")
    out, restorer = _through(spec, session, [wire])
    restorer.remember()
    got = [event["candidates"][0]["content"]["parts"][0]["text"] for event in _read(BARE_SSE, out)]

    def sent(kept: str) -> str:
        edits = session.recall(digest(kept, "text")) or ()
        lead = len(kept) - len(kept.lstrip())
        for edit in reversed(edits):
            kept = kept[: edit.start + lead] + edit.text + kept[edit.end + lead :]
        return kept

    assert sent("".join(got)) == "".join(map(sent, got)) == text


@given(st.data())
def test_lines_of_a_chat_are_restored_however_they_were_cut(data: st.DataObject) -> None:
    session = data.draw(sessions())
    thought, text = data.draw(_said(session)), data.draw(_said(session))
    said = [("thinking", piece) for piece in cut(thought, data.draw(cuts(thought)))]
    said += [("content", piece) for piece in cut(text, data.draw(cuts(text)))]
    lines: list[dict[str, Any]] = [{"message": {"content": "", key: piece}, "done": False} for key, piece in said]
    if data.draw(st.booleans()):
        lines.append({"message": {"content": ""}, "done": True, "done_reason": "stop"})
    elif text and data.draw(st.booleans()):
        lines[-1] |= {"done": True, "done_reason": "stop"}
    wire = b"\n".join(json.dumps(line).encode() for line in lines) + data.draw(st.sampled_from([b"", b"\n"]))
    at = data.draw(st.just(list(range(1, len(wire)))) | st.lists(st.integers(0, len(wire)), max_size=9).map(sorted))
    spec = _stream(OLLAMA, "/api/chat", NDJSON.media)
    out, _ = _through(spec, session, cut(wire, at))
    assert out == _through(spec, session, [wire])[0]
    heard = _read(NDJSON, out)
    is_cut = not any(line["done"] for line in lines)
    thoughts = "".join(line["message"].get("thinking", "") for line in heard)
    assert thoughts == restore(thought, session, cut=is_cut and not text)
    assert "".join(line["message"]["content"] for line in heard) == restore(text, session, cut=is_cut)
    assert not any(line["done"] for line in heard[:-1])
    begun = next((at for at, line in enumerate(heard) if line["message"]["content"]), len(heard))
    assert not any(line["message"].get("thinking") for line in heard[begun:])
