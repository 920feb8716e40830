"""A newer version: asked of the feed that somebody has named, told, and of nobody where none is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from app.errors import SettingError
from tests.e2e.conftest import Running, launched
from tests.fakes import PATIENCE, FakeUpstream

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><entry>
  <link rel="alternate" type="text/html" href="{origin}/releases/tag/v{version}"/><title>v{version}</title>
</entry></feed>"""


class Feed:
    """A feed on loopback. `answer` makes what it says."""

    def __init__(self) -> None:
        self.asked: list[web.BaseRequest] = []
        self.origin = ""
        self.answer: Callable[[], web.Response] = lambda: self.naming("999.1.0")

    def naming(self, version: str) -> web.Response:
        return web.Response(text=FEED.format(origin=self.origin, version=version), content_type="application/atom+xml")

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        self.asked.append(request)
        return self.answer()

    @property
    def url(self) -> str:
        return f"{self.origin}/releases.atom"


class Told(logging.Handler):
    """What the log says of the feed."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.heard = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())
        self.heard.set()


@pytest.fixture
def told() -> Iterator[Told]:
    handler, log = Told(), logging.getLogger("app.proxy.news")
    level = log.level
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)
    log.setLevel(level)


@pytest_asyncio.fixture(loop_scope="session")
async def feed() -> AsyncIterator[Feed]:
    feed = Feed()
    runner = web.ServerRunner(web.Server(feed))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    feed.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield feed
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def app(tmp_path: Path, upstream: FakeUpstream) -> AsyncIterator[Running]:
    async with launched(tmp_path, upstream, ner=False) as running:
        yield running


async def test_it_is_told_once_a_feed_is_named_and_forgotten_with_it(app: Running, feed: Feed) -> None:
    app.app.settings.set("release-feed", feed.url)
    await app.until(lambda: app.app.news.release is not None)
    release = app.app.news.release
    assert release and (release.version, release.page) == ("999.1.0", f"{feed.origin}/releases/tag/v999.1.0")
    async with ClientSession() as http, http.get(f"{app.origin}/health") as answer:
        assert (await answer.json())["newer"] == "999.1.0"
    app.app.settings.set("release-feed", "")
    assert app.app.news.release is None and app.app.health()["newer"] == ""


async def test_nothing_is_said_of_who_asks(app: Running, feed: Feed) -> None:
    app.app.settings.set("release-feed", feed.url)
    await app.until(lambda: app.app.news.release is not None)
    [asked] = feed.asked
    assert (asked.method, asked.path_qs) == ("GET", "/releases.atom")
    assert set(asked.headers) == {"Host", "Accept", "Accept-Encoding"}


@pytest.mark.parametrize("wrong", ["http://example.com/releases.atom", "https://me:secret@example.com/", "releases"])
async def test_no_place_to_ask(app: Running, wrong: str) -> None:
    with pytest.raises(SettingError, match=r"release-feed") as refused:
        app.app.settings.set("release-feed", wrong)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.Response(status=404, text="999.1.0"),
        lambda: web.Response(status=302, headers={"Location": "/elsewhere"}),
        lambda: web.Response(text="no feed"),
        lambda: web.Response(body=b" " * (2**20 + 1)),
    ],
    ids=["missing", "elsewhere", "no feed", "too long"],
)
async def test_a_feed_that_is_of_no_use_changes_nothing(
    app: Running, feed: Feed, answer: Callable[[], web.Response], told: Told
) -> None:
    feed.answer = answer
    app.app.settings.set("release-feed", feed.url)
    async with asyncio.timeout(PATIENCE):
        await told.heard.wait()
    [said] = told.said
    assert "cannot be read" in said and feed.origin not in said and app.app.news.release is None
    feed.answer = lambda: feed.naming("999.2.0")  # and it goes on asking
    app.app.settings.set("release-feed", f"{feed.url}?again")
    await app.until(lambda: app.app.news.release is not None)
