from __future__ import annotations

import pytest

from app.proxy.route import route
from app.settings import Settings


@pytest.mark.parametrize(
    ("method", "path", "headers", "provider", "upstream", "known"),
    [
        ("POST", "/v1/chat/completions", {}, "openai", "/v1/chat/completions", True),
        ("POST", "/chat/completions", {}, "openai", "/v1/chat/completions", True),
        ("POST", "/v1/messages", {}, "anthropic", "/v1/messages", True),
        ("POST", "/messages", {}, "anthropic", "/v1/messages", True),
        ("POST", "/v1/messages/count_tokens", {}, "anthropic", "/v1/messages/count_tokens", True),
        ("POST", "/v1/messages/unheard-of", {}, "anthropic", "/v1/messages/unheard-of", False),
        ("GET", "/v1/models", {}, "openai", "/v1/models", True),
        ("GET", "/models", {}, "openai", "/v1/models", True),
        ("GET", "/models/gpt-x", {}, "openai", "/v1/models/gpt-x", True),
        ("GET", "/v1/models", {"anthropic-version": "2023-06-01"}, "anthropic", "/v1/models", True),
        ("GET", "/v1/models", {"x-api-key": "sk-ant-1"}, "anthropic", "/v1/models", True),
        ("GET", "/v1/models", {"Authorization": "Bearer sk-ant-1"}, "anthropic", "/v1/models", True),
        ("GET", "/v1/models", {"Authorization": "Bearer sk-1"}, "openai", "/v1/models", True),
        ("GET", "/v1/models/a/b", {}, "openai", "/v1/models/a/b", False),
        ("POST", "/v1/unheard-of", {}, "openai", "/v1/unheard-of", False),
        ("PUT", "/v1/chat/completions", {}, "openai", "/v1/chat/completions", False),
        ("POST", "/v1/messagesx", {}, "openai", "/v1/messagesx", False),
        ("POST", "/v1/models/m:generateContent", {}, "gemini", "/v1/models/m:generateContent", True),
        ("POST", "/v1beta/models/m:unheardOf", {}, "gemini", "/v1beta/models/m:unheardOf", False),
        ("POST", "/v1beta/interactions", {}, "gemini", "/v1beta/interactions", True),
        ("GET", "/v1/models", {"x-goog-api-key": "k"}, "gemini", "/v1/models", True),
        ("POST", "/v1beta/openai/chat/completions", {}, "openai", "/v1beta/openai/chat/completions", True),
        ("GET", "/v1beta/openai/models", {}, "openai", "/v1beta/openai/models", True),
        ("POST", "/v1beta/openai/unheard-of", {}, "openai", "/v1beta/openai/unheard-of", False),
        ("POST", "/api/chat", {}, "ollama", "/api/chat", True),
        ("DELETE", "/api/delete", {}, "ollama", "/api/delete", True),
        ("POST", "/api/unheard-of", {}, "ollama", "/api/unheard-of", False),
        ("POST", "/ollama/v1/chat/completions", {}, "openai", "/v1/chat/completions", True),
        ("POST", "/ollama/v1/messages", {}, "anthropic", "/v1/messages", True),
        ("POST", "/ollama/api/chat", {}, "ollama", "/api/chat", True),
    ],
)
def test_path_and_headers_tell_provider_and_endpoint(
    method: str, path: str, headers: dict[str, str], provider: str, upstream: str, known: bool
) -> None:
    for prefix in ("", "/demo", "/s/one/demo", "/o/ner=off/s/one/demo"):
        found = route(method, prefix + path, headers)
        assert found is not None and found.practice is bool(prefix)
        assert (found.provider.name, found.path) == (provider, upstream)
        assert (found.endpoint is not None) is known


@pytest.mark.parametrize(
    ("path", "provider", "setting"),
    [
        ("/v1beta/openai/chat/completions", "openai", "gemini_upstream"),
        ("/gemini/v1beta/openai/chat/completions", "openai", "gemini_upstream"),
        ("/ollama/v1/chat/completions", "openai", "ollama_upstream"),
        ("/ollama/v1/messages", "anthropic", "ollama_upstream"),
        ("/v1/chat/completions", "openai", "openai_upstream"),
        ("/api/chat", "ollama", "ollama_upstream"),
    ],
)
def test_who_speaks_another_dialect_is_asked_at_its_own_place(path: str, provider: str, setting: str) -> None:
    found = route("POST", path, {})
    assert found is not None
    assert (found.provider.name, found.upstream) == (provider, getattr(Settings(), setting))


@pytest.mark.parametrize(
    ("path", "provider"),
    [("/v1/models", "gemini"), ("/v1/files/x", "gemini"), ("/v1/chat/completions", "openai"), ("/api/tags", "ollama")],
)
def test_a_key_in_the_query_is_geminis_where_dialects_share_a_path(path: str, provider: str) -> None:
    found = route("GET", path, {}, query={"key": "k"})
    assert found is not None and found.provider.name == provider


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/v1beta/models/gemini-2.5-flash:generateContent", "gemini-2.5-flash"),
        ("/v1/projects/p/locations/l/publishers/google/models/m:countTokens", "m"),
        ("/v1/models/a%20b", ""),
        ("/v1/chat/completions", ""),
    ],
)
def test_some_paths_name_the_model(path: str, model: str) -> None:
    found = route("POST", path, {})
    assert found is not None and found.model == model


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/health",
        "/demo",
        "/demo/",
        "/v1",
        "/v2/chat",
        "/democratic/v1/models",
        "/unheard-of",
        "/x/v1/models",
        "/demo/demo/v1/models",
        "/demo/s/one/demo/v1/models",
    ],
)
def test_what_is_no_api_has_no_route(path: str) -> None:
    assert route("POST", path, {}) is None
