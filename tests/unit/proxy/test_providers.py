from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.fields import leaves
from app.proxy.providers.anthropic import ANTHROPIC
from app.proxy.providers.base import Provider
from app.proxy.providers.openai import OPENAI
from app.proxy.providers.sockets import socket_of

PROVIDERS = pytest.mark.parametrize("provider", [OPENAI, ANTHROPIC], ids=lambda provider: provider.name)


def texts(provider: Provider, body: Any, method: str = "POST", path: str = "", *, answer: bool = False) -> list[str]:
    """The strings of a body that are text, sorted."""
    endpoint = provider.endpoint(method, path or provider.endpoints[0].path)
    assert endpoint is not None and endpoint.request is not None
    text = json.dumps(body)
    return sorted(leaf.value for leaf in leaves(text, endpoint.response if answer else endpoint.request))


@PROVIDERS
@pytest.mark.parametrize(
    ("method", "path", "known"),
    [
        ("GET", "/v1/models", True),
        ("GET", "/v1/models/x", True),
        ("GET", "/v1/models/x/y", False),
        ("DELETE", "/v1/models/x", False),
        ("POST", "/v1/models", False),
        ("POST", "/v1/unheard-of", False),
    ],
)
def test_endpoints_are_found_by_method_and_path(provider: Provider, method: str, path: str, known: bool) -> None:
    assert (provider.endpoint(method, path) is not None) is known


def test_of_a_chat_request_all_but_the_protocols_own_words_is_text() -> None:
    body = {
        "model": "gpt-x",
        "stream": True,
        "user": "T zoe",
        "metadata": {"k": "T meta"},
        "a_field_of_tomorrow": {"x": ["T new"]},
        "stop": ["T stop"],
        "tool_choice": {"type": "function", "function": {"name": "f"}},
        "response_format": {
            "type": "json_schema",
            "json_schema": {
                "name": "n",
                "description": "T rf",
                "schema": {"type": "object", "properties": {"a": {"type": "string", "description": "T schema"}}},
            },
        },
        "tools": [
            {
                "type": "function",
                "function": {
                    "name": "f",
                    "description": "T tool",
                    "parameters": {"type": "object", "properties": {}, "required": ["a"]},
                },
            }
        ],
        "messages": [
            {"role": "system", "content": "T system"},
            {
                "role": "user",
                "name": "T name",
                "content": [
                    {"type": "text", "text": "T part"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"}},
                    {"type": "image_url", "image_url": {"url": "https://T.example.com/zoe.png"}},
                    {"type": "input_audio", "input_audio": {"data": "UklGRiQAAABXQVZFZm10IBAAAAA=", "format": "wav"}},
                    {"type": "file", "file": {"file_id": "file-1", "filename": "T file"}},
                ],
            },
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": '{"T": 1}'}},
                ],
            },
            {"role": "tool", "tool_call_id": "call_1", "content": "T result"},
        ],
    }
    found = texts(OPENAI, body)
    assert found == sorted(
        [
            "T zoe",
            "T meta",
            "T new",
            "T stop",
            "T rf",
            "T schema",
            "T tool",
            "T system",
            "T name",
            "T part",
            "T file",
            "T result",
            "https://T.example.com/zoe.png",
            '{"T": 1}',
        ]
    )


def test_of_a_messages_request_all_but_the_protocols_own_words_is_text() -> None:
    body = {
        "model": "claude-x",
        "max_tokens": 1,
        "metadata": {"user_id": "T user"},
        "a_field_of_tomorrow": "T new",
        "system": [{"type": "text", "text": "T system", "cache_control": {"type": "ephemeral"}}],
        "tool_choice": {"type": "tool", "name": "f"},
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "mcp_servers": [
            {"type": "url", "name": "n", "url": "https://T.example.com", "authorization_token": "secret of mine"}
        ],
        "tools": [
            {
                "name": "f",
                "description": "T tool",
                "input_schema": {"type": "object", "properties": {"type": {"description": "T schema"}}},
            }
        ],
        "messages": [
            {"role": "user", "content": "T plain"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "T thought", "signature": "sealed sign"},
                    {"type": "redacted_thinking", "data": "sealed data"},
                    {
                        "type": "tool_use",
                        "id": "toolu_1",
                        "name": "f",
                        "input": {"type": "T input type", "deep": ["T input"]},
                    },
                ],
            },
            {
                "role": "user",
                "content": [
                    {
                        "type": "tool_result",
                        "tool_use_id": "toolu_1",
                        "content": [
                            {"type": "text", "text": "T result"},
                            {
                                "type": "image",
                                "source": {
                                    "type": "base64",
                                    "media_type": "image/png",
                                    "data": "iVBORw0KGgoAAAANSUhEUg==",
                                },
                            },
                        ],
                    },
                    {
                        "type": "document",
                        "title": "T title",
                        "source": {"type": "text", "media_type": "text/plain", "data": "T document"},
                    },
                    {
                        "type": "text",
                        "text": "T cited",
                        "citations": [
                            {"type": "char_location", "cited_text": "T quote", "encrypted_index": "sealed index"}
                        ],
                    },
                    {"type": "block_of_tomorrow", "thinking": "T tomorrow"},
                ],
            },
        ],
    }
    expected = sorted(
        [
            "T user",
            "T thought",
            "T new",
            "T system",
            "https://T.example.com",
            "T tool",
            "T schema",
            "T plain",
            "T input type",
            "T input",
            "T result",
            "T title",
            "T document",
            "T cited",
            "T quote",
            "T tomorrow",
        ]
    )
    assert texts(ANTHROPIC, body) == texts(ANTHROPIC, body, path="/v1/messages/count_tokens") == expected


