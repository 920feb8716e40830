"""The way to Redis or Valkey: bounded in time, and in words for the user when it does not lead anywhere."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from app.errors import Exit, Unreachable, UserError
from app.store.shared import scripts

if TYPE_CHECKING:
    from redis.asyncio import Redis

#: How long one answer may take, and all that is tried for one (seconds).
_ANSWER, _PATIENCE = 2.0, 5.0
_CONNECTIONS = 64
#: What an answer of the store begins with, or the client makes of it, and what is to be done about it.
_HINTS = (
    (
        ("MOVED", "CROSSSLOT", "ClusterDownError", "ClusterCrossSlotError", "MovedError"),
        "It is a cluster: name a server of its own.",
    ),
    (("READONLY", "ReadOnlyError"), "It is a copy of another, which alone can be written to: name that one."),
    (("unknown command",), "It is a Sentinel, which keeps nothing: name the server that it watches."),
    (("AuthenticationError", "AuthenticationWrongNumberOfArgsError"), "It wants another user name or password."),
    (("NoPermissionError",), "Its user may not do what Anonamoose needs: see “For a team” in the documentation."),
    (("OutOfMemoryError",), "It is full."),
)
_HINT = "Look whether Redis runs there, and lets Anonamoose in."


class Link:
    """A pool of connections. It connects when it is asked for something, and anew when a connection is lost."""

    def __init__(self, url: str, password: str | None) -> None:
        """Raises UserError where the client is not installed."""
        try:
            from redis.asyncio import BlockingConnectionPool, Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import ConstantBackoff
            from redis.exceptions import RedisError
        except ImportError:
            raise UserError(
                "The client of Redis is not installed.", "Install anonamoose[redis].", code=Exit.UNAVAILABLE
            ) from None
        parts = urlsplit(url)
        #: Where it is, without the user.
        self.place = f"{parts.hostname or parts.path}" + (f":{parts.port}" if parts.port else "")
        given: dict[str, Any] = {"password": password} if password else {}
        if parts.scheme == "rediss":
            given |= {"ssl_check_hostname": True, "ssl_min_version": ssl.TLSVersion.TLSv1_2}
        pool = BlockingConnectionPool.from_url(
            url,
            max_connections=_CONNECTIONS,
            timeout=_ANSWER,
            socket_timeout=_ANSWER,
            socket_connect_timeout=_ANSWER,
            retry=Retry(ConstantBackoff(0.05), 1),
            protocol=2,
            **given,
        )
        self._failures = (RedisError, OSError, TimeoutError)
        self._redis: Redis = Redis(connection_pool=pool)
        self._pool = pool
        self._execute: Callable[..., Awaitable[Any]] = self._redis.execute_command
        self._scripts = {text: self._redis.register_script(text) for text in scripts.ALL}

    def __repr__(self) -> str:
        return "<Link>"

    async def run(self, script: str, keys: Sequence[str], given: Sequence[bytes | str | float | int]) -> Any:
        """What one of `scripts` answers. Raises Unreachable."""
        async with self._bounded():
            return await self._scripts[script](keys=list(keys), args=list(given))

    async def call(self, *command: bytes | str | float | int) -> Any:
        """What a command answers, in bytes, numbers and lists of them. Raises Unreachable."""
        async with self._bounded():
            return await self._execute(*command)

    @asynccontextmanager
    async def _bounded(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        cancelled = task.cancelling() if task else 0
        try:
            async with asyncio.timeout(_PATIENCE):
                yield
        except self._failures as error:
            # Its own words may quote what was asked for.
            raise Unreachable(
                f"The shared vault at {self.place} does not do as it is asked ({type(error).__name__}).",
                _hint(error),
            ) from None
        if task and task.cancelling() > cancelled:
            # The client waits by `asyncio.wait_for`, which on Python 3.11 may lose that somebody wants no more.
            raise asyncio.CancelledError

    async def close(self) -> None:
        await self._redis.aclose()
        await self._pool.aclose()


def _hint(error: BaseException) -> str:
    said = f"{type(error).__name__} {error}"
    return next((hint for starts, hint in _HINTS if any(start in said for start in starts)), _HINT)
