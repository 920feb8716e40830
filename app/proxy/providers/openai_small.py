"""OpenAI's endpoints of one request and one answer: embeddings, moderations, images, speech, stores, lists."""

from __future__ import annotations

import dataclasses

from app.pipeline.fields import Fields
from app.proxy.framing import SSE
from app.proxy.providers.base import Endpoint, undeclared
from app.proxy.providers.openai_items import items
from app.proxy.providers.realtime import REQUEST as REALTIME

# No `opening`: a query and what it is to find have to be hidden alike, so all of a client's share a session.
_EMBEDDINGS = Fields(identifiers=("model", "encoding_format"), spoken=("input",))
_MODERATIONS = Fields(
    identifiers=("model", "input[].type"), binary=("input[].image_url.url",), opening="input", spoken=("input",)
)
_QUESTIONED = items(("input[]",))
_DECISIONS = dataclasses.replace(
    _QUESTIONED,
    identifiers=(
        *_QUESTIONED.identifiers,
        "model",
        "questions[].type",
        "questions[].name",
        "questions[].instructions[].type",
        "questions[].instructions[].detail",
        "prompt_cache_options.**",
    ),
    binary=(*_QUESTIONED.binary, "questions[].instructions[].image_url"),
    opening="input",
)
_IMAGES = Fields(
    identifiers=(
        "model",
        "size",
        "quality",
        "style",
        "background",
        "moderation",
        "output_format",
        "response_format",
        "input_fidelity",
        "complexity",
        "svg.**",
        "images[].file_id",
        "mask.file_id",
    ),
    binary=("image", "image[]", "images[].image_url", "mask", "mask.image_url", "markup"),
    opening="prompt",
)
_PICTURES = Fields(verbatim=("data[].b64_json", "b64_json", "partial_image_b64"))
_PICTURE_STREAM = dataclasses.replace(undeclared(SSE), fields=_PICTURES)
_SPEECH = Fields(
    identifiers=("model", "voice", "voice.id", "response_format", "stream_format"), opening="input", spoken=("input",)
)
_SPEECH_STREAM = dataclasses.replace(undeclared(SSE), fields=Fields(verbatim=("<speech.audio.delta>.audio",)))
_STORES = Fields(
    identifiers=(
        "file_id",
        "file_ids[]",
        "files[].file_id",
        "files[].chunking_strategy.**",
        "chunking_strategy.**",
        "expires_after.**",
        "ranking_options.**",
        "filters.type",
        "filters.key",
        "filters.filters[].type",
        "filters.filters[].key",
    )
)

_STORE = "/v1/vector_stores"
SMALL = (
    Endpoint("POST", "/v1/embeddings", _EMBEDDINGS, Fields(verbatim=("data[].embedding",))),
    Endpoint("POST", "/v1/moderations", _MODERATIONS),
    Endpoint("POST", "/v1/decisions", _DECISIONS),
    Endpoint("POST", "/v1/images/generations", _IMAGES, _PICTURES, _PICTURE_STREAM),
    Endpoint("POST", "/v1/images/edits", _IMAGES, _PICTURES, _PICTURE_STREAM),
    Endpoint("POST", "/v1/audio/speech", _SPEECH, stream=_SPEECH_STREAM),
    Endpoint("POST", "/v1/realtime/client_secrets", REALTIME),
    *(
        Endpoint(method, f"{_STORE}{path}", _STORES if method == "POST" else None, kept=method == "POST", shared=True)
        for method, path in (
            ("POST", ""),
            ("GET", ""),
            ("GET", "/*"),
            ("POST", "/*"),
            ("DELETE", "/*"),
            ("POST", "/*/search"),
            ("POST", "/*/files"),
            ("GET", "/*/files"),
            ("GET", "/*/files/*"),
            ("POST", "/*/files/*"),
            ("DELETE", "/*/files/*"),
            ("GET", "/*/files/*/content"),
            ("POST", "/*/file_batches"),
            ("GET", "/*/file_batches/*"),
            ("POST", "/*/file_batches/*/cancel"),
            ("GET", "/*/file_batches/*/files"),
        )
    ),
    Endpoint("GET", "/v1/models", None),
    Endpoint("GET", "/v1/models/*", None),
)
