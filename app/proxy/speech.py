"""What a client says over a WebSocket: what may be sent of it, and what it is told instead."""

from __future__ import annotations

import dataclasses
import json
import logging
import secrets

from aiohttp import web

from app.pipeline.fields import Fields, leaves
from app.pipeline.json_text import Pairs, UnreadableJson, parse
from app.pipeline.numbers import DIGITS
from app.proxy.client import Client, Clients
from app.proxy.controls import Controls, controls
from app.proxy.credential import credential
from app.proxy.exchange import Exchange
from app.proxy.journal import Journal
from app.proxy.providers.base import Endpoint
from app.proxy.providers.sockets import Socket
from app.proxy.redacted import Request
from app.proxy.redactor import Redactor
from app.proxy.refusal import Refusal
from app.proxy.review import Review
from app.proxy.route import Route
from app.proxy.turns import Turn, Turns
from app.settings_store import SettingsStore

log = logging.getLogger(__name__)


class Unsent(Exception):
    """A frame was refused; `event` tells the client why."""

    def __init__(self, event: str) -> None:
        super().__init__()
        self.event = event


class Speech:
    """The frames of one client, which become the requests of `turns`."""

    def __init__(
        self,
        request: web.Request,
        route: Route,
        socket: Socket,
        settings: SettingsStore,
        redactor: Redactor,
        journal: Journal,
        clients: Clients,
        client: Client,
        review: Review,
    ) -> None:
        self._review = review
        self._request = request
        self._headers = request.headers
        self._clients = clients
        self._label, self._agent = client.label, request.headers.get("User-Agent", "")
        endpoint = Endpoint("GET", socket.path, socket.request, kept=socket.kept)
        self._route = dataclasses.replace(route, endpoint=endpoint)
        self._asking = dataclasses.replace(route, endpoint=dataclasses.replace(endpoint, system=socket.system))
        self._socket = socket
        self._settings = settings
        self._redactor = redactor
        self._journal = journal
        self._credential = credential(request)
        self._session = secrets.token_hex(16)  # of a connection that is one conversation
        self._heard = False  # that audio went out
        self.turns = Turns(socket, self._begin, journal.keeps, redactor.scanning)

    async def prepare(self, text: str) -> str:
        """What may be sent of a client's frame. Raises Unsent."""
        event, problem = _read(text)
        turn: Turn | None = None
        try:
            asked = await self._asked()
            if asked.redact and problem:
                raise Refusal(400, "unreadable_frame", f"The frame cannot be read: {problem}; nothing was sent.")
            if asked.redact:
                self._hear(asked, text, event)
            kind = event.get("type")
            asks = isinstance(kind, str) and kind in self._socket.begins
            if not asks and not self._says(asked, text, event):
                return text
            turn = self.turns.next()
            exchange = turn.exchange
            exchange.request_bytes += len(text.encode())
            exchange.policy, exchange.preset = asked.policy, asked.preset
            if asked.redact:
                text = await self._redact(turn, text, asked, self._asking if asks else self._route)
                if self._heard:
                    exchange.read, exchange.attached["audio"] = "part", 1
            else:
                why = "asked" if self._redactor.protects else "protection-off"
                if why == "asked":
                    self._review.check(exchange, asked.session)
                exchange.outcome, exchange.read, exchange.why = "passed", "unread", why
            await self._journal.sending(exchange)
        except Refusal as refusal:
            if turn is not None:
                self.turns.drop(turn)
            raise Unsent(self.refuse(refusal, event, turn.exchange if turn else None)) from None
        if asks:
            self.turns.ask(turn, str(event.get("stream_id") or ""))
        else:
            self.turns.gather(turn)
        return text

    async def _asked(self) -> Controls:
        """What holds for a frame. Raises Refusal."""
        # A token or local key may have been revoked since.
        client = await self._clients.of(self._request, self._route)
        asked = await self._redactor.asked(self._headers, self._route, client)
        self._redactor.check_on()
        session = asked.session or (asked.space + self._session if self._socket.joined else "")
        return dataclasses.replace(asked, session=session, redact=asked.redact and self._redactor.protects)

    def _says(self, asked: Controls, text: str, event: Pairs) -> bool:
        """Whether a frame that asks for nothing belongs to an exchange: there is something to look through in it."""
        if not asked.redact:
            return not self._socket.begins
        found = leaves(text, self._socket.request, event, binary=True, digits=DIGITS)
        return any(leaf.path not in self._socket.audio for leaf in found)

    def _hear(self, asked: Controls, text: str, event: Pairs) -> None:
        """Raises Refusal for a recording, where the policy says so."""
        audio = asked.policy.audio
        if audio == "allow" or not any(leaf.path in self._socket.audio for leaf in leaves(text, Fields(), event)):
            return
        if audio == "block":
            raise Refusal(
                403,
                "audio_blocked",
                "The frame has a recording, which cannot be redacted; nothing was sent.",
                "Leave it out, or change the setting audio.",
            )
        if not self._heard:
            self._heard = True
            log.warning("audio goes out over %s as it is: nobody can redact it", self._socket.path)

    async def _redact(self, turn: Turn, text: str, asked: Controls, route: Route) -> str:
        request = Request(route, asked, self._credential, "application/json", text.encode())
        redacted = await self._redactor.redact(request, turn.exchange)
        redacted = await self._review.let_go(self._redactor, redacted, turn.exchange)
        turn.exchange.outcome, turn.exchange.stream = "done", True
        self.turns.join(turn, redacted.session, asked)
        return redacted.body.decode()

    def _begin(self) -> Exchange:
        exchange = self._journal.begin("WS", self._socket.path, self._route, self._agent)
        exchange.label = self._label
        exchange.client = self._label or exchange.client
        return exchange

    def names(self, ids: frozenset[str]) -> list[tuple[bytes, ...]]:
        """What the provider's `ids` are known by, for this client alone."""
        asked = controls({}, self._settings.current)
        request = Request(self._route, asked, self._credential, "", b"")
        return [self._redactor.scoped(request, id) for id in sorted(ids)]

    def refuse(self, refusal: Refusal, event: Pairs | None = None, exchange: Exchange | None = None) -> str:
        """The event that tells the client of `refusal`, which ends `exchange`."""
        exchange = exchange or self._begin()
        exchange.refuse(refusal.status, refusal.code, refusal.message)
        self._journal.end(exchange)
        return self.error(refusal, event)

    def error(self, refusal: Refusal, event: Pairs | None = None) -> str:
        """The event of an error. It names the client's event that it is about, where that has a name."""
        made = self._route.provider.error(refusal.status, refusal.code, refusal.message)
        name, lane = (event.get("event_id"), event.get("stream_id")) if event is not None else (None, None)
        if isinstance(name, str) and isinstance(made.get("error"), dict):
            made["error"]["event_id"] = name
        made |= {"type": "error", "event_id": f"event_{secrets.token_hex(8)}", "status": refusal.status}
        return json.dumps({**made, "stream_id": lane} if isinstance(lane, str) else made)


def _read(text: str) -> tuple[Pairs, str]:
    """A frame's event, and what is wrong with it."""
    try:
        tree = parse(text)
    except UnreadableJson as error:
        return Pairs(), str(error)
    return (tree, "") if isinstance(tree, Pairs) else (Pairs(), "it is not a JSON object")
