"""Whether there is a newer version: asked of the feed that the user has named, and of nobody where none is."""

from __future__ import annotations

import asyncio
import logging

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from app import __version__
from app.events import Event, EventBus, SettingChanged, StateChanged
from app.proxy.refusal import Refusal
from app.proxy.upstream import Upstream
from app.releases import Release, newer
from app.settings_store import SettingsStore

log = logging.getLogger(__name__)
_EVERY, _AGAIN = 24 * 3600.0, 3600.0  # seconds; the latter after a failure
_PATIENCE = 20.0  # seconds
_LONGEST = 2**20  # bytes of a feed


class News:
    """`release` is the newest version, where it is newer than this one."""

    def __init__(self, settings: SettingsStore, bus: EventBus) -> None:
        self._settings = settings
        self._bus = bus
        self._changed = asyncio.Event()
        self.release: Release | None = None

    async def follow(self) -> None:
        """Asks once a day for as long as a feed is named; until cancelled."""
        unsubscribe = self._bus.subscribe(self._hear)
        try:
            while True:
                self._changed.clear()
                url = self._settings.current.release_feed
                told = await self._ask(url) if url else True
                try:
                    async with asyncio.timeout((_EVERY if told else _AGAIN) if url else None):
                        await self._changed.wait()
                except TimeoutError:
                    continue
        finally:
            unsubscribe()

    def _hear(self, event: Event) -> None:
        if isinstance(event, SettingChanged) and event.name == "release-feed":
            self._tell(None)
            self._changed.set()

    async def _ask(self, url: str) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE):
                feed = await _read(url, self._settings)
            release = newer(feed, url, __version__)
        except (aiohttp.ClientError, OSError, Refusal, TimeoutError, ValueError) as error:
            log.info("the feed of releases cannot be read: %s", type(error).__name__)
            return False
        if url == self._settings.current.release_feed:
            self._tell(release)
        return True

    def _tell(self, release: Release | None) -> None:
        if release != self.release:
            self.release = release
            if release:
                log.info("version %s is out: %s", release.version, release.page or "see where you got this one")
            self._bus.publish(StateChanged())


async def _read(url: str, settings: SettingsStore) -> bytes:
    """The feed. Nothing is said of who asks: no version, no system, no cookie. Raises ClientError and the like."""
    headers = CIMultiDict({"Accept": "application/atom+xml"})
    async with Upstream(lambda: settings.current.upstream_proxy) as upstream:
        answer = await upstream.send("GET", URL(url), headers, None)
        try:
            answer.raise_for_status()
            if answer.status != 200:
                raise ValueError("It is elsewhere.")
            try:
                await answer.content.readexactly(_LONGEST + 1)
            except asyncio.IncompleteReadError as end:
                return end.partial
            raise ValueError("It is too long.")
        finally:
            answer.close()
