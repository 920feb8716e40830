"""`stats` and `storage`: how much was done and how much is kept."""

from __future__ import annotations

import asyncio
import shutil
from typing import Any

from app import __version__
from app.audit.overview import LONGEST, overview
from app.proxy.api.operation import Answered, Call, Operation
from app.proxy.api.parts import Parts
from app.proxy.api.problem import Problem
from app.proxy.api.schema import Schema, answer, array, by_name, flag, number, text, whole
from app.store import storage
from app.store.audit_reading import AuditReader

_PUBLIC: dict[str, Schema] = {
    "requestsRedacted": whole("Requests in which something was hidden, since the start.", low=0),
    "requestsHydrated": whole("Answers into which something was put back, since the start.", low=0),
    "piiDetected": whole("Values hidden since the start.", low=0),
    "storageConnected": flag("Whether the vault can be read."),
}
_HITS = {"dictionaryHits": "dictionary", "nerHits": "ner", "namesHits": "names"}
_STATS: dict[str, Schema] = {
    **_PUBLIC,
    **{name: whole(f"Values that the layer {layer} found since the start.", low=0) for name, layer in _HITS.items()},
    "regexHits": whole("Values that the layers patterns and secrets found since the start.", low=0),
    "tokensRestored": whole("Placeholders that were replaced since the start.", low=0),
    "activeSessions": whole("Sessions that are kept.", low=0),
    "dictionarySize": whole("Terms in the dictionary.", low=0),
    "today": by_name(whole(low=0), "Values hidden since midnight, by entity."),
    "layers": by_name(whole(low=0), "Values hidden since the start, by layer."),
    "version": text(),
    "protection": text("What happens to a request: starting, on, off, refusing, broken."),
}


def _public(parts: Parts) -> dict[str, Any]:
    tally = parts.tally
    return {
        "requestsRedacted": tally.redacted,
        "requestsHydrated": tally.hydrated,
        "piiDetected": tally.entities.total(),
        "storageConnected": True,
    }


async def _stats_public(call: Call) -> Answered:
    return _public(call.parts)


async def _stats(call: Call) -> Answered:
    parts, tally = call.parts, call.parts.tally
    return {
        **_public(parts),
        **{name: tally.layers[layer] for name, layer in _HITS.items()},
        "regexHits": tally.layers["patterns"] + tally.layers["secrets"],
        "tokensRestored": tally.restored,
        "activeSessions": await parts.sessions.count(),
        "dictionarySize": sum(term.kind == "term" for term in parts.terms.all().values()),
        "today": parts.counts.today(),
        "layers": dict(tally.layers),
        "version": __version__,
        "protection": parts.health()["protection"],
    }


_STORAGE: dict[str, Schema] = {
    "sessions": whole(low=0),
    "tokens": whole("Placeholders of all sessions.", low=0),
    "memories": whole("Texts of which it is known how they were sent.", low=0),
    "terms": whole("Entries of dictionary, allowlist and patterns.", low=0),
    "localKeys": whole(low=0),
    "vaultBytes": whole("Size of the vault on disk.", low=0),
    "auditBytes": whole("Size of the audit trail on disk.", low=0),
    "freeBytes": whole("What is free on that disk.", low=0),
}


async def _storage(call: Call) -> Answered:
    paths = call.parts.settings.paths
    rows = await storage.rows(call.parts.store.database)

    def sizes() -> tuple[int, int, int]:
        return storage.size(paths.database), storage.size(paths.audit), shutil.disk_usage(paths.root).free

    vault, audit, free = await asyncio.to_thread(sizes)
    return {
        "sessions": rows["session"],
        "tokens": rows["entry"],
        "memories": rows["memo"],
        "terms": rows["term"],
        "localKeys": rows["local_key"],
        "vaultBytes": vault,
        "auditBytes": audit,
        "freeBytes": free,
    }


_HISTORY: dict[str, Schema] = {
    "exchanges": whole("Exchanges in these days.", low=0),
    "values": whole("Values hidden in them.", low=0),
    "addedMs": number("What an exchange took longer for it, on average.", low=0),
    "days": array(
        answer(
            {
                "date": text("By the clock of the machine."),
                "exchanges": whole(low=0),
                "values": whole(low=0),
                "addedMs": number("All exchanges of the day together.", low=0),
            }
        ),
        "The oldest first, today the last.",
    ),
    "entities": by_name(whole(low=0), "Values by entity."),
    "layers": by_name(whole(low=0), "Values by layer; memo are those that the session knew."),
    "tools": by_name(whole(low=0), "Exchanges by tool."),
}


async def _history(call: Call) -> Answered:
    path = call.parts.settings.paths.audit
    await call.parts.trail.flush()
    if not path.exists():
        raise Problem(404, "no_trail", "There is no audit trail, which these figures are of.")
    return (await asyncio.to_thread(overview, AuditReader(path), call.query["days"])).told()


OPERATIONS = (
    Operation("GET", "/stats", "What was done since the start, in numbers.", _stats, answer=answer(_STATS)),
    Operation(
        "GET", "/stats/public", "The few of them that anybody may see who is let in.", _stats_public,
        answer=answer(_PUBLIC), access="open",
    ),
    Operation(
        "GET", "/stats/history", "What was done in the last days, as the audit trail has it.", _history,
        query={"days": whole("How many.", low=1, high=LONGEST, default=30)}, answer=answer(_HISTORY), statuses=(404,),
    ),
    Operation("GET", "/storage", "What is kept, in numbers.", _storage, answer=answer(_STORAGE)),
)  # fmt: skip
