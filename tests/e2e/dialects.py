"""The two dialects as tests on the wire need them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from app.proxy.sse import Decoder
from tests import answers
from tests.fakes import Reply


@dataclass(frozen=True, slots=True)
class Dialect:
    name: str
    path: str

    def __str__(self) -> str:
        return self.name

    @property
    def bare(self) -> str:
        return self.path.removeprefix("/v1")

    def body(self, text: str, **more: Any) -> dict[str, Any]:
        """A request with `text` as its one message."""
        head = {"model": "fake", "messages": [{"role": "user", "content": text}]}
        return {**head, **({"max_tokens": 9} if self is CLAUDE else {}), **more}

    def raw(self, text: str, **more: Any) -> bytes:
        return json.dumps(self.body(text, **more)).encode()

    def events(self, text: str, size: int = 4) -> list[answers.Data | str]:
        return answers.message_events(text, size=size) if self is CLAUDE else answers.chat_events(text, size=size)

    def whole(self, text: str) -> answers.Data:
        return answers.message(text) if self is CLAUDE else answers.chat(text)

    def stream(self, text: str, size: int = 4) -> Reply:
        return answers.stream(answers.encode(self.events(text, size)))

    def text(self, body: bytes) -> str:
        """The text in an answer that was not streamed."""
        data = json.loads(body)
        text: str = data["content"][0]["text"] if self is CLAUDE else data["choices"][0]["message"]["content"]
        return text

    def streamed(self, wire: bytes) -> str:
        """The text in a stream."""
        decoder = Decoder()
        return "".join(self._delta(event.data) for event in decoder.feed(wire) + decoder.flush())

    def _delta(self, data: str | None) -> str:
        if data is None or data == "[DONE]":
            return ""
        event = json.loads(data)
        if self is CLAUDE:
            text: str = event.get("delta", {}).get("text", "")
        else:
            text = "".join(choice["delta"].get("content") or "" for choice in event.get("choices", ()))
        return text

    def error(self, body: bytes) -> str:
        """The message of an error of ours, after a look at its shape."""
        data = json.loads(body)
        error = data["error"]
        if self is CLAUDE:
            assert data["type"] == "error" and set(data) == {"type", "error", "request_id"}
            assert {"type", "message"} <= set(error)
        else:
            assert set(data) == {"error"} and set(error) == {"message", "type", "param", "code"}
        message: str = error["message"]
        assert message.startswith("Anonamoose: ") and message.endswith((".", " . _ : -"))
        return message


GPT = Dialect("openai", "/v1/chat/completions")
CLAUDE = Dialect("anthropic", "/v1/messages")
BOTH = (GPT, CLAUDE)
