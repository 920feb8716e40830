"""`anonamoose exchanges`: the latest requests of the running app and their answers, as the inspector shows them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from app.errors import Exit
from app.running_app import RunningApp
from app.settings_store import SettingsStore
from app.spoken import clock, printable, say


def run(settings: SettingsStore, options: argparse.Namespace) -> int:
    """Does what the command line says. Raises UserError."""
    app = RunningApp(settings)
    if options.action == "forget":
        app.ask("DELETE", "/exchanges")
        return Exit.OK
    if options.action == "list":
        asked = {name: getattr(options, name) for name in ("type", "tool", "session", "outcome", "search")}
        body = {name: value for name, value in asked.items() if value}
        told = app.ask("POST", "/exchanges/search", {**body, "limit": options.limit})
        lines = _list(told)
        if not told["exchanges"]:
            print("anonamoose: None is there. Where there are no windows none are kept.", file=sys.stderr)
    else:
        query = urlencode({"reveal": "true"} if options.originals else {})
        told = app.ask("GET", f"/exchanges/{options.id}?{query}")
        lines = _shown(told, whole=options.whole)
    for line in [json.dumps(told, indent=2)] if options.json else lines:
        say(line)
    return Exit.OK


def _list(told: Mapping[str, Any]) -> Iterator[str]:
    for one in told["exchanges"]:
        about = one["client"] or "a tool", f"{one['method']} {one['path']}", one["model"], one["sessionId"]
        yield "\t".join([str(one["id"]), clock(one["timestamp"]), *map(printable, about), one["outcome"], _hidden(one)])


def _hidden(one: Mapping[str, Any]) -> str:
    return ", ".join(f"{number} {entity}" for entity, number in one["entities"].items()) or "nothing hidden"


def _shown(told: Mapping[str, Any], *, whole: bool) -> Iterator[str]:
    yield f"{told['id']}: {told['method']} {printable(told['path'])} of {printable(told['client'] or 'a tool')}"
    yield f"{clock(told['timestamp'])}, {told['outcome']}, {_hidden(told)}, {told['restored']} put back"
    for said in filter(None, (told["reason"], *told["notices"])):
        yield printable(said)
    if told["isWiped"]:
        yield "Its texts are forgotten: see the settings keep-texts and inspector-memory."
    for text in told["texts"]:
        if text["isWhole"] and not whole:
            continue
        yield f"\n--- {printable(text['where'])} ({'sent' if text['side'] == 'request' else 'came back'})"
        yield printable(text["redacted"], lines=True)
        if text["spans"]:
            yield ""
        for span in text["spans"]:
            found = f"  {span['layer']} {span['confidence']:.2f}" if span["layer"] else ""
            original = f"  {printable(span['original'])}" if "original" in span else ""
            yield f"      {printable(span['tokenized'])}  {span['category']}{found}{original}"
