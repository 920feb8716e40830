"""From a request's path and headers to a provider, its endpoint and the place it is sent to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.proxy.providers.anthropic import ANTHROPIC
from app.proxy.providers.base import Endpoint, Provider
from app.proxy.providers.openai import OPENAI

#: Paths that clients ask for without `/v1` when their base URL has none.
_BARE = re.compile(r"/(?:chat/completions|messages(?:/count_tokens)?|models(?:/[^/]+)?)\Z")
_PRACTICE = "/demo"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. `path` begins with `/v1`; `endpoint` None is one we do not know."""

    provider: Provider
    endpoint: Endpoint | None
    path: str
    practice: bool


def route(method: str, path: str, headers: Mapping[str, str]) -> Route | None:
    """The route, or None when the path is no API's."""
    practice = path == _PRACTICE or path.startswith(f"{_PRACTICE}/")
    if practice:
        path = path[len(_PRACTICE) :]
    if _BARE.match(path):
        path = f"/v1{path}"
    if not path.startswith("/v1/"):
        return None
    provider = ANTHROPIC if _is_anthropic(path, headers) else OPENAI
    return Route(provider, provider.endpoint(method, path), path, practice)


def _is_anthropic(path: str, headers: Mapping[str, str]) -> bool:
    if "anthropic-version" in headers or path == "/v1/messages" or path.startswith("/v1/messages/"):
        return True
    # Both dialects have /v1/models: a key tells them apart where no version header does.
    authorization = headers.get("Authorization", "")
    return authorization.startswith("Bearer sk-ant-") or headers.get("x-api-key", "").startswith("sk-ant-")
