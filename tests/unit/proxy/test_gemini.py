from __future__ import annotations

import json
from typing import Any

import pytest

from app.pipeline.entry import Entry
from app.pipeline.fields import leaves
from app.pipeline.memo import digest
from app.pipeline.session import Session
from app.proxy.providers.gemini import GEMINI
from app.proxy.sse import Event, make
from app.proxy.stream import StreamRestorer

SESSION = Session("a", b"k" * 32, [Entry("[PERSON_4821]", "PERSON", 'Zoë "Z" O\'Neil')])
VALUE = 'Zoë "Z" O\'Neil'
BYTES = "iVBORw0KGgoAAAANSUhEUg=="


def texts(body: Any, path: str, *, answer: bool = False) -> list[str]:
    """The strings of a body that are text, sorted."""
    endpoint = GEMINI.endpoint("POST", path)
    assert endpoint is not None and endpoint.request is not None
    fields = endpoint.response if answer else endpoint.request
    return sorted(leaf.value for leaf in leaves(json.dumps(body), fields))


#: Text begins with "T ", with nothing else.
CONTENT = {
    "role": "user",
    "parts": [
        {"text": "T text"},
        {"text": "T thought", "thought": True, "thoughtSignature": "a b@c sealed"},
        {"inlineData": {"mimeType": "image/png", "data": BYTES, "displayName": "T picture"}},
        {"fileData": {"mimeType": "text/plain", "fileUri": "T uri", "displayName": "T file"}},
        {"functionCall": {"id": "c1", "name": "f", "args": {"name": "T arg", "id": ["T id"]}}},
        {
            "functionResponse": {
                "id": "c1",
                "name": "f",
                "response": {"role": "T result"},
                "parts": [{"inlineData": {"mimeType": "image/png", "data": BYTES}}],
            }
        },
        {"executableCode": {"language": "PYTHON", "code": "T code"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "T output"}},
        {"toolCall": {"id": "t1", "toolType": "GOOGLE_SEARCH", "args": {"query": "T query"}}},
        {"toolResponse": {"id": "t1", "toolType": "GOOGLE_SEARCH", "response": {"x": "T response"}}},
        {"audioTranscription": {"text": "T said", "speakerLabel": "T speaker", "languageCode": "en"}},
        {"partMetadata": {"any": "T metadata"}, "videoMetadata": {"startOffset": "1s", "endOffset": "2s"}},
        {"partOfTomorrow": {"name": "T tomorrow"}},
    ],
}
REQUEST = {
    "contents": [CONTENT],
    "systemInstruction": CONTENT,
    "cachedContent": "cachedContents/abc",
    "safetySettings": [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}],
    "labels": {"team": "T label"},
    "tools": [
        {
            "functionDeclarations": [
                {
                    "name": "f",
                    "description": "T tool",
                    "parameters": {"type": "OBJECT", "propertyOrdering": ["a"], "properties": {"a": {"title": "T a"}}},
                    "responseJsonSchema": {"type": "string", "description": "T response schema"},
                }
            ]
        },
        {"googleSearch": {"excludeDomains": ["T domain"]}, "codeExecution": {}},
        {"mcpServers": [{"name": "m", "streamableHttpTransport": {"url": "T url", "headers": {"Auth": "a b@c key"}}}]},
        {"exaAiSearch": {"apiKey": "a b@c key", "customConfigs": {"q": "T config"}}},
        {"retrieval": {"vertexAiSearch": {"datastore": "d", "filter": "T filter"}}},
        {"fileSearch": {"fileSearchStoreNames": ["fileSearchStores/x"], "metadataFilter": "T metadata filter"}},
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}},
    "generationConfig": {
        "stopSequences": ["T stop"],
        "responseMimeType": "application/json",
        "responseSchema": {"type": "STRING", "description": "T answer"},
        "thinkingConfig": {"thinkingLevel": "HIGH"},
        "responseModalities": ["TEXT"],
        "speechConfig": {
            "languageCode": "en-NZ",
            "multiSpeakerVoiceConfig": {
                "speakerVoiceConfigs": [
                    {"speaker": "T who", "voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}}
                ]
            },
        },
    },
    "fieldOfTomorrow": ["T new"],
}


