"""The layout of the vault, step by step: what was released never changes, a new step comes at the end."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

#: Each entry brings the layout from its index to the next; `user_version` counts them.
MIGRATIONS = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE session (
        id TEXT PRIMARY KEY, wrapped_key BLOB NOT NULL, created REAL NOT NULL, used REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE entry (
        session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        placeholder TEXT NOT NULL, label TEXT NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (session, placeholder)
    ) WITHOUT ROWID;
    CREATE TABLE reserved (
        session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE,
        name BLOB NOT NULL, placeholder BLOB NOT NULL,
        PRIMARY KEY (session, name)
    ) WITHOUT ROWID;
    CREATE TABLE memo (
        session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE, digest BLOB NOT NULL, edits BLOB,
        PRIMARY KEY (session, digest)
    ) WITHOUT ROWID;
    CREATE TABLE alias (
        name BLOB PRIMARY KEY, session TEXT NOT NULL REFERENCES session(id) ON DELETE CASCADE
    ) WITHOUT ROWID;
    CREATE INDEX session_used ON session(used);
    CREATE TABLE term (id INTEGER PRIMARY KEY, sealed BLOB NOT NULL);
    CREATE TABLE daily (
        day TEXT NOT NULL, entity TEXT NOT NULL, redactions INTEGER NOT NULL,
        PRIMARY KEY (day, entity)
    ) WITHOUT ROWID;
    """,
    "CREATE TABLE own (session TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID",
    # Of the whole dictionary, when a term was last written: `meta` counts its changes under "terms".
    """
    ALTER TABLE term ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
    """,
    # Whether a value was the user's own, which is known in no other form.
    """
    ALTER TABLE entry ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
    """,
    # Of a key its hash alone; times in seconds since 1970, 0 for never.
    """
    CREATE TABLE local_key (
        label TEXT PRIMARY KEY, digest BLOB NOT NULL UNIQUE, scope TEXT NOT NULL,
        created REAL NOT NULL, expires REAL NOT NULL, used REAL NOT NULL
    ) WITHOUT ROWID
    """,
    # Names that a user chose were in clear: sessions, stand-ins, types. What was under them begins anew.
    """
    DROP TABLE daily; DROP TABLE alias; DROP TABLE memo; DROP TABLE reserved; DROP TABLE entry;
    DROP TABLE session; DROP TABLE own;
    CREATE TABLE session (
        id BLOB PRIMARY KEY, wrapped_key BLOB NOT NULL, name BLOB NOT NULL, created REAL NOT NULL, used REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE entry (
        session BLOB NOT NULL REFERENCES session(id) ON DELETE CASCADE, name BLOB NOT NULL, sealed BLOB NOT NULL,
        PRIMARY KEY (session, name)
    ) WITHOUT ROWID;
    CREATE TABLE reserved (
        session BLOB NOT NULL REFERENCES session(id) ON DELETE CASCADE, name BLOB NOT NULL, sealed BLOB NOT NULL,
        PRIMARY KEY (session, name)
    ) WITHOUT ROWID;
    CREATE TABLE memo (
        session BLOB NOT NULL REFERENCES session(id) ON DELETE CASCADE, digest BLOB NOT NULL, edits BLOB,
        PRIMARY KEY (session, digest)
    ) WITHOUT ROWID;
    CREATE TABLE alias (
        name BLOB PRIMARY KEY, session BLOB NOT NULL REFERENCES session(id) ON DELETE CASCADE, until REAL NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX alias_session ON alias(session, until);
    CREATE INDEX session_used ON session(used);
    CREATE TABLE own (session BLOB PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;
    CREATE TABLE daily (
        day TEXT NOT NULL, name BLOB NOT NULL, sealed BLOB NOT NULL, redactions INTEGER NOT NULL,
        PRIMARY KEY (day, name)
    ) WITHOUT ROWID;
    """,
    # How often a term was met; `last` in seconds since 1970. Forgotten with all else that is noted of requests.
    "CREATE TABLE term_use (id INTEGER PRIMARY KEY, hits INTEGER NOT NULL, last REAL NOT NULL)",
)


def statements(script: str) -> Iterator[str]:
    """The statements of `script`; those of a trigger are a part of it."""
    statement = ""
    for piece in script.split(";"):
        statement += f"{piece};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
