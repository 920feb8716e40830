"""`anonamoose review`: the requests that wait in the running app, and what becomes of them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.errors import Exit, UserError
from app.running_app import RunningApp
from app.settings_store import SettingsStore
from app.spoken import clock, printable, say


class Place(NamedTuple):
    """`[start, end)` of what the text with this number says, as the tool sent it."""

    text: int
    start: int
    end: int


def run(settings: SettingsStore, options: argparse.Namespace) -> int:
    """Does what the command line says. Raises UserError; then nothing was decided."""
    app = RunningApp(settings)
    if options.action == "list":
        return _list(app)
    path = f"/review/{options.id}"
    if options.action == "show":
        asked = f"{path}?reveal=true" if options.originals else path
        for line in _shown(app.ask("GET", asked)):
            say(line)
        return Exit.OK
    app.ask("POST", path, {"decision": "refuse"} if options.action == "refuse" else _sending(app, path, options))
    print("Refused: nothing was sent." if options.action == "refuse" else "Sent.")
    return Exit.OK


def _list(app: RunningApp) -> int:
    for waits in app.ask("GET", "/review")["waiting"]:
        about = waits["client"], waits["path"], waits["model"], waits["sessionId"]
        row = (
            str(waits["id"]),
            f"until {clock(waits['until'])}",
            *map(printable, about),
            f"{waits['redactions']} hidden",
        )
        say("\t".join(row))
    return Exit.OK


def _sending(app: RunningApp, path: str, options: argparse.Namespace) -> dict[str, Any]:
    """The decision to send it, with the changes that were asked for. Raises UserError where one does not fit."""
    hidden: Sequence[str] = options.text if options.action == "hide" else ()
    if options.action == "send" and options.as_is:
        if options.off:
            raise UserError("With --as-is nothing is hidden, and so --off means nothing.", code=Exit.USAGE)
        return {"decision": "as-is"}
    if not hidden and not options.off:
        return {"decision": "send"}
    texts = app.ask("GET", path)["texts"]
    spans = list(_spans(texts))
    if unknown := [number for number in options.off if number > len(spans)]:
        raise UserError(
            f"There is no number {unknown[0]} among what was found.",
            f"See: anonamoose review show {options.id}.",
            code=Exit.USAGE,
        )
    places = []
    for wanted in hidden:
        found = [place for text in texts for place in placed(text, wanted)]
        if not found:
            raise UserError(
                "What is to be hidden does not stand in what is new in the request, outside of placeholders.",
                "Nothing was sent. Copy it from what review show prints.",
                code=Exit.USAGE,
            )
        places += found
    off = [spans[number - 1][0] for number in options.off]
    return {"decision": "send", "off": [p._asdict() for p in off], "hide": [p._asdict() for p in places]}


def _spans(texts: Sequence[Mapping[str, Any]]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """All that was found, in the order in which it is numbered."""
    for text in texts:
        for span in text["spans"]:
            yield Place(text["text"], span["start"], span["end"]), span


def placed(text: Mapping[str, Any], wanted: str) -> Iterator[Place]:
    """Where `wanted` stands between the placeholders of a text, counted in what the tool sent."""
    redacted: str = text["redacted"]
    position = shift = 0
    for span in [*text["spans"], None]:
        # What is before a span is as it was, only somewhere else.
        end = span["start"] - shift if span else len(redacted)
        at = redacted.find(wanted, position, end)
        while at >= 0:
            yield Place(text["text"], at + shift, at + shift + len(wanted))
            at = redacted.find(wanted, at + len(wanted), end)
        if span:
            position = end + len(span["tokenized"])
            shift = span["end"] - position


def _shown(waits: Mapping[str, Any]) -> Iterator[str]:
    yield f"{waits['id']}: {printable(waits['path'])} of {printable(waits['client'] or 'a tool')}"
    yield f"It waits until {clock(waits['until'])}; then review-on-timeout decides."
    number = 0
    for text in waits["texts"]:
        yield f"\n--- {printable(text['where'] or 'text')}"
        yield printable(text["redacted"], lines=True)
        if text["spans"]:
            yield ""
        for span in text["spans"]:
            number += 1
            original = f"  {printable(text['original'][span['start'] : span['end']])}" if "original" in text else ""
            stays = "" if span["free"] else "  cannot be let go"
            found = f"{span['category']}  {span['layer']} {span['confidence']:.2f}"
            yield f"{number:>4}  {printable(span['tokenized'])}  {found}{stays}{original}"
