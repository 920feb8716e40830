"""From a request's path and headers to a provider, its endpoint and the place it is sent to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from app.proxy.providers import BY_DIALECT
from app.proxy.providers.base import Endpoint, Provider
from app.settings import Settings
from app.upstreams import parse_upstreams

#: Paths that clients ask for without `/v1` when their base URL has none.
_BARE = re.compile(
    r"/(?:chat/completions|messages|responses|completions|embeddings|moderations|models|conversations|"
    r"images|audio|files|batches)(?:/.*)?\Z"
)
_DEMO = re.compile(r"/demo(?=/|\Z)")
_CONTROL = re.compile(r"/(?P<kind>[so])/(?P<value>[^/]+)(?=/)")
_GEMINI = re.compile(r"/v1(?:alpha|beta)1?/|/v1/.*:[a-z][A-Za-z]+\Z")
#: Where Gemini speaks OpenAI's dialect.
_COMPATIBLE = re.compile(r"/v1(?:alpha|beta)/openai(?=/)")
_OLLAMA = re.compile(r"/api/(?!v1/)[a-z]+")
_ANTHROPIC = re.compile(
    r"/v1/(?:messages(?:/.*)?|complete)\Z|/v1[^/]*/.*/publishers/anthropic/models/[^/]+:(?:r|streamR)awPredict\Z"
)
#: Paths that several dialects have.
_SHARED = re.compile(r"/v1/(?:models|files|batches)(?:/.*)?\Z")
_MODEL = re.compile(r"/(?:models|tunedModels|endpoints)/(?P<name>[\w.-]+)(?=[/:]|\Z)")
#: What a base URL with the API's version in it leaves to a client's own path.
_PREFIXES = ("openai", "anthropic", "gemini", "ollama")
#: What the practice model is called as an upstream.
PRACTICE = "practice"


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes. `path` is the provider's own; `endpoint` None is one we do not know.

    `upstream` is the origin, empty for the practice model, and `target` its name: that of a provider, or `u/<name>`.
    `controls` are the options that stood in the path, named as in the headers `x-anonamoose-…`.
    """

    provider: Provider
    endpoint: Endpoint | None
    path: str
    practice: bool
    upstream: str
    controls: Mapping[str, str]
    target: str = ""

    @property
    def name(self) -> str:
        """The user's own name for where it goes, if that has one."""
        return PRACTICE if self.practice else self.target.removeprefix("u/") if self.target.startswith("u/") else ""

    @property
    def model(self) -> str:
        """The model that the path names; most dialects name it in the body."""
        found = _MODEL.search(self.path)
        return found["name"] if found else ""


def route(
    method: str,
    path: str,
    headers: Mapping[str, str],
    settings: Settings | None = None,
    query: Mapping[str, str] | None = None,
) -> Route | None:
    """The route, or None when the path is no API's.

    Before the API's own path may stand, each at most once: `/demo`, `/s/<session>` and `/o/<name=value,…>`, `/demo`
    first or last of them, then `/openai`, `/anthropic`, `/gemini`, `/ollama` or `/u/<name>`.
    """
    settings = settings or Settings()
    practice = _DEMO.match(path) is not None
    path, controls = _controls(path[len("/demo") :] if practice else path)
    if controls and not practice and _DEMO.match(path):
        practice, path = True, path[len("/demo") :]
    named = parse_upstreams(settings.upstreams)
    dialect = origin = ""
    first, _, rest = path[1:].partition("/")
    name = headers.get("x-anonamoose-upstream", "")
    if first == "u":
        name, _, rest = rest.partition("/")
        path = f"/{rest}"
        if name not in named:
            return None
    elif first in _PREFIXES and not (first == "openai" and _is_azure(rest, headers)):
        dialect, path = first, f"/{rest}"
    if name:
        if name not in named:
            return None
        dialect, origin = named[name].dialect, named[name].origin
    if _BARE.match(path):
        path = f"/v1{path}"
    target = f"u/{name}" if name else ""
    found = dialect or _dialect(path, headers, query or {})
    if not dialect and not _is_api(path):
        return None
    if not origin and not practice:
        origin = getattr(settings, f"{found}_upstream").rstrip("/")
    spoken, own = _spoken(found, path, headers)
    provider = BY_DIALECT[spoken]
    return Route(provider, provider.endpoint(method, own), path, practice, origin, controls, target or found)


def _spoken(dialect: str, path: str, headers: Mapping[str, str]) -> tuple[str, str]:
    """What the provider of `dialect` speaks at `path`, and how `path` is called in that dialect."""
    if dialect == "gemini" and (compatible := _COMPATIBLE.match(path)):
        return "openai", f"/v1{path[compatible.end() :]}"
    if dialect == "ollama" and not _OLLAMA.match(path):
        return _dialect(path, headers, {}), path
    return dialect, path


def _controls(path: str) -> tuple[str, dict[str, str]]:
    controls: dict[str, str] = {}
    for _ in range(2):
        match = _CONTROL.match(path)
        if match is None:
            break
        path = path[match.end() :]
        value = unquote(match["value"])
        if match["kind"] == "s":
            controls["session"] = value
        else:
            controls.update(option.partition("=")[::2] for option in value.split(","))
    return path, controls


def _is_azure(rest: str, headers: Mapping[str, str]) -> bool:
    return rest.startswith("deployments/") or "api-key" in headers


def _is_api(path: str) -> bool:
    return path.startswith("/v1/") or bool(_GEMINI.match(path) or _OLLAMA.match(path)) or path.startswith("/openai/")


def _dialect(path: str, headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    # A key tells dialects apart where they share a path and no version header does.
    authorization = headers.get("Authorization", "")
    key = headers.get("x-api-key", "")
    if "anthropic-version" in headers or _ANTHROPIC.match(path):
        return "anthropic"
    if "x-goog-api-key" in headers or _GEMINI.match(path) or ("key" in query and _SHARED.match(path)):
        return "gemini"
    if _OLLAMA.match(path):
        return "ollama"
    if authorization.startswith("Bearer sk-ant-") or key.startswith("sk-ant-"):
        return "anthropic"
    return "openai"
