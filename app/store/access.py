"""Who may ask: the access token, and the local keys that tools send instead of a provider's. Hashes alone are kept."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from hmac import compare_digest

from app.changes import Change, Noted, unnoted
from app.errors import Exit, UserError
from app.store import clock
from app.store.database import Database

TOKENS = "anon_"
KEYS = "anon-"
#: A prefix and 256 bits, and all that is ever taken for one of ours wherever it stands.
OURS = re.compile(r"anon[-_][A-Za-z0-9_-]{43}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9._-]{1,48}", re.ASCII)
_SESSION = re.compile(r"[A-Za-z0-9._:-]{1,100}\*?", re.ASCII)
#: What the sessions of local keys begin with; nobody else may name one of them.
RESERVED = "key:"
#: Seconds that the time of a key's last use may be behind.
_USED_EVERY = 60.0


@dataclass(frozen=True, slots=True)
class Scope:
    """What a local key is good for.

    `upstreams` are providers (`openai`) and named upstreams (`u/groq`), none of them standing for all. `session` is
    the name of its only session or, ending in *, what the names of its sessions begin with. `own` are settings that
    it has its own way. `expires` is in seconds since 1970, 0 for never.
    """

    upstreams: tuple[str, ...] = ()
    session: str = ""
    own: Mapping[str, str] = field(default_factory=dict)
    expires: float = 0.0


@dataclass(frozen=True, slots=True)
class LocalKey:
    """A key by its label. `created` and `used` are in seconds since 1970, 0 where it was never used."""

    label: str
    scope: Scope
    created: float
    used: float

    @property
    def is_over(self) -> bool:
        return 0 < self.scope.expires <= clock.latest()


def new_token() -> str:
    """A new access token: 256 bits, written in 43 letters, digits, - and _."""
    return TOKENS + secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """What is kept of a token or key. Nothing slower is needed: nobody guesses 256 bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


class Access:
    """Read anew whenever asked, so that what another process revokes is over at once. Raises StorageError."""

    def __init__(self, database: Database, noted: Noted = unnoted) -> None:
        self._database = database
        self._noted = noted

    async def fits(self, token: str) -> bool:
        """Whether `token` is the access token."""
        kept = await self._database.run(lambda connection: _meta(connection, "access"))
        return isinstance(kept, bytes) and compare_digest(kept, digest(token))

    async def accept(self, token: str) -> None:
        """From now on `token` is the access token, and no other."""
        row = ("access", digest(token))

        def work(connection: sqlite3.Connection) -> bool:
            before = _meta(connection, "access")
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)
            return before != row[1]

        if await self._database.run(work):
            self._noted("access-token", 1)

    async def has_any(self) -> bool:
        """Whether anybody could prove who they are: there is an access token, or a local key."""
        keys = await self.all()
        kept = await self._database.run(lambda connection: _meta(connection, "access"))
        return kept is not None or any(not key.is_over for key in keys)

    async def find(self, key: str) -> tuple[LocalKey | None, int]:
        """The local key, None if there is no such one (any more), and the number of the last change of providers' keys.

        Whoever is found counts as used now.
        """
        name, now = digest(key), time.time()

        def work(connection: sqlite3.Connection) -> tuple[LocalKey | None, int]:
            row = connection.execute(f"{_SELECT} WHERE digest = ?", (name,)).fetchone()
            found = None if row is None else _key(row)
            if found is not None and not found.is_over and now - found.used > _USED_EVERY:
                connection.execute("UPDATE local_key SET used = ? WHERE digest = ?", (now, name))
            revision = _meta(connection, "keys")
            return found, revision if isinstance(revision, int) else 0

        return await self._database.run(work)

    async def all(self) -> list[LocalKey]:
        """All local keys, by label."""
        rows = await self._database.run(lambda connection: connection.execute(f"{_SELECT} ORDER BY label").fetchall())
        return [_key(row) for row in rows]

    async def add(self, label: str, scope: Scope) -> str:
        """Makes a local key and returns it: it can never be shown again. Raises UserError for a label that is taken."""
        _check(label, scope)
        key = KEYS + secrets.token_urlsafe(32)
        written = json.dumps({"upstreams": scope.upstreams, "session": scope.session, "own": dict(scope.own)})
        row = (label, digest(key), written, time.time(), scope.expires)

        def work(connection: sqlite3.Connection) -> bool:
            insert = "INSERT OR IGNORE INTO local_key VALUES (?, ?, ?, ?, ?, 0)"
            return connection.execute(insert, row).rowcount > 0

        if not await self._database.run(work):
            raise UserError(
                f"There is a local key called {label} already.", "Revoke it, or choose another label.", code=Exit.USAGE
            )
        self._noted("local-key-added", 1)
        return key

    async def revoke(self, label: str) -> None:
        """From now on the key is unknown. Raises UserError if it is already."""
        delete = "DELETE FROM local_key WHERE label = ?"
        if not await self._database.run(lambda connection: connection.execute(delete, (label,)).rowcount):
            raise UserError("There is no local key with this label.", "See anonamoose local-key list.", code=Exit.USAGE)
        self._noted("local-key-revoked", 1)

    async def changed(self, change: Change) -> None:
        """Tells all processes that a provider's key is another one now."""

        def work(connection: sqlite3.Connection) -> None:
            revision = _meta(connection, "keys")
            row = ("keys", revision + 1 if isinstance(revision, int) else 1)
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", row)

        await self._database.run(work)
        self._noted(change, 1)


_SELECT = "SELECT label, scope, expires, created, used FROM local_key"


def _key(row: tuple[str, str, float, float, float]) -> LocalKey:
    label, written, expires, created, used = row
    scope = json.loads(written)
    return LocalKey(label, Scope(tuple(scope["upstreams"]), scope["session"], scope["own"], expires), created, used)


def _meta(connection: sqlite3.Connection, name: str) -> object:
    row = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return row[0] if row else None


def _check(label: str, scope: Scope) -> None:
    if not _LABEL.fullmatch(label):
        raise UserError(
            "This is no label of a local key.", "It takes 1 to 48 letters, digits or one of . _ -", code=Exit.USAGE
        )
    if scope.session and (not _SESSION.fullmatch(scope.session) or scope.session.startswith(RESERVED)):
        raise UserError(
            "This is no session that a local key can have.",
            f"It takes 1 to 100 letters, digits or one of . _ : - and not {RESERVED} at its beginning; "
            "a * at the end stands for any.",
            code=Exit.USAGE,
        )