@PROVIDERS
def test_a_name_that_is_none_is_text(provider: Provider) -> None:
    assert texts(provider, {"model": "Zoë O'Neil <zoe@example.com>"}) == ["Zoë O'Neil <zoe@example.com>"]


def test_answers_are_text_but_for_what_is_sealed() -> None:
    message = {
        "content": [
            {"type": "thinking", "thinking": "T thought", "signature": "sealed"},
            {"type": "text", "text": "T"},
            {"type": "tool_use", "id": "T id", "input": {"a": "T in"}},
        ]
    }
    assert texts(ANTHROPIC, message, answer=True) == ["T", "T id", "T in", "T thought", "text", "thinking", "tool_use"]
    chat = {
        "choices": [
            {
                "message": {"content": "T", "audio": {"data": "AAAA", "transcript": "T2"}},
                "logprobs": {"content": [{"token": "x"}]},
            }
        ]
    }
    assert texts(OPENAI, chat, answer=True) == ["T", "T2"]


@PROVIDERS
@pytest.mark.parametrize("status", [400, 403, 404, 413, 415, 426, 500, 502, 599])
def test_errors_have_the_dialects_shape(provider: Provider, status: int) -> None:
    error = provider.error(status, "a_code", "A sentence.")
    json.dumps(error)
    inner = error["error"]
    assert (inner["message"], inner["code"]) == ("A sentence.", "a_code")
    if provider is ANTHROPIC:
        assert error["type"] == "error"
    kinds = {"invalid_request_error", "permission_error", "not_found_error", "request_too_large"}
    assert (inner["type"] in kinds) is (status < 500) and (inner["type"] == "api_error") is (status >= 500)


@PROVIDERS
def test_an_error_in_a_stream_is_an_event_of_the_dialect(provider: Provider) -> None:
    event = provider.stream_error("a_code", 'A "sentence".')
    assert json.loads(event.data or "")["error"]["message"] == 'A "sentence".'
    assert event.name == ("error" if provider is ANTHROPIC else "")


@PROVIDERS
def test_what_is_injected_is_a_delta_that_continues_its_channel(provider: Provider) -> None:
    stream = provider.endpoints[0].stream
    assert stream is not None
    latest = json.dumps({"id": "c", "object": "o", "usage": 7, "choices": [], "model": "m"})
    for path in stream.deltas:
        index = (3, 4) if "tool_calls" in path else (3,)
        event = stream.inject(path, index, 'te"xt é\ud800', latest)
        (leaf,) = [leaf for leaf in leaves(event.data or "", stream.fields) if leaf.path == path]
        assert leaf.value == 'te"xt é\ud800'
        assert tuple(owner.get("index") for owner in leaf.owners if owner.get("index") is not None) == index
        if provider is OPENAI:
            assert json.loads(event.data or "").keys() == {"id", "object", "model", "choices"}


def test_of_realtime_events_all_but_the_protocols_own_words_is_text() -> None:
    socket = socket_of(OPENAI, "/v1/realtime")
    assert socket is not None
    tool = {
        "type": "function",
        "name": "look_up",
        "description": "T tool",
        "parameters": {"type": "object", "properties": {"a": {"type": "string", "description": "T parameter"}}},
    }
    remote = {
        "type": "mcp",
        "server_label": "l",
        "authorization": "a b",
        "headers": {"x": "y z"},
        "allowed_tools": ["f"],
    }
    transcription = {"model": "m", "language": "en", "prompt": "T prompt", "keywords": ["T keyword"]}
    session = {
        "type": "realtime",
        "model": "gpt-x",
        "instructions": "T instructions",
        "output_modalities": ["audio"],
        "tools": [tool, remote],
        "tool_choice": {"type": "function", "name": "look_up"},
        "tracing": {"workflow_name": "w", "metadata": {"a": "T traced"}},
        "prompt": {"id": "pmpt_1", "variables": {"who": "T variable"}},
        "audio": {
            "input": {"format": {"type": "audio/pcm"}, "transcription": transcription, "turn_detection": {"type": "v"}},
            "output": {"voice": "marin", "format": {"type": "audio/pcm"}},
        },
        "a_field_of_tomorrow": "T new",
    }
    audio = "UklGRiQAAABXQVZFZm10IBAAAAA="
    content = [
        {"type": "input_text", "text": "T said"},
        {"type": "input_audio", "audio": audio, "transcript": "T heard"},
        {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"},
    ]
    message = {"id": "item_1", "type": "message", "role": "user", "content": content}
    call = {"type": "function_call", "call_id": "c", "name": "look_up", "arguments": '{"a": "T argument"}'}
    events: list[tuple[dict[str, Any], list[str]]] = [
        (
            {"type": "session.update", "event_id": "e", "session": session},
            [
                "T instructions",
                "T keyword",
                "T new",
                "T parameter",
                "T prompt",
                "T tool",
                "T traced",
                "T variable",
            ],
        ),
        ({"type": "conversation.item.create", "previous_item_id": "i", "item": message}, ["T heard", "T said"]),
        ({"type": "conversation.item.create", "item": call}, ['{"a": "T argument"}']),
        (
            {
                "type": "response.create",
                "response": {"conversation": "none", "input": [message], "metadata": {"k": "T m"}},
            },
            ["T heard", "T m", "T said"],
        ),
        ({"type": "input_audio_buffer.append", "audio": audio}, []),
        ({"type": "conversation.item.truncate", "item_id": "i", "content_index": 0, "audio_end_ms": 1}, []),
    ]
    for event, expected in events:
        found = sorted(leaf.value for leaf in leaves(json.dumps(event), socket.request))
        assert found == expected
