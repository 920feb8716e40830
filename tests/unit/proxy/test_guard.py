from __future__ import annotations

import pytest

from app.proxy.guard import area


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", "open"),
        ("/demo", "open"),
        ("/demo/", "open"),
        ("/health", "open"),
        ("/ready", "open"),
        ("/api/v1/redact", "redact"),
        ("/api/v1", "management"),
        ("/api/v1/", "management"),
        ("/api/v1/redact/", "management"),
        ("/api/v1/redact/../sessions", "management"),
        ("/api/v1/sessions/x", "management"),
        ("/api/v1//redact", "management"),
        ("/api/v10", "provider"),
        ("/api/chat", "provider"),
        ("/healthy", "provider"),
        ("/health/", "provider"),
        ("//health", "provider"),
        ("/v1/chat/completions", "provider"),
        ("/demo/v1/messages", "provider"),
        ("", "provider"),
    ],
)
def test_what_is_asked_for(path: str, found: str) -> None:
    assert area(path) == found
