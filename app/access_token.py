"""The access token of a data folder: what the management API takes, kept in the keychain."""

from __future__ import annotations

import asyncio

from app.keychain import ACCESS_TOKEN, Keychain
from app.store.access import Access, new_token


async def access_token(access: Access, keychain: Keychain, *, another: bool = False) -> tuple[str, str]:
    """The token, and in words where it was put if it is new: there was none, or `another` takes its place.

    The vault knows it from now on. Raises UserError.
    """
    token, kept = None if another else await asyncio.to_thread(keychain.get, ACCESS_TOKEN), ""
    if token is None:
        token = new_token()
        kept = await asyncio.to_thread(keychain.put, ACCESS_TOKEN, token)
    await access.accept(token)
    return token, kept
