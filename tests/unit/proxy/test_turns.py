"""Whose response an event of a WebSocket belongs to, without any network."""

from __future__ import annotations

import dataclasses
import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.pipeline.fields import Fields, leaves
from app.pipeline.policy import Policy
from app.pipeline.session import Session
from app.proxy.controls import Controls
from app.proxy.exchange import Exchange
from app.proxy.framing import FRAMES
from app.proxy.providers.base import Endpoint, Index, Stream
from app.proxy.providers.openai import OPENAI
from app.proxy.providers.sockets import UNDECLARED, Socket, over_http, socket_of
from app.proxy.sse import Event, make
from app.proxy.turns import Turn, Turns

NAME = 'Zoë "Zo" O\'Neil'
_KEYS = itertools.count()

ASKED = Controls("", True, True, Policy())


def _socket(path: str) -> Socket:
    found = socket_of(OPENAI, path)
    assert found is not None
    return found


REALTIME, RESPONSES = _socket("/v1/realtime"), _socket("/v1/responses")


def turns(socket: Socket) -> Turns:
    numbers = itertools.count(1)
    return Turns(socket, lambda: Exchange(next(numbers), "WS", socket.path), keeps=True)


def session(name: str = NAME) -> tuple[Session, str]:
    made = Session(f"s{next(_KEYS)}", bytes(32))
    return made, made.placeholder("PERSON", name)


def ask(of: Turns, known: Session, lane: str = "") -> Turn:
    turn = of.next()
    of.join(turn, known, ASKED)
    of.ask(turn, lane)
    return turn


def event(kind: str, **more: Any) -> str:
    return json.dumps({"type": kind, **more}, ensure_ascii=False)


def created(id: str, **more: Any) -> str:
    return event("response.created", response={"id": id}, **more)


def got(of: Turns, *frames: str) -> list[dict[str, Any]]:
    return [json.loads(frame) for sent in frames for frame in of.receive(sent).frames]


@given(st.data())
def test_however_frames_cut_the_text_it_comes_out_the_same(data: st.DataObject) -> None:
    known, token = session()
    text = f"a {token}, [{token}] [PERSON_ {token[:-2]} {token}"
    cuts = sorted(data.draw(st.sets(st.integers(1, len(text) - 1))))
    pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
    of = turns(REALTIME)
    ask(of, known)
    place = {"response_id": "r", "item_id": "i", "content_index": 0}
    frames = [event("response.output_text.delta", **place, delta=piece) for piece in pieces]
    events = got(of, created("r"), *frames, event("response.output_text.done", **place, text=text))
    *deltas, done = events[1:]
    assert "".join(delta["delta"] for delta in deltas) == done["text"] == text.replace(token, NAME)
    assert all({**delta, "delta": ""} == {"type": deltas[0]["type"], **place, "delta": ""} for delta in deltas)


def test_a_response_that_nobody_asked_for_goes_on_in_the_session_before_it() -> None:
    known, token = session()
    of = turns(REALTIME)
    first = ask(of, known)
    assert not of.receive(created("r1")).ends
    assert of.receive(event("response.done", response={"id": "r1"})).ends
    delivery = of.receive(created("r2", note=token))
    assert delivery.turn is not first and delivery.turn is not None
    assert json.loads(delivery.frames[0])["note"] == NAME
    assert of.waiting == (delivery.turn,)


def test_what_was_said_belongs_to_the_response_it_leads_to() -> None:
    known, _ = session()
    of = turns(REALTIME)
    turn = of.next()
    of.join(turn, known, ASKED)
    of.gather(turn)
    assert of.next() is turn and of.gathered is turn
    assert of.receive(created("r1")).turn is turn and of.gathered is None
    of.ask(turn, "")  # its answer had begun by itself meanwhile: this asks for another
    second = of.receive(created("r2")).turn
    assert second is not None and second is not turn and second.session is known


def test_one_sessions_placeholders_are_never_restored_in_anothers_answer() -> None:
    (mine, token), (theirs, _) = session(), session("Jonathan Whitfield")
    of = turns(RESPONSES)
    ask(of, theirs, "a")
    ask(of, mine, "b")
    assert got(of, created("r1", stream_id="a", note=token))[0]["note"] == token
    assert got(of, created("r2", stream_id="b", note=token))[0]["note"] == NAME
    assert got(of, event("x", stream_id="a", note=token))[0]["note"] == token
    assert got(of, event("x", response_id="r2", note=token))[0]["note"] == NAME


