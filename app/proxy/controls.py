"""What a client asks of us for one request: headers that start with `x-anonamoose-`, or options in the path."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import SettingError
from app.pipeline.placeholder import STYLES, Style
from app.pipeline.policy import Policy, parse_regions
from app.proxy.refusal import Refusal
from app.settings import DECLARED, coerce, parse_flag

_SESSION = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True, slots=True)
class Controls:
    """`session` is "" when the client names none; `redact` False sends the request as it is;
    `hydrate` False leaves placeholders in the answer; `placeholders` is what they look like."""

    session: str
    redact: bool
    hydrate: bool
    policy: Policy
    placeholders: Style = "default"


_PREFIX = "x-anonamoose-"
#: Settings that a request may have its own way.
_OF_POLICY = ("images", "documents", "audio", "numbers")


def controls(
    headers: Mapping[str, str],
    policy: Policy,
    in_path: Mapping[str, str] | None = None,
    placeholders: Style = "default",
) -> Controls:
    """Reads headers and the options `in_path`, for clients that cannot send headers.

    A header wins; where nothing is asked, `policy` and `placeholders` hold.

    Raises Refusal when an option has a value it cannot have.
    """
    asked = {**(in_path or {})}
    asked |= {key.lower()[len(_PREFIX) :]: v for key, v in headers.items() if key.lower().startswith(_PREFIX)}
    session = asked.get("session", "")
    if session and not _SESSION.fullmatch(session):
        raise _invalid("session", "It takes 1 to 128 letters, digits or one of . _ : -")
    locale = asked.get("locale")
    if locale is not None:
        try:
            policy = dataclasses.replace(policy, regions=parse_regions(locale))
        except ValueError:
            raise _invalid("locale", "It takes regions such as NZ,AU.") from None
    for name in asked.keys() & set(_OF_POLICY):
        try:
            chosen = coerce(DECLARED[name], asked[name])
        except SettingError:
            raise _invalid(name, f"It takes {' or '.join(DECLARED[name].choices)}.") from None
        policy = dataclasses.replace(policy, **{name: chosen})
    style = asked.get("placeholders", placeholders).strip().lower()
    if style not in STYLES:
        raise _invalid("placeholders", f"It takes one of {', '.join(STYLES)}.")
    return Controls(session, _flag(asked, "redact"), _flag(asked, "hydrate"), policy, STYLES[style])


def _flag(asked: Mapping[str, str], name: str) -> bool:
    try:
        return parse_flag(asked.get(name, "true"))
    except ValueError:
        raise _invalid(name, "It takes true or false.") from None


def _invalid(name: str, hint: str) -> Refusal:
    return Refusal(
        400, "invalid_header", f"The option {name} (header x-anonamoose-{name}) has a value it cannot have.", hint
    )
