"""Review before sending: a request waits until somebody has looked at it."""

from __future__ import annotations

import asyncio

import anthropic
import pytest
from anthropic.types import MessageParam

from tests.fakes import FakeUpstream
from tests.stories.desk import Desk, until

_REVIEW = "^Review before sending"


async def test_nothing_is_sent_before_somebody_has_looked(
    desk: Desk, claude: anthropic.AsyncAnthropic, upstream: FakeUpstream
) -> None:
    async def ask() -> str:
        messages: list[MessageParam] = [{"role": "user", "content": "Write to jane@example.com."}]
        done = await claude.messages.create(model="claude-fake", max_tokens=100, messages=messages)
        return "".join(block.text for block in done.content if block.type == "text")

    async def waits() -> object:
        return (await desk.api("GET", "/review"))["waiting"]

    async def is_decided() -> bool:
        return not await waits()

    async def is_on() -> bool:
        return await desk.setting("review") == "all"

    await desk.menu("v", until=is_on)
    asked = asyncio.create_task(ask())
    await until(waits, "the request waits")
    await desk.window(_REVIEW)
    await until(lambda: desk.icon_shows("attention"), "the icon asks for attention")
    await desk.picture("review")
    assert not upstream.received
    await desk.press(_REVIEW, "ctrl+Return", until=is_decided)
    assert "jane@example.com" in await asked
    assert len(upstream.only.placeholders) == 1

    asked = asyncio.create_task(ask())
    await until(waits, "the next one waits")
    await desk.press(_REVIEW, "Delete", until=is_decided)
    with pytest.raises(anthropic.PermissionDeniedError) as refused:
        await asked
    assert refused.value.response.headers["x-should-retry"] == "false"
    await until(lambda: desk.icon_shows("on"), "the icon is as it was")
    assert len(upstream.received) == 1  # not again, either
    assert b"jane" not in upstream.wire
