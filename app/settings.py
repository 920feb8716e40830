"""Every setting, declared once. A line here is a flag, a variable, a stored value and a form row."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from app.hosts import parse_hosts, parse_origins
from app.option import Declared, coerce, declared, joined, option
from app.passing import parse_passing
from app.paths import default_root
from app.pipeline.operators import PRESETS, check_operators, check_thresholds, parse_operators, parse_thresholds
from app.pipeline.placeholder import Style
from app.pipeline.policy import SWITCHABLE, Numbers, Passage, Policy, check_model_threshold, parse_regions
from app.upstreams import check_origin, parse_upstreams

#: Settings that are lists by entity; in two of them put together, the latter goes before.
_BY_ENTITY = frozenset(["operators", "thresholds"])


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. Immutable: a change makes a new one (see `SettingsStore`)."""

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
        256, "Requests that may be going on at once; any more are told to come again.", "Proxy", low=1, high=1024
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
    protection: bool = option(
        True, "Whether requests are redacted. Off sends them as they are, or refuses them: see when-off.", "Protection"
    )
    when_off: Literal["pass", "refuse"] = option(
        "pass", "What happens to requests while protection is off.", "Protection"
    )
    images: Passage = option(
        "warn", "What happens to pictures and videos in a request: nobody can redact them.", "Protection", own=True
    )
    documents: Passage = option(
        "warn",
        "What happens to PDFs, office files and the like. A warning says what was found in them; text files are "
        "redacted in any case.",
        "Protection",
        own=True,
    )
    audio: Passage = option("warn", "What happens to sound in a request: nobody can redact it.", "Protection", own=True)
    binary_bodies: Literal["refuse", "allow"] = option(
        "refuse",
        "What happens to uploaded files that are neither text nor of a kind Anonamoose knows. Allowed, they are "
        "treated as documents.",
        "Protection",
    )
    numbers: Numbers = option(
        "replace",
        "What happens to JSON numbers that are card, tax or phone numbers: a placeholder is a string, which a strict "
        "schema may not accept.",
        "Protection",
        own=True,
    )
    placeholders: Style = option(
        "default",
        "How placeholders look: default [PERSON_4821], ordinal [PERSON_1], double [[PERSON_4821]], angle "
        "<PERSON_4821>, surrogate (made-up values of the same form), pua (invisible characters), or mask "
        "[PERSON], which never comes back. Values that have a placeholder keep it.",
        "Protection",
        own=True,
    )
    restore_secrets: bool = option(
        True,
        "Put passwords, API keys, tokens and private keys back into answers. Off leaves their placeholders, also in "
        "what a tool is called with.",
        "Protection",
        own=True,
    )
    system_note: bool = option(
        False,
        "Tell the model in the system text what placeholders are. Always the same words in the same place, from the "
        "first request on; not with surrogate or pua.",
        "Protection",
    )
    client_policy: Literal["any", "stricter"] = option(
        "any",
        "What a request may ask for by headers or path options: anything, or only what protects no less than these "
        "settings and its session's own do.",
        "Protection",
    )
    preset: Literal["strict", "balanced", "coding"] = option(
        "balanced",
        "What the following begin with: strict finds most and errs most, balanced is for prose, coding for source "
        "code and logs. What is set below goes before it.",
        "Detection",
        own=True,
    )
    operators: str = option(
        "",
        "What happens to an entity that shall get no placeholder: CREDIT_CARD=block, IP_ADDRESS=keep, PERSON=mask. "
        "mask hides for good, keep leaves it as it is, block refuses the request; replace takes back what "
        "a preset says.",
        "Detection",
        check=check_operators,
        own=True,
    )
    thresholds: str = option(
        "",
        "Scores from 0 to 1 below which findings of an entity do not count: PERSON=0.7, LOCATION=0.8.",
        "Detection",
        check=check_thresholds,
        own=True,
    )
    locale: str = option(
        "",
        "Regions whose identifiers are looked for: any of AU, NZ, UK, US, separated by commas; empty means all.",
        "Detection",
        check=parse_regions,
        own=True,
    )
    dictionary: bool = option(True, "Look for your own terms.", "Detection", own=True)
    secrets: bool = option(True, "Look for passwords, API keys, tokens and private keys.", "Detection", own=True)
    ner: bool = option(True, "Look for names, organisations and places with the local model.", "Detection", own=True)
    patterns: bool = option(
        True, "Look for identifiers and phone numbers by their form and checksum.", "Detection", own=True
    )
    names: bool = option(True, "Look for first and last names from a list.", "Detection", own=True)
    ner_model: str = option(
        "provisional", "Name of an installed model, or a folder that holds one.", "Detection", restart=True
    )
    cache_memory: int = option(
        64, "Memory for what was found in texts.", "Detection", low=1, high=4096, unit="MiB", restart=True
    )
    ner_threshold: float = option(
        0.0,
        "How sure the model must be; lower finds more and errs more. 0 leaves it to the preset.",
        "Detection",
        low=0.0,
        high=0.99,
        zero="the preset’s",
        check=check_model_threshold,
        own=True,
    )
    session_ttl: int = option(
        30 * 24, "How long a session is kept after its last use.", "Sessions", low=1, high=10 * 366 * 24, unit="h"
    )
    kept_ttl: int = option(
        90 * 24,
        "How long at most a session is kept because the provider still keeps something of it: a batch, a file, a "
        "stored response or a conversation. 0 for no longer than others.",
        "Sessions",
        low=0,
        high=10 * 366 * 24,
        unit="h",
    )
    cached_sessions: int = option(
        256, "Sessions that stay in memory after a request.", "Sessions", low=1, high=100_000, restart=True
    )
    keep_exchanges: int = option(
        50,
        "How many exchanges the inspector remembers, in memory only; 0 for none. Without windows none are.",
        "Sessions",
        low=0,
        high=1000,
    )
    audit: bool = option(
        True,
        "Keep an audit trail: of every exchange when, by which tool, to which model, and how many values of which kind "
        "were hidden. Never a value.",
        "Audit",
    )
    audit_required: bool = option(
        False,
        "Refuse requests while the audit trail cannot be written. That each is sent is then written before it is; off, "
        "a warning is shown, and what could not be written is counted.",
        "Audit",
    )
    audit_days: int = option(
        365, "How long the audit trail is kept; 0 for good.", "Audit", low=0, high=36_600, unit="days", zero="for good"
    )
    log_level: Literal["debug", "info", "warning", "error"] = option(
        "info", "How much is logged. Never holds what you sent.", "Application"
    )
    data_dir: Path = option(
        default_root(),
        "Folder for the vault, the settings and the key file.",
        "Application",
        restart=True,
        stored=False,
    )

    @property
    def policy(self) -> Policy:
        """The policy these settings ask for."""
        return _policy(self)

    def with_own(self, asked: Mapping[str, str]) -> Settings:
        """These settings for a session or a request that has some its own way.

        Of the settings that are lists by entity it names only what differs. Raises SettingError.
        """
        if not asked:
            return self
        changes = {}
        for name, value in asked.items():
            row, text = DECLARED[name], value.strip()
            changes[row.attribute] = coerce(row, text.lower() if row.choices else text)
        for name in _BY_ENTITY & changes.keys():
            changes[name] = joined(getattr(self, name), changes[name])
        return dataclasses.replace(self, **changes)


@lru_cache(maxsize=64)
def _policy(settings: Settings) -> Policy:
    """Shared: every request asks for it, and nearly always for the same."""
    preset = PRESETS[settings.preset]
    return Policy(
        layers=frozenset(name for name in SWITCHABLE if getattr(settings, name)),
        regions=parse_regions(settings.locale),
        ner_threshold=settings.ner_threshold or preset.ner_threshold,
        images=settings.images,
        documents=settings.documents,
        audio=settings.audio,
        numbers=settings.numbers,
        operators=parse_operators(joined(preset.operators, settings.operators)),
        thresholds=parse_thresholds(joined(preset.thresholds, settings.thresholds)),
    )


DECLARED: Mapping[str, Declared] = {row.name: row for row in declared(Settings)}
#: The names of those that a session or a request may have its own way.
OWN = tuple(row.name for row in DECLARED.values() if row.option.own)
