"""An open WebSocket to a client and one to a provider, and what is carried between them."""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import Callable
from functools import partial
from typing import NoReturn

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web

from app.faults import faults
from app.proxy.client import Client, Clients
from app.proxy.exchange import Outcome
from app.proxy.framing import FRAMES
from app.proxy.journal import Journal
from app.proxy.providers.sockets import Socket
from app.proxy.redactor import Redactor
from app.proxy.refusal import Refusal
from app.proxy.review import Review
from app.proxy.route import Route
from app.proxy.scrub import scrubbed, scrubbed_headers
from app.proxy.speech import Speech, Unsent
from app.proxy.turns import Delivery, Turn
from app.proxy.upstream import CLOSE_WAIT, down
from app.proxy.upstream import Socket as Upstream
from app.settings_store import SettingsStore

#: Frames of a client that may wait while one is looked through. Its pings are answered meanwhile.
_AHEAD = 8
_BINARY = Refusal(403, "binary_frame", "A binary frame cannot be looked through, so it was not sent.")
_TOO_LARGE = Refusal(413, "body_too_large", "The frame is larger than the body-limit setting; nothing was sent.")


class _Over(Exception):
    """The link ends, and how: what becomes of the turns, and how both sides are told."""

    def __init__(self, outcome: Outcome, reason: str, code: int, words: str = "", told: Refusal | None = None) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason
        self.code = code
        self.words = words.encode()
        self.told = told


def _client_gone(code: int = WSCloseCode.GOING_AWAY, words: str = "") -> _Over:
    return _Over("aborted", "The client went away.", code, words)


def _upstream_gone() -> _Over:
    told = Refusal(502, "upstream_broke_off", "The connection to the provider broke off.", "Try again.")
    return _Over("failed", "The provider's answer broke off.", WSCloseCode.INTERNAL_ERROR, told=told)


class _Client(web.WebSocketResponse):
    """The client's side. aiohttp hangs up on a frame that is too large; this says why, and waits to be heard."""

    def __init__(self, too_large: Callable[[], str], protocol: str | None, limit: int) -> None:
        super().__init__(
            protocols=[protocol] if protocol else (),
            max_msg_size=limit + 1,
            autoping=False,
            autoclose=False,
            timeout=CLOSE_WAIT,
        )
        self._too_large = too_large

    async def close(self, *, code: int = WSCloseCode.OK, message: bytes = b"", drain: bool = True) -> bool:
        if code == WSCloseCode.MESSAGE_TOO_BIG and not self.closed:
            with contextlib.suppress(ConnectionError):
                await self.send_str(self._too_large())
                await self.send_frame(struct.pack("!H", code), WSMsgType.CLOSE)
                # The rest of the frame is still coming: closing on it would reset the connection.
                await asyncio.sleep(CLOSE_WAIT)
        return await super().close(code=code, message=message, drain=drain)


