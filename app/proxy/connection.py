"""A client's connection, where what it says is no HTTP. aiohttp's own answer quotes that, and so does its log."""

from __future__ import annotations

import logging
from typing import Any

from aiohttp import web

from app.audit.refusals import Refusals
from app.proxy.providers import BY_DIALECT
from app.proxy.refusal import Refusal, refused

log = logging.getLogger(__name__)


class Connection(web.RequestHandler):
    """Says in one sentence, and in the log by the kind of the error alone, that a request cannot be read."""

    __slots__ = ("_refusals",)

    def __init__(self, manager: web.Server, refusals: Refusals, **options: Any) -> None:
        super().__init__(manager, **options)
        self._refusals = refusals

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """The answer, after which the connection is closed."""
        log.warning("a request could not be read: %s", type(exc).__name__)
        if request.writer.output_size:
            raise ConnectionResetError  # too late for words
        if status < 500:
            self._refusals.tell("unreadable_request", "unknown")
            refusal = Refusal(
                400,
                "unreadable_request",
                "The request cannot be read as HTTP; nothing was sent.",
                "It takes one Host, one length of its body, and no header of more than 64 KiB.",
            )
        else:
            refusal = Refusal(500, "internal_error", "The request broke on a fault of Anonamoose.")
        response = refused(BY_DIALECT["openai"], refusal)
        response.force_close()
        return response
