"""Who changes what: the audit trail tells it, by the surface alone and the kind of change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal

#: Where a change is asked for: a window, the command line, the management API, or nowhere: the app does it by itself.
Surface = Literal["window", "command", "api", "app"]
Change = Literal[
    "access-token",
    "local-key-added",
    "local-key-revoked",
    "provider-key-confirmed",
    "provider-key-removed",
    "provider-key-set",
    "session-deleted",
    "session-expired",
    "session-options",
    "vault-key",
]
#: Is told of a change, and of how many things it was a change.
Noted = Callable[[Change, int], None]
_surface: ContextVar[Surface] = ContextVar("surface", default="app")


def unnoted(change: Change, count: int) -> None:
    """For whoever keeps no audit trail."""


def surface() -> Surface:
    """Where what happens now was asked for."""
    return _surface.get()


@contextmanager
def asked_by(name: Surface) -> Iterator[None]:
    """What happens in the block, and in tasks that it starts, was asked for there."""
    before = _surface.set(name)
    try:
        yield
    finally:
        _surface.reset(before)
