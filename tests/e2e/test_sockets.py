"""WebSockets: what leaves over them is redacted frame by frame, what comes back is restored across frames."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import WSMsgType

from app.events import ExchangeFinished, ExchangeStarted
from app.pipeline.note import NOTE
from tests import answers
from tests.e2e.conftest import CARD, EMAIL, NAME, PROSE, Running, launched
from tests.fake_socket import PING, PONG, FakeSocket, Peer
from tests.fakes import PATIENCE, PLACEHOLDER, FakeUpstream
from tests.files import PNG, data_url

Event = dict[str, Any]
RESPONSES = "/v1/responses"
REALTIME = "/v1/realtime?model=gpt-realtime"


@asynccontextmanager
async def connected(
    http: aiohttp.ClientSession, running: Running, path: str = RESPONSES, **more: Any
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with asyncio.timeout(PATIENCE):
        async with http.ws_connect(running.origin + path, max_msg_size=0, **more) as socket:
            yield socket


def create(text: str, **more: Any) -> Event:
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    return {"type": "response.create", "model": "fake", "input": [item], **more}


def placeholders(text: str) -> list[str]:
    return list(dict.fromkeys(PLACEHOLDER.findall(text)))


def response(id: str, text: str = "", size: int = 4, **more: Any) -> list[Event]:
    """The events of a response, its text in pieces."""
    item = {"id": f"msg_{id}", "type": "message", "role": "assistant", "status": "completed"}
    part = {"type": "output_text", "text": text, "annotations": []}
    place = {"item_id": item["id"], "output_index": 0, "content_index": 0, **more}
    events: list[Event] = [
        {"type": "response.created", "response": {"id": id, "object": "response", "output": []}, **more},
        {"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}, **more},
        {"type": "response.content_part.added", **place, "part": {**part, "text": ""}},
        *({"type": "response.output_text.delta", **place, "delta": piece} for piece in answers.pieces(text, size)),
        {"type": "response.output_text.done", **place, "text": text},
        {"type": "response.content_part.done", **place, "part": part},
        {"type": "response.output_item.done", "output_index": 0, "item": {**item, "content": [part]}, **more},
        {"type": "response.completed", "response": {"id": id, "output": [{**item, "content": [part]}]}, **more},
    ]
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


async def until(socket: aiohttp.ClientWebSocketResponse, *kinds: str) -> list[Event]:
    """The events up to one of `kinds`."""
    events: list[Event] = []
    while not events or events[-1]["type"] not in kinds:
        events.append(await socket.receive_json())
    return events


async def asked(socket: aiohttp.ClientWebSocketResponse, event: Event) -> Event:
    """The last event of the answer to `event`."""
    await socket.send_json(event)
    return (await until(socket, "response.completed", "response.done", "error"))[-1]


def said(completed: Event) -> str:
    text: str = completed["response"]["output"][0]["content"][0]["text"]
    return text


def deltas(events: list[Event], kind: str = "response.output_text.delta") -> str:
    return "".join(event["delta"] for event in events if event["type"] == kind)


async def echo(peer: Peer) -> None:
    """Answers every response.create with the placeholders in it, until the proxy closes."""
    number = 0
    while True:
        text = await peer.text()
        if json.loads(text)["type"] == "response.create":
            number += 1
            peer.send(*response(f"resp_{id(peer):x}_{number:04}", f"Noted: {', '.join(placeholders(text))}."))


async def test_what_is_said_is_hidden_and_what_comes_back_is_not(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, key: str
) -> None:
    upstream.answer = FakeSocket(echo, headers=[("x-request-id", "req_1"), ("x-codex-turn-state", "s")])
    headers = {"openai-beta": "responses_websockets=2026-02-06", "x-anonamoose-locale": "AU"}
    async with connected(http, running, f"{RESPONSES}?a=b%20c", headers=headers) as socket:
        first = said(await asked(socket, create(PROSE, generate=False)))
        second = said(await asked(socket, create(f"I am {NAME}.", generate=True)))
    request = upstream.only
    assert (request.method, request.target) == ("GET", f"{RESPONSES}?a=b%20c")
    assert request.header("Authorization") == f"Bearer {key}"
    assert request.header("openai-beta") == headers["openai-beta"]
    assert not any(name.lower().startswith("x-anonamoose") for name, _ in request.headers)
    assert NAME in first and EMAIL in first and CARD in first and not PLACEHOLDER.search(first)
    assert second == f"Noted: {NAME}."
    exchanges = list(running.app.exchanges)
    assert [(e.method, e.path, e.outcome, e.status) for e in exchanges] == [("WS", RESPONSES, "done", 200)] * 2
    assert [e.redactions for e in exchanges] == [5, 1] and [e.model for e in exchanges] == ["fake", "fake"]
    assert exchanges[0].restored >= 5 and exchanges[0].stream
    assert [type(e) for e in running.events if isinstance(e, ExchangeStarted | ExchangeFinished)] == [
        ExchangeStarted,
        ExchangeFinished,
        ExchangeStarted,
        ExchangeFinished,
    ]


async def test_the_handshakes_headers_and_subprotocol_are_passed_on(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = FakeSocket(echo, "realtime", [("x-request-id", "req_1")])
    protocols = ["realtime", "openai-insecure-api-key.sk-fake", "openai-beta.realtime-v1"]
    async with connected(http, running, REALTIME, protocols=protocols) as socket:
        assert socket.protocol == "realtime"
        assert socket._response.headers["x-request-id"] == "req_1"
    offered = upstream.only.header("Sec-WebSocket-Protocol") or ""
    assert [name.strip() for name in offered.split(",")] == protocols


@pytest.mark.parametrize("deflate", [0, 15])
async def test_frames_that_say_nothing_to_hide_keep_every_byte(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, deflate: int
) -> None:
    odd = '{"type": "response.create",  "n":1.50, "input":"\\u0048ello", "a_field":[null,{}]}'
    back = '{"type":"response.completed",  "n": 1e5,"response":{"output":[], "id":"resp_00000001"}}'

    async def script(peer: Peer) -> None:
        await peer.text()
        await peer.text()
        peer.send("not JSON", "[]", back)
        await peer.closed()

    upstream.answer = fake = FakeSocket(script)
    async with connected(http, running, compress=deflate) as socket:
        await socket.send_str('{"type":"response.cancel"}')
        await socket.send_str(odd)
        assert [await socket.receive_str() for _ in range(3)] == ["not JSON", "[]", back]
    await fake.done.wait()
    assert fake.peers[0].received == ['{"type":"response.cancel"}', odd]


@pytest.mark.parametrize("size", range(1, 24))
async def test_where_frames_cut_a_placeholder_does_not_matter(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, size: int
) -> None:
    async def script(peer: Peer) -> None:
        while True:
            event = await peer.event()
            name = placeholders(json.dumps(event))[0]
            peer.send({"type": "response.created", "event_id": "e1", "response": {"id": "resp_1", "output": []}})
            place = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
            call = {"response_id": "resp_1", "item_id": "item_2", "output_index": 1, "call_id": "c"}
            arguments = json.dumps({"to": f'{name} "x"', "note": "[PERSON_"})
            text = f"Dear {name}, [{name}] and ["
            for at in range(0, max(len(text), len(arguments)), size):
                for kind, where, whole in (
                    ("response.output_audio_transcript", place, text),
                    ("response.function_call_arguments", call, arguments),
                ):
                    if piece := whole[at : at + size]:
                        peer.send({"type": f"{kind}.delta", "event_id": "e", **where, "delta": piece})
                peer.send({"type": "response.output_audio.delta", **place, "event_id": "e", "delta": "UklGRiQA" * 4})
            peer.send({"type": "response.output_audio_transcript.done", **place, "transcript": text})
            peer.send({"type": "response.function_call_arguments.done", **call, "arguments": arguments})
            output = [{"id": "item_1", "content": [{"type": "audio", "transcript": text}]}]
            peer.send({"type": "response.done", "response": {"id": "resp_1", "output": output}})

    upstream.answer = FakeSocket(script)
    async with connected(http, running, REALTIME) as socket:
        await socket.send_json({"type": "response.create", "response": {"instructions": f"Greet {NAME}."}})
        events = await until(socket, "response.done")
    wanted = f"Dear {NAME}, [{NAME}] and ["
    assert deltas(events, "response.output_audio_transcript.delta") == wanted
    assert set(deltas(events, "response.output_audio.delta")) == set("UklGRiQA")
    (exchange,) = running.app.exchanges
    assert wanted in exchange.got and NAME not in exchange.came_back
    done = {event["type"]: event for event in events}
    assert done["response.output_audio_transcript.done"]["transcript"] == wanted
    assert events[-1]["response"]["output"][0]["content"][0]["transcript"] == wanted
    given = json.loads(deltas(events, "response.function_call_arguments.delta"))
    assert given == json.loads(done["response.function_call_arguments.done"]["arguments"])
    assert given == {"to": f'{NAME} "x"', "note": "[PERSON_"}
    kinds = [event["type"] for event in events]
    for name in ("response.output_audio_transcript", "response.function_call_arguments"):
        last = len(kinds) - 1 - kinds[::-1].index(f"{name}.delta")
        assert last < kinds.index(f"{name}.done")


async def test_a_refused_frame_is_answered_and_the_socket_stays_of_use(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = fake = FakeSocket(echo)
    async with connected(http, running) as socket:
        for frame in (f"Hello {NAME}", f'["{NAME}"]', '{"type": "response.create", "input": "' + NAME):
            await socket.send_str(frame)
            error = await socket.receive_json()
            assert (error["type"], error["status"], error["error"]["code"]) == ("error", 400, "unreadable_frame")
            assert error["error"]["message"].startswith("Anonamoose: ")
        await socket.send_bytes(NAME.encode())
        assert (await socket.receive_json())["error"]["code"] == "binary_frame"
        assert said(await asked(socket, create(f"I am {NAME}."))) == f"Noted: {NAME}."
    await fake.done.wait()
    assert len(fake.peers[0].received) == 1
    outcomes = [(e.outcome, e.status) for e in running.app.exchanges]
    assert outcomes == [("refused", 400)] * 3 + [("refused", 403), ("done", 200)]


async def test_a_refusal_names_the_event_and_the_lane_it_is_about(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = FakeSocket(echo)
    async with connected(http, running) as socket:
        running.app.settings.set("protection", False)
        running.app.settings.set("when-off", "refuse")
        try:
            error = await asked(socket, create(PROSE, event_id="event_mine", stream_id="lane"))
        finally:
            running.app.settings.set("when-off", "pass")
            running.app.settings.set("protection", True)
        assert error["error"]["code"] == "protection_off" and error["status"] == 403
        assert (error["error"]["event_id"], error["stream_id"]) == ("event_mine", "lane")
        assert said(await asked(socket, create(f"I am {NAME}."))) == f"Noted: {NAME}."


async def test_switches_hold_for_the_frames_after_them(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, plain_is_meant: set[str]
) -> None:
    plain_is_meant.add("upstream")
    upstream.answer = fake = FakeSocket(echo)
    async with connected(http, running) as socket:
        running.app.settings.set("protection", False)
        try:
            assert said(await asked(socket, create(f"I am {NAME}."))) == "Noted: ."
        finally:
            running.app.settings.set("protection", True)
        assert said(await asked(socket, create(f"I am {NAME}."))) == f"Noted: {NAME}."
    assert [NAME in text for text in fake.peers[0].received] == [True, False]
    assert [e.outcome for e in running.app.exchanges] == ["passed", "done"]


async def test_controls_hold_for_a_socket(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, plain_is_meant: set[str]
) -> None:
    upstream.answer = FakeSocket(echo)
    async with connected(http, running, headers={"x-anonamoose-hydrate": "false"}) as socket:
        shown = said(await asked(socket, create(f"I am {NAME}.")))
    assert PLACEHOLDER.search(shown) and NAME not in shown
    async with connected(http, running, "/s/mine/v1/responses") as socket:
        await asked(socket, create(f"I am {NAME}."))
    assert list(running.app.exchanges)[-1].session == "mine"
    async with connected(http, running, REALTIME.replace("/v1", "/s/mine/v1")) as socket:
        await asked(socket, {"type": "response.create", "response": {"instructions": f"I am {NAME}."}})
    assert list(running.app.exchanges)[-1].session == "mine"
    plain_is_meant.add("upstream")
    async with connected(http, running, "/o/redact=false/v1/responses") as socket:
        assert said(await asked(socket, create(f"I am {NAME}."))) == "Noted: ."


async def test_a_response_is_found_again_on_another_connection(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, key: str
) -> None:
    """The provider remembers placeholders; whose they are is known by what it calls the answer."""
    sent: list[Event] = []

    async def script(peer: Peer) -> None:
        while True:
            sent.append(await peer.event())
            name = placeholders(json.dumps(sent[0]))[0]
            peer.send(*response(f"resp_found_{len(sent)}", f"Dear {name}"))

    upstream.answer = FakeSocket(script)
    async with connected(http, running, headers={"x-anonamoose-session": "first-of-all"}) as socket:
        first = await asked(socket, create(f"I am {NAME}."))
        assert said(first) == f"Dear {NAME}"
    async with connected(http, running) as socket:
        more = create("Again, please.", previous_response_id=first["response"]["id"])
        assert said(await asked(socket, more)) == f"Dear {NAME}"
        last = await asked(socket, create(f"And {EMAIL}?", previous_response_id="resp_found_2"))
        assert said(last) == f"Dear {NAME}"
    sessions = {exchange.session for exchange in running.app.exchanges}
    assert sessions == {"first-of-all"}
    async with (
        aiohttp.ClientSession(headers={"Authorization": "Bearer another"}) as other,
        connected(other, running) as socket,
    ):
        foreign = await asked(socket, create("Again, please.", previous_response_id="resp_found_1"))
        assert NAME not in said(foreign)


async def test_responses_side_by_side_are_kept_apart(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    """Two lanes, their events in turns."""

    async def script(peer: Peer) -> None:
        names = {}
        for _ in range(2):
            event = await peer.event()
            names[event["stream_id"]] = placeholders(json.dumps(event))[0]
        lanes = [response(f"resp_{lane}", f"Dear {name}", stream_id=lane) for lane, name in names.items()]
        for row in zip(*lanes, strict=True):
            peer.send(*row)
        await peer.closed()

    upstream.answer = FakeSocket(script)
    async with connected(http, running) as socket:
        await socket.send_json(create(f"I am {NAME}.", stream_id="a"))
        await socket.send_json(create("I am Jonathan Whitfield.", stream_id="b"))
        ended: dict[str, str] = {}
        while len(ended) < 2:
            event = await socket.receive_json()
            if event["type"] == "response.completed":
                ended[event["stream_id"]] = said(event)
    assert ended == {"a": f"Dear {NAME}", "b": "Dear Jonathan Whitfield"}
    assert [e.outcome for e in running.app.exchanges] == ["done", "done"]


async def test_a_conversation_is_one_session_whatever_starts_an_answer(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    """Nothing asks for the second answer: the provider heard that the person had finished speaking."""

    async def script(peer: Peer) -> None:
        update, item = await peer.event(), await peer.event()
        peer.send({"type": "session.updated", "session": update["session"]})
        await peer.event()
        texts = [item["item"]["content"][0]["text"], update["session"]["instructions"]]
        for number, text in enumerate(texts):
            id = f"resp_{number}"
            peer.send({"type": "response.created", "response": {"id": id}})
            output = [{"id": f"item_{number}", "content": [{"type": "text", "text": text}]}]
            peer.send({"type": "response.done", "response": {"id": id, "output": output}})
        peer.send({"type": "conversation.item.done", "item": item["item"]})
        await peer.closed()

    upstream.answer = FakeSocket(script)
    session = {"type": "realtime", "instructions": f"Serve {NAME}.", "audio": {"output": {"voice": "marin"}}}
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": f"Mail {EMAIL}!"}]}
    async with connected(http, running, REALTIME) as socket:
        await socket.send_json({"type": "session.update", "session": session})
        await socket.send_json({"type": "conversation.item.create", "item": item})
        assert (await socket.receive_json())["session"] == session
        await socket.send_json({"type": "response.create"})
        assert said((await until(socket, "response.done"))[-1]) == f"Mail {EMAIL}!"
        assert said((await until(socket, "response.done"))[-1]) == f"Serve {NAME}."
        assert (await socket.receive_json())["item"] == item
    first, second = running.app.exchanges
    assert (first.redactions, second.redactions, second.outcome) == (2, 0, "done")


@pytest.mark.parametrize(("audio", "sent"), [("allow", True), ("warn", True), ("block", False)])
async def test_audio_goes_out_as_the_setting_says(
    running: Running,
    upstream: FakeUpstream,
    http: aiohttp.ClientSession,
    caplog: pytest.LogCaptureFixture,
    audio: str,
    sent: bool,
) -> None:
    append = json.dumps({"type": "input_audio_buffer.append", "audio": "UklGRiQA" * 99})

    async def script(peer: Peer) -> None:
        await peer.closed()

    upstream.answer = fake = FakeSocket(script)
    running.app.settings.set("audio", audio)
    try:
        async with connected(http, running, REALTIME) as socket:
            for _ in range(3):
                await socket.send_str(append)
                if not sent:
                    assert (await socket.receive_json())["error"]["code"] == "audio_blocked"
    finally:
        running.app.settings.set("audio", "warn")
    await fake.done.wait()
    assert fake.peers[0].received == [append] * 3 * sent
    warned = [record for record in caplog.records if "audio goes out" in record.getMessage()]
    assert len(warned) == (audio == "warn")
    assert len(running.app.exchanges) == (0 if sent else 3)


async def test_a_frame_with_nothing_but_a_file_is_looked_through(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def script(peer: Peer) -> None:
        await peer.closed()

    def frame(url: str) -> Event:
        content = [{"type": "input_image", "image_url": url}]
        return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content}}

    upstream.answer = fake = FakeSocket(script)
    picture = frame(data_url("image/png", PNG))
    async with connected(http, running, REALTIME) as socket:
        await socket.send_json(frame(data_url("text/plain", PROSE)))
        await socket.send_json(picture)
        await socket.send_json(picture)
    async with connected(http, running, REALTIME, headers={"x-anonamoose-images": "block"}) as socket:
        await socket.send_json(picture)
        assert (await socket.receive_json())["error"]["code"] == "images_blocked"
    await fake.done.wait()
    text, first, second = (json.loads(received) for received in fake.peers[0].received)
    payload = text["item"]["content"][0]["image_url"].partition(",")[2]
    assert len(placeholders(base64.b64decode(payload).decode())) == 5
    assert first == second == picture
    exchange = next(iter(running.app.exchanges))
    assert exchange.redactions == 5 and exchange.notices == ("1 image left unread.",)


async def test_annotations_point_into_the_text_over_a_socket_too(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def script(peer: Peer) -> None:
        name = placeholders(await peer.text())[0]
        events = response("resp_notes", f"As {name} says.")
        start = len(f"As {name} ")
        note = {"type": "url_citation", "start_index": start, "end_index": start + 4, "url": "https://x.example.com"}
        events[-1]["response"]["output"][0]["content"][0]["annotations"] = [note]
        peer.send(*events)
        await peer.closed()

    upstream.answer = FakeSocket(script)
    async with connected(http, running) as socket:
        await socket.send_json(create(f"I am {NAME}."))
        events = await until(socket, "response.completed")
    part = events[-1]["response"]["output"][0]["content"][0]
    (note,) = part["annotations"]
    assert part["text"][note["start_index"] : note["end_index"]] == "says"


async def test_a_socket_nobody_has_declared_is_redacted_all_the_same(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def script(peer: Peer) -> None:
        while True:
            peer.send({"type": "said", "texts": placeholders(await peer.text())})

    upstream.answer = FakeSocket(script)
    async with connected(http, running, "/v1/live/sessions") as socket:
        for _ in range(2):
            await socket.send_json({"type": "session.start", "session": {"instructions": f"I am {NAME}, {EMAIL}."}})
            assert (await socket.receive_json())["texts"] == [NAME, EMAIL]
    await running.until(lambda: any(isinstance(event, ExchangeFinished) for event in running.events))
    (exchange,) = running.app.exchanges
    assert (exchange.redactions, exchange.outcome, exchange.restored) == (4, "done", 4)


async def test_pings_and_pongs_go_both_ways(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    async def script(peer: Peer) -> None:
        assert await peer.frame() == (PING, b"from the client")
        peer.put(PONG, b"from the client")
        peer.put(PING, b"from the provider")
        assert await peer.frame() == (PONG, b"from the provider")
        await peer.closed()

    upstream.answer = fake = FakeSocket(script)
    async with connected(http, running, autoping=False) as socket:
        await socket.ping(b"from the client")
        assert (await socket.receive())[:2] == (WSMsgType.PONG, b"from the client")
        assert (await socket.receive())[:2] == (WSMsgType.PING, b"from the provider")
        await socket.pong(b"from the provider")
    await fake.done.wait()
    assert not upstream.errors


@pytest.mark.parametrize(("code", "seen"), [(1000, 1000), (1001, 1001), (3000, 3000), (4321, 4321)])
async def test_close_codes_and_words_go_both_ways(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, code: int, seen: int
) -> None:
    goodbyes: list[tuple[int, str]] = []

    async def script(peer: Peer) -> None:
        goodbye = await peer.closed()
        goodbyes.append((goodbye.code, goodbye.words))

    upstream.answer = fake = FakeSocket(script)
    async with connected(http, running) as socket:
        await socket.close(code=code, message=b"so long")
    await fake.done.wait()
    assert goodbyes == [(seen, "so long")]

    async def first(peer: Peer) -> None:
        peer.close(code, "so long")
        await peer.frame()

    upstream.answer = FakeSocket(first)
    async with connected(http, running, autoclose=False) as socket:
        message = await socket.receive()
        assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, seen, "so long")


async def test_a_client_that_is_gone_takes_the_upstream_with_it(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = FakeSocket(echo_never)
    async with connected(http, running) as socket:
        await socket.send_json(create(PROSE))
        received = await upstream.arrived()
        await running.until(lambda: bool(running.app.exchanges))
        transport = socket.get_extra_info("socket")
        assert transport is not None
        assert socket._response.connection is not None and socket._response.connection.transport is not None
        socket._response.connection.transport.abort()
        async with asyncio.timeout(PATIENCE):
            await received.gone.wait()
    await running.until(lambda: any(isinstance(event, ExchangeFinished) for event in running.events))
    assert [e.outcome for e in running.app.exchanges] == ["aborted"]


async def echo_never(peer: Peer) -> None:
    await peer.closed()


@pytest.mark.parametrize("manner", ["reset", "close"])
async def test_an_upstream_that_is_gone_is_an_error_after_what_was_held(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession, manner: str
) -> None:
    async def script(peer: Peer) -> None:
        name = placeholders(json.dumps(await peer.event()))[0]
        peer.send({"type": "response.created", "response": {"id": "resp_1"}})
        place = {"response_id": "resp_1", "item_id": "item_1", "content_index": 0}
        for piece in answers.pieces(f"Dear {name}", 3):
            peer.send({"type": "response.output_text.delta", **place, "delta": piece})
        peer.abort() if manner == "reset" else peer.close(1011, "overloaded")

    upstream.answer = FakeSocket(script)
    async with connected(http, running, REALTIME, autoclose=False) as socket:
        await socket.send_json({"type": "response.create", "response": {"instructions": f"Greet {NAME}."}})
        events: list[Event] = []
        while (message := await socket.receive()).type is WSMsgType.TEXT:
            events.append(message.json())
    assert deltas(events) == f"Dear {NAME}"
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1011)
    if manner == "reset":
        assert events[-1]["error"]["code"] == "upstream_broke_off"
    assert [e.outcome for e in running.app.exchanges] == ["failed"]


async def test_a_frame_of_sixty_megabytes_is_accepted(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    picture = "data:image/png;base64,iVBORw0KGgoA" + "AAAA" * (60 * 2**18)
    image = {"type": "input_image", "image_url": picture}
    text = {"type": "input_text", "text": f"I am {NAME}."}
    item = {"type": "message", "role": "user", "content": [image, text]}

    async def script(peer: Peer) -> None:
        peer.send({"type": "said", "texts": placeholders(await peer.text())})
        await peer.closed()

    upstream.answer = fake = FakeSocket(script)
    async with connected(http, running, REALTIME) as socket:
        await socket.send_json({"type": "conversation.item.create", "item": item})
        assert (await socket.receive_json())["texts"] == [NAME]
    assert picture in fake.peers[0].received[0]


async def test_a_frame_over_the_limit_is_an_error_and_the_end(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    upstream.answer = fake = FakeSocket(echo)
    async with launched(tmp_path, upstream, body_limit=1, ner=False) as app:
        for over in (0, 1, 3 * 2**20):
            head = json.dumps(create(f"I am {NAME}."))[:-1] + ', "pad": "'
            frame = head + " " * (2**20 - len(head) - 2 + over) + '"}'
            async with connected(http, app, autoclose=False) as socket:
                await socket.send_str(frame)
                event = await socket.receive_json()
                assert (event["type"] == "error") is bool(over)
                if over:
                    assert (event["status"], event["error"]["code"]) == (413, "body_too_large")
                    message = await socket.receive()
                    assert (message.type, message.data) == (WSMsgType.CLOSE, 1009)
        outcomes = [e.outcome for e in app.app.exchanges]
    assert outcomes[1:] == ["refused", "refused"]
    assert [len(peer.received) for peer in fake.peers] == [1, 0, 0]


async def test_turned_off_clients_are_sent_to_http(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    running.app.settings.set("websockets", False)
    try:
        await _refused(http, running, RESPONSES, 426, "no_upgrade")
    finally:
        running.app.settings.set("websockets", True)
    for path in ("/v1/chat/completions", "/demo/v1/responses"):
        await _refused(http, running, path, 426, "no_upgrade")
    assert not upstream.wire
    for status in (200, 404, 405, 501):
        upstream.answer = partial(lambda status, _: answers.body({"error": {}}, status), status)
        await _refused(http, running, RESPONSES, 426, "no_upgrade")
    assert {(e.method, e.outcome, e.status) for e in running.app.exchanges} == {("WS", "refused", 426)}


async def test_what_a_provider_says_instead_of_a_socket_is_passed_on(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    said = {"error": {"message": "Incorrect API key", "type": "invalid_request_error"}}
    upstream.answer = lambda _: answers.body(said, 401, [("x-request-id", "req_1"), ("WWW-Authenticate", "Bearer")])
    async with http.get(running.origin + RESPONSES, headers=_HANDSHAKE) as got:
        assert (got.status, await got.json()) == (401, said)
        assert (got.headers["x-request-id"], got.headers["WWW-Authenticate"]) == ("req_1", "Bearer")


_HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


async def _refused(
    http: aiohttp.ClientSession, running: Running, path: str, status: int, code: str, **headers: str
) -> None:
    async with http.get(running.origin + path, headers={**_HANDSHAKE, **headers}) as got:
        assert (got.status, got.headers["x-should-retry"]) == (status, "false")
        assert (await got.json())["error"]["code"] == code


@pytest.mark.usefixtures("strict")
async def test_what_no_socket_can_be_is_refused(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    await _refused(http, running, "/v1/live/sessions", 403, "endpoint_not_covered")
    await _refused(http, running, RESPONSES, 400, "invalid_header", **{"x-anonamoose-redact": "perhaps"})
    await _refused(http, running, RESPONSES, 400, "bad_handshake", **{"Sec-WebSocket-Version": "1"})
    running.app.settings.set("protection", False)
    running.app.settings.set("when-off", "refuse")
    try:
        await _refused(http, running, RESPONSES, 403, "protection_off")
    finally:
        running.app.settings.set("when-off", "pass")
        running.app.settings.set("protection", True)
    assert not upstream.wire


async def test_another_protocol_than_websocket_is_not_upgraded_to(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    """Java's client offers HTTP/2 with its first request, and takes HTTP/1.1 for an answer."""
    headers = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAoAAAAAIAAAAA"}
    body = {"model": "fake", "messages": [{"role": "user", "content": f"I am {NAME}."}]}
    async with http.post(running.origin + "/v1/chat/completions", json=body, headers=headers) as got:
        assert got.status == 200 and NAME in await got.text()
    assert upstream.only.header("Upgrade") is None and upstream.only.header("HTTP2-Settings") is None


