"""What a client asks of us for one request, by headers that start with `x-anonamoose-`."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.pipeline.policy import Policy, parse_regions
from app.proxy.refusal import Refusal
from app.settings import parse_flag

_SESSION = re.compile(r"[A-Za-z0-9._:-]{1,128}")


@dataclass(frozen=True, slots=True)
class Controls:
    """`session` is "" when the client names none; `redact` False sends the request as it is;
    `hydrate` False leaves placeholders in the answer."""

    session: str
    redact: bool
    hydrate: bool
    policy: Policy


def controls(headers: Mapping[str, str], policy: Policy) -> Controls:
    """Reads the headers; raises Refusal when one has a value it cannot have."""
    session = headers.get("x-anonamoose-session", "")
    if session and not _SESSION.fullmatch(session):
        raise _invalid("session", "It takes 1 to 128 letters, digits or one of . _ : -")
    locale = headers.get("x-anonamoose-locale")
    if locale is not None:
        try:
            policy = dataclasses.replace(policy, regions=parse_regions(locale))
        except ValueError:
            raise _invalid("locale", "It takes regions such as NZ,AU.") from None
    return Controls(session, _flag(headers, "redact"), _flag(headers, "hydrate"), policy)


def _flag(headers: Mapping[str, str], name: str) -> bool:
    try:
        return parse_flag(headers.get(f"x-anonamoose-{name}", "true"))
    except ValueError:
        raise _invalid(name, "It takes true or false.") from None


def _invalid(name: str, hint: str) -> Refusal:
    return Refusal(400, "invalid_header", f"The header x-anonamoose-{name} has a value it cannot have.", hint)
