"""What a client asks of us for one request: headers that start with `x-anonamoose-`, or options in the path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import SettingError
from app.option import parse_flag
from app.pipeline.placeholder import Style
from app.pipeline.policy import Policy
from app.proxy.client import ANYBODY, Client
from app.proxy.refusal import Refusal
from app.settings import OWN, Settings

_SESSION = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_PREFIX = "x-anonamoose-"
#: Says who asks, and nothing of what is asked for.
_WHO = "x-anonamoose-token"
#: What can be asked for besides a setting of one's own. The upstream is the route's affair.
_OTHERS = ("session", "redact", "hydrate", "upstream")


@dataclass(frozen=True, slots=True)
class Controls:
    """`session` is "" when the client names none; `redact` False sends the request as it is;
    `hydrate` False leaves placeholders in the answer; `placeholders` is what they look like, `space` is what the
    names of all sessions of this client begin with; `restore_secrets` False leaves those of secrets alone;
    `scan_replies` looks through the answer; `preset` is
    what the policy began with."""

    session: str
    redact: bool
    hydrate: bool
    policy: Policy
    placeholders: Style = "default"
    space: str = ""
    restore_secrets: bool = True
    preset: str = ""
    scan_replies: bool = False


def named(headers: Mapping[str, str], in_path: Mapping[str, str], client: Client = ANYBODY) -> str:
    """The session that `client` gets by the name it gives; "" for none. Raises Refusal."""
    session = _asked(headers).get("session", in_path.get("session", ""))
    if session and not _SESSION.fullmatch(session):
        raise _invalid("session", "It takes 1 to 128 letters, digits or one of . _ : -")
    return client.place(session)


def controls(
    headers: Mapping[str, str],
    settings: Settings,
    in_path: Mapping[str, str] | None = None,
    in_session: Mapping[str, str] | None = None,
    client: Client = ANYBODY,
) -> Controls:
    """Reads headers and the options `in_path`, for clients that cannot send headers.

    A header goes before an option in the path, that before what the session has its own way (`in_session`),
    that before what holds for the `client`, that before the settings. A client whose key has settings of its own may
    ask for more protection than they give, and not for less.

    Raises Refusal when an option is unknown, has a value it cannot have, or asks for what the settings forbid.
    """
    in_path, in_headers = in_path or {}, _asked(headers)
    asked = {**in_path, **in_headers}
    if not asked.keys() <= {*_OTHERS, *OWN}:
        raise Refusal(
            400, "unknown_option", "The request has an option that there is not.", f"There are {', '.join(OWN)}."
        )
    settings = own = _with(_with(settings, client.own), in_session or {})
    for options in (in_path, in_headers):
        own = _with(own, options)
    redact = _flag(asked, "redact")
    is_locked = settings.client_policy == "stricter" or bool(client.own)
    if is_locked and (not redact or _relaxes(own, settings)):
        raise Refusal(
            403,
            "policy_locked",
            "The request asks for less protection than the settings demand; nothing was sent.",
            "Ask for no less, or change the setting client-policy.",
        )
    return Controls(
        named(headers, in_path, client),
        redact,
        _flag(asked, "hydrate"),
        own.policy,
        own.placeholders,
        client.space,
        own.restore_secrets,
        own.preset,
        own.scan_replies,
    )


def _asked(headers: Mapping[str, str]) -> dict[str, str]:
    asked: dict[str, str] = {}
    for key, value in headers.items():
        name = key.lower().removeprefix(_PREFIX)
        if key.lower().startswith(_PREFIX) and key.lower() != _WHO and asked.setdefault(name, value) != value:
            # Whoever stands between would heed one of them, and we the other.
            raise Refusal(400, "invalid_header", "An option has two headers that differ.", "Send one of them.")
    return asked


def _with(settings: Settings, options: Mapping[str, str]) -> Settings:
    if not options:
        return settings
    try:
        return settings.with_own({name: options[name] for name in OWN if name in options})
    except SettingError as error:
        # That of a region quotes what it was given.
        raise _invalid(
            error.name, "It takes regions such as NZ,AU." if error.name == "locale" else error.hint
        ) from None


def _relaxes(own: Settings, settings: Settings) -> bool:
    unmasked = settings.placeholders == "mask" != own.placeholders
    restoring = own.restore_secrets and not settings.restore_secrets
    unscanned = settings.scan_replies and not own.scan_replies
    return unmasked or restoring or unscanned or own.policy.relaxes(settings.policy)


def _flag(asked: Mapping[str, str], name: str) -> bool:
    try:
        return parse_flag(asked.get(name, "true"))
    except ValueError:
        raise _invalid(name, "It takes true or false.") from None


def _invalid(name: str, hint: str) -> Refusal:
    return Refusal(
        400, "invalid_header", f"The option {name} (header x-anonamoose-{name}) has a value it cannot have.", hint
    )
