"""Promises about streams: no cut changes what comes out, blocks end where they end, arguments stay JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.restore import restore
from app.pipeline.session import Session
from app.proxy.providers.anthropic import ANTHROPIC
from app.proxy.providers.base import Stream
from app.proxy.providers.openai import OPENAI
from app.proxy.sse import Decoder, Event, make
from app.proxy.stream import StreamRestorer
from tests.property.texts import cut, cuts, sessions, texts, tokens_of


def _stream(endpoint: int, provider: Any) -> Stream:
    stream = provider.endpoints[endpoint].stream
    assert isinstance(stream, Stream)
    return stream


CHAT, MESSAGES = _stream(0, OPENAI), _stream(0, ANTHROPIC)
_LINES = st.sampled_from(
    [b"data: ", b"data", b"data:", b"event: x", b": ping", b"id: 1", "data: é ☃ 😀".encode(), b"", b"\xef\xbb\xbf"]
)


def _decoded(pieces: list[bytes]) -> list[Event]:
    decoder = Decoder()
    return [event for piece in pieces for event in decoder.feed(piece)] + decoder.flush()


@given(
    st.lists(st.tuples(_LINES | st.binary(max_size=6), st.sampled_from([b"\n", b"\r", b"\r\n"])), max_size=20),
    st.data(),
)
def test_output_does_not_depend_on_where_bytes_were_cut(lines: list[tuple[bytes, bytes]], data: st.DataObject) -> None:
    raw = b"".join(line + end for line, end in lines)
    at = data.draw(st.just(list(range(1, len(raw)))) | st.lists(st.integers(0, len(raw)), max_size=9).map(sorted))
    events = _decoded(cut(raw, at))
    assert events == _decoded([raw])
    assert b"".join(event.raw for event in events) == raw


@given(
    st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"])), st.sampled_from(["", "x"]), st.data()
)
def test_an_event_that_is_made_reads_as_it_was_meant_however_it_is_cut(
    text: str, name: str, data: st.DataObject
) -> None:
    raw = make(text, name).raw
    (event,) = _decoded(cut(raw, data.draw(st.lists(st.integers(0, len(raw)), max_size=9).map(sorted))))
    assert (event.data, event.name) == (text, name)
    (edited,) = _decoded([event.with_data(text * 2).raw])
    assert (edited.data, edited.name) == (text * 2, name)


@dataclass(frozen=True)
class Channel:
    """A channel of a made-up answer: its place, the text the model says there, in pieces."""

    index: tuple[int, ...]
    kind: str
    pieces: tuple[str, ...]

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def _chat_delta(channel: Channel, piece: str) -> dict[str, Any]:
    delta: dict[str, Any] = {"content": piece}
    if channel.kind == "arguments":
        delta = {"tool_calls": [{"index": channel.index[1], "function": {"arguments": piece}}]}
    elif channel.kind != "content":
        delta = {channel.kind: piece}
    return {"id": "c", "choices": [{"index": channel.index[0], "delta": delta, "finish_reason": None}]}


def _chat_end(choice: int, last: dict[str, Any] | None) -> dict[str, Any]:
    delta = last["choices"][0]["delta"] if last else {}
    return {"id": "c", "choices": [{"index": choice, "delta": delta, "finish_reason": "stop"}]}


@st.composite
def chats(draw: st.DrawFn, session: Session, channels: list[tuple[tuple[int, ...], str, str]]) -> list[dict[str, Any]]:
    """Events of a chat answer: channels interleaved, each choice ended, its last delta perhaps in that very event."""
    made = [Channel(index, kind, tuple(cut(text, draw(cuts(text))))) for index, kind, text in channels]
    waiting = {channel: list(channel.pieces) for channel in made}
    out: list[dict[str, Any]] = []
    while waiting:
        channel = draw(st.sampled_from(list(waiting)))
        piece = waiting[channel].pop(0)
        event = _chat_delta(channel, piece)
        if not waiting[channel]:
            del waiting[channel]
        if channel.index[0] in {other.index[0] for other in waiting}:
            out.append(event)
        elif draw(st.booleans()):
            out.append(_chat_end(channel.index[0], event))
        else:
            out += [event, _chat_end(channel.index[0], None)]
    return out


def _heard_in_chat(events: list[Event]) -> dict[tuple[Any, ...], str]:
    """What a client makes of a chat stream; fails when a choice goes on after its end."""
    heard: dict[tuple[Any, ...], str] = {}
    ended: set[int] = set()
    at: tuple[Any, ...]
    for event in events:
        assert event.data is not None
        if event.data == "[DONE]":
            continue
        for choice in json.loads(event.data)["choices"]:
            for key, value in choice["delta"].items():
                assert choice["index"] not in ended, "a block goes on after its closing event"
                if key == "tool_calls":
                    for call in value:
                        at = (choice["index"], call["index"], "arguments")
                        heard[at] = heard.get(at, "") + call["function"]["arguments"]
                else:
                    at = (choice["index"], key)
                    heard[at] = heard.get(at, "") + value
            if choice["finish_reason"] is not None:
                ended.add(choice["index"])
    return heard


def _through(spec: Stream, session: Session, events: list[Event]) -> list[Event]:
    restorer = StreamRestorer(spec, session)
    out = [made for event in events for made in restorer.feed(event)] + restorer.flush()
    # As the client reads it: what was sent is what is on the wire.
    return _decoded([b"".join(event.raw for event in out)])


@given(st.data())
def test_output_does_not_depend_on_how_a_chat_was_cut_into_events_and_nothing_follows_its_closing_event(
    data: st.DataObject,
) -> None:
    session = data.draw(sessions())
    kinds = data.draw(st.lists(st.sampled_from(["content", "refusal", "reasoning_content", "a0", "a1"]), unique=True))
    channels: list[tuple[tuple[int, ...], str, str]] = []
    for choice in range(data.draw(st.integers(1, 2))):
        for kind in kinds or ["content"]:
            index = (choice, int(kind[1])) if kind[0] == "a" else (choice,)
            channels.append((index, "arguments" if kind[0] == "a" else kind, data.draw(texts(session))))
    channels = [(index, kind, text) for index, kind, text in channels if text]
    events = [make(json.dumps(event)) for event in data.draw(chats(session, channels))] + [make("[DONE]")]
    heard = _heard_in_chat(_through(CHAT, session, events))
    meant = {(*index, kind): restore(text, session) for index, kind, text in channels}
    assert {at: text for at, text in heard.items() if text} == meant


def _message(blocks: list[tuple[str, list[str]]], ending: str) -> Iterator[Event]:
    def event(kind: str, **more: Any) -> Event:
        return make(json.dumps({"type": kind, **more}), kind)

    yield event("message_start", message={"id": "m", "content": []})
    for index, (kind, pieces) in enumerate(blocks):
        start = (
            {"type": "tool_use", "id": "t", "name": "n", "input": {}}
            if kind == "partial_json"
            else {"type": "text", "text": ""}
        )
        yield event("content_block_start", index=index, content_block=start)
        for piece in pieces:
            delta = {"type": "input_json_delta" if kind == "partial_json" else "text_delta", kind: piece}
            yield event("content_block_delta", index=index, delta=delta)
        if index + 1 < len(blocks) or ending == "stop":
            yield event("content_block_stop", index=index)
    if ending != "cut":
        yield event("message_delta", delta={"stop_reason": "end_turn"})
        yield event("message_stop")


def _heard_in_message(events: list[Event]) -> list[str]:
    heard: list[str] = []
    open_ = -1
    ended = False
    for event in events:
        assert event.data is not None
        read = json.loads(event.data)
        kind = read["type"]
        assert event.name == kind
        if kind == "content_block_start":
            assert open_ < read["index"]
            heard.append("")
            open_ = read["index"]
        elif kind == "content_block_delta":
            assert read["index"] == open_ and not ended, "a block goes on after its closing event"
            heard[-1] += read["delta"].get("text", "") + read["delta"].get("partial_json", "")
        elif kind == "content_block_stop":
            assert read["index"] == open_
            ended = False
            open_ = read["index"] + 0.5
        else:
            ended = kind == "message_delta"
    return heard


@given(st.data())
def test_output_does_not_depend_on_how_a_message_was_cut_into_events_and_nothing_follows_its_closing_event(
    data: st.DataObject,
) -> None:
    session = data.draw(sessions())
    blocks = []
    for _ in range(data.draw(st.integers(1, 3))):
        text = data.draw(texts(session))
        blocks.append((data.draw(st.sampled_from(["text", "partial_json"])), cut(text, data.draw(cuts(text)))))
    sent = list(_message(blocks, data.draw(st.sampled_from(["stop", "missing stop", "cut"]))))
    heard = _heard_in_message(_through(MESSAGES, session, sent))
    assert heard == [restore("".join(pieces), session) for _, pieces in blocks]


class _Parsing(StreamRestorer):
    """Reads every event from its first character."""

    def _continued(self, event: Event) -> Event | None:
        return None


@given(st.data())
def test_an_event_of_a_known_shape_is_restored_as_if_it_were_parsed(data: st.DataObject) -> None:
    session = data.draw(sessions())
    text = data.draw(texts(session))
    number = st.integers(0, 2)
    padding = st.sampled_from(["", "x", "ab3"])

    def event(piece: str) -> Event:
        choice = {"index": data.draw(number), "delta": {"content": piece}, "finish_reason": None}
        noise = {"sequence_number": data.draw(number)} if data.draw(st.booleans()) else {}
        more = {"obfuscation": data.draw(padding)} if data.draw(st.booleans()) else {}
        model = data.draw(st.sampled_from(["m", *tokens_of(session)]))
        written = json.dumps({**noise, "choices": [choice], "model": model, **more})
        # A line break that JSON does not allow; white space that it does.
        written = written.replace("\\n", "\n") if data.draw(st.integers(0, 9)) == 0 else written
        return make(written.replace(": ", ":") if data.draw(st.booleans()) else written)

    sent = [event(piece) for piece in cut(text, data.draw(cuts(text)))]
    quick, slow = StreamRestorer(CHAT, session), _Parsing(CHAT, session)
    for one in sent:
        assert quick.feed(one) == slow.feed(one)
    assert quick.flush() == slow.flush()
    assert (quick.restored, quick.transcript(), quick.ids) == (slow.restored, slow.transcript(), slow.ids)


def _arguments(session: Session) -> st.SearchStrategy[Any]:
    """JSON whose strings are placeholders and other texts, and JSON in them, and JSON in that."""
    leaf = (
        st.sampled_from([*tokens_of(session), "a", 'q"q', "b\\b", "n\nn"]) | st.none() | st.booleans() | st.integers()
    )
    pair = st.tuples(leaf, leaf).map(lambda two: f"{two[0]} and {two[1]}")

    def more(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        nested = st.dictionaries(st.sampled_from("xyz"), inner, min_size=1, max_size=2)
        return (
            st.lists(inner, max_size=2)
            | nested
            | nested.map(json.dumps)
            | nested.map(lambda d: json.dumps(d, indent=1))
        )

    return st.dictionaries(st.sampled_from("abc"), st.recursive(leaf | pair, more, max_leaves=6), max_size=3)


def _meant(tree: Any, session: Session) -> Any:
    """`tree` as the client must get it."""
    if isinstance(tree, dict):
        return {key: _meant(value, session) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_meant(value, session) for value in tree]
    if not isinstance(tree, str):
        return tree
    if tree.startswith("{"):
        return _meant(json.loads(tree), session)
    for token in tokens_of(session):
        tree = tree.replace(token, session.value(token) or "")
    return tree


def _read(tree: Any) -> Any:
    """`tree` with the JSON in its strings read."""
    if isinstance(tree, dict):
        return {key: _read(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [_read(value) for value in tree]
    return _read(json.loads(tree)) if isinstance(tree, str) and tree.startswith("{") else tree


@pytest.mark.parametrize("dialect", ["chat", "messages"])
@given(data=st.data())
def test_tool_arguments_are_valid_json_after_restoration(dialect: str, data: st.DataObject) -> None:
    session = Session("a", b"k" * 32)
    for number, value in enumerate(['say "hi"', "C:\\dir", "two\nlines", "\ud800", "tab\t{", "plain", 'x{"a": "b']):
        session.placeholder(["PERSON", "A_B"][number % 2], value)
    arguments = data.draw(_arguments(session))
    text = json.dumps(arguments, ensure_ascii=data.draw(st.booleans()), indent=data.draw(st.sampled_from([None, 2])))
    if dialect == "chat":
        sent = [make(json.dumps(e)) for e in data.draw(chats(session, [((0, 0), "arguments", text)]))]
        heard = _heard_in_chat(_through(CHAT, session, sent))[0, 0, "arguments"]
    else:
        pieces = cut(text, data.draw(cuts(text)))
        (heard,) = _heard_in_message(_through(MESSAGES, session, list(_message([("partial_json", pieces)], "stop"))))
    assert _read(json.loads(heard)) == _meant(arguments, session)
