"""`anonamoose stats`: how much was hidden today and how much is kept, without the running app."""

from __future__ import annotations

import asyncio
import json

from app.errors import Exit
from app.settings_store import SettingsStore
from app.store import storage
from app.store.counts import Counts
from app.text_command import opened

_WORDS = {
    "session": "sessions",
    "entry": "placeholders",
    "memo": "texts of which it is known how they were sent",
    "term": "entries of dictionary, allowed values and patterns",
    "local_key": "local keys",
}


def run(settings: SettingsStore, *, as_json: bool) -> int:
    """Prints the figures. Raises UserError."""
    with opened(settings) as (database, seal):
        rows = asyncio.run(storage.rows(database))
        today = Counts(database, seal).today()
    sizes = {"vault": storage.size(settings.paths.database), "audit": storage.size(settings.paths.audit)}
    if as_json:
        print(json.dumps({"today": today, "kept": {name: rows[name] for name in _WORDS}, "bytes": sizes}, indent=2))
        return Exit.OK
    for entity, number in sorted(today.items(), key=lambda item: (-item[1], item[0])):
        print(number, f"{entity} hidden today", sep="\t")
    for name, words in _WORDS.items():
        print(rows[name], words, sep="\t")
    print(sizes["vault"], "bytes of the vault", sep="\t")
    print(sizes["audit"], "bytes of the audit trail", sep="\t")
    return Exit.OK
