"""How much may be going on at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.proxy.refusal import Refusal

log = logging.getLogger(__name__)
#: When a client that found no place may try again (seconds).
_RETRY_AFTER = 2


class Room:
    """Places for what is going on at once: `taken` of `limit()`, which a setting called `name` sets."""

    def __init__(self, limit: Callable[[], int], name: str, what: str) -> None:
        """`what` is called so in a sentence for the user: requests."""
        self._limit = limit
        self._name = name
        self._what = what
        self.taken = 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Takes a place while something goes on. Raises Refusal, at once, when there is none."""
        limit = self._limit()
        if self.taken >= limit:
            log.warning("all %d places for %s are taken: see the setting %s", limit, self._what, self._name)
            raise Refusal(
                503,
                "overloaded",
                f"{limit} {self._what} are going on already, which is all that the setting {self._name} allows; "
                "nothing was sent.",
                "Try again shortly, or allow more.",
                retry_after=_RETRY_AFTER,
            )
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1