def snake(value: Any) -> Any:
    if isinstance(value, dict):
        return {"".join(f"_{c.lower()}" if c.isupper() else c for c in key): snake(one) for key, one in value.items()}
    return [snake(one) for one in value] if isinstance(value, list) else value


def meant(body: Any) -> list[str]:
    """The strings that begin as text does."""
    if isinstance(body, str):
        return [body] if body.startswith("T ") else []
    inner = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    return sorted(text for one in inner for text in meant(one))


@pytest.mark.parametrize("body", [REQUEST, snake(REQUEST)], ids=["camel", "snake"])
@pytest.mark.parametrize("verb", ["generateContent", "streamGenerateContent"])
def test_of_a_request_all_but_the_protocols_own_words_is_text(body: Any, verb: str) -> None:
    assert texts(body, f"/v1beta/models/m:{verb}") == meant(body)


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("countTokens", {"contents": [CONTENT]}),
        ("countTokens", {"generateContentRequest": {"model": "models/m", **REQUEST}}),
        ("embedContent", {"model": "models/e", "content": CONTENT, "taskType": "RETRIEVAL_QUERY", "title": "T title"}),
        (
            "batchEmbedContents",
            {"requests": [{"model": "models/e", "content": CONTENT, "taskType": "RETRIEVAL_QUERY"}]},
        ),
    ],
)
def test_so_it_is_of_what_is_counted_and_embedded(verb: str, body: Any) -> None:
    assert texts(body, f"/v1beta/models/m:{verb}") == meant(body)


def test_and_of_a_context_that_is_kept() -> None:
    body = {
        "model": "models/m",
        "displayName": "T name",
        "ttl": "300s",
        "contents": [CONTENT],
        "tools": REQUEST["tools"],
    }
    assert texts(body, "/v1beta/cachedContents") == meant(body)


def test_of_an_interaction_all_but_the_protocols_own_words_is_text() -> None:
    annotation = {"type": "url_citation", "url": "T cited", "title": "T cited title"}
    body = {
        "model": "gemini-fake",
        "previous_interaction_id": "v1_abc",
        "system_instruction": "T system",
        "stream": True,
        "labels": {"team": "T label"},
        "response_format": [{"type": "text", "mime_type": "a/b", "schema": {"type": "object", "title": "T schema"}}],
        "generation_config": {"stop_sequences": ["T stop"], "thinking_level": "high", "tool_choice": "auto"},
        "environment": {
            "type": "remote",
            "env": {"KEY": "a b@c"},
            "sources": [{"type": "inline", "content": "T source"}],
        },
        "webhook_config": {"uris": ["T uri"], "user_metadata": {"x": "T metadata"}},
        "tools": [
            {
                "type": "function",
                "name": "f",
                "description": "T tool",
                "parameters": {"type": "object", "title": "T p"},
            },
            {"type": "mcp_server", "name": "m", "url": "T server", "headers": {"Authorization": "Bearer a b@c"}},
            {"type": "exa_ai_search", "exa_ai_search_config": {"api_key": "a b@c"}},
        ],
        "input": [
            {"type": "user_input", "content": [{"type": "text", "text": "T text", "annotations": [annotation]}]},
            {"type": "user_input", "content": [{"type": "image", "mime_type": "image/png", "data": BYTES}]},
            {"type": "thought", "signature": "a b@c", "summary": [{"type": "text", "text": "T thought"}]},
            {"type": "function_call", "id": "c1", "name": "f", "arguments": {"type": "T arg"}, "signature": "a b@c"},
            {"type": "function_result", "call_id": "c1", "name": "f", "result": [{"type": "text", "text": "T result"}]},
            {"type": "code_execution_result", "call_id": "c2", "result": "T output", "signature": "a b@c"},
            {"type": "google_search_call", "id": "c3", "arguments": {"queries": ["T query"]}},
            {"role": "user", "content": "T turn"},
            {"type": "step_of_tomorrow", "names": ["T tomorrow"]},
        ],
    }
    assert texts(body, "/v1beta/interactions") == meant(body)
    assert texts({"model": "m", "input": "T plain"}, "/v1beta/interactions") == ["T plain"]
    assert texts({"input": {"type": "text", "text": "T one"}}, "/v1beta/interactions") == ["T one"]


