"""Every kind of content block, in requests and in answers, with the official Anthropic client."""

from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest

from tests import answers
from tests.e2e.conftest import AWKWARD, EMAIL, NAME, PHONE, PROSE, hidden
from tests.fakes import FakeUpstream, Received, Reply

Data = dict[str, Any]
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
PDF = "JVBERi0xLjQKJcfsj6IKNSAwIG9iago8PC9MZW5ndGggNiAwIFI+PgpzdHJlYW0K"
SESSION = "0f8fad5b-d9cb-469f-a165-70867728950e"
SEALED = "EpwDCkYIBhgCKkCxq9Yh+PERSON_4821/zz=="
#: Looks like a placeholder, and is one only to its own provider.
_LITERAL = "[PERSON_4821]"
_TEXT = {"type": "text", "text": f"Of {NAME}"}
_PLAIN = {"type": "text", "media_type": "text/plain", "data": f"{NAME}, {PHONE}"}
_DOCUMENT = {"type": "document", "source": _PLAIN, "title": f"About {NAME}", "context": f"For {EMAIL}"}
_FOUND = {"type": "web_search_result", "title": NAME, "url": "https://example.com/a", "encrypted_content": SEALED}
_FAILED = {"type": "web_search_tool_result_error", "error_code": "unavailable"}
_EPHEMERAL = {"type": "ephemeral", "ttl": "1h"}


def _result(kind: str, content: Any) -> Data:
    return {"type": f"{kind}_tool_result", "tool_use_id": "srvtoolu_1", "content": content}


