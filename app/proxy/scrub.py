"""Keeps a provider's key out of its own answers: a client with a local key must not learn it from an echo."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from multidict import CIMultiDict

_INSTEAD = "[provider key]"


class Scrub:
    """Takes one secret out of bytes, however they are cut; holds back no more than what may be its beginning."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """What of all that came so far may go on now."""
        data = (self._held + data).replace(self._secret, _INSTEAD.encode())
        longest = min(len(self._secret) - 1, len(data))
        size = next((n for n in range(longest, 0, -1) if data.endswith(self._secret[:n])), 0)
        self._held = data[len(data) - size :]
        return data[: len(data) - size]

    def flush(self) -> bytes:
        """What was held back to the end, and has not become the secret."""
        held, self._held = self._held, b""
        return held


def scrubbed(data: bytes, secret: str) -> bytes:
    """`data` without `secret`; "" for none."""
    return data.replace(secret.encode(), _INSTEAD.encode()) if secret else data


def scrubbed_headers(headers: CIMultiDict[str], secret: str) -> CIMultiDict[str]:
    """`headers` without `secret`; "" for none."""
    return (
        CIMultiDict((name, value.replace(secret, _INSTEAD)) for name, value in headers.items()) if secret else headers
    )


class Scrubbed(web.StreamResponse):
    """An answer that goes out as it is written, but for `secret`."""

    def __init__(self, secret: str, **more: Any) -> None:
        super().__init__(**more)
        self._scrub = Scrub(secret)

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        if ready := self._scrub.feed(bytes(data)):
            await super().write(ready)

    async def write_eof(self, data: bytes = b"") -> None:
        await super().write_eof(self._scrub.feed(data) + self._scrub.flush())
