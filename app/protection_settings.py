"""The settings of what happens to requests and answers, whatever is found in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.option import option
from app.pipeline.placeholder import Style
from app.pipeline.policy import Numbers, Passage
from app.window_settings import WindowSettings


@dataclass(frozen=True, slots=True)
class ProtectionSettings(WindowSettings):
    """The fourth of `Settings`."""

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
    scan_replies: bool = option(
        False,
        "Look through answers for personal data that the model made up or knew by itself, and hide it from the tool "
        "behind placeholders that are not put back. An answer then comes paragraph by paragraph.",
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