async def test_a_stop_closes_idle_sockets_and_waits_for_a_response(
    tmp_path: Path, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    gate = asyncio.Event()

    async def script(peer: Peer) -> None:
        name = placeholders(json.dumps(await peer.event()))[0]
        first, *rest = response("resp_00000001", f"Dear {name}")
        peer.send(first)
        await gate.wait()
        peer.send(*rest)
        await peer.closed()

    upstream.answer = FakeSocket(script)
    async with launched(tmp_path, upstream, ner=False, drain=60) as app:
        await app.app.terms.add([])
        async with connected(http, app, autoclose=False) as idle, connected(http, app, autoclose=False) as busy:
            await busy.send_json(create(f"Mail {EMAIL}."))
            await busy.receive_json()
            stop = asyncio.create_task(app.app.stop())
            message = await idle.receive()
            assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)
            await idle.close()
            gate.set()
            assert said((await until(busy, "response.completed"))[-1]) == f"Dear {EMAIL}"
            message = await busy.receive()
            assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)
            await busy.close()
            await stop


async def test_the_note_goes_with_what_asks_for_a_response(
    running: Running, upstream: FakeUpstream, http: aiohttp.ClientSession
) -> None:
    heard: list[Event] = []

    async def script(peer: Peer) -> None:
        for number in range(2):
            heard.append(await peer.event())
            peer.send(*response(f"resp_noted_{number}", "Noted."))
        await peer.closed()

    upstream.answer = FakeSocket(script)
    running.app.settings.set("system-note", True)
    try:
        async with connected(http, running) as socket:
            await asked(socket, create(f"I am {NAME}."))
            await asked(socket, create(f"I am {NAME}.", instructions="Be brief."))
    finally:
        running.app.settings.set("system-note", False)
    assert [event["instructions"] for event in heard] == [NOTE, f"Be brief.\n\n{NOTE}"]
