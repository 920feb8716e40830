"""`anonamoose models`: which models there are, fetching them, and whether one works."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

from app.errors import Exit
from app.hub import Hub, Progress
from app.hub.fetch import fetch, wanted
from app.hub.installed import listed, remove
from app.hub.trial import SENTENCE, try_model
from app.settings_store import SettingsStore


def run(settings: SettingsStore, options: argparse.Namespace) -> int:
    """Does what the command line says. Raises UserError."""
    folder = settings.paths.models
    match options.action:
        case "list":
            return _list(settings, folder)
        case "fetch":
            return _fetch(settings, options.name, folder)
        case "remove":
            remove(options.name, folder)
            return Exit.OK
        case _:
            return _test(options.name, folder)


def _list(settings: SettingsStore, folder: Path) -> int:
    for entry in listed(folder):
        model = entry.model
        size = f"{model.size / 1e6:.0f} MB" if model.size else ""
        state = "fetched" if entry.is_here and model.repository else "shipped" if entry.is_here else "not fetched"
        used = "in use" if settings.current.ner_model == model.name else ""
        line = f"{model.name:26}{state:13}{size:>8}  {model.licence:24}{model.repository} {used}"
        print(line.rstrip())
    return Exit.OK


def _fetch(settings: SettingsStore, name: str, folder: Path) -> int:
    model = wanted(name)
    settings.paths.create()
    now = settings.current
    print(f"{model.repository}, licence: {model.licence}", file=sys.stderr)
    try:
        asyncio.run(fetch(model, folder, Hub(now.hub_endpoint, now.hub_proxy, now.hub_offline), _progress))
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)
    print(f"Fetched and checked. To use it: --ner-model {model.name}", file=sys.stderr)
    return Exit.OK


def _progress(step: Progress) -> None:
    if sys.stderr.isatty():
        percent = f"{step.done * 100 // step.total:3} %" if step.total else ""
        print(f"\r\033[K{percent} {step.done / 1e6:.1f} MB  {step.file}", end="", file=sys.stderr, flush=True)


def _test(name: str, folder: Path) -> int:
    trial = asyncio.run(try_model(name, folder))
    intact = "its files are what they were" if trial.is_checked else "a folder of your own, which nobody has checked"
    print(f"Loaded in {trial.seconds:.2f} s, {trial.size / 2**20:.0f} MiB; {intact}.")
    print(SENTENCE)
    for entity, score, text in trial.found:
        print(f"{entity:14}{score:.2f}  {text}")
    return Exit.OK
