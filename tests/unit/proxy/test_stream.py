from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from app.pipeline.entry import Entry
from app.pipeline.session import Session
from app.proxy.providers.anthropic import ANTHROPIC
from app.proxy.providers.base import Stream
from app.proxy.providers.openai import OPENAI
from app.proxy.sse import Event, make
from app.proxy.stream import StreamRestorer

SESSION = Session(
    "a", b"k" * 32, [Entry("[PERSON_4821]", "PERSON", 'Zoë "Z" O\'Neil'), Entry("[X_1307]", "X", "two\nlines")]
)


def restorer(provider: Any) -> StreamRestorer:
    stream = provider.endpoints[0].stream
    assert isinstance(stream, Stream)
    return StreamRestorer(stream, SESSION)


def chunk(delta: dict[str, Any], finish: str | None = None, index: int = 0, **more: Any) -> Event:
    return make(json.dumps({"id": "c", "choices": [{"index": index, "delta": delta, "finish_reason": finish}], **more}))


def block(kind: str, **more: Any) -> Event:
    return make(json.dumps({"type": kind, **more}), kind)


def text_delta(text: str, index: int = 0) -> Event:
    return block("content_block_delta", index=index, delta={"type": "text_delta", "text": text})


def data(events: Iterable[Event]) -> list[Any]:
    return [json.loads(event.data) if event.data != "[DONE]" else "DONE" for event in events if event.data is not None]


def contents(events: Iterable[Event]) -> list[str | None]:
    return [event["choices"][0]["delta"].get("content") for event in data(events)]


def test_an_event_in_which_nothing_changes_keeps_its_bytes() -> None:
    through = restorer(OPENAI)
    for raw in (
        b": ping\n\n",
        b'data: { "choices": [ ], "x": "\\u00e9" }\r\n\r\n',
        b"data: not json\n\n",
        b"data: 7\n\n",
        b"\n",
    ):
        event = Event(raw, None if raw in (b": ping\n\n", b"\n") else raw.decode()[6:].strip())
        assert through.feed(event) == [event]


def test_only_the_strings_that_change_are_written_anew() -> None:
    (event,) = restorer(OPENAI).feed(
        make('{"a": "\\u00e9", "choices": [{"index": 0, "delta": {"content": "[PERSON_4821]!"}}]}')
    )
    assert event.data == '{"a": "\\u00e9", "choices": [{"index": 0, "delta": {"content": "Zoë \\"Z\\" O\'Neil!"}}]}'


def test_what_is_held_goes_out_before_the_event_that_closes_its_channel() -> None:
    through = restorer(OPENAI)
    assert contents(through.feed(chunk({"content": "Hi [PER"}))) == ["Hi "]
    out = through.feed(chunk({}, "stop"))
    assert contents(out) == ["[PER", None]
    assert data(out)[0] == {"id": "c", "choices": [{"index": 0, "delta": {"content": "[PER"}, "finish_reason": None}]}
    assert through.feed(make("[DONE]")) == [make("[DONE]")] and through.flush() == []


def test_or_in_that_very_event_if_it_is_a_delta_of_the_channel() -> None:
    through = restorer(OPENAI)
    through.feed(chunk({"content": "Hi [PERSON"}))
    assert contents(through.feed(chunk({"content": "_48"}, "stop"))) == ["[PERSON_48"]


@pytest.mark.parametrize("ending", [[make("[DONE]")], []])
def test_or_at_the_end_of_the_stream(ending: list[Event]) -> None:
    through = restorer(OPENAI)
    through.feed(chunk({"content": "[PER"}))
    out = [made for event in ending for made in through.feed(event)] + through.flush()
    assert contents(out[:1]) == ["[PER"] and out[1:] == ending


def test_a_choice_that_ends_closes_none_of_another() -> None:
    through = restorer(OPENAI)
    through.feed(chunk({"content": "[PER"}, index=0))
    through.feed(chunk({"content": "[PER"}, index=1))
    out = data(through.feed(chunk({}, "stop", index=1)))
    assert [event["choices"][0]["index"] for event in out] == [1, 1]
    assert contents(through.feed(chunk({"content": "SON_4821]"}))) == ['Zoë "Z" O\'Neil']


