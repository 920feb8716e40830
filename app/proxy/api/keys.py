"""`keys`: for which providers there is a key, and where it may be sent. Never a key."""

from __future__ import annotations

import asyncio
from typing import Any

from app.provider_keys import target_of, upstream_of
from app.proxy.api.operation import DONE, Answered, Call, Operation
from app.proxy.api.problem import Problem, missing
from app.proxy.api.schema import Schema, answer, array, flag, record, text
from app.upstreams import origin_of, targets

_KEY: dict[str, Schema] = {
    "provider": text("The provider, or u/ and the name of a further upstream."),
    "set": flag("Whether there is a key."),
    "origin": text("Where the key may be sent; empty where there is none, or nobody has said."),
    "upstream": text("Where its requests go now."),
    "confirmed": flag("Whether these are the same. If not, the key is not sent."),
}


async def _list(call: Call) -> Answered:
    settings = call.parts.settings.current
    return {"keys": [await _told(call, target) for target in targets(settings.upstreams)]}


async def _told(call: Call, target: str) -> dict[str, Any]:
    key = await asyncio.to_thread(call.parts.keys.get, target)
    url = upstream_of(call.parts.settings.current, target)
    return {
        "provider": target,
        "set": key is not None,
        "origin": key.origin if key else "",
        "upstream": origin_of(url),
        "confirmed": key is not None and key.is_for(url),
    }


async def _confirm(call: Call) -> Answered:
    settings = call.parts.settings.current
    try:
        target = target_of(settings, call.body["provider"])
    except KeyError:
        raise missing("provider", "provider") from None
    url = upstream_of(settings, target)
    if call.body["origin"] != origin_of(url):
        raise Problem(
            409, "another_origin", "Its requests do not go there.", f"See {target} in GET keys.", field="origin"
        )
    if not await asyncio.to_thread(call.parts.keys.confirm, target, url):
        raise missing("key", "provider")
    await call.parts.access.changed("provider-key-confirmed")
    return {"success": True, **await _told(call, target)}


OPERATIONS = (
    Operation(
        "GET", "/keys", "For which providers a key is kept, and where it may be sent. No key.", _list,
        answer=answer({"keys": array(answer(_KEY))}),
    ),
    Operation(
        "POST", "/keys/confirm", "Lets a key be sent to where its provider’s requests go now.", _confirm,
        body=record({"provider": text("The provider, or the name of a further upstream.", shortest=1, longest=80),
                     "origin": text("Where they go, as it is confirmed: https://api.example.com.", shortest=1,
                                    longest=300)},
                    needs=["provider", "origin"]),
        answer=answer({"success": DONE, **_KEY}), statuses=(404, 409),
    ),
)  # fmt: skip
