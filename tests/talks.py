"""Agents that talk for long, and a provider that notices when what was said before comes back changed.

The provider binds each thinking block to every byte before it, as a real one does: a signature is an HMAC of the
body up to the end of its messages and of the thinking itself. What it encrypts it expects back to the byte.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from app.proxy.sse import Decoder
from tests import answers
from tests.fakes import Received, Reply

Item = dict[str, Any]
_KEY = b"provider"


def mac(*parts: bytes) -> str:
    """What only the provider can have made of `parts`."""
    return hmac.new(_KEY, b"\0".join(parts), hashlib.sha256).hexdigest()


def said(body: bytes) -> bytes:
    """What has been said, to the byte: a longer conversation goes on from here."""
    return body[body.index(b"[") :].removesuffix(b"]}")


def _dense(tokens: Sequence[str], turn: int) -> str:
    """What a model makes of the placeholders it has seen: not all of them look as they did."""
    forms: list[Callable[[str], str]] = [
        str,
        str.lower,
        lambda t: f"**{t}**'s",
        lambda t: t.strip("[]"),
        lambda t: t.replace("_", " "),
    ]
    return f"Turn {turn}: " + " ".join(forms[(turn + at) % len(forms)](token) for at, token in enumerate(tokens))


@dataclass
class Provider:
    """Answers with all placeholders of the last message, and refuses what has been tampered with."""

    path: ClassVar[str]
    signed: dict[str, bytes] = field(default_factory=dict)  # what stood before a thinking block, by its signature
    turn: int = 0

    def target(self, streaming: bool) -> str:
        """What a client asks for."""
        return self.path

    def answer(self, received: Received) -> Reply:
        """A fork of the conversation ends at once; its trunk goes on."""
        body = received.json()
        self.turn += 1
        wrong = self.wrong(body, received.body)
        if wrong:
            return answers.body({"error": {"type": "invalid_request_error", "message": wrong}}, 400)
        tokens = received.placeholders[-6:]
        return self.reply(_dense(tokens, self.turn), tokens, said(received.body), self.streams(received))

    def streams(self, received: Received) -> bool:
        """Whether a stream is asked for."""
        return received.json().get("stream") is True

    def body(self, items: Sequence[Item], streaming: bool) -> bytes:
        """A request that says `items`."""
        raise NotImplementedError

    def user(self, text: str) -> Item:
        raise NotImplementedError

    def results(self, calls: Sequence[Item], text: str) -> Item:
        """What the tools say to the calls in the latest answer."""
        raise NotImplementedError

    def heard(self, wire: bytes, streaming: bool) -> list[Item]:
        """What a client keeps of an answer, and sends back."""
        raise NotImplementedError

    def wrong(self, body: Item, raw: bytes) -> str:
        """What is not as it was; "" when all is."""
        raise NotImplementedError

    def reply(self, text: str, tokens: Sequence[str], before: bytes, streaming: bool) -> Reply:
        raise NotImplementedError

    def arguments(self, tokens: Sequence[str]) -> Item:
        """Of a tool call: strings, and JSON in a string."""
        inner = json.dumps({"who": tokens[:2], "note": f"ask {' and '.join(tokens)}"})
        return {"path": f"notes/{tokens[0] if tokens else 'none'}.md", "turn": self.turn, "payload": inner}


class Messages(Provider):
    """Anthropic's dialect."""

    path = "/v1/messages"

    def body(self, items: Sequence[Item], streaming: bool) -> bytes:
        return body_of({"model": "fake", "max_tokens": 9, "stream": streaming}, "messages", items)

    def user(self, text: str) -> Item:
        return {"role": "user", "content": [{"type": "text", "text": text}]}

    def results(self, calls: Sequence[Item], text: str) -> Item:
        blocks = [block for item in calls for block in item["content"] if block["type"] == "tool_use"]
        return {
            "role": "user",
            "content": [{"type": "tool_result", "tool_use_id": call["id"], "content": text} for call in blocks],
        }

    def wrong(self, body: Item, raw: bytes) -> str:
        for message in body["messages"]:
            for block in message["content"]:
                if block["type"] == "thinking":
                    before = self.signed.get(block["signature"], b"?")
                    if mac(before, block["thinking"].encode()) != block["signature"]:
                        return "a thinking block cannot be modified"
                    if not said(raw).startswith(before):
                        return "what stood before a thinking block cannot be modified"
        return ""

    def reply(self, text: str, tokens: Sequence[str], before: bytes, streaming: bool) -> Reply:
        thinking = f"They mean {text}."
        signature = mac(before, thinking.encode())
        self.signed[signature] = before
        blocks: list[str | Item] = [{"type": "thinking", "thinking": thinking, "signature": signature}, text]
        blocks += [answers.tool_use(f"toolu_{self.turn}_{at}", "write", self.arguments(tokens)) for at in range(2)]
        if streaming:
            return answers.stream(answers.encode(answers.message_events(*blocks, size=5)), 400)
        return answers.body(answers.message(*blocks))

    def heard(self, wire: bytes, streaming: bool) -> list[Item]:
        if not streaming:
            return [{"role": "assistant", "content": json.loads(wire)["content"]}]
        blocks: list[Item] = []
        for event in events_of(wire):
            if event["type"] == "content_block_start":
                blocks.append({**event["content_block"], "": ""})
            elif event["type"] == "content_block_delta":
                for key, value in event["delta"].items():
                    if key == "partial_json":
                        blocks[event["index"]][""] += value
                    elif key != "type":
                        blocks[event["index"]][key] += value
        for block in blocks:
            if text := block.pop(""):
                block["input"] = json.loads(text)
        return [{"role": "assistant", "content": blocks}]