def test_tool_calls_side_by_side_are_channels_of_their_own() -> None:
    through = restorer(OPENAI)

    def calls(*pieces: tuple[int, str]) -> Event:
        return chunk({"tool_calls": [{"index": at, "function": {"arguments": piece}} for at, piece in pieces]})

    through.feed(calls((0, '{"a": "[PER'), (1, '{"b": "[X_')))
    out = data(through.feed(calls((1, '1307]"}'), (0, 'SON_4821]"}'))))
    (one, two) = out[0]["choices"][0]["delta"]["tool_calls"]
    assert json.loads('{"b": "' + one["function"]["arguments"])["b"] == "two\nlines"
    assert json.loads('{"a": "' + two["function"]["arguments"])["a"] == 'Zoë "Z" O\'Neil'


def test_held_arguments_are_put_where_they_belong_without_name_and_id() -> None:
    through = restorer(OPENAI)
    call = {"index": 1, "id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"a": "[PER'}}
    through.feed(chunk({"tool_calls": [call]}, index=2))
    out = data(through.feed(chunk({}, "tool_calls", index=2)))
    assert out[0]["choices"] == [
        {"index": 2, "delta": {"tool_calls": [{"index": 1, "function": {"arguments": "[PER"}}]}, "finish_reason": None}
    ]


def test_what_is_no_delta_is_restored_whole_at_once() -> None:
    (event,) = restorer(OPENAI).feed(chunk({"role": "[PERSON_4821]"}, error={"message": "no [X_1307] here", "n": 1}))
    assert data([event])[0]["error"] == {"message": "no two\nlines here", "n": 1}


def test_an_event_that_is_no_json_is_restored_as_text() -> None:
    through = restorer(OPENAI)
    assert [event.raw for event in through.feed(make("hello [PERSON_4821]"))] == [
        'data: hello Zoë "Z" O\'Neil\n\n'.encode()
    ]
    assert through.restored == 1


def test_logprobs_stay_as_they_are() -> None:
    event = make(
        json.dumps(
            {"choices": [{"index": 0, "delta": {"content": ""}, "logprobs": {"content": [{"token": "[PERSON_4821]"}]}}]}
        )
    )
    assert restorer(OPENAI).feed(event) == [event]


def test_a_message_holds_back_until_its_block_stops() -> None:
    through = restorer(ANTHROPIC)
    through.feed(block("content_block_start", index=0, content_block={"type": "text", "text": ""}))
    through.feed(text_delta("Hi [PERSON"))
    out = through.feed(block("content_block_stop", index=0))
    assert [event.name for event in out] == ["content_block_delta", "content_block_stop"]
    assert data(out)[0] == {
        "type": "content_block_delta",
        "index": 0,
        "delta": {"type": "text_delta", "text": "[PERSON"},
    }


def test_a_block_that_stops_closes_none_of_another() -> None:
    through = restorer(ANTHROPIC)
    through.feed(text_delta("[PER", 0))
    through.feed(text_delta("[PER", 1))
    assert [event["index"] for event in data(through.feed(block("content_block_stop", index=1)))] == [1, 1]
    assert [event["index"] for event in data(through.feed(block("message_delta", delta={})))[:1]] == [0]


@pytest.mark.parametrize("kind", ["message_delta", "message_stop", "error"])
def test_what_ends_the_message_ends_every_block(kind: str) -> None:
    through = restorer(ANTHROPIC)
    through.feed(text_delta("[PER"))
    assert [event.name for event in through.feed(block(kind))] == ["content_block_delta", kind]


def test_arguments_of_a_tool_are_flushed_as_such() -> None:
    through = restorer(ANTHROPIC)
    delta = {"type": "input_json_delta", "partial_json": '{"a": "[PERSON_4821'}
    assert (
        data(through.feed(block("content_block_delta", index=3, delta=delta)))[0]["delta"]["partial_json"] == '{"a": "'
    )
    assert data(through.flush())[0]["delta"] == {"type": "input_json_delta", "partial_json": 'Zoë \\"Z\\" O\'Neil'}


def test_what_is_signed_stays_as_it_is() -> None:
    through = restorer(ANTHROPIC)
    for delta in (
        {"type": "compaction_delta", "content": "[PERSON_4821]"},
        {"type": "signature_delta", "signature": "[PERSON_4821]"},
    ):
        event = block("content_block_delta", index=0, delta=delta)
        assert through.feed(event) == [event]
    assert through.restored == 0


def test_thinking_is_restored_and_ends_before_its_signature() -> None:
    through = restorer(ANTHROPIC)

    def delta(**more: str) -> Event:
        return block("content_block_delta", index=0, delta=more)

    assert through.feed(delta(type="thinking_delta", thinking="so PERSON_4821")) != []
    out = data(through.feed(delta(type="signature_delta", signature="[PERSON_4821]")))
    assert [event["delta"] for event in out] == [
        {"type": "thinking_delta", "thinking": 'Zoë "Z" O\'Neil'},
        {"type": "signature_delta", "signature": "[PERSON_4821]"},
    ]


def test_both_sides_of_the_talk_are_remembered_and_counted() -> None:
    through = restorer(OPENAI)
    for event in (chunk({"content": "I am [PER"}), chunk({"content": "SON_4821]."}), chunk({}, "stop")):
        through.feed(event)
    assert through.transcript() == ("I am [PERSON_4821].", 'I am Zoë "Z" O\'Neil.')
    assert through.restored == 1


@pytest.mark.parametrize("reason", ["length", "max_tokens", "stop", None])
def test_a_placeholder_that_a_limit_cut_off_is_restored_in_the_event_that_says_so(reason: str | None) -> None:
    through = restorer(OPENAI)
    through.feed(chunk({"content": "[PERS"}))
    out = contents([*through.feed(chunk({"content": "ON_48"})), *through.feed(chunk({}, reason)), *through.flush()])
    cut = reason != "stop"
    assert "".join(filter(None, out)) == ('Zoë "Z" O\'Neil' if cut else "[PERSON_48")


@pytest.mark.parametrize(("reason", "cut"), [("max_tokens", True), ("end_turn", False)])
def test_a_block_that_ends_in_a_placeholder_waits_for_the_reason(reason: str, cut: bool) -> None:
    through = restorer(ANTHROPIC)
    through.feed(text_delta("Hi [PERSON_48"))
    assert through.feed(block("content_block_stop", index=0)) == []
    out = through.feed(block("message_delta", delta={"stop_reason": reason}))
    assert [event.name for event in out] == ["content_block_delta", "content_block_stop", "message_delta"]
    assert data(out)[0]["delta"]["text"] == ('Zoë "Z" O\'Neil' if cut else "[PERSON_48")
    assert through.feed(block("message_stop")) != [] and through.flush() == []


def test_it_was_not_cut_when_the_answer_goes_on() -> None:
    through = restorer(ANTHROPIC)
    through.feed(text_delta("[PERSON_48"))
    ping = Event(b": ping\n\n", None)
    waiting = [block("content_block_stop", index=0), ping, block("content_block_start", index=1, content_block={})]
    assert [through.feed(event) for event in waiting] == [[], [], []]
    out = through.feed(text_delta("so", 1))
    assert data(out)[0]["delta"]["text"] == "[PERSON_48" and out[1:4] == waiting
    assert data(out)[-1]["delta"]["text"] == "so"


def test_it_was_cut_when_the_stream_breaks_off() -> None:
    through = restorer(ANTHROPIC)
    through.feed(text_delta("[PERSON_48"))
    through.feed(block("content_block_stop", index=0))
    out = through.flush()
    assert [event.name for event in out] == ["content_block_delta", "content_block_stop"]
    assert data(out)[0]["delta"]["text"] == 'Zoë "Z" O\'Neil'
