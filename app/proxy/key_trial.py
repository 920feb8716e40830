"""Whether a provider takes its key: the cheapest thing to ask it for is the list of its models."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from app.errors import Exit, UserError
from app.provider_keys import ProviderKeys, upstream_of
from app.proxy.refusal import Refusal
from app.proxy.upstream import Upstream
from app.settings import Settings
from app.upstreams import DIALECTS, origin_of, parse_upstreams

_PATIENCE = 20.0  # seconds
#: Where each dialect lists its models, and how it takes a key.
_ASKED: Mapping[str, tuple[str, Callable[[str], Mapping[str, str]]]] = {
    "openai": ("/v1/models", lambda key: {"Authorization": f"Bearer {key}"}),
    "anthropic": ("/v1/models", lambda key: {"x-api-key": key, "anthropic-version": "2023-06-01"}),
    "gemini": ("/v1beta/models", lambda key: {"x-goog-api-key": key}),
    "ollama": ("/api/tags", lambda key: {"Authorization": f"Bearer {key}"}),
}


async def try_key(settings: Settings, target: str, keys: ProviderKeys) -> str:
    """What the provider says to the key of `target`, in words. Raises UserError where it is of no use.

    Nothing but the key is sent, and that to where it was given for alone.
    """
    url = upstream_of(settings, target)
    dialect = target if target in DIALECTS else parse_upstreams(settings.upstreams)[target.removeprefix("u/")].dialect
    key = await asyncio.to_thread(keys.get, target)
    if key is None:
        raise UserError(f"There is no key of {target}.", code=Exit.USAGE)
    if not key.is_for(url):
        raise UserError(
            f"The key of {target} may not be sent to {origin_of(url)}.", "Confirm the new place first.", code=Exit.USAGE
        )
    path, headers = _ASKED[dialect]
    try:
        async with asyncio.timeout(_PATIENCE), Upstream(lambda: settings.upstream_proxy) as upstream:
            response = await upstream.send(
                "GET", URL(f"{url.rstrip('/')}{path}"), CIMultiDict(headers(key.secret)), None
            )
            response.close()
    except Refusal as error:
        raise UserError(error.message, code=Exit.CONFIG) from None
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise UserError(
            f"{origin_of(url)} cannot be reached ({type(error).__name__}).",
            "See whether it is up.",
            code=Exit.UNAVAILABLE,
        ) from None
    if response.status in (401, 403):
        raise UserError(f"{origin_of(url)} refuses the key ({response.status}).", code=Exit.UNAVAILABLE)
    if response.status != 200:
        raise UserError(
            f"{origin_of(url)} answers with {response.status}.",
            "Whether it takes the key cannot be told from that.",
            code=Exit.UNAVAILABLE,
        )
    return f"{origin_of(url)} takes the key."
