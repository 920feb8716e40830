"""Who is answered over a WebSocket, and with what: the provider's frames in, the client's out. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.pipeline.chain import kept_in
from app.pipeline.json_text import Pairs, UnreadableJson, parse
from app.pipeline.session import Session
from app.proxy.controls import Controls
from app.proxy.exchange import Exchange
from app.proxy.exposure import Exposure
from app.proxy.framing import FRAMES
from app.proxy.offsets import Places
from app.proxy.providers.base import Stream
from app.proxy.providers.sockets import Socket
from app.proxy.scanning import Scanning
from app.proxy.sse import Event
from app.proxy.stream import StreamRestorer

#: What looks through an answer, if anything is to.
Begin = Callable[[Controls, Session, Exchange, Stream], Scanning | None]


def _unscanned(asked: Controls, session: Session, exchange: Exchange, spec: Stream) -> None:
    return None


@dataclass(slots=True, eq=False)
class Turn:
    """What leads to one response, and that response.

    `session` None: nothing of it was hidden. `restorer` None: its answer goes on as it comes. `lane` tells
    responses apart that a client asks for side by side.
    """

    exchange: Exchange
    session: Session | None = None
    restorer: StreamRestorer | None = None
    lane: str = ""
    asked: Controls | None = None
    scanning: Scanning | None = None
    ids: set[str] = field(default_factory=set)  # of the provider's things in it, those that are known


@dataclass(frozen=True, slots=True)
class Delivery:
    """One frame of the provider's: what the client gets for it, unless the `turn` is scanning: then `deliver` tells.

    `ids` are new names of what is kept in the session of `turn`; with `ends`, it is the turn's last.
    """

    frames: tuple[str, ...] = field(repr=False)
    turn: Turn | None = None
    ids: frozenset[str] = frozenset()
    ends: bool = False


class Turns:
    """The turns of one connection.

    A turn is gathered from the client's frames, asked for by the last of them, and open from the
    provider's first event of the response to its last. Where events do not say whose they are, they
    belong to the latest of their lane.
    """

    def __init__(
        self, socket: Socket, begin: Callable[[], Exchange], keeps: bool, scanning: Begin = _unscanned
    ) -> None:
        """`begin` makes the exchange of a turn; with `keeps`, it may keep texts. `scanning` as in `Redactor`."""
        self._scanning = scanning
        self._socket = socket
        self._begin = begin
        self._keeps = keeps
        self._taken: Turn | None = None
        self._gathered: Turn | None = None
        self._asked: list[Turn] = []
        self._open: dict[str, Turn] = {}  # by the response's id
        self._latest: Turn | None = None

    @property
    def waiting(self) -> tuple[Turn, ...]:
        """The turns with a frame in hand or a response that has not ended."""
        return tuple({*([self._taken] if self._taken else ()), *self._asked, *self._open.values()})

    @property
    def gathered(self) -> Turn | None:
        """The turn that was sent in part and asks for nothing yet."""
        return self._gathered

    def next(self) -> Turn:
        """The turn that the client's next frame adds to; `gather`, `ask` or `drop` tells whether it did."""
        self._taken = self._gathered or Turn(self._begin())
        return self._taken

    def gather(self, turn: Turn) -> None:
        """A frame of `turn` is about to be sent, and more will follow."""
        self._taken = None
        if turn not in self._open.values():
            self._gathered = turn

    def ask(self, turn: Turn, lane: str) -> None:
        """The last frame of `turn` is about to be sent; a response will follow."""
        self._taken = None
        if turn in self._open.values():  # it was answered before it had asked: this asks for another answer
            turn = self._after(turn)
        turn.lane = lane
        self.drop(turn)
        self._asked.append(turn)

    def drop(self, turn: Turn) -> None:
        """`turn` was refused or is over."""
        self._asked = [other for other in self._asked if other is not turn]
        self._open = {id: other for id, other in self._open.items() if other is not turn}
        self._gathered = None if self._gathered is turn else self._gathered
        self._taken = None if self._taken is turn else self._taken

    def receive(self, text: str) -> Delivery:
        """What is to be done for a frame from the provider."""
        try:
            tree = parse(text)
        except UnreadableJson:
            tree = None
        event = tree if isinstance(tree, Pairs) else Pairs()
        kind = _text(event.get("type"))
        turn = self._turn_of(event, kind)
        if turn is None:
            return Delivery((text,))
        turn.exchange.response_bytes += len(text.encode())
        turn.exchange.status = _status(event) if kind == "error" else 200
        ends = kind in self._socket.ends or (kind == "error" and turn in self._asked)
        frames: tuple[str, ...] = (text,)
        if turn.restorer is not None and turn.scanning is None:
            frames = self.deliver(turn, [FRAMES.make(text)], ends)
        new = frozenset(kept_in(tree) - turn.ids) if self._socket.kept and turn.session is not None else frozenset()
        turn.ids |= new
        if ends:
            self.drop(turn)
        return Delivery(frames, turn, new, ends)

    @staticmethod
    def deliver(turn: Turn, events: Sequence[Event], ends: bool) -> tuple[str, ...]:
        """The frames for these `events` of a turn; with `ends`, the last of them is its last."""
        if turn.restorer is None:
            return tuple(event.data or "" for event in events)
        out: list[Event] = []
        for number, event in enumerate(events, 1):
            # What is held must not follow the end.
            out += turn.restorer.flush() if ends and number == len(events) else []
            out += turn.restorer.feed(event)
        return tuple(event.data or "" for event in out)

    def _turn_of(self, event: Pairs, kind: str) -> Turn | None:
        response = event.get("response")
        id = _text(event.get("response_id")) or _text(response.get("id") if isinstance(response, Pairs) else None)
        if id in self._open:
            return self._open[id]
        lane = _text(event.get("stream_id"))
        asked = next((turn for turn in self._asked if lane in ("", turn.lane)), None)
        if id and kind == self._socket.starts:
            # One that nobody asked for follows from what was said, or from the response before it.
            turn = asked or self._gathered or self._after(self._latest)
            turn.lane = lane
            self._asked = [other for other in self._asked if other is not turn]
            self._gathered = None if self._gathered is turn else self._gathered
            self._open[id] = self._latest = turn
            return turn
        if kind == "error" and asked:
            return asked
        current = next((turn for turn in reversed(self._open.values()) if turn.lane == lane), None)
        return current or asked or self._gathered or self._latest

    def _after(self, before: Turn | None) -> Turn:
        """A turn that goes on in the session of another."""
        turn = Turn(self._begin())
        if before is not None and before.session is not None and before.asked is not None:
            self.join(turn, before.session, before.asked)
        return turn

    def join(self, turn: Turn, session: Session, asked: Controls) -> None:
        """From now on, what `turn` hides is in `session`; its answer is restored from there, as `asked`."""
        if turn.session is session:
            return
        turn.session, turn.asked = session, asked
        turn.exchange.session = session.id
        exposure = Exposure(restores=asked.restore_secrets, hydrates=asked.hydrate)
        restores = asked.hydrate or asked.scan_replies
        turn.scanning = self._scanning(asked, session, turn.exchange, self._socket.stream)
        places = Places(turn.exchange.provider, turn.exchange.sources)
        turn.restorer = StreamRestorer(self._socket.stream, session, places, exposure) if restores else None
        if turn.restorer is not None and self._keeps:
            turn.exchange.transcript, turn.exchange.texts = turn.restorer.transcript, turn.restorer.texts


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _status(error: Pairs) -> int:
    status = error.get("status")
    return status if isinstance(status, int) else 400