class Chat(Provider):
    """Chat completions; nothing is signed here but the prompt cache."""

    path = "/v1/chat/completions"

    def body(self, items: Sequence[Item], streaming: bool) -> bytes:
        return body_of({"model": "fake", "stream": streaming}, "messages", items)

    def user(self, text: str) -> Item:
        return {"role": "user", "content": text}

    def results(self, calls: Sequence[Item], text: str) -> Item:
        return {"role": "tool", "tool_call_id": calls[0]["tool_calls"][0]["id"], "content": text}

    def wrong(self, body: Item, raw: bytes) -> str:
        return ""

    def reply(self, text: str, tokens: Sequence[str], before: bytes, streaming: bool) -> Reply:
        calls = [(f"call_{self.turn}_{at}", "write", json.dumps(self.arguments(tokens))) for at in range(2)]
        if streaming:
            return answers.stream(answers.encode(answers.chat_tool_events(calls, 5, text)), 400)
        return answers.body(answers.chat(text, calls=calls))

    def heard(self, wire: bytes, streaming: bool) -> list[Item]:
        if not streaming:
            return [json.loads(wire)["choices"][0]["message"]]
        content = ""
        calls: dict[int, Item] = {}
        for event in events_of(wire):
            for choice in event["choices"]:
                content += choice["delta"].get("content") or ""
                for call in choice["delta"].get("tool_calls", ()):
                    if "id" in call:
                        calls[call["index"]] = {key: value for key, value in call.items() if key != "index"}
                    else:
                        calls[call["index"]]["function"]["arguments"] += call["function"]["arguments"]
        return [{"role": "assistant", "content": content, "tool_calls": [*calls.values()]}]


class Responses(Provider):
    """OpenAI's Responses: reasoning comes encrypted, and is bound to what stood before it."""

    path = "/v1/responses"

    def body(self, items: Sequence[Item], streaming: bool) -> bytes:
        return body_of({"model": "fake", "stream": streaming, "store": False}, "input", items)

    def user(self, text: str) -> Item:
        return {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}

    def results(self, calls: Sequence[Item], text: str) -> Item:
        (call,) = [item for item in calls if item["type"] == "function_call"]
        return {"type": "function_call_output", "call_id": call["call_id"], "output": text}

    def wrong(self, body: Item, raw: bytes) -> str:
        for item in body["input"]:
            if item["type"] == "reasoning":
                before = self.signed.get(item["encrypted_content"], b"?")
                if item["encrypted_content"] != self._sealed(before, item["summary"][0]["text"]):
                    return "a reasoning item cannot be modified"
                if not said(raw).startswith(before):
                    return "what stood before a reasoning item cannot be modified"
        return ""

    @staticmethod
    def _sealed(before: bytes, summary: str) -> str:
        """As tokens look, it holds what might be taken for a placeholder."""
        return f"gAAAAA{mac(before, summary.encode())}-PERSON_4821="

    def reply(self, text: str, tokens: Sequence[str], before: bytes, streaming: bool) -> Reply:
        summary = f"They mean {text}."
        sealed = self._sealed(before, summary)
        self.signed[sealed] = before
        number = f"{self.turn:06}"
        reasoning = {"id": f"rs_{number}", "type": "reasoning", "encrypted_content": sealed}
        output: list[Item] = [
            {**reasoning, "summary": [{"type": "summary_text", "text": summary}]},
            {
                "id": f"msg_{number}",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [{"type": "output_text", "text": text, "annotations": []}],
            },
            {
                "id": f"fc_{number}",
                "type": "function_call",
                "call_id": f"call_{number}",
                "name": "write",
                "arguments": json.dumps(self.arguments(tokens)),
                "status": "completed",
            },
        ]
        whole = {"id": f"resp_{number}", "object": "response", "status": "completed", "output": output}
        if not streaming:
            return answers.body(whole)
        return answers.stream(answers.encode(answers.response_events(whole, size=5)), 400)

    def heard(self, wire: bytes, streaming: bool) -> list[Item]:
        if not streaming:
            output: list[Item] = json.loads(wire)["output"]
            return output
        return [event["item"] for event in events_of(wire) if event["type"] == "response.output_item.done"]


def body_of(head: Item, key: str, items: Sequence[Item]) -> bytes:
    """A body that ends with all that was said."""
    return json.dumps({**head, key: list(items)}, ensure_ascii=False).encode()


def events_of(wire: bytes) -> list[Item]:
    return [json.loads(event.data) for event in Decoder().feed(wire) if event.data and event.data != "[DONE]"]
