"""Every setting, declared once. A line here is a flag, a variable, a stored value and a form row."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from app.errors import SettingError
from app.passing import parse_passing
from app.paths import default_root
from app.pipeline.placeholder import Style
from app.pipeline.policy import SWITCHABLE, Numbers, Passage, Policy, parse_regions
from app.upstreams import check_origin, parse_upstreams

PREFIX = "ANONAMOOSE_"


@dataclass(frozen=True, slots=True)
class Option:
    """What is known about one setting besides its name, type and default."""

    help: str
    group: str
    low: float | None = None
    high: float | None = None
    unit: str = ""
    restart: bool = False
    stored: bool = True  # False: makes no sense in the settings file
    check: typing.Callable[[Any], object] | None = None


def option(default: Any, help: str, group: str, **more: Any) -> Any:
    """A dataclass field that carries its `Option`."""
    return field(default=default, metadata={"option": Option(help, group, **more)})


@dataclass(frozen=True, slots=True)
class Settings:
    """The values in force. Immutable: a change makes a new one (see `SettingsStore`)."""

    port: int = option(3000, "Port the proxy listens on; 0 picks a free one.", "Proxy", low=0, high=65535, restart=True)
    host: str = option(
        "localhost", "Address the proxy listens on. localhost means 127.0.0.1 and ::1.", "Proxy", restart=True
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
        "warn", "What happens to pictures and videos in a request: nobody can redact them.", "Protection"
    )
    documents: Passage = option(
        "warn",
        "What happens to PDFs, office files and the like. A warning says what was found in them; text files are "
        "redacted in any case.",
        "Protection",
    )
    audio: Passage = option("warn", "What happens to sound in a request: nobody can redact it.", "Protection")
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
    )
    placeholders: Style = option(
        "default",
        "How placeholders look: default [PERSON_4821], ordinal [PERSON_1], double [[PERSON_4821]], angle "
        "<PERSON_4821>, surrogate (made-up values of the same form), pua (invisible characters), or mask "
        "[PERSON], which never comes back. Values that have a placeholder keep it.",
        "Protection",
    )
    system_note: bool = option(
        False,
        "Tell the model in the system text what placeholders are. Always the same words in the same place, from the "
        "first request on; not with surrogate or pua.",
        "Protection",
    )
    locale: str = option(
        "",
        "Regions whose identifiers are looked for: any of AU, NZ, UK, US, separated by commas; empty means all.",
        "Detection",
        check=parse_regions,
    )
    dictionary: bool = option(True, "Look for your own terms.", "Detection")
    secrets: bool = option(True, "Look for passwords, API keys, tokens and private keys.", "Detection")
    ner: bool = option(True, "Look for names, organisations and places with the local model.", "Detection")
    patterns: bool = option(True, "Look for identifiers and phone numbers by their form and checksum.", "Detection")
    names: bool = option(True, "Look for first and last names from a list.", "Detection")
    ner_model: str = option(
        "provisional", "Name of an installed model, or a folder that holds one.", "Detection", restart=True
    )
    ner_threshold: float = option(
        0.5, "How sure the model must be; lower finds more and errs more.", "Detection", low=0.05, high=0.99
    )
    session_ttl: int = option(
        30 * 24, "How long a session is kept after its last use.", "Sessions", low=1, high=10 * 366 * 24, unit="h"
    )
    keep_exchanges: int = option(
        50, "How many exchanges the inspector remembers, in memory only; 0 for none.", "Sessions", low=0, high=1000
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
        """The detection policy these settings ask for, before a request's own headers."""
        return Policy(
            layers=frozenset(name for name in SWITCHABLE if getattr(self, name)),
            regions=parse_regions(self.locale),
            ner_threshold=self.ner_threshold,
            images=self.images,
            documents=self.documents,
            audio=self.audio,
            numbers=self.numbers,
        )


@dataclass(frozen=True, slots=True)
class Declared:
    """One setting as forms, flags and documentation need it."""

    name: str  # with dashes, as in flags
    attribute: str  # with underscores, as in `Settings`
    kind: type
    choices: tuple[str, ...]
    default: Any
    option: Option

    @property
    def variable(self) -> str:
        return PREFIX + self.attribute.upper()


def declared() -> tuple[Declared, ...]:
    """All settings in the order of their declaration."""
    hints = typing.get_type_hints(Settings)
    rows = []
    for item in dataclasses.fields(Settings):
        hint = hints[item.name]
        choices = typing.get_args(hint) if typing.get_origin(hint) is Literal else ()
        kind = str if choices else hint
        assert isinstance(kind, type) and not isinstance(kind, types.GenericAlias)
        rows.append(
            Declared(item.name.replace("_", "-"), item.name, kind, choices, item.default, item.metadata["option"])
        )
    return tuple(rows)


DECLARED: Mapping[str, Declared] = {row.name: row for row in declared()}

_TRUE, _FALSE = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def parse_flag(text: str) -> bool:
    """A boolean from the words people use for one; raises ValueError."""
    word = text.strip().lower()
    if word not in _TRUE + _FALSE:
        raise ValueError("It must be on or off.")
    return word in _TRUE


def coerce(row: Declared, value: object) -> Any:
    """`value`, text or typed, as the setting's own type; raises SettingError when it cannot be."""
    # A password in a URL is refused, and not to be repeated on a terminal then.
    title = f"The setting {row.name} cannot be {'what was given' if '@' in str(value) else repr(value)}."
    try:
        if row.kind is bool:
            result: Any = value if isinstance(value, bool) else parse_flag(str(value))
        elif row.kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError("It must be a whole number.")
        elif row.kind in (int, float) and isinstance(value, bool):
            raise ValueError("It must be a number.")
        elif row.kind is str and not isinstance(value, str):
            raise ValueError("It must be a text.")
        else:
            result = row.kind(value)
    except (ValueError, TypeError) as error:
        said = str(error) if str(error).startswith("It must") else f"It must be of type {row.kind.__name__}."
        raise SettingError(row.name, title, said) from None
    low, high = row.option.low, row.option.high
    if row.choices and result not in row.choices:
        raise SettingError(row.name, title, f"It must be one of {', '.join(row.choices)}.")
    # Written this way round, it refuses what is not a number at all, too.
    if (low is not None and not result >= low) or (high is not None and not result <= high):
        raise SettingError(row.name, title, f"It must lie between {low} and {high}.")
    if row.option.check is not None:
        try:
            row.option.check(result)
        except ValueError as error:
            raise SettingError(row.name, title, str(error)) from None
    return result
