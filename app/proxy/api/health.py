"""`health` and `ready`: for those who watch over the app."""

from __future__ import annotations

from aiohttp import web

from app.proxy.api.operation import Answered, Call, Operation
from app.proxy.api.schema import Schema, answer, flag, text, whole
from app.store.audit import utc

_HEALTH: dict[str, Schema] = {
    "status": text("Always ok: it answers."),
    "timestamp": text(format="date-time"),
    "version": text(),
    "newer": text("The newest version, where a feed of releases is asked and tells of one."),
    "protection": text("What happens to a request: starting, on, off, refusing, broken."),
    "reason": text("Why it is broken."),
    "audit": text("on, off, failing."),
    "vault": text("Where sessions are kept: ok, or gone, and then nothing is sent on."),
    "requests": whole("Requests that are going on."),
    "sockets": whole("WebSockets that are open."),
    "waiting": whole("Texts and bodies that detection has not looked through yet."),
}
_READY = answer({"ready": flag("Whether requests are sent on."), "protection": text(), "vault": text("ok, gone.")})


async def _health(call: Call) -> Answered:
    return {"timestamp": utc(), **call.parts.health()}


async def _ready(call: Call) -> Answered:
    health = call.parts.health()
    told = {name: health[name] for name in ("protection", "vault")}
    ready = told["protection"] in ("on", "off")
    return web.json_response({"ready": ready, **told}, status=200 if ready else 503)


OPERATIONS = (
    Operation("GET", "/health", "Whether it runs, and how.", _health, answer=answer(_HEALTH), access="open"),
    Operation(
        "GET", "/ready", "Status 200 where requests are sent on, else 503.", _ready, answer=_READY,
        also={503: _READY}, access="open",
    ),
)  # fmt: skip
