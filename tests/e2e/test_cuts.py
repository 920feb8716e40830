"""Every kind of stream there is, cut in every way: its channels say what they say in one piece."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from app.pipeline.fields import leaves
from app.pipeline.json_text import parse
from app.pipeline.restore import restore
from app.pipeline.session import Session
from app.proxy.answer import restore_body
from app.proxy.framing import JSON_ARRAY, NDJSON, SSE, Framing
from app.proxy.providers import BY_DIALECT
from app.proxy.providers.base import Endpoint, Stream
from app.proxy.sse import Event
from app.proxy.stream import StreamRestorer
from tests import answers
from tests.answers import Data, pieces
from tests.e2e.conftest import AWKWARD, BROKEN_LINE, EMAIL, NAME

SESSION = Session("cuts", b"k" * 32)
_NAME, _AWKWARD, _BROKEN, _MAIL = (SESSION.placeholder("PERSON", v) for v in (NAME, AWKWARD, BROKEN_LINE, EMAIL))
TEXTS = (
    f"Große {_NAME}s [x] {_AWKWARD}: „{_BROKEN}“ 😀 {_MAIL}{_NAME} [PERSON_1] **{_NAME.lower()}** {_NAME[1:-1]}!",
    f"{_MAIL}",
    f"東京 {_BROKEN} [PER",
)
_INNER = json.dumps({"who": [_AWKWARD, {"cc": f"<{_MAIL}>"}], "note": f"{_BROKEN}\n東京"})
ARGUMENTS = (
    _INNER,
    json.dumps({"payload": _INNER, "n": 1.5}, ensure_ascii=False),
)
SIZES = (1, 2, 3, 5, 7, 16, 1000)


def _turns(*streams: Sequence[Data]) -> list[Data]:
    """One event of each in turns."""
    return [event for row in itertools.zip_longest(*streams) for event in row if event is not None]


def _chat(size: int) -> list[Data | str]:
    texts = answers.chat_events(*TEXTS[:2], size=size, done=False)[:-3]
    calls = [(f"call_{at}", "send", text) for at, text in enumerate(ARGUMENTS)]
    tools = answers.chat_tool_events(calls, size)[:-2]
    mixed = _turns([e for e in texts if isinstance(e, dict)], [e for e in tools if isinstance(e, dict)])
    return [*mixed, answers.chunk(0, {}, "tool_calls"), answers.chunk(1, {}, "stop"), "[DONE]"]


def _chat_whole() -> Data:
    whole = answers.chat(*TEXTS[:2], calls=[(f"call_{at}", "send", text) for at, text in enumerate(ARGUMENTS)])
    del whole["choices"][1]["message"]["tool_calls"]
    return whole


def _blocks() -> list[str | Data]:
    calls = [answers.tool_use(f"toolu_{at}", "send", json.loads(text)) for at, text in enumerate(ARGUMENTS)]
    return [TEXTS[0], calls[0], TEXTS[1], calls[1], TEXTS[2]]


def _messages(size: int) -> list[Data | str]:
    return answers.message_events(*_blocks(), size=size)


def _response() -> Data:
    def text(kind: str, value: str) -> Data:
        return {"type": kind, "text": value, **({"annotations": []} if kind == "output_text" else {})}

    output: list[Data] = [
        {"id": "rs_1", "type": "reasoning", "summary": [text("summary_text", TEXTS[2])], "encrypted_content": "gAAA"},
        {"id": "msg_1", "type": "message", "role": "assistant", "content": [text("output_text", t) for t in TEXTS[:2]]},
        *({"id": f"fc_{n}", "type": "function_call", "arguments": a, "name": "f"} for n, a in enumerate(ARGUMENTS)),
        {"id": "ctc_1", "type": "custom_tool_call", "call_id": "call_9", "name": "patch", "input": TEXTS[0]},
    ]
    return {"id": "resp_1", "object": "response", "status": "completed", "output": output}


def _responses(size: int) -> list[Data | str]:
    """Its items do not wait for each other."""
    first, *events, last = (event for event in answers.response_events(_response(), size) if isinstance(event, dict))
    items = [[e for e in events if e["output_index"] == at] for at in range(len(_response()["output"]))]
    return [first, *_turns(*items), last]


def _candidates(size: int) -> list[Data | str]:
    def candidate(at: int, part: Data, **more: Any) -> Data:
        return {"candidates": [{"index": at, "content": {"role": "model", "parts": [part]}, **more}]}

    texts = [[candidate(at, {"text": piece}) for piece in pieces(text, size)] for at, text in enumerate(TEXTS[:2])]
    call = candidate(0, {"functionCall": {"name": "send", "args": json.loads(ARGUMENTS[0])}})
    return [*_turns(*texts), call, candidate(0, {"text": ""}, finishReason="STOP")]


def _candidates_whole() -> Data:
    parts = [{"text": TEXTS[0]}, {"functionCall": {"name": "send", "args": json.loads(ARGUMENTS[0])}}]
    contents = [{"role": "model", "parts": parts}, {"role": "model", "parts": [{"text": TEXTS[1]}]}]
    return {"candidates": [{"index": at, "content": content} for at, content in enumerate(contents)]}


def _ollama_chat(size: int) -> list[Data | str]:
    thinking = [{"message": {"role": "assistant", "content": "", "thinking": p}} for p in pieces(TEXTS[2], size)]
    said = [{"message": {"role": "assistant", "content": piece}, "done": False} for piece in pieces(TEXTS[0], size)]
    return [*thinking, *said, _ollama_end()]


def _ollama_end() -> Data:
    calls = [{"function": {"name": "send", "arguments": json.loads(ARGUMENTS[0])}}]
    return {"message": {"role": "assistant", "content": "", "tool_calls": calls}, "done": True, "done_reason": "stop"}


def _ollama_whole() -> Data:
    end = _ollama_end()
    return {**end, "message": {**end["message"], "content": TEXTS[0], "thinking": TEXTS[2]}}


def _generated(size: int) -> list[Data | str]:
    events: list[Data | str] = [{"response": piece, "done": False} for piece in pieces(TEXTS[0], size)]
    return [*events, {"response": "", "done": True}]


def _completions(size: int) -> list[Data | str]:
    texts = [
        [{"choices": [{"index": at, "text": piece, "finish_reason": None}]} for piece in pieces(text, size)]
        for at, text in enumerate(TEXTS)
    ]
    ends = [{"choices": [{"index": at, "text": "", "finish_reason": "stop"}]} for at in range(len(TEXTS))]
    return [*_turns(*texts), *ends, "[DONE]"]


@dataclass(frozen=True)
class Kind:
    """An endpoint that streams: the events of one answer, its deltas `size` characters long, and the answer whole."""

    dialect: str
    path: str
    events: Callable[[int], list[Data | str]]
    whole: Callable[[], Data]
    framing: Framing = SSE

    def __str__(self) -> str:
        return f"{self.dialect} {self.path.rpartition('/')[2]}"

    @property
    def endpoint(self) -> Endpoint | None:
        return BY_DIALECT[self.dialect].endpoint("POST", self.path)

    @property
    def stream(self) -> Stream:
        endpoint = self.endpoint
        assert endpoint is not None and endpoint.stream is not None
        return endpoint.stream

    def wire(self, size: int, newline: str = "\n", **manner: bool) -> bytes:
        if self.framing is SSE:
            return answers.encode(self.events(size), newline, ensure_ascii=False, **manner)
        events = [json.dumps(event, ensure_ascii=False) for event in self.events(size)]
        text = "".join(f"{event}{newline}" for event in events) if self.framing is NDJSON else f"[{','.join(events)}]"
        return text.encode()


KINDS = (
    Kind("openai", "/v1/chat/completions", _chat, _chat_whole),
    Kind("openai", "/v1/responses", _responses, _response),
    Kind(
        "openai",
        "/v1/completions",
        _completions,
        lambda: {"choices": [{"index": at, "text": text} for at, text in enumerate(TEXTS)]},
    ),
    Kind("anthropic", "/v1/messages", _messages, lambda: answers.message(*_blocks())),
    Kind("gemini", "/v1beta/models/x:streamGenerateContent", _candidates, _candidates_whole),
    Kind("gemini", "/v1beta/models/x:streamGenerateContent", _candidates, _candidates_whole, JSON_ARRAY),
    Kind("ollama", "/api/chat", _ollama_chat, _ollama_whole, NDJSON),
    Kind("ollama", "/api/generate", _generated, lambda: {"response": TEXTS[0], "done": True}, NDJSON),
)
DECLARED = [kind for kind in KINDS if kind.endpoint is not None and kind.endpoint.stream is not None]
declared = pytest.mark.parametrize("kind", DECLARED, ids=str)


def _through(kind: Kind, chunks: Iterable[bytes]) -> bytes:
    """What goes to the client."""
    decoder, restorer = kind.framing.decoder(), StreamRestorer(kind.stream, SESSION)
    out = [made for chunk in chunks for event in decoder.feed(chunk) for made in restorer.feed(event)]
    out += [made for event in decoder.flush() for made in restorer.feed(event)] + restorer.flush()
    return b"".join(event.raw for event in out)


def _events(kind: Kind, wire: bytes) -> Iterator[tuple[Event, Any]]:
    decoder = kind.framing.decoder()
    for event in decoder.feed(wire) + decoder.flush():
        if event.data is not None and event.data != "[DONE]":
            yield event, parse(event.data)


def _heard(kind: Kind, wire: bytes) -> list[str]:
    """What a client has heard on each channel, sorted; fails when one goes on after its end."""
    heard: dict[object, str] = {}
    closed: list[tuple[Any, ...]] = []
    for event, tree in _events(kind, wire):
        for leaf in leaves(event.data or "", kind.stream.fields, tree):
            named = kind.stream.channel_of(leaf)
            if named is not None and leaf.value:
                ended = [index for index in closed if named[1][: len(index)] == index]
                assert not ended, f"{named} goes on after {ended}"
                heard[named] = heard.get(named, "") + leaf.value
        closed += kind.stream.closes(tree)
    return sorted(heard.values())


@declared
@pytest.mark.parametrize("size", SIZES)
def test_each_channel_says_in_pieces_what_it_says_whole(kind: Kind, size: int) -> None:
    came = _heard(kind, kind.wire(size))
    heard = _heard(kind, _through(kind, [kind.wire(size)]))
    assert heard == sorted(restore(text, SESSION) for text in came)
    meant = Counter(restore(text, SESSION) for text in TEXTS)
    assert sum((Counter(heard) & meant).values()) >= 1
    for text in heard:
        if text.startswith("{"):
            json.loads(text)


@declared
def test_a_stream_says_what_the_whole_answer_says(kind: Kind) -> None:
    """The strings of the answer that was not streamed are those that a client puts together."""
    assert kind.endpoint is not None
    raw, _ = restore_body(json.dumps(kind.whole()).encode(), "utf-8", kind.endpoint, SESSION)
    whole = set(_strings(json.loads(raw)))
    heard = _heard(kind, _through(kind, [kind.wire(3)]))
    assert heard
    for text in heard:
        # Arguments are an object there in some dialects, and mean the same.
        assert text in whole or set(_strings(json.loads(text))) <= whole


def _strings(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, dict | list):
        for value in tree.values() if isinstance(tree, dict) else tree:
            yield from _strings(value)


@pytest.mark.parametrize(
    ("kind", "newline"),
    [(kind, end) for kind in DECLARED for end in ("\n", "\r\n", "\r") if kind.framing is SSE or end != "\r"],
    ids=lambda it: str(it) if isinstance(it, Kind) else repr(it),
)
def test_no_cut_changes_a_byte(kind: Kind, newline: str) -> None:
    wire = kind.wire(80, newline)
    uncut = _through(kind, [wire])
    events = kind.framing.decoder().feed(wire)
    for at in range(1, len(wire)):
        decoder = kind.framing.decoder()
        assert decoder.feed(wire[:at]) + decoder.feed(wire[at:]) == events, f"cut at byte {at}"
        if at % 101 == 0:  # all the way; from the same events nothing else can come
            assert _through(kind, [wire[:at], wire[at:]]) == uncut
    assert _through(kind, (wire[at : at + 1] for at in range(len(wire)))) == uncut


@declared
def test_a_stream_that_just_ends_loses_nothing(kind: Kind) -> None:
    """Without the line that says so, without the last line's end, without the bracket."""
    for ending in (b"data: [DONE]\n\n", b"\n\n", b"\n", b"]"):
        wire = kind.wire(4)
        cut = wire.removesuffix(ending)
        assert _heard(kind, _through(kind, [cut])) == _heard(kind, _through(kind, [wire]))


@pytest.mark.parametrize("kind", [kind for kind in DECLARED if kind.framing is SSE], ids=str)
def test_data_over_several_lines_is_one_event(kind: Kind) -> None:
    pretty = b"".join(
        b"".join(b"data:" + line.encode() + b"\n" for line in json.dumps(event, indent=1).split("\n")) + b"\n"
        if isinstance(event, dict)
        else b"data: " + event.encode() + b"\n\n"
        for event in kind.events(5)
    )
    assert _heard(kind, _through(kind, [pretty])) == _heard(kind, _through(kind, [kind.wire(5)]))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_the_streams_of_these_tests_hold_what_the_whole_answers_hold(kind: Kind) -> None:
    """Whether or not anybody has declared them yet."""
    decoder = kind.framing.decoder()
    found: set[str] = set()
    for event in decoder.feed(kind.wire(1000)) + decoder.flush():
        if event.data is not None and event.data != "[DONE]":
            found |= set(_strings(json.loads(event.data)))
    for text in _strings(kind.whole()):
        if SESSION.finder.find(text):
            assert text in found or any(text in _strings(json.loads(f)) for f in found if f.startswith("{"))
