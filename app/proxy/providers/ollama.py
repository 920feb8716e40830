"""Ollama's dialect."""

from __future__ import annotations

import json
from typing import Any

from app.proxy.providers.base import Provider
from app.proxy.sse import Event, make


def _error(status: int, code: str, message: str) -> dict[str, Any]:
    return {"error": message}


def _stream_error(code: str, message: str) -> Event:
    return make(json.dumps(_error(502, code, message)))


OLLAMA = Provider("ollama", (), _error, _stream_error)
