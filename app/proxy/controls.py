"""What a client asks of us for one request: headers that start with `x-anonamoose-`, or options in the path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import SettingError
from app.option import parse_flag
from app.pipeline.placeholder import Style
from app.pipeline.policy import Policy
from app.proxy.refusal import Refusal
from app.settings import OWN, Settings

_SESSION = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_PREFIX = "x-anonamoose-"
#: What can be asked for besides a setting of one's own. The upstream is the route's affair.
_OTHERS = ("session", "redact", "hydrate", "upstream")


@dataclass(frozen=True, slots=True)
class Controls:
    """`session` is "" when the client names none; `redact` False sends the request as it is;
    `hydrate` False leaves placeholders in the answer; `placeholders` is what they look like."""

    session: str
    redact: bool
    hydrate: bool
    policy: Policy
    placeholders: Style = "default"


def named(headers: Mapping[str, str], in_path: Mapping[str, str]) -> str:
    """The session that a client names; "" for none. Raises Refusal."""
    session = _asked(headers).get("session", in_path.get("session", ""))
    if session and not _SESSION.fullmatch(session):
        raise _invalid("session", "It takes 1 to 128 letters, digits or one of . _ : -")
    return session


def controls(
    headers: Mapping[str, str],
    settings: Settings,
    in_path: Mapping[str, str] | None = None,
    in_session: Mapping[str, str] | None = None,
) -> Controls:
    """Reads headers and the options `in_path`, for clients that cannot send headers.

    A header goes before an option in the path, that before what the session has its own way (`in_session`),
    that before the settings.

    Raises Refusal when an option is unknown, has a value it cannot have, or asks for what the settings forbid.
    """
    in_path = in_path or {}
    asked = {**in_path, **_asked(headers)}
    if not asked.keys() <= {*_OTHERS, *OWN}:
        raise Refusal(
            400, "unknown_option", "The request has an option that there is not.", f"There are {', '.join(OWN)}."
        )
    settings = own = _with(settings, in_session or {})
    for options in (in_path, _asked(headers)):
        own = _with(own, options)
    redact = _flag(asked, "redact")
    if settings.client_policy == "stricter" and (not redact or _relaxes(own, settings)):
        raise Refusal(
            403,
            "policy_locked",
            "The request asks for less protection than the settings demand; nothing was sent.",
            "Ask for no less, or change the setting client-policy.",
        )
    session = named(headers, in_path)
    return Controls(session, redact, _flag(asked, "hydrate"), own.policy, own.placeholders)


def _asked(headers: Mapping[str, str]) -> dict[str, str]:
    found = ((key.lower(), value) for key, value in headers.items())
    return {key[len(_PREFIX) :]: value for key, value in found if key.startswith(_PREFIX)}


def _with(settings: Settings, options: Mapping[str, str]) -> Settings:
    try:
        return settings.with_own({name: options[name] for name in OWN if name in options})
    except SettingError as error:
        # That of a region quotes what it was given.
        raise _invalid(
            error.name, "It takes regions such as NZ,AU." if error.name == "locale" else error.hint
        ) from None


def _relaxes(own: Settings, settings: Settings) -> bool:
    unmasked = settings.placeholders == "mask" != own.placeholders
    return unmasked or own.policy.relaxes(settings.policy)


def _flag(asked: Mapping[str, str], name: str) -> bool:
    try:
        return parse_flag(asked.get(name, "true"))
    except ValueError:
        raise _invalid(name, "It takes true or false.") from None


def _invalid(name: str, hint: str) -> Refusal:
    return Refusal(
        400, "invalid_header", f"The option {name} (header x-anonamoose-{name}) has a value it cannot have.", hint
    )
