"""Every setting, declared once. A line here is a flag, a variable, a stored value and a form row."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from app.option import Declared, coerce, declared, option
from app.paths import default_root
from app.pipeline.operators import PRESETS, check_operators, check_thresholds, parse_operators, parse_thresholds
from app.pipeline.policy import SWITCHABLE, Policy, parse_regions
from app.protection_settings import ProtectionSettings
from app.upstreams import check_origin
from app.vault_place import check_vault_url

#: Settings that are lists by entity; in two of them put together, the latter goes before.
_BY_ENTITY = frozenset(["operators", "thresholds"])


def _joined(*lists: str) -> str:
    return ", ".join(filter(None, lists))


def _endpoint(value: str) -> None:
    try:
        check_origin(value or "https://hub.example.com")
    except ValueError:
        raise ValueError("It must be a URL such as https://hub.example.com, without a password.") from None


def _model_threshold(value: float) -> None:
    if 0 < value < 0.05:
        raise ValueError("It must be 0 or at least 0.05.")


@dataclass(frozen=True, slots=True)
class Settings(ProtectionSettings):
    """The values in force. Immutable: a change makes a new one (see `SettingsStore`)."""

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
        "minilm",
        "Name of an installed model (see: anonamoose models list), or a folder that holds one.",
        "Detection",
        restart=True,
    )
    ner_threads: int = option(
        0,
        "How many cores the model computes on while it reads. Half of them leaves the rest of the machine for you.",
        "Detection",
        low=0,
        high=256,
        zero="half of the cores",
        restart=True,
    )
    ner_memory: bool = option(
        True,
        "Remember, sealed on disk, what the model saw in a text, so that the same text need not be read again after a "
        "restart. Holds places and scores, no text. Off deletes it.",
        "Detection",
    )
    cache_memory: int = option(
        64,
        "Memory for what was found in texts, so that a conversation that is sent again is not looked through again.",
        "Detection",
        low=1,
        high=4096,
        unit="MiB",
        restart=True,
    )
    ner_threshold: float = option(
        0.0,
        "How sure the model must be; lower finds more and errs more. 0 leaves it to the preset.",
        "Detection",
        low=0.0,
        high=0.99,
        zero="the preset’s",
        check=_model_threshold,
        own=True,
    )
    hub_endpoint: str = option(
        "",
        "Where models are fetched from; a mirror, say. Empty for HF_ENDPOINT, or else https://huggingface.co.",
        "Models",
        check=_endpoint,
    )
    hub_proxy: str = option(
        "", "Proxy for fetching models. Empty for what the system says (HTTPS_PROXY).", "Models", check=_endpoint
    )
    hub_offline: bool = option(False, "Never fetch a model. HF_HUB_OFFLINE says the same for one start.", "Models")
    vault_url: str = option(
        "",
        "Redis or Valkey where several replicas keep their sessions together: rediss://valkey.example.com:6379. Empty "
        "for the vault's own file. All take the same key (ANONAMOOSE_VAULT_KEY); the password of the store comes in "
        "ANONAMOOSE_VAULT_PASSWORD.",
        "Sessions",
        check=check_vault_url,
        restart=True,
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
        256,
        "Sessions that stay in memory between two requests; any other is read from the vault when it is asked for.",
        "Sessions",
        low=1,
        high=100_000,
        restart=True,
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
            changes[name] = _joined(getattr(self, name), changes[name])
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
        operators=parse_operators(_joined(preset.operators, settings.operators)),
        thresholds=parse_thresholds(_joined(preset.thresholds, settings.thresholds)),
    )


DECLARED: Mapping[str, Declared] = {row.name: row for row in declared(Settings)}
#: The names of those that a session or a request may have its own way.
OWN = tuple(row.name for row in DECLARED.values() if row.option.own)
