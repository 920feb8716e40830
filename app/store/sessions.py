"""What the proxy asks of a vault, wherever its sessions are kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Protocol, TypeVar

from app.errors import StorageError
from app.pipeline.session import Session
from app.store.removal import Removed
from app.store.session_list import Stored

T = TypeVar("T")
#: How often a request is worked out anew because other replicas were quicker; somebody gets on each time.
_TRIES = 100


class Outdated(StorageError):
    """Another replica has given out placeholders meanwhile: what was worked out with this session must not be sent."""

    def __init__(self) -> None:
        super().__init__("Others are writing to the same session.", "Send the request again.")


class Options(Protocol):
    """See `app.store.options.SessionOptions`."""

    async def of(self, session: str) -> dict[str, str]: ...
    async def all(self) -> dict[str, dict[str, str]]: ...
    async def change(self, session: str, options: Mapping[str, str]) -> None: ...


class Sessions(Protocol):
    """See `app.store.vault.Vault`. `save` may raise Outdated."""

    @property
    def options(self) -> Options: ...
    @property
    def in_memory(self) -> int: ...
    def keep(self, ttl_hours: float, kept_hours: float) -> None: ...
    def name(self, *parts: bytes) -> str: ...
    async def alias(self, names: Iterable[tuple[bytes, ...]], session: Session, until: float = 0.0) -> None: ...
    async def release(self, names: Iterable[tuple[bytes, ...]]) -> None: ...
    async def aliased(self, name: tuple[bytes, ...]) -> str | None: ...
    async def session(self, id: str) -> Session: ...
    async def save(self, session: Session) -> None: ...
    async def learnt(self, session: Session) -> None: ...
    async def purge(self) -> Removed: ...
    async def delete(self, name: str) -> Removed: ...
    async def delete_all(self) -> Removed: ...
    async def refresh(self) -> bool: ...
    def forget(self) -> None: ...


class Listing(Protocol):
    """See `app.store.session_list.SessionList`."""

    async def count(self, before: float | None = None) -> int: ...
    async def page(self, offset: int, limit: int, before: float | None = None) -> list[Stored]: ...
    async def has(self, name: str) -> bool: ...
    async def get(self, name: str) -> Stored | None: ...
    async def search(self, fits: Callable[[Stored], bool], limit: int) -> list[Stored]: ...


async def settled(vault: Sessions, session: Session, work: Callable[[Session], Awaitable[T]]) -> tuple[Session, T]:
    """Does `work` in a session and saves it; again, in what it has become, as long as others were quicker.

    Returns the session as which it was saved, and what `work` returned then. Raises what they raise.
    """
    for _ in range(_TRIES):
        done = await work(session)
        try:
            await vault.save(session)
        except Outdated:
            session = await vault.session(session.id)
        else:
            return session, done
    raise Outdated