_USERS: dict[str, Data] = {
    "text": {**_TEXT, "cache_control": _EPHEMERAL},
    "image in base64": {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PICTURE}},
    "image at a url": {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}},
    "image in a file": {"type": "image", "source": {"type": "file", "file_id": "file_011abc"}},
    "document of text": _DOCUMENT,
    "document in base64": {
        **_DOCUMENT,
        "source": {"type": "base64", "media_type": "application/pdf", "data": PDF},
        "citations": {"enabled": True},
    },
    "document at a url": {**_DOCUMENT, "source": {"type": "url", "url": "https://example.com/a.pdf"}},
    "document in a file": {**_DOCUMENT, "source": {"type": "file", "file_id": "file_011abc"}},
    "document of blocks": {**_DOCUMENT, "source": {"type": "content", "content": [_TEXT]}},
    "document of one string": {**_DOCUMENT, "source": {"type": "content", "content": f"{NAME}, {PHONE}"}},
    "search result": {"type": "search_result", "source": "https://example.com/b", "title": NAME, "content": [_TEXT]},
    "tool result": {"type": "tool_result", "tool_use_id": "toolu_1", "content": f"Found {NAME}", "is_error": False},
    "tool result of blocks": {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [_TEXT, _DOCUMENT, {"type": "tool_reference", "tool_name": "look_up"}],
    },
    "browser state": {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [
            {
                "type": "browser_state",
                "tabs": [{"tab_id": "tab-1", "title": NAME, "url": "https://example.com/", "active": True}],
                "state_changes": [{"type": "download_failed", "download_id": "d1", "error": f"Gone: {NAME}"}],
            }
        ],
    },
    "container upload": {"type": "container_upload", "file_id": "file_011abc"},
    "mcp tool result": {"type": "mcp_tool_result", "tool_use_id": "mcptoolu_1", "content": [_TEXT], "is_error": False},
}
_CITED: dict[str, Data] = {
    "char_location": {"document_index": 0, "document_title": NAME, "start_char_index": 0, "end_char_index": 0},
    "page_location": {"document_index": 0, "document_title": NAME, "start_page_number": 1, "end_page_number": 2},
    "content_block_location": {"document_index": 0, "document_title": NAME, "start_block_index": 0},
    "search_result_location": {"search_result_index": 0, "source": "https://example.com/b", "title": NAME},
    "web_search_result_location": {"url": "https://example.com/a", "title": NAME, "encrypted_index": SEALED},
}  # fmt: skip
_MODELS: dict[str, Data] = {
    "cited text": {**_TEXT, "citations": [{"type": type_, "cited_text": NAME, **v} for type_, v in _CITED.items()]},
    "thinking": {"type": "thinking", "thinking": f"Who is {NAME}?", "signature": SEALED},
    "thinking that is kept back": {"type": "thinking", "thinking": "", "signature": SEALED},
    "redacted thinking": {"type": "redacted_thinking", "data": SEALED},
    "tool use": {"type": "tool_use", "id": "toolu_1", "name": "look_up", "input": {"type": NAME, "id": [EMAIL]}},
    "server tool use": {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": NAME}},
    "mcp tool use": {
        "type": "mcp_tool_use",
        "id": "mcptoolu_1",
        "name": "look_up",
        "server_name": "crm",
        "input": {"who": NAME},
    },
    "web search": _result("web_search", [_FOUND]),
    "web search that failed": _result("web_search", _FAILED),
    "web fetch": _result(
        "web_fetch",
        {"type": "web_fetch_result", "url": "https://example.com/a", "content": {"type": "document", "source": _PLAIN}},
    ),
    "code execution": _result(
        "code_execution",
        {"type": "code_execution_result", "stdout": NAME, "stderr": EMAIL, "return_code": 0, "content": []},
    ),
    "sealed code execution": _result(
        "code_execution",
        {
            "type": "encrypted_code_execution_result",
            "encrypted_stdout": SEALED,
            "stderr": EMAIL,
            "return_code": 0,
            "content": [{"type": "code_execution_output", "file_id": "file_011abc"}],
        },
    ),
    "bash": _result(
        "bash_code_execution",
        {"type": "bash_code_execution_result", "stdout": NAME, "stderr": "", "return_code": 0, "content": []},
    ),
    "view of a file": _result(
        "text_editor_code_execution",
        {"type": "text_editor_code_execution_view_result", "content": NAME, "file_type": "text"},
    ),
    "edit of a file": _result(
        "text_editor_code_execution",
        {"type": "text_editor_code_execution_str_replace_result", "lines": [f"- {NAME}", f"+ {EMAIL}"]},
    ),
    "tool search": _result(
        "tool_search",
        {
            "type": "tool_search_tool_search_result",
            "tool_references": [{"type": "tool_reference", "tool_name": "look_up"}],
        },
    ),
    "advice": _result("advisor", {"type": "advisor_result", "text": f"Ask {NAME}", "stop_reason": "end_turn"}),
    "sealed advice": _result("advisor", {"type": "advisor_redacted_result", "encrypted_content": SEALED}),
    "compaction": {"type": "compaction", "content": f"About {_LITERAL}.", "signature": SEALED},
    "container upload": {"type": "container_upload", "file_id": "file_011abc"},
    "block of tomorrow": {"type": "block_of_tomorrow", "whatever": {"names": [NAME]}},
}
users = pytest.mark.parametrize("kind", _USERS)
models = pytest.mark.parametrize("kind", _MODELS)


async def _ask(claude: anthropic.AsyncAnthropic, messages: Any, **more: Any) -> Any:
    return await claude.beta.messages.create(model="claude-fake", max_tokens=9, messages=messages, **more)


def _values(original: Any, redacted: Any) -> set[str]:
    """What was hidden; fails if anything else was changed."""
    dumped = (json.dumps(one, ensure_ascii=False) for one in (original, redacted))
    return set(hidden(*dumped).values())


def _meant(block: Data) -> set[str]:
    dumped = json.dumps(block)
    return {canary for canary in (NAME, EMAIL, PHONE, _LITERAL) if canary in dumped}


@users
async def test_of_a_users_block_the_values_are_hidden_and_nothing_else(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, kind: str
) -> None:
    block = _USERS[kind]
    await _ask(claude, [{"role": "user", "content": [block]}])
    (sent,) = upstream.only.json()["messages"][0]["content"]
    assert _values(block, sent) == _meant(block)


@models
async def test_of_a_models_block_the_values_are_hidden_and_nothing_else(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, kind: str
) -> None:
    block = _MODELS[kind]
    await _ask(claude, [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": [block]}])
    (sent,) = upstream.only.json()["messages"][1]["content"]
    assert _values(block, sent) == _meant(block)


def _as_came(block: Data, received: Received, values: dict[str, str]) -> Data:
    """`block` as the provider says it, with placeholders."""
    raw = json.dumps(block, ensure_ascii=False)
    for token, value in values.items():
        raw = raw.replace(json.dumps(value, ensure_ascii=False)[1:-1], token)
    told: Data = json.loads(raw)
    return told


def _bare(block: Any) -> Any:
    """Without what the client adds to say that there is nothing."""
    if isinstance(block, dict):
        return {key: _bare(value) for key, value in block.items() if value is not None}
    return [_bare(value) for value in block] if isinstance(block, list) else block


def _events(block: Data) -> list[answers.Data | str]:
    """The stream of a message with this block: text, thoughts and input in pieces, all else at once."""
    type_ = block["type"]
    if type_ in ("text", "thinking"):
        told = answers.message_events({**block, "citations": None} if type_ == "text" else block, size=3)
        cited = [
            {"type": "content_block_delta", "index": 0, "delta": {"type": "citations_delta", "citation": citation}}
            for citation in block.get("citations", ())
        ]
        return [*told[:-3], *cited, *told[-3:]]
    whole = answers.message_events("x")
    deltas: list[answers.Data] = []
    if "input" in block:
        pieces = answers.pieces(json.dumps(block["input"], ensure_ascii=False), 3)
        deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
        block = {**block, "input": {}}
    elif type_ == "compaction":
        deltas = [{"type": "compaction_delta", "content": block["content"]}]
    start: answers.Data = {"type": "content_block_start", "index": 0, "content_block": block}
    stop: answers.Data = {"type": "content_block_stop", "index": 0}
    made: list[answers.Data] = [{"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas]
    return [whole[0], start, *made, stop, *whole[-2:]]


@models
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])
async def test_a_models_block_comes_back_with_the_values_and_goes_back_as_it_came(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, kind: str, streaming: bool
) -> None:
    block = _MODELS[kind]
    came: list[Data] = []

    def answer(received: Received) -> Reply:
        values = hidden(PROSE, received.json()["messages"][0]["content"])
        came.append(_as_came(block, received, values))
        if received.json().get("stream"):
            return answers.stream(answers.encode(_events(came[-1])), 50)
        return answers.body(answers.message(came[-1]))

    upstream.answer = answer
    asked: list[Any] = [{"role": "user", "content": PROSE}]
    if streaming:
        async with claude.beta.messages.stream(model="claude-fake", max_tokens=9, messages=asked) as stream:
            got = (await stream.get_final_message()).content
    else:
        got = (await _ask(claude, asked)).content
    told = [_bare(one.to_dict()) for one in got]
    if kind == "compaction" and streaming:
        told[0]["signature"] = SEALED  # the client leaves it out
    assert told == [block]
    again = [*asked, {"role": "assistant", "content": [block]}, {"role": "user", "content": "Go on."}]
    upstream.answer = answers.echo
    await _ask(claude, again)
    assert upstream.last.json()["messages"][1]["content"] == came[:1]
    assert upstream.last.json()["messages"][0] == upstream.received[0].json()["messages"][0]


async def test_what_stands_around_the_messages_is_redacted(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    around: Data = {
        "system": [
            {"type": "text", "text": "x-anthropic-billing-header: cc_version=2.1.197.d43; cc_entrypoint=cli;"},
            {"type": "text", "text": f"You serve {NAME}.", "cache_control": _EPHEMERAL},
        ],
        "metadata": {"user_id": json.dumps({"device_id": "9f" * 32, "session_id": SESSION})},
        "stop_sequences": [NAME],
        "thinking": {"type": "enabled", "budget_tokens": 1024},
        "context_management": {
            "edits": [
                {
                    "type": "clear_tool_uses_20250919",
                    "trigger": {"type": "input_tokens", "value": 30000},
                    "exclude_tools": ["look_up"],
                },
                {"type": "compact_20260112", "instructions": f"Keep {NAME}"},
            ]
        },
        "mcp_servers": [{"type": "url", "url": "https://example.com/", "name": "crm", "authorization_token": SEALED}],
        "container": {"id": "container_011", "skills": [{"type": "anthropic", "skill_id": "pptx", "version": "1"}]},
        "tools": [
            {
                "name": "look_up",
                "description": f"Finds, for instance, {NAME}",
                "input_schema": {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]},
                "input_examples": [{"to": EMAIL}],
            },
            {"type": "web_search_20250305", "name": "web_search", "allowed_domains": ["example.com"]},
            {"type": "mcp_toolset", "mcp_server_name": "crm"},
        ],
        "tool_choice": {"type": "tool", "name": "look_up"},
    }  # fmt: skip
    messages: list[Any] = [
        {"role": "user", "content": "Hello"},
        {"role": "system", "content": f"From now on you serve {EMAIL}."},
    ]
    await _ask(claude, messages, betas=["context-management-2025-06-27", "mcp-client-2025-11-20"], **around)
    sent = upstream.only.json()
    for name, original in {**around, "messages": messages}.items():
        dumped = json.dumps(original)
        meant = {canary for canary in (NAME, EMAIL) if canary in dumped}
        assert _values(original, sent[name]) == meant, name
    assert upstream.only.header("anthropic-beta") == "context-management-2025-06-27,mcp-client-2025-11-20"


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])
async def test_why_an_answer_stopped_is_restored(
    claude: anthropic.AsyncAnthropic, upstream: FakeUpstream, streaming: bool
) -> None:
    def answer(received: Received) -> Reply:
        stop = {"stop_reason": "stop_sequence", "stop_sequence": received.placeholders[0]}
        if not received.json().get("stream"):
            return answers.body({**answers.message("Hi"), **stop})
        *head, _, last = answers.message_events("Hi")
        ending: answers.Data = {"type": "message_delta", "delta": stop, "usage": {"output_tokens": 1}}
        return answers.stream(answers.encode([*head, ending, last]))

    upstream.answer = answer
    asked: list[Any] = [{"role": "user", "content": f"Hello {AWKWARD}"}]
    if streaming:
        async with claude.messages.stream(
            model="claude-fake", max_tokens=9, messages=asked, stop_sequences=[AWKWARD]
        ) as stream:
            got = await stream.get_final_message()
        assert got.stop_sequence == AWKWARD
    else:
        assert (await _ask(claude, asked, stop_sequences=[AWKWARD])).stop_sequence == AWKWARD
