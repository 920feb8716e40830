"""A session as rows of a log: a letter that tells its kind, and what is sealed under the session's key."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple

from app.pipeline.entry import Entry, Pending
from app.pipeline.memo import Edit, Memory
from app.store.sealing import Seal
from app.store.session_rows import place

#: Nobody may be giving out anything while these are stored; the letter of memories is known to the scripts, too.
ENTRY, RESERVED, MEMORY = b"e", b"r", b"m"
_KINDS = {ENTRY: "entry", RESERVED: "reserved", MEMORY: "memo"}
#: The first bytes of a row tell it from all others: a nonce is among them.
MARK = 13


class Read(NamedTuple):
    """What rows say."""

    entries: list[Entry]
    reserved: list[str]
    memories: list[Memory]


def written(id: bytes, pending: Pending, seal: Seal) -> list[bytes]:
    """Rows of what is new in the session stored as `id`. `seal` is that of its key."""

    def row(kind: bytes, *said: object) -> bytes:
        return kind + seal.seal(json.dumps(said).encode(), place(id, _KINDS[kind]))

    return [
        *(row(ENTRY, e.placeholder, e.label, e.value, e.own) for e in pending.entries),
        *(row(RESERVED, token) for token in pending.reserved),
        *(row(MEMORY, m.digest.hex(), m.edits) for m in (*pending.memories, *pending.learnt)),
    ]


def read(id: bytes, rows: Iterable[bytes], seal: Seal) -> Read:
    """What `rows` say. Raises Unsealable, and ValueError, KeyError or TypeError where they say nothing."""
    found = Read([], [], [])
    for row in rows:
        kind = row[:1]
        said = json.loads(seal.open(row[1:], place(id, _KINDS[kind])))
        if kind == ENTRY:
            found.entries.append(Entry(*said))
        elif kind == RESERVED:
            found.reserved.append(said[0])
        else:
            found.memories.append(Memory(bytes.fromhex(said[0]), tuple(Edit(*edit) for edit in said[1])))
    return found
