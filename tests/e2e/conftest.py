"""The real app, its worker process included, between the official clients and a fake provider.

One app serves all tests of this folder that leave it running. Whatever a test does, nothing personal may have
reached the provider, a log, a repr or an event: that is looked at after every test.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import os
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import anthropic
import openai
import pytest
import pytest_asyncio

from app.application import Application
from app.events import Event, EventBus
from app.pipeline.terms import Term
from app.settings_store import SettingsStore
from app.state import Protection
from tests.answers import echo
from tests.fakes import PATIENCE, PLACEHOLDER, FakeUpstream

_FOREIGN = ("OPENAI_", "ANTHROPIC_")
for _name in [name for name in os.environ if name.upper().endswith("_PROXY") or name.startswith(_FOREIGN)]:
    del os.environ[_name]

NAME = "Priya Raman"
EMAIL = "priya.raman@example.com"
PHONE = "0412 345 678"
TFN = "123 456 782"
CARD = "4111 1111 1111 1111"
#: Quotes, backslashes, line breaks and letters beyond ASCII: what can break JSON.
AWKWARD = 'Zerzura "Nord\\Süd" 東京'
BROKEN_LINE = "Blue\nHarbour\tTrust"
OWN_WORD = "Operation Nightjar"
OWN_STAND_IN = "Operation Teacup"
TERMS = (Term(AWKWARD), Term("Blue Harbour Trust"), Term(OWN_WORD, replacement=OWN_STAND_IN))
CANARIES = (NAME, EMAIL, PHONE, TFN, CARD, AWKWARD, BROKEN_LINE, OWN_WORD)
PROSE = f"Write to {NAME} ({EMAIL}, {PHONE}) about TFN {TFN} and card {CARD}."
#: They log what they are given to send, before we see it.
_CLIENTS = ("openai", "anthropic", "httpx", "httpcore")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in item.path.as_posix() and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


class Running:
    """An app that runs, and what it told its listeners."""

    def __init__(self, app: Application) -> None:
        self.app = app
        self.events: list[Event] = []
        app.bus.subscribe(self.events.append)

    @property
    def origin(self) -> str:
        return self.app.base_url.removesuffix("/v1")

    @property
    def port(self) -> int:
        return int(self.origin.rpartition(":")[2])

    async def until(self, ready: Callable[[], bool]) -> None:
        """Waits for a state that an event announces."""
        news = asyncio.Event()
        unsubscribe = self.app.bus.subscribe(lambda _: news.set())
        try:
            async with asyncio.timeout(PATIENCE):
                while not ready():
                    news.clear()
                    await news.wait()
        finally:
            unsubscribe()

    async def protected(self) -> None:
        await self.until(lambda: self.app.state.protection is Protection.ON)


def stored(root: Path, upstream: FakeUpstream, bus: EventBus, **flags: object) -> SettingsStore:
    """Settings that touch nothing outside `root`, and send everything to `upstream`."""
    fixed = {
        "data_dir": root,
        "host": "127.0.0.1",
        "port": 0,
        "openai_upstream": upstream.origin,
        "anthropic_upstream": upstream.origin,
        "gemini_upstream": upstream.origin,
        "ollama_upstream": upstream.origin,
        "drain": 2,
    }
    return SettingsStore({**fixed, **flags}, environ={}, bus=bus)


@asynccontextmanager
async def launched(root: Path, upstream: FakeUpstream, **flags: object) -> AsyncIterator[Running]:
    """An app of one's own, for tests that break it."""
    bus = EventBus()
    running = Running(Application(stored(root, upstream, bus, **flags), bus))
    await running.app.start()
    try:
        yield running
    finally:
        await running.app.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream(echo) as upstream:
        yield upstream


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def _running(_upstream: FakeUpstream, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Running]:
    async with launched(tmp_path_factory.mktemp("data"), _upstream) as running:
        await running.app.terms.add(TERMS)
        await running.protected()
        yield running


