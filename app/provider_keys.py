"""The providers' own keys, which local keys stand for: each with the place that it may be sent to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.errors import Exit, UserError
from app.keychain import Keychain
from app.settings import Settings
from app.store.access import OURS
from app.upstreams import DIALECTS, origin_of, parse_upstreams, targets

#: Printable, and nothing that JSON would write otherwise: so a key is found in an answer wherever it is echoed.
_KEY = re.compile(r"[!#-\[\]-~]{1,4096}")


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """A key, and the origin that it was given for; "" where nobody has said."""

    secret: str = field(repr=False)
    origin: str

    def is_for(self, url: str) -> bool:
        """Whether it may be sent to `url`."""
        return bool(self.origin) and self.origin == origin_of(url)


class ProviderKeys:
    """Keys by target: `openai`, or `u/groq`. Every method blocks, perhaps on a prompt of the keyring. Raises UserError.

    Whoever changes one also tells it to `Access.changed`.
    """

    def __init__(self, keychain: Keychain) -> None:
        self._keychain = keychain

    def get(self, target: str) -> ProviderKey | None:
        kept = self._keychain.get(_name(target))
        if kept is None:
            return None
        secret, _, origin = kept.partition(" ")  # no key has a blank
        return ProviderKey(secret, origin)

    def put(self, target: str, secret: str, url: str) -> str:
        """Keeps `secret` for the origin of `url`; returns where, in words for the user."""
        return self._keychain.put(_name(target), f"{secret} {origin_of(url)}")

    def confirm(self, target: str, url: str) -> bool:
        """From now on the key may be sent to the origin of `url`, and to no other. False if there is no key."""
        kept = self.get(target)
        if kept is not None:
            self.put(target, kept.secret, url)
        return kept is not None

    def remove(self, target: str) -> bool:
        """Forgets the key; whether there was one."""
        return self._keychain.remove(_name(target))


def read_key(text: str) -> str:
    """A provider's key as somebody typed or pasted it. Raises UserError for what is none."""
    key = text.strip()
    if not _KEY.fullmatch(key):
        raise UserError("This is no API key.", "It must be one line without blanks or quotes.", code=Exit.USAGE)
    if OURS.search(key):
        raise UserError("This is a token or local key of Anonamoose.", "Give the provider's own key.", code=Exit.USAGE)
    return key


def upstream_of(settings: Settings, target: str) -> str:
    """The URL that requests for `target` go to. Raises KeyError where there is no such target."""
    if target in DIALECTS:
        url: str = getattr(settings, f"{target}_upstream")
        return url
    return parse_upstreams(settings.upstreams)[target.removeprefix("u/")].origin


def target_of(settings: Settings, name: str) -> str:
    """What routes call the provider or named upstream `name`: `groq` is `u/groq`, where no provider is called so.

    Raises KeyError.
    """
    known = targets(settings.upstreams)
    for target in (name, f"u/{name}"):
        if target in known:
            return target
    raise KeyError(name)


def _name(target: str) -> str:
    return f"provider:{target}"