def test_a_provider_that_names_no_lane_answers_in_turn() -> None:
    (mine, token), (theirs, other) = session(), session("Jonathan Whitfield")
    of = turns(RESPONSES)
    ask(of, mine, "a")
    ask(of, theirs, "b")
    assert got(of, created("r1", note=token))[0]["note"] == NAME
    of.receive(event("response.completed", response={"id": "r1"}))
    assert got(of, created("r2", note=other))[0]["note"] == "Jonathan Whitfield"


@pytest.mark.parametrize("status", [None, 404])
def test_an_error_ends_what_has_not_begun_before_what_has(status: int | None) -> None:
    known, token = session()
    of = turns(RESPONSES)
    begun, waits = ask(of, known), ask(of, known)
    assert of.receive(created("r1")).turn is begun
    error = event("error", status=status, error={"message": f"No {token}"})
    delivery = of.receive(error)
    assert (delivery.turn, delivery.ends, waits.exchange.status) == (waits, True, status or 400)
    assert json.loads(delivery.frames[0])["error"]["message"] == f"No {NAME}"
    assert of.receive(error).turn is begun and of.waiting == ()


def test_an_error_of_a_conversation_that_goes_on_ends_nothing() -> None:
    known, _ = session()
    of = turns(REALTIME)
    turn = ask(of, known)
    of.receive(created("r1"))
    assert not of.receive(event("error", error={"message": "x"})).ends and of.waiting == (turn,)


def test_what_is_held_comes_before_the_end() -> None:
    known, token = session()
    of = turns(REALTIME)
    ask(of, known)
    place = {"response_id": "r", "item_id": "i", "content_index": 0}
    head = event("response.output_text.delta", **place, delta=f"Dear {token[:5]}")
    events = got(of, created("r"), head, event("response.done", response={"id": "r"}))
    assert [e.get("delta", "") for e in events] == ["", "Dear ", token[:5], ""]


def test_what_the_provider_keeps_is_named_once() -> None:
    known, _ = session()
    of = turns(dataclasses.replace(REALTIME, kept=True))
    ask(of, known)
    assert of.receive(created("resp_1")).ids == {"resp_1"}
    assert of.receive(event("response.done", response={"id": "resp_1"})).ids == frozenset()


@pytest.mark.parametrize("frame", ["", "no JSON", "[]", "null", '{"type": {}, "response": [], "response_id": {}}'])
@pytest.mark.parametrize("socket", [REALTIME, RESPONSES, UNDECLARED], ids=lambda socket: socket.path)
def test_odd_frames_keep_every_byte(socket: Socket, frame: str) -> None:
    of = turns(socket)
    assert of.receive(frame).frames == (frame,)
    ask(of, session()[0])
    assert of.receive(frame).frames == (frame,)


def test_a_turn_that_passes_keeps_its_placeholders() -> None:
    known, token = session()
    of = turns(RESPONSES)
    turn = of.next()
    of.join(turn, known, dataclasses.replace(ASKED, hydrate=False))
    of.ask(turn, "")
    assert got(of, created("r1", note=token))[0]["note"] == token


def test_every_socket_speaks_in_frames() -> None:
    for socket in (REALTIME, RESPONSES, UNDECLARED):
        assert socket.stream.framing is FRAMES
    (event,) = FRAMES.decoder().feed('{"a": "ü"}'.encode())
    assert event.with_data("{}").raw == b"{}" and FRAMES.decoder().flush() == []


def test_a_socket_speaks_as_its_endpoint_does_over_http() -> None:
    def inject(name: str, index: Index, text: str, latest: str) -> Event:
        return make(json.dumps({"type": "x.delta", "index": index[0], "delta": text}), "x.delta")

    stream = Stream(frozenset(["delta"]), lambda e: [()] if e.get("type") == "x.done" else [], inject)
    fields = Fields(identifiers=("model",), opening="input")
    socket = over_http("/v1/x", Endpoint("POST", "/v1/x", fields, stream=stream))
    assert (socket.path, socket.request.opening, socket.kept) == ("/v1/x", "input", True)
    frame = event("response.create", event_id="e", stream_id="s", model="m", input="T", instructions="T2")
    assert [leaf.value for leaf in leaves(frame, socket.request)] == ["T", "T2"]
    known, token = session()
    of = turns(socket)
    ask(of, known)
    deltas = [event("x.delta", index=0, delta=piece) for piece in token[:5]]
    events = got(of, *deltas, event("x.done"))
    assert events == [
        *({"type": "x.delta", "index": 0, "delta": ""} for _ in deltas),
        {"type": "x.delta", "index": 0, "delta": token[:5]},
        {"type": "x.done"},
    ]
