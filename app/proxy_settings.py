"""The settings of the proxy itself: where it listens, whom it lets in, where requests go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.hosts import parse_hosts, parse_origins
from app.option import option
from app.passing import parse_passing
from app.upstream_proxy import check_upstream_proxy
from app.upstreams import check_origin, parse_upstreams


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """The first of `Settings`."""

    port: int = option(3000, "Port the proxy listens on; 0 picks a free one.", "Proxy", low=0, high=65535, restart=True)
    host: str = option(
        "localhost",
        "Address the proxy listens on. localhost means 127.0.0.1 and ::1; one that other machines can reach takes an "
        "access token or local keys.",
        "Proxy",
        restart=True,
    )
    allowed_hosts: str = option(
        "",
        "Further names that this proxy is reached by, say in a container or behind another proxy: anonamoose, "
        "llm.example.com:8080. Requests for any other name than localhost are refused.",
        "Proxy",
        check=parse_hosts,
    )
    allowed_origins: str = option(
        "",
        "Pages in a browser that may use the proxy: https://chat.example.com, app://obsidian.md. All others are "
        "refused.",
        "Proxy",
        check=parse_origins,
    )
    open_redact: bool = option(
        True, "Whether programs on this machine may ask /api/v1/redact without the access token.", "Proxy"
    )
    openai_upstream: str = option(
        "https://api.openai.com", "Where OpenAI requests go, without /v1.", "Proxy", check=check_origin
    )
    anthropic_upstream: str = option(
        "https://api.anthropic.com", "Where Anthropic requests go, without /v1.", "Proxy", check=check_origin
    )
    gemini_upstream: str = option(
        "https://generativelanguage.googleapis.com", "Where Gemini requests go.", "Proxy", check=check_origin
    )
    ollama_upstream: str = option("http://localhost:11434", "Where Ollama requests go.", "Proxy", check=check_origin)
    upstreams: str = option(
        "",
        "Further providers, reached at /u/NAME: groq=https://api.groq.com/openai, claude=anthropic:https://example.com.",
        "Proxy",
        check=parse_upstreams,
    )
    upstream_proxy: str = option(
        "system",
        "Proxy by which requests go to providers: system for what the system says (HTTPS_PROXY, NO_PROXY), none, or "
        "one such as http://proxy.example.com:3128. A user name may be in it; the password comes in "
        "ANONAMOOSE_UPSTREAM_PROXY_PASSWORD.",
        "Proxy",
        check=check_upstream_proxy,
    )
    unknown_endpoints: Literal["redact", "refuse"] = option(
        "redact", "What happens to endpoints Anonamoose does not know: redact every string, or refuse.", "Proxy"
    )
    pass_endpoints: str = option(
        "",
        "Endpoints whose bodies go on unread, whatever is in them: POST /v1/skills*, PUT /v1/containers/*/files. "
        "* stands for anything.",
        "Proxy",
        check=parse_passing,
    )
    body_limit: int = option(
        64, "Largest request body that is accepted.", "Proxy", low=1, high=1024, unit="MiB", restart=True
    )
    max_requests: int = option(
        256,
        "Requests that may be going on at once. Any more are told to come again (503, Retry-After), and nothing of "
        "them is sent.",
        "Proxy",
        low=1,
        high=1024,
    )
    max_sockets: int = option(
        64, "WebSockets that may be open at once; any more are told to come again.", "Proxy", low=1, high=1024
    )
    websockets: bool = option(
        True, "Whether tools may use WebSockets; without, they are told to use plain HTTP.", "Proxy"
    )
    heartbeat: float = option(
        15.0,
        "After so long a silence in a stream a comment is sent, so that nobody takes it for dead; 0 for never.",
        "Proxy",
        low=0,
        high=600,
        unit="s",
    )
    drain: int = option(10, "How long running requests may finish after a stop.", "Proxy", low=0, high=600, unit="s")
