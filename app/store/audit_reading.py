"""What the audit trail tells: the latest rows, those of a period, totals, and whether it is as it was written.

Each question opens a connection of its own that can only read, so they may be asked from any thread, and while rows
are added.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from app.errors import Exit, KeyMismatch, StorageError
from app.store.audit import head, key_of, rows, start
from app.store.audit_chain import Chain, Verdict, verify
from app.store.database import Database
from app.store.sealing import Seal

#: What exchanges can be counted by.
By = Literal[
    "day",
    "date",
    "client",
    "provider",
    "upstream",
    "endpoint",
    "model",
    "session",
    "outcome",
    "code",
    "sent",
    "read",
    "why",
    "preset",
]
#: What says it, if not the member of that name. A day is one of UTC; a date is what this machine's calendar says.
_SAYS: dict[By, str] = {
    "day": "substr(time, 1, 10)",
    "date": "date(time, 'localtime')",
    "preset": "json_extract(said, '$.policy.preset')",
}
#: What hidden values can be counted by, and its place in a span.
ByValue = Literal["entity", "layer", "operator"]
_PLACES: dict[ByValue, str] = {"entity": "$[0]", "layer": "$[1]", "operator": "$[3]"}


class Period(NamedTuple):
    """From `start`, inclusive, to `end`, exclusive: times in the spelling of `utc`, or the beginning of it."""

    start: str = ""
    end: str = "9999"


#: All there is.
EVER = Period()


@dataclass(frozen=True, slots=True)
class Total:
    """How many exchanges had the same `name`, and what they add up to. Sizes in bytes, times in milliseconds."""

    name: str
    exchanges: int
    values: int
    restored: int
    sent: int
    received: int
    added_ms: float


class AuditReader:
    """Reads the trail in the file at `path`. Every method blocks; raises StorageError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists():
            raise _none_yet()
        try:
            with closing(_connected(self._path)) as connection:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("BEGIN")
                if connection.execute("PRAGMA user_version").fetchone() == (0,):
                    raise _none_yet()  # it is being made
                yield connection
        except (sqlite3.Error, ValueError) as error:
            raise StorageError(
                f"The audit trail cannot be read ({type(error).__name__}).",
                "See what “anonamoose audit verify” says.",
                code=Exit.DATA,
            ) from None

    def recent(self, limit: int, before: int | None = None, kind: str = "") -> list[dict[str, Any]]:
        """The latest rows, the newest first: up to `limit`, of this `kind`, with numbers below `before`."""
        query = "SELECT number, said FROM entry WHERE number < ? AND ? IN ('', kind) ORDER BY number DESC LIMIT ?"
        with self._reading() as connection:
            found = connection.execute(query, (2**63 - 1 if before is None else before, kind, limit))
            return [_row(*row) for row in found]

    def of(self, period: Period = EVER, kinds: Sequence[str] = ()) -> Iterator[dict[str, Any]]:
        """The rows of a period, the oldest first; of these `kinds`, of all without any."""
        query = "SELECT number, said, kind FROM entry WHERE time >= ? AND time < ? ORDER BY number"
        with self._reading() as connection:
            for number, said, kind in connection.execute(query, period):
                if not kinds or kind in kinds:
                    yield _row(number, said)

    def totals(self, by: By, period: Period = EVER) -> list[Total]:
        """The exchanges of a period by what they have in common: days in their order, else those with most first."""
        says = _SAYS.get(by, f"json_extract(said, '$.{by}')")
        query = f"""
            SELECT coalesce({says}, ''), count(*), sum(json_extract(said, '$.values')),
                sum(json_extract(said, '$.restored')), sum(json_extract(said, '$.in')),
                sum(json_extract(said, '$.out')), sum(json_extract(said, '$.added_ms'))
            FROM entry WHERE kind = 'exchange' AND time >= ? AND time < ? GROUP BY 1 ORDER BY 1
        """  # noqa: S608 - `by` is one of a few names
        with self._reading() as connection:
            found = [Total(*row) for row in connection.execute(query, period)]
        return found if by in ("day", "date") else sorted(found, key=lambda total: -total.exchanges)

    def values(self, by: ByValue, period: Period = EVER) -> list[tuple[str, int]]:
        """How many values were found in a period and dealt with, those with most first."""
        query = """
            SELECT json_extract(span.value, ?), sum(json_extract(span.value, '$[4]')) AS number
            FROM entry, json_each(said, '$.spans') AS span WHERE kind = 'exchange' AND time >= ? AND time < ?
            GROUP BY 1 ORDER BY number DESC, 1
        """
        with self._reading() as connection:
            return [(name, number) for name, number in connection.execute(query, (_PLACES[by], *period))]

    def refusals(self, period: Period = EVER) -> list[tuple[str, int]]:
        """How many requests were turned away before anything of them was looked at, by code."""
        query = """
            SELECT json_extract(said, '$.code'), sum(json_extract(said, '$.count')) AS number
            FROM entry WHERE kind = 'refusal' AND time >= ? AND time < ? GROUP BY 1 ORDER BY number DESC, 1
        """
        with self._reading() as connection:
            return [(code, number) for code, number in connection.execute(query, period)]

    def verify(self, vault: Database, seal: Seal) -> Verdict:
        """Whether every row is there and as it was written. Raises KeyMismatch as well."""
        key = vault.call(lambda connection: key_of(connection, seal))
        if key is None:
            raise KeyMismatch(
                "The vault knows of no audit trail.", "Put the vault back that this trail was written with."
            )
        # Before the rows: those that are added meanwhile are none that should be missing.
        known = vault.call(lambda connection: head(connection, seal))
        with self._reading() as connection:
            return verify(Chain(key), rows(connection), start(connection), known)


def _connected(path: Path) -> sqlite3.Connection:
    # Whoever reads piece by piece does so on whichever thread is free, one after the other.
    return sqlite3.connect(path, isolation_level=None, timeout=5, check_same_thread=False)


def _none_yet() -> StorageError:
    return StorageError("There is no audit trail yet.", "It begins when Anonamoose runs.", code=Exit.NO_INPUT)


def _row(number: int, said: str) -> dict[str, Any]:
    return {"number": number, **json.loads(said)}