def test_of_answers_what_is_sealed_or_of_tokens_stays() -> None:
    answer = {
        "candidates": [
            {
                "content": CONTENT,
                "logprobsResult": {"chosenCandidates": [{"token": "[PER"}]},
                "groundingMetadata": {"webSearchQueries": ["T q"], "searchEntryPoint": {"sdkBlob": BYTES}},
            }
        ]
    }
    found = texts(answer, "/v1/models/m:generateContent", answer=True)
    assert set(meant(answer)) <= set(found)
    assert not {"a b@c sealed", BYTES, "[PER"} & set(found)


@pytest.mark.parametrize(
    ("method", "path", "known"),
    [
        ("POST", "/v1beta/models/m:generateContent", True),
        ("POST", "/v1alpha/models/m:streamGenerateContent", True),
        ("POST", "/v1/tunedModels/t:generateContent", True),
        ("POST", "/v1beta1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent", True),
        ("POST", "/v1/projects/p/locations/l/endpoints/9:generateContent", True),
        ("POST", "/v1/projects/p/locations/l/cachedContents", True),
        ("POST", "/v1beta/models/m:predict", False),
        ("POST", "/v1beta/models/a/b:generateContent", False),
        ("GET", "/v1beta/models/m:generateContent", True),  # a model of that name
        ("GET", "/v1beta/files/f", True),
        ("POST", "/v1beta/models/m:batchGenerateContent", True),
        ("GET", "/v1beta/batches/b", True),
        ("POST", "/v1beta/batches/b:cancel", True),
        ("POST", "/v1beta/interactions", True),
        ("GET", "/v1beta/interactions/i", True),
        ("POST", "/v1beta/interactions/i/cancel", True),
    ],
)
def test_endpoints_are_found_by_method_and_path(method: str, path: str, known: bool) -> None:
    assert (GEMINI.endpoint(method, path) is not None) is known


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "INVALID_ARGUMENT"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (413, "INVALID_ARGUMENT"),
        (426, "FAILED_PRECONDITION"),
        (500, "INTERNAL"),
        (502, "UNAVAILABLE"),
    ],
)
def test_errors_have_the_dialects_shape(status: int, kind: str) -> None:
    error = GEMINI.error(status, "a_code", "A sentence.")["error"]
    assert (error["code"], error["message"], error["status"]) == (status, "A sentence.", kind)
    assert error["details"][0]["reason"] == "A_CODE"
    assert json.loads(GEMINI.stream_error("a_code", "A.").data or "")["error"]["status"] == "UNAVAILABLE"


# -- streams


def restorer(path: str = "/v1beta/models/m:streamGenerateContent") -> StreamRestorer:
    endpoint = GEMINI.endpoint("POST", path)
    assert endpoint is not None and endpoint.stream is not None
    return StreamRestorer(endpoint.stream, SESSION)


def event(*parts: Any, index: int | None = None, **more: Any) -> Event:
    candidate = {"content": {"parts": list(parts), "role": "model"}, **more}
    return make(json.dumps({"candidates": [candidate if index is None else {**candidate, "index": index}]}))


def parts_of(events: list[Event]) -> list[list[Any]]:
    return [json.loads(one.data or "")["candidates"][0]["content"]["parts"] for one in events]


def test_a_part_of_another_kind_ends_the_one_before_it() -> None:
    through = restorer()
    assert parts_of(through.feed(event({"text": "So [PER", "thought": True}))) == [[{"text": "So ", "thought": True}]]
    out = parts_of(through.feed(event({"text": "Hi [PER"})))
    assert out == [[{"text": "[PER", "thought": True}], [{"text": "Hi "}]]
    out = parts_of(through.feed(event({"functionCall": {"name": "f", "args": {}}})))
    assert out == [[{"text": "[PER"}], [{"functionCall": {"name": "f", "args": {}}}]]
    # A text of its own: what is left of the one before is no part of it.
    assert parts_of(through.feed(event({"text": "SON_4821]"}))) == [[{"text": "SON_4821]"}]]


