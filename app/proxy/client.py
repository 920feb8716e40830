"""Who asks: anybody with a key of the provider's own, or a tool with a local key and what that is good for."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiohttp import web

from app.errors import UserError
from app.provider_keys import ProviderKey, ProviderKeys
from app.proxy.credential import is_astray, our_keys
from app.proxy.guard import Guard, unavailable
from app.proxy.refusal import Refusal
from app.proxy.route import Route
from app.store.access import KEYS, RESERVED, Access, LocalKey
from app.upstreams import origin_of

#: They answer nobody without a key; of the others some do.
_NEED_KEYS = ("openai", "anthropic", "gemini")
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Client:
    """`label` is that of its local key, "" where it has none; `key` the provider's own, which it never sees.

    `own` are the settings that hold for it. `session` is the name of its only session or, ending in *, how the names
    of its sessions begin.
    """

    label: str = ""
    session: str = ""
    own: Mapping[str, str] = field(default_factory=dict)
    key: str = field(default="", repr=False)

    @property
    def space(self) -> str:
        """What the names of its sessions begin with, also of those that get their names from us."""
        return self.session[:-1] if self.session.endswith("*") else ""

    def place(self, asked: str) -> str:
        """The name of its session when it asks for the one called `asked`; "" for one that we name. Raises Refusal."""
        if not self.label:
            if asked.startswith(RESERVED):
                raise _not_yours()
            return asked
        if not self.session.endswith("*"):
            if asked not in ("", self.session):
                raise _not_yours()
            return self.session
        placed = asked if not asked or asked.startswith(self.space) else self.space + asked
        if len(placed) > _LONGEST:
            raise Refusal(400, "session_too_long", f"The session's name is too long for the local key {self.label}.")
        return placed


#: Whoever has no local key.
ANYBODY = Client()


class Clients:
    """Tells who asks for what a provider does."""

    def __init__(self, guard: Guard, access: Access, provider_keys: ProviderKeys) -> None:
        self._guard = guard
        self._access = access
        self._provider_keys = provider_keys
        self._revision = -1
        self._keys: dict[str, ProviderKey] = {}  # of the providers, as long as none is changed

    async def of(self, request: web.Request, route: Route) -> Client:
        """Raises Refusal for who may not ask this. Nothing of ours ever goes on to a provider."""
        if is_astray(request):
            raise Refusal(
                401, "key_astray", "A token or key of Anonamoose stands where none belongs; nothing was sent."
            )
        given = our_keys(request)
        if not given:
            if self._guard.is_exposed and not await self._guard.has_token(request):
                raise Refusal(
                    401,
                    "token_required",
                    "Other machines can reach this address, so it takes a token; nothing was sent.",
                    "Send the access token in the header X-Anonamoose-Token, or use a local key as the API key.",
                )
            return ANYBODY
        try:
            return await self._local(given, route)
        except UserError as error:
            raise unavailable(error) from None

    async def _local(self, given: set[str], route: Route) -> Client:
        key, *others = given
        if others or not key.startswith(KEYS):
            raise Refusal(
                401,
                "no_local_key",
                "The API key is the access token, or is not one key alone; nothing was sent.",
                "Use one local key: anonamoose local-key add.",
            )
        local, revision = await self._access.find(key)
        if local is None or local.is_over:
            raise Refusal(
                401,
                "unknown_local_key",
                "This local key is unknown, revoked or over; nothing was sent.",
                "Make another one: anonamoose local-key add.",
            )
        try:
            _check(local, route)
            key = "" if route.practice else await self._key(route, revision)
        except Refusal as refusal:
            refusal.label = local.label
            raise
        return Client(local.label, local.scope.session or f"{RESERVED}{local.label}:*", local.scope.own, key)

    async def _key(self, route: Route, revision: int) -> str:
        """The key that is sent where `route` leads, "" where none is kept and none is needed. Raises Refusal."""
        target = route.target
        if revision != self._revision:
            self._keys, self._revision = {}, revision
        key = self._keys.get(target)
        if key is None:
            key = await asyncio.to_thread(self._provider_keys.get, target)
            if key is None and target in _NEED_KEYS:
                raise Refusal(
                    401,
                    "no_provider_key",
                    f"There is no key of {target} to use in place of the local key; nothing was sent.",
                    f"Give it with: anonamoose key set {target}.",
                )
            if key is None:
                return ""
            if revision == self._revision:
                self._keys[target] = key
        if not key.is_for(route.upstream):
            place = origin_of(route.upstream)
            raise Refusal(
                403,
                "key_of_another_place",
                f"The key of {target} was given for {key.origin or 'a place that nobody has named'}, and its requests "
                f"go to {place} now; nothing was sent.",
                f"If that is right, run “anonamoose key confirm {target} {place}”.",
            )
        return key.secret


def _check(local: LocalKey, route: Route) -> None:
    """Raises Refusal for what is outside of the key's scope."""
    if local.scope.upstreams and route.target not in local.scope.upstreams and not route.practice:
        raise Refusal(
            403,
            "outside_scope",
            f"The local key {local.label} is not for {route.target}; nothing was sent.",
            "Make one that is: anonamoose local-key add.",
        )


def _not_yours() -> Refusal:
    return Refusal(
        403,
        "session_not_yours",
        "The session belongs to a local key, and the request has not that one; nothing was sent.",
        "Name another session, or none.",
    )
