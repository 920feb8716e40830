"""`anonamoose status`, `pause` and `resume`: what the running app does, and protection off for a while."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from app.errors import Exit, UserError
from app.pause import LONGEST
from app.pipeline.policy import SWITCHABLE
from app.running_app import RunningApp, health
from app.settings_store import SettingsStore
from app.spoken import clock

_STATES = {
    "starting": "starting: requests wait",
    "on": "on: requests are redacted",
    "off": "off: requests leave as they are",
    "refusing": "off: requests are refused",
    "broken": "broken: requests are refused",
}


def status(settings: SettingsStore, *, as_json: bool) -> int:
    """Prints it. Raises UserError when no app runs."""
    app = RunningApp(settings)
    told = _told(app)
    print(json.dumps(told, ensure_ascii=False, indent=2) if as_json else "\n".join(_lines(told)))
    return Exit.OK


def pause(settings: SettingsStore, minutes: int, *, until_restart: bool) -> int:
    """Turns protection off for so many minutes. Raises UserError."""
    if minutes * 60 > LONGEST:
        raise UserError(
            f"A pause lasts at most {LONGEST // 60} minutes.",
            "To turn protection off: anonamoose settings set protection=off.",
            code=Exit.USAGE,
        )
    asked = {"protection": "paused"} | ({} if until_restart else {"seconds": minutes * 60})
    print(_sentence(RunningApp(settings).ask("PUT", "/protection", asked)))
    return Exit.OK


def resume(settings: SettingsStore) -> int:
    """Ends the pause. Raises UserError."""
    app = RunningApp(settings)
    state = app.ask("GET", "/protection")
    if state["paused"]:
        state = app.ask("PUT", "/protection", {"protection": "on"})
    elif state["protection"] in ("off", "refusing"):
        raise UserError(
            "Protection is off, which is no pause.",
            "To turn it on: anonamoose settings set protection=on.",
            code=Exit.USAGE,
        )
    print(_sentence(state))
    return Exit.OK


def _told(app: RunningApp) -> dict[str, Any]:
    state, stats = app.ask("GET", "/protection"), app.ask("GET", "/stats")
    now, well = app.ask("GET", "/settings")["settings"], health(app.origin)
    return {
        "protection": state["protection"],
        "paused": state["paused"],
        "reason": well["reason"],
        "baseUrl": f"{app.origin}/v1",
        "layers": [name for name in SWITCHABLE if now[name]],
        "audit": well["audit"],
        "review": now["review"],
        "waiting": len(app.ask("GET", "/review")["waiting"]),
        "today": stats["today"],
        "version": stats["version"],
        "newer": well["newer"],
    }


def _lines(told: Mapping[str, Any]) -> Iterator[str]:
    yield _sentence(told)
    if told["reason"]:
        yield told["reason"]
    today = sorted(told["today"].items(), key=lambda item: (-item[1], item[0]))
    total = sum(told["today"].values())
    hidden = f"{total} value{'s' * (total != 1)}"
    rows = {
        "Base URL": told["baseUrl"],
        "Layers": ", ".join(told["layers"]) or "none",
        "Hidden today": ": ".join(filter(None, [hidden, ", ".join(f"{n} {entity}" for entity, n in today)])),
        "Review": f"{told['review']}, {told['waiting']} waiting" if told["waiting"] else told["review"],
        "Audit trail": told["audit"],
        "Version": f"{told['version']}, {told['newer']} is out" if told["newer"] else told["version"],
    }
    width = max(map(len, rows))
    yield from (f"{name:<{width}}  {value}" for name, value in rows.items())


def _sentence(state: Mapping[str, Any]) -> str:
    said = _STATES[state["protection"]]
    if not state["paused"]:
        return f"Protection is {said}."
    until = "the app is started again" if state["paused"] == "restart" else clock(state["paused"])
    return f"Protection is paused until {until}:{said.partition(':')[2]}."
