"""Which endpoints speak over a WebSocket, and how."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from app.pipeline.fields import Fields
from app.pipeline.note import Place
from app.proxy.framing import FRAMES
from app.proxy.providers.base import Endpoint, Provider, Stream, undeclared
from app.proxy.providers.openai import OPENAI
from app.proxy.providers.realtime import AUDIO, REQUEST, STREAM


@dataclass(frozen=True, slots=True)
class Socket:
    """How an endpoint speaks over a WebSocket: a JSON object to a frame, with a `type`.

    `request` tells what is opaque in a client's frame, `stream` how the provider's frames continue each
    other. A client's frame with a type of `begins` asks for a response; the provider's `starts` is its first
    event and one of `ends` its last. Without `begins`, all that is said is one exchange. With `joined`, a
    connection is one conversation and so one session. `kept` is as for an endpoint; `audio` are the paths of
    recordings in a client's frames, `system` is the place of the system text in one that asks for a response.
    """

    path: str
    request: Fields
    stream: Stream
    begins: frozenset[str] = frozenset()
    starts: str = "response.created"
    ends: frozenset[str] = frozenset()
    joined: bool = False
    kept: bool = False
    audio: frozenset[str] = frozenset()
    system: Place | None = None


def over_http(path: str, endpoint: Endpoint | None) -> Socket:
    """A socket whose frames are the bodies and the events of `endpoint`, which answers at `path` over HTTP."""
    fields = (endpoint.request if endpoint else None) or Fields(generic=True)
    stream = (endpoint.stream if endpoint else None) or undeclared(FRAMES)
    return Socket(
        path,
        dataclasses.replace(fields, identifiers=(*fields.identifiers, "type", "event_id", "stream_id")),
        dataclasses.replace(stream, framing=FRAMES),
        begins=frozenset(["response.create"]),
        ends=frozenset(["response.completed", "response.incomplete", "response.failed", "error"]),
        kept=True,
        system=endpoint.system if endpoint else None,
    )


_RESPONSES = over_http("/v1/responses", OPENAI.endpoint("POST", "/v1/responses"))
_REALTIME = Socket(
    "/v1/realtime",
    REQUEST,
    STREAM,
    begins=frozenset(["response.create"]),
    ends=frozenset(["response.done"]),
    joined=True,
    audio=AUDIO,
)
DECLARED = {(OPENAI.name, socket.path): socket for socket in (_RESPONSES, _REALTIME)}
#: Every string of a client's frame is text, every string of the provider's is restored by itself.
UNDECLARED = Socket("/v1/…", Fields(generic=True), undeclared(FRAMES), joined=True)


def socket_of(provider: Provider, path: str) -> Socket | None:
    """How `path` speaks over a WebSocket, None if nobody has declared it."""
    return DECLARED.get((provider.name, path))