class Link:
    """Both sides of a socket. What the client says is redacted frame by frame, what comes back restored."""

    def __init__(
        self,
        request: web.Request,
        route: Route,
        socket: Socket,
        upstream: Upstream,
        settings: SettingsStore,
        redactor: Redactor,
        journal: Journal,
        clients: Clients,
        client: Client,
        review: Review,
    ) -> None:
        self._request = request
        self._upstream = upstream
        self._journal = journal
        self._secret = client.key
        self._speech = Speech(request, route, socket, settings, redactor, journal, clients, client, review)
        self._client = _Client(partial(self._speech.refuse, _TOO_LARGE), upstream.protocol, request.client_max_size)
        self._client.headers.update(scrubbed_headers(down(upstream.headers), client.key))
        self._said: asyncio.Queue[str | _Over] = asyncio.Queue(_AHEAD)
        self._news = asyncio.Event()  # that may have left no response to wait for

    async def run(self, stopping: asyncio.Event) -> web.StreamResponse:
        """Carries frames until one side is gone, or until none is waited for once the app is `stopping`."""
        try:
            await self._client.prepare(self._request)
        except BaseException:
            await self._upstream.close(code=WSCloseCode.GOING_AWAY)
            raise
        over = _client_gone()  # unless something else ends it
        work = (self._listen(), self._send(), self._relay(), self._stop(stopping))
        tasks = [asyncio.create_task(part) for part in work]
        try:
            await asyncio.gather(*tasks)
        except _Over as how:
            over = how
        except Exception as error:  # a fault of ours, whose own words may quote a frame: nobody hears them
            faults.note(error, "a WebSocket")
            told = Refusal(500, "internal_error", "The connection broke on a fault of Anonamoose.")
            over = _Over("failed", "A fault of Anonamoose.", WSCloseCode.INTERNAL_ERROR, told=told)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._close(over)
        return self._client

    async def _listen(self) -> NoReturn:
        """Hears the client, also while an earlier frame of it is looked through."""
        while True:
            message = await self._client.receive()
            if message.type is WSMsgType.TEXT:
                await self._said.put(message.data)
            elif message.type is WSMsgType.BINARY:
                await self._to_client(self._speech.refuse(_BINARY))
            elif message.type is WSMsgType.PING:
                await self._to_upstream(message.data, WSMsgType.PING)
            elif message.type is WSMsgType.PONG:
                await self._to_upstream(message.data, WSMsgType.PONG)
            elif message.type is WSMsgType.CLOSE:
                await self._said.put(_client_gone(*_goodbye(message)))
                await asyncio.Event().wait()  # what was said before still goes out, and ends this then
            else:
                raise _client_gone()

    async def _send(self) -> NoReturn:
        """Sends what the client says, in its order."""
        while True:
            said = await self._said.get()
            if isinstance(said, _Over):
                raise said
            try:
                frame = await self._speech.prepare(said)
            except Unsent as refused:
                await self._to_client(refused.event)
            else:
                await self._to_upstream(frame.encode(), WSMsgType.TEXT)
            self._news.set()

    async def _relay(self) -> NoReturn:
        """Hands the provider's frames on to the client."""
        while True:
            message = await self._upstream.receive()
            if message.type is WSMsgType.TEXT:
                delivery = self._speech.turns.receive(message.data)
                turn = delivery.turn
                if turn is not None and turn.session is not None and delivery.ids:
                    # Before the client knows them: its next frame may name them, on this connection or another.
                    until = turn.restorer.until if turn.restorer else 0.0
                    await self._journal.alias(self._speech.names(delivery.ids), turn.session, until)
                for frame in await self._frames(message.data, delivery):
                    await self._to_client(frame)
                if turn is not None and delivery.ends:
                    self._end(turn)
            elif message.type in (WSMsgType.BINARY, WSMsgType.PING, WSMsgType.PONG):
                await self._frame_to_client(message.data, message.type)
            elif message.type is WSMsgType.CLOSE:
                raise _Over("failed", "The provider closed the connection.", *_goodbye(message))
            else:
                raise _upstream_gone()

    async def _frames(self, text: str, delivery: Delivery) -> tuple[str, ...]:
        """What the client gets now, looked through where that was asked for."""
        turn = delivery.turn
        if turn is None or turn.scanning is None:
            return delivery.frames
        try:
            events = await turn.scanning.feed([FRAMES.make(text)], last=delivery.ends)
        except Refusal as refusal:
            turn.exchange.code, turn.exchange.outcome, turn.exchange.reason = refusal.code, "failed", refusal.message
            turn.restorer = None  # nothing more of it
            if delivery.ends:
                self._end(turn)
            raise _Over("failed", refusal.message, WSCloseCode.POLICY_VIOLATION, told=refusal) from None
        return self._speech.turns.deliver(turn, events, delivery.ends)

    async def _stop(self, stopping: asyncio.Event) -> NoReturn:
        await stopping.wait()
        while self._speech.turns.waiting:
            self._news.clear()
            await self._news.wait()
        raise _Over("done", "", WSCloseCode.GOING_AWAY, "Anonamoose stops")

    async def _to_client(self, text: str) -> None:
        await self._frame_to_client(text.encode(), WSMsgType.TEXT)

    async def _frame_to_client(self, data: bytes, kind: WSMsgType) -> None:
        try:
            await self._client.send_frame(scrubbed(data, self._secret), kind)
        except ConnectionError:
            raise _client_gone() from None

    async def _to_upstream(self, data: bytes, kind: WSMsgType) -> None:
        try:
            await self._upstream.send_frame(data, kind)
        except ConnectionError:
            raise _upstream_gone() from None

    def _end(self, turn: Turn) -> None:
        if turn.exchange.outcome == "open":  # nothing was sent for it
            turn.exchange.outcome = "done"
        if turn.restorer is not None and turn.session is not None:
            turn.restorer.remember()
            turn.exchange.restored, turn.exchange.exposed = turn.restorer.restored, turn.restorer.exposed
            self._journal.later(self._journal.remember(turn.session))
        self._journal.end(turn.exchange)
        self._news.set()

    async def _close(self, over: _Over) -> None:
        """Tells both sides, the client after what was held for it."""
        with contextlib.suppress(_Over):
            for turn in self._speech.turns.waiting:
                turn.exchange.outcome, turn.exchange.reason = over.outcome, over.reason
                for event in turn.restorer.flush() if turn.restorer and over.outcome == "failed" else ():
                    await self._to_client(event.data or "")
            if over.told is not None:
                await self._to_client(self._speech.error(over.told))
        gathered = [self._speech.turns.gathered] if self._speech.turns.gathered else []
        for turn in {*self._speech.turns.waiting, *gathered}:
            self._end(turn)
        sides = (self._client, self._upstream)
        await asyncio.gather(
            *(side.close(code=over.code, message=over.words) for side in sides), return_exceptions=True
        )


def _goodbye(message: WSMessage) -> tuple[int, str]:
    """Code and words of a close frame; one without a code means that all is well."""
    return message.data or WSCloseCode.OK, message.extra or ""
