"""OpenAI's files and batches, and what else is uploaded as a form."""

from __future__ import annotations

from app.pipeline.fields import Fields
from app.proxy.providers.base import Endpoint

_UPLOAD = Fields(
    identifiers=("purpose", "expires_after.**", "expires_after_anchor", "mime_type", "part_ids[]", "upload_id", "md5")
)
_BATCH = Fields(identifiers=("input_file_id", "endpoint", "completion_window", "output_expires_after.**"))
_SOUND = Fields(
    identifiers=(
        "model",
        "language",
        "response_format",
        "chunking_strategy",
        "chunking_strategy_type",
        "include",
        "timestamp_granularities",
    )
)
_PICTURE = Fields(identifiers=("model", "size", "response_format"))
_NONE = Fields()

FILES = (
    Endpoint("POST", "/v1/files", _UPLOAD, kept=True, shared=True),
    Endpoint("GET", "/v1/files", None, shared=True),
    Endpoint("GET", "/v1/files/*", None, shared=True),
    Endpoint("DELETE", "/v1/files/*", None),
    Endpoint("GET", "/v1/files/*/content", None, shared=True),
    Endpoint("POST", "/v1/uploads", _UPLOAD, kept=True, shared=True),
    Endpoint("POST", "/v1/uploads/*/parts", _UPLOAD, kept=True, shared=True),
    Endpoint("POST", "/v1/uploads/*/complete", _UPLOAD, kept=True, shared=True),
    Endpoint("POST", "/v1/uploads/*/cancel", _NONE, shared=True),
    Endpoint("POST", "/v1/batches", _BATCH, kept=True, shared=True),
    Endpoint("GET", "/v1/batches", None, shared=True),
    # It tells the ids of the files that hold the answers.
    Endpoint("GET", "/v1/batches/*", None, kept=True, shared=True),
    Endpoint("POST", "/v1/batches/*/cancel", _NONE, kept=True, shared=True),
    Endpoint("POST", "/v1/audio/transcriptions", _SOUND),
    Endpoint("POST", "/v1/audio/translations", _SOUND),
    Endpoint("POST", "/v1/images/variations", _PICTURE, Fields(verbatim=("data[].b64_json",))),
)
