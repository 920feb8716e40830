"""`anonamoose storage`: how much is kept, without the running app."""

from __future__ import annotations

import asyncio
import json

from app.errors import Exit
from app.settings_store import SettingsStore
from app.store import storage
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
    with opened(settings) as (database, _):
        rows = asyncio.run(storage.rows(database))
    sizes = {"vault": storage.size(settings.paths.database), "audit": storage.size(settings.paths.audit)}
    if as_json:
        print(json.dumps({"kept": {name: rows[name] for name in _WORDS}, "bytes": sizes}, indent=2))
        return Exit.OK
    for name, words in _WORDS.items():
        print(rows[name], words, sep="\t")
    print(sizes["vault"], "bytes of the vault", sep="\t")
    print(sizes["audit"], "bytes of the audit trail", sep="\t")
    return Exit.OK
