"""The real app on a real X screen, with a tray and a window manager, used by keyboard and by real clients.

Nothing here knows the app's inside: what is done is done with keys and clicks, and what came of it is seen on the
screen, at the provider's end, and over the management API.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

import anthropic
import openai
import pytest
import pytest_asyncio

from tests.answers import echo
from tests.conftest import QT_MISSING
from tests.fakes import FakeUpstream
from tests.lacking import need

if QT_MISSING:
    collect_ignore_glob = ["test_*.py"]
else:
    from tests.stories.desk import Desk, sitting
    from tests.stories.screen import PROGRAMS, Screen, screen_folder

_KEY = "sk-of-the-stories"


class Sit(Protocol):
    """Starts the app with some flags more."""

    def __call__(self, *flags: str) -> AbstractAsyncContextManager[Desk]: ...


@pytest.fixture(scope="session")
def screen() -> Iterator[Screen]:
    need(*PROGRAMS)
    with screen_folder() as folder, Screen(Path(folder)) as screen:
        yield screen


@pytest_asyncio.fixture
async def upstream() -> AsyncIterator[FakeUpstream]:
    async with FakeUpstream(echo) as upstream:
        yield upstream
        assert not upstream.errors, f"the fake provider failed: {upstream.errors}"


@pytest.fixture
def sit(screen: Screen, upstream: FakeUpstream, tmp_path: Path) -> Sit:
    def sit(*flags: str) -> AbstractAsyncContextManager[Desk]:
        return sitting(screen, tmp_path, upstream, *flags)

    return sit


@pytest_asyncio.fixture
async def desk(sit: Sit) -> AsyncIterator[Desk]:
    """The app of somebody who has had the first steps behind them."""
    async with sit("--no-welcome") as desk:
        yield desk


@pytest_asyncio.fixture
async def gpt(desk: Desk) -> AsyncIterator[openai.AsyncOpenAI]:
    async with openai.AsyncOpenAI(base_url=f"{desk.origin}/v1", api_key=_KEY) as gpt:
        yield gpt


@pytest_asyncio.fixture
async def claude(desk: Desk) -> AsyncIterator[anthropic.AsyncAnthropic]:
    async with anthropic.AsyncAnthropic(base_url=desk.origin, api_key=_KEY) as claude:
        yield claude


async def tell(gpt: openai.AsyncOpenAI, text: str) -> str:
    """Sends `text`; returns what the tool gets back."""
    done = await gpt.chat.completions.create(model="gpt-fake", messages=[{"role": "user", "content": text}])
    return done.choices[0].message.content or ""
