from __future__ import annotations

import pytest

from app.proxy.route import route


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
    ],
)
def test_path_and_headers_tell_provider_and_endpoint(
    method: str, path: str, headers: dict[str, str], provider: str, upstream: str, known: bool
) -> None:
    for prefix in ("", "/demo"):
        found = route(method, prefix + path, headers)
        assert found is not None and found.practice is bool(prefix)
        assert (found.provider.name, found.path) == (provider, upstream)
        assert (found.endpoint is not None) is known


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
    ],
)
def test_what_is_no_api_has_no_route(path: str) -> None:
    assert route("POST", path, {}) is None
