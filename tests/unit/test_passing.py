"""Which endpoints the user lets pass."""

from __future__ import annotations

import pytest

from app.passing import parse_passing, passes

_SETTING = "POST /v1/skills*, PUT /v1/containers/*/files"


@pytest.mark.parametrize(
    ("method", "path", "fits"),
    [
        ("POST", "/v1/skills", True),
        ("POST", "/v1/skills/skill_1/content", True),
        ("PUT", "/v1/containers/c_1/files", True),
        ("GET", "/v1/skills", False),
        ("PUT", "/v1/containers/c_1/files/f", False),
        ("POST", "/v1/chat/completions", False),
        ("POST", "/v1/skills/../chat/completions", False),
        ("POST", "/v1/skills/%2E./chat/completions", False),
        ("POST", "/v1/skills%2f..", False),
    ],
)
def test_an_endpoint_passes_by_name_alone(method: str, path: str, fits: bool) -> None:
    assert passes(_SETTING, method, path) is fits


def test_nothing_passes_unless_it_is_named() -> None:
    assert not passes("", "POST", "/v1/skills")


@pytest.mark.parametrize("text", ["/v1/skills", "POST", "post /v1/skills", "POST v1/skills", "POST /v1 /v2"])
def test_what_names_no_endpoint(text: str) -> None:
    with pytest.raises(ValueError, match="It must be a list"):
        parse_passing(text)
