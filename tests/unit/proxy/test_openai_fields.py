"""What is text in the bodies of OpenAI's endpoints: in these tables, all that begins with T, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.pipeline.chain import Chain, chain_of, kept_in
from app.pipeline.fields import leaves
from app.pipeline.json_text import parse
from app.pipeline.outline import outline
from app.pipeline.token_ids import TokenIds
from app.proxy.providers.base import Endpoint
from app.proxy.providers.openai import OPENAI

PNG = "data:image/png;base64,iVBORw0KGgo="
BASE64 = "iVBORw0KGgoAAAANSUhEUg=="
SCHEMA = {"type": "object", "properties": {"a": {"type": "string", "description": "Tschema"}}, "required": ["a"]}
FUNCTION = {"type": "function", "name": "f", "description": "Tfunction", "parameters": SCHEMA, "output_schema": SCHEMA}

TOOLS: dict[str, Any] = {
    "function": FUNCTION,
    "custom": {
        "type": "custom",
        "name": "c",
        "description": "Tcustom",
        "format": {"type": "grammar", "syntax": "lark", "definition": 'start: "a b"'},
    },
    "namespace": {"type": "namespace", "name": "n", "description": "Tnamespace", "tools": [FUNCTION]},
    "mcp": {
        "type": "mcp",
        "server_label": "l",
        "server_description": "Tserver",
        "server_url": "https://mcp.example.com/a b",
        "authorization": "a b",
        "headers": {"x": "a b"},
        "connector_id": "connector_gmail",
        "allowed_tools": {"tool_names": ["f"]},
        "require_approval": {"always": {"tool_names": ["f"]}},
    },
    "file_search": {
        "type": "file_search",
        "vector_store_ids": ["vs_1"],
        "filters": {"type": "and", "filters": [{"type": "eq", "key": "author", "value": "Tfilter"}]},
        "ranking_options": {"ranker": "auto"},
    },
    "web_search": {
        "type": "web_search",
        "filters": {"allowed_domains": ["example.com"]},
        "search_context_size": "low",
        "user_location": {"type": "approximate", "city": "New York", "timezone": "a/b"},
    },
    "code_interpreter": {"type": "code_interpreter", "container": {"type": "auto", "file_ids": ["file-1"]}},
    "image_generation": {
        "type": "image_generation",
        "model": "gpt-image-1",
        "size": "1024x1024",
        "quality": "low",
        "background": "auto",
        "input_image_mask": {"image_url": PNG, "file_id": "file-1"},
    },
    "shell": {
        "type": "shell",
        "environment": {
            "type": "container_auto",
            "network_policy": {
                "type": "allowlist",
                "allowed_domains": ["example.com"],
                "domain_secrets": [{"domain": "example.com", "name": "KEY", "value": "a b"}],
            },
            "skills": [
                {
                    "type": "inline",
                    "name": "s",
                    "description": "Tskill",
                    "source": {"type": "base64", "media_type": "application/zip", "data": BASE64},
                }
            ],
        },
    },
    "tool_search": {"type": "tool_search", "execution": "client", "description": "Tsearch", "parameters": SCHEMA},
    "of tomorrow": {"type": "of_tomorrow", "purpose": "Ttomorrow"},
}

ITEMS: dict[str, Any] = {
    "message without a type": {"role": "user", "content": "Tplain"},
    "message": {
        "type": "message",
        "role": "user",
        "id": "msg_1",
        "status": "completed",
        "content": [
            {"type": "input_text", "text": "Tpart"},
            {"type": "input_image", "image_url": PNG, "detail": "low", "file_id": "file-1"},
            {"type": "input_image", "image_url": "Thttps://example.com/zoe.png"},
            {
                "type": "input_file",
                "file_data": BASE64,
                "file_url": "Turl",
                "filename": "Tfile.pdf",
                "file_id": "file-1",
            },
        ],
    },
    "assistant": {
        "type": "message",
        "role": "assistant",
        "phase": "final_answer",
        "content": [
            {
                "type": "output_text",
                "text": "Tanswer",
                "logprobs": [{"token": "To"}],
                "annotations": [
                    {"type": "url_citation", "title": "Ttitle", "url": "Thttps://example.com", "start_index": 0},
                    {"type": "file_citation", "filename": "Tcited.pdf", "file_id": "file-1", "index": 0},
                ],
            },
            {"type": "refusal", "refusal": "Trefusal"},
        ],
    },
    "function_call": {
        "type": "function_call",
        "id": "fc_1",
        "call_id": "call_1",
        "name": "f",
        "namespace": "n",
        "arguments": 'T{"a": 1}',
        "caller": {"type": "program", "caller_id": "call_0"},
    },
    "function_call_output": {
        "type": "function_call_output",
        "call_id": "call_1",
        "output": [{"type": "input_text", "text": "Toutput"}, {"type": "input_image", "image_url": PNG}],
    },
    "function_call_output as text": {"type": "function_call_output", "call_id": "call_1", "output": "Toutput"},
    "custom_tool_call": {"type": "custom_tool_call", "call_id": "call_1", "name": "c", "input": "Tinput"},
    "custom_tool_call_output": {"type": "custom_tool_call_output", "call_id": "call_1", "output": "Toutput"},
    "reasoning": {
        "type": "reasoning",
        "id": "rs_1",
        "encrypted_content": "a b",
        "summary": [{"type": "summary_text", "text": "Tsummary"}],
        "content": [{"type": "reasoning_text", "text": "Tthought"}],
    },
    "compaction": {"type": "compaction", "id": "cmp_1", "encrypted_content": "a b"},
    "program": {"type": "program", "call_id": "call_1", "code": "Tcode", "fingerprint": "a b"},
    "program_output": {"type": "program_output", "call_id": "call_1", "result": "Tresult"},
    "shell_call": {
        "type": "shell_call",
        "call_id": "call_1",
        "action": {"commands": ["Tcommand"]},
        "environment": {"type": "container_reference", "container_id": "cntr_1"},
    },
    "shell_call_output": {
        "type": "shell_call_output",
        "call_id": "call_1",
        "output": [{"stdout": "Tout", "stderr": "Terr", "outcome": {"type": "exit", "exit_code": 0}}],
    },
    "local_shell_call": {
        "type": "local_shell_call",
        "call_id": "call_1",
        "action": {
            "type": "exec",
            "command": ["Tcommand"],
            "env": {"USER": "Tenv"},
            "working_directory": "Tfolder",
            "user": "Tuser",
        },
    },
    "local_shell_call_output": {"type": "local_shell_call_output", "id": "call_1", "output": "Toutput"},
    "apply_patch_call": {
        "type": "apply_patch_call",
        "call_id": "call_1",
        "operation": {"type": "update_file", "diff": "Tdiff", "path": "Tpath"},
    },
    "apply_patch_call_output": {"type": "apply_patch_call_output", "call_id": "call_1", "output": "Toutput"},
    "computer_call": {
        "type": "computer_call",
        "call_id": "call_1",
        "action": {"type": "keypress", "keys": ["CTRL"]},
        "actions": [{"type": "type", "text": "Ttyped"}, {"type": "click", "button": "left", "keys": ["SHIFT"]}],
        "pending_safety_checks": [{"id": "sc_1", "code": "malicious", "message": "Tcheck"}],
    },
    "computer_call_output": {
        "type": "computer_call_output",
        "call_id": "call_1",
        "output": {"type": "computer_screenshot", "image_url": PNG, "file_id": "file-1"},
        "acknowledged_safety_checks": [{"id": "sc_1", "code": "malicious", "message": "Tcheck"}],
    },
    "web_search_call": {
        "type": "web_search_call",
        "action": {
            "type": "search",
            "query": "Tquery",
            "queries": ["Tqueries"],
            "sources": [{"type": "url", "url": "Thttps://example.com"}],
        },
    },
    "file_search_call": {
        "type": "file_search_call",
        "queries": ["Tquery"],
        "results": [
            {
                "file_id": "file-1",
                "filename": "Tfile",
                "text": "Ttext",
                "attributes": {"type": "Tattribute"},
                "score": 1,
            }
        ],
    },
    "code_interpreter_call": {
        "type": "code_interpreter_call",
        "container_id": "cntr_1",
        "code": "Tcode",
        "outputs": [{"type": "logs", "logs": "Tlogs"}, {"type": "image", "url": PNG}],
    },
    "image_generation_call": {
        "type": "image_generation_call",
        "result": BASE64,
        "revised_prompt": "Trevised",
        "size": "1024x1024",
        "quality": "low",
    },
    "mcp_list_tools": {
        "type": "mcp_list_tools",
        "server_label": "l",
        "error": "Terror",
        "tools": [{"name": "f", "description": "Ttool", "input_schema": SCHEMA, "annotations": {"title": "Ttitle"}}],
    },
    "mcp_call": {
        "type": "mcp_call",
        "server_label": "l",
        "name": "f",
        "arguments": "Targuments",
        "output": "Toutput",
        "approval_request_id": "mcpr_1",
        "error": {"type": "mcp_tool_execution_error", "content": [{"text": "Tcontent"}], "message": "Tmessage"},
    },
    "mcp_approval_request": {
        "type": "mcp_approval_request",
        "server_label": "l",
        "name": "f",
        "arguments": "Targuments",
    },
    "mcp_approval_response": {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "reason": "Treason"},
    "tool_search_call": {"type": "tool_search_call", "execution": "client", "arguments": {"name": "Targument"}},
    "tool_search_output": {"type": "tool_search_output", "tools": [TOOLS["namespace"]]},
    "additional_tools": {"type": "additional_tools", "role": "developer", "tools": list(TOOLS.values())},
    "configuration_update": {
        "type": "configuration_update",
        "text": {"format": {"type": "json_schema", "name": "n", "schema": SCHEMA}},
        "reasoning": {"effort": "low"},
    },
    "agent_message": {
        "type": "agent_message",
        "recipient": "/root",
        "content": [{"type": "input_text", "text": "Ttext"}, {"type": "encrypted_content", "encrypted_content": "a b"}],
        "agent": {"agent_name": "/lead/a"},
    },
    "multi_agent_call": {"type": "multi_agent_call", "call_id": "call_1", "action": "spawn", "arguments": "Targuments"},
    "multi_agent_call_output": {
        "type": "multi_agent_call_output",
        "call_id": "call_1",
        "action": "spawn",
        "output": [
            {"type": "output_text", "text": "Ttext", "annotations": [{"type": "file_citation", "filename": "Tf"}]}
        ],
    },
    "item_reference": {"type": "item_reference", "id": "msg_1"},
    "of tomorrow": {"type": "of_tomorrow", "name": "Tname", "encrypted": "Tencrypted", "arguments": {"type": "Ttype"}},
}

RESPONSE: dict[str, Any] = {
    "model": "gpt-x",
    "input": list(ITEMS.values()),
    "tools": list(TOOLS.values()),
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
    "instructions": "Tinstructions",
    "include": ["reasoning.encrypted_content"],
    "metadata": {"k": "Tmetadata"},
    "user": "Tuser",
    "safety_identifier": "Tsafety",
    "prompt_cache_key": "Tcache",
    "client_metadata": {"k": "Tclient"},
    "previous_response_id": "resp_1",
    "conversation": {"id": "conv_1"},
    "prompt": {
        "id": "pmpt_1",
        "version": "2",
        "variables": {
            "a": "Tvariable",
            "b": {"type": "input_text", "text": "Ttext"},
            "c": {"type": "input_image", "image_url": PNG},
            "d": {"type": "input_file", "file_data": BASE64, "filename": "Tfile", "file_id": "file-1"},
        },
    },
    "reasoning": {"effort": "low", "summary": "auto"},
    "text": {
        "verbosity": "low",
        "format": {"type": "json_schema", "name": "n", "description": "Tformat", "schema": SCHEMA, "strict": True},
    },
    "context_management": [{"type": "compaction", "compact_threshold": 1000}],
    "background_options": {"completion_window": "2h", "continuation_id": "c"},
    "moderation": {"model": "m"},
    "service_tier": "auto",
    "truncation": "auto",
    "stream_options": {"include_obfuscation": False},
    "a_field_of_tomorrow": {"type": "Tnew"},
}

_THREAD: dict[str, Any] = {
    "messages": [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Ttext"},
                {"type": "image_file", "image_file": {"file_id": "file-1", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": PNG, "detail": "low"}},
            ],
            "attachments": [{"file_id": "file-1", "tools": [{"type": "file_search"}]}],
            "metadata": {"k": "Tmetadata"},
        }
    ],
    "tool_resources": {
        "code_interpreter": {"file_ids": ["file-1"]},
        "file_search": {"vector_store_ids": ["vs_1"], "vector_stores": [{"file_ids": ["file-1"], "name": "Tstore"}]},
    },
}

BODIES: dict[str, list[Any]] = {
    "/v1/responses": [RESPONSE, {"model": "gpt-x", "input": "Tinput", "conversation": "conv_1"}],
    "/v1/responses/compact": [RESPONSE],
    "/v1/responses/input_tokens": [RESPONSE],
    "/v1/responses/*/cancel": [{"reason": "Treason"}],
    "/v1/conversations": [{"items": list(ITEMS.values()), "metadata": {"k": "Tmetadata"}}],
    "/v1/conversations/*/items": [{"items": list(ITEMS.values())}],
    "/v1/conversations/*": [{"metadata": {"k": "Tmetadata"}}],
    "/v1/chat/completions/*": [{"metadata": {"k": "Tmetadata"}}],
    "/v1/completions": [
        {"model": "m", "prompt": "Tprompt", "suffix": "Tsuffix", "stop": ["Tstop"], "user": "Tuser"},
        {"model": "m", "prompt": ["Tone", "Ttwo"]},
    ],
    "/v1/embeddings": [
        {"model": "m", "input": "Tinput", "encoding_format": "base64", "user": "Tuser"},
        {"model": "m", "input": ["Tone", "Ttwo"]},
    ],
    "/v1/moderations": [
        {"model": "m", "input": ["Tone"]},
        {
            "model": "m",
            "input": [{"type": "text", "text": "Ttext"}, {"type": "image_url", "image_url": {"url": PNG}}],
        },
    ],
    "/v1/decisions": [
        {
            "model": "m",
            "input": [*ITEMS.values(), {"role": "user", "content": [{"type": "input_json", "data": {"id": "Tdata"}}]}],
            "questions": [
                {
                    "type": "choice",
                    "name": "q",
                    "instructions": [{"type": "input_text", "text": "Tquestion"}],
                    "choices": [{"value": "Tvalue", "description": "Tdescription"}],
                },
                {"type": "score", "name": "q", "instructions": "Tscore", "levels": [{"label": "Tlabel"}]},
            ],
        }
    ],
    "/v1/images/generations": [{"model": "m", "prompt": "Tprompt", "size": "1x1", "quality": "low", "user": "Tuser"}],
    "/v1/images/edits": [{"model": "m", "prompt": "Tprompt", "images": [{"image_url": PNG}, {"file_id": "file-1"}]}],
    "/v1/audio/speech": [
        {"model": "m", "input": "Tinput", "instructions": "Thow", "voice": "alloy", "response_format": "mp3"},
        {"model": "m", "input": "Tinput", "voice": {"id": "voice_1"}},
    ],
    "/v1/realtime/client_secrets": [
        {
            "session": {
                "type": "realtime",
                "model": "m",
                "instructions": "Tinstructions",
                "tools": [{**FUNCTION, "output_schema": None}],
            }
        }
    ],
    "/v1/vector_stores": [{"name": "Tname", "description": "Tabout", "file_ids": ["file-1"], "metadata": {"k": "Tm"}}],
    "/v1/vector_stores/*/search": [
        {
            "query": "Tquery",
            "filters": {"type": "eq", "key": "author", "value": "Tvalue"},
            "ranking_options": {"ranker": "auto"},
        },
        {"query": ["Tquery"]},
    ],
    "/v1/vector_stores/*/files": [{"file_id": "file-1", "attributes": {"type": "Tattribute"}}],
    "/v1/assistants": [
        {
            "model": "m",
            "name": "Tname",
            "description": "Tdescription",
            "instructions": "Tinstructions",
            "tools": [{"type": "function", "function": {"name": "f", "description": "Tf", "parameters": SCHEMA}}],
            "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": SCHEMA}},
        }
    ],
    "/v1/threads": [_THREAD],
    "/v1/threads/*/messages": [_THREAD["messages"][0], {"role": "user", "content": "Tplain"}],
    "/v1/threads/*/runs": [
        {
            "assistant_id": "asst_1",
            "instructions": "Tinstructions",
            "additional_instructions": "Tmore",
            "additional_messages": [{"role": "user", "content": "Tadded"}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "truncation_strategy": {"type": "auto"},
        }
    ],
    "/v1/threads/runs": [{"assistant_id": "asst_1", "thread": _THREAD, "instructions": "Tinstructions"}],
    "/v1/threads/*/runs/*/submit_tool_outputs": [{"tool_outputs": [{"tool_call_id": "call_1", "output": "Toutput"}]}],
}


def texts(body: Any) -> Iterator[str]:
    """All strings of `body` that begin with T."""
    if isinstance(body, dict):
        for value in body.values():
            yield from texts(value)
    elif isinstance(body, list):
        for value in body:
            yield from texts(value)
    elif isinstance(body, str) and body.startswith("T"):
        yield body


def endpoint(path: str, method: str = "POST") -> Endpoint:
    found = OPENAI.endpoint(method, path.replace("*", "x_1"))
    assert found is not None and found.path == path
    return found


def found_in(body: Any, path: str) -> list[str]:
    fields = endpoint(path).request
    assert fields is not None
    return sorted(leaf.value for leaf in leaves(json.dumps(body), fields))


@pytest.mark.parametrize("path", BODIES)
def test_of_a_request_all_is_text_but_the_protocols_own_words(path: str) -> None:
    for body in BODIES[path]:
        # The tokens of a text are the provider's words about it, not the text.
        assert found_in(body, path) == sorted(text for text in texts(body) if text != "To")


@pytest.mark.parametrize("name", ITEMS)
def test_of_an_item_all_is_text_but_the_protocols_own_words(name: str) -> None:
    """Each by itself, so that a failure says which."""
    expected = sorted(text for text in texts(ITEMS[name]) if text != "To")
    assert found_in({"input": [ITEMS[name]]}, "/v1/responses") == expected


@pytest.mark.parametrize("name", TOOLS)
def test_of_a_tool_all_is_text_but_the_protocols_own_words(name: str) -> None:
    assert found_in({"tools": [TOOLS[name]]}, "/v1/responses") == sorted(texts(TOOLS[name]))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/embeddings", {"input": [1, 2, 3]}),
        ("/v1/embeddings", {"input": [[1, 2], [3]]}),
        ("/v1/embeddings", {"input": ["text", [3]]}),
        ("/v1/completions", {"prompt": [[1, 2]]}),
        ("/v1/completions", {"prompt": [1.0]}),
        ("/v1/responses", {"input": [1]}),
    ],
)
def test_the_ids_of_tokens_are_refused(path: str, body: Any) -> None:
    fields = endpoint(path).request
    assert fields is not None
    with pytest.raises(TokenIds) as raised:
        outline(json.dumps(body).encode(), fields)
    assert raised.value.field in body


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/embeddings", {"input": "1", "dimensions": 256}),
        ("/v1/embeddings", {"input": [], "user": [1]}),
        ("/v1/completions", {"prompt": None, "logit_bias": {"50256": -100}}),
        ("/v1/responses", {"input": [{"role": "user", "content": "1", "n": 1}]}),
    ],
)
def test_other_numbers_are_not_taken_for_tokens(path: str, body: Any) -> None:
    fields = endpoint(path).request
    assert fields is not None
    outline(json.dumps(body).encode(), fields)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/chat/completions"),
        ("GET", "/v1/chat/completions/*"),
        ("DELETE", "/v1/chat/completions/*"),
        ("GET", "/v1/chat/completions/*/messages"),
        ("GET", "/v1/responses/*"),
        ("DELETE", "/v1/responses/*"),
        ("GET", "/v1/responses/*/input_items"),
        ("GET", "/v1/conversations/*/items"),
        ("GET", "/v1/conversations/*/items/*"),
        ("GET", "/v1/threads/*/messages"),
        ("GET", "/v1/threads/*/runs/*/steps/*"),
        ("GET", "/v1/vector_stores/*/files/*/content"),
        ("GET", "/v1/files/*/content"),
        ("GET", "/v1/batches/*"),
        ("GET", "/v1/models/*"),
    ],
)
def test_what_is_only_read_or_deleted_takes_no_body(method: str, path: str) -> None:
    assert endpoint(path, method).request is None


@pytest.mark.parametrize(
    ("body", "chain"),
    [
        ({"previous_response_id": "resp_1"}, Chain(("resp_1",))),
        ({"conversation": "conv_1"}, Chain(("conv_1",))),
        ({"conversation": {"id": "conv_1"}, "previous_response_id": None}, Chain(("conv_1",))),
        ({"input": [{"type": "item_reference", "id": "msg_1"}, {"id": "msg_2"}]}, Chain((), ("msg_1", "msg_2"))),
        ({"input": [{"type": "compaction", "encrypted_content": "sealed"}]}, Chain((), ("sealed",))),
        ({"input": [{"role": "user", "id": "msg_1"}, {"type": "reasoning", "encrypted_content": "x"}]}, Chain()),
        ({"input": "text"}, Chain()),
        ([{"previous_response_id": "resp_1"}], Chain()),
    ],
)
def test_a_body_tells_what_it_goes_on_with(body: Any, chain: Chain) -> None:
    assert chain_of(parse(json.dumps(body)), "input") == chain


def test_an_answer_tells_what_is_kept_of_it() -> None:
    items = [{"type": "message", "id": "msg_1"}, {"type": "compaction", "id": "cmp_1", "encrypted_content": "sealed"}]
    whole = {"id": "resp_1", "output": items}
    for answer in (whole, {"type": "response.completed", "response": whole}):
        assert kept_in(parse(json.dumps(answer))) == {"resp_1", "msg_1", "cmp_1", "sealed"}
    event = {"type": "response.output_item.done", "item": items[1]}
    assert kept_in(parse(json.dumps(event))) == {"cmp_1", "sealed"}
    assert kept_in(parse('[{"id": "a"}]')) == set()


def test_an_answer_in_a_conversation_tells_its_name() -> None:
    whole = {"id": "resp_1", "conversation": {"id": "conv_1"}}
    for answer in (whole, {"type": "response.created", "response": whole}):
        assert kept_in(parse(json.dumps(answer))) == {"resp_1", "conv_1"}
