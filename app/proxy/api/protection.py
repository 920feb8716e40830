"""`protection`: on, off, or off for a while."""

from __future__ import annotations

import math
from typing import Any

from app.errors import SettingError
from app.pause import LONGEST
from app.proxy.api.operation import DONE, Answered, Call, Operation
from app.proxy.api.problem import Problem
from app.proxy.api.schema import Schema, answer, optional, record, text, whole
from app.store.audit import utc

_STATE: dict[str, Schema] = {
    "protection": text("What happens to a request: starting, on, off, refusing, broken."),
    "paused": optional(text("Until when it is paused; restart where until the app ends.")),
}
_BODY = record(
    {"protection": text("on and off hold for the next start as well, paused does not.",
                        choices=("on", "off", "paused")),
     "seconds": whole("How long a pause lasts; without it, until the app ends.", low=1, high=LONGEST)},
    needs=["protection"],
)  # fmt: skip


def _state(call: Call) -> dict[str, Any]:
    until = call.parts.pause.until
    paused = ("restart" if math.isinf(until) else utc(until)) if until else None
    return {"protection": call.parts.health()["protection"], "paused": paused}


async def _get(call: Call) -> Answered:
    return _state(call)


async def _put(call: Call) -> Answered:
    parts, asked = call.parts, call.body["protection"]
    if "seconds" in call.body and asked != "paused":
        raise Problem(422, "unusable", "Only a pause has an end.", field="seconds")
    if asked == "paused":
        if not parts.settings.current.protection:
            raise Problem(409, "off", "Protection is off, which is no pause.", "Turn it on first.", field="protection")
        parts.pause_protection(call.body.get("seconds", math.inf))
    elif asked == "on" and parts.settings.current.protection:
        parts.pause_protection(0)
    else:
        try:
            parts.settings.set("protection", asked == "on")
        except SettingError as error:
            raise Problem(409, "fixed", error.title, error.hint, field="protection") from None
    return {"success": True, **_state(call)}


OPERATIONS = (
    Operation("GET", "/protection", "Whether requests are redacted.", _get, answer=answer(_STATE)),
    Operation(
        "PUT", "/protection", "Turns protection on or off, or pauses it.", _put,
        body=_BODY, answer=answer({"success": DONE, **_STATE}), statuses=(409, 422),
    ),
)  # fmt: skip
