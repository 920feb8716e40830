"""What the audit trail says of the policy in force, and of what changed it."""

from __future__ import annotations

import hashlib
import math
from functools import lru_cache
from typing import Any

from app import __version__
from app.changes import Change, surface
from app.events import TermsChanged
from app.pipeline.policy import SWITCHABLE, Policy
from app.settings import DECLARED, Settings
from app.store.audit import utc
from app.store.audit_chain import canonical
from app.store.terms import Terms

#: Kinds of settings whose values are nobody's data. Of the others, texts that somebody wrote, only the name is told.
_PLAIN = (bool, int, float)


@lru_cache(maxsize=256)
def _digest(policy: Policy) -> str:
    """SHA-256, its first 16 hexadecimal digits, of what else there is to `policy`, as JSON with sorted keys."""
    names = ("images", "documents", "audio", "numbers", "ner_threshold")
    said = {name: getattr(policy, name) for name in names}
    said |= {name: sorted(map(list, getattr(policy, name))) for name in ("operators", "thresholds")}
    return hashlib.sha256(canonical(said).encode()).hexdigest()[:16]


def in_force(policy: Policy, preset: str) -> dict[str, Any]:
    """The policy in a row: its preset, its layers, its regions (none: all) and a digest of all thresholds and rules."""
    layers = [layer for layer in SWITCHABLE if layer in policy.layers]
    return {"preset": preset, "layers": layers, "locale": sorted(policy.regions), "digest": _digest(policy)}


def started(settings: Settings, terms: int, revision: int) -> dict[str, Any]:
    """The app began: with what policy, how many terms, which edition of the dictionary."""
    changed = [name for name, row in DECLARED.items() if getattr(settings, row.attribute) != row.default]
    return {
        "kind": "started",
        "time": utc(),
        "version": __version__,
        "settings": sorted(changed),
        **_now(settings),
        "terms": terms,
        "revision": revision,
    }


def stopped() -> dict[str, Any]:
    """The app ends."""
    return {"kind": "stopped", "time": utc()}


def setting_changed(name: str, settings: Settings) -> dict[str, Any]:
    """The setting called `name` was changed; its value is told where it is a choice or a number."""
    row = DECLARED[name]
    value = getattr(settings, row.attribute)
    to = {"to": value} if row.choices or isinstance(value, _PLAIN) else {}
    return {"kind": "setting", "time": utc(), "by": surface(), "name": name, **to, **_now(settings)}


def terms_changed(event: TermsChanged, terms: Terms) -> dict[str, Any]:
    """How many entries the dictionary has now, how many are new or different, how many gone."""
    removed = sum(terms.get(id) is None for id in event.ids)
    return {
        "kind": "dictionary",
        "time": utc(),
        "by": surface(),
        "terms": event.count,
        "changed": len(event.ids) - removed,
        "removed": removed,
        "revision": terms.revision,
    }


def changed(change: Change, count: int) -> dict[str, Any]:
    """`count` sessions, tokens or keys were changed so."""
    return {"kind": "change", "time": utc(), "by": surface(), "what": change, "count": count}


def cleared() -> dict[str, Any]:
    """Everything was forgotten, the trail before this included."""
    return {"kind": "cleared", "time": utc(), "by": surface()}


def protection_changed(protection: str, until: float = 0.0) -> dict[str, Any]:
    """Requests are dealt with differently from now on; in a pause `until` then, infinite: until the app ends."""
    pause = {"pause": "restart" if math.isinf(until) else utc(until)} if until else {}
    return {"kind": "protection", "time": utc(), "protection": protection, **pause}


def _now(settings: Settings) -> dict[str, Any]:
    return {"policy": in_force(settings.policy, settings.preset)}
