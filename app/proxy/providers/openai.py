"""OpenAI's dialect."""

from __future__ import annotations

import json
from typing import Any

from app.proxy.providers.base import Provider
from app.proxy.providers.openai_assistants import ASSISTANTS
from app.proxy.providers.openai_chat import CHAT
from app.proxy.providers.openai_files import FILES
from app.proxy.providers.openai_responses import RESPONSES
from app.proxy.providers.openai_small import SMALL
from app.proxy.sse import Event, make


def _error(status: int, code: str, message: str) -> dict[str, Any]:
    kind = "invalid_request_error" if status < 500 else "api_error"
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def _stream_error(code: str, message: str) -> Event:
    return make(json.dumps(_error(502, code, message)))


OPENAI = Provider("openai", (*CHAT, *RESPONSES, *ASSISTANTS, *SMALL, *FILES), _error, _stream_error)
