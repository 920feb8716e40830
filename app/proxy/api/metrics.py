"""`metrics`: figures for Prometheus. No label holds anything that a user or a client wrote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aiohttp import web

from app import __version__
from app.pipeline.detection import known_entities
from app.proxy.api.operation import Answered, Call, Operation
from app.proxy.api.parts import Parts
from app.proxy.tally import BOUNDS

_MEDIA = "text/plain"
#: Types of the user's own stand together.
_OWN = "CUSTOM"


def _family(name: str, kind: str, says: str, rows: Iterable[tuple[Mapping[str, str], float]]) -> Iterable[str]:
    yield f"# HELP anonamoose_{name} {says}"
    yield f"# TYPE anonamoose_{name} {kind}"
    for labels, value in rows:
        yield _row(name, labels, value)


def _row(name: str, labels: Mapping[str, str], value: float) -> str:
    said = ",".join(f'{label}="{of}"' for label, of in labels.items())
    return f"anonamoose_{name}{{{said}}} {value}" if said else f"anonamoose_{name} {value}"


def _lines(parts: Parts, sessions: int) -> Iterable[str]:
    tally, known = parts.tally, known_entities()
    entities: dict[str, int] = {}
    for entity, number in tally.entities.items():
        name = entity if entity in known else _OWN
        entities[name] = entities.get(name, 0) + number
    yield from _family("info", "gauge", "The version that runs.", [({"version": __version__}, 1)])
    states = ("starting", "on", "off", "refusing", "broken")
    now = parts.health()["protection"]
    yield from _family(
        "protection", "gauge", "1 for what happens to a request now.",
        [({"state": state}, int(state == now)) for state in states],
    )  # fmt: skip
    yield from _family(
        "exchanges_total", "counter", "Requests that were answered.",
        [({"provider": p, "outcome": o}, n) for (p, o), n in sorted(tally.exchanges.items())],
    )  # fmt: skip
    yield from _family(
        "values_hidden_total", "counter", "Values hidden in requests.",
        [({"entity": entity}, n) for entity, n in sorted(entities.items())],
    )  # fmt: skip
    yield from _family(
        "values_found_total", "counter", "The same, by the layer that found them.",
        [({"layer": layer}, n) for layer, n in sorted(tally.layers.items())],
    )  # fmt: skip
    yield from _family("values_restored_total", "counter", "Values put back into answers.", [({}, tally.restored)])
    yield from _family("request_bytes_total", "counter", "Bytes of requests.", [({}, tally.received)])
    yield from _family("response_bytes_total", "counter", "Bytes of answers.", [({}, tally.answered)])
    yield from _family("sessions", "gauge", "Sessions that are kept.", [({}, sessions)])
    yield from _family("terms", "gauge", "The user's own entries.", [({}, len(parts.terms))])
    yield from _histogram(parts)


def _histogram(parts: Parts) -> Iterable[str]:
    """Each row counts those of the rows before it as well."""
    tally, so_far = parts.tally, 0
    yield from _family("added_seconds", "histogram", "What a request was held up by.", ())
    for bound in BOUNDS:
        so_far += tally.added[bound]
        yield _row("added_seconds_bucket", {"le": f"{bound:g}"}, so_far)
    yield _row("added_seconds_bucket", {"le": "+Inf"}, tally.added.total())
    yield _row("added_seconds_sum", {}, round(tally.added_seconds, 6))
    yield _row("added_seconds_count", {}, tally.added.total())


async def _metrics(call: Call) -> Answered:
    sessions = await call.parts.sessions.count()
    body = "\n".join([*_lines(call.parts, sessions), ""])
    return web.Response(text=body, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


OPERATIONS = (Operation("GET", "/metrics", "Figures for Prometheus.", _metrics, media=(_MEDIA,)),)