def test_a_text_after_a_call_is_remembered_by_itself() -> None:
    through = restorer()
    for part in ({"text": "A [PERSON_4821]."}, {"functionCall": {"name": "f"}}, {"text": "B [PERSON_4821]."}):
        through.feed(event(part))
    through.flush()
    through.remember()
    for said in (f"A {VALUE}.", f"B {VALUE}."):
        edits = SESSION.recall(digest(said, "text"))
        assert edits is not None and [edit.text for edit in edits] == ["[PERSON_4821]"]
    assert SESSION.recall(digest(f"A {VALUE}.B {VALUE}.", "text")) is None
    assert through.transcript() == ("A [PERSON_4821].\nB [PERSON_4821].", f"A {VALUE}.\nB {VALUE}.")


def test_texts_side_by_side_in_an_event_are_one() -> None:
    through = restorer()
    through.feed(event({"text": "a [P"}))
    out = parts_of(through.feed(event({"text": "ERSON_"}, {"text": "4821]"}, finishReason="STOP")))
    assert [part["text"] for part in out[0]] == ["", VALUE]


def test_a_thought_and_the_text_after_it_may_share_an_event() -> None:
    through = restorer()
    through.feed(event({"text": "So [PERSON", "thought": True}))
    out = parts_of(through.feed(event({"text": "_4821", "thought": True}, {"text": "Hi [PER"})))
    assert out == [[{"text": f"[{VALUE}", "thought": True}, {"text": "Hi "}]]
    assert parts_of(through.feed(event({"text": "SON_4821]"}))) == [[{"text": VALUE}]]


def test_two_texts_with_a_call_between_them_may_share_an_event() -> None:
    through = restorer()
    through.feed(event({"text": "A [PER"}))
    call = {"functionCall": {"name": "f"}}
    out = through.feed(event({"text": "SON_4821"}, call, {"text": "B [PER"}, call, {"text": "C [PER"}))
    assert parts_of(out) == [[{"text": f"[{VALUE}"}, call, {"text": "B [PER"}, call, {"text": "C "}]]
    assert parts_of(through.feed(event(call, {"text": "D"}))) == [[{"text": "[PER"}], [call, {"text": "D"}]]


def test_the_end_of_a_candidate_ends_no_other() -> None:
    through = restorer()
    through.feed(event({"text": "[PER"}))  # whoever has no index is the first
    through.feed(event({"text": "[PER"}, index=1))
    out = through.feed(event(index=1, finishReason="STOP"))
    assert [json.loads(one.data or "")["candidates"][0]["index"] for one in out] == [1, 1]
    assert parts_of(through.feed(event({"text": "SON_4821]"}, index=0))) == [[{"text": VALUE}]]


def test_what_is_signed_stays_and_what_is_an_object_is_restored_whole() -> None:
    call = {"name": "f", "args": {"a": [{"b": "[PERSON_4821]"}], "c": '{"d": "[PERSON_4821]"}'}}
    (out,) = restorer().feed(event({"functionCall": call, "thoughtSignature": "[PERSON_4821]"}))
    (part,) = parts_of([out])[0]
    assert part["thoughtSignature"] == "[PERSON_4821]"
    assert part["functionCall"]["args"]["a"] == [{"b": VALUE}]
    assert json.loads(part["functionCall"]["args"]["c"]) == {"d": VALUE}


def test_an_interactions_text_may_begin_with_its_step() -> None:
    through = restorer("/v1beta/interactions")
    begun = {"type": "model_output", "content": [{"type": "text", "text": "Hi [PER"}]}
    through.feed(make(json.dumps({"event_type": "step.start", "index": 3, "step": begun})))
    delta = {"event_type": "step.delta", "index": 3, "event_id": "e1", "delta": {"type": "text", "text": "SON_4821"}}
    assert json.loads(through.feed(make(json.dumps(delta)))[0].data or "")["delta"]["text"] == ""
    # Only now it is known that nobody has cut the answer off.
    assert through.feed(make(json.dumps({"event_type": "step.stop", "index": 3}))) == []
    ending = {"event_type": "interaction.completed", "interaction": {"status": "completed"}}
    held, stop, _ = through.feed(make(json.dumps(ending)))
    assert json.loads(held.data or "") == {**delta, "delta": {"type": "text", "text": f"[{VALUE}"}}
    assert held.name == "step.delta" and json.loads(stop.data or "")["event_type"] == "step.stop"
