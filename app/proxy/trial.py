"""One streamed request in each dialect, to the practice model through the running proxy."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import aiohttp

from app.errors import Exit, UserError
from app.proxy.sse import Decoder

_MODEL = "practice"


@dataclass(frozen=True, slots=True)
class Trial:
    """How a dialect is asked. `lines`: it answers in lines of JSON, not in events; `path` is below `/demo`."""

    dialect: str
    path: str
    lines: bool = False

    def body(self, text: str) -> dict[str, Any]:
        """A request whose one message is `text`, and whose answer is a stream."""
        if self.dialect == "gemini":
            return {"contents": [{"role": "user", "parts": [{"text": text}]}]}
        return {"model": _MODEL, "stream": True, "max_tokens": 9, "messages": [{"role": "user", "content": text}]}

    def text(self, data: Any) -> str:
        """What one event of the answer says."""
        match data:
            case {"choices": [{"delta": {"content": str(said)}}, *_]}:
                return said
            case {"delta": {"text": str(said)}}:
                return said
            case {"candidates": [{"content": {"parts": [{"text": str(said)}, *_]}}, *_]}:
                return said
            case {"message": {"content": str(said)}}:
                return said
        return ""


TRIALS = (
    Trial("openai", "/v1/chat/completions"),
    Trial("anthropic", "/v1/messages"),
    Trial("gemini", f"/v1beta/models/{_MODEL}:streamGenerateContent?alt=sse"),
    Trial("ollama", "/api/chat", lines=True),
)


async def ask(origin: str, trial: Trial, text: str) -> str:
    """The answer of the practice model behind the proxy at `origin`. Raises UserError where there is none."""
    url = f"{origin}/demo{trial.path}"
    async with aiohttp.ClientSession() as client, client.post(url, json=trial.body(text)) as response:
        body = await response.read()
    if response.status != 200:
        raise UserError(f"The proxy answers with the status {response.status}.", code=Exit.UNAVAILABLE)
    decoder = Decoder()
    events = body.splitlines() if trial.lines else [event.data for event in decoder.feed(body) + decoder.flush()]
    return "".join(trial.text(json.loads(event)) for event in events if event and event != "[DONE]")
