"""Anthropic's files, and batches of messages."""

from __future__ import annotations

import dataclasses

from app.pipeline.fields import Fields
from app.proxy.providers.base import Endpoint, below, within

_BATCHES, _FILES = "/v1/messages/batches", "/v1/files"
_LINKS = ("results_url",)
_UPLOAD = Fields(identifiers=("purpose",))
_NONE = Fields()
_OF_A_BATCH = ("user_profile_id", "workspace_id")


def files(message: Fields, answer: Fields) -> tuple[Endpoint, ...]:
    """The endpoints; `message` is what is opaque in a request for a message, `answer` in its answer."""
    batch = within(message, "requests[].params")
    # What a client calls its requests is how it finds their results: where it is hidden, it comes back.
    batch = dataclasses.replace(
        batch, identifiers=(*batch.identifiers, "requests[].custom_id", *below(("requests[].params",), *_OF_A_BATCH))
    )
    results = within(answer, "result.message")
    return (
        Endpoint("POST", _BATCHES, batch, kept=True, shared=True, links=_LINKS),
        Endpoint("GET", _BATCHES, None, shared=True, links=_LINKS),
        Endpoint("GET", f"{_BATCHES}/*", None, shared=True, links=_LINKS),
        Endpoint("DELETE", f"{_BATCHES}/*", None),
        Endpoint("POST", f"{_BATCHES}/*/cancel", _NONE, shared=True, links=_LINKS),
        Endpoint("GET", f"{_BATCHES}/*/results", None, results, shared=True),
        Endpoint("POST", _FILES, _UPLOAD, kept=True, shared=True),
        Endpoint("GET", _FILES, None, shared=True),
        Endpoint("GET", f"{_FILES}/*", None, shared=True),
        Endpoint("DELETE", f"{_FILES}/*", None),
        Endpoint("GET", f"{_FILES}/*/content", None, shared=True),
    )
