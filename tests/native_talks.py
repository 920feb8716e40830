"""Agents that talk for long in the dialects of Gemini and Ollama.

Gemini binds the signature of a call to every byte before it, and to the thought and the text that led to it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from app.proxy.framing import JSON_ARRAY, NDJSON, SSE, Decoder, Framing
from tests import answers
from tests.fakes import Received, Reply
from tests.talks import Item, Provider, body_of, mac, said


class Contents(Provider):
    """Gemini's contents, streamed as server-sent events."""

    path = "/v1beta/models/fake:generateContent"
    query = "?alt=sse"
    framing: Framing = SSE

    def target(self, streaming: bool) -> str:
        return f"/v1beta/models/fake:streamGenerateContent{self.query}" if streaming else self.path

    def streams(self, received: Received) -> bool:
        return ":stream" in received.target

    def body(self, items: Sequence[Item], streaming: bool) -> bytes:
        return body_of({"generationConfig": {"temperature": 0.10}}, "contents", items)

    def user(self, text: str) -> Item:
        return {"role": "user", "parts": [{"text": text}]}

    def results(self, calls: Sequence[Item], text: str) -> Item:
        made = [part["functionCall"] for item in calls for part in item["parts"] if "functionCall" in part]
        told = [{"id": call["id"], "name": call["name"], "response": {"result": text}} for call in made]
        return {"role": "user", "parts": [{"functionResponse": one} for one in told]}

    def wrong(self, body: Item, raw: bytes) -> str:
        for parts in (content["parts"] for content in body["contents"]):
            for signature in (part["thoughtSignature"] for part in parts if "thoughtSignature" in part):
                before = self.signed.get(signature, b"?")
                if signature != self._sealed(before, parts):
                    return "what is signed cannot be modified"
                if not said(raw).startswith(before):
                    return "what stood before a signature cannot be modified"
        return ""

    @staticmethod
    def _sealed(before: bytes, parts: Sequence[Item]) -> str:
        """As signatures look, it holds what might be taken for a placeholder."""
        bare = [{key: value for key, value in part.items() if key != "thoughtSignature"} for part in parts]
        return f"EsMF{mac(before, json.dumps(bare, sort_keys=True).encode())}+PERSON_4821/="

    def reply(self, text: str, tokens: Sequence[str], before: bytes, streaming: bool) -> Reply:
        calls: list[Item] = [
            {"functionCall": {"id": f"c{self.turn}_{at}", "name": "write", "args": self.arguments(tokens)}}
            for at in range(2)
        ]
        parts: list[Item] = [{"text": f"They mean {text}.", "thought": True}, {"text": text}, *calls]
        sealed = self._sealed(before, parts)
        self.signed[sealed] = before
        calls[0]["thoughtSignature"] = sealed
        if not streaming:
            return answers.body(_candidate(parts, "STOP"))
        pieces = [{**part, "text": piece} for part in parts[:2] for piece in answers.pieces(part["text"], 5)]
        events = [*(_candidate([part]) for part in (*pieces, calls[0])), _candidate(calls[1:], "STOP")]
        return _streamed(self.framing, events)

    def heard(self, wire: bytes, streaming: bool) -> list[Item]:
        """Texts that continue are joined, as the official clients join them."""
        if not streaming:
            content: Item = json.loads(wire)["candidates"][0]["content"]
            return [content]
        parts: list[Item] = []
        for event in _events(self.framing.decoder(), wire):
            for part in event["candidates"][0]["content"]["parts"]:
                last = parts[-1] if parts else {}
                if "text" in part and "text" in last and part.get("thought") == last.get("thought"):
                    last["text"] += part["text"]
                else:
                    parts.append(part)
        return [{"role": "model", "parts": parts}]


class ContentsInArray(Contents):
    """The same, streamed as one array."""

    query = ""
    framing = JSON_ARRAY


class OllamaChat(Provider):
    """Ollama's chat, which streams unless it is told not to."""

    path = "/api/chat"

    def streams(self, received: Received) -> bool:
        return received.json().get("stream") is not False

    def body(self, items: Sequence[Item], streaming: bool) -> bytes:
        return body_of({"model": "fake", **({} if streaming else {"stream": False})}, "messages", items)

    def user(self, text: str) -> Item:
        return {"role": "user", "content": text}

    def results(self, calls: Sequence[Item], text: str) -> Item:
        return {"role": "tool", "tool_name": calls[0]["tool_calls"][0]["function"]["name"], "content": text}

    def wrong(self, body: Item, raw: bytes) -> str:
        return ""

    def reply(self, text: str, tokens: Sequence[str], before: bytes, streaming: bool) -> Reply:
        thinking, arguments = f"They mean {text}.", self.arguments(tokens)
        calls = [{"function": {"name": "write", "arguments": {**arguments, "at": at}}} for at in range(2)]
        if not streaming:
            return answers.body(_message({"content": text, "thinking": thinking, "tool_calls": calls}, is_done=True))
        events = [_message({"content": "", "thinking": piece}) for piece in answers.pieces(thinking, 5)]
        events += [_message({"content": piece}) for piece in answers.pieces(text, 5)]
        events += [_message({"content": "", "tool_calls": [call]}) for call in calls]
        return _streamed(NDJSON, [*events, _message({"content": ""}, is_done=True)])

    def heard(self, wire: bytes, streaming: bool) -> list[Item]:
        if not streaming:
            return [json.loads(wire)["message"]]
        calls: list[Item] = []
        whole: Item = {"role": "assistant", "content": "", "thinking": "", "tool_calls": calls}
        for event in _events(NDJSON.decoder(), wire):
            for key in ("content", "thinking"):
                whole[key] += event["message"].get(key, "")
            calls += event["message"].get("tool_calls", ())
        return [whole]


def _candidate(parts: Sequence[Item], finish: str = "") -> Item:
    told: Item = {"content": {"parts": [*parts], "role": "model"}, "index": 0}
    return {"candidates": [{**told, **({"finishReason": finish} if finish else {})}], "responseId": "r1"}


def _message(parts: Item, *, is_done: bool = False) -> Item:
    end = {"done_reason": "stop"} if is_done else {}
    return {"model": "fake", "message": {"role": "assistant", **parts}, "done": is_done, **end}


def _streamed(framing: Framing, events: Sequence[Item]) -> Reply:
    made = [framing.make(json.dumps(event, ensure_ascii=False)).raw for event in events]
    wire = b"[" + b"".join(made)[1:] + b"]" if framing is JSON_ARRAY else b"".join(made)
    chunks = [wire[at : at + 400] for at in range(0, len(wire), 400)]
    return Reply(200, (("Content-Type", framing.media),), chunks, "chunked")


def _events(decoder: Decoder, wire: bytes) -> list[Item]:
    return [json.loads(event.data) for event in decoder.feed(wire) + decoder.flush() if event.data]
