"""A request's body as bytes that can be read: whole, within the limit, decompressed."""

from __future__ import annotations

import asyncio
import sys
import zlib

import brotli  # type: ignore[import-untyped]
from aiohttp import web

from app.proxy.refusal import Refusal

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate", "br", "zstd"})
#: Below this many bytes a thread costs more than it saves.
SMALL = 64 * 1024


class TooLarge(ValueError):
    """Unpacked, the body is over the limit."""


async def read_body(request: web.Request) -> bytes:
    """The body; raises Refusal. aiohttp is told to leave it packed: its own errors know no dialect."""
    encoding = request.headers.get("Content-Encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise Refusal(
            415,
            "unknown_encoding",
            "The body's Content-Encoding is not known, so it cannot be read; nothing was sent.",
            "Use gzip, deflate, br or zstd, or none.",
        )
    limit = request.client_max_size
    try:
        body = await request.read()
        if not body or encoding in ("", "identity"):
            return body
        if len(body) < SMALL:
            return unpack(body, encoding, limit)
        return await asyncio.to_thread(unpack, body, encoding, limit)
    except (web.HTTPRequestEntityTooLarge, TooLarge):
        raise Refusal(
            413, "body_too_large", "The body is larger than the body-limit setting; nothing was sent."
        ) from None
    except web.RequestPayloadError:
        raise Refusal(400, "unreadable_body", "The body did not arrive whole; nothing was sent.") from None
    except ValueError:
        raise Refusal(400, "unreadable_body", "The body cannot be decompressed; nothing was sent.") from None


def unpack(body: bytes, encoding: str, limit: int) -> bytes:
    """`body` decompressed. Raises TooLarge, or ValueError when it is damaged or cut short."""
    try:
        if encoding == "br":
            return _unpack_brotli(body, limit)
        return _unpack_members(body, encoding, limit)
    except (zlib.error, zstd.ZstdError, brotli.error, EOFError) as error:
        raise ValueError(type(error).__name__) from None


def _unpack_members(body: bytes, encoding: str, limit: int) -> bytes:
    """gzip and zstd may hold several members, one after the other."""
    out = b""
    while body:
        if encoding == "zstd":
            member = zstd.ZstdDecompressor()
            out += member.decompress(body, limit + 1 - len(out))
            done, body = member.eof, member.unused_data
        else:
            stream = zlib.decompressobj(_window(body, encoding))
            out += stream.decompress(body, limit + 1 - len(out))
            done, body = stream.eof, stream.unused_data
        if len(out) > limit:
            raise TooLarge
        if not done:
            raise ValueError("cut short")
    return out


def _window(body: bytes, encoding: str) -> int:
    if encoding != "deflate":
        return 16 + zlib.MAX_WBITS
    # It should have a zlib header, and often has none.
    return zlib.MAX_WBITS if body[0] & 0x0F == 8 else -zlib.MAX_WBITS


def _unpack_brotli(body: bytes, limit: int) -> bytes:
    stream = brotli.Decompressor()
    out: bytes = stream.process(body, output_buffer_limit=limit + 1)
    while len(out) <= limit and not stream.can_accept_more_data():
        out += stream.process(b"", output_buffer_limit=limit + 1)
    if len(out) > limit:
        raise TooLarge
    if not stream.is_finished():
        raise ValueError("cut short")
    return out
