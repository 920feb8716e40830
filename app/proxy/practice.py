"""The practice model: a small stand-in for a provider, to try a tool against without key or cost."""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from types import TracebackType
from typing import Any, Self

from aiohttp import web

_PLACEHOLDER = re.compile(r"\[[A-Z][A-Z0-9_]*_\d{4,9}\]")
#: Characters of each event. Shorter than any placeholder, so that every one is cut somewhere.
_PIECE = 5
_PAUSE = 0.015
_MODEL = "practice"


class PracticeModel:
    """Answers chats in every dialect on a port of its own, on 127.0.0.1."""

    def __init__(self) -> None:
        app = web.Application(client_max_size=2**30)
        app.router.add_post("/v1/chat/completions", self._chat)
        app.router.add_post("/v1/responses", self._responses)
        app.router.add_post("/v1/messages", self._messages)
        app.router.add_post("/{version:v1[a-z]*}/models/{call}", self._contents)
        app.router.add_post("/api/chat", self._lines)
        app.router.add_get("/v1/models", self._models)
        app.router.add_route("*", "/{path:.*}", self._nothing)
        self._runner = web.AppRunner(
            app, handle_signals=False, access_log=None, shutdown_timeout=1.0, handler_cancellation=True
        )
        self.origin = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.origin = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        if "anthropic-version" in request.headers:
            model = {"type": "model", "id": _MODEL, "display_name": "Practice", "created_at": "2026-01-01T00:00:00Z"}
            return web.json_response({"data": [model], "has_more": False, "first_id": _MODEL, "last_id": _MODEL})
        listed = {"id": _MODEL, "object": "model", "created": 0, "owned_by": "anonamoose"}
        return web.json_response({"object": "list", "data": [listed]})

    async def _nothing(self, request: web.Request) -> web.Response:
        del request
        error = {"type": "not_found_error", "message": "The practice model can chat, and nothing else."}
        return web.json_response({"type": "error", "error": error}, status=404)

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        text = reply(body)
        head = {"id": "chatcmpl-practice", "created": int(time.time()), "model": _MODEL}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
            usage = {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}
            return web.json_response({**head, "object": "chat.completion", "choices": [choice], "usage": usage})

        async def events() -> AsyncIterator[str]:
            def chunk(delta: dict[str, Any], finish: str | None = None) -> str:
                choice = {"index": 0, "delta": delta, "finish_reason": finish}
                data = {**head, "object": "chat.completion.chunk", "choices": [choice]}
                return f"data: {json.dumps(data)}\n\n"

            yield chunk({"role": "assistant", "content": ""})
            for piece in _pieces(text):
                yield chunk({"content": piece})
            yield chunk({}, "stop")
            yield "data: [DONE]\n\n"

        return await _stream(request, events())

    async def _responses(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        text = reply(body)
        head = {"id": "resp_practice", "object": "response", "created_at": int(time.time()), "model": _MODEL}
        head |= {"parallel_tool_calls": False, "tool_choice": "auto", "tools": []}
        usage: dict[str, Any] = {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}
        usage |= {"input_tokens_details": {"cached_tokens": 0}, "output_tokens_details": {"reasoning_tokens": 0}}
        part = {"type": "output_text", "text": text, "annotations": []}
        item = {"id": "msg_practice", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
        whole = {**head, "status": "completed", "output": [item], "usage": usage}
        if not body.get("stream"):
            return web.json_response(whole)

        async def events() -> AsyncIterator[str]:
            numbers = itertools.count()

            def event(kind: str, **data: Any) -> str:
                said = {"type": f"response.{kind}", "sequence_number": next(numbers), **data}
                return f"event: response.{kind}\ndata: {json.dumps(said)}\n\n"

            place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
            yield event("created", response={**head, "status": "in_progress", "output": []})
            yield event("output_item.added", output_index=0, item={**item, "status": "in_progress", "content": []})
            yield event("content_part.added", **place, part={**part, "text": ""})
            for piece in _pieces(text):
                yield event("output_text.delta", **place, delta=piece)
            yield event("output_text.done", **place, text=text)
            yield event("content_part.done", **place, part=part)
            yield event("output_item.done", output_index=0, item=item)
            yield event("completed", response=whole)

        return await _stream(request, events())

    async def _messages(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        text = reply(body)
        usage = {"input_tokens": 0, "output_tokens": 0}
        message = {
            "id": "msg_practice",
            "type": "message",
            "role": "assistant",
            "model": _MODEL,
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": usage,
        }
        if not body.get("stream"):
            return web.json_response(message)

        async def events() -> AsyncIterator[str]:
            def event(kind: str, **data: Any) -> str:
                return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n"

            yield event("message_start", message={**message, "content": [], "stop_reason": None})
            yield event("content_block_start", index=0, content_block={"type": "text", "text": ""})
            for piece in _pieces(text):
                yield event("content_block_delta", index=0, delta={"type": "text_delta", "text": piece})
            yield event("content_block_stop", index=0)
            yield event("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None}, usage=usage)
            yield event("message_stop")

        return await _stream(request, events())

    async def _contents(self, request: web.Request) -> web.StreamResponse:
        text = reply(await _json(request))

        def answer(text: str, **more: Any) -> str:
            candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "index": 0, **more}
            return json.dumps({"candidates": [candidate], "modelVersion": _MODEL})

        if not request.match_info["call"].endswith(":streamGenerateContent"):
            return web.json_response(text=answer(text, finishReason="STOP"))

        async def events() -> AsyncIterator[str]:
            for piece in _pieces(text):
                yield f"data: {answer(piece)}\r\n\r\n"
            yield f"data: {answer('', finishReason='STOP')}\r\n\r\n"

        return await _stream(request, events())

    async def _lines(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        text = reply(body)

        def answer(text: str, **more: Any) -> str:
            message = {"role": "assistant", "content": text}
            return json.dumps({"model": _MODEL, "message": message, "done": bool(more), **more}) + "\n"

        if body.get("stream") is False:
            return web.json_response(text=answer(text, done_reason="stop"))

        async def lines() -> AsyncIterator[str]:
            for piece in _pieces(text):
                yield answer(piece)
            yield answer("", done_reason="stop")

        return await _stream(request, lines(), "application/x-ndjson")


def reply(body: dict[str, Any]) -> str:
    """What the practice model says: what it was given to read, and proof that it can use it."""
    asked = _last_text(body)
    names = list(dict.fromkeys(_PLACEHOLDER.findall(asked)))
    lines = ["I am the practice model. This is all I was given to read:", "", f"“{asked}”", ""]
    if not names:
        lines.append("There is nothing hidden in it.")
    elif len(names) == 1:
        lines.append(f"I do not know what {names[0]} stands for, and yet I can work with it.")
    else:
        listed = f"{', '.join(names[:-1])} and {names[-1]}"
        lines.append(f"I do not know what {listed} stand for, and yet I can work with them. Noted, {names[0]}.")
    return "\n".join(lines)


def _last_text(body: dict[str, Any]) -> str:
    said = body.get("messages") or body.get("contents") or body.get("input") or []
    if isinstance(said, str):
        return said
    for message in reversed(said):
        if isinstance(message, dict) and message.get("role", "user") == "user":
            content = message.get("content") or message.get("parts")
            if isinstance(content, str):
                return content
            return "\n".join(b["text"] for b in content or [] if isinstance(b, dict) and isinstance(b.get("text"), str))
    return ""


def _pieces(text: str) -> Iterator[str]:
    return (text[at : at + _PIECE] for at in range(0, len(text), _PIECE))


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text='{"error":{"message":"not a JSON object"}}', content_type="application/json")
    return body


async def _stream(
    request: web.Request, events: AsyncIterator[str], media: str = "text/event-stream"
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": media, "Cache-Control": "no-cache"})
    await response.prepare(request)
    async for event in events:
        await response.write(event.encode())
        await asyncio.sleep(_PAUSE)
    await response.write_eof()
    return response