@pytest.fixture
def upstream(_upstream: FakeUpstream) -> Iterator[FakeUpstream]:
    _upstream.reset(echo)
    yield _upstream
    assert not _upstream.errors, f"the fake provider failed: {_upstream.errors}"


@pytest.fixture
def running(_running: Running, upstream: FakeUpstream) -> Running:
    """The app that the tests share; leave its settings as they were."""
    _running.events.clear()
    _running.app.exchanges.clear()
    return _running


@pytest.fixture
def strict(running: Running) -> Iterator[None]:
    """Endpoints that nobody has declared are refused."""
    running.app.settings.set("unknown-endpoints", "refuse")
    yield
    running.app.settings.set("unknown-endpoints", "redact")


@pytest.fixture
def key(request: pytest.FixtureRequest) -> str:
    """A key of this test's own: no other test has its sessions."""
    return f"sk-{hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:32]}"


@pytest_asyncio.fixture(loop_scope="session")
async def gpt(running: Running, key: str) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=running.app.base_url, api_key=key) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def claude(running: Running, key: str) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=running.origin, api_key=key) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def http(key: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that does as it is told, and decompresses nothing by itself."""
    headers = {"Authorization": f"Bearer {key}"}
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(headers=headers, connector=connector, auto_decompress=False) as session:
        yield session


def hidden(original: str, redacted: str) -> dict[str, str]:
    """The values of the placeholders in `redacted`, read off what stands in their places in `original`.

    Where a value begins and ends is the detectors' business; that all else is as it was is asserted here.
    """
    holes = PLACEHOLDER.split(redacted)
    found = re.fullmatch("(.+?)".join(map(re.escape, holes)), original, re.DOTALL)
    assert found is not None, "something else than values was changed"
    return dict(zip(PLACEHOLDER.findall(redacted), found.groups(), strict=True))


def restored(text: str, values: dict[str, str]) -> str:
    return PLACEHOLDER.sub(lambda match: values[match.group()], text)


def spellings(value: str) -> set[bytes]:
    """How `value` may be written in a body or a log."""
    written = {value, repr(value)[1:-1]}
    for _ in range(3):
        written |= {json.dumps(text, ensure_ascii=ascii)[1:-1] for text in written for ascii in (True, False)}
    return {text.encode() for text in written}


def assert_hidden(data: bytes | str, where: str) -> None:
    """No canary is in `data`, however it is escaped."""
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
    for number, canary in enumerate(CANARIES):
        for spelling in spellings(canary):
            # Not the assertion's own words: they would print the value, which may be anybody's one day.
            if spelling in raw:
                pytest.fail(f"canary {number} was found in {where}")


@pytest.fixture
def plain_is_meant() -> set[str]:
    """Add "upstream" where a test sends plain text on purpose."""
    return set()


@pytest.fixture(autouse=True)
def _nothing_leaked(
    request: pytest.FixtureRequest,
    plain_is_meant: set[str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    # Resolved first, so that it is still there when this looks at it.
    upstream: Any = request.getfixturevalue("upstream") if "upstream" in request.fixturenames else None
    running: Any = request.getfixturevalue("running") if "running" in request.fixturenames else None
    yield
    if upstream is not None and "upstream" not in plain_is_meant:
        assert_hidden(upstream.wire, "what the provider got")
    formatter = logging.Formatter("%(name)s %(message)s")
    for record in caplog.get_records("setup") + caplog.get_records("call"):
        if not record.name.startswith(_CLIENTS):
            assert_hidden(formatter.format(record), f"a log line of {record.name}")
    captured = capfd.readouterr()
    assert_hidden(captured.out + captured.err, "the output")
    if running is not None:
        assert_hidden(repr(running.events), "an event")
        assert_hidden(repr(list(running.app.exchanges)), "the repr of an exchange")
        assert_hidden(json.dumps(running.app.health()), "/health")
        assert_hidden(repr(running.app.vault) + repr(vars(running.app)), "the repr of a part")
