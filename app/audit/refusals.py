"""Requests that were turned away at the door. Whoever knocks without end gets one row a minute."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.audit.trail import Trail
from app.store.audit import utc

#: Refusals of those who were not let in, so that nobody knows them.
STRANGERS = frozenset(["key_astray", "keys_unavailable", "no_local_key", "token_required", "unknown_local_key"])
#: How long the like of a refusal is only counted after a row that tells of it (seconds).
WINDOW = 60.0


@dataclass(slots=True)
class _Window:
    """What has come since the last row, the first of it then."""

    end: asyncio.TimerHandle
    since: str = ""
    count: int = 0


class Refusals:
    """Tells the trail of refusals: the first of a kind at once, those of the minute after it as one number.

    A kind is a code of ours and an area of the paths, so there are as many as we have thought of.
    """

    def __init__(self, trail: Trail) -> None:
        self._trail = trail
        self._windows: dict[tuple[str, str], _Window] = {}

    def tell(self, code: str, area: str) -> None:
        """A request for something in `area` was turned away with `code`."""
        kind = code, area
        window = self._windows.get(kind)
        if window is None:
            self._write(kind, 1, utc())
        else:
            window.since = window.since or utc()
            window.count += 1

    def _write(self, kind: tuple[str, str], count: int, since: str) -> None:
        code, area = kind
        self._trail.record({"kind": "refusal", "time": since, "code": code, "area": area, "count": count})
        end = asyncio.get_running_loop().call_later(WINDOW, self._over, kind)
        self._windows[kind] = _Window(end)

    def _over(self, kind: tuple[str, str]) -> None:
        window = self._windows.pop(kind)
        if window.count:
            self._write(kind, window.count, window.since)

    def flush(self) -> None:
        """Writes what was only counted so far."""
        for kind, window in tuple(self._windows.items()):
            if window.count:
                window.end.cancel()
                self._over(kind)

    def close(self) -> None:
        """Writes the same, and waits for nothing any more."""
        self.flush()
        for window in self._windows.values():
            window.end.cancel()
        self._windows.clear()
