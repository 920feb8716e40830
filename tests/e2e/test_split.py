"""A recorded stream of either dialect: the client gets what it gets without one, and nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from app.pipeline.session import Session
from app.proxy.answer import restore_body
from app.proxy.providers.anthropic import ANTHROPIC
from app.proxy.providers.base import Endpoint
from app.proxy.providers.openai import OPENAI
from app.proxy.sse import Decoder, Event
from app.proxy.stream import StreamRestorer
from tests import answers
from tests.e2e.conftest import AWKWARD, BROKEN_LINE, EMAIL, NAME
from tests.e2e.dialects import BOTH, CLAUDE, Dialect

dialects = pytest.mark.parametrize("dialect", BOTH, ids=str)
newlines = pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
_SIGNED = {"type": "thinking", "thinking": "Is that [PERSON_1234]?", "signature": "c2ln"}


class Case:
    """One answer of a provider, as a stream and as a whole, and what a client must make of it."""

    def __init__(self, dialect: Dialect, size: int, newline: str) -> None:
        self.session = Session("split", b"k" * 32)
        name, awkward, broken, mail = (
            self.session.placeholder("PERSON", value) for value in (NAME, AWKWARD, BROKEN_LINE, EMAIL)
        )
        self.text = f"Große {name}s [x] {awkward}: „{broken}“ 😀 {mail}{name} [PERSON_1] {name[:-2]}"
        self.arguments = {"to": [name, {"cc": f"<{mail}>"}], "note": f"{awkward}\n{broken} 東京", "n": 1.5}
        self.meant = {"to": [NAME, {"cc": f"<{EMAIL}>"}], "note": f"{AWKWARD}\n{BROKEN_LINE} 東京", "n": 1.5}
        dumped = json.dumps(self.arguments)
        if dialect is CLAUDE:
            blocks: list[str | answers.Data] = [_SIGNED, self.text, answers.tool_use("t1", "send", self.arguments)]
            blocks += [answers.tool_use("t2", "send", {"payload": dumped}), name]
            self.events = answers.message_events(*blocks, size=size)
            self.whole = answers.message(*blocks)
        else:
            calls = [("c1", "send", dumped), ("c2", "send", json.dumps({"payload": dumped}, ensure_ascii=False))]
            texts = answers.chat_events(self.text, name, size=size, finish_with_text=True, done=False)
            self.events = [*texts, *answers.chat_tool_events(calls, size)]
            self.whole = answers.chat(self.text, name)
            both = answers.chat(self.text, calls=calls)["choices"][0]["message"]["tool_calls"]
            self.whole["choices"][0]["message"]["tool_calls"] = both
        self.wire = answers.encode(self.events, newline, comments=True, ensure_ascii=False)
        self.endpoint = _endpoint(dialect)

    def through(self, chunks: Iterable[bytes]) -> list[Event]:
        """What goes to the client."""
        assert self.endpoint.stream is not None
        decoder, restorer = Decoder(), StreamRestorer(self.endpoint.stream, self.session)
        out = [made for chunk in chunks for event in decoder.feed(chunk) for made in restorer.feed(event)]
        return out + [made for event in decoder.flush() for made in restorer.feed(event)] + restorer.flush()


def _endpoint(dialect: Dialect) -> Endpoint:
    provider = ANTHROPIC if dialect is CLAUDE else OPENAI
    endpoint = provider.endpoint("POST", dialect.path)
    assert endpoint is not None
    return endpoint


def _joined(events: Iterable[Event]) -> bytes:
    return b"".join(event.raw for event in events)


def _heard(dialect: Dialect, wire: bytes) -> dict[str, str]:
    """What a client collects, by block or choice; it may not hear anything of one that was closed."""
    heard: dict[str, str] = {}
    closed: set[str] = set()
    for event in Decoder().feed(wire):
        if event.data is None or event.data == "[DONE]":
            continue
        data: dict[str, Any] = json.loads(event.data)
        if dialect is CLAUDE:
            _hear_block(data, heard, closed)
        else:
            for choice in data.get("choices", ()):
                _hear_choice(choice, heard, closed)
    return heard


def _hear_block(data: dict[str, Any], heard: dict[str, str], closed: set[str]) -> None:
    key = str(data.get("index"))
    if data["type"] == "content_block_delta":
        assert key not in closed, "a delta came after its block was closed"
        parts = [value for name, value in data["delta"].items() if name in ("text", "partial_json", "thinking")]
        heard[key] = heard.get(key, "") + "".join(parts)
    elif data["type"] == "content_block_stop":
        closed.add(key)


def _hear_choice(choice: dict[str, Any], heard: dict[str, str], closed: set[str]) -> None:
    key = str(choice["index"])
    delta = choice["delta"]
    if delta.get("content"):
        assert f"{key} text" not in closed, "text came after its choice was finished"
        heard[key] = heard.get(key, "") + delta["content"]
    for call in delta.get("tool_calls", ()):
        name = f"{key} call {call['index']}"
        heard[name] = heard.get(name, "") + call["function"]["arguments"]
    if choice["finish_reason"] == "stop":
        closed.add(f"{key} text")


def _said(dialect: Dialect, case: Case) -> dict[str, str]:
    """The same from the answer that is not streamed."""
    raw, _ = restore_body(json.dumps(case.whole).encode(), "utf-8", case.endpoint, case.session)
    data = json.loads(raw)
    said: dict[str, str] = {}
    if dialect is CLAUDE:
        for at, block in enumerate(data["content"]):
            said[str(at)] = block.get("text") or block.get("thinking") or json.dumps(block["input"])
    else:
        for at, choice in enumerate(data["choices"]):
            said[str(at)] = choice["message"]["content"]
            for number, call in enumerate(choice["message"].get("tool_calls", ())):
                said[f"{at} call {number}"] = call["function"]["arguments"]
    return said


def _comparable(texts: dict[str, str]) -> dict[str, Any]:
    """Arguments as what they mean: the two ways may write the same JSON differently."""
    return {key: json.loads(text) if text.startswith("{") else text for key, text in texts.items()}


@dialects
@newlines
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 11, 16, 400])
def test_a_stream_says_what_the_whole_answer_says(dialect: Dialect, newline: str, size: int) -> None:
    case = Case(dialect, size, newline)
    heard = _comparable(_heard(dialect, _joined(case.through([case.wire]))))
    assert heard == _comparable(_said(dialect, case))
    arguments = [value for value in heard.values() if isinstance(value, dict)]
    assert arguments[0] == case.meant
    assert json.loads(arguments[1]["payload"]) == case.meant
    plain = f"Große {NAME}s [x] {AWKWARD}: „{BROKEN_LINE}“ 😀 {EMAIL}{NAME} [PERSON_1] "
    assert any(isinstance(text, str) and text.startswith(plain) for text in heard.values())


@dialects
@newlines
def test_events_in_which_nothing_changes_keep_their_bytes(dialect: Dialect, newline: str) -> None:
    case = Case(dialect, 6, newline)
    came = Decoder().feed(case.wire)
    got = [event.raw for event in case.through([case.wire])]
    kept = [event.raw for event in came if _is_no_delta(event.data)]
    assert len(kept) > 10
    rest = iter(got)
    assert all(any(raw == other for other in rest) for raw in kept)  # all of them, and in their order


def _is_no_delta(data: str | None) -> bool:
    if data is None or data == "[DONE]":
        return True
    event = json.loads(data)
    if "type" in event:
        return bool(event["type"] != "content_block_delta")
    return not any(set(choice["delta"]) & {"content", "tool_calls"} for choice in event["choices"])


@dialects
def test_an_empty_session_changes_no_byte(dialect: Dialect) -> None:
    case = Case(dialect, 5, "\r\n")
    case.session = Session("empty", b"k" * 32)
    for size in (1, 10, len(case.wire)):
        cut = (case.wire[at : at + size] for at in range(0, len(case.wire), size))
        assert _joined(case.through(cut)) == case.wire


@dialects
def test_a_stream_that_ends_anywhere_loses_nothing_that_came(dialect: Dialect) -> None:
    """Cut short after any event, the client has all text up to there, and the rest of a placeholder as it came."""
    case = Case(dialect, 5, "\n")
    encoded = [answers.encode([event], ensure_ascii=False) for event in case.events]
    for end in range(len(encoded)):
        wire = b"".join(encoded[:end])
        heard = _heard(dialect, _joined(case.through([wire])))
        came = _heard(dialect, wire)
        for key, text in came.items():
            if not text:
                continue
            restored = heard[key]
            for entry in (NAME, AWKWARD, BROKEN_LINE, EMAIL):
                token = case.session.placeholder("PERSON", entry)
                depth = text.count(token)
                assert depth == 0 or token not in restored
